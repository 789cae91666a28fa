// A chat whose window is closed: approved messages, with their gaps filled, shown as the patient will read them.

import { freshId, h, icon, post, Refusal, words } from "./page.js";

/** The panel of one conversation. `sent()` hears that a message is on its way. */
export function templatePicker(conversation, { sent }) {
  const why = h("span", {}, words.window_closed);
  const chosen = h("select", { "aria-label": words.templates_choose, on: { change: draw } });
  const gaps = h("div", { class: "templates-gaps" });
  const preview = h("p", { class: "templates-preview", dir: "auto", "aria-live": "polite" });
  const choices = h("p", { class: "templates-choices" });
  const problem = h("p", { class: "templates-problem", role: "alert" });
  const button = h("button", { type: "submit", class: "button primary" }, words.templates_send);
  const form = h("form", { class: "templates", hidden: true, on: { submit } }, chosen, gaps, preview, choices, button, problem);
  const element = h("div", { hidden: true }, h("p", { class: "window-closed", role: "status" }, icon("lock"), why), form);
  let offered = [];
  let key = freshId();
  let shown = false;

  async function open() {
    if (shown) return;
    shown = true;
    element.hidden = false;
    const answer = await fetch(`/inbox/conversations/${encodeURIComponent(conversation)}/templates`).catch(() => null);
    if (!answer?.ok) {
      shown = false; // the next thing that happens here asks again
      why.textContent = answer ? words.window_closed : words.offline;
      return;
    }
    const view = await answer.json();
    offered = view.templates;
    why.textContent = offered.length ? words.templates_why : words[`templates_none_${view.obstacle}`] ?? words.templates_none;
    form.hidden = offered.length === 0;
    chosen.replaceChildren(...offered.map((one, place) => h("option", { value: String(place) }, filled(one, known(one)).split("\n")[0].slice(0, 80))));
    draw();
  }

  function close() {
    shown = false;
    element.hidden = true;
  }

  const current = () => offered[Number(chosen.value || 0)];

  function draw() {
    const one = current();
    if (!one) return;
    key = freshId();
    problem.textContent = "";
    gaps.replaceChildren(
      ...one.gaps
        .filter((gap) => gap.value === "")
        .map((gap) => h("label", {}, h("span", {}, words[`templates_gap_${gap.name}`] ?? gap.name), h("textarea", { rows: "2", maxlength: "600", dir: "auto", "data-gap": gap.name, on: { input: show } }))),
    );
    choices.textContent = one.choices.length ? one.choices.map((title) => `[ ${title} ]`).join("  ") : "";
    show();
  }

  const known = (one) => Object.fromEntries(one.gaps.map((gap) => [gap.name, gap.value]));
  const filled = (one, values) => one.text.replace(/\{(\w+)\}/g, (whole, name) => values[name] || `{${words[`templates_gap_${name}`] ?? name}}`);

  function values() {
    const all = known(current());
    for (const field of gaps.querySelectorAll("[data-gap]")) all[field.dataset.gap] = field.value.trim();
    return all;
  }

  function show() {
    const all = values();
    preview.textContent = filled(current(), all);
    button.disabled = Object.values(all).some((value) => !value);
  }

  async function submit(event) {
    event.preventDefault();
    button.disabled = true;
    try {
      await post(`/inbox/conversations/${encodeURIComponent(conversation)}/template`, { name: current().name, values: values(), client_message_id: key });
      key = freshId();
      sent();
      for (const field of gaps.querySelectorAll("[data-gap]")) field.value = "";
      show();
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      const said = { taken: words.templates_taken, template_unfit: words.templates_unfit, window_closed: words.templates_none, network: words.offline };
      problem.textContent = said[refusal.word] ?? words.failed;
      button.disabled = false;
    }
  }

  return { element, open, close };
}
