// A phone as patients hold it. It shows what reached the Graph API stand-in and nothing else.

import { h, icon, keyed, portrait, post, words } from "./page.js";
import { dayKey, dayName, now, timeOfDay } from "./moments.js";

const TYPING_SHOWS = 25_000; // as long as the channel itself shows it

export function phones(facts, { practice, onPatient, isVisible }) {
  const chats = new Map(facts.patients.map((patient) => [patient.digits, { bubbles: [], typing_since: null, looked: 0, first: true }]));
  const tabs = document.getElementById("patients");
  const screen = document.getElementById("screen");
  const suggestions = document.getElementById("suggestions");
  let current = facts.patients[0];

  const status = h("p", { class: "contact-state" }, words.online);
  const list = h("ol", { class: "bubbles", "aria-live": "polite" });
  const scroller = h("div", { class: "wallpaper", tabindex: "0" }, list);
  const field = h("input", { class: "typed", type: "text", maxlength: "4096", dir: "auto", placeholder: words.message, "aria-label": words.message, on: { input: fit } });
  const photo = h("button", { type: "button", class: "tool", title: words.send_photo, "aria-label": words.send_photo, on: { click: () => act("sends", { kind: "image" }) } }, icon("image"));
  const voice = h("button", { type: "button", class: "round", title: words.send_voice, "aria-label": words.send_voice, on: { click: () => act("sends", { kind: "audio" }) } }, icon("mic"));
  const submit = h("button", { type: "submit", class: "round", title: words.send, "aria-label": words.send, hidden: true }, icon("send"));
  const trouble = h("p", { class: "trouble", role: "alert", hidden: true }, words.failed);
  const sheet = h("div", { class: "sheet", hidden: true });
  screen.append(
    h(
      "header",
      { class: "contact" },
      h("span", { class: "portrait practice-portrait", "aria-hidden": "true" }, icon("mark")),
      h("div", { class: "contact-name" }, h("h2", {}, h("bdi", {}, practice)), status),
    ),
    scroller,
    trouble,
    h("form", { class: "typing-bar", on: { submit: onSubmit } }, h("div", { class: "typed-field" }, field, photo), voice, submit),
    sheet,
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

  async function act(verb, body) {
    trouble.hidden = true;
    try {
      await post(`/sandbox/patients/${current.digits}/${verb}`, body);
      return true;
    } catch {
      trouble.hidden = false;
      return false;
    }
  }

  function choose(patient) {
    if (patient === current) return;
    current = patient;
    list.shown = undefined;
    list.replaceChildren();
    closeSheet();
    field.value = "";
    fit();
    show({ jump: true });
    onPatient(patient.digits);
  }

  function showTabs() {
    keyed(
      tabs,
      facts.patients.map((patient) => ({ ...patient, isCurrent: patient === current, unread: unreadOf(patient.digits) })),
      (patient) => patient.digits,
      (patient) =>
        h(
          "button",
          {
            type: "button",
            role: "tab",
            class: "patient",
            title: `${patient.name} +${patient.digits}`,
            "aria-selected": String(patient.isCurrent),
            on: { click: () => choose(facts.patients.find((one) => one.digits === patient.digits)) },
          },
          portrait(patient.name, patient.digits, "tiny"),
          h("span", { class: "patient-name" }, h("bdi", {}, patient.name.split(" ")[0]), h("small", {}, words[`language_${patient.language}`])),
          patient.unread ? h("span", { class: "dot" }, String(patient.unread)) : null,
        ),
    );
    keyed(suggestions, current.suggestions.map((text) => ({ text })), (it) => it.text, ({ text }) =>
      h("button", { type: "button", class: "suggestion", lang: current.language, on: { click: () => write(text) } }, text),
    );
  }

  const unreadOf = (digits) => chats.get(digits).bubbles.filter((bubble) => !bubble.by_patient && bubble.state !== "read").length;

  function show({ jump = false } = {}) {
    const chat = chats.get(current.digits);
    const follow = jump || scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120;
    const items = [];
    let lastDay = null;
    let lastSide = null;
    for (const bubble of chat.bubbles) {
      if (dayKey(bubble.at) !== lastDay) {
        lastDay = dayKey(bubble.at);
        lastSide = null;
        items.push({ day: lastDay, at: bubble.at });
      }
      items.push({ ...bubble, continues: bubble.by_patient === lastSide });
      lastSide = bubble.by_patient;
    }
    if (!items.length) items.push({ empty: true });
    const typing = isTyping(chat);
    if (typing) items.push({ typing: true });
    status.textContent = typing ? words.typing : words.online;
    keyed(list, items, (item) => item.id ?? item.day ?? (item.typing ? "typing" : "empty"), (item) =>
      item.day ? h("li", { class: "chat-day" }, h("span", {}, dayName(item.at)))
      : item.empty ? h("li", { class: "chat-empty" }, h("p", { class: "sealed" }, icon("lock", "small"), words.phone_encrypted), h("p", {}, words.phone_empty))
      : item.typing ? h("li", { class: "said from-practice is-typing", "aria-label": words.typing }, h("div", { class: "paper" }, h("i"), h("i"), h("i")))
      : bubble(item),
    );
    showTabs();
    if (follow) scroller.scrollTop = scroller.scrollHeight;
    look();
  }

  function isTyping(chat) {
    return chat.typing_since !== null && now() - new Date(chat.typing_since) < TYPING_SHOWS;
  }

  function bubble(item) {
    return h(
      "li",
      { class: `said ${item.by_patient ? "from-patient" : "from-practice"}${item.continues ? " continues" : ""}`, "data-message": item.id },
      h(
        "div",
        { class: "paper" },
        item.header ? h("p", { class: "paper-header", dir: "auto" }, item.header) : null,
        pictured(item),
        item.text ? h("p", { class: "paper-text", dir: "auto" }, formatted(item.text)) : null,
        item.footer ? h("p", { class: "paper-footer", dir: "auto" }, item.footer) : null,
        h("span", { class: "stamp" }, timeOfDay(item.at), item.by_patient ? ticks(item.state) : null),
        item.menu
          ? h("button", { type: "button", class: "menu-button", on: { click: () => openSheet(item) } }, icon("list", "small"), h("span", { dir: "auto" }, item.menu.label))
          : null,
      ),
      item.buttons.length
        ? h(
            "div",
            { class: "taps" },
            item.buttons.map((tap) =>
              h(
                "button",
                { type: "button", class: `tap${item.tapped === tap.id ? " is-tapped" : ""}`, on: { click: () => act("taps", { message_id: item.id, choice_id: tap.id }) } },
                icon("reply", "small"),
                h("span", { dir: "auto" }, tap.title),
              ),
            ),
          )
        : null,
    );
  }

  function openSheet(item) {
    const rows = item.menu.sections.flatMap(([title, taps]) => [
      title ? h("h4", { dir: "auto" }, title) : null,
      ...taps.map((tap) =>
        h(
          "button",
          {
            type: "button",
            class: "sheet-row",
            on: {
              click: () => {
                closeSheet();
                act("taps", { message_id: item.id, choice_id: tap.id });
              },
            },
          },
          h("span", { class: "sheet-words" }, h("span", { dir: "auto" }, tap.title), tap.description ? h("small", { dir: "auto" }, tap.description) : null),
          h("span", { class: `radio${item.tapped === tap.id ? " is-on" : ""}` }),
        ),
      ),
    ]);
    const close = h("button", { type: "button", class: "tool", "aria-label": words.close, on: { click: closeSheet } }, icon("close"));
    sheet.replaceChildren(
      h("button", { type: "button", class: "sheet-veil", tabindex: "-1", "aria-hidden": "true", on: { click: closeSheet } }),
      h(
        "div",
        { class: "sheet-paper", role: "dialog", "aria-label": item.menu.label, on: { keydown: (event) => event.key === "Escape" && closeSheet() } },
        h("div", { class: "sheet-head" }, close, h("h3", { dir: "auto" }, item.menu.label)),
        h("div", { class: "sheet-rows" }, ...rows.filter(Boolean)),
      ),
    );
    sheet.hidden = false;
    sheet.querySelector(".sheet-row")?.focus();
  }

  function closeSheet() {
    sheet.hidden = true;
    sheet.replaceChildren();
  }

  /** The patient looks at the chat: tell the channel, once for each new message. */
  function look() {
    const chat = chats.get(current.digits);
    const unread = unreadOf(current.digits);
    const latest = chat.bubbles.at(-1)?.id;
    if (!unread || chat.looked === latest || !isVisible()) return;
    chat.looked = latest;
    post(`/sandbox/patients/${current.digits}/reads`, {}).catch(() => (chat.looked = null));
  }

  setInterval(() => {
    if (list.querySelector(".is-typing") && !isTyping(chats.get(current.digits))) show();
  }, 1000);
  showTabs();
  onPatient(current.digits);

  return {
    look,
    update({ patient, bubbles, typing_since }) {
      const chat = chats.get(patient);
      const first = chat.first;
      Object.assign(chat, { bubbles, typing_since, first: false });
      if (patient === current.digits) show({ jump: first || bubbles.at(-1)?.by_patient });
      else showTabs();
    },
  };
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

/** *bold*, _italic_ and ~struck~ as the channel shows them; everything else stays the text it is. */
function formatted(text) {
  const parts = [];
  let rest = 0;
  for (const match of text.matchAll(/(?<![\p{L}\p{N}*_~])([*_~])(?=\S)([^\n]*?\S)\1(?![\p{L}\p{N}*_~])/gu)) {
    parts.push(text.slice(rest, match.index), h({ "*": "strong", _: "em", "~": "s" }[match[1]], {}, match[2]));
    rest = match.index + match[0].length;
  }
  return [...parts, text.slice(rest)];
}
