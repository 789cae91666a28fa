"""Turns what was said of the clock into minutes, by the practice's opening hours."""

from datetime import date, datetime, time, timedelta

from nlu.times.pieces import Clock, Hours, Moment
from nlu.times.vocabulary import Vocabulary
from nlu.understanding import Context

_DAY = 24 * 60
_NOON = 12 * 60
_AROUND = (-30, 60)
_POINT = 60


def opening_hours(context: Context) -> Hours:
    """Minutes after midnight; a practice whose hours make no sense is open all day."""
    opens = context.opens.hour * 60 + context.opens.minute
    closes = context.closes.hour * 60 + context.closes.minute
    return (opens, closes) if opens < closes else (0, _DAY)


def minutes_of(moment: Moment, within: Hours, *, after: int = -1) -> int:
    """ "3" is 15:00 when the practice opens at nine: the reading inside `within`, or the nearest to it."""
    readings = [r for r in moment.readings() if r > after] or list(moment.readings())
    for reading in readings:
        if within[0] <= reading < within[1]:
            return reading
    # Equally far, it is rather before the opening: "before 8" where nine to seven is open.
    return min(readings, key=lambda r: within[0] - r if r < within[0] else r - within[1] + 2)


def part_hours(name: str, words: Vocabulary, context: Context) -> Hours:
    """A part of the day, clipped to the opening hours where they meet."""
    opens, closes = opening_hours(context)
    part = words.parts[name]
    start = opens if part.start is None else part.start
    end = closes if part.end is None else part.end
    clipped = max(start, opens), min(end, closes)
    return clipped if clipped[0] < clipped[1] else (start, end if end > start else _DAY)


def hours_of(clock: Clock, words: Vocabulary, context: Context) -> Hours | None:
    """From when to when a clock says, half-open; None where that is no time at all."""
    opening = opening_hours(context)
    within = part_hours(clock.part, words, context) if clock.part and clock.shape != "part" else opening
    found = _hours(clock, words, context, within, opening)
    if found is not None and found[0] >= found[1]:  # "before midnight", "after 24:00"
        return None
    return found


def hours_meant(clock: Clock, words: Vocabulary, context: Context) -> list[Hours]:
    """The same, and what is left of the opening hours, before and after, where the clock is refused."""
    found = hours_of(clock, words, context)
    if found is None or not clock.negated:
        return [] if found is None else [found]
    opens, closes = opening_hours(context)
    sides = (opens, min(found[0], closes)), (max(found[1], opens), closes)
    return [(start, end) for start, end in sides if end - start >= _POINT]


def _hours(clock: Clock, words: Vocabulary, context: Context, within: Hours, opening: Hours) -> Hours | None:
    if clock.shape == "part":
        assert clock.part
        return part_hours(clock.part, words, context)
    if clock.shape == "range" and clock.start and clock.end:
        start = minutes_of(clock.start, within)
        end = minutes_of(clock.end, within, after=start)
        if end == 0 and start < _NOON:  # "from 9 to 12 in the morning"
            end = _NOON
        if end <= start:
            early = min(clock.start.readings())
            start, end = (early, end) if early < end else (start, _DAY)
        return start, end
    if clock.shape == "after" and clock.start:
        start = minutes_of(clock.start, within)
        return start, (within[1] if start < within[1] else _DAY)
    if clock.shape == "before" and clock.end:
        end = minutes_of(clock.end, (within[0] + 1, within[1] + 1))
        return (within[0] if end > within[0] else 0), end
    assert clock.start
    start = minutes_of(clock.start, within)
    if clock.shape == "around":
        return max(start + _AROUND[0], 0), start + _AROUND[1]
    return start, start + _POINT


def wall(day: date, minutes: int) -> str:
    """A local wall time as entities write it."""
    return (datetime.combine(day, time()) + timedelta(minutes=minutes)).isoformat(timespec="minutes")


def clock_text(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
