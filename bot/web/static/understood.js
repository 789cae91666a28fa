// What the assistant made of each turn: how it was read, where the dialogue went, what was done.

import { h, icon, keyed, words } from "./page.js";
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
    choose(digits) {
      current = digits;
      show();
    },
    update({ patient, turns: latest }) {
      turns.set(patient, latest);
      if (patient === current) show();
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
      line(words.language, h("span", { class: "chip" }, turn.language)),
      turn.red_flag ? line(words.red_flag, h("span", { class: "chip red" }, icon("alert", "small"), turn.red_flag)) : null,
      line(words.intent, turn.intent ? [h("code", {}, turn.intent), sure(turn.confidence)] : h("span", { class: "faint" }, words.no_intent)),
      turn.entities.length
        ? line(words.entities, turn.entities.map(([kind, value]) => h("span", { class: "entity" }, h("small", {}, kind), h("span", { dir: "auto", title: value }, brief(value)))))
        : null,
      turn.commands.length ? line(words.commands, turn.commands.map((command) => h("code", { title: command }, brief(command)))) : null,
      turn.flow ? line(words.dialogue, h("span", { class: "path" }, h("code", {}, turn.flow), turn.step ? [icon("next", "small"), h("code", {}, turn.step)] : null)) : null,
      turn.actions.length
        ? line(words.actions, turn.actions.map(([name, outcome]) => h("span", { class: `action action-${tone(outcome)}` }, h("code", {}, name), outcome ? h("b", {}, outcome) : null)))
        : null,
    ),
    turn.reply ? h("p", { class: "turn-reply", dir: "auto" }, turn.reply) : null,
    h("time", { class: "turn-time", datetime: turn.at }, timeOfDay(turn.at)),
  );
}

/** A command or value as people read it: without the quotes, braces and switches of its written form. */
function brief(written) {
  const span = written.match(/^\{'from': '([^']*)', 'to': '([^']*)'/);
  if (span) return `${span[1]} → ${span[1].slice(0, 10) === span[2].slice(0, 10) ? span[2].slice(11) : span[2]}`;
  const point = written.match(/^\{'from': '([^']*)', 'to': None/);
  if (point) return point[1];
  const call = written.match(/^(\w+)\((.*)\)$/s);
  if (!call) return written;
  const values = [...call[2].matchAll(/\w+='([^']*)'/g)].map((match) => match[1]);
  return [call[1], ...values].join(" ");
}

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
