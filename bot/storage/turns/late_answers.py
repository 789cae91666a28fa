"""Patients who should have had an answer by now: staff are told once of each wait.

The clocks are those of bot.domain.answer_times; what they count from is read from hand-offs and messages, so
a restart forgets nothing and repeats nothing.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select

from bot.domain.answer_times import AnswerBy, Waits
from bot.domain.handoff import AlertKind
from bot.domain.pipeline import BOT, CLOSED
from bot.ports import Clock
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.inbox.lists import waits_for
from bot.storage.tables import from_stamp, to_stamp
from bot.storage.turns.handoffs import NOT_PATIENT

_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]
_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]
_handoff = t.HandoffRow.__table__  # type: ignore[attr-defined]
_alert = t.AlertRow.__table__  # type: ignore[attr-defined]

_UNREAD_SINCE = (
    select(func.min(_inbox.c.received_at))
    .where(
        _inbox.c.conversation == _conversation.c.id,
        _inbox.c.received_at > func.coalesce(_conversation.c.staff_wrote_at, 0),
        _inbox.c.kind.not_in(NOT_PATIENT),
    )
    .correlate(_conversation)
    .scalar_subquery()
    .label("unread_since")
)
_TOLD_AT = (
    select(func.max(_alert.c.created_at))
    .where(_alert.c.handoff == _handoff.c.id, _alert.c.kind == AlertKind.LATE)
    .correlate(_handoff)
    .scalar_subquery()
    .label("told_at")
)


class SqlLateAnswers:
    """One practice's."""

    def __init__(
        self,
        database: Database,
        *,
        practice: str,
        clock: Clock,
        answer_by: Callable[[Waits], AnswerBy],
        leads: Callable[[], bool],
    ) -> None:
        self._database = database
        self._practice = practice
        self._clock = clock
        self._answer_by = answer_by
        self._leads = leads

    async def tell(self) -> tuple[str, ...]:
        """Conversations that became late since the last time: an alert of each is in the database now."""
        if not self._leads():
            return ()
        at = self._clock.now()
        if not await self._database.read(lambda connection: self._late(connection, at)):
            return ()
        return await self._database.write(lambda connection: self._told(connection, at))

    def _told(self, connection: Connection, at: datetime) -> tuple[str, ...]:
        late = self._late(connection, at)
        for row in late:
            connection.execute(
                insert(_alert),
                {
                    "practice": self._practice,
                    "conversation": row.conversation,
                    "handoff": row.id,
                    "kind": AlertKind.LATE,
                    "reason": row.reason,
                    "urgent": row.urgent,
                    "attempts": 0,
                    "begun": 0,
                    "created_at": to_stamp(at),
                    "not_before": to_stamp(at),
                },
            )
        return tuple(row.conversation for row in late)

    def _late(self, connection: Connection, at: datetime) -> Sequence[Any]:
        now = to_stamp(at)
        rows = connection.execute(
            select(_handoff, _conversation.c.owner, _conversation.c.draft, _UNREAD_SINCE, _TOLD_AT)
            .join(_conversation, _conversation.c.id == _handoff.c.conversation)
            .where(
                _handoff.c.practice == self._practice,
                _handoff.c.closed_at.is_(None),
                _conversation.c.owner != CLOSED,
                or_(_conversation.c.owner != BOT, _conversation.c.draft.is_not(None)),
                func.coalesce(_conversation.c.snoozed_until, 0) <= now,
            )
        ).all()
        return [row for row in rows if self._is_late(row, at)]

    def _is_late(self, row: Any, at: datetime) -> bool:
        waits = waits_for(row, row.unread_since)
        if waits is None or self._answer_by(waits).at > at:
            return False
        if waits.is_urgent and row.taken_by is None:  # reminders of those come at any hour, and go on
            return False
        return row.told_at is None or from_stamp(row.told_at) < waits.since
