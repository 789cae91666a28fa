// What every page needs: elements, strings, posting, live updates.
// Words of patients become text nodes here and nothing else: there is no way in this file to make markup of them.

export const words = JSON.parse(document.getElementById("wording").textContent);
export const language = document.documentElement.lang;

/** For dates: the language with the reader's own region, "en-GB" rather than "en", where the browser knows one. */
export const locale = navigator.languages.find((tag) => tag.split("-")[0] === language) ?? language;

/** A string of the wording with its {names} filled in. An unknown key is a mistake of ours and throws. */
export function say(key, values = {}) {
  if (!(key in words)) throw new Error(`wording has no "${key}"`);
  return words[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** A red flag, "A airway", in the reader's words. */
export const flagText = (flag) => words[`flag_${flag.split(" ").at(-1)}`] ?? flag;

const CHANNELS = { whatsapp: "WhatsApp", messenger: "Messenger", instagram: "Instagram" };

export const channelName = (channel) => CHANNELS[channel] ?? channel;

/** What to call somebody: whoever gave no name is "Patient 3F2A", in the reader's language. */
export const calledAs = (label) => label.replace(/^Patient (?=[0-9A-F]{4}$)/, `${words.patient} `);

const ATTRIBUTE = /^(class|id|type|title|dir|lang|role|for|name|value|tabindex|placeholder|rows|maxlength|datetime|autocomplete|aria-[a-z]+|data-[a-z-]+)$/;

/** An element. Strings among the children become text; null is left out; `on` holds listeners. */
export function h(name, { on = {}, ...attributes } = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "disabled" || key === "hidden" || key === "open" || key === "selected") element[key] = Boolean(value);
    else if (ATTRIBUTE.test(key)) element.setAttribute(key, value === true ? "" : String(value));
    else throw new Error(`attribute "${key}" is not one that pages may set`);
  }
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

export function icon(name, extra = "") {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", `icon ${extra}`.trim());
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** Make `parent` show `items` in order, touching only those whose content changed. */
export function keyed(parent, items, key, render) {
  const known = parent.shown ?? new Map();
  const shown = new Map();
  for (const item of items) {
    const name = String(key(item));
    const content = JSON.stringify(item);
    const before = known.get(name);
    shown.set(name, before?.content === content ? before : { content, node: render(item, before === undefined) });
  }
  parent.shown = shown;
  const nodes = [...shown.values()].map((entry) => entry.node);
  const kept = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!kept.has(child)) child.remove();
  let next = parent.firstChild;
  for (const node of nodes) {
    if (node === next) next = next.nextSibling;
    else parent.insertBefore(node, next);
  }
}

/** What the server refused, in its word; "network" when it did not answer. */
export class Refusal extends Error {
  constructor(word, answer = {}) {
    super(word);
    this.word = word;
    this.answer = answer;
  }
}

export async function post(url, body) {
  const headers = { "Content-Type": "application/json" };
  const csrf = document.querySelector('meta[name="csrf"]')?.content;
  if (csrf) headers["X-CSRF-Token"] = csrf;
  let response;
  try {
    response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body), redirect: "error" });
  } catch {
    throw new Refusal("network");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(answer.error ?? "failed", answer);
  return answer;
}

/** Listen to a stream of ours; `listeners` by event name. Returns a function that stops it. */
export function listen(url, listeners, { onState = () => {} } = {}) {
  let source = null;
  let timer = null;
  const open = () => {
    source = new EventSource(url);
    source.addEventListener("open", () => onState("open"));
    source.addEventListener("error", () => {
      onState("lost");
      // The browser itself tries again, except after an answer that was no stream.
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, 3000);
    });
    for (const [event, listener] of Object.entries(listeners)) {
      source.addEventListener(event, (message) => listener(JSON.parse(message.data)));
    }
  };
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

/** A name that this browser makes up, also where crypto.randomUUID is missing (plain http). */
export function freshId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Up to two letters for a picture of somebody, and one of eight hues that stays theirs. */
export function portrait(label, seed, extra = "") {
  const letters = label
    .split(/\s+/)
    .filter((part) => /^\p{L}/u.test(part))
    .map((part) => part[0].toUpperCase());
  let hue = 0;
  for (const character of seed) hue = (hue * 31 + character.codePointAt(0)) % 8;
  const initials = letters.slice(0, 2).join("");
  return h("span", { class: `portrait hue-${hue} ${extra}`, "aria-hidden": "true" }, initials || icon("person"));
}

/** Run now and whenever the person does something, at most once in `every` milliseconds. */
export function whenActive(task, every) {
  let last = Date.now();
  for (const event of ["keydown", "pointerdown", "wheel"]) {
    document.addEventListener(
      event,
      () => {
        if (Date.now() - last < every) return;
        last = Date.now();
        task();
      },
      { passive: true },
    );
  }
}
