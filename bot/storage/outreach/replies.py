"""What patients answer to messages that we began, as rows; and who has answered nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update

from bot.domain.outreach import LOOKS_AHEAD, WROTE, OutreachState, Rule
from bot.domain.pipeline import OutboxState
from bot.service.outreach.ports import SentMessage
from bot.storage.engine.database import Database
from bot.storage.engine.statements import Prepared
from bot.storage.outreach.call_tasks import CallTasks
from bot.storage.outreach.facts import CALLED_WITHIN, OutreachFacts, read_visits
from bot.storage.outreach.tables import OUTREACH
from bot.storage.tables import OutboxRow, from_stamp, to_stamp

_O = OUTREACH.c
_outbox = OutboxRow.__table__  # type: ignore[attr-defined]

_SENT_TO = (
    _O.practice == bindparam("of"),
    _O.contact == bindparam("to"),
    _O.sent_at >= bindparam("since"),
)
# Looked up with every turn.
_ONE_SENT = Prepared(select(OUTREACH).where(*_SENT_TO, _O.id == bindparam("message")))
_UNANSWERED = Prepared(
    select(OUTREACH)
    .where(*_SENT_TO, _O.state == OutreachState.SENT.value, _O.reason.is_(None))
    .where(or_(_O.answer.is_(None), _O.answer == WROTE, _O.answered_by == bindparam("heard")))
    .order_by(_O.sent_at.desc(), _O.id)
)

_FAILS_WITHIN = timedelta(days=2)
_TRIES = 2


class OutreachReplies:
    """Of one practice; see `OutreachBook` (`bot.service.outreach.ports`)."""

    def __init__(self, database: Database, practice: str, *, facts: OutreachFacts, calls: CallTasks) -> None:
        self._database = database
        self._practice = practice
        self._facts = facts
        self._calls = calls

    async def sent(self, message: str, *, contact: str) -> SentMessage | None:
        row = await self._database.read_brief(
            lambda c: _ONE_SENT.first(c, of=self._practice, to=contact, since=0, message=message)
        )
        return None if row is None else _sent(row)

    async def unanswered(self, contact: str, *, since: datetime, heard: int) -> Sequence[SentMessage]:
        stamp = to_stamp(since)
        rows = await self._database.read_brief(
            lambda c: _UNANSWERED.all(c, of=self._practice, to=contact, since=stamp, heard=heard)
        )
        return [_sent(row) for row in rows]

    async def answered(
        self, messages: Sequence[str], answer: str, *, settles: bool, at: datetime, heard: int
    ) -> None:
        values: dict[str, Any] = {"answer": answer, "answered_at": to_stamp(at), "answered_by": heard}
        if settles:
            values["call_at"] = None

        def unit(connection: Connection) -> None:
            stands = _O.answer.is_(None) | (_O.answer == WROTE) if answer == WROTE else _O.id.is_not(None)
            connection.execute(update(OUTREACH).where(_O.id.in_(messages), stands).values(values))
            if settles:
                self._end_series(connection, messages)

        await self._database.write_brief(unit)

    def _end_series(self, connection: Connection, messages: Sequence[str]) -> None:
        """The matter is settled: what was still to come of the same rule and subject does not."""
        rows = connection.execute(select(_O.rule, _O.subject, _O.version).where(_O.id.in_(messages))).all()
        for row in rows:
            of = row.subject.rpartition(" ")[0]
            connection.execute(
                update(OUTREACH)
                .where(_O.practice == self._practice, _O.rule == row.rule, _O.version == row.version)
                .where(_O.subject.startswith(of + " ", autoescape=True), _O.state == "planned")
                .values(state=OutreachState.SKIPPED.value, reason="settled", leased_until=None)
            )

    async def comes(self, messages: Sequence[str], *, contact: str, at: datetime) -> str:
        chosen = select(OUTREACH).where(_O.id.in_(messages), _O.contact == contact, _O.sent_at.is_not(None))

        def unit(connection: Connection) -> str:
            rows = connection.execute(chosen).all()
            if not rows:
                return "unknown"
            if all(row.anchor <= to_stamp(at) for row in rows):
                return "over"
            if not all(self._facts.stand(connection, read_visits(row.visits), ahead=True) for row in rows):
                return "changed"
            for row in rows:
                self._facts.confirm(connection, list(read_visits(row.visits)), at=at)
            return "noted"

        return await self._database.write(unit)

    async def find_failed(self, rules: Mapping[str, Rule], *, at: datetime) -> int:
        """What a channel has given up is decided on once more: another channel may carry it, or somebody is
        called. Twice, no more: it may be our own mistake."""
        failed = (
            select(_O.id, _O.attempts)
            .join(_outbox, _outbox.c.id == _O.outbox)
            .where(_O.practice == self._practice, _O.rule.in_(list(rules)))
            .where(_O.sent_at > to_stamp(at - _FAILS_WITHIN), _O.state == OutreachState.SENT.value)
            .where(_outbox.c.state == OutboxState.FAILED.value, _O.answer.is_(None), _O.reason.is_(None))
        )

        def unit(connection: Connection) -> int:
            rows = connection.execute(failed.limit(200)).all()
            for row in rows:
                values: dict[str, Any] = {"reason": "failed", "call_at": to_stamp(at)}
                if row.attempts < _TRIES:
                    values = {"state": OutreachState.PLANNED.value, "reason": "failed", "outbox": None}
                    values |= {"sent_at": None, "call_at": None, "due_at": to_stamp(at)}
                    values |= {"attempts": row.attempts + 1, "leased_until": None}
                connection.execute(update(OUTREACH).where(_O.id == row.id).values(values))
            return len(rows)

        if not await self._database.read(lambda connection: connection.execute(failed.limit(1)).first()):
            return 0
        return await self._database.write(unit)

    async def find_silent(self, rules: Mapping[str, Rule], *, at: datetime) -> int:
        now = to_stamp(at)
        silent = select(OUTREACH).where(
            _O.practice == self._practice, _O.call_at.is_not(None), _O.call_at <= now
        )

        def unit(connection: Connection) -> int:
            opened = 0
            for row in connection.execute(silent.limit(200)).all():
                connection.execute(update(OUTREACH).where(_O.id == row.id).values(call_at=None))
                rule = rules.get(row.rule)
                ahead = rule is not None and rule.who in LOOKS_AHEAD
                if rule is None or not self._facts.stand(connection, read_visits(row.visits), ahead=ahead):
                    continue
                if not self._facts.is_confirmed(connection, list(read_visits(row.visits))):
                    reason = "silent" if row.answer is None else "not_settled"
                    until = from_stamp(row.anchor) if ahead else at + CALLED_WITHIN
                    opened += self._calls.open(connection, row.id, reason, until=until, at=now)
            return opened

        if not await self._database.read_brief(
            lambda connection: connection.execute(silent.limit(1)).first()
        ):
            return 0
        return await self._database.write(unit)


def _sent(row: Any) -> SentMessage:
    return SentMessage(
        id=row.id,
        rule=row.rule,
        contact=row.contact,
        visits=read_visits(row.visits),
        anchor=from_stamp(row.anchor),
        sent_at=from_stamp(row.sent_at),
        answer=row.answer,
    )
