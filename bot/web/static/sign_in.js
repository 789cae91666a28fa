// The doors of the inbox. Only a press of the button uses a link up; opening the page does not.

import { post, say, words } from "./page.js";

const outcome = document.getElementById("outcome");
const field = (id) => document.getElementById(id);

function explain(refusal) {
  if (refusal.word === "wait") return say("sign_in_wait", { n: Math.max(1, Math.ceil(refusal.answer.seconds / 60)) });
  return words[`sign_in_${refusal.word}`] ?? words.sign_in_failed;
}

/** Post what `gather()` gives when the form is sent; `onRefusal` returns true when it has dealt with a refusal. */
function door(form, url, gather, onRefusal = () => false) {
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    outcome.textContent = "";
    try {
      const answer = await post(url, gather());
      // An alert's link led here: on to its conversation.
      const wanted = new URLSearchParams(location.search).get("conversation");
      location.replace(wanted ? `${answer.next}?${new URLSearchParams({ conversation: wanted })}` : answer.next);
    } catch (refusal) {
      button.disabled = false;
      if (!(await onRefusal(refusal))) outcome.textContent = explain(refusal);
    }
  });
}

door(field("enter"), location.pathname, () => ({ who: field("who").value }));

door(
  field("sign-in"),
  "/inbox/sign-in",
  () => ({ name: field("name").value.trim(), password: field("password").value, code: field("code").value.trim() }),
  (refusal) => {
    if (refusal.word !== "code_needed") return false;
    field("code-field").hidden = false;
    field("code").focus();
    return true;
  },
);

const choose = field("choose");
const wantsCode = () => choose.dataset.needsCode === "yes" || field("with-code").checked;

door(
  choose,
  location.pathname,
  () => ({ who: field("who").value, password: field("password").value, code: wantsCode() ? field("code").value.trim() || " " : "" }),
  async (refusal) => {
    const first = field("code-setup").hidden;
    if (!["code_needed", "wrong_code"].includes(refusal.word) || !first) return false;
    await showCode();
    return true;
  },
);

async function showCode() {
  const setup = await post(location.pathname, { who: field("who").value, wants_code: true });
  const [size, ...path] = setup.qr.split(" ");
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "path");
  drawn.setAttribute("d", path.join(" "));
  field("qr").setAttribute("viewBox", `0 0 ${size} ${size}`);
  field("qr").replaceChildren(drawn);
  field("secret").textContent = setup.secret.replace(/(.{4})(?=.)/g, "$1 ");
  field("code-setup").hidden = false;
  field("code").focus();
}

field("announce")?.addEventListener("click", async () => {
  try {
    await post("/inbox/sign-in/link", {});
    outcome.textContent = words.sign_in_written;
  } catch {
    outcome.textContent = words.sign_in_failed;
  }
});

field("service")?.addEventListener("click", async () => {
  try {
    location.assign((await post("/inbox/sign-in/service", {})).next);
  } catch (refusal) {
    outcome.textContent = explain(refusal);
  }
});

// Back from the sign-in service: what it gave along is used at once, and does not stay in the address.
if (field("back")) {
  const came = new URLSearchParams(location.search);
  history.replaceState(null, "", location.pathname);
  try {
    const answer = await post("/inbox/sign-in/service/back", { code: came.get("code") ?? "", state: came.get("state") ?? "" });
    location.replace(answer.next);
  } catch (refusal) {
    field("back").hidden = true;
    outcome.textContent = explain(refusal);
  }
}
