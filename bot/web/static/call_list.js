// The call list: what a call came to, with one tap. The page is written anew by the server.

import { post, words } from "./page.js";

const outcome = document.getElementById("outcome");

document.getElementById("page").addEventListener("click", async (event) => {
  const button = event.target.closest("[data-outcome]");
  if (!button) return;
  const row = button.closest("[data-task]");
  const buttons = row.querySelectorAll("button");
  outcome.textContent = "";
  for (const one of buttons) one.disabled = true;
  try {
    const { stays } = await post("/inbox/calls", { task: row.dataset.task, outcome: button.dataset.outcome });
    outcome.textContent = stays ? words.calls_again : words.calls_done;
    if (stays) for (const one of buttons) one.disabled = false;
    else row.remove();
  } catch (refusal) {
    outcome.textContent = refusal.word === "call_gone" ? words.calls_gone : refusal.word === "network" ? words.offline : words.requests_failed;
    for (const one of buttons) one.disabled = false;
  }
});
