// How much the assistant may do alone: a sheet with its switches, and a line at the top while it is silent.

import { flowName } from "./draft.js";
import { channelName, h, icon, post, say, words } from "./page.js";

/** `button` opens the sheet, `line` tells while something is paused; `show` takes what the stream brings. */
export function assistantSwitch(button, line) {
  let now = { paused: [], suggests: false };
  let dialog = null;
  button.addEventListener("click", open);

  function show(news) {
    now = news;
    const silent = now.paused.length > 0;
    button.classList.toggle("is-paused", silent);
    line.hidden = !silent;
    const where = now.paused.includes("pause") ? words.assistant_paused : say("assistant_paused_on", { channels: now.paused.map((name) => channelName(name.split(":")[1])).join(", ") });
    line.replaceChildren(icon("pause", "small"), h("span", {}, where), h("button", { type: "button", class: "button small", on: { click: open } }, words.assistant_change));
  }

  async function open() {
    const answer = await fetch("/inbox/assistant").catch(() => null);
    if (!answer?.ok) return;
    const facts = await answer.json();
    dialog?.remove();
    dialog = h("dialog", { class: "keys-help assistant-sheet", "aria-label": words.assistant_switches, on: { close: () => dialog.remove() } });
    fill(facts);
    document.body.append(dialog);
    dialog.showModal();
  }

  function fill(facts) {
    const held = dialog.contains(document.activeElement) ? document.activeElement.dataset.switch : null;
    const parts = [
      h("header", {}, h("h2", {}, words.assistant_switches), h("button", { type: "button", class: "button bare", "aria-label": words.close, on: { click: () => dialog.close() } }, icon("close"))),
      h("p", { class: "sheet-lead" }, words.assistant_lead),
      toggle("pause", words.assistant_pause, facts.paused.includes("pause"), facts),
      ...(facts.channels.length > 1 ? facts.channels.map((name) => toggle(`pause:${name}`, say("assistant_pause_on", { channel: channelName(name) }), facts.paused.includes(`pause:${name}`), facts)) : []),
      h("h3", {}, words.suggest_title),
      h("p", { class: "sheet-lead" }, say("suggest_lead", { n: facts.enough })),
      toggle("suggest", words.suggest_all, facts.suggests, facts),
      h("ul", { class: "suggested" }, facts.flows.map((flow) => h("li", {}, toggle(`suggest:${flow.flow}`, flowName(flow.flow), flow.is_suggested, facts), h("p", { class: "taken" }, taken(flow), flow.is_ready ? h("span", { class: "chip accent" }, words.suggest_ready) : null)))),
      facts.may ? null : h("p", { class: "sheet-lead" }, words.assistant_managers),
    ];
    dialog.replaceChildren(...parts.filter(Boolean));
    if (held) dialog.querySelector(`[data-switch="${CSS.escape(held)}"]`)?.focus();
  }

  function toggle(name, title, on, facts) {
    return h(
      "button",
      { type: "button", class: "toggle", role: "switch", "aria-checked": String(on), "data-switch": name, disabled: !facts.may, on: { click: () => turn(name, !on) } },
      h("span", {}, title),
      h("span", { class: "toggle-mark" }),
    );
  }

  async function turn(name, on) {
    try {
      fill(await post("/inbox/assistant/switch", { name, on }));
    } catch {
      dialog.append(h("p", { class: "problem", role: "alert" }, words.failed));
    }
  }

  return { show };
}

function taken(flow) {
  const all = flow.unchanged + flow.changed + flow.discarded;
  if (!all) return words.suggest_none;
  return say("suggest_taken", { unchanged: flow.unchanged, changed: flow.changed, discarded: flow.discarded });
}
