// The chat of the practice's own site. The token of a visit lives in this page's own storage, or, where a browser
// gives a frame none, in memory: then a reload begins a new visit.

import { h, keyed, words } from "./page.js";

const list = document.getElementById("messages");
const scroller = document.getElementById("scroller");
const trouble = document.getElementById("trouble");
const field = document.getElementById("words");
const KEY = "chairside-visit";
const PAUSE = 3_000;

let token = stored();
let state = "";
let shown = [];
let waiting = []; // written here, not yet seen from the server

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function keep(given) {
  token = given;
  try {
    if (given) localStorage.setItem(KEY, given);
    else localStorage.removeItem(KEY);
  } catch {
    // memory will do
  }
}

async function ask(url, options = {}) {
  const headers = { ...(options.body ? { "Content-Type": "application/json" } : {}), ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  const response = await fetch(url, { ...options, headers, redirect: "error" });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error("refused"), { word: answer.error ?? "failed" });
  return answer;
}

async function begun() {
  if (!token) keep((await ask("/chat/visits", { method: "POST", body: "{}" })).token);
}

async function send(text, tap) {
  const id = crypto.randomUUID ? crypto.randomUUID() : [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const mine = { id, by: "visitor", text, taps: [], at: null, before: visitorLines() };
  waiting.push(mine);
  show();
  tell(null);
  try {
    await begun();
    await ask("/chat/messages", { method: "POST", body: JSON.stringify({ id, text, ...(tap ? { tap } : {}) }) });
    if (!isListening) listen();
  } catch (error) {
    waiting = waiting.filter((one) => one !== mine);
    show();
    if (error.word === "no_visit") keep(null);
    tell(error.word);
    if (!tap && !field.value) field.value = text;
  }
}

function tell(word) {
  trouble.hidden = word === null;
  if (word !== null) trouble.textContent = word === "too_many_chats" || word === "too_fast" ? words[`chat_${word}`] : words.chat_failed;
}

const visitorLines = () => shown.filter((one) => one.by === "visitor").length + waiting.length;

let isListening = false;

async function listen() {
  isListening = true;
  while (token) {
    try {
      const news = await ask(`/chat/messages?known=${state}`);
      if (news.state !== state) {
        state = news.state;
        shown = news.messages;
        const seen = shown.filter((one) => one.by === "visitor").length;
        waiting = waiting.filter((one) => one.before >= seen);
        show();
      }
    } catch (error) {
      if (error.word === "no_visit") keep(null);
      else await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
  isListening = false;
}

function show() {
  const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 160;
  const all = [...shown, ...waiting];
  const last = all.at(-1);
  keyed(list, all.length ? all.map((one) => ({ ...one, isLast: one === last })) : [{ id: "none" }], (one) => one.id, (one) => (one.id === "none" ? h("li", { class: "chat-none" }, words.chat_none) : said(one)));
  if (atEnd) scroller.scrollTop = scroller.scrollHeight;
}

function said(one) {
  return h(
    "li",
    { class: `said said-${one.by}`, "data-message": one.id },
    one.by === "staff" ? h("span", { class: "said-who" }, words.chat_person) : null,
    h("p", { class: "said-text", dir: "auto" }, one.text),
    one.taps.length && one.isLast
      ? h("div", { class: "said-taps" }, one.taps.map(([tap, title, about]) => h("button", { type: "button", class: "said-tap", on: { click: () => send(title, tap) } }, h("span", { dir: "auto" }, title), about ? h("small", { dir: "auto" }, about) : null)))
      : null,
  );
}

document.getElementById("write").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = field.value.trim();
  field.value = "";
  if (text) send(text);
});
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && parent !== window) parent.postMessage("chairside:close", "*");
});

// Until now nobody could have heard what is sent.
field.readOnly = false;
document.querySelector(".chat-send").disabled = false;

show();
if (token) listen();
field.focus();
