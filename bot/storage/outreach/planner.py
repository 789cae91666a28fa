"""Messages that we begin, as rows: planned, taken, decided on, answered.

The mark "sent" and the message in the outbox are one transaction, and the message's id follows from the
row's: whatever crashes, it is there once or not at all. In that same transaction the visits that it is about
are compared with what our own diary has.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select, update

from bot.domain.conversation import Reply
from bot.domain.outreach import OutreachState, Rule, visits_note
from bot.domain.pipeline import OutboxState
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime
from bot.service.outreach.ports import (
    BY_TEXT_INSTEAD,
    Decide,
    Decided,
    Decision,
    Due,
    Planned,
    Send,
    Settle,
    Wait,
)
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.engine.statements import upsert
from bot.storage.outreach.call_tasks import CallTasks
from bot.storage.outreach.facts import CALLED_WITHIN, OutreachFacts, read_visits
from bot.storage.outreach.replies import OutreachReplies
from bot.storage.outreach.tables import OUTREACH
from bot.storage.tables import from_stamp, to_stamp

_outbox = t.OutboxRow.__table__  # type: ignore[attr-defined]
_RESTORATION = t.Restoration.__table__  # type: ignore[attr-defined]
_O = OUTREACH.c

#: For so long a taken row is left to whoever took it.
LEASE = timedelta(minutes=1)
_MESSAGES = uuid.UUID("0b1f8f5e-0d5b-4c39-9a5e-51d5b3a0e7c2")
_WAITS = (OutboxState.QUEUED.value,)

#: Puts a message into the outbox, within a unit of work: conversation, id, what it says, when.
AddMessage = Callable[[Connection, str, str, Reply, int], None]


class SqlOutreach:
    """An OutreachBook (`bot.service.outreach.ports`) of one practice."""

    def __init__(
        self,
        database: Database,
        practice: Practice,
        *,
        facts: OutreachFacts,
        calls: CallTasks,
        add_message: AddMessage,
    ) -> None:
        self._database = database
        self._practice = practice.id
        self._clock = PracticeTime(practice.time_zone)
        self._facts = facts
        self._calls = calls
        self._add_message = add_message
        replies = OutreachReplies(database, self._practice, facts=facts, calls=calls)
        self.sent = replies.sent
        self.unanswered = replies.unanswered
        self.answered = replies.answered
        self.comes = replies.comes
        self.find_failed = replies.find_failed
        self.find_silent = replies.find_silent
        self.call_tasks = calls.call_tasks
        self.settle_call_task = calls.settle_call_task

    # -- planning -----------------------------------------------------------------------------------------

    async def plan(
        self, rule: Rule, planned: Sequence[Planned], *, window: tuple[datetime, datetime], at: datetime
    ) -> int:
        wanted = {(f"{one.subject.id} {one.number}", one.subject.version): one for one in planned}
        known = await self._database.read(lambda connection: self._known(connection, rule.id, window))
        if not _differs(wanted, known):
            return 0
        return await self._database.write(
            lambda connection: self._plan(connection, rule.id, wanted, window, to_stamp(at))
        )

    def _known(
        self, connection: Connection, rule: str, window: tuple[datetime, datetime]
    ) -> dict[tuple[str, str], Any]:
        rows = connection.execute(
            select(_O.id, _O.subject, _O.version, _O.state, _O.reason, _O.due_at, _O.outbox, _O.contact)
            .where(_O.practice == self._practice, _O.rule == rule)
            .where(_O.anchor >= to_stamp(window[0]), _O.anchor <= to_stamp(window[1]))
        )
        return {(row.subject, row.version): row for row in rows}

    def _plan(
        self,
        connection: Connection,
        rule: str,
        wanted: Mapping[tuple[str, str], Planned],
        window: tuple[datetime, datetime],
        at: int,
    ) -> int:
        known, changed = self._known(connection, rule, window), 0
        unknown = [(key, one) for key, one in wanted.items() if key not in known and not one.is_late]
        fresh = [self._row(rule, key, one, at) for key, one in unknown]
        for start in range(0, len(fresh), 500):
            rows = fresh[start : start + 500]
            changed += connection.execute(upsert(OUTREACH).on_conflict_do_nothing(), rows).rowcount
        for key, row in known.items():
            one = wanted.get(key)
            if one is None:
                changed += self._withdraw(connection, row, at)
            elif one.is_late:
                continue
            elif _is_back(row, one) or (row.state == "planned" and row.due_at != to_stamp(one.due)):
                values = {
                    "state": one.state.value,
                    "reason": one.reason,
                    "due_at": to_stamp(one.due),
                    "too_late_at": to_stamp(one.too_late),
                }
                if row.state == "planned" and row.reason is not None:
                    continue  # it waits for a reason, until a moment of its own
                changed += connection.execute(
                    update(OUTREACH).where(_O.id == row.id, _O.state == row.state).values(values)
                ).rowcount
        return changed

    def _row(self, rule: str, key: tuple[str, str], one: Planned, at: int) -> dict[str, Any]:
        subject = one.subject
        return {
            "id": uuid.uuid5(_MESSAGES, "\0".join((self._practice, rule, *key))).hex,
            "practice": self._practice,
            "rule": rule,
            "subject": key[0],
            "version": key[1],
            "anchor": to_stamp(subject.anchor),
            "visits": visits_note(subject.visits),
            "contact": subject.contact,
            "patient": subject.patient,
            "due_at": to_stamp(one.due),
            "too_late_at": to_stamp(one.too_late),
            "state": one.state.value,
            "reason": one.reason,
            "attempts": 0,
            "created_at": at,
        }

    def _withdraw(self, connection: Connection, row: Any, at: int) -> int:
        """What it was about is no longer so; what is in the outbox and not under way stays there."""
        if row.state == OutreachState.SENT and self._drop(connection, row.outbox, at):
            return self._unsend(connection, row.id)
        if row.state == OutreachState.SENT and row.reason is None:  # it went; nobody is to answer it any more
            return self._mark(connection, row.id, OutreachState.SENT, "changed", call_at=None)
        if row.state != OutreachState.PLANNED:
            return 0
        return self._mark(connection, row.id, OutreachState.VOID, "changed")

    def _unsend(self, connection: Connection, row: str) -> int:
        """It never went. Should it be true once more, its message will be another one."""
        never = {"outbox": None, "sent_at": None, "call_at": None, "attempts": _O.attempts + 1}
        return self._mark(connection, row, OutreachState.VOID, "changed", **never)

    def _drop(self, connection: Connection, outbox: str | None, at: int) -> bool:
        return bool(
            connection.execute(
                update(_outbox)
                .where(_outbox.c.id == outbox, _outbox.c.state.in_(_WAITS))
                .values(state=OutboxState.DROPPED.value, not_before=at)
            ).rowcount
        )

    def _mark(self, connection: Connection, row: str, state: OutreachState, reason: str, **more: Any) -> int:
        values = {"state": state.value, "reason": reason, "leased_until": None, **more}
        return int(connection.execute(update(OUTREACH).where(_O.id == row).values(values)).rowcount)

    # -- taking and deciding ------------------------------------------------------------------------------

    async def take(self, *, limit: int, at: datetime) -> Sequence[Due]:
        now, lease = to_stamp(at), to_stamp(at + LEASE)
        # A lease beyond what we would give ourselves is one from before a clock was set back.
        free = or_(_O.leased_until.is_(None), _O.leased_until <= now, _O.leased_until > lease)
        waiting = (
            select(_O.id)
            .where(_O.practice == self._practice, _O.state == "planned", _O.due_at <= now, free)
            # What fell due before a copy was restored was seen to by the database that is gone.
            .where(_O.due_at > _restored(self._practice))
            .order_by(_O.due_at)
            .limit(limit)
        )

        def unit(connection: Connection) -> list[Due]:
            chosen = waiting.with_for_update(skip_locked=True) if self._database.is_shared else waiting
            ids = list(connection.execute(chosen).scalars())
            if not ids:
                return []
            connection.execute(update(OUTREACH).where(_O.id.in_(ids)).values(leased_until=lease))
            rows = connection.execute(select(OUTREACH).where(_O.id.in_(ids)).order_by(_O.due_at, _O.id)).all()
            return [_due(row) for row in rows]

        if not await self._database.read_brief(lambda c: c.execute(waiting.limit(1)).first()):
            return []
        return await self._database.write_brief(unit)

    async def decide(
        self, due: Sequence[Due], decide: Decide, *, rules: Mapping[str, Rule], at: datetime
    ) -> Decided:
        def unit(connection: Connection) -> Decided:
            made = [
                self._decided(connection, one, decide, rules[one.rule], at)
                for one in due
                if self._is_ours(connection, one)
            ]
            sent = [decision for decision in made if isinstance(decision, Send)]
            settled = [decision for decision in made if isinstance(decision, Settle)]
            return Decided(
                woken=tuple(dict.fromkeys(decision.recipient.contact for decision in sent)),
                sent=len(sent),
                waiting=len(made) - len(sent) - len(settled),
                settled=len(settled),
                calls=sum(decision.calls for decision in settled),
            )

        return await self._database.write(unit)

    def _is_ours(self, connection: Connection, due: Due) -> bool:
        ours = select(_O.id).where(_O.id == due.id, _O.state == "planned", _O.leased_until == due.lease)
        return connection.execute(ours.with_for_update()).first() is not None

    def _decided(
        self, connection: Connection, due: Due, decide: Decide, rule: Rule, at: datetime
    ) -> Decision:
        today = self._clock.day(self._clock.today(at))[0]
        facts = self._facts.of(connection, due, rule, at=at, sent_since=today)
        decision = decide(due, facts)
        if isinstance(decision, Wait | Settle) and decision.reason in BY_TEXT_INSTEAD:
            by_text = self._facts.by_text(connection, due, rule, facts, at=at)
            decision = decide(due, by_text) if by_text is not None else decision
        match decision:
            case Send():
                self._send(connection, due, decision, at)
            case Wait():
                self._wait(connection, due, decision)
            case Settle():
                self._settle(connection, due, decision, at)
        return decision

    def _send(self, connection: Connection, due: Due, send: Send, at: datetime) -> None:
        now, contact = to_stamp(at), send.recipient.contact
        message = str(uuid.uuid5(_MESSAGES, f"message {due.id} {due.attempts}"))
        self._add_message(connection, contact, message, send.reply, now)
        connection.execute(
            update(OUTREACH)
            .where(_O.id == due.id)
            .values(
                state=OutreachState.SENT.value,
                reason=None,
                leased_until=None,
                outbox=message,
                contact=contact,
                channel=send.recipient.channel,
                sent_at=now,
                call_at=to_stamp(send.call_at) if send.call_at else None,
            )
        )

    def _wait(self, connection: Connection, due: Due, wait: Wait) -> None:
        connection.execute(
            update(OUTREACH)
            .where(_O.id == due.id, _O.state == "planned")
            .values(
                due_at=to_stamp(wait.until),
                reason=wait.reason,
                leased_until=None,
                attempts=_O.attempts + 1,
            )
        )

    def _settle(self, connection: Connection, due: Due, settled: Settle, at: datetime) -> None:
        if self._mark(connection, due.id, settled.state, settled.reason) and settled.calls:
            until = due.anchor if due.anchor > at else at + CALLED_WITHIN
            self._calls.open(connection, due.id, settled.reason, until=until, at=to_stamp(at))

    async def postpone(self, due: Due, *, until: datetime, reason: str) -> None:
        wait = Wait(until=until, reason=reason)
        await self._database.write_brief(lambda connection: self._wait(connection, due, wait))

    async def settle(self, due: Due, settled: Settle, *, at: datetime) -> None:
        await self._database.write(lambda connection: self._settle(connection, due, settled, at))

    # -- for delivery -------------------------------------------------------------------------------------

    def still_stands(self, connection: Connection, outbox: str, at: int) -> bool:
        """Right before it is posted: whether a message of ours is still true. One that is not is void now."""
        row = connection.execute(
            select(OUTREACH).where(_O.outbox == outbox, _O.practice == self._practice)
        ).first()
        if row is None:
            return True
        visits = read_visits(row.visits)
        if self._facts.stand(connection, visits, ahead=all(s > from_stamp(at) for s in visits.values())):
            return True
        self._unsend(connection, row.id)
        return False


def _differs(wanted: Mapping[tuple[str, str], Planned], known: Mapping[tuple[str, str], Any]) -> bool:
    if any(not one.is_late for key, one in wanted.items() if key not in known):
        return True
    for key, row in known.items():
        one = wanted.get(key)
        if one is None:
            if row.state == OutreachState.PLANNED or (row.state == OutreachState.SENT and not row.reason):
                return True
        elif not one.is_late and (_is_back(row, one) or _is_due_otherwise(row, one)):
            return True
    return False


def _is_back(row: Any, one: Planned) -> bool:
    """It was no longer so, and is again."""
    return bool(row.state == OutreachState.VOID and row.outbox is None and one.state is OutreachState.PLANNED)


def _is_due_otherwise(row: Any, one: Planned) -> bool:
    return bool(row.state == OutreachState.PLANNED and row.reason is None and row.due_at != to_stamp(one.due))


def _due(row: Any) -> Due:
    return Due(
        id=row.id,
        rule=row.rule,
        subject=row.subject,
        anchor=from_stamp(row.anchor),
        visits=read_visits(row.visits),
        contact=row.contact,
        patient=row.patient,
        due=from_stamp(row.due_at),
        too_late=from_stamp(row.too_late_at),
        attempts=row.attempts,
        lease=row.leased_until,
        reason=row.reason,
    )


def _restored(practice: str) -> Any:
    """When this database last came from a copy; 0 for never."""
    restored = select(func.max(_RESTORATION.c.restored_at)).where(_RESTORATION.c.practice == practice)
    return func.coalesce(restored.scalar_subquery(), 0)
