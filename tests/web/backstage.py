"""What stands behind the pages of the office, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.chats import BookingFact, WroteFact
from bot.domain.deeds import Deed, DoneBy, Tampering
from bot.domain.figures import HandoffFact
from bot.service.figures import WaitingFact
from tests.web.fakes import FakeClock


@dataclass
class FakeFacts:
    """Whatever it is given, within the span that is asked for."""

    begun: Sequence[HandoffFact] = ()
    written: Sequence[WroteFact] = ()
    booked: Sequence[BookingFact] = ()
    unanswered: tuple[WaitingFact, ...] = ()

    def handoffs(self, *, start: datetime, end: datetime) -> tuple[HandoffFact, ...]:
        return tuple(fact for fact in self.begun if start <= fact.opened_at < end)

    def waiting(self) -> tuple[WaitingFact, ...]:
        return self.unanswered

    def wrote(self, *, start: datetime, end: datetime) -> tuple[WroteFact, ...]:
        return tuple(fact for fact in self.written if start <= fact.at < end)

    def bookings(self, *, start: datetime, end: datetime) -> tuple[BookingFact, ...]:
        return tuple(fact for fact in self.booked if start <= fact.at < end)

    def open_within(self, *, start: datetime, end: datetime) -> tuple[HandoffFact, ...]:
        return tuple(f for f in self.begun if f.opened_at < end and (not f.closed_at or f.closed_at > start))


@dataclass
class FakeTrail:
    clock: FakeClock = field(default_factory=FakeClock)
    rows: list[DoneBy] = field(default_factory=list)
    touched: tuple[Tampering, ...] = ()

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """(who, what, detail), oldest first."""
        return [(row.by, str(row.deed), row.detail) for row in self.rows]

    async def note_now(
        self, deed: Deed, *, by: str, conversation: str | None = None, detail: str = ""
    ) -> None:
        number = len(self.rows) + 1
        self.rows.append(
            DoneBy(
                number=number,
                at=self.clock.now(),
                by=by,
                deed=deed,
                conversation=conversation,
                detail=detail,
            )
        )

    async def trail(
        self,
        *,
        conversation: str | None = None,
        by: str | None = None,
        deed: Deed | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        before: int | None = None,
        limit: int = 500,
    ) -> tuple[DoneBy, ...]:
        found = [
            row
            for row in reversed(self.rows)
            if conversation in (None, row.conversation)
            and by in (None, row.by)
            and deed in (None, row.deed)
            and (since is None or row.at >= since)
            and (until is None or row.at < until)
            and (before is None or row.number < before)
        ]
        return tuple(found[:limit])

    async def check(self) -> tuple[int, tuple[Tampering, ...]]:
        return len(self.rows), self.touched
