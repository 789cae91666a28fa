// The place to write in: Enter sends, Shift+Enter starts a new line. What is under way shows at once.

import { freshId, h, icon, say, words } from "./page.js";
import { dayAndTime, now } from "./moments.js";

const kept = new Map(); // conversation -> its draft and what is under way, while another one is open

/** `send(pending)` posts; `seen()` is the patient's latest message on the screen. */
export function composer(conversation, { send, seen }) {
  const mine = kept.get(conversation) ?? { draft: "", under: new Map() };
  const { under } = mine; // client_message_id -> what has been sent and did not come back yet
  kept.set(conversation, mine);
  const text = h("textarea", {
    rows: "1",
    maxlength: "4096",
    dir: "auto",
    placeholder: words.write_here,
    "aria-label": words.write_here,
    on: { input: fit, keydown: onKey },
  });
  const button = h("button", { type: "submit", class: "button primary send", title: words.send, "aria-label": words.send }, icon("send"));
  const hint = h("p", { class: "hint" }, words.write_hint);
  const closed = h("p", { class: "window-closed", hidden: true }, icon("lock"), words.window_closed);
  const form = h("form", { class: "writing", on: { submit: onSubmit } }, h("div", { class: "field" }, text, button), hint);
  const element = h("div", { class: "composer" }, closed, form);

  function fit() {
    mine.draft = text.value;
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, 180)}px`;
    button.disabled = !text.value.trim();
  }
  text.value = mine.draft;
  fit();

  function onKey(event) {
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
    insert(words) {
      text.value = [text.value.trim(), words].filter(Boolean).join("\n");
      fit();
      text.focus();
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

    done: (pending) => under.delete(pending.client_message_id),

    /** It was refused: the words go back to where they can be changed. */
    takeBack(pending) {
      under.delete(pending.client_message_id);
      text.value = [pending.text, text.value].filter(Boolean).join("\n");
      fit();
      text.focus();
    },

    update(view, me, mayAct) {
      const others = view.owner === "staff" && view.owned_by !== null && view.owned_by !== me;
      element.hidden = !mayAct;
      closed.hidden = view.window_open;
      form.hidden = !view.window_open;
      text.disabled = others;
      hint.textContent =
        others ? say("owner_other", { who: view.owned_by })
        : view.owner !== "staff" ? words.write_takes
        : view.window_until ? `${words.write_hint} · ${say("window_ends", { time: dayAndTime(view.window_until) })}`
        : words.write_hint;
    },
  };
}
