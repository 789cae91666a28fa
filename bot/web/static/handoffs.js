// The list of whoever waits or is with staff.

import { calledAs, channelName, h, icon, keyed, portrait, say, words } from "./page.js";
import { presenceMark } from "./presence.js";
import { ago, dayAndTime, now } from "./moments.js";

const me = document.querySelector('meta[name="who"]').content;
const GROUPS = [
  ["waiting", (row) => row.owner === "queue"],
  ["to_read_over", (row) => row.has_draft],
  ["with_staff", (row) => row.owner === "staff"],
  ["with_assistant", (row) => row.owner === "bot" && !row.has_draft],
];

/** Reasons are words of ours; one that this page does not know yet still means that a person is needed. */
export const reasonText = (reason) => words[`reason_${reason}`] ?? words.reason_other;

const isAwake = (row) => !row.snoozed_until || new Date(row.snoozed_until) <= now();
const FILTERS = {
  all: isAwake,
  mine: (row) => isAwake(row) && ((row.owner === "staff" && row.owned_by === me) || row.meant_for === me),
  waiting: (row) => isAwake(row) && (row.owner === "queue" || row.has_draft),
  urgent: (row) => row.urgent,
  unanswered: (row) => isAwake(row) && row.unread > 0 && (row.owner !== "bot" || row.has_draft),
  snoozed: (row) => !isAwake(row),
  settled: () => true, // comes by itself, when it is asked for
};

/** A row of filters; each tells how many it lets through. */
export function showFilters(parent, counts, chosen, choose) {
  const items = Object.keys(FILTERS).map((name) => ({ name, count: counts[name] ?? 0, isOn: name === chosen }));
  keyed(parent, items, (item) => item.name, (item) =>
    h(
      "button",
      { type: "button", class: `filter${item.name === "urgent" && item.count ? " has-urgent" : ""}`, "aria-pressed": String(item.isOn), on: { click: () => choose(item.name) } },
      words[`filter_${item.name}`],
      item.name !== "all" && item.name !== "settled" && item.count ? h("span", { class: "count" }, String(item.count)) : null,
    ),
  );
}

/** Ids of the rows on the screen, in their order. */
export const shownIds = (parent) => [...parent.querySelectorAll("[data-conversation]")].map((row) => row.dataset.conversation);

/** Show the rows that `filter` lets through, of which there are `more`. `open(id)` is called when one is chosen. */
export function showList(parent, rows, { opened, filter, open, more = false, presence = {} }) {
  const rowsThrough = rows.filter(FILTERS[filter]);
  const groups =
    filter === "settled"
      ? [{ key: "settled", rows: rowsThrough }]
      : GROUPS.map(([key, lets]) => ({ key, rows: rowsThrough.filter(lets) }));
  const shown = groups.filter((group) => group.rows.length);
  if (!shown.length) {
    keyed(parent, [{ empty: filter }], () => "empty", () => (filter === "all" ? empty() : nothing(filter)));
    return;
  }
  const items = shown.flatMap((group) => [
    { heading: group.key, count: more && group === shown.at(-1) ? null : group.rows.length },
    ...group.rows.map((row) => ({ ...row, isOpen: row.id === opened, waited: ago(row.since), there: presence[row.id] ?? [] })),
  ]);
  keyed(
    parent,
    items,
    (item) => (item.heading ? `heading ${item.heading}` : `row ${item.id}`),
    (item) => (item.heading ? heading(item) : row(item, open)),
  );
}

/** Whoever was searched for, whatever became of their conversations. */
export function showFound(parent, rows, { opened, open, presence = {} }) {
  if (!rows.length) {
    keyed(parent, [{ empty: "found" }], () => "empty", () => h("p", { class: "none-here" }, words.none_found));
    return;
  }
  const items = [
    { heading: "found", count: rows.length },
    ...rows.map((one) => ({ ...one, isOpen: one.id === opened, waited: ago(one.since), there: presence[one.id] ?? [] })),
  ];
  keyed(
    parent,
    items,
    (item) => (item.heading ? `heading ${item.heading}` : `row ${item.id}`),
    (item) => (item.heading ? heading(item) : row(item, open)),
  );
}

const CLOCKS = { first: "answer_first", next: "answer_next", red_flag: "answer_red_flag" };

/** By when somebody who waits is to be answered, in red once that has passed. */
function clock(item) {
  if (!item.answer_by) return null;
  const time = dayAndTime(item.answer_by);
  const text = item.is_late ? say("late_since", { time }) : say(CLOCKS[item.answer_clock], { time });
  return h("span", { class: `chip${item.is_late ? " red" : ""}`, "data-clock": item.answer_clock }, icon("clock", "small"), text);
}

function heading({ heading: key, count }) {
  return h("h2", { class: "list-heading" }, say(key), count === null ? null : h("span", { class: "count" }, String(count)));
}

function row(item, open) {
  const unread = item.unread > 0 && (item.owner !== "bot" || item.has_draft);
  return h(
    "button",
    {
      type: "button",
      class: `row${item.urgent ? " is-urgent" : ""}${unread ? " is-unread" : ""}`,
      "data-conversation": item.id,
      "aria-current": item.isOpen ? "true" : null,
      on: { click: () => open(item.id) },
    },
    portrait(calledAs(item.label), item.id),
    h(
      "span",
      { class: "row-body" },
      h(
        "span",
        { class: "row-top" },
        h("bdi", { class: "row-name" }, calledAs(item.label)),
        h("time", { class: "row-time", datetime: item.since }, item.waited),
      ),
      h("span", { class: "row-text", dir: "auto" }, item.last_text),
      h(
        "span",
        { class: "row-chips" },
        item.urgent ? h("span", { class: "chip red" }, icon("alert", "small"), words.urgent) : null,
        item.is_overdue && item.owner === "queue" ? h("span", { class: "chip red" }, icon("clock", "small"), words.overdue) : clock(item),
        item.meant_for ? h("span", { class: "chip accent" }, icon("person", "small"), h("bdi", {}, item.meant_for === me ? words.meant_for_you : say("meant_for", { who: item.meant_for }))) : null,
        ...(item.tags ?? []).map((tag) => h("span", { class: "chip" }, h("bdi", {}, tag))),
        item.owner === "staff"
          ? h("span", { class: "chip accent" }, icon("person", "small"), h("bdi", {}, item.owned_by === me ? words.you : (item.owned_by ?? words.with_staff)))
          : (item.urgent && item.reason === "emergency") || !item.reason
            ? null
            : h("span", { class: `chip${item.owner === "queue" && !item.urgent ? " amber" : ""}` }, reasonText(item.reason)),
        h("span", { class: "row-channel" }, channelName(item.channel)),
        presenceMark(item.there),
      ),
    ),
    unread ? h("span", { class: "badge", title: say("unread", { n: item.unread }) }, h("span", { "aria-hidden": "true" }, String(item.unread)), h("span", { class: "quiet-text" }, say("unread", { n: item.unread }))) : null,
  );
}

function nothing(filter) {
  return h("p", { class: "none-here" }, words[`none_${filter}`]);
}

function empty() {
  return h(
    "div",
    { class: "empty" },
    h("span", { class: "empty-mark" }, icon("assistant")),
    h("h2", {}, words.nobody_waits),
    h("p", {}, words.nobody_waits_lead),
  );
}
