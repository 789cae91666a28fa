"""Hand-offs as rows: what was promised, whom staff were told of, and what has not been kept.

Reminders and promises are moments in the database: whatever restarts in between, each comes once.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from bot.domain.conversation import InboundKind
from bot.domain.deeds import Deed, VisitChange
from bot.domain.handoff import AlertKind, Outcome
from bot.domain.pipeline import (
    ARRANGED,
    BOT,
    HANDED_BACK,
    OWN_KINDS,
    PAST_KINDS,
    PAUSED,
    PROMISE_BROKEN,
    QUEUE,
    STAFF,
    PendingAlert,
    StagedHandoff,
)
from bot.domain.windows import OPENING_KINDS, Writer, can_send
from bot.ports import Clock
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.engine.statements import upsert
from bot.storage.inbox.audit import deeds_since
from bot.storage.inbox.ownership import Ownership
from bot.storage.sealing.seal import Keyring
from bot.storage.sending.reaching import Reaching
from bot.storage.tables import from_stamp, to_stamp

_contact = t.ContactRow.__table__  # type: ignore[attr-defined]
_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]
_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]
_handoff = t.HandoffRow.__table__  # type: ignore[attr-defined]
_alert = t.AlertRow.__table__  # type: ignore[attr-defined]

#: Kinds in the inbox that are no words of the patient's, and do not open the window.
NOT_PATIENT = (*sorted(OWN_KINDS | PAST_KINDS), *(kind for kind in InboundKind if kind not in OPENING_KINDS))


class SqlHandoffs:
    """Implements ports.Handoffs for one practice."""

    def __init__(
        self, database: Database, *, practice: str, keyring: Keyring, clock: Clock, ownership: Ownership
    ) -> None:
        self._database = database
        self._practice = practice
        self._keyring = keyring
        self._clock = clock
        self._owners = ownership
        self._reaching = Reaching(database, practice)
        #: Beside other workers, one of all sees to what falls due.
        self.leads: Callable[[], bool] = lambda: True

    # -- within a unit of work ----------------------------------------------------------------------------

    def open(self, connection: Connection, conversation: str, staged: StagedHandoff, *, at: int) -> None:
        """One open hand-off a conversation; alerts and reminders commit with it: none lost, none doubled."""
        known = self._owners.open_handoff(connection, conversation)
        if known is None:
            id = self._insert(connection, conversation, staged, at)
            if not staged.quiet:
                self._alert(connection, conversation, id, staged, AlertKind.NEW, at=at, not_before=at)
            self._remind(connection, conversation, id, staged, at)
            return
        if staged.beside:  # another request than the one that is open
            self._alert(connection, conversation, known.id, staged, AlertKind.NEW, at=at, not_before=at)
            return
        if staged.urgent:
            # What it began with is told by the card; why it waits now is the emergency.
            reason = known.reason if known.reason == PAUSED else staged.reason
            values = {"urgent": True, "reason": reason}
            connection.execute(update(_handoff).where(_handoff.c.id == known.id).values(values))
        was_promised = known.due_at is not None
        if staged.urgent or (staged.promise and not was_promised and not staged.quiet):
            self._alert(connection, conversation, known.id, staged, AlertKind.NEW, at=at, not_before=at)
        if staged.promise and known.taken_by is None:
            if not was_promised or known.apologised_at is not None:
                self.promise(connection, conversation, staged, at=at)
            elif staged.urgent:
                self._owners.silence_reminders(connection, conversation, at)
                self._remind(connection, conversation, known.id, staged, at)

    def promise(self, connection: Connection, conversation: str, staged: StagedHandoff, *, at: int) -> None:
        """The open hand-off has a (new) moment by which somebody answers."""
        known = self._owners.open_handoff(connection, conversation)
        if known is None or staged.promise is None:
            return
        connection.execute(
            update(_handoff)
            .where(_handoff.c.id == known.id)
            .values(due_at=to_stamp(staged.promise.due_at), apologised_at=None)
        )
        self._owners.silence_reminders(connection, conversation, at)
        self._remind(connection, conversation, known.id, staged, at)

    def own_event(
        self, connection: Connection, row: Any, kind: str, *, key: str, at: int, payload: str | None = None
    ) -> None:
        """An event like any other: it takes its place in the conversation's one queue. Once for each key."""
        words = {} if payload is None else {"payload": payload}
        connection.execute(
            upsert(_inbox).on_conflict_do_nothing(),
            {
                "practice": self._practice,
                "channel": row.channel,
                "account": row.account,
                "event": f"{kind} {row.id} {key}",
                "conversation": row.id,
                "kind": kind,
                "sealed": self._keyring.seal(connection, row.id, json.dumps(words).encode()),
                "sent_at": at,
                "received_at": at,
                "state": "new",
                "attempts": 0,
            },
        )

    def note_paused(self, connection: Connection, conversation: str, *, key: str, at: int) -> None:
        """An answer to a patient was withdrawn: they are to hear who answers instead. Who did not write to us
        waits for nothing."""
        row = self._owners.row(connection, conversation)
        if row.owner == BOT and self.may_answer(connection, conversation, at):
            self.own_event(connection, row, PAUSED, key=key, at=at)

    def paused_ones(self, connection: Connection) -> Sequence[Any]:
        """Conversations (id, channel) that wait for a person for no other reason than a pause."""
        return connection.execute(
            select(_conversation.c.id, _contact.c.channel)
            .join(_handoff, _handoff.c.conversation == _conversation.c.id)
            .join(_contact, _contact.c.id == _conversation.c.id)
            .where(
                _handoff.c.practice == self._practice,
                _handoff.c.closed_at.is_(None),
                _handoff.c.reason == PAUSED,
                _conversation.c.owner == QUEUE,
            )
            .order_by(_handoff.c.opened_at)
        ).all()

    async def give_back_resumed(self, is_paused: Callable[[str], bool]) -> tuple[str, ...]:
        if not self.leads():
            return ()
        at = to_stamp(self._clock.now())

        def unit(connection: Connection) -> tuple[str, ...]:
            return tuple(
                row.id
                for row in self.paused_ones(connection)
                if not is_paused(row.channel) and self.give_back(connection, row.id, BOT, at=at)
            )

        return await self._database.write(unit)

    def may_answer(self, connection: Connection, conversation: str, at: int) -> bool:
        """Whether the assistant may write freely to this patient, who has written to us."""
        channel, reach = self._reaching.reach(connection, conversation)
        allowed = can_send(Writer.ASSISTANT, channel, reach, from_stamp(at))
        return reach.wrote_at is not None and allowed.allows_words

    def give_back(self, connection: Connection, conversation: str, who: str, *, at: int) -> bool:
        """Whether anything changed: an event now says so. Where nobody may write to the patient any more the
        conversation is closed instead: the assistant answers when they write again."""
        row = self._owners.row(connection, conversation)
        self._owners.check_mine(row, who)
        if row.draft is not None:  # the assistant has answered already, and somebody is to read it
            return False
        if self._owners.is_free_of_people(row):
            self._owners.close_handoffs(connection, conversation, by=who, outcome=Outcome.RETURNED, at=at)
            return False
        if not self.may_answer(connection, conversation, at):
            return self._owners.close(connection, conversation, who, outcome=Outcome.RETURNED, at=at)
        if self._owners.is_given_back(connection, conversation):
            return False
        payload = ARRANGED if self._has_arranged(connection, row) else None
        self.own_event(connection, row, HANDED_BACK, key=str(row.version), at=at, payload=payload)
        return True

    def _has_arranged(self, connection: Connection, row: Any) -> bool:
        """Whether the last that staff did to the patient's visits, since the conversation came to
        them, was to book or move one."""
        handoff = self._owners.open_handoff(connection, row.id)
        since = min(row.owner_since or 0, handoff.opened_at) if handoff else row.owner_since or 0
        done = deeds_since(
            connection, Deed.CHANGED_VISIT, practice=self._practice, conversation=row.id, since=since
        )
        return done[-1:] in ((VisitChange.BOOKED,), (VisitChange.MOVED,))

    # -- timers -------------------------------------------------------------------------------------------

    async def break_promises(self) -> tuple[str, ...]:
        if not self.leads():
            return ()
        at = to_stamp(self._clock.now())

        def unit(connection: Connection) -> tuple[str, ...]:
            broken = connection.execute(
                select(_handoff.c.id.label("handoff"), _handoff.c.due_at, _conversation.c.id)
                .add_columns(_contact.c.channel, _contact.c.account)
                .join(_conversation, _conversation.c.id == _handoff.c.conversation)
                .join(_contact, _contact.c.id == _conversation.c.id)
                .where(
                    _handoff.c.practice == self._practice,
                    _handoff.c.closed_at.is_(None),
                    _handoff.c.due_at <= at,
                    _handoff.c.apologised_at.is_(None),
                    or_(
                        _conversation.c.owner == QUEUE,
                        and_(_conversation.c.owner == BOT, _conversation.c.draft.is_not(None)),
                    ),
                )
            ).all()
            for row in broken:
                connection.execute(
                    update(_handoff).where(_handoff.c.id == row.handoff).values(apologised_at=at)
                )
                self.own_event(connection, row, PROMISE_BROKEN, key=f"{row.handoff} {row.due_at}", at=at)
            return tuple(row.id for row in broken)

        if not await self._database.read(lambda connection: self._is_due(connection, at)):
            return ()
        return await self._database.write(unit)

    def _is_due(self, connection: Connection, at: int) -> bool:
        return bool(
            connection.execute(
                select(func.count()).where(
                    _handoff.c.practice == self._practice,
                    _handoff.c.closed_at.is_(None),
                    _handoff.c.due_at <= at,
                    _handoff.c.apologised_at.is_(None),
                )
            ).scalar()
        )

    async def give_back_forgotten(self, *, silent_since: datetime) -> tuple[str, ...]:
        if not self.leads():
            return ()
        at, before = to_stamp(self._clock.now()), to_stamp(silent_since)
        forgotten = select(_conversation.c.id, _conversation.c.owner).where(
            _conversation.c.practice == self._practice,
            _conversation.c.owner.startswith(STAFF, autoescape=True),
            _conversation.c.owner_since < before,
            func.coalesce(_conversation.c.staff_wrote_at, 0) < before,
        )

        def unit(connection: Connection) -> tuple[str, ...]:
            rows = connection.execute(forgotten).all()
            return tuple(
                row.id
                for row in rows
                if self.give_back(connection, row.id, row.owner.removeprefix(STAFF), at=at)
            )

        if not await self._database.read(lambda connection: connection.execute(forgotten).first()):
            return ()
        return await self._database.write(unit)

    # -- alerts -------------------------------------------------------------------------------------------

    async def pending_alerts(self) -> tuple[PendingAlert, ...]:
        if not self.leads():
            return ()
        now = to_stamp(self._clock.now())

        def unit(connection: Connection) -> tuple[PendingAlert, ...]:
            rows = connection.execute(
                select(_alert)
                .where(
                    _alert.c.practice == self._practice,
                    _alert.c.sent_at.is_(None),
                    _alert.c.void_at.is_(None),
                    _alert.c.not_before <= now,
                )
                .order_by(_alert.c.urgent.desc(), _alert.c.id)
            )
            return tuple(_pending(row) for row in rows)

        return await self._database.read(unit)

    async def alerts_begun(self, alerts: Sequence[PendingAlert], *, begun: int) -> None:
        await self._note(alerts, {"begun": begun})

    async def alerts_sent(self, alerts: Sequence[PendingAlert], *, retry_at: datetime | None) -> None:
        if retry_at is None:
            await self._note(alerts, {"sent_at": to_stamp(self._clock.now())})
        else:
            again = {"not_before": to_stamp(retry_at), "attempts": _alert.c.attempts + 1, "begun": 0}
            await self._note(alerts, again)

    async def _note(self, alerts: Sequence[PendingAlert], values: dict[str, Any]) -> None:
        noted = update(_alert).where(_alert.c.id.in_([alert.id for alert in alerts])).values(values)
        await self._database.write(lambda connection: connection.execute(noted).rowcount)

    # -- rows ---------------------------------------------------------------------------------------------

    def _insert(self, connection: Connection, conversation: str, staged: StagedHandoff, at: int) -> int:
        row = {
            "practice": self._practice,
            "conversation": conversation,
            "reason": staged.reason,
            "urgent": staged.urgent,
            "opened_at": at,
            "due_at": to_stamp(staged.promise.due_at) if staged.promise and not staged.beside else None,
        }
        return int(connection.execute(insert(_handoff).returning(_handoff.c.id), row).scalar_one())

    def _remind(
        self, connection: Connection, conversation: str, handoff: int, staged: StagedHandoff, at: int
    ) -> None:
        for kind, moment in staged.promise.reminders if staged.promise else ():
            self._alert(connection, conversation, handoff, staged, kind, at=at, not_before=to_stamp(moment))

    def _alert(
        self,
        connection: Connection,
        conversation: str,
        handoff: int,
        staged: StagedHandoff,
        kind: AlertKind,
        *,
        at: int,
        not_before: int,
    ) -> None:
        connection.execute(
            insert(_alert),
            {
                "practice": self._practice,
                "conversation": conversation,
                "handoff": handoff,
                "kind": kind,
                "reason": staged.reason,
                "urgent": staged.urgent,
                "attempts": 0,
                "begun": 0,
                "created_at": at,
                "not_before": not_before,
            },
        )


def _pending(row: Any) -> PendingAlert:
    return PendingAlert(
        id=row.id,
        conversation=row.conversation,
        kind=AlertKind(row.kind),
        reason=row.reason,
        urgent=bool(row.urgent),
        created_at=from_stamp(row.created_at),
        attempts=row.attempts,
        begun=row.begun,
    )
