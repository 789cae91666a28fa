"""How much the assistant does by itself: chats, those that no person had to enter, bookings, busy hours.

Pure. A chat is what one patient writes on one day of the practice's calendar. It was the assistant's alone
when from its first message to the end of that day no hand-off of this patient stood open.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from bot.domain.figures import HandoffFact
from bot.domain.practice import Practice
from bot.domain.practice_time import DAY, PracticeTime


@dataclass(frozen=True, slots=True, kw_only=True)
class WroteFact:
    """A patient wrote, tapped or sent something."""

    conversation: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingFact:
    """The assistant put a visit into the diary."""

    conversation: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatLine:
    chats: int
    alone: int  # of them, those that needed no person
    messages: int  # of patients
    bookings: int  # by the assistant
    messages_to_book: int  # that patients wrote on the day of a booking, up to it, since the one before

    @property
    def containment(self) -> float | None:
        """The share of chats that needed no person; None without any."""
        return self.alone / self.chats if self.chats else None

    @property
    def messages_per_booking(self) -> float | None:
        return self.messages_to_book / self.bookings if self.bookings else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatFigures:
    """Of the local days that begin within [start, end)."""

    total: ChatLine
    days: tuple[tuple[date, ChatLine], ...]  # each day with a chat or a booking
    #: Messages of patients by weekday (Monday first) and hour of the practice's clock.
    hours: tuple[tuple[int, ...], ...] = field(default=())


def chat_figures(
    practice: Practice,
    *,
    wrote: Iterable[WroteFact],
    handoffs: Iterable[HandoffFact],
    bookings: Iterable[BookingFact],
    start: datetime,
    end: datetime,
) -> ChatFigures:
    """Facts in any order; what patients did outside of [start, end) is left out. `handoffs` are all that
    stood open at some moment within it."""
    clock = PracticeTime(practice.time_zone)
    chats: dict[tuple[date, str], list[datetime]] = defaultdict(list)
    hours: Counter[tuple[int, int]] = Counter()
    for fact in wrote:
        if start <= fact.at < end:
            wall = clock.wall(fact.at)
            chats[wall.date(), fact.conversation].append(fact.at)
            hours[wall.weekday(), wall.hour] += 1
    booked: dict[tuple[date, str], list[datetime]] = defaultdict(list)
    for booking in bookings:
        if start <= booking.at < end:
            booked[clock.today(booking.at), booking.conversation].append(booking.at)
    by_patient: dict[str, list[HandoffFact]] = defaultdict(list)
    for handoff in handoffs:
        by_patient[handoff.conversation].append(handoff)

    lines: dict[date, list[ChatLine]] = defaultdict(list)
    for day, patient in {*chats, *booked}:
        until = clock.earliest(datetime.combine(day + DAY, time()))
        lines[day].append(
            _chat(chats.get((day, patient), ()), booked.get((day, patient), ()), by_patient[patient], until)
        )
    return ChatFigures(
        total=_sum(line for several in lines.values() for line in several),
        days=tuple((day, _sum(lines[day])) for day in sorted(lines)),
        hours=tuple(tuple(hours[weekday, hour] for hour in range(24)) for weekday in range(7)),
    )


def _chat(
    wrote: Sequence[datetime], booked: Sequence[datetime], handoffs: Sequence[HandoffFact], until: datetime
) -> ChatLine:
    """One patient on one day, which ends with `until`."""
    first = min(wrote, default=None)
    needed = first is not None and any(
        handoff.opened_at < until and (handoff.closed_at is None or handoff.closed_at > first)
        for handoff in handoffs
    )
    return ChatLine(
        chats=0 if first is None else 1,
        alone=0 if first is None or needed else 1,
        messages=len(wrote),
        bookings=len(booked),
        messages_to_book=sum(at <= max(booked) for at in wrote) if booked else 0,
    )


def _sum(lines: Iterable[ChatLine]) -> ChatLine:
    several = tuple(lines)
    return ChatLine(
        chats=sum(line.chats for line in several),
        alone=sum(line.alone for line in several),
        messages=sum(line.messages for line in several),
        bookings=sum(line.bookings for line in several),
        messages_to_book=sum(line.messages_to_book for line in several),
    )
