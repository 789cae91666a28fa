// The inbox: one stream keeps the list and the open conversation true; the address bar says which one is open.

import { assistantSwitch } from "./assistant.js";
import { callsButton } from "./calls.js";
import { showConversation } from "./conversation.js";
import { forgetDrafts } from "./drafts.js";
import { showFilters, showFound, showList, shownIds } from "./handoffs.js";
import { keysHelp, onShortcut } from "./keys.js";
import { language, listen, post, whenActive } from "./page.js";
import { isAt } from "./presence.js";
import { searchField, tagChoice } from "./narrowing.js";

const desk = document.getElementById("desk");
const list = document.getElementById("list");
const pane = document.getElementById("conversation");
const lost = document.getElementById("lost");
const title = document.title;

const filters = document.getElementById("filters");

const MORE_ROWS = 100;

let head = { rows: [], after: null, counts: {} }; // the first page, which the stream keeps true
let older = { rows: [], after: null }; // what was scrolled to
let everybody = []; // the first page of all, as it was last
let presence = {};
let filter = "all";
let tag = "";
let found = null; // what was searched for; null while nothing is
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
  conversation.showPresence(presence[id]);
  isAt(id);
  refresh();
  connect();
}

function refresh() {
  tags.show(head.tags ?? [], tag);
  if (found !== null) {
    showFound(list, found, { opened, open, presence });
    return;
  }
  showFilters(filters, head.counts, filter, choose);
  const first = new Set(head.rows.map((row) => row.id));
  const rows = [...head.rows, ...older.rows.filter((row) => !first.has(row.id))];
  showList(list, rows, { opened, filter, open, presence, more: (older.rows.length ? older : head).after !== null });
}

function choose(chosen, chosenTag = tag) {
  filter = chosen;
  tag = chosenTag;
  const known = everybody.filter((row) => !tag || (row.tags ?? []).includes(tag));
  head = { ...head, rows: chosen === "settled" ? [] : known, after: null }; // until the stream brings its own
  older = { rows: [], after: null };
  list.scrollTop = 0;
  refresh();
  connect();
}

/** The page after what is shown, when its end comes near. */
let looking = false;
async function lookFurther() {
  const after = older.rows.length ? older.after : head.after;
  if (looking || found !== null || after === null || list.scrollHeight - list.scrollTop - list.clientHeight > 1200) return;
  looking = true;
  const page = await pageAfter(after);
  looking = false;
  if (page === null) return;
  older = { rows: [...older.rows, ...page.rows], after: page.after };
  refresh();
  lookFurther();
}

async function pageAfter(after) {
  const query = new URLSearchParams({ filter, rows: MORE_ROWS, after, ...(tag && { tag }) });
  const answer = await fetch(`/inbox/conversations?${query}`).catch(() => null);
  return answer?.ok ? answer.json() : null;
}

/** What was scrolled to is looked at anew, a while after something changed. */
let renewing = null;
function renewOlder() {
  if (!older.rows.length || renewing !== null) return;
  renewing = setTimeout(async () => {
    renewing = null;
    const wanted = older.rows.length;
    let next = { rows: [], after: head.after };
    while (next.after !== null && next.rows.length < wanted) {
      const page = await pageAfter(next.after);
      if (page === null) return;
      next = { rows: [...next.rows, ...page.rows], after: page.after };
    }
    older = next;
    refresh();
  }, 5_000);
}

/** The diary is sent only while it is looked at. */
function watchDiary(update) {
  diaryWatcher = update;
  connect();
}

function connect() {
  stop();
  const query = new URLSearchParams({ filter, ...(tag && { tag }), ...(opened && { conversation: opened }), ...(diaryWatcher && { diary: "on" }) });
  stop = listen(
    `/inbox/events?${query}`,
    {
      handoffs: (page) => {
        head = page;
        search?.renew();
        if (filter === "all" && !tag) everybody = page.rows;
        const { waiting } = page.counts;
        document.title = waiting ? `(${waiting}) ${title}` : title;
        if (!tag && (filter === "all" || filter === "waiting")) calls.look(page.rows);
        refresh();
        renewOlder();
      },
      presence: (news) => {
        presence = news;
        conversation.showPresence(presence[opened]);
        refresh();
      },
      assistant: (news) => assistant.show(news),
      conversation: (view) => conversation.show(view),
      card: (lines) => conversation.showCard(lines),
      visits: (news) => conversation.showVisits(news),
      diary: (rows) => diaryWatcher?.(rows),
      "signed-out": signedOut,
    },
    { onState },
  );
}

const tags = tagChoice(document.getElementById("tagged"), (chosen) => choose(filter, chosen));
const search = searchField(document.getElementById("search"), (rows) => {
  found = rows;
  filters.hidden = rows !== null;
  refresh();
});
const calls = callsButton(open);
document.getElementById("calls").replaceWith(calls.button);
const assistant = assistantSwitch(document.getElementById("assistant"), document.getElementById("silent"));
list.addEventListener("scroll", lookFurther, { passive: true });

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
  location.replace(opened ? `/inbox/sign-in?${new URLSearchParams({ conversation: opened })}` : "/inbox/sign-in");
}

document.getElementById("sign-out").addEventListener("click", async () => {
  forgetDrafts();
  stop(); // or the stream would tell that the session ended, and lead back to the conversation
  await post("/inbox/sign-out", {}).catch(() => {});
  location.replace("/inbox/sign-in");
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
  search: () => search?.focus(),
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
