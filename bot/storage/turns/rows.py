"""Turns: a conversation loaded under a claim, results made durable, and all that a turn comes to at once."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, text, update

from bot.domain.conversation import InboundKind
from bot.domain.diary import DiaryWrite
from bot.domain.handoff import Outcome
from bot.domain.pipeline import (
    BOT,
    BegunTurn,
    InboxMessage,
    LedgerEntry,
    OutboxMessage,
    Snapshot,
    TurnCommit,
)
from bot.errors import StaleConversation
from bot.storage import tables as t
from bot.storage.engine.alone import visits_in
from bot.storage.engine.database import Database
from bot.storage.engine.instants import tick
from bot.storage.engine.statements import Prepared, upsert
from bot.storage.events.words import beside
from bot.storage.inbox.drafts import Drafts
from bot.storage.inbox.ownership import Ownership
from bot.storage.sealing.rows import SealedRows
from bot.storage.sealing.seal import Forgotten
from bot.storage.sending.outbox import OutboxRows
from bot.storage.tables import from_stamp, to_stamp
from bot.storage.turns.claims import Claims
from bot.storage.turns.handoffs import SqlHandoffs

_contact = t.ContactRow.__table__  # type: ignore[attr-defined]
_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]
_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]
_turn = t.TurnRow.__table__  # type: ignore[attr-defined]
_ledger = t.LedgerRow.__table__  # type: ignore[attr-defined]

# Written out, not bound: SQLite uses a partial index only where it can see that the condition implies it.
WAITS = text("inbox.state = 'new'")
#: The practice of what waits, said so that no index of all its messages fits: SQLite, which has counted none
#: of them, would rather read those, hundreds of thousands, than the index of what waits.
WAITING_FOR = _inbox.c.practice.concat("")

_LOAD_CONVERSATION = Prepared(
    select(_conversation, _contact.c.channel, _contact.c.account, _contact.c.sealed.label("who"))
    .add_columns(_contact.c.informed_at)
    .join(_contact, _contact.c.id == _conversation.c.id)
    .where(_conversation.c.id == bindparam("id"))
)
_LOAD_PENDING = Prepared(
    select(_inbox)
    .where(_inbox.c.conversation == bindparam("id"), WAITS)
    .order_by(_inbox.c.sent_at, _inbox.c.id)
)
_WAITS_FOR = Prepared(select(_inbox.c.id).where(_inbox.c.conversation == bindparam("id"), WAITS).limit(1))
_LOAD_LEDGER = Prepared(select(_ledger).where(_ledger.c.turn == bindparam("turn")).order_by(_ledger.c.number))
_LOAD_TURN = Prepared(select(_turn.c.started_at).where(_turn.c.id == bindparam("turn")))
_HELD = (
    _conversation.c.id == bindparam("conversation"),
    _conversation.c.version == bindparam("as_loaded"),
    _conversation.c.epoch == bindparam("epoch_held"),
)
_CHECK_CLAIM = Prepared(select(_conversation.c.version).where(*_HELD).with_for_update())
_ADVANCE = Prepared(
    update(_conversation)
    .where(*_HELD)
    .values(version=_conversation.c.version + 1, sealed=bindparam("state"), updated_at=bindparam("at"))
)
_OWN = Prepared(
    update(_conversation)
    .where(_conversation.c.id == bindparam("conversation"))
    .values(owner=bindparam("new_owner"), owner_since=bindparam("at"))
)
_BEGIN_TURN = Prepared(upsert(_turn).on_conflict_do_nothing())
_STAMP = Prepared(update(_inbox).where(_inbox.c.id == bindparam("row")).values(turn=bindparam("turn_id")))
_DONE = Prepared(
    update(_inbox)
    .where(_inbox.c.id == bindparam("row"))
    .values(state=bindparam("new_state"), turn=bindparam("turn_id"))
)
_COUNT = Prepared(
    update(_inbox).where(_inbox.c.id == bindparam("row")).values(attempts=_inbox.c.attempts + 1)
)
_TOLD_LATE = Prepared(
    update(_conversation)
    .where(_conversation.c.id == bindparam("conversation"))
    .values(told_late_at=bindparam("at"))
)
_INFORMED = Prepared(
    update(_contact)
    .where(_contact.c.id == bindparam("contact"), _contact.c.informed_at.is_(None))
    .values(informed_at=bindparam("at"), informed_of=bindparam("of"), informed_in=bindparam("language"))
)

_ENTRY = upsert(_ledger)
_ADD_ENTRY = Prepared(
    _ENTRY.on_conflict_do_update(index_elements=["turn", "number"], set_={"result": _ENTRY.excluded.result})
)
_FINISHED = upsert(_turn)
_FINISH_TURN = Prepared(
    _FINISHED.on_conflict_do_update(
        index_elements=["id"],
        set_={"finished_at": _FINISHED.excluded.finished_at, "sealed": _FINISHED.excluded.sealed},
    )
)
#: As many conversations are looked up at once.
_SEVERAL = 500
_KINDS = {kind.value: kind for kind in InboundKind}

ApplyWrite = Callable[[Connection, DiaryWrite], None]


class TurnRows:
    """The store's second room."""

    def __init__(
        self,
        database: Database,
        rows: SealedRows,
        *,
        claims: Claims,
        outbox: OutboxRows,
        ownership: Ownership,
        handoffs: SqlHandoffs,
        drafts: Drafts,
        apply_write: ApplyWrite,
    ) -> None:
        self._database = database
        self._rows = rows
        self._practice = rows.practice
        self._outbox = outbox
        self._ownership = ownership
        self._handoffs = handoffs
        self._drafts = drafts
        self._apply_write = apply_write
        self._claims = claims

    async def load(self, conversation: str, *, worker: str, only_waiting: bool = False) -> Snapshot | None:
        held = self._claims.held(conversation)
        if held is not None:
            look = self._waiting_snapshot if only_waiting else self._snapshot
            return await self._database.read_brief(lambda c: look(c, conversation, epoch=held))
        snapshot = await self._database.write_brief(lambda c: self._claim(c, conversation, worker))
        if snapshot is not None:
            self._claims.remember(conversation, snapshot.epoch)
        return snapshot

    def _claim(self, connection: Connection, conversation: str, worker: str) -> Snapshot | None:
        epoch = self._claims.take(connection, conversation, worker)
        return None if epoch is None else self._snapshot(connection, conversation, epoch=epoch)

    def _waiting_snapshot(self, connection: Connection, conversation: str, *, epoch: int) -> Snapshot | None:
        """After each turn somebody looks for more, and mostly there is nothing."""
        if _WAITS_FOR.scalar(connection, id=conversation) is None:
            return None
        return self._snapshot(connection, conversation, epoch=epoch)

    def _snapshot(self, connection: Connection, conversation: str, *, epoch: int) -> Snapshot | None:
        row = _LOAD_CONVERSATION.first(connection, id=conversation)
        if row is None:
            return None
        pending = tuple(
            self._message(connection, conversation, message)
            for message in _LOAD_PENDING.all(connection, id=conversation)
        )
        begun_id = next((message.turn for message in pending if message.turn), None)
        rows = self._rows
        return Snapshot(
            contact=rows.contact(connection, row.id, row.channel, row.account, row.who, row.informed_at),
            version=row.version,
            epoch=epoch,
            owner=row.owner,
            state=None if row.sealed is None else rows.open(connection, conversation, row.sealed),
            pending=pending,
            begun=self._begun(connection, conversation, begun_id) if begun_id else None,
            staff_wrote_at=from_stamp(row.staff_wrote_at) if row.staff_wrote_at else None,
            draft=row.draft,
            told_late_at=from_stamp(row.told_late_at) if row.told_late_at else None,
        )

    def _message(self, connection: Connection, conversation: str, row: Any) -> InboxMessage:
        kind = _KINDS.get(row.kind, row.kind)
        try:
            words = self._rows.open(connection, conversation, row.sealed)
        except Forgotten:  # a damaged row must not keep what was written after it waiting
            words, kind = {}, InboundKind.OTHER
        return InboxMessage(
            id=row.id,
            kind=kind,
            text=words.get("text"),
            payload=words.get("payload"),
            sent_at=from_stamp(row.sent_at),
            received_at=from_stamp(row.received_at),
            attempts=row.attempts,
            replays=row.replays,
            turn=row.turn,
            beside=beside(connection, self._rows, conversation, words),
        )

    def _begun(self, connection: Connection, conversation: str, turn: str) -> BegunTurn | None:
        started = _LOAD_TURN.scalar(connection, turn=turn)
        if started is None:
            return None
        opened = self._rows.open
        entries = tuple(
            LedgerEntry(
                number=row.number,
                action=row.action,
                key=row.key,
                arguments=opened(connection, conversation, row.arguments),
                result=None if row.result is None else opened(connection, conversation, row.result),
            )
            for row in _LOAD_LEDGER.all(connection, turn=turn)
        )
        return BegunTurn(id=turn, at=from_stamp(started), entries=entries)

    async def recall(self, snapshot: Snapshot, members: Sequence[int]) -> bool:
        conversation = snapshot.contact.id

        def unit(connection: Connection) -> bool:
            self._check_claim(connection, conversation, snapshot.version, snapshot.epoch)
            return self._drafts.recall(connection, conversation, members)

        return await self._database.write(unit)

    async def record(
        self,
        snapshot: Snapshot,
        *,
        turn: str,
        at: datetime,
        members: Sequence[int],
        entry: LedgerEntry,
        writes: Sequence[DiaryWrite] = (),
    ) -> None:
        conversation = snapshot.contact.id

        def unit(connection: Connection) -> None:
            self._check_claim(connection, conversation, snapshot.version, snapshot.epoch)
            if _BEGIN_TURN.run(
                connection,
                id=turn,
                practice=self._practice,
                conversation=conversation,
                started_at=to_stamp(at),
            ):
                _STAMP.run_each(connection, [{"row": row, "turn_id": turn} for row in members])
            for write in writes:
                self._apply_write(connection, write)
            self._add_entry(connection, conversation, turn, at, entry)

        await self._database.write_brief(unit, alone_with=visits_in(self._practice, writes))

    def _check_claim(self, connection: Connection, conversation: str, version: int, epoch: int) -> None:
        held = _CHECK_CLAIM.scalar(connection, conversation=conversation, as_loaded=version, epoch_held=epoch)
        if held is None:
            self._lost(conversation)

    def _lost(self, conversation: str) -> None:
        self._claims.forget(conversation)
        raise StaleConversation(conversation)

    def _add_entry(
        self, connection: Connection, conversation: str, turn: str, at: datetime, entry: LedgerEntry
    ) -> None:
        seal = self._rows.seal
        _ADD_ENTRY.run(
            connection,
            turn=turn,
            number=entry.number,
            practice=self._practice,
            conversation=conversation,
            action=entry.action,
            key=entry.key,
            arguments=seal(connection, conversation, entry.arguments),
            result=None if entry.result is None else seal(connection, conversation, entry.result),
            at=to_stamp(at),
        )

    async def commit(self, turn: TurnCommit) -> OutboxMessage | None:
        return await self._database.write_brief(
            lambda connection: self._commit(connection, turn),
            alone_with=visits_in(self._practice, turn.writes),
        )

    def _commit(self, connection: Connection, turn: TurnCommit) -> OutboxMessage | None:
        conversation, finished = turn.conversation, to_stamp(turn.finished_at)
        moved = _ADVANCE.run(
            connection,
            conversation=conversation,
            as_loaded=turn.version,
            epoch_held=turn.epoch,
            state=self._rows.seal(connection, conversation, turn.state),
            at=finished,
        )
        if moved != 1:
            self._lost(conversation)
        for write in turn.writes:
            self._apply_write(connection, write)
        for entry in turn.entries:
            self._add_entry(connection, conversation, turn.turn, turn.at, entry)
        _FINISH_TURN.run(
            connection,
            id=turn.turn,
            practice=self._practice,
            conversation=conversation,
            started_at=to_stamp(turn.at),
            finished_at=finished,
            sealed=self._rows.seal(connection, conversation, turn.journal),
        )
        state = "dead" if turn.set_aside else "done"
        _DONE.run_each(
            connection, [{"row": row, "turn_id": turn.turn, "new_state": state} for row in turn.members]
        )
        if turn.told_late:
            _TOLD_LATE.run(connection, conversation=conversation, at=finished)
        self._hand_over(connection, turn, finished)
        if turn.informed:
            _INFORMED.run(
                connection,
                contact=conversation,
                at=finished,
                of=turn.journal.get("content"),
                language=turn.journal.get("language"),
            )
        if turn.opted_out is not None:
            since = finished if turn.opted_out else None
            connection.execute(
                update(_contact).where(_contact.c.id == conversation).values(opted_out_at=since)
            )
        if turn.draft is not None:
            self._drafts.stage(connection, turn, at=finished)
        head = self._outbox.stage(connection, turn, finished)
        tick(connection, finished)
        return head

    def _hand_over(self, connection: Connection, turn: TurnCommit, at: int) -> None:
        conversation = turn.conversation
        if turn.owner == BOT:
            outcome = turn.outcome or Outcome.RETURNED
            self._ownership.close_handoffs(connection, conversation, by=BOT, outcome=outcome, at=at)
        if turn.owner is not None:
            _OWN.run(connection, conversation=conversation, new_owner=turn.owner, at=at)
        if turn.handoff is not None:
            self._handoffs.open(connection, conversation, turn.handoff, at=at)

    async def begin(self, snapshot: Snapshot, members: Sequence[int]) -> None:
        conversation = snapshot.contact.id

        def unit(connection: Connection) -> None:
            self._check_claim(connection, conversation, snapshot.version, snapshot.epoch)
            _COUNT.run_each(connection, [{"row": row} for row in members])

        await self._database.write_brief(unit)

    async def waiting(self) -> tuple[str, ...]:
        """Conversations in which a message waits, some hundred at most."""
        found = select(_inbox.c.conversation).where(WAITS, self._practice == WAITING_FOR)
        found = found.distinct().limit(_SEVERAL)
        return tuple(await self._database.read(lambda c: list(c.execute(found).scalars())))
