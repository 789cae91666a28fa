// What the assistant suggests, above the composer: a person sends it, changes it, or discards it.

import { h, icon, post, words } from "./page.js";

const mayAct = document.querySelector('meta[name="role"]').content !== "reader";

const names = JSON.parse(document.getElementById("names").textContent);

export const flowName = (flow) => words[`flow_${flow}`] ?? names[`flow_${flow}`] ?? flow.replace(/^pattern_/, "").replaceAll("_", " ");

/** `refused(error)` puts a refusal into words, `tell(text)` shows them; `typing()` hears of every key. */
export function draftPanel(conversation, { refused, tell, typing, discarded }) {
  const element = h("section", { class: "draft", "aria-label": words.draft, hidden: true });
  let draft = null;
  let editing = null;
  let decided = false;
  let replaced = false;

  function show(view) {
    const now = view.draft;
    if (now?.id === draft?.id) return;
    // One that nobody here decided is gone: the patient wrote again, and what comes next is another.
    if (draft !== null && !decided) replaced = true;
    decided = false;
    draft = now;
    editing = null;
    element.hidden = draft === null;
    if (draft === null) element.replaceChildren();
    else {
      lay(replaced);
      replaced = false;
    }
  }

  function lay(isNew = false) {
    const text = editing ?? h("p", { class: "text", dir: "auto" }, draft.text);
    const parts = [
      h("p", { class: "draft-head" }, icon("assistant", "small"), h("b", {}, words.draft), " · ", flowName(draft.flow), isNew ? h("span", { class: "chip amber" }, words.draft_new) : null),
      text,
      draft.choices.length ? h("ul", { class: "choices" }, draft.choices.map((title) => h("li", { dir: "auto" }, title))) : null,
      mayAct
        ? h(
            "div",
            { class: "draft-does" },
            h("button", { type: "button", class: "button primary", "data-does": "send-draft", on: { click: () => decide("send", editing ? { text: editing.value } : {}) } }, icon("send"), words.send),
            editing ? null : h("button", { type: "button", class: "button", "data-does": "change-draft", on: { click: change } }, icon("pen"), words.draft_change),
            h("button", { type: "button", class: "button", "data-does": "discard-draft", on: { click: () => decide("discard") } }, icon("close"), words.draft_discard),
          )
        : null,
    ];
    element.replaceChildren(...parts.filter(Boolean));
  }

  function change() {
    editing = h("textarea", { class: "draft-text", rows: "4", maxlength: "4096", dir: "auto", "aria-label": words.draft_change, on: { input: typing, keydown: onKey } });
    editing.value = draft.text;
    lay();
    editing.focus();
  }

  function onKey(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      editing = null;
      lay();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      decide("send", { text: editing.value });
    }
  }

  let busy = false;
  async function decide(what, more = {}) {
    if (busy || ("text" in more && !more.text.trim())) return;
    busy = true;
    for (const button of element.querySelectorAll("button")) button.disabled = true;
    try {
      decided = true;
      await post(`/inbox/conversations/${encodeURIComponent(conversation)}/draft/${what}`, { draft: draft.id, ...more });
      tell(null);
      if (what === "discard") discarded();
    } catch (refusal) {
      decided = false;
      tell(refused(refusal));
      for (const button of element.querySelectorAll("button")) button.disabled = false;
    } finally {
      busy = false;
    }
  }

  return { element, show, press: (what) => element.querySelector(`[data-does="${what}"]`)?.click() };
}
