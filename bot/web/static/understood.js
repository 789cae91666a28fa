// What the assistant made of each turn: how it was read, where the dialogue went, what was done.

import { flagText, h, icon, keyed, words } from "./page.js";
import { timeOfDay } from "./moments.js";

export function understoodBoard(parent) {
  const turns = new Map();
  let current = null;
  const list = h("ol", { class: "turns", "aria-live": "polite" });
  parent.append(h("header", { class: "card-head" }, icon("assistant"), h("h2", {}, words.understood)), h("div", { class: "turns-frame", tabindex: "0" }, list));

  function show() {
    const latest = (turns.get(current) ?? []).map((turn, number) => ({ ...turn, number })).reverse();
    if (!latest.length) {
      keyed(list, [{ none: true }], () => "none", () => h("li", { class: "turns-none" }, icon("assistant"), h("p", {}, words.understood_none)));
      return;
    }
    keyed(list, latest, (turn) => `${current} ${turn.number} ${turn.at}`, card);
  }

  return {
    choose(contact) {
      current = contact;
      show();
    },
    update({ contact, turns: latest }) {
      turns.set(contact, latest);
      if (contact === current) show();
    },
  };
}

function card(turn) {
  return h(
    "li",
    { class: `turn-card${turn.red_flag ? " has-red-flag" : ""}` },
    h("p", { class: "turn-words", dir: "auto" }, turn.text || "…"),
    h(
      "dl",
      { class: "reading" },
      line(words.language, h("span", { class: "chip" }, words[`language_${turn.language}`] ?? turn.language)),
      turn.red_flag ? line(words.red_flag, h("span", { class: "chip red" }, icon("alert", "small"), flagText(turn.red_flag))) : null,
      turn.intent ? line(words.intent, h("code", {}, turn.intent), sure(turn.confidence))
      : turn.commands.length ? null // a tap, or a bare answer: nothing was to be guessed
      : line(words.intent, h("span", { class: "faint" }, words.no_intent)),
      turn.entities.length
        ? line(words.entities, turn.entities.map(([kind, value]) => h("span", { class: "entity" }, h("small", {}, spaced(kind)), h("span", { dir: "auto" }, value))))
        : null,
      turn.commands.length ? line(words.commands, turn.commands.map((command) => h("span", { class: "command", dir: "auto" }, command))) : null,
      turn.flow ? line(words.dialogue, h("span", { class: "path" }, h("code", {}, turn.flow), turn.step ? [icon("next", "small"), h("code", {}, turn.step.replace(/^\d+_/, ""))] : null)) : null,
      turn.actions.length
        ? line(words.actions, turn.actions.map(([name, outcome]) => h("span", { class: `action action-${tone(outcome)}` }, h("span", { title: name }, spaced(name.replace(/^action_/, ""))), outcome && outcome !== "done" ? h("b", {}, spaced(outcome)) : null)))
        : null,
    ),
    turn.reply ? h("p", { class: "turn-reply", dir: "auto" }, turn.reply) : null,
    h("time", { class: "turn-time", datetime: turn.at }, timeOfDay(turn.at)),
  );
}

const spaced = (name) => name.replaceAll("_", " ");

function line(label, ...content) {
  return h("div", { class: "reading-line" }, h("dt", {}, label), h("dd", {}, ...content));
}

function sure(confidence) {
  if (confidence === null) return null;
  const bar = h("i");
  bar.style.width = `${Math.round(confidence * 100)}%`;
  return h("span", { class: "sure" }, h("span", { class: "sure-bar" }, bar), `${Math.round(confidence * 100)} %`);
}

const tone = (outcome) => (["ok", "booked", "held", "found", "done"].includes(outcome) ? "good" : ["error", "taken", "expired", "refused", "failed", "timeout", "exception"].includes(outcome) ? "bad" : "plain");
