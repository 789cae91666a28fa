// Who else is here: this page says every few seconds what it shows and whether somebody writes, and learns the same
// of the others from the stream.

import { freshId, h, icon, post, say } from "./page.js";

const BEAT = 4_000;
const STILL_WRITING = 6_000;
const page = freshId();
const mayAct = document.querySelector('meta[name="role"]').content !== "reader";

let conversation = null;
let wroteAt = 0;
let said = "";

function beat() {
  if (document.visibilityState === "hidden") return;
  const is_writing = mayAct && Date.now() - wroteAt < STILL_WRITING;
  said = `${conversation} ${is_writing}`;
  post("/inbox/presence", { page, conversation, is_writing }).catch(() => {});
}

/** The page shows another conversation; null when it shows none. */
export function isAt(id) {
  conversation = id;
  wroteAt = 0;
  beat();
}

/** A key was pressed in the composer. */
export function isWriting() {
  wroteAt = Date.now();
  if (said !== `${conversation} true`) beat();
}

/** What was written has been sent, or taken away. */
export function hasWritten() {
  wroteAt = 0;
  if (said === `${conversation} true`) beat();
}

setInterval(() => conversation && beat(), BEAT);
document.addEventListener("visibilitychange", beat);
addEventListener("pagehide", () => {
  const csrf = document.querySelector('meta[name="csrf"]').content;
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
  fetch("/inbox/presence", { method: "POST", headers, body: JSON.stringify({ page, conversation: null }), keepalive: true }).catch(() => {});
});

/** "Paolo is writing", "Paolo and Nadia are looking": null when nobody is there. */
export function presenceText(people = []) {
  if (!people.length) return null;
  const writing = people.filter((one) => one.is_writing);
  const named = (writing.length ? writing : people).map((one) => one.who).join(", ");
  return say(writing.length ? "is_writing" : "is_looking", { who: named });
}

/** A small mark of it, for a row or a head. */
export function presenceMark(people = []) {
  const text = presenceText(people);
  if (text === null) return null;
  const writes = people.some((one) => one.is_writing);
  return h("span", { class: `presence${writes ? " is-writing" : ""}` }, icon(writes ? "pen" : "eye", "small"), h("bdi", {}, text));
}
