// Beside the conversation: what is known, each line from a message; the visits; openings to offer; the diary.

import { diaryBoard } from "./diary.js";
import { reasonText } from "./handoffs.js";
import { Refusal, channelName, flagText, freshId, h, icon, keyed, post, say, words } from "./page.js";
import { tagsOf } from "./tags.js";
import { dateOf, dayAndTime, longDayAndTime, shortDayAndTime, timeOfDay } from "./moments.js";

const names = new Map(Object.entries(JSON.parse(document.getElementById("names").textContent)));
const facts = JSON.parse(document.getElementById("facts").textContent);
const mayAct = document.querySelector('meta[name="role"]').content !== "reader";
const hasNotes = document.querySelector('meta[name="notes"]').content === "yes";
const surname = (id) => (names.get(id) ?? id).split(" ").at(-1);

/** How a line of the card is read: [label, value, look]. */
function read(line) {
  const { kind, value } = line;
  switch (kind) {
    case "birth_date": return [words.slot_birth_date, dateOf(value)];
    case "verified": return [words.card_verified, value === "yes" ? words.yes : words.card_not_verified, value === "yes" ? "good" : ""];
    case "language": return [words.writes_in, words[`language_${value}`] ?? value];
    case "reached_by": return [words.card_reached_by, value === "phone" ? words.reached_by_phone : channelName(value)];
    case "visit": return [words.slot_visit_type, names.get(value) ?? value];
    case "practitioner": return [words.slot_practitioner, names.get(value) ?? (value === "anybody" ? words.any_practitioner : value.replace(/^not:(.*)/, (_, id) => `≠ ${names.get(id) ?? id}`))];
    case "offer": return [words.card_offer, value.replaceAll("\n", " · ")];
    case "asked": return [words.card_asked, words[`reason_${value}`] ?? words[`flow_${value}`] ?? value.replaceAll("_", " ")];
    case "done": return [words.card_tried, words[`tried_${value.split(":")[1]}`] ?? value, "good"];
    case "failed": return [words.card_tried, words[`tried_${value.replace(":", "_")}`] ?? words.tried_failed, "bad"];
    case "not_understood": return [words.card_not_understood, `“${value}”`];
    case "red_flag": return [words.red_flag, flagText(value), "bad"];
    case "taken_back": return [words.card_taken_back, flagText(value)];
    default: return [words[`card_${kind}`] ?? kind, value];
  }
}

const WHY = {
  soonest: words.why_soonest,
  other_person: words.why_other_person,
  other_place: words.why_other_place,
  earlier_day: words.why_earlier_day,
  later_day: words.why_later_day,
  other_hour: words.why_other_hour,
  fills_a_gap: words.why_fills_a_gap,
  for_choice: words.why_for_choice,
};

/** `jump(message)` shows a message; `compose(text)` puts words where they can be sent; `refused(refusal)` explains. */
export function detailsPanel(id, { jump, compose, keepOffers, refused, close, watchDiary }) {
  const path = `/inbox/conversations/${encodeURIComponent(id)}`;
  const card = h("section", { class: "card", "aria-label": words.details });
  const visits = h("section", { class: "visits", "aria-label": words.visits, hidden: true });
  const offers = h("section", { class: "offers", "aria-label": words.offer_time, hidden: true });
  const diary = h("section", { class: "desk-diary", "aria-label": words.diary, hidden: true });
  const told = h("p", { class: "told", role: "status" });
  const tags = tagsOf(id, { mayAct: mayAct && hasNotes, refused: (refusal) => tell(words[refusal.word] ?? refused(refusal)) });
  const element = h(
    "aside",
    { class: "details", "aria-label": words.details, tabindex: "-1" },
    h(
      "div",
      { class: "details-body" },
      h("button", { type: "button", class: "button bare details-close", "aria-label": words.close, on: { click: close } }, icon("close")),
      card,
      tags.element,
      told,
      visits,
      offers,
      diary,
    ),
  );

  let view = null;
  let lines = null;
  let there = { visits: [], held: [] };
  let moving = null; // the visit that is being moved
  let form = null; // the booking that is being written down: {opening, key, element}
  let board = null;

  const tell = (text) => (told.textContent = text ?? "");

  // -- the card -----------------------------------------------------------------------------------------

  function showCard() {
    if (!view) return;
    const latest = view.messages.findLast((message) => message.author === "patient")?.id ?? null;
    const about = [
      ...(view.reason ? [{ label: words.reason, value: reasonText(view.reason), look: view.urgent ? "bad" : "" }] : []),
      ...(view.since ? [{ label: words.since, value: dayAndTime(view.since) }] : []),
      { label: words.channel, value: channelName(view.channel) },
      ...(view.window_until && view.window_open ? [{ label: words.card_window, value: dayAndTime(view.window_until), message: latest }] : []),
    ];
    const known = lines
      ? lines.map((line) => {
          const [label, value, look] = read(line);
          return { label, value, look, message: line.message };
        })
      : view.slots.filter(([label]) => label !== "language").map(([label, value]) => ({ label: words[`slot_${label}`] ?? label, value: names.get(value) ?? value }));
    tags.show(view.tags ?? []);
    keyed(card, [{ known, about }], () => "card", () =>
      h(
        "div",
        {},
        h("h2", {}, words.details),
        known.length ? h("dl", { class: "facts" }, known.map(fact)) : h("p", { class: "details-none" }, words.details_none),
        h("dl", { class: "facts about" }, about.map(fact)),
      ),
    );
  }

  function fact({ label, value, look, message }) {
    const said = h("span", { class: look ? `look-${look}` : null, dir: "auto" }, value);
    return h(
      "div",
      {},
      h("dt", { dir: "auto" }, label),
      h("dd", {}, message ? h("button", { type: "button", class: "from-message", title: words.show_message, on: { click: () => jump(message) } }, said, icon("next", "small")) : said),
    );
  }

  // -- visits and holds ---------------------------------------------------------------------------------

  const when = (opening) => `${longDayAndTime(opening.start)}`;
  const what = (opening) => `${names.get(opening.visit_type) ?? opening.visit_type} · ${names.get(opening.practitioner) ?? opening.practitioner}`;

  function showVisits() {
    if (!facts.practitioners) return;
    visits.hidden = !there.visits.length && !there.held.length;
    offers.hidden = !mayAct;
    const items = [
      ...there.visits.map((visit) => ({ visit, isMoving: moving === visit.id })),
      ...there.held.map((held) => ({ held, isWriting: form?.opening === held.opening.ref })),
    ];
    keyed(visits, [{ heading: true }, ...items], (item) => (item.heading ? "heading" : item.visit ? `visit ${item.visit.id}` : `held ${item.held.opening.ref}`), (item) =>
      item.heading ? h("h2", {}, words.visits) : item.visit ? visitCard(item.visit, item.isMoving) : heldCard(item.held),
    );
  }

  function visitCard(visit, isMoving) {
    return h(
      "article",
      { class: `booked${isMoving ? " is-moving" : ""}`, "data-visit": visit.id },
      h("p", { class: "booked-when" }, when(visit.opening), visit.confirmed ? h("span", { class: "good" }, ` ✓ ${words.visit_confirmed}`) : null),
      h("p", { class: "booked-what", dir: "auto" }, what(visit.opening)),
      mayAct
        ? h(
            "div",
            { class: "booked-acts" },
            h("button", { type: "button", class: "button small", "aria-pressed": String(isMoving), on: { click: () => beginMove(isMoving ? null : visit) } }, isMoving ? words.keep_it : words.move_visit),
            h("button", { type: "button", class: "button small danger", on: { click: (event) => sure(event, words.cancel_sure, () => change("cancel", { visit: visit.id })) } }, words.cancel_visit),
          )
        : null,
    );
  }

  function heldCard(held) {
    const writes = form?.opening === held.opening.ref;
    return h(
      "article",
      { class: "booked is-held", "data-held": held.opening.ref },
      h("p", { class: "booked-when" }, when(held.opening)),
      h("p", { class: "booked-what", dir: "auto" }, what(held.opening)),
      h("p", { class: "booked-until" }, icon("clock", "small"), say("held_until", { time: timeOfDay(held.until) })),
      mayAct
        ? h(
            "div",
            { class: "booked-acts" },
            moving
              ? h("button", { type: "button", class: "button small primary", on: { click: () => change("move", { visit: moving, opening: held.opening.ref }) } }, words.move_here)
              : h("button", { type: "button", class: "button small primary", "aria-expanded": String(writes), on: { click: () => (writes ? dropForm() : writeDown(held.opening)) } }, words.book_it),
            h("button", { type: "button", class: "button small", on: { click: () => compose(held.text, held.opening.ref) } }, words.offer_it),
            h("button", { type: "button", class: "button small", on: { click: () => quietly(async () => showNews(await post(`${path}/release`, {}))) } }, words.let_go),
          )
        : null,
      writes ? form.element : null,
    );
  }

  /** A second press within four seconds does it. */
  function sure(event, question, run) {
    const button = event.currentTarget;
    if (button.dataset.sure === "yes") return run();
    const before = button.textContent;
    button.dataset.sure = "yes";
    button.textContent = question;
    setTimeout(() => {
      button.dataset.sure = "no";
      button.textContent = before;
    }, 4000);
    return null;
  }

  function beginMove(visit) {
    moving = visit?.id ?? null;
    dropForm();
    tell(visit ? words.move_lead : null);
    if (visit) {
      picked.visit_type = visit.opening.visit_type;
      picked.practitioner = "";
      picked.from = "";
      look();
    }
    showVisits();
    showOffers();
  }

  function writeDown(opening) {
    const known = Object.fromEntries((lines ?? []).map((line) => [line.kind, line.value]));
    const field = (name, label, value, more = {}) => h("label", {}, label, h("input", { name, value, ...more }));
    const fields = h(
      "form",
      { class: "write-down", on: { submit: (event) => bookIt(event) } },
      field("name", words.slot_patient_name, known.name ?? known.profile ?? "", { autocomplete: "off", maxlength: "120" }),
      field("phone", words.slot_phone, known.phone ?? known.vouched ?? "", { type: "tel", autocomplete: "off", maxlength: "40" }),
      facts.wants_birth_date ? field("birth_date", words.slot_birth_date, known.birth_date ?? "", { type: "date" }) : null,
      h("button", { type: "submit", class: "button primary wide" }, words.book_and_tell),
    );
    form = { opening: opening.ref, key: freshId(), element: fields };
    showVisits();
    fields.querySelector("input").focus();
  }

  function dropForm() {
    form = null;
    showVisits();
  }

  async function bookIt(event) {
    event.preventDefault();
    const written = new FormData(event.target);
    const name = String(written.get("name")).trim();
    if (name.length < 2) return tell(words.name_needed);
    const { opening, key } = form;
    const birth = String(written.get("birth_date") ?? "");
    return change("book", { opening, name, phone: String(written.get("phone")).trim(), birth_date: birth || null }, key);
  }

  async function change(action, body, key = freshId()) {
    await quietly(async () => {
      const news = await post(`${path}/${action}`, { ...body, client_message_id: key, tells: view.window_open });
      form = null;
      moving = null;
      showNews(news);
      look();
    });
  }

  function showNews(news) {
    if (news.error) return tell(words[news.error] ?? words.failed);
    there = news;
    keepOffers(there.held.map((held) => held.opening.ref));
    if (moving && !there.visits.some((visit) => visit.id === moving)) moving = null;
    if (form && !there.held.some((held) => held.opening.ref === form.opening)) form = null;
    return showVisits();
  }

  async function quietly(task) {
    tell(null);
    try {
      await task();
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      tell(words[refusal.word] ?? refused(refusal));
      if (refusal.word.startsWith("booking_")) look();
    }
  }

  // -- openings to offer --------------------------------------------------------------------------------

  const kinds = Object.entries(facts.visit_types ?? {});
  const picked = { visit_type: "", practitioner: "", from: "" };
  let found = null;
  let asked = 0;

  function showOffers() {
    if (!kinds.length || !mayAct) return;
    keyed(offers, [{ found, picked: { ...picked }, moving }], () => "offers", () => {
      const select = (name, label, options) =>
        h(
          "label",
          { class: "pick" },
          h("span", { class: "quiet-text" }, label),
          h(
            "select",
            { name, "aria-label": label, on: { change: (event) => pick(name, event.target.value) } },
            options.map(([value, text]) => h("option", { value, selected: value === picked[name] }, text)),
          ),
        );
      const who = facts.practitioners.filter((one) => !picked.visit_type || one.visit_types.includes(picked.visit_type));
      return h(
        "div",
        {},
        h("h2", {}, moving ? words.move_to : words.offer_time),
        h(
          "div",
          { class: "picks" },
          select("visit_type", words.slot_visit_type, [["", words.choose_visit], ...kinds]),
          select("practitioner", words.slot_practitioner, [["", words.any_practitioner], ...who.map((one) => [one.id, one.name])]),
        ),
        found === null
          ? null
          : found.length
            ? h("ul", { class: "chips" }, found.map((opening) => h("li", {}, chip(opening))))
            : h("p", { class: "details-none" }, words.no_openings),
        found?.length
          ? h(
              "div",
              { class: "booked-acts" },
              picked.from ? h("button", { type: "button", class: "button small", on: { click: () => pick("from", "") } }, words.soonest) : null,
              h("button", { type: "button", class: "button small", on: { click: () => pick("from", dayAfter(found.at(-1).start)) } }, words.later_times),
            )
          : null,
        h("button", { type: "button", class: "button small show-diary", "aria-expanded": String(!diary.hidden), on: { click: toggleDiary } }, icon("diary", "small"), words.diary),
      );
    });
  }

  const dayAfter = (iso) => new Date(Date.parse(iso) + 86_400_000).toISOString().slice(0, 10);

  function chip(opening) {
    const why = opening.why ? h("small", {}, WHY[opening.why]) : null;
    const who = picked.practitioner ? null : h("small", { dir: "auto" }, surname(opening.practitioner));
    return h("button", { type: "button", class: "chip-button", "data-opening": opening.ref, title: what(opening), on: { click: (event) => keep(event, opening) } }, h("span", {}, shortDayAndTime(opening.start)), who, why);
  }

  function pick(name, value) {
    picked[name] = value;
    if (name !== "from") picked.from = "";
    const still = facts.practitioners.find((one) => one.id === picked.practitioner);
    if (still && picked.visit_type && !still.visit_types.includes(picked.visit_type)) picked.practitioner = "";
    look();
  }

  async function look() {
    const mine = ++asked;
    if (!picked.visit_type) {
      found = null;
      return showOffers();
    }
    const asking = { ...picked, instead_of: moving };
    const query = new URLSearchParams(Object.entries(asking).filter(([, value]) => value));
    const answer = await fetch(`/inbox/openings?${query}`).catch(() => null);
    if (mine !== asked) return null; // a later question has been asked
    if (answer?.ok) found = await answer.json();
    else tell(words.failed);
    return showOffers();
  }

  /** One tap: the time is kept for this patient, and the offer stands in the composer, ready to be sent. */
  async function keep(event, opening) {
    const button = event.currentTarget;
    button.disabled = true;
    await quietly(async () => {
      const held = await post(`${path}/hold`, { opening: opening.ref, key: freshId(), instead_of: moving });
      if (!there.held.some((one) => one.opening.ref === held.opening.ref)) showNews({ ...there, held: [...there.held, held] });
      if (!moving) compose(held.text, held.opening.ref);
    });
    button.disabled = false;
  }

  // -- the diary ----------------------------------------------------------------------------------------

  function toggleDiary() {
    diary.hidden = !diary.hidden;
    element.classList.toggle("is-wide", !diary.hidden);
    if (!board) board = diaryBoard(diary, facts);
    watchDiary(diary.hidden ? null : board.update);
    showOffers();
    if (!diary.hidden) element.scrollTop = diary.offsetTop;
  }

  return {
    element,
    showView(news) {
      view = news;
      showCard();
      showVisits();
      showOffers();
    },
    showCard(news) {
      lines = news;
      if (!picked.visit_type) {
        const wished = news.find((line) => line.kind === "visit")?.value;
        if (wished in (facts.visit_types ?? {})) {
          picked.visit_type = wished;
          look();
        }
      }
      showCard();
    },
    showVisits: showNews,
    focusOffers: () => offers.querySelector("select")?.focus(),
  };
}
