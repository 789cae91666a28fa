// The door of the inbox. Only a press of the button uses the link up; opening the page does not.

import { post, words } from "./page.js";

const outcome = document.getElementById("outcome");

document.getElementById("enter")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.target.querySelector("button");
  button.disabled = true;
  try {
    const answer = await post(location.pathname, { who: event.target.who.value });
    location.replace(answer.next);
  } catch (refusal) {
    button.disabled = false;
    outcome.textContent = { void: words.sign_in_void, elsewhere: words.sign_in_elsewhere }[refusal.word] ?? words.sign_in_failed;
  }
});

document.getElementById("announce")?.addEventListener("click", async () => {
  try {
    await post("/inbox/sign-in", {});
    outcome.textContent = words.sign_in_written;
  } catch {
    outcome.textContent = words.sign_in_failed;
  }
});
