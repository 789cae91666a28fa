// The sandbox: one stream feeds the phone, the diary and what the assistant understood.

import { diaryBoard } from "./diary.js";
import { flowBoard } from "./flow.js";
import { language, listen, words } from "./page.js";
import { phones } from "./phone.js";
import { understoodBoard } from "./understood.js";

const facts = JSON.parse(document.getElementById("facts").textContent);
const stage = document.getElementById("stage");
const lost = document.getElementById("lost");

const board = diaryBoard(document.getElementById("diary"), facts);
const understood = understoodBoard(document.getElementById("understood"));
const flow = flowBoard(document.getElementById("flow"), facts);
const phone = phones(facts, {
  practice: document.querySelector(".brand-name bdi").textContent,
  onContact: (contact) => {
    understood.choose(contact);
    flow.choose(contact);
  },
  isVisible: () => !document.hidden && getComputedStyle(document.querySelector(".phone-side")).display !== "none",
});

function onTurns(news) {
  understood.update(news);
  flow.update(news);
}

const boards = document.getElementById("boards");
function showBoard(name) {
  boards.dataset.board = name;
  for (const tab of boards.querySelectorAll("[role=tab][data-board]")) tab.setAttribute("aria-selected", String(tab.dataset.board === name));
  flow.look();
}
for (const tab of boards.querySelectorAll("[role=tab][data-board]")) tab.addEventListener("click", () => showBoard(tab.dataset.board));

let lostTimer = null;
listen(
  "/sandbox/events",
  { phone: phone.update, diary: board.update, turns: onTurns },
  {
    onState: (state) => {
      clearTimeout(lostTimer);
      lost.hidden = true;
      if (state === "lost") lostTimer = setTimeout(() => (lost.hidden = false), 1500);
    },
  },
);

for (const tab of document.querySelectorAll("#tabs button")) {
  tab.addEventListener("click", () => {
    stage.dataset.tab = tab.dataset.tab;
    if (tab.dataset.tab === "diary" || tab.dataset.tab === "flow") showBoard(tab.dataset.tab);
    for (const other of document.querySelectorAll("#tabs button")) other.setAttribute("aria-pressed", String(other === tab));
    phone.look();
  });
}

document.getElementById("language").addEventListener("change", (event) => {
  if (event.target.value !== language) location.search = `?language=${event.target.value}`;
});
document.addEventListener("visibilitychange", () => phone.look());
document.getElementById("to-inbox").title = words.sign_in_need;
