// Moments as people read them, in the practice's time zone.

import { language, say, words } from "./page.js";

const timeZone = document.querySelector('meta[name="time-zone"]')?.content || undefined;
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });
const day = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", timeZone });
const shortDay = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone });
const key = new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone });
const relative = new Intl.RelativeTimeFormat(language, { style: "narrow", numeric: "always" });

export const timeOfDay = (iso) => clock.format(new Date(iso));

/** YYYY-MM-DD in the practice's zone. */
export const dayKey = (iso) => key.format(new Date(iso));

export function dayName(iso) {
  const now = Date.now();
  if (dayKey(iso) === dayKey(now)) return words.today;
  if (dayKey(iso) === dayKey(now - 86_400_000)) return words.yesterday;
  return day.format(new Date(iso));
}

/** How long ago, shortly: "now", "4 min ago", "3 h ago", then the date. */
export function ago(iso) {
  const minutes = Math.floor((Date.now() - new Date(iso)) / 60_000);
  if (minutes < 1) return say("just_now");
  if (minutes < 60) return relative.format(-minutes, "minute");
  if (minutes < 24 * 60) return relative.format(-Math.floor(minutes / 60), "hour");
  return shortDay.format(new Date(iso));
}
