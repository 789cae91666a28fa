// Whether the trail is as it was written: every row is looked at, which takes a moment.

import { say, words } from "./page.js";

const verdict = document.getElementById("verdict");

try {
  const response = await fetch("/inbox/trail/check");
  if (!response.ok) throw new Error(String(response.status));
  const { rows, touched } = await response.json();
  verdict.classList.add(touched.length ? "is-bad" : "is-good");
  verdict.textContent = touched.length
    ? say("trail_touched", { rows: touched.map((one) => one.number).join(", ") })
    : say("trail_whole", { n: rows });
} catch {
  verdict.classList.add("is-bad");
  verdict.textContent = words.trail_unchecked;
}
