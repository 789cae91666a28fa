// The place to write in: Enter sends, Shift+Enter starts a new line, a slash at the beginning brings prepared
// answers. What is under way shows at once. A note is for colleagues, and goes another way than an answer.

import { cannedAnswers } from "./canned.js";
import { draftOf, keepDraft } from "./drafts.js";
import { freshId, h, icon, say, words } from "./page.js";
import { dayAndTime, now } from "./moments.js";
import { templatePicker } from "./templates.js";

const hasNotes = document.querySelector('meta[name="notes"]').content === "yes";
const kept = new Map(); // conversation -> its draft and what is under way, while another one is open

/** `send(pending)` posts, `note(text)` keeps a note; `seen()` is the latest message on the screen, `typing()` hears of
 * every key of an answer. */
export function composer(conversation, { send, note, seen, typing }) {
  const mine = kept.get(conversation) ?? { ...draftOf(conversation), under: new Map(), offers: new Map() };
  const { under } = mine; // client_message_id -> what has been sent and did not come back yet
  kept.set(conversation, mine);
  const text = h("textarea", {
    rows: "1",
    maxlength: "4096",
    dir: "auto",
    placeholder: words.write_here,
    "aria-label": words.write_here,
    on: { input: onInput, keydown: onKey },
  });
  const button = h("button", { type: "submit", class: "button primary send", title: words.send, "aria-label": words.send }, icon("send"));
  const hint = h("p", { class: "hint" }, words.write_hint);
  const closed = h("p", { class: "window-closed", hidden: true }, icon("lock"), words.window_closed);
  const toPatient = h("button", { type: "button", class: "way", on: { click: () => writeNote(false) } }, words.to_patient);
  const toColleagues = h("button", { type: "button", class: "way", on: { click: () => writeNote(true) } }, icon("lock", "small"), words.to_colleagues);
  const ways = h("div", { class: "ways", role: "group", "aria-label": words.write_to, hidden: !hasNotes }, toPatient, toColleagues);
  const canned = cannedAnswers({ pick: (words) => put(words) });
  const form = h("form", { class: "writing", on: { submit: onSubmit } }, canned.element, ways, closed, h("div", { class: "field" }, text, button), hint);
  const picker = templatePicker(conversation, { sent: () => text.focus({ preventScroll: true }) });
  const element = h("div", { class: "composer" }, form, picker.element);
  let view = null;
  let others = false;

  function writeNote(on) {
    mine.isNote = on;
    keepDraft(conversation, mine);
    canned.close();
    look();
    text.focus();
  }

  /** What is on the screen follows from whose turn it is, the window, and for whom is written. */
  function look() {
    const note = mine.isNote;
    const shut = !note && view !== null && !view.window_open;
    toPatient.setAttribute("aria-pressed", String(!note));
    toColleagues.setAttribute("aria-pressed", String(note));
    form.classList.toggle("is-note", note);
    closed.hidden = !shut || !others;
    text.parentElement.hidden = shut;
    hint.hidden = shut;
    if (shut && !others) picker.open();
    else picker.close();
    text.disabled = others && !note;
    text.placeholder = note ? words.write_note : words.write_here;
    text.setAttribute("aria-label", text.placeholder);
    button.title = note ? words.keep_note : words.send;
    button.setAttribute("aria-label", button.title);
    hint.textContent =
      note ? words.note_hint
      : others ? say("owner_other", { who: view.owned_by })
      : view && view.owner !== "staff" ? (view.draft ? words.write_instead : words.write_takes)
      : view?.window_until ? `${words.write_hint} · ${say("window_ends", { time: dayAndTime(view.window_until) })}`
      : words.write_hint;
  }

  function put(words) {
    text.value = words;
    fit();
    text.focus();
  }

  function onInput() {
    if (!mine.isNote) typing();
    fit();
  }

  function fit() {
    if (mine.draft !== text.value) keepDraft(conversation, { ...mine, draft: text.value });
    mine.draft = text.value;
    if (!mine.isNote && view) canned.show(text.value, view.language);
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, 180)}px`;
    button.disabled = !text.value.trim();
  }
  text.value = mine.draft;
  fit();
  look();

  function onKey(event) {
    if (canned.onKey(event)) return;
    // An input method uses Enter to accept a word; that Enter is not ours.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  }

  function onSubmit(event) {
    event.preventDefault();
    submit();
  }

  function submit({ anyway = false } = {}) {
    const written = text.value.trim();
    if (!written) return;
    if (mine.isNote) {
      put("");
      note(written).catch(() => put(written));
      return;
    }
    const pending = {
      id: freshId(),
      client_message_id: freshId(),
      at: new Date(now()).toISOString(),
      author: "staff",
      text: written,
      seen: anyway ? null : seen(),
      state: "sending",
    };
    under.set(pending.client_message_id, pending);
    text.value = "";
    fit();
    send(pending);
  }

  return {
    element,
    submit,
    focus: () => text.focus({ preventScroll: true }),

    /** Words of ours, to be read over and sent; what was written stays. */
    insert(words, opening) {
      mine.offers.set(opening, words);
      mine.isNote = false;
      look();
      text.value = [text.value.trim(), words].filter(Boolean).join("\n");
      fit();
      text.focus();
    },

    /** `openings` are those that are still kept: what offers another one, unchanged, is not true any more. */
    keepOffers(openings) {
      for (const [opening, offer] of mine.offers) {
        if (openings.includes(opening)) continue;
        mine.offers.delete(opening);
        if (!text.value.includes(offer)) continue;
        text.value = text.value.replace(offer, () => "").replace(/\n{2,}/g, "\n").trim();
        fit();
      }
    },

    /** Bubbles for what is under way, without those that have `arrived`. */
    pending(arrived) {
      for (const id of arrived) under.delete(id);
      return [...under.values()].map((one) => ({
        id: one.id,
        at: one.at,
        author: "staff",
        text: one.text,
        choices: [],
        kind: "text",
        state: one.state,
        by: null,
        retry: one.state === "failed",
        pending: one.state === "failed" ? one : null,
      }));
    },

    /** It was refused: the words go back to where they can be changed. */
    takeBack(pending) {
      under.delete(pending.client_message_id);
      text.value = [pending.text, text.value].filter(Boolean).join("\n");
      fit();
      text.focus();
    },

    update(news, me, mayAct) {
      view = news;
      others = view.owner === "staff" && view.owned_by !== null && view.owned_by !== me;
      element.hidden = !mayAct;
      look();
    },

    writeNote: () => hasNotes && writeNote(!mine.isNote),
  };
}
