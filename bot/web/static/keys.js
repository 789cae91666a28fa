// Keys for everything. Each goes with Alt, so that it works while one writes and never gets in the way of a word.

import { h, icon, words } from "./page.js";

// By the place on the keyboard, not by the letter: the same keys in every language.
const KEYS = [
  ["ArrowDown", "↓", "next"],
  ["ArrowUp", "↑", "before"],
  ["KeyL", "L", "list"],
  ["KeyF", "F", "search"],
  ["KeyT", "T", "take"],
  ["KeyB", "B", "give-back"],
  ["KeyW", "W", "write"],
  ["KeyN", "N", "note"],
  ["KeyO", "O", "offer"],
  ["KeyI", "I", "card"],
  ["KeyS", "S", "send-draft"],
  ["KeyE", "E", "change-draft"],
  ["KeyX", "X", "discard-draft"],
  ["KeyK", "K", "help"],
];

/** `doings`: by name; what has no entry goes to `other(name)`. */
export function onShortcut(doings) {
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const key = KEYS.find(([code]) => code === event.code);
    if (!key) return;
    event.preventDefault();
    const name = key[2];
    if (doings[name]) doings[name]();
    else doings.other(name);
  });
}

/** A sheet that tells them all. */
export function keysHelp() {
  document.getElementById("keys-help")?.remove();
  const row = (keys, text) => h("div", {}, h("dt", {}, keys.map((key) => h("kbd", {}, key))), h("dd", {}, text));
  const dialog = h(
    "dialog",
    { id: "keys-help", class: "keys-help", "aria-label": words.keys, on: { close: () => dialog.remove() } },
    h("header", {}, h("h2", {}, words.keys), h("button", { type: "button", class: "button bare", "aria-label": words.close, on: { click: () => dialog.close() } }, icon("close"))),
    h(
      "dl",
      {},
      KEYS.map(([, sign, name]) => row(["Alt", sign], words[`key_${name.replaceAll("-", "_")}`])),
      row(["Enter"], words.key_send),
      row(["Shift", "Enter"], words.key_line),
      row(["/"], words.key_slash),
      row(["Esc"], words.key_escape),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
}
