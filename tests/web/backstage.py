"""What stands behind the pages of the office, in memory."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.chats import BookingFact, WroteFact
from bot.domain.deeds import Deed, DoneBy, Tampering
from bot.domain.figures import HandoffFact
from bot.domain.handoff import Outcome
from bot.service.inbox.figures import WaitingFact
from tests.web.fakes import NOW, FakeClock


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


def busy_month() -> FakeFacts:
    """Forty days of a practice that is written to a lot; the same each time."""
    chance = random.Random(5)
    wrote, booked, begun = [], [], []
    for ahead in range(40):
        day = NOW - timedelta(days=ahead)
        for patient in range(chance.randrange(6, 24) if day.weekday() < 6 else 2):
            hour = chance.choice([7, 8, 8, 9, 9, 9, 10, 10, 11, 12, 14, 15, 16, 16, 17, 18, 19])
            at = min(day.replace(hour=hour, minute=chance.randrange(60)), NOW - timedelta(hours=1))
            who = f"{ahead:02x}{patient:02x}aa"
            for message in range(chance.randrange(2, 8)):
                wrote.append(WroteFact(conversation=who, at=at + timedelta(minutes=message)))
            if chance.random() < 0.5:
                booked.append(BookingFact(conversation=who, at=at + timedelta(minutes=9)))
            elif chance.random() < 0.5:
                begun.append(_begun(who, at, chance))
    waiting = tuple(
        WaitingFact(
            conversation=who,
            since=NOW - timedelta(minutes=since),
            due_at=NOW + timedelta(minutes=15 - since),
        )
        for who, since in (("c-anna", 12), ("beef-2", 3))
    )
    return FakeFacts(begun=begun, written=wrote, booked=booked, unanswered=waiting)


def _begun(who: str, at: datetime, chance: random.Random) -> HandoffFact:
    others = ["emergency", "misunderstood", "complaint", "media", "clinical_question", "invoices"]
    is_answered = chance.random() < 0.9
    wait = timedelta(minutes=chance.randrange(2, 22))
    return HandoffFact(
        conversation=who,
        reason=chance.choice(["asked"] * 5 + others),
        opened_at=at,
        answered_at=at + wait if is_answered else None,
        answered_by=chance.choice(["Giulia", "Marta", "Paolo"]) if is_answered else None,
        closed_at=at + wait * 2 if is_answered else None,
        outcome=Outcome.ANSWERED if is_answered else None,
    )


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
