"""What a patient wishes once they said more: what was said before stands, but for what new words contradict.

A wish is kept as it was understood (nlu.entities): windows, and hours ("part") that hold within them.
"Friday?" changes the days and keeps the hours, "after four" the other way round; "not on Fridays" is taken
off what stands, "Friday would do, too" is added. Saying the same again changes nothing, so that whoever looks
at a wish may merge it anew.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

Window = tuple[datetime, datetime]  # naive wall times, half-open
Hours = tuple[time, time]

#: How new words hang on what was said before (nlu.told_by).
_MARKS = frozenset({"without", "left_hours", "hours", "weekdays", "besides"})
_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)
_AHEAD = 14  # days that are looked at where a refusal leaves nothing of what stood
_MOST = 62  # days of one window that are told apart
_ENDS = (time(), time(23, 59))  # of a whole day
_TAPPED: Mapping[str, Hours] = {"morning": (time(), time(13)), "afternoon": (time(13), time(23, 59))}


@dataclass(frozen=True, slots=True)
class _Wish:
    windows: tuple[Window, ...] = ()
    part: Hours | None = None
    exact: bool = False


def standing(before: object, told: object) -> Any:
    """The wish after `told`, where `before` stood; both as slots hold them."""
    old, new = _tapped(before), _tapped(told)
    if old is None or new is None or old == new:
        return _by_itself(told)
    stood = _read(old)
    refuses = bool(new.get("without") or new.get("left_hours"))
    if stood == _Wish() or (new.get("asap") and not refuses):
        return _by_itself(told)
    now = _read(new)
    if now == _Wish() and not refuses:
        return before
    merged = _besides(stood, now) if new.get("besides") and not refuses else None
    if merged is None:
        merged = _on_the_days(stood, now, new)
        merged = _at_the_hours(merged, now, new)
    return _written(merged, in_doubt=bool(new.get("in_doubt")))


def _by_itself(told: object) -> Any:
    """Without the marks that only say how it hangs on what was said before."""
    if not isinstance(told, Mapping):
        return told
    return {key: said for key, said in told.items() if key not in _MARKS}


def days_of(wish: object) -> tuple[date, ...]:
    """The days of its windows; none for any day."""
    told = _tapped(wish)
    return (
        tuple(dict.fromkeys(day for window in _read(told).windows for day in _days(window))) if told else ()
    )


def _on_the_days(stood: _Wish, now: _Wish, new: Mapping[str, Any]) -> _Wish:
    holes = new.get("without")
    if holes:
        return _without(stood, now, _is_free_of(holes))
    if not now.windows or new.get("hours") or new.get("left_hours"):
        return stood  # hours of any day: their windows only spell them out
    windows = _in_their_week(now.windows, stood.windows) if new.get("weekdays") else now.windows
    if now.part is not None or any(map(_is_clocked, windows)):
        return _Wish(windows, None, now.exact)
    if all(_has(stood.windows, day) for window in windows for day in _days(window)):
        return replace(stood, windows=_cut(stood.windows, windows))
    hours = _hours(stood)
    return _Wish(windows, hours, stood.exact and hours is not None)


def _at_the_hours(merged: _Wish, now: _Wish, new: Mapping[str, Any]) -> _Wish:
    left = _clocks(new.get("left_hours"))
    if left:
        return _narrowed(merged, left, now)
    hours = _clocks(new.get("hours"))
    if hours:
        return _Wish(_on(merged.windows, hours) or now.windows)
    if now.part is None:
        return merged
    return _Wish(tuple(map(_whole, merged.windows)), now.part, now.exact)


def _without(stood: _Wish, now: _Wish, is_free: Callable[[date], bool]) -> _Wish:
    """What stands, less the days that are refused; where nothing of it is left, the days that follow."""
    if not stood.windows:
        return replace(stood, windows=now.windows)
    left = tuple(part for window in stood.windows for part in _kept(window, is_free))
    if left:
        return replace(stood, windows=left)
    first = datetime.combine(min(begin for begin, _ in stood.windows).date(), time())
    ahead = tuple(_kept((first, first + _AHEAD * _DAY), is_free))
    return _Wish(ahead or now.windows, _hours(stood), stood.exact)


def _narrowed(merged: _Wish, left: Sequence[Hours], now: _Wish) -> _Wish:
    """What stands, less the hours that are refused; where none is left, whatever the refusal leaves."""
    if merged.part is not None:
        hours = _common([merged.part], left)
        if len(hours) == 1:
            return replace(merged, part=hours[0])
        if hours:
            return (
                _Wish(_on(merged.windows, hours)) if merged.windows else replace(merged, windows=now.windows)
            )
    elif any(map(_is_clocked, merged.windows)):
        windows = _on(merged.windows, left)
        if windows:
            return _Wish(windows, None, merged.exact)
    whole = tuple(map(_whole, merged.windows))
    return _Wish(whole, left[0]) if len(left) == 1 else _Wish(_on(whole, left) or now.windows)


def _besides(stood: _Wish, now: _Wish) -> _Wish | None:
    """Both; None where there is nothing that could be added to."""
    if now.windows and stood.windows:
        timed = now.part is not None or any(map(_is_clocked, now.windows))
        hours = None if timed else _hours(stood)
        if not timed and stood.part is not None:
            return replace(stood, windows=_once((*stood.windows, *now.windows)))
        beside = _baked(now) if timed else _on(now.windows, [hours]) if hours else now.windows
        return _Wish(_once((*_baked(stood), *beside)))
    if now.part is None or (kept := _hours(stood)) is None:
        return None
    apart = max(kept[0], now.part[0]) > min(kept[1], now.part[1])
    if apart and stood.windows:
        return _Wish(_on(tuple(map(_whole, stood.windows)), [kept, now.part]))
    hull = min(kept[0], now.part[0]), max(kept[1], now.part[1])
    return _Wish(tuple(map(_whole, stood.windows)), hull)


def _in_their_week(told: Sequence[Window], stood: Sequence[Window]) -> tuple[Window, ...]:
    """ "Thursday" after "not this week", or after "in April": the first that lies in what stands."""

    def later(window: Window) -> Window:
        weeks = (_WEEK * n for n in range(_MOST // 7))
        return next(
            ((window[0] + far, window[1] + far) for far in weeks if _has(stood, (window[0] + far).date())),
            window,
        )

    return tuple(map(later, told))


def _is_free_of(holes: Sequence[Sequence[Any]]) -> Callable[[date], bool]:
    """`holes`: from, to, and whether every week."""
    refused = [(date.fromisoformat(a[:10]), date.fromisoformat(b[:10]), weekly) for a, b, weekly in holes]

    def is_free(day: date) -> bool:
        since = (((day - first).days, (last - first).days, weekly) for first, last, weekly in refused)
        return not any(0 <= (past % 7 if weekly else past) < length for past, length, weekly in since)

    return is_free


def _kept(window: Window, is_free: Callable[[date], bool]) -> Iterator[Window]:
    """What of a window lies on the free days, days that follow each other being one."""
    begin: datetime | None = None
    for day in _days(window):
        midnight = datetime.combine(day, time())
        if is_free(day):
            begin = max(window[0], midnight) if begin is None else begin
        elif begin is not None:
            yield begin, midnight
            begin = None
    if begin is not None:
        yield begin, window[1]


def _days(window: Window) -> Iterator[date]:
    last = max(window[0], window[1] - timedelta(minutes=1))
    many = min((last.date() - window[0].date()).days + 1, _MOST)
    return (window[0].date() + n * _DAY for n in range(many))


def _has(windows: Sequence[Window], day: date) -> bool:
    return any(begin.date() <= day <= max(begin, end - timedelta(minutes=1)).date() for begin, end in windows)


def _cut(stood: Sequence[Window], told: Sequence[Window]) -> tuple[Window, ...]:
    both = ((max(a[0], b[0]), min(a[1], b[1])) for b in told for a in stood)
    return _once(tuple(window for window in both if window[0] < window[1]))


def _is_clocked(window: Window) -> bool:
    """Whether it has hours of its own. What begins amid today only leaves out what is past."""
    begin, end = window[0].time(), window[1].time()
    return end not in _ENDS or (end == _ENDS[1] and begin != _ENDS[0])


def _hours(wish: _Wish) -> Hours | None:
    """The hours that all of its days have."""
    if wish.part is not None:
        return wish.part
    hours = {(begin.time(), end.time()) if _is_clocked((begin, end)) else None for begin, end in wish.windows}
    return hours.pop() if len(hours) == 1 else None


def _whole(window: Window) -> Window:
    last = max(window[0], window[1] - timedelta(minutes=1))
    return datetime.combine(window[0].date(), time()), datetime.combine(last.date(), time(23, 59))


def _baked(wish: _Wish) -> tuple[Window, ...]:
    return wish.windows if wish.part is None else _on(wish.windows, [wish.part])


def _on(windows: Sequence[Window], hours: Sequence[Hours]) -> tuple[Window, ...]:
    """These hours on each day of the windows."""
    found: list[Window] = []
    for window in windows:
        for day in _days(window):
            clocked = ((datetime.combine(day, a), datetime.combine(day, b)) for a, b in hours)
            found.extend((max(window[0], a), min(window[1], b)) for a, b in clocked)
    return _once(tuple((begin, end) for begin, end in found if begin < end))


def _common(some: Sequence[Hours], others: Sequence[Hours]) -> list[Hours]:
    both = ((max(a[0], b[0]), min(a[1], b[1])) for a in some for b in others)
    return [hours for hours in both if hours[0] < hours[1]]


def _once(windows: tuple[Window, ...]) -> tuple[Window, ...]:
    return tuple(dict.fromkeys(windows))


def _tapped(slot: object) -> Mapping[str, Any] | None:
    """None for no wish in particular: as soon as possible."""
    if isinstance(slot, str) and slot in _TAPPED:
        return {"part": [f"{clock:%H:%M}" for clock in _TAPPED[slot]]}
    return slot if isinstance(slot, Mapping) else None


def _read(slot: Mapping[str, Any]) -> _Wish:
    windows = tuple(
        (datetime.fromisoformat(a), datetime.fromisoformat(b or a)) for a, b in slot.get("windows") or ()
    )
    part = _clocks([slot["part"]])[0] if slot.get("part") else None
    return _Wish(windows, part, bool(slot.get("exact")))


def _clocks(written: Sequence[Sequence[str]] | None) -> list[Hours]:
    return [(_clock(a), _clock(b)) for a, b in written or ()]


def _clock(written: str) -> time:
    return time(23, 59) if written == "24:00" else time.fromisoformat(written)


def _written(wish: _Wish, *, in_doubt: bool) -> dict[str, Any]:
    return {
        "windows": [
            [a.isoformat(timespec="minutes"), b.isoformat(timespec="minutes")] for a, b in wish.windows
        ],
        "part": [f"{clock:%H:%M}" for clock in wish.part] if wish.part else None,
        "asap": False,
        **({"exact": True} if wish.exact else {}),
        **({"in_doubt": True} if in_doubt else {}),
    }
