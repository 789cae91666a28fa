// The inbox: one stream keeps the list and the open conversation true; the address bar says which one is open.

import { showConversation } from "./conversation.js";
import { showFilters, showList, shownIds } from "./handoffs.js";
import { keysHelp, onShortcut } from "./keys.js";
import { language, listen, post, whenActive } from "./page.js";

const desk = document.getElementById("desk");
const list = document.getElementById("list");
const pane = document.getElementById("conversation");
const lost = document.getElementById("lost");
const title = document.title;

const filters = document.getElementById("filters");

let handoffs = [];
let settled = [];
let filter = "all";
let people = [];
let diaryWatcher = null;
let opened = null;
let conversation = null;
let stop = () => {};

function open(id, { remember = true } = {}) {
  if (id === opened && desk.dataset.view === (id ? "conversation" : "list")) return;
  opened = id;
  if (remember) history.pushState(null, "", id ? `/inbox?conversation=${encodeURIComponent(id)}` : "/inbox");
  desk.dataset.view = id ? "conversation" : "list";
  conversation?.close();
  diaryWatcher = null;
  conversation = showConversation(pane, id, { back: () => open(null), signedOut, people, watchDiary });
  refresh();
  connect();
}

function refresh(more = {}) {
  showFilters(filters, handoffs, filter, (chosen) => {
    filter = chosen;
    refresh();
    if (filter === "settled") lookForSettled();
  });
  showList(list, filter === "settled" ? settled : handoffs, { opened, filter, open, ...more });
}

async function lookForSettled() {
  const answer = await fetch("/inbox/conversations?settled").catch(() => null);
  if (!answer?.ok) return;
  settled = await answer.json();
  refresh();
}

/** The diary is sent only while it is looked at. */
function watchDiary(update) {
  diaryWatcher = update;
  connect();
}

function connect() {
  stop();
  const query = new URLSearchParams({ ...(opened && { conversation: opened }), ...(diaryWatcher && { diary: "on" }) });
  stop = listen(
    `/inbox/events?${query}`,
    {
      handoffs: (rows) => {
        handoffs = rows;
        const waiting = rows.filter((row) => row.owner === "queue").length;
        document.title = waiting ? `(${waiting}) ${title}` : title;
        refresh();
        if (filter === "settled") lookForSettled();
      },
      conversation: (view) => conversation.show(view),
      card: (lines) => conversation.showCard(lines),
      visits: (news) => conversation.showVisits(news),
      diary: (rows) => diaryWatcher?.(rows),
      "signed-out": signedOut,
    },
    { onState },
  );
}

let lostTimer = null;
async function onState(state) {
  clearTimeout(lostTimer);
  lost.hidden = true;
  if (state !== "lost") return;
  lostTimer = setTimeout(() => (lost.hidden = false), 1500);
  // A stream cannot tell a closed door from a broken line; an ordinary request can.
  const answer = await fetch("/inbox/conversations").catch(() => null);
  if (answer?.status === 401) signedOut();
}

function signedOut() {
  stop();
  location.replace("/inbox/sign-in");
}

document.getElementById("sign-out").addEventListener("click", async () => {
  await post("/inbox/sign-out", {}).catch(() => {});
  signedOut();
});

document.getElementById("language").addEventListener("change", async (event) => {
  if (event.target.value === language) return;
  await post("/inbox/language", { language: event.target.value }).catch(() => {});
  location.reload();
});

addEventListener("popstate", () => open(new URLSearchParams(location.search).get("conversation"), { remember: false }));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && opened && !event.defaultPrevented) open(null);
});
whenActive(() => post("/inbox/here", {}).catch(() => {}), 4 * 60_000);
setInterval(() => refresh(), 30_000);

/** The conversation before or after the open one, as the list shows them. */
function step(by) {
  const ids = shownIds(list);
  const next = ids.at(opened === null ? 0 : (ids.indexOf(opened) + by + ids.length) % ids.length);
  if (next) open(next);
}

onShortcut({
  next: () => step(1),
  before: () => step(-1),
  list: () => list.querySelector("[aria-current], .row")?.focus(),
  help: () => keysHelp(),
  other: (what) => conversation.press(what),
});
document.getElementById("keys").addEventListener("click", () => keysHelp());

people = await fetch("/inbox/people").then((answer) => (answer.ok ? answer.json() : [])).catch(() => []);
conversation = showConversation(pane, null, { back: () => {}, signedOut });
const asked = new URLSearchParams(location.search).get("conversation");
if (asked) open(asked, { remember: false });
else connect();
