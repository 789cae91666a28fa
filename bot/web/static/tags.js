// Tags of a conversation: words that colleagues agree on, such as "call back". The patient never sees them.

import { h, icon, keyed, post, say, words } from "./page.js";

/** `mayAct`: whoever looks may change them. `refused(refusal)` explains. */
export function tagsOf(id, { mayAct, refused }) {
  const path = `/inbox/conversations/${encodeURIComponent(id)}`;
  const list = h("ul", { class: "tags" });
  const field = h("input", { id: "new-tag", class: "new-tag", maxlength: "30", autocomplete: "off", placeholder: words.add_tag, "aria-label": words.add_tag });
  const element = h("section", { class: "tagging", "aria-label": words.tags }, list, mayAct ? h("form", { on: { submit: add } }, field) : null);

  async function change(does, name) {
    try {
      await post(`${path}/${does}`, { name });
      return true;
    } catch (refusal) {
      refused(refusal);
      return false;
    }
  }

  async function add(event) {
    event.preventDefault();
    const name = field.value.trim();
    if (name && (await change("tag", name))) field.value = "";
  }

  function show(names) {
    element.hidden = !mayAct && !names.length;
    keyed(list, names, (name) => name, (name) =>
      h(
        "li",
        { class: "chip" },
        h("bdi", {}, name),
        mayAct ? h("button", { type: "button", class: "untag", "aria-label": say("remove_tag", { name }), on: { click: () => change("untag", name) } }, icon("close", "small")) : null,
      ),
    );
  }

  return { element, show };
}
