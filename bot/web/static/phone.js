// A phone as patients hold it, with WhatsApp or Messenger open.
// It shows what reached the Graph API stand-in and nothing else.

import { bubble, typing } from "./bubble.js";
import { channelName, h, icon, keyed, portrait, post, words } from "./page.js";
import { dayKey, dayName, now, timeOfDay } from "./moments.js";
import { menuSheet } from "./sheet.js";

const TYPING_SHOWS = 25_000; // as long as the channel itself shows it

export function phones(facts, { practice, onContact, isVisible }) {
  const contacts = facts.patients.flatMap((patient) => Object.values(patient.contacts));
  const chats = new Map(contacts.map((contact) => [contact, { bubbles: [], typing_since: null, looked: 0, first: true }]));
  const channels = document.getElementById("channels");
  const tabs = document.getElementById("patients");
  const screen = document.getElementById("screen");
  const suggestions = document.getElementById("suggestions");
  let patient = facts.patients[0];
  let channel = facts.channels[0];
  const contact = () => patient.contacts[channel];
  const chat = () => chats.get(contact());

  const status = h("p", { class: "contact-state" }, words.online);
  const list = h("ol", { class: "bubbles", "aria-live": "polite" });
  const scroller = h("div", { class: "wallpaper", tabindex: "0" }, list);
  const chips = h("div", { class: "chips", hidden: true });
  const field = h("input", { class: "typed", type: "text", maxlength: "4096", dir: "auto", placeholder: words.message, "aria-label": words.message, on: { input: fit } });
  const photo = h("button", { type: "button", class: "tool", title: words.send_photo, "aria-label": words.send_photo, on: { click: () => act("sends", { kind: "image" }) } }, icon("image"));
  const voice = h("button", { type: "button", class: "round", title: words.send_voice, "aria-label": words.send_voice, on: { click: () => act("sends", { kind: "audio" }) } }, icon("mic"));
  const submit = h("button", { type: "submit", class: "round", title: words.send, "aria-label": words.send, hidden: true }, icon("send"));
  const trouble = h("p", { class: "trouble", role: "alert", hidden: true }, words.failed);
  const sheet = menuSheet();
  screen.append(
    h(
      "header",
      { class: "contact" },
      h("span", { class: "portrait practice-portrait", "aria-hidden": "true" }, icon("mark")),
      h("div", { class: "contact-name" }, h("h2", {}, h("bdi", {}, practice)), status),
    ),
    scroller,
    chips,
    trouble,
    h("form", { class: "typing-bar", on: { submit: onSubmit } }, h("div", { class: "typed-field" }, field, photo), voice, submit),
    sheet.element,
  );

  function fit() {
    const empty = !field.value.trim();
    voice.hidden = !empty;
    submit.hidden = empty;
  }

  function onSubmit(event) {
    event.preventDefault();
    write(field.value);
  }

  async function write(text) {
    const written = text.trim();
    if (!written) return;
    field.value = "";
    fit();
    if (!(await act("says", { text: written }))) {
      field.value = written;
      fit();
    }
  }

  const tap = (message, choice) => act("taps", { message_id: message, choice_id: choice });

  async function act(verb, body) {
    trouble.hidden = true;
    try {
      await post(`/sandbox/patients/${contact()}/${verb}`, body);
      return true;
    } catch {
      trouble.hidden = false;
      return false;
    }
  }

  function choose(other) {
    ({ patient, channel } = { patient, channel, ...other });
    list.shown = undefined;
    list.replaceChildren();
    sheet.close();
    trouble.hidden = true;
    field.value = "";
    fit();
    show({ jump: true });
    onContact(contact());
  }

  function showTabs() {
    screen.dataset.channel = channel;
    channels.hidden = facts.channels.length < 2;
    keyed(channels, facts.channels.map((one) => ({ one, isOn: one === channel, unread: one !== channel && unreadOf(patient.contacts[one]) })), (it) => it.one, (it) =>
      h(
        "button",
        { type: "button", role: "tab", class: "segment", "data-channel": it.one, "aria-selected": String(it.isOn), on: { click: () => it.one !== channel && choose({ channel: it.one }) } },
        channelName(it.one),
        it.unread ? h("span", { class: "dot" }, String(it.unread)) : null,
      ),
    );
    keyed(
      tabs,
      facts.patients.map((one) => ({ ...one, isCurrent: one === patient, unread: one !== patient && unreadOf(one.contacts[channel]) })),
      (one) => one.name,
      (one) =>
        h(
          "button",
          {
            type: "button",
            role: "tab",
            class: "patient",
            title: channel === "whatsapp" ? `${one.name} +${one.contacts.whatsapp}` : one.name,
            "aria-selected": String(one.isCurrent),
            on: { click: () => one.isCurrent || choose({ patient: facts.patients.find((other) => other.name === one.name) }) },
          },
          portrait(one.name, one.name, "tiny"),
          h("span", { class: "patient-name" }, h("bdi", {}, one.name.split(" ")[0]), h("small", {}, words[`language_${one.language}`])),
          one.unread ? h("span", { class: "dot" }, String(one.unread)) : null,
        ),
    );
    keyed(suggestions, patient.suggestions.map((text) => ({ text })), (it) => it.text, ({ text }) =>
      h("button", { type: "button", class: "suggestion", lang: patient.language, on: { click: () => write(text) } }, text),
    );
  }

  const unreadOf = (contact) => chats.get(contact).bubbles.filter((bubble) => !bubble.by_patient && bubble.state !== "read").length;

  function show({ jump = false } = {}) {
    const { bubbles } = chat();
    const follow = jump || scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120;
    const items = [];
    let lastDay = null;
    let lastSide = null;
    for (const [place, one] of bubbles.entries()) {
      if (dayKey(one.at) !== lastDay) {
        lastDay = dayKey(one.at);
        lastSide = null;
        items.push({ day: lastDay, at: one.at });
      }
      items.push({ ...one, channel, continues: one.by_patient === lastSide, ends: bubbles[place + 1]?.by_patient !== one.by_patient });
      lastSide = one.by_patient;
    }
    if (!items.length) items.push({ empty: true });
    const types = isTyping(chat());
    const last = bubbles.at(-1);
    if (types) items.push({ typing: true });
    else if (last?.by_patient && channel === "messenger") items.push({ receipt: last.state });
    status.textContent = types ? words.typing : words.online;
    keyed(list, items, (item) => item.id ?? item.day ?? Object.keys(item)[0], (item) =>
      item.day ? h("li", { class: "chat-day" }, h("span", {}, dayName(item.at)), h("time", { datetime: item.at }, timeOfDay(item.at)))
      : item.empty ? h("li", { class: "chat-empty" }, h("p", { class: "sealed" }, icon("lock", "small"), words.phone_encrypted), h("p", {}, words.phone_empty))
      : item.typing ? typing()
      : item.receipt ? h("li", { class: "receipt" }, words[`state_${item.receipt}`])
      : bubble(item, { tap: (choice) => tap(item.id, choice), open: () => sheet.open(item, (choice) => tap(item.id, choice)) }),
    );
    showChips(last);
    showTabs();
    if (follow) scroller.scrollTop = scroller.scrollHeight;
    look();
  }

  /** Quick replies: they are there until another message is in the chat. */
  function showChips(last) {
    const offered = last?.chips ?? [];
    chips.hidden = !offered.length;
    keyed(chips, offered.map((one) => ({ ...one, message: last.id })), (one) => `${one.message} ${one.id}`, (one) =>
      h("button", { type: "button", class: "quick-reply", dir: "auto", on: { click: () => tap(one.message, one.id) } }, one.title),
    );
  }

  function isTyping({ typing_since }) {
    return typing_since !== null && now() - new Date(typing_since) < TYPING_SHOWS;
  }

  /** The patient looks at the chat: tell the channel, once for each new message. */
  function look() {
    const here = chat();
    const latest = here.bubbles.at(-1)?.id;
    if (!unreadOf(contact()) || here.looked === latest || !isVisible()) return;
    here.looked = latest;
    post(`/sandbox/patients/${contact()}/reads`, {}).catch(() => (here.looked = null));
  }

  setInterval(() => {
    if (list.querySelector(".is-typing") && !isTyping(chat())) show();
  }, 1000);
  showTabs();
  onContact(contact());

  return {
    look,
    update({ contact: whose, bubbles, typing_since }) {
      const known = chats.get(whose);
      const first = known.first;
      Object.assign(known, { bubbles, typing_since, first: false });
      if (whose === contact()) show({ jump: first || bubbles.at(-1)?.by_patient });
      else showTabs();
    },
  };
}
