// One message on the phone, in either look; the looks themselves are in the style sheets.

import { h, icon, words } from "./page.js";
import { timeOfDay } from "./moments.js";

/** A message as a list item. `tap(id)` and `open()` are what its buttons do. */
export function bubble(item, { tap, open }) {
  return h(
    "li",
    {
      class: `said ${item.by_patient ? "from-patient" : "from-practice"}${item.continues ? " continues" : ""}${item.ends ? " ends" : ""}${item.buttons.length ? " has-taps" : ""}`,
      "data-message": item.id,
    },
    item.by_patient ? null : h("span", { class: "portrait practice-portrait beside", "aria-hidden": "true" }, icon("mark")),
    h(
      "div",
      { class: "paper" },
      item.header ? h("p", { class: "paper-header", dir: "auto" }, item.header) : null,
      pictured(item),
      item.text ? h("p", { class: "paper-text", dir: "auto" }, formatted(item.text, item.channel)) : null,
      item.footer ? h("p", { class: "paper-footer", dir: "auto" }, item.footer) : null,
      h("span", { class: "stamp" }, timeOfDay(item.at), item.by_patient ? ticks(item.state) : null),
      item.menu
        ? h("button", { type: "button", class: "menu-button", on: { click: open } }, icon("list", "small"), h("span", { dir: "auto" }, item.menu.label))
        : null,
    ),
    item.buttons.length
      ? h(
          "div",
          { class: "taps" },
          item.buttons.map((one) =>
            h(
              "button",
              { type: "button", class: `tap${item.tapped === one.id ? " is-tapped" : ""}`, on: { click: () => tap(one.id) } },
              icon("reply", "small"),
              h("span", { dir: "auto" }, one.title),
            ),
          ),
        )
      : null,
  );
}

/** Somebody types. */
export function typing() {
  return h(
    "li",
    { class: "said from-practice is-typing ends", "aria-label": words.typing },
    h("span", { class: "portrait practice-portrait beside", "aria-hidden": "true" }, icon("mark")),
    h("div", { class: "paper" }, h("i"), h("i"), h("i")),
  );
}

const PICTURES = { image: "image", sticker: "image", video: "image", audio: "mic", document: "file", location: "pin" };

function pictured(item) {
  if (item.kind === "text") return null;
  if (item.kind === "audio") {
    const bars = [4, 9, 14, 8, 17, 12, 6, 15, 10, 18, 7, 12, 5, 14, 9, 6, 11, 4].map((height) => {
      const bar = h("i");
      bar.style.height = `${height}px`;
      return bar;
    });
    return h("p", { class: "voice", "aria-label": words.kind_audio }, icon("mic"), h("span", { class: "bars" }, bars), "0:07");
  }
  const label = words[`kind_${item.kind}`] ?? words.kind_unsupported;
  if (item.kind === "image") return h("p", { class: "photo", "aria-label": label }, icon("image"));
  return h("p", { class: "attached" }, icon(PICTURES[item.kind] ?? "file"), label);
}

function ticks(state) {
  const name = { sent: "tick", delivered: "ticks", read: "ticks", failed: "alert" }[state];
  return h("span", { class: `ticks ticks-${state}`, title: words[`state_${state}`] }, icon(name, "small"));
}

/** *bold*, _italic_ and ~struck~ where the channel shows them so; everything else stays the text it is. */
function formatted(text, channel) {
  if (channel !== "whatsapp") return [text];
  const parts = [];
  let rest = 0;
  for (const match of text.matchAll(/(?<![\p{L}\p{N}*_~])([*_~])(?=\S)([^\n]*?\S)\1(?![\p{L}\p{N}*_~])/gu)) {
    parts.push(text.slice(rest, match.index), h({ "*": "strong", _: "em", "~": "s" }[match[1]], {}, match[2]));
    rest = match.index + match[0].length;
  }
  return [...parts, text.slice(rest)];
}
