// A button with a list of things to do. Arrow keys move in it, Escape and a press elsewhere close it.

import { h, icon } from "./page.js";

let open = null; // the one menu that is open

/** `choices`: [{title, run(event)}]; null when there are none. */
export function menu(label, choices) {
  if (!choices.length) return null;
  const list = h("div", { class: "menu-list", role: "menu", hidden: true, on: { keydown: onKey } });
  const button = h(
    "button",
    { type: "button", class: "button bare", title: label, "aria-label": label, "aria-haspopup": "menu", "aria-expanded": "false", on: { click: () => (list.hidden ? show() : hide()) } },
    icon("more"),
  );
  list.append(
    ...choices.map((choice) =>
      h("button", { type: "button", role: "menuitem", tabindex: "-1", class: "menu-item", dir: "auto", on: { click: (event) => (hide(), choice.run(event)) } }, choice.title),
    ),
  );

  function show() {
    open?.();
    open = hide;
    list.hidden = false;
    button.setAttribute("aria-expanded", "true");
    list.firstElementChild.focus();
  }

  function hide() {
    if (open === hide) open = null;
    const had = list.contains(document.activeElement);
    list.hidden = true;
    button.setAttribute("aria-expanded", "false");
    if (had) button.focus();
  }

  function onKey(event) {
    const items = [...list.children];
    const at = items.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      items.at(next % items.length).focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      if (event.key === "Escape") event.preventDefault();
      hide();
    }
  }

  return h("div", { class: "menu" }, button, list);
}

document.addEventListener("pointerdown", (event) => {
  if (open && !event.target.closest(".menu")) open();
});
