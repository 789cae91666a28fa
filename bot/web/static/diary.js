// The diary of one practitioner, seven days from today on; what is new shows itself.

import { h, icon, keyed, locale, words } from "./page.js";
import { dayKey, now } from "./moments.js";

const SHOWN = new Set(["held", "requested", "booked", "arrived", "done", "no_show"]);
const LOOK = { held: "held", requested: "held", booked: "booked", arrived: "booked", done: "done", no_show: "done" };
const DAYS = 7;

export function diaryBoard(parent, facts) {
  let rows = null;
  let practitioner = facts.practitioners[0].id;
  let offset = 0; // days from today

  const tabs = h("div", { class: "segments", role: "tablist" });
  const range = h("p", { class: "range" });
  const earlier = h("button", { type: "button", class: "button bare", title: words.earlier, "aria-label": words.earlier, on: { click: () => turn(-DAYS) } }, icon("back"));
  const today = h("button", { type: "button", class: "button today", on: { click: () => turn(-offset) } }, words.today);
  const later = h("button", { type: "button", class: "button bare", title: words.later, "aria-label": words.later, on: { click: () => turn(DAYS) } }, icon("next"));
  const grid = h("div", { class: "week" });
  parent.append(
    h("header", { class: "card-head" }, icon("diary"), h("h2", {}, words.diary), range, h("div", { class: "turn" }, earlier, today, later)),
    tabs,
    h("div", { class: "week-frame", tabindex: "0" }, grid),
    h(
      "footer",
      { class: "legend" },
      h("span", {}, h("i", { class: "swatch is-booked" }), words.booked),
      h("span", {}, h("i", { class: "swatch is-held" }), words.held),
      h("span", {}, h("i", { class: "swatch is-open" }), words.working_hours),
    ),
  );

  const shifts = facts.practitioners.flatMap((one) => one.shifts);
  const opens = Math.floor(Math.min(9 * 60, ...shifts.map((shift) => shift.start)) / 60);
  const closes = Math.ceil(Math.max(17 * 60, ...shifts.map((shift) => shift.end)) / 60);
  const span = (closes - opens) * 60;
  const percent = (minutes) => `${(100 * (minutes - opens * 60)) / span}%`;

  const dayFrom = (day, days) => new Date(Date.parse(`${day}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
  const weekday = (day) => (new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7;
  const named = (options) => new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options });
  const dayOf = (row) => row.start_local.slice(0, 10);
  const nameOf = (row) => `${row.practitioner} ${row.start} ${row.end}`;

  function turn(days) {
    offset += days;
    show(new Set());
  }

  function update(news) {
    const shown = news.filter((row) => SHOWN.has(row.status));
    const before = rows && new Map(rows.map((row) => [nameOf(row), row.status]));
    const fresh = new Set(before ? shown.filter((row) => before.get(nameOf(row)) !== row.status).map(nameOf) : []);
    rows = shown;
    const first = rows.find((row) => fresh.has(nameOf(row)));
    if (first) turnTo(first);
    show(fresh);
    if (first) grid.querySelector(".is-fresh")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** Bring a row that just appeared into view. */
  function turnTo(row) {
    if (facts.practitioners.some((one) => one.id === row.practitioner)) practitioner = row.practitioner;
    const days = Math.round((Date.parse(dayOf(row)) - Date.parse(dayKey(now()))) / 86_400_000);
    if (days < offset || days >= offset + DAYS) offset = Math.floor(days / DAYS) * DAYS;
  }

  function show(fresh) {
    keyed(
      tabs,
      facts.practitioners.map((one) => ({ id: one.id, name: one.name, isOn: one.id === practitioner })),
      (one) => one.id,
      (one) =>
        h(
          "button",
          {
            type: "button",
            role: "tab",
            class: "segment",
            "aria-selected": String(one.isOn),
            on: {
              click: () => {
                practitioner = one.id;
                show(new Set());
              },
            },
          },
          h("bdi", {}, one.name),
        ),
    );
    const start = dayFrom(dayKey(now()), offset);
    const days = Array.from({ length: DAYS }, (_, n) => dayFrom(start, n));
    const monthDay = named({ day: "numeric", month: "long" });
    range.textContent = monthDay.formatRange(new Date(`${start}T12:00:00Z`), new Date(`${days.at(-1)}T12:00:00Z`));
    today.disabled = offset === 0;
    grid.replaceChildren(hours(), ...days.map((day) => column(day, fresh)));
    const isOpen = (day) => shiftsOn(day).length > 0;
    grid.style.gridTemplateColumns = `34px ${days.map((day) => (isOpen(day) || rowsOn(day).length ? "minmax(64px, 1fr)" : "minmax(34px, 0.4fr)")).join(" ")}`;
  }

  function shiftsOn(day) {
    if (facts.closed_days.includes(day)) return [];
    return facts.practitioners.find((one) => one.id === practitioner).shifts.filter((shift) => shift.weekday === weekday(day));
  }

  const rowsOn = (day) => (rows ?? []).filter((row) => row.practitioner === practitioner && dayOf(row) === day);

  function hours() {
    const axis = h("div", { class: "axis" });
    for (let hour = opens; hour < closes; hour += 1) {
      const label = h("span", {}, `${String(hour).padStart(2, "0")}`);
      label.style.top = percent(hour * 60);
      axis.append(label);
    }
    return h("div", { class: "day-column is-axis", "aria-hidden": "true" }, h("div", { class: "day-name" }), axis);
  }

  function column(day, fresh) {
    const at = new Date(`${day}T12:00:00Z`);
    const isToday = day === dayKey(now());
    const body = h("div", { class: "day-body" });
    for (const shift of shiftsOn(day)) body.append(placed(h("div", { class: "shift" }), shift.start, shift.end));
    for (const row of rowsOn(day)) body.append(visit(row, fresh.has(nameOf(row))));
    return h(
      "div",
      { class: `day-column${isToday ? " is-today" : ""}${shiftsOn(day).length ? "" : " is-closed"}` },
      h("div", { class: "day-name" }, h("span", {}, named({ weekday: "short" }).format(at)), h("b", {}, named({ day: "numeric" }).format(at))),
      body,
    );
  }

  function visit(row, isFresh) {
    const [hour, minute] = row.start_local.slice(11, 16).split(":").map(Number);
    const start = hour * 60 + minute;
    const minutes = (Date.parse(row.end) - Date.parse(row.start)) / 60_000;
    const kind = facts.visit_types[row.visit_type] ?? row.visit_type;
    const who = row.patient ?? words.held_short;
    const time = row.start_local.slice(11, 16);
    const block = h(
      "div",
      { class: `visit is-${LOOK[row.status]}${isFresh ? " is-fresh" : ""}`, title: `${time} · ${who} · ${kind}${row.confirmed ? ` · ${words.visit_confirmed}` : ""}`, tabindex: "0", "data-status": row.status },
      h("bdi", {}, who),
      h("small", {}, `${row.confirmed ? "✓ " : ""}${time} · ${kind}`),
    );
    return placed(block, start, start + minutes);
  }

  function placed(element, from, to) {
    element.style.top = percent(from);
    element.style.height = `calc(${(100 * (to - from)) / span}% - 2px)`;
    return element;
  }

  show(new Set());
  return { update };
}
