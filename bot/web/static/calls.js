// Calls somebody to the page: a sound and a notification when a patient begins to wait. Nothing of it says who the
// patient is. Of several pages of this browser one calls.

import { reasonText } from "./handoffs.js";
import { h, icon, say, words } from "./page.js";

const KEPT = "chairside-calls";
const TOGETHER = 900; // what comes up within so many milliseconds is one call
const practice = document.querySelector(".brand-name bdi").textContent;

let known = null;
let fresh = [];
let timer = null;
let audio = null;

const isOn = () => localStorage.getItem(KEPT) === "on";
const keyOf = (row) => `${row.id} ${row.since} ${row.urgent} ${row.is_overdue}`;

/** A button that asks for leave to call, and takes it back. `open(id)` shows a conversation. */
export function callsButton(open) {
  const button = h("button", { type: "button", class: "button bare calls", on: { click: toggle } });
  show();

  async function toggle() {
    if (isOn()) localStorage.setItem(KEPT, "off");
    else {
      localStorage.setItem(KEPT, "on");
      if ("Notification" in globalThis && Notification.permission === "default") await Notification.requestPermission();
      ring(false);
    }
    show();
  }

  function show() {
    const title = isOn() ? words.calls_on : words.calls_off;
    button.replaceChildren(icon(isOn() ? "bell" : "bell_off"));
    button.title = title;
    button.setAttribute("aria-label", title);
    button.setAttribute("aria-pressed", String(isOn()));
  }

  /** The rows of the list as they are now: whoever waits and did not a moment ago is called for. */
  function look(rows) {
    const waiting = rows.filter((row) => row.owner === "queue" || row.has_draft);
    const before = known;
    known = new Set(waiting.map(keyOf));
    if (before === null || !isOn()) return; // what waits when the page opens is on the screen
    fresh.push(...waiting.filter((row) => !before.has(keyOf(row))));
    if (fresh.length && timer === null) timer = setTimeout(call, TOGETHER);
  }

  function call() {
    const rows = [...new Map(fresh.map((row) => [row.id, row])).values()];
    fresh = [];
    timer = null;
    alone(keyOf(rows[0]), () => tell(rows));
  }

  function tell(rows) {
    ring(rows.some((row) => row.urgent));
    document.documentElement.dataset.called = String(rows.length);
    if (!("Notification" in globalThis) || Notification.permission !== "granted" || document.hasFocus()) return;
    const [first] = rows;
    const urgent = rows.some((row) => row.urgent);
    const body = rows.length === 1 ? reasonText(first.reason) : say("calls_many", { n: rows.length });
    const note = new Notification(urgent ? `${words.urgent} · ${practice}` : practice, { body, tag: "chairside", renotify: true, requireInteraction: urgent });
    note.addEventListener("click", () => {
      focus();
      if (rows.length === 1) open(first.id);
      note.close();
    });
  }

  return { button, look };
}

/** Whichever page of this browser comes first does it. */
function alone(name, task) {
  if (!navigator.locks) return task();
  navigator.locks.request(`call ${name}`, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    task();
    await new Promise((done) => setTimeout(done, 5_000));
  });
}

/** Two soft notes; three higher ones for an emergency. */
function ring(urgent) {
  audio ??= new AudioContext();
  audio.resume().catch(() => {});
  const notes = urgent ? [880, 1175, 880, 1175, 880] : [659, 880];
  notes.forEach((pitch, place) => {
    const at = audio.currentTime + place * (urgent ? 0.16 : 0.2);
    const tone = new OscillatorNode(audio, { type: "sine", frequency: pitch });
    const level = new GainNode(audio, { gain: 0 });
    level.gain.setValueAtTime(0, at);
    level.gain.linearRampToValueAtTime(urgent ? 0.22 : 0.12, at + 0.02);
    level.gain.exponentialRampToValueAtTime(0.0005, at + 0.34);
    tone.connect(level).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.36);
  });
}
