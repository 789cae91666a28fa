// One conversation: what was said, who answers, and the place to write.

import { composer } from "./composer.js";
import { detailsPanel } from "./details.js";
import { filesOf } from "./files.js";
import { menu } from "./menu.js";
import { Refusal, calledAs, channelName, h, icon, keyed, portrait, post, say, words } from "./page.js";
import { draftPanel } from "./draft.js";
import { dayKey, dayName, now, timeOfDay } from "./moments.js";
import { hasWritten, isWriting, presenceMark } from "./presence.js";

const me = document.querySelector('meta[name="who"]').content;
const hasNotes = document.querySelector('meta[name="notes"]').content === "yes";
const mayAct = document.querySelector('meta[name="role"]').content !== "reader";
const maySupervise = ["manager", "admin"].includes(document.querySelector('meta[name="role"]').content);
const KIND_ICONS = { image: "image", sticker: "image", video: "image", audio: "mic", document: "file", location: "pin" };
const STATE_ICONS = { queued: "clock", sending: "clock", sent: "tick", delivered: "ticks", read: "ticks", failed: "alert", uncertain: "question", waiting: "lock", withdrawn: "close" };

/** Fill `pane` with conversation `id` (nothing when null). `show(view)` brings news; `close()` ends it. */
export function showConversation(pane, id, { back, signedOut, people = [], watchDiary = () => {} }) {
  pane.shown = undefined;
  if (id === null) {
    pane.replaceChildren(
      h("div", { class: "nothing" }, h("span", { class: "empty-mark" }, icon("inbox")), h("p", {}, words.choose_one)),
    );
    return { show() {}, showCard() {}, showVisits() {}, showPresence() {}, press() {}, close() {} };
  }

  const head = h("header", { class: "head" });
  const notice = h("div", { class: "owner", role: "status" });
  const messages = h("ol", { class: "messages", "aria-live": "polite" });
  const scroller = h("div", { class: "scroller", tabindex: "0" }, messages);
  const fresh = h("button", { type: "button", class: "fresh", hidden: true, on: { click: () => toEnd() } }, icon("down", "small"), words.new_messages);
  const details = detailsPanel(id, { jump, compose, keepOffers: (openings) => writing.keepOffers(openings), refused: explain, close: () => pane.classList.remove("shows-details"), watchDiary });
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const others = h("p", { class: "others", role: "status", hidden: true });
  const writing = composer(id, { send, note: keepNote, seen: () => seen, typing: isWriting });
  const draft = draftPanel(id, { refused: explain, tell, typing: isWriting, discarded: () => writing.focus() });
  pane.replaceChildren(head, h("div", { class: "talk" }, notice, scroller, fresh, others, draft.element, problem, writing.element), details.element);
  pane.classList.remove("shows-details");

  let view = null;
  let seen = null;
  let closed = false;

  const atEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
  const toEnd = () => {
    scroller.scrollTop = scroller.scrollHeight;
    fresh.hidden = true;
  };
  scroller.addEventListener("scroll", () => {
    if (atEnd()) fresh.hidden = true;
  });
  new ResizeObserver(() => {
    if (fresh.hidden) toEnd();
  }).observe(scroller);

  function show(news) {
    if (closed) return;
    if (news.error) {
      pane.replaceChildren(h("div", { class: "nothing" }, h("p", {}, words.gone)));
      return;
    }
    const first = view === null;
    const follow = first || atEnd();
    const before = view?.messages.length ?? 0;
    view = news;
    seen = view.messages.findLast((message) => message.author !== "note")?.id ?? "";
    draft.show(view);
    closeInTime();
    showHead();
    showOwner();
    showMessages();
    details.showView(view);
    writing.update(view, me, mayAct);
    if (follow) toEnd();
    else if (view.messages.length > before) fresh.hidden = false;
    if (first && mayAct && matchMedia("(min-width: 860px)").matches) writing.focus();
  }

  /** The window closes at its minute, also when nobody does anything. */
  let closing = null;
  function closeInTime() {
    clearTimeout(closing);
    const left = view.window_until ? new Date(view.window_until) - now() : null;
    if (left === null || !view.window_open || left > 2 ** 31 - 1) return;
    closing = setTimeout(() => {
      if (closed) return;
      view = { ...view, window_open: false };
      details.showView(view);
      writing.update(view, me, mayAct);
    }, Math.max(left, 0));
  }

  function showHead() {
    keyed(head, [{ label: calledAs(view.label), channel: view.channel, language: view.language, urgent: view.urgent }], () => "head", (it) =>
      h(
        "div",
        { class: "head-row" },
        h("button", { type: "button", class: "button bare head-back", "aria-label": words.back, on: { click: back } }, icon("back")),
        portrait(it.label, id),
        h(
          "div",
          { class: "head-name" },
          h("h1", {}, h("bdi", {}, it.label)),
          h("p", {}, channelName(it.channel), " · ", languageName(it.language)),
        ),
        it.urgent ? h("span", { class: "chip red" }, icon("alert", "small"), words.urgent) : null,
        h(
          "button",
          { type: "button", class: "button bare head-details", title: words.details, "aria-label": words.details, on: { click: () => pane.classList.toggle("shows-details") } },
          icon("info"),
        ),
      ),
    );
  }

  function showOwner() {
    const { owner, owned_by } = view;
    const mine = owner === "staff" && (owned_by === me || owned_by === null);
    keyed(notice, [{ owner, owned_by, snoozed: view.snoozed_until ?? null, people, has_draft: Boolean(view.draft), set_aside: view.set_aside }], () => "owner", () => {
      const text =
        owner === "queue" ? words.owner_queue
        : view.draft ? words.owner_draft
        : owner === "bot" ? words.owner_bot
        : owner === "closed" ? words.owner_closed
        : mine ? words.owner_you
        : say("owner_other", { who: owned_by });
      const [first, ...rest] = text.split(/(?<=\.) /u); // a phone has room for one sentence
      const other = owner === "staff" && !mine;
      const action =
        mine
          ? h("button", { type: "button", class: "button", "data-does": "give-back", on: { click: act("give-back") } }, icon("assistant"), h("span", { class: "wide-only" }, words.give_back), h("span", { class: "narrow-only" }, words.give_back_short))
          : h(
              "button",
              { type: "button", class: `button${owner === "queue" ? " primary" : ""}`, "data-does": "take", on: { click: act("take", other ? { instead_of: owned_by } : {}) } },
              icon("person"),
              other ? h("span", {}, h("span", { class: "wide-only" }, say("take_instead", { who: owned_by })), h("span", { class: "narrow-only" }, words.take)) : words.take,
            );
      return h(
        "div",
        { class: `owner-row owner-${mine ? "you" : owner}` },
        h("span", { class: "owner-dot" }),
        h("p", { dir: "auto" }, first, rest.length ? h("span", { class: "wide-only" }, ` ${rest.join(" ")}`) : null),
        mayAct ? action : null,
        mayAct && !other ? menu(words.more, owner === "bot" || owner === "closed" ? [] : choices(owner)) : null,
      );
    });
  }

  /** What else can become of a conversation that waits or is mine. */
  function choices(owner) {
    const colleagues = people.filter((name) => name !== me);
    return [
      ...(colleagues.length > 1 ? [{ title: words.give_to_freest, run: act("assign") }] : []),
      ...colleagues.map((name) => ({ title: say("give_to", { who: name }), run: act("assign", { to: name }) })),
      ...(owner === "staff" ? [{ title: words.put_back, run: act("put-back") }] : []),
      ...(owner === "queue" && view.set_aside && maySupervise ? [{ title: words.try_again_set_aside, run: act("try-again") }] : []),
      ...(!hasNotes ? []
        : view.snoozed_until ? [{ title: words.wake, run: act("wake") }]
        : [
            { title: words.snooze_hour, run: act("snooze", { until: "hour" }) },
            { title: words.snooze_tomorrow, run: act("snooze", { until: "tomorrow" }) },
            { title: words.snooze_reply, run: act("snooze", { until: "reply" }) },
          ]),
      { title: words.close_answered, run: act("close", { outcome: "answered" }) },
      { title: words.close_phoned, run: act("close", { outcome: "phoned" }) },
      { title: words.close_no_reply, run: act("close", { outcome: "no_reply_needed" }) },
    ];
  }

  function showMessages() {
    const items = [];
    let lastDay = null;
    let lastAuthor = null;
    const arrived = new Set(view.messages.map((message) => message.client_message_id).filter(Boolean));
    for (const message of [...view.messages, ...writing.pending(arrived)]) {
      const today = dayKey(message.at);
      if (today !== lastDay) {
        items.push({ day: today, at: message.at });
        lastAuthor = null;
      }
      items.push({ ...message, continues: message.author === lastAuthor });
      lastDay = today;
      lastAuthor = message.author;
    }
    keyed(messages, items, (item) => (item.day ? `day ${item.day}` : `message ${item.id}`), (item, isNew) =>
      item.day ? h("li", { class: "day" }, h("span", {}, dayName(item.at))) : bubble(item, isNew && view !== null),
    );
  }

  function bubble(message) {
    if (message.author === "note") {
      return h(
        "li",
        { class: `note${message.by ? " is-kept" : ""}`, "data-message": message.id, tabindex: "-1" },
        message.by ? h("p", { class: "author" }, icon("lock", "small"), h("bdi", {}, message.by), " · ", words.to_colleagues) : null,
        h("span", { dir: "auto" }, message.text),
        h("time", { datetime: message.at }, timeOfDay(message.at)),
      );
    }
    const ours = message.author !== "patient";
    const kind = message.kind !== "text" && message.kind !== "choice" && words[`kind_${message.kind}`];
    const sentBy = message.author === "assistant" && message.by ? say("sent_by", { who: message.by === me ? words.you : message.by }) : null;
    const author = message.author === "assistant" ? [words.assistant, sentBy].filter(Boolean).join(" · ") : (message.by ?? words.you);
    return h(
      "li",
      { class: `message by-${message.author}${message.continues ? " continues" : ""}${message.state === "failed" ? " has-failed" : ""}${message.state === "withdrawn" ? " was-withdrawn" : ""}`, "data-message": message.id, tabindex: "-1" },
      ours && !message.continues
        ? h("p", { class: "author" }, icon(message.author === "assistant" ? "assistant" : "person", "small"), h("bdi", {}, author))
        : h("span", { class: "quiet-text" }, ours ? author : words.patient, ": "),
      h(
        "div",
        { class: "bubble" },
        kind ? h("p", { class: "kind" }, icon(KIND_ICONS[message.kind] ?? "file"), kind) : null,
        filesOf(message, id),
        message.quoted ? h("blockquote", { class: "quoted", dir: "auto", "aria-label": words.answers_to }, message.quoted) : null,
        message.text ? h("p", { class: "text", dir: "auto" }, message.text) : null,
        message.choices.length
          ? h("ul", { class: "choices" }, message.choices.map((title) => h("li", { dir: "auto" }, title)))
          : null,
      ),
      h(
        "p",
        { class: "meta" },
        message.is_edited ? h("span", {}, words.edited, " · ") : null,
        h("time", { datetime: message.at }, timeOfDay(message.at)),
        message.state
          ? h("span", { class: `state state-${message.state}`, title: words[`state_${message.state}`] }, icon(STATE_ICONS[message.state], "small"), h("span", { class: ["failed", "uncertain", "waiting", "withdrawn"].includes(message.state) ? "" : "quiet-text" }, words[`state_${message.state}`]))
          : null,
        message.retry ? h("button", { type: "button", class: "retry", on: { click: () => send(message.pending) } }, words.retry) : null,
      ),
    );
  }

  /** Bring a message into view, and let it shine for a moment. */
  function jump(message) {
    pane.classList.remove("shows-details");
    const shown = messages.querySelector(`[data-message="${CSS.escape(message)}"]`);
    if (!shown) return;
    shown.scrollIntoView({ block: "center" });
    shown.classList.remove("shines");
    void shown.offsetWidth; // so that it shines once more
    shown.classList.add("shines");
    shown.focus({ preventScroll: true });
  }

  /** An offer goes to where it is read over and sent. */
  function compose(text, opening) {
    pane.classList.remove("shows-details");
    writing.insert(text, opening);
  }

  function act(action, body = {}) {
    return async (event) => {
      const button = event.currentTarget;
      button.disabled = true;
      try {
        await post(`/inbox/conversations/${encodeURIComponent(id)}/${action}`, body);
        tell(null);
      } catch (refusal) {
        tell(explain(refusal));
      } finally {
        button.disabled = false;
      }
    };
  }

  async function keepNote(text) {
    try {
      await post(`/inbox/conversations/${encodeURIComponent(id)}/note`, { text });
      tell(null);
    } catch (refusal) {
      tell(explain(refusal));
      throw refusal;
    }
  }

  /** Send what the composer keeps as pending; on failure it stays there, to be tried again under the same name. */
  async function send(pending) {
    tell(null);
    hasWritten();
    pending.state = "sending";
    if (view) {
      showMessages();
      toEnd();
    }
    try {
      await post(`/inbox/conversations/${encodeURIComponent(id)}/reply`, {
        text: pending.text,
        client_message_id: pending.client_message_id,
        seen: pending.seen,
      });
      pending.state = "queued"; // until the stream brings it
    } catch (refusal) {
      if (refusal.word === "newer") {
        writing.takeBack(pending);
        tell(words.newer, { label: words.send_anyway, run: () => writing.submit({ anyway: true }) }, refusal.answer.messages);
      } else if (refusal.word === "network") {
        pending.state = "failed";
      } else {
        writing.takeBack(pending);
        tell(explain(refusal));
      }
      showMessages();
    }
  }

  /** `came`: messages that nobody has seen yet, to be read before one goes on. */
  function tell(text, action = null, came = []) {
    problem.hidden = text === null;
    problem.replaceChildren(
      ...(text === null ? [] : [icon("alert"), h("span", { dir: "auto" }, text, came.length ? h("ul", { class: "came" }, patientsFirst(came).map(cameLine)) : null)]),
      ...(action ? [h("button", { type: "button", class: "button", on: { click: () => { tell(null); action.run(); } } }, action.label)] : []),
    );
  }

  /** All that is new, and what the patient said before anything that was said to them. */
  const patientsFirst = (came) => [true, false].flatMap((theirs) => came.filter((one) => (one.author === "patient") === theirs));

  const cameLine = (message) =>
    h("li", {}, h("b", {}, message.author === "patient" ? words.patient : (message.by ?? words.assistant)), ": ", h("bdi", {}, message.text || words[`kind_${message.kind}`]));

  function explain(refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    if (refusal.word === "signed_out") signedOut();
    if (refusal.word === "taken") return say("taken", { who: refusal.answer.by });
    const said = { window_closed: words.window_closed, unknown: words.gone, network: words.offline, not_allowed: words.not_allowed, nothing_answered: words.nothing_answered, nobody_there: words.nobody_there, draft_gone: words.draft_gone, assistant_paused: words.assistant_is_paused };
    return said[refusal.word] ?? words.failed;
  }

  return {
    show,
    showCard: (lines) => closed || details.showCard(lines),
    showVisits: (news) => closed || details.showVisits(news),

    /** Who else is at this conversation. */
    showPresence(people) {
      const mark = presenceMark(people);
      others.hidden = mark === null;
      others.replaceChildren(...(mark === null ? [] : [mark]));
    },

    /** A key does what a button does, where the button is there. */
    press(what) {
      if (what === "write") writing.focus();
      else if (what === "note") writing.writeNote();
      else if (what === "offer") {
        pane.classList.add("shows-details");
        details.focusOffers();
      } else if (what === "card") pane.classList.toggle("shows-details");
      else if (what.endsWith("-draft")) draft.press(what);
      else notice.querySelector(`[data-does="${what}"]`)?.click();
    },

    close() {
      closed = true;
      clearTimeout(closing);
      pane.classList.remove("shows-details");
    },
  };
}

const languageName = (code) => words[`language_${code}`] ?? code;
