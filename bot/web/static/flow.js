// The flow that the conversation is in, drawn by the server; here its current step is lit and followed.

import { h, icon, keyed, language, say, words } from "./page.js";

const SMALLEST = 0.85; // a drawing that is wider than its frame shrinks so far, and then scrolls

export function flowBoard(parent, facts) {
  const latest = new Map(); // contact -> its last turn
  let contact = null;
  let picked = null; // a flow of the stack that somebody chose to see
  let drawn = { flow: null, svg: null };
  let looks = 0; // a drawing that comes after something else was asked for is not shown

  const state = h("p", { class: "flow-state", role: "status" });
  const stack = h("ol", { class: "stack", "aria-label": words.flow_stack });
  const frame = h("div", { class: "flow-frame", tabindex: "0", role: "group", "aria-label": words.flow_drawing });
  const none = h("div", { class: "turns-none flow-none" }, icon("flow"), h("p", {}, words.flow_none));
  parent.append(h("header", { class: "card-head" }, icon("flow"), h("h2", {}, words.flow), state), stack, none, frame);

  /** The flows under way that can be drawn, the innermost last; with nothing under way, the one gone through last. */
  function flows() {
    const turn = latest.get(contact);
    if (!turn) return [];
    const running = turn.stack.filter(([flow]) => flow in facts.flows).map(([flow, step, interrupted]) => ({ flow, step, interrupted }));
    if (running.length || turn.stack.length) return running;
    const gone = turn.steps.filter(([flow]) => flow in facts.flows && !flow.startsWith("pattern_")).at(-1) ?? turn.steps.filter(([flow]) => flow in facts.flows).at(-1);
    return gone ? [{ flow: gone[0], step: "END", over: true }] : [];
  }

  async function show() {
    const mine = ++looks;
    const under = flows();
    const shown = under.findLast((one) => one.flow === picked) ?? under.at(-1);
    none.hidden = Boolean(shown);
    frame.hidden = !shown;
    stack.hidden = !shown;
    keyed(stack, under.map((one, depth) => ({ ...one, depth, isShown: one === shown })), (one) => one.depth, entry);
    if (!shown) {
      state.textContent = "";
      return;
    }
    if (drawn.flow !== shown.flow) {
      const svg = await drawing(shown.flow);
      if (svg === null || mine !== looks) return;
      drawn = { flow: shown.flow, svg };
      frame.replaceChildren(svg);
    }
    light(shown);
    look();
  }

  function entry(one) {
    const name = facts.flows[one.flow];
    return h(
      "li",
      {},
      one.depth ? icon("next", "small") : null,
      h(
        "button",
        {
          type: "button",
          class: "stack-flow",
          "aria-pressed": String(one.isShown),
          on: {
            click: () => {
              picked = one.flow;
              show();
            },
          },
        },
        h("span", { dir: "auto" }, name),
        one.interrupted ? h("small", {}, words.flow_interrupted) : null,
      ),
    );
  }

  function light({ flow, step, over }) {
    const steps = (latest.get(contact)?.steps ?? []).filter(([one]) => one === flow).map(([, one]) => one);
    const gone = new Set(steps);
    const way = new Set(steps.map((one, place) => `${steps[place - 1] ?? "START"} ${one}`));
    if (over) way.add(`${steps.at(-1)} END`);
    let here = null;
    for (const group of drawn.svg.querySelectorAll("g[data-step]")) {
      const isHere = group.dataset.step === step;
      group.classList.toggle("is-here", isHere);
      group.classList.toggle("was-here", !isHere && gone.has(group.dataset.step));
      if (isHere) here = group;
    }
    for (const edge of drawn.svg.querySelectorAll("g[data-from]")) edge.classList.toggle("was-taken", way.has(`${edge.dataset.from} ${edge.dataset.to}`));
    state.textContent = over ? words.flow_over : here ? say("flow_at", { step: here.querySelector("text").textContent }) : "";
  }

  /** Fit the drawing into its frame as far as it stays readable, and bring the lit step into view. */
  function look() {
    if (!drawn.svg || !frame.clientWidth) return;
    const { width, height } = drawn.svg.viewBox.baseVal;
    const scale = Math.max(SMALLEST, Math.min(1, (frame.clientWidth - 8) / width));
    drawn.svg.setAttribute("width", String(width * scale));
    drawn.svg.setAttribute("height", String(height * scale));
    const here = drawn.svg.querySelector(".is-here");
    if (!here) return;
    const inner = here.getBoundingClientRect();
    const outer = frame.getBoundingClientRect();
    frame.scrollBy({
      left: inner.left + inner.width / 2 - outer.left - outer.width / 2,
      top: inner.top + inner.height / 2 - outer.top - outer.height / 2,
    });
  }

  new ResizeObserver(look).observe(frame);
  show();

  return {
    look,
    choose(other) {
      contact = other;
      picked = null;
      show();
    },
    update({ contact: whose, turns }) {
      latest.set(whose, turns.at(-1));
      if (whose !== contact) return;
      picked = null;
      show();
    },
  };
}

const drawings = new Map();

/** The SVG of a flow, or null when it cannot be had. Read as a document: no text becomes markup in this page. */
function drawing(flow) {
  if (!drawings.has(flow)) {
    drawings.set(
      flow,
      new Promise((resolve) => {
        const request = new XMLHttpRequest();
        request.open("GET", `/sandbox/flows/${encodeURIComponent(flow)}?language=${language}`);
        request.responseType = "document";
        request.addEventListener("loadend", () => {
          const svg = request.status === 200 ? request.responseXML?.documentElement : null;
          if (!svg) drawings.delete(flow);
          resolve(svg ? document.adoptNode(svg) : null);
        });
        request.send();
      }),
    );
  }
  return drawings.get(flow);
}
