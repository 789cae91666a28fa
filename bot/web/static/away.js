// "I am away": nobody is given a conversation who said so. A press on one's own name.

import { post, words } from "./page.js";

const button = document.getElementById("away");

button.addEventListener("click", async () => {
  const wanted = button.getAttribute("aria-pressed") !== "true";
  const answer = await post("/inbox/away", { is_away: wanted }).catch(() => null);
  if (!answer) return;
  const said = answer.is_away ? words.be_back : words.be_away;
  button.setAttribute("aria-pressed", String(answer.is_away));
  button.title = said;
  button.querySelector(".quiet-text").textContent = said;
});
