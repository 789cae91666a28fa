// Narrowing the list: to a tag, or to the patients that were searched for.

import { h, post, say, words } from "./page.js";

const PAUSE = 250; // after the last key
const RENEW = 2_000; // what was found is looked up again, at most so often

/** A choice of tags; without any in use there is none. `choose("")` is all of them. */
export function tagChoice(label, choose) {
  const select = label.querySelector("select");
  let known = "";
  select.addEventListener("change", () => choose(select.value));

  function show(names, chosen) {
    const all = chosen && !names.includes(chosen) ? [...names, chosen] : names;
    label.hidden = !all.length;
    const content = JSON.stringify(all);
    if (content !== known) {
      known = content;
      select.replaceChildren(h("option", { value: "" }, words.any_tag), ...all.map((name) => h("option", { value: name }, name)));
    }
    if (select.value !== chosen) select.value = chosen;
  }

  return { show };
}

/** `show(rows)` what was found, or `show(null)` once nothing is searched for. Null where there is no field. */
export function searchField(field, show) {
  if (!field) return null;
  const told = document.getElementById("searched");
  let timer = null;
  let asked = 0;
  let lookedAt = 0;

  async function look() {
    const text = field.value.trim();
    const mine = ++asked;
    lookedAt = Date.now();
    if (!text) {
      told.textContent = "";
      show(null);
      return;
    }
    const answer = await post("/inbox/search", { words: text }).catch(() => null);
    if (mine !== asked || answer === null) return;
    told.textContent = say("found_many", { n: answer.rows.length });
    show(answer.rows);
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(look, wait);
  }

  field.addEventListener("input", () => later(field.value.trim() ? PAUSE : 0));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !field.value) return;
    event.preventDefault();
    field.value = "";
    later(0);
  });

  return {
    focus: () => field.focus(),
    renew: () => {
      if (field.value.trim() && Date.now() - lookedAt > RENEW) later(PAUSE);
    },
  };
}
