// People who may sign in: inviting, roles, languages, new links, signing out. The page is written anew by the server.

import { post, say, words } from "./page.js";

const outcome = document.getElementById("outcome");
const panel = document.getElementById("link-panel");
const link = document.getElementById("link");
const form = document.getElementById("invite");

const explain = (refusal) => {
  const said = { nobody: words.nobody, sign_in_taken: words.sign_in_taken, network: words.offline };
  outcome.textContent = said[refusal.word] ?? words.sign_in_failed;
};

/** A link is shown once: it is kept nowhere. */
function showLink(who, path) {
  document.getElementById("link-title").textContent = say("link_for", { who });
  link.textContent = location.origin + path;
  panel.hidden = false;
  panel.focus();
}

async function act(path, body, done = () => location.reload()) {
  outcome.textContent = "";
  try {
    done(await post(path, body));
  } catch (refusal) {
    explain(refusal);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const name = form.elements.name.value.trim();
  if (!name) return form.elements.name.focus();
  act("/inbox/team", { name, role: form.elements.role.value }, (answer) => {
    form.reset();
    showLink(name, answer.link);
  });
});

document.getElementById("copy").addEventListener("click", async (event) => {
  await navigator.clipboard?.writeText(link.textContent).catch(() => {});
  event.target.textContent = words.copied;
});

const DOES = {
  role: (of, input) => act(`${of}/role`, { role: input.value }),
  languages: (of, input, row) =>
    act(`${of}/languages`, { languages: [...row.querySelectorAll("[data-does=languages]:checked")].map((one) => one.value) }, () => {
      outcome.textContent = words.kept;
    }),
  reset: (of, _, row) => act(`${of}/reset`, {}, (answer) => showLink(row.dataset.name, answer.link)),
  disable: (of) => act(`${of}/disable`, {}),
  enable: (of) => act(`${of}/enable`, {}),
  end: (of, _, row) => act("/inbox/team/sessions/end", { key: row.dataset.session }),
};

/** What cannot be undone is asked once more, on the button itself. */
function isSure(button) {
  if (!["reset", "disable"].includes(button.dataset.does) || button.dataset.sure) return true;
  button.dataset.sure = "yes";
  const before = button.textContent;
  button.textContent = words.sure;
  button.addEventListener("blur", () => {
    delete button.dataset.sure;
    button.textContent = before;
  }, { once: true });
  return false;
}

for (const name of ["click", "change"]) {
  document.addEventListener(name, (event) => {
    const control = event.target.closest("[data-does]");
    if (!control || (name === "click") !== (control.tagName === "BUTTON") || !isSure(control)) return;
    const row = control.closest("[data-person], [data-session]");
    DOES[control.dataset.does](`/inbox/team/${row.dataset.person}`, control, row);
  });
}
