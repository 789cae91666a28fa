// Moments as people read them, in the practice's time zone and by the practice's clock.

import { locale, say, words } from "./page.js";

const timeZone = document.querySelector('meta[name="time-zone"]')?.content || undefined;
// The practice's clock may run elsewhere than this computer's: a demo can start on any day.
const served = Date.parse(document.querySelector('meta[name="now"]')?.content ?? "");
const ahead = Number.isNaN(served) ? 0 : served - Date.now();
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });
const day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", timeZone });
const weekday = new Intl.DateTimeFormat(locale, { weekday: "short", timeZone });
const shortDay = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone });
const key = new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone });
const styled = (style) => new Intl.RelativeTimeFormat(locale, { style, numeric: "always" });
// The narrow Russian of some browsers is "-15 мин", which reads as a minus.
const relative = styled("narrow").format(-1, "minute").startsWith("-") ? styled("short") : styled("narrow");

/** Milliseconds, as Date.now, by the practice's clock. */
export const now = () => Date.now() + ahead;

export const timeOfDay = (iso) => clock.format(new Date(iso));

/** With the day of the week, where it is another day than today. */
export const dayAndTime = (iso) => (dayKey(iso) === dayKey(now()) ? timeOfDay(iso) : `${weekday.format(new Date(iso))} ${timeOfDay(iso)}`);

/** YYYY-MM-DD in the practice's zone. */
export const dayKey = (iso) => key.format(new Date(iso));

export function dayName(iso) {
  if (dayKey(iso) === dayKey(now())) return words.today;
  if (dayKey(iso) === dayKey(now() - 86_400_000)) return words.yesterday;
  return day.format(new Date(iso));
}

/** How long ago, shortly: "now", "4 min ago", "3 h ago", then the date. */
export function ago(iso) {
  const minutes = Math.floor((now() - new Date(iso)) / 60_000);
  if (minutes < 1) return say("just_now");
  if (minutes < 60) return relative.format(-minutes, "minute");
  if (minutes < 24 * 60) return relative.format(-Math.floor(minutes / 60), "hour");
  return shortDay.format(new Date(iso));
}

const longDay = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });
const shortWeekday = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short", timeZone });
const plainDate = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

/** "Tuesday 3 March at 10:30" */
export const longDayAndTime = (iso) => longDay.format(new Date(iso));

/** "Tue 3 Mar 10:30" */
export const shortDayAndTime = (iso) => `${shortWeekday.format(new Date(iso))} ${timeOfDay(iso)}`;

/** Of a day without an hour, YYYY-MM-DD; what is no day stays as it is. */
export function dateOf(day) {
  const at = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(at.valueOf()) ? day : plainDate.format(at);
}
