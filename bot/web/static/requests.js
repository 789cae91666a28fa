// Requests: confirm, refuse or propose another time with one tap. The page is written anew by the server.

import { post, words } from "./page.js";

const outcome = document.getElementById("outcome");

const explain = (refusal) => {
  const said = { request_gone: words.requests_gone, booking_taken: words.requests_time_taken, network: words.offline };
  outcome.textContent = said[refusal.word] ?? words.requests_failed;
};

async function act(row, path, body) {
  outcome.textContent = "";
  for (const button of row.querySelectorAll("button")) button.disabled = true;
  try {
    const { told } = await post(`/inbox/requests/${path}`, { visit: row.dataset.visit, ...body });
    row.remove();
    outcome.textContent = told ? words.requests_told : words.requests_call_them;
  } catch (refusal) {
    explain(refusal);
    for (const button of row.querySelectorAll("button")) button.disabled = false;
  }
}

async function showTimes(row, button) {
  const times = row.querySelector("[data-times]");
  if (!times.hidden) {
    times.hidden = true;
    button.setAttribute("aria-expanded", "false");
    return;
  }
  const answer = await fetch(`/inbox/requests/times?visit=${encodeURIComponent(row.dataset.visit)}`);
  if (!answer.ok) return explain({ word: "request_gone" });
  const found = await answer.json();
  times.replaceChildren(
    ...found.map(({ opening, when }) => {
      const choice = document.createElement("button");
      choice.type = "button";
      choice.className = "button";
      choice.textContent = when;
      choice.addEventListener("click", () => act(row, "propose", { opening }));
      return choice;
    }),
  );
  times.hidden = false;
  button.setAttribute("aria-expanded", "true");
}

document.getElementById("requests").addEventListener("click", (event) => {
  const button = event.target.closest("[data-does]");
  if (!button) return;
  const row = button.closest("[data-visit]");
  if (button.dataset.does === "propose") showTimes(row, button);
  else act(row, button.dataset.does, {});
});
