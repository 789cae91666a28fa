// The sandbox: one stream feeds the phone, the diary and what the assistant understood.

import { diaryBoard } from "./diary.js";
import { language, listen, words } from "./page.js";
import { phones } from "./phone.js";
import { understoodBoard } from "./understood.js";

const facts = JSON.parse(document.getElementById("facts").textContent);
const stage = document.getElementById("stage");
const lost = document.getElementById("lost");

const board = diaryBoard(document.getElementById("diary"), facts);
const understood = understoodBoard(document.getElementById("understood"));
const phone = phones(facts, {
  practice: document.querySelector(".brand-name bdi").textContent,
  onContact: (contact) => understood.choose(contact),
  isVisible: () => !document.hidden && getComputedStyle(document.querySelector(".phone-side")).display !== "none",
});

let lostTimer = null;
listen(
  "/sandbox/events",
  { phone: phone.update, diary: board.update, turns: understood.update },
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
    for (const other of document.querySelectorAll("#tabs button")) other.setAttribute("aria-pressed", String(other === tab));
    phone.look();
  });
}

document.getElementById("language").addEventListener("change", (event) => {
  if (event.target.value !== language) location.search = `?language=${event.target.value}`;
});
document.addEventListener("visibilitychange", () => phone.look());
document.getElementById("to-inbox").title = words.sign_in_need;
