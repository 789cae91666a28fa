// The inbox: one stream keeps the list and the open conversation true; the address bar says which one is open.

import { showConversation } from "./conversation.js";
import { showList } from "./handoffs.js";
import { language, listen, post, whenActive } from "./page.js";

const desk = document.getElementById("desk");
const list = document.getElementById("list");
const pane = document.getElementById("conversation");
const lost = document.getElementById("lost");
const title = document.title;

let handoffs = [];
let opened = null;
let conversation = null;
let stop = () => {};

function open(id, { remember = true } = {}) {
  if (id === opened && desk.dataset.view === (id ? "conversation" : "list")) return;
  opened = id;
  if (remember) history.pushState(null, "", id ? `/inbox?conversation=${encodeURIComponent(id)}` : "/inbox");
  desk.dataset.view = id ? "conversation" : "list";
  conversation?.close();
  conversation = showConversation(pane, id, { back: () => open(null), signedOut });
  showList(list, handoffs, opened, open);
  connect();
}

function connect() {
  stop();
  const query = opened ? `?conversation=${encodeURIComponent(opened)}` : "";
  stop = listen(
    `/inbox/events${query}`,
    {
      handoffs: (rows) => {
        handoffs = rows;
        const waiting = rows.filter((row) => row.owner === "queue").length;
        document.title = waiting ? `(${waiting}) ${title}` : title;
        showList(list, handoffs, opened, open);
      },
      conversation: (view) => conversation.show(view),
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
setInterval(() => showList(list, handoffs, opened, open, { timePassed: true }), 30_000);

conversation = showConversation(pane, null, { back: () => {}, signedOut });
showList(list, handoffs, opened, open, { loading: true });
const asked = new URLSearchParams(location.search).get("conversation");
if (asked) open(asked, { remember: false });
else connect();
