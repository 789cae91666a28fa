"""What the readers find in a message before it is put together: days, clocks, and how they hang together."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

Hours = tuple[int, int]  # minutes after midnight, half-open


@dataclass(frozen=True, slots=True)
class Moment:
    """Minutes after midnight. `open`: without morning or afternoon, so twelve hours later may be meant."""

    minutes: int
    open: bool = False

    def readings(self) -> tuple[int, ...]:
        return (self.minutes, self.minutes + 720) if self.open and 0 < self.minutes < 720 else (self.minutes,)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day: a point (`start` only), from-to, after, before, about, or a part of the day.

    `part` names a part of the vocabulary; `half` is "am" or "pm" where that was said.
    """

    shape: Literal["point", "range", "after", "before", "around", "part"]
    start: Moment | None = None
    end: Moment | None = None
    part: str | None = None
    negated: bool = False
    sure: bool = True  # False: a bare number that may be something else


@dataclass(frozen=True, slots=True)
class Days:
    """Days that were named: all of `ranges` are meant; `others` are less likely readings."""

    kind: Literal["weekday", "relative", "date", "number", "week", "month", "span", "past"]
    ranges: tuple[tuple[date, date], ...]
    others: tuple[tuple[date, date], ...] = ()
    grain: Literal["day", "week", "month"] = "day"
    weekday: int | None = None
    number: int | None = None  # of a day of the month whose month was not said
    of_week: date | None = None  # the Monday of the week that was named with a weekday
    bound: Literal["after", "from", "before", "by"] | None = (
        None  # how a span hangs on `weekday`, or on a day
    )
    confidence: float = 0.95


#: What has been; it is never a wish.
PAST = Days("past", ())


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment counted from now ("in two hours")."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Birth:
    """A whole date that nobody can wish for."""

    day: date


@dataclass(frozen=True, slots=True)
class Whenever:
    """As soon as possible (`firm`), or any time at all."""

    firm: bool


Link = Literal["none", "soft", "and", "or", "break"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Something found at lexemes [start, end). `link`: what stands between it and the piece before."""

    found: Days | Clock | Instant | Birth | Whenever
    start: int
    end: int
    link: Link = "break"
    negated: bool = False
    excluding: bool = False
    dismissed: bool = False  # where a visit is moved away from

    def but(self, **changes: object) -> "Piece":
        return replace(self, **changes)  # type: ignore[arg-type]
