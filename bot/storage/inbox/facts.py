"""What figures and lists are made of: hand-offs as facts, and who waits for an answer right now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select

from bot.domain.figures import HandoffFact
from bot.domain.handoff import Outcome
from bot.domain.pipeline import BOT, CLOSED, QUEUE
from bot.service.inbox.figures import WaitingFact
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.tables import from_stamp, to_stamp
from bot.storage.turns.handoffs import NOT_PATIENT

_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]
_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]
_handoff = t.HandoffRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A patient who wrote, and to whom nobody has written since, although a person is to."""

    conversation: str
    since: datetime  # of the first of those messages
    owner: str
    due_at: datetime | None
    apologised_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutOutcome:
    """A conversation that nothing would ever end. There must be none."""

    conversation: str
    why: str


class SqlDeskFacts:
    """One practice's; reads only."""

    def __init__(self, database: Database, *, practice: str) -> None:
        self._database = database
        self._practice = practice

    def handoffs(self, *, start: datetime, end: datetime) -> tuple[HandoffFact, ...]:
        """Those that began within [start, end), oldest first."""
        rows = (
            select(_handoff)
            .where(
                _handoff.c.practice == self._practice,
                _handoff.c.opened_at >= to_stamp(start),
                _handoff.c.opened_at < to_stamp(end),
            )
            .order_by(_handoff.c.opened_at, _handoff.c.id)
        )
        return self._database.read_now(lambda connection: tuple(map(fact_of, connection.execute(rows))))

    def unanswered(self) -> tuple[Unanswered, ...]:
        """The longest waiting first."""
        since = func.min(_inbox.c.received_at)
        rows = (
            select(
                _conversation.c.id,
                _conversation.c.owner,
                since.label("since"),
                func.max(_handoff.c.due_at).label("due_at"),
                func.max(_handoff.c.apologised_at).label("apologised_at"),
            )
            .join(_inbox, _inbox.c.conversation == _conversation.c.id)
            .outerjoin(
                _handoff,
                (_handoff.c.conversation == _conversation.c.id) & _handoff.c.closed_at.is_(None),
            )
            .where(
                _conversation.c.practice == self._practice,
                or_(_conversation.c.owner.not_in((BOT, CLOSED)), _conversation.c.draft.is_not(None)),
                _inbox.c.kind.not_in(NOT_PATIENT),
                _inbox.c.received_at > func.coalesce(_conversation.c.staff_wrote_at, 0),
                _inbox.c.received_at >= func.coalesce(_called_at(), 0),
            )
            .group_by(_conversation.c.id, _conversation.c.owner)
            .order_by(since)
        )
        return self._database.read_now(lambda connection: tuple(map(_waiting, connection.execute(rows))))

    def waiting(self) -> tuple[WaitingFact, ...]:
        return tuple(
            WaitingFact(conversation=one.conversation, since=one.since, due_at=one.due_at)
            for one in self.unanswered()
        )

    def without_outcome(self, *, at: datetime) -> tuple[WithoutOutcome, ...]:
        return self._database.read_now(lambda connection: tuple(self._broken(connection, to_stamp(at))))

    def _broken(self, connection: Connection, at: int) -> list[WithoutOutcome]:
        """What each rule finds (docs/architecture.md)."""
        is_open = _handoff.c.closed_at.is_(None) & (_handoff.c.conversation == _conversation.c.id)
        is_ours = _conversation.c.practice == self._practice
        has_open = select(_handoff.c.id).where(is_open).exists()
        late = at - _LATE
        rules: tuple[tuple[str, Any], ...] = (
            (
                "waits for a person, and no hand-off says so",
                select(_conversation.c.id).where(is_ours, _conversation.c.owner == QUEUE, ~has_open),
            ),
            (
                "waits for a person without a promise",
                select(_conversation.c.id)
                .join(_handoff, is_open)
                .where(is_ours, _conversation.c.owner == QUEUE, _handoff.c.due_at.is_(None)),
            ),
            (
                "has a suggestion that nobody has read, and no hand-off says so",
                select(_conversation.c.id).where(is_ours, _conversation.c.draft.is_not(None), ~has_open),
            ),
            (
                "was promised an answer that is overdue, and got no apology",
                select(_conversation.c.id)
                .join(_handoff, is_open)
                .where(
                    is_ours,
                    or_(_conversation.c.owner == QUEUE, _conversation.c.draft.is_not(None)),
                    _handoff.c.due_at < late,
                    _handoff.c.apologised_at.is_(None),
                ),
            ),
            (
                "is settled, and its hand-off is still open",
                select(_conversation.c.id).where(is_ours, _conversation.c.owner == CLOSED, has_open),
            ),
            (
                "wrote, and the message was never looked at",
                select(_inbox.c.conversation)
                .where(
                    _inbox.c.practice == self._practice, _inbox.c.state == "new", _inbox.c.received_at < late
                )
                .distinct(),
            ),
        )
        return [
            WithoutOutcome(conversation=found, why=why)
            for why, query in rules
            for found in connection.execute(query).scalars()
        ]


#: Ten minutes: more than any loop's pause.
_LATE = 600_000_000


def _called_at() -> Any:
    """What was written before a person was called, the assistant has answered; the call itself counts."""
    call = _inbox.alias("call")
    written = select(func.max(call.c.received_at)).where(
        call.c.conversation == _conversation.c.id,
        call.c.received_at <= _handoff.c.opened_at,
        call.c.kind.not_in(NOT_PATIENT),
    )
    return written.correlate(_conversation, _handoff).scalar_subquery()


def fact_of(row: Any) -> HandoffFact:
    return HandoffFact(
        conversation=row.conversation,
        reason=row.reason,
        opened_at=from_stamp(row.opened_at),
        answered_at=from_stamp(row.answered_at) if row.answered_at else None,
        answered_by=row.answered_by,
        closed_at=from_stamp(row.closed_at) if row.closed_at else None,
        outcome=Outcome(row.outcome) if row.outcome else None,
    )


def _waiting(row: Any) -> Unanswered:
    return Unanswered(
        conversation=row.id,
        since=from_stamp(row.since),
        owner=row.owner,
        due_at=from_stamp(row.due_at) if row.due_at else None,
        apologised_at=from_stamp(row.apologised_at) if row.apologised_at else None,
    )
