"""Tells in one line what was understood, so that tables of sentences stay legible."""

from datetime import datetime, time

from nlu.times import find_times, wish_from
from nlu.understanding import AskedKind, Context, OfferedChoice

MONDAY_MORNING = "2026-03-02T08:00"


def moment(
    now: str = MONDAY_MORNING,
    *,
    asking: AskedKind | None = None,
    country: str = "IT",
    opens: str = "09:00",
    closes: str = "19:00",
    offered: tuple[str, ...] = (),
) -> Context:
    return Context(
        now=datetime.fromisoformat(now),
        languages=("en", "it", "ru"),
        asking=asking,
        country=country,
        opens=time.fromisoformat(opens),
        closes=time.fromisoformat(closes),
        choices=tuple(
            OfferedChoice(title=start, value=start, start=datetime.fromisoformat(start)) for start in offered
        ),
    )


def told(text: str, language: str, context: Context) -> str:
    """The wish, then birth dates. "03-03 15:00-16:00" is a window, "03-03" a day, "03-03..03-05" three days,
    "any 13:00-19:00" hours of any day, "asap" any time soon, "born 1980-12-05" a birth date, "-" nothing.
    """
    entities = find_times(text, language=language, context=context)
    wish = wish_from(entities, context)
    words = [_window(*window, now=context.now) for window in wish["windows"]] if wish else []
    if wish and wish["part"]:
        words.append("any " + "-".join(wish["part"]))
    if wish and wish["asap"]:
        words.append("asap")
    words += [f"born {entity.value}" for entity in entities if entity.entity == "birth_date"]
    return ", ".join(words) or "-"


def _window(start: str, end: str, *, now: datetime) -> str:
    first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
    year = "" if first.year == now.year else f"{first.year}-"
    day = f"{year}{first:%m-%d}"
    if last.time() != time() or (first.time() != time() and first != now):
        end = f"{last:%H:%M}" if last.date() == first.date() else "24:00"
        return f"{day} {first:%H:%M}-{end}"
    before = datetime.fromordinal(last.toordinal() - 1)
    return day if before.date() == first.date() else f"{day}..{before:%m-%d}"
