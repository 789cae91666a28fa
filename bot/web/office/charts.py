"""Drawings of figures as numbers for a template to put into SVG: no style attributes, which are forbidden."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.chats import ChatFigures, ChatLine

WIDTH, HEIGHT = 720, 160
#: More columns than this say nothing to an eye: then a column is a week, and then a month.
_MOST = 62
_LEVELS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One day, week or month; the heights are of what the assistant did alone, and of the rest above it."""

    first: date
    chats: int
    alone: int
    x: float
    width: float
    alone_y: float
    alone_height: float
    other_y: float
    other_height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """An hour of a weekday: from 0, nothing, to 5, the busiest."""

    hour: int
    count: int
    level: int


def columns(chats: ChatFigures, first: date, last: date) -> tuple[Column, ...]:
    """Every day of the period, those without a chat too."""
    begins = _grouping((last - first).days + 1)
    groups: dict[date, list[ChatLine]] = {}
    lines = dict(chats.days)
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        group = groups.setdefault(max(begins(day), first), [])
        if day in lines:
            group.append(lines[day])
    return _drawn([(begin, sum(x.chats for x in g), sum(x.alone for x in g)) for begin, g in groups.items()])


def _grouping(days: int) -> Callable[[date], date]:
    if days <= _MOST:
        return lambda day: day
    if days <= _MOST * 7:
        return lambda day: day - timedelta(days=day.weekday())
    return lambda day: day.replace(day=1)


def _drawn(counted: Sequence[tuple[date, int, int]]) -> tuple[Column, ...]:
    highest = max((chats for _, chats, _ in counted), default=0) or 1
    step = WIDTH / len(counted)
    drawn = []
    for place, (first, chats, alone) in enumerate(counted):
        low, high = HEIGHT * alone / highest, HEIGHT * (chats - alone) / highest
        drawn.append(
            Column(
                first=first,
                chats=chats,
                alone=alone,
                x=round(place * step + step * 0.14, 2),
                width=round(step * 0.72, 2),
                alone_y=round(HEIGHT - low, 2),
                alone_height=round(low, 2),
                other_y=round(HEIGHT - low - high, 2),
                other_height=round(high, 2),
            )
        )
    return tuple(drawn)


def heat(hours: Sequence[Sequence[int]]) -> tuple[tuple[Cell, ...], ...]:
    """By weekday, then by hour."""
    most = max((count for counts in hours for count in counts), default=0) or 1
    return tuple(
        tuple(
            Cell(hour=hour, count=count, level=-(-count * _LEVELS // most))
            for hour, count in enumerate(counts)
        )
        for counts in hours
    )
