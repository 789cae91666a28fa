"""The figures of a practice over some of its days, and who waits for an answer right now."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.domain.chats import BookingFact, ChatFigures, WroteFact, chat_figures
from bot.domain.figures import Figures, HandoffFact, figures
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFact:
    """A patient who wrote, and to whom nobody has written since, although a person is to."""

    conversation: str
    since: datetime
    due_at: datetime | None  # by then an answer was promised


class DeskFacts(Protocol):
    """Of one practice. Blocks; instants are aware UTC."""

    def handoffs(self, *, start: datetime, end: datetime) -> tuple[HandoffFact, ...]:
        """Those that began within [start, end), oldest first."""

    def waiting(self) -> tuple[WaitingFact, ...]:
        """The longest waiting first."""


class ChatFacts(Protocol):
    """Of one practice. Blocks; instants are aware UTC, spans half-open."""

    def wrote(self, *, start: datetime, end: datetime) -> tuple[WroteFact, ...]: ...

    def bookings(self, *, start: datetime, end: datetime) -> tuple[BookingFact, ...]: ...

    def open_within(self, *, start: datetime, end: datetime) -> tuple[HandoffFact, ...]:
        """Hand-offs that stood open at some moment of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    first: date
    last: date  # is in it
    desk: Figures
    chats: ChatFigures


class Reports:
    """Counts anew each time, so that a figure is never older than the page that shows it."""

    def __init__(self, practice: Practice, *, desk: DeskFacts, chats: ChatFacts) -> None:
        self._practice = practice
        self._desk = desk
        self._chats = chats
        self._time = PracticeTime(practice.time_zone)

    async def report(self, first: date, last: date) -> Report:
        """Of the practice's days from `first` to `last`, both included."""
        return await asyncio.to_thread(self.count, first, last)

    def count(self, first: date, last: date) -> Report:
        """As `report`, for callers without an event loop."""
        start, end = self._time.day(first)[0], self._time.day(last)[1]
        return Report(
            first=first,
            last=last,
            desk=figures(self._practice, self._desk.handoffs(start=start, end=end), start=start, end=end),
            chats=chat_figures(
                self._practice,
                wrote=self._chats.wrote(start=start, end=end),
                handoffs=self._chats.open_within(start=start, end=end),
                bookings=self._chats.bookings(start=start, end=end),
                start=start,
                end=end,
            ),
        )

    async def waiting(self) -> tuple[WaitingFact, ...]:
        return await asyncio.to_thread(self._desk.waiting)
