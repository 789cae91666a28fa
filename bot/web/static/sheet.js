// The list that opens from a button of its own, over the lower part of the phone.

import { h, icon, words } from "./page.js";

/** `open(item, tap)` shows the menu of a message; `tap(id)` is told which row was chosen. */
export function menuSheet() {
  const element = h("div", { class: "sheet", hidden: true });

  function close() {
    element.hidden = true;
    element.replaceChildren();
  }

  function open(item, tap) {
    const row = (one) =>
      h(
        "button",
        {
          type: "button",
          class: "sheet-row",
          on: {
            click: () => {
              close();
              tap(one.id);
            },
          },
        },
        h("span", { class: "sheet-words" }, h("span", { dir: "auto" }, one.title), one.description ? h("small", { dir: "auto" }, one.description) : null),
        h("span", { class: `radio${item.tapped === one.id ? " is-on" : ""}` }),
      );
    const rows = item.menu.sections.flatMap(([title, taps]) => [title ? h("h4", { dir: "auto" }, title) : null, ...taps.map(row)]);
    element.replaceChildren(
      h("button", { type: "button", class: "sheet-veil", tabindex: "-1", "aria-hidden": "true", on: { click: close } }),
      h(
        "div",
        { class: "sheet-paper", role: "dialog", "aria-label": item.menu.label, on: { keydown: (event) => event.key === "Escape" && close() } },
        h("div", { class: "sheet-head" }, h("button", { type: "button", class: "tool", "aria-label": words.close, on: { click: close } }, icon("close")), h("h3", { dir: "auto" }, item.menu.label)),
        h("div", { class: "sheet-rows" }, ...rows.filter(Boolean)),
      ),
    );
    element.hidden = false;
    element.querySelector(".sheet-row")?.focus();
  }

  return { element, open, close };
}
