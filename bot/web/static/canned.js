// Prepared answers: a slash brings them, arrows choose, Enter takes one over. One with a gap cannot be taken.

import { h, keyed, say, words } from "./page.js";

const known = new Map(); // language -> its answers

async function answers(language) {
  if (!known.has(language)) {
    const asked = fetch(`/inbox/canned?${new URLSearchParams({ language })}`).then((answer) => (answer.ok ? answer.json() : []));
    known.set(language, asked.catch(() => []));
  }
  return known.get(language);
}

/** `pick(words)` takes an answer over. */
export function cannedAnswers({ pick }) {
  const element = h("div", { class: "canned", role: "listbox", "aria-label": words.canned, hidden: true });
  let found = [];
  let at = 0;
  let asked = "";

  async function show(written, language) {
    asked = written;
    if (!written.startsWith("/") || written.includes("\n")) return close();
    const all = await answers(language);
    if (asked !== written) return null; // more was written meanwhile
    const wanted = written.slice(1).trim().toLocaleLowerCase();
    found = all.filter((one) => `${one.id} ${one.text}`.toLocaleLowerCase().includes(wanted)).slice(0, 8);
    at = 0;
    return draw();
  }

  function draw() {
    element.hidden = false;
    const rows = found.map((one, place) => ({ ...one, isOn: place === at }));
    keyed(element, rows.length ? rows : [{ id: "" }], (row) => row.id, (row) =>
      row.id
        ? h(
            "button",
            { type: "button", role: "option", tabindex: "-1", class: "canned-row", "aria-selected": String(row.isOn), "aria-disabled": row.missing.length ? "true" : null, on: { click: () => take(row) } },
            h("b", { dir: "auto" }, `/${row.id}`),
            h("span", { dir: "auto" }, row.missing.length ? say("canned_gap", { names: row.missing.join(", ") }) : row.text),
          )
        : h("p", { class: "details-none" }, words.canned_none),
    );
    element.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }

  function take(row) {
    if (!row || row.missing.length) return;
    close();
    pick(row.text);
  }

  function close() {
    element.hidden = true;
    found = [];
  }

  /** True when the key was for the list. */
  function onKey(event) {
    if (element.hidden || event.isComposing) return false;
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      at = (at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % (found.length || 1);
      draw();
    } else if (event.key === "Enter" || event.key === "Tab") take(found[at]);
    else return false;
    event.preventDefault();
    return true;
  }

  return { element, show, close, onKey };
}
