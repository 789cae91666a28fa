"""The pipeline's memory in SQL: statements prepared from the tables, no ORM session on the hot path."""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, or_, select, text, update
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.domain.conversation import Address, Choice, InboundEvent, InboundKind, Reply
from bot.domain.diary import DiaryWrite
from bot.domain.handoff import JUST_NOW, Outcome
from bot.domain.pipeline import (
    BOT,
    QUEUE,
    Accepted,
    BegunTurn,
    Contact,
    InboxMessage,
    LedgerEntry,
    OutboxMessage,
    OutboxState,
    Snapshot,
    TurnCommit,
    Unfinished,
)
from bot.errors import StaleConversation
from bot.ports import Clock
from bot.storage import tables as t
from bot.storage.database import Database
from bot.storage.handoffs import SqlHandoffs
from bot.storage.ownership import Ownership
from bot.storage.seal import Keyring
from bot.storage.tables import from_stamp, to_stamp

_contact = t.ContactRow.__table__  # type: ignore[attr-defined]
_handle = t.ContactHandle.__table__  # type: ignore[attr-defined]
_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]
_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]
_turn = t.TurnRow.__table__  # type: ignore[attr-defined]
_ledger = t.LedgerRow.__table__  # type: ignore[attr-defined]
_outbox = t.OutboxRow.__table__  # type: ignore[attr-defined]
_instant = t.LastInstant.__table__  # type: ignore[attr-defined]

#: Kinds that are kept but need no answer.
SILENT = frozenset({InboundKind.REACTION, InboundKind.SYSTEM, InboundKind.ECHO})
#: How far a status proves that a message went. `failed` is no step of this ladder.
RECEIPTS = {"sent": 1, "delivered": 2, "read": 3, "played": 3}
# Written out, not bound: SQLite uses a partial index only where it can see that the condition implies it.
_IN_FLIGHT = text("outbox.state IN ('queued', 'sending', 'uncertain')")
_WAITS = text("inbox.state = 'new'")

_FIND_HANDLE = select(_handle.c.contact).where(
    _handle.c.practice == bindparam("practice"), _handle.c.handle == bindparam("handle")
)
_ADD_HANDLE = sqlite_insert(_handle).on_conflict_do_nothing()
_ADD_CONTACT = insert(_contact)
_ADD_CONVERSATION = insert(_conversation)
_ADD_INBOX = sqlite_insert(_inbox).on_conflict_do_nothing().returning(_inbox.c.id)
_LOAD_CONVERSATION = (
    select(_conversation, _contact.c.channel, _contact.c.account, _contact.c.sealed.label("who"))
    .add_columns(_contact.c.informed_at)
    .join(_contact, _contact.c.id == _conversation.c.id)
    .where(_conversation.c.id == bindparam("id"))
)
_LOAD_PENDING = (
    select(_inbox)
    .where(_inbox.c.conversation == bindparam("id"), _WAITS)
    .order_by(_inbox.c.sent_at, _inbox.c.id)
)
_LOAD_LEDGER = select(_ledger).where(_ledger.c.turn == bindparam("turn")).order_by(_ledger.c.number)
_LOAD_TURN = select(_turn.c.started_at).where(_turn.c.id == bindparam("turn"))
_CLAIM = (
    update(_conversation)
    .where(_conversation.c.id == bindparam("conversation"))
    .values(claimed_by=bindparam("worker"), epoch=_conversation.c.epoch + 1)
)
_ADVANCE = (
    update(_conversation)
    .where(
        _conversation.c.id == bindparam("conversation"),
        _conversation.c.version == bindparam("as_loaded"),
        _conversation.c.epoch == bindparam("epoch_held"),
    )
    .values(
        version=_conversation.c.version + 1,
        sealed=bindparam("state"),
        updated_at=bindparam("at"),
    )
)
_OWN = (
    update(_conversation)
    .where(_conversation.c.id == bindparam("conversation"))
    .values(owner=bindparam("new_owner"), owner_since=bindparam("at"))
)
_WAKE = (
    update(_conversation)
    .where(
        _conversation.c.id == bindparam("conversation"),
        _conversation.c.snoozed_until.is_not(None),
    )
    .values(snoozed_until=None)
)
_BEGIN_TURN = sqlite_insert(_turn).on_conflict_do_nothing()
_STAMP = update(_inbox).where(_inbox.c.id == bindparam("row")).values(turn=bindparam("turn_id"))
_DONE = update(_inbox).where(_inbox.c.id == bindparam("row")).values(state="done", turn=bindparam("turn_id"))
_ADD_ENTRY = sqlite_insert(_ledger)
_ADD_ENTRY = _ADD_ENTRY.on_conflict_do_update(
    index_elements=["turn", "number"], set_={"result": _ADD_ENTRY.excluded.result}
)
_FINISH_TURN = sqlite_insert(_turn)
_FINISH_TURN = _FINISH_TURN.on_conflict_do_update(
    index_elements=["id"],
    set_={"finished_at": _FINISH_TURN.excluded.finished_at, "sealed": _FINISH_TURN.excluded.sealed},
)
_ADD_OUTBOX = sqlite_insert(_outbox).on_conflict_do_nothing(index_elements=["id"])
_WAITING_BEFORE = select(func.count()).where(_outbox.c.conversation == bindparam("conversation"), _IN_FLIGHT)
_HEAD = (
    select(_outbox, _conversation.c.owner, _conversation.c.staff_wrote_at)
    .join(_conversation, _conversation.c.id == _outbox.c.conversation)
    .where(_outbox.c.conversation == bindparam("id"), _IN_FLIGHT)
    .order_by(_outbox.c.seq)
    .limit(1)
)
_MARK_SENDING = (
    update(_outbox)
    .where(_outbox.c.id == bindparam("row"))
    .values(state=OutboxState.SENDING, attempts=_outbox.c.attempts + 1)
)
_SETTLE = (
    update(_outbox)
    .where(_outbox.c.id == bindparam("row"), _IN_FLIGHT)
    .values(
        state=bindparam("new_state"),
        message_id=func.coalesce(bindparam("wamid"), _outbox.c.message_id),
        not_before=bindparam("when"),
        sent_at=bindparam("sent"),
        error_code=bindparam("code"),
    )
)
_FIND_OUTBOX = select(_outbox.c.id, _outbox.c.conversation, _outbox.c.state, _outbox.c.receipt).where(
    or_(_outbox.c.id == bindparam("row"), _outbox.c.message_id == bindparam("wamid"))
)
_RECEIPT = (
    update(_outbox)
    .where(_outbox.c.id == bindparam("row"))
    .values(
        receipt=bindparam("rung"),
        state=bindparam("new_state"),
        message_id=func.coalesce(_outbox.c.message_id, bindparam("wamid")),
        sent_at=func.coalesce(_outbox.c.sent_at, bindparam("at")),
        error_code=bindparam("code"),
    )
)
_TICK = sqlite_insert(_instant)
_TICK = _TICK.on_conflict_do_update(
    index_elements=["id"], set_={"at": func.max(_instant.c.at, _TICK.excluded.at)}
)

ApplyWrite = Callable[[Connection, DiaryWrite], None]


class SqlStore:
    """Implements ports.Store for one practice."""

    def __init__(
        self, database: Database, *, practice: str, keyring: Keyring, clock: Clock, apply_write: ApplyWrite
    ) -> None:
        self._database = database
        self._practice = practice
        self._keyring = keyring
        self._clock = clock
        self._apply_write = apply_write
        self._claims: dict[str, int] = {}
        self.ownership = Ownership(practice)
        self.handoffs = SqlHandoffs(
            database, practice=practice, keyring=keyring, clock=clock, ownership=self.ownership
        )

    # -- in -----------------------------------------------------------------------------------------------

    async def accept(
        self, events: Sequence[InboundEvent], *, accounts: frozenset[tuple[str, str]]
    ) -> Accepted:
        ours = [event for event in events if (event.channel, event.account or "") in accounts]
        at = to_stamp(self._clock.now())

        def unit(connection: Connection) -> Accepted:
            stored: list[tuple[str, InboundKind]] = []
            settled: list[str] = []
            repeats = 0
            for event in ours:
                if event.status is not None:
                    settled += self._apply_status(connection, event, at)
                elif event.sender and event.id:
                    conversation = self._contact_of(connection, event, at)
                    if not self._add_message(connection, conversation, event, at):
                        repeats += 1
                    elif event.kind is InboundKind.ECHO:
                        if self._answered_elsewhere(connection, conversation, event, at):
                            settled.append(conversation)
                    elif event.kind not in SILENT:
                        stored.append((conversation, event.kind))
            connection.execute(_TICK, {"id": 1, "practice": "", "at": at})
            return Accepted(
                conversations=tuple(stored),
                settled=tuple(settled),
                repeats=repeats,
                foreign=len(events) - len(ours),
            )

        return await self._database.write(unit)

    def _contact_of(self, connection: Connection, event: InboundEvent, at: int) -> str:
        """The contact behind any of the event's ids; a new one with a key of its own when nobody is."""
        assert event.sender is not None
        account = event.account or ""
        handles = [
            self._keyring.handle(event.channel, account, name)
            for name in dict.fromkeys((event.sender, *event.aliases))
        ]
        unknown: list[str] = []
        contact: str | None = None
        for handle in handles:
            found = connection.execute(_FIND_HANDLE, {"practice": self._practice, "handle": handle}).scalar()
            if found is None:
                unknown.append(handle)
            else:
                contact = contact or found
        if contact is None:
            contact = str(uuid.uuid5(uuid.NAMESPACE_OID, self._practice + handles[0]))
            self._keyring.create(connection, contact)
            who = {"recipient": event.sender, "phone": event.phone, "name": event.profile_name}
            connection.execute(
                _ADD_CONTACT,
                {
                    "id": contact,
                    "practice": self._practice,
                    "channel": event.channel,
                    "account": account,
                    "sealed": self._seal(connection, contact, who),
                    "created_at": at,
                },
            )
            connection.execute(
                _ADD_CONVERSATION,
                {
                    "id": contact,
                    "practice": self._practice,
                    "version": 0,
                    "owner": BOT,
                    "epoch": 0,
                    "updated_at": at,
                },
            )
        elif unknown:
            self._refresh(connection, contact, event)
        for handle in unknown:
            connection.execute(
                _ADD_HANDLE, {"practice": self._practice, "handle": handle, "contact": contact}
            )
        return contact

    def _refresh(self, connection: Connection, contact: str, event: InboundEvent) -> None:
        """The same person under one more id: perhaps with a phone, or a name, that was hidden before."""
        sealed = connection.execute(select(_contact.c.sealed).where(_contact.c.id == contact)).scalar_one()
        known = self._open(connection, contact, sealed)
        who = {
            "recipient": event.sender,
            "phone": event.phone or known.get("phone"),
            "name": event.profile_name or known.get("name"),
        }
        connection.execute(
            update(_contact)
            .where(_contact.c.id == contact)
            .values(sealed=self._seal(connection, contact, who))
        )

    def _add_message(self, connection: Connection, conversation: str, event: InboundEvent, at: int) -> bool:
        if event.kind is InboundKind.ECHO and self._is_ours(connection, conversation, event):
            return False
        words = {"text": event.text, "payload": event.payload}
        row = connection.execute(
            _ADD_INBOX,
            {
                "practice": self._practice,
                "channel": event.channel,
                "account": event.account or "",
                "event": self._hashed(event.id or ""),
                "conversation": conversation,
                "kind": event.kind,
                "sealed": self._seal(connection, conversation, words),
                "sent_at": to_stamp(event.at) if event.at else at,
                "received_at": at,
                "state": "done" if event.kind in SILENT else "new",
                "attempts": 0,
            },
        ).first()
        if row is not None and event.kind not in SILENT:
            connection.execute(_WAKE, {"conversation": conversation})
        return row is not None

    def _answered_elsewhere(
        self, connection: Connection, conversation: str, event: InboundEvent, at: int
    ) -> bool:
        """Staff answered from the phone app or the page's own inbox; the assistant falls silent."""
        written = to_stamp(event.at) if event.at else at
        return self.ownership.answered_elsewhere(
            connection, conversation, event.channel, at=at, written=written
        )

    def _is_ours(self, connection: Connection, conversation: str, echo: InboundEvent) -> bool:
        """An echo of what we sent ourselves: by its id, or while the answer to our request is not stored yet,
        by its words."""
        known = connection.execute(_FIND_OUTBOX, {"row": "", "wamid": self._hashed(echo.id or "")}).first()
        if known is not None:
            return True
        under_way = connection.execute(
            select(_outbox.c.sealed).where(
                _outbox.c.conversation == conversation,
                _outbox.c.state.in_((OutboxState.SENDING, OutboxState.UNCERTAIN)),
            )
        ).scalars()
        words = (echo.text or "").strip()
        return any(words == self._open(connection, conversation, it)["text"].strip() for it in under_way)

    def _apply_status(self, connection: Connection, event: InboundEvent, at: int) -> list[str]:
        """Receipts only climb; a failure counts while nothing proves that the message arrived."""
        status = event.status
        assert status is not None
        found = connection.execute(
            _FIND_OUTBOX, {"row": status.outbox_id or "", "wamid": self._hashed(status.message_id)}
        ).first()
        if found is None:
            return []
        rung = RECEIPTS.get(status.state, 0)
        if status.state == "failed":
            if found.receipt >= RECEIPTS["delivered"]:
                return []
            state, rung = OutboxState.FAILED, found.receipt
        elif rung > found.receipt:
            state = OutboxState.SENT
        else:
            return []
        connection.execute(
            _RECEIPT,
            {
                "row": found.id,
                "rung": rung,
                "new_state": state,
                "wamid": self._hashed(status.message_id),
                "at": at,
                "code": status.error_code,
            },
        )
        return [found.conversation]

    # -- turns --------------------------------------------------------------------------------------------

    async def load(self, conversation: str, *, worker: str) -> Snapshot | None:
        held = self._claims.get(conversation)
        if held is None:
            snapshot = await self._database.write(lambda c: self._claim(c, conversation, worker))
            if snapshot is not None:
                self._claims[conversation] = snapshot.epoch
            return snapshot
        return await self._database.read(lambda c: self._snapshot(c, conversation, epoch=held))

    def _claim(self, connection: Connection, conversation: str, worker: str) -> Snapshot | None:
        connection.execute(_CLAIM, {"conversation": conversation, "worker": worker})
        return self._snapshot(connection, conversation, epoch=None)

    def _snapshot(self, connection: Connection, conversation: str, *, epoch: int | None) -> Snapshot | None:
        row = connection.execute(_LOAD_CONVERSATION, {"id": conversation}).first()
        if row is None:
            return None
        pending = tuple(
            self._message(connection, conversation, message)
            for message in connection.execute(_LOAD_PENDING, {"id": conversation})
        )
        begun_id = next((message.turn for message in pending if message.turn), None)
        return Snapshot(
            contact=self._contact(connection, row.id, row.channel, row.account, row.who, row.informed_at),
            version=row.version,
            epoch=row.epoch if epoch is None else epoch,
            owner=row.owner,
            state=None if row.sealed is None else self._open(connection, conversation, row.sealed),
            pending=pending,
            begun=self._begun(connection, conversation, begun_id) if begun_id else None,
            staff_wrote_at=from_stamp(row.staff_wrote_at) if row.staff_wrote_at else None,
        )

    def _message(self, connection: Connection, conversation: str, row: Any) -> InboxMessage:
        words = self._open(connection, conversation, row.sealed)
        kinds = InboundKind.__members__.values()
        return InboxMessage(
            id=row.id,
            kind=InboundKind(row.kind) if row.kind in kinds else row.kind,
            text=words.get("text"),
            payload=words.get("payload"),
            sent_at=from_stamp(row.sent_at),
            received_at=from_stamp(row.received_at),
            attempts=row.attempts,
            turn=row.turn,
        )

    def _begun(self, connection: Connection, conversation: str, turn: str) -> BegunTurn | None:
        started = connection.execute(_LOAD_TURN, {"turn": turn}).scalar()
        if started is None:
            return None
        entries = tuple(
            LedgerEntry(
                number=row.number,
                action=row.action,
                key=row.key,
                arguments=self._open(connection, conversation, row.arguments),
                result=None if row.result is None else self._open(connection, conversation, row.result),
            )
            for row in connection.execute(_LOAD_LEDGER, {"turn": turn})
        )
        return BegunTurn(id=turn, at=from_stamp(started), entries=entries)

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
            begun = {
                "id": turn,
                "practice": self._practice,
                "conversation": conversation,
                "started_at": to_stamp(at),
            }
            if connection.execute(_BEGIN_TURN, begun).rowcount:
                connection.execute(_STAMP, [{"row": row, "turn_id": turn} for row in members])
            for write in writes:
                self._apply_write(connection, write)
            self._add_entry(connection, conversation, turn, at, entry)

        await self._database.write(unit)

    def _check_claim(self, connection: Connection, conversation: str, version: int, epoch: int) -> None:
        row = connection.execute(
            select(_conversation.c.version, _conversation.c.epoch).where(_conversation.c.id == conversation)
        ).one()
        if (row.version, row.epoch) != (version, epoch):
            self._claims.pop(conversation, None)
            raise StaleConversation(conversation)

    def _add_entry(
        self, connection: Connection, conversation: str, turn: str, at: datetime, entry: LedgerEntry
    ) -> None:
        connection.execute(
            _ADD_ENTRY,
            {
                "turn": turn,
                "number": entry.number,
                "practice": self._practice,
                "conversation": conversation,
                "action": entry.action,
                "key": entry.key,
                "arguments": self._seal(connection, conversation, entry.arguments),
                "result": None
                if entry.result is None
                else self._seal(connection, conversation, entry.result),
                "at": to_stamp(at),
            },
        )

    def apply_write(self, connection: Connection, write: DiaryWrite) -> None:
        """A diary write within somebody's own unit of work."""
        self._apply_write(connection, write)

    async def write_diary(self, writes: Sequence[DiaryWrite]) -> None:
        def unit(connection: Connection) -> None:
            for write in writes:
                self._apply_write(connection, write)

        if writes:
            await self._database.write(unit)

    async def commit(self, turn: TurnCommit) -> OutboxMessage | None:
        return await self._database.write(lambda connection: self._commit(connection, turn))

    def _commit(self, connection: Connection, turn: TurnCommit) -> OutboxMessage | None:
        conversation, finished = turn.conversation, to_stamp(turn.finished_at)
        moved = connection.execute(
            _ADVANCE,
            {
                "conversation": conversation,
                "as_loaded": turn.version,
                "epoch_held": turn.epoch,
                "state": self._seal(connection, conversation, turn.state),
                "at": finished,
            },
        ).rowcount
        if moved != 1:
            self._claims.pop(conversation, None)
            raise StaleConversation(conversation)
        for write in turn.writes:
            self._apply_write(connection, write)
        for entry in turn.entries:
            self._add_entry(connection, conversation, turn.turn, turn.at, entry)
        connection.execute(
            _FINISH_TURN,
            {
                "id": turn.turn,
                "practice": self._practice,
                "conversation": conversation,
                "started_at": to_stamp(turn.at),
                "finished_at": finished,
                "sealed": self._seal(connection, conversation, turn.journal),
            },
        )
        if turn.members:
            connection.execute(_DONE, [{"row": row, "turn_id": turn.turn} for row in turn.members])
        if turn.owner == BOT:
            self.ownership.close_handoffs(
                connection, conversation, by=BOT, outcome=turn.outcome or Outcome.RETURNED, at=finished
            )
        if turn.owner is not None:
            connection.execute(_OWN, {"conversation": conversation, "new_owner": turn.owner, "at": finished})
        if turn.handoff is not None:
            self.handoffs.open(connection, conversation, turn.handoff, at=finished)
        if turn.informed:
            self._note_informed(connection, turn, finished)
        if turn.opted_out is not None:
            since = finished if turn.opted_out else None
            connection.execute(
                update(_contact).where(_contact.c.id == conversation).values(opted_out_at=since)
            )
        head = self._stage_replies(connection, turn, finished)
        connection.execute(_TICK, {"id": 1, "practice": "", "at": finished})
        return head

    def _note_informed(self, connection: Connection, turn: TurnCommit, at: int) -> None:
        connection.execute(
            update(_contact)
            .where(_contact.c.id == turn.conversation, _contact.c.informed_at.is_(None))
            .values(
                informed_at=at,
                informed_of=turn.journal.get("content"),
                informed_in=turn.journal.get("language"),
            )
        )

    def _stage_replies(self, connection: Connection, turn: TurnCommit, at: int) -> OutboxMessage | None:
        """The first goes out at once when nobody waits before it: it is stored as being sent already."""
        if not turn.replies:
            return None
        waiting = connection.execute(_WAITING_BEFORE, {"conversation": turn.conversation}).scalar()
        for index, staged in enumerate(turn.replies):
            first = index == 0 and not waiting
            self.add_outbox(
                connection,
                conversation=turn.conversation,
                id=staged.id,
                author=BOT,
                reply=staged.reply,
                exempt=staged.exempt,
                emergency=staged.emergency,
                at=at,
                sending=first,
            )
        if waiting:
            return None
        return self._head(connection, turn.conversation)

    def add_outbox(
        self,
        connection: Connection,
        *,
        conversation: str,
        id: str,
        author: str,
        reply: Reply,
        at: int,
        exempt: bool = False,
        emergency: bool = False,
        sending: bool = False,
        client_message_id: str | None = None,
    ) -> None:
        """A message of ours; the same id a second time is the same message."""
        content: dict[str, Any] = {
            "text": reply.text,
            "choices": [[c.title, c.payload, c.description] for c in reply.choices],
        }
        if reply.menu:
            content["menu"] = reply.menu
        if client_message_id:
            content["client_message_id"] = client_message_id
        connection.execute(
            _ADD_OUTBOX,
            {
                "id": id,
                "practice": self._practice,
                "conversation": conversation,
                "author": author,
                "exempt": exempt,
                "emergency": emergency,
                "sealed": self._seal(connection, conversation, content),
                "state": OutboxState.SENDING if sending else OutboxState.QUEUED,
                "attempts": 1 if sending else 0,
                "created_at": at,
                "not_before": at,
                "receipt": 0,
            },
        )

    async def set_aside(self, conversation: str, members: Sequence[int]) -> int:
        def unit(connection: Connection) -> int:
            connection.execute(
                update(_inbox).where(_inbox.c.id.in_(members)).values(attempts=_inbox.c.attempts + 1)
            )
            most = connection.execute(
                select(func.max(_inbox.c.attempts)).where(_inbox.c.id.in_(members))
            ).scalar()
            return int(most or 0)

        return await self._database.write(unit)

    # -- out ----------------------------------------------------------------------------------------------

    async def next_to_send(self, conversation: str) -> OutboxMessage | None:
        now = to_stamp(self._clock.now())

        def unit(connection: Connection) -> OutboxMessage | None:
            while (row := self._head_row(connection, conversation)) is not None:
                message = self._outbox_message(connection, row)
                if message.state is OutboxState.QUEUED and _is_void(row, now):
                    self._set_state(connection, message.id, OutboxState.DROPPED, now)
                    continue
                due = to_stamp(message.not_before) <= now
                if message.state is OutboxState.QUEUED and due:
                    connection.execute(_MARK_SENDING, {"row": message.id})
                    return self._head(connection, conversation)
                return message
            return None

        return await self._database.write(unit)

    def _head(self, connection: Connection, conversation: str) -> OutboxMessage | None:
        row = self._head_row(connection, conversation)
        return None if row is None else self._outbox_message(connection, row)

    def _head_row(self, connection: Connection, conversation: str) -> Any:
        return connection.execute(_HEAD, {"id": conversation}).first()

    def _outbox_message(self, connection: Connection, row: Any) -> OutboxMessage:
        contact = connection.execute(select(_contact).where(_contact.c.id == row.conversation)).one()
        return OutboxMessage(
            id=row.id,
            contact=self._contact(
                connection, contact.id, contact.channel, contact.account, contact.sealed, contact.informed_at
            ),
            reply=reply_from(self._open(connection, row.conversation, row.sealed)),
            author=row.author,
            state=OutboxState(row.state),
            attempts=row.attempts,
            not_before=from_stamp(row.not_before),
            exempt=bool(row.exempt),
            moves=self.ownership.moves(row.conversation),
        )

    def has_moved(self, message: OutboxMessage) -> bool:
        return message.author == BOT and self.ownership.moves(message.contact.id) != message.moves

    async def take_back(self, message: OutboxMessage) -> None:
        def unit(connection: Connection) -> None:
            connection.execute(
                update(_outbox)
                .where(_outbox.c.id == message.id, _outbox.c.state == OutboxState.SENDING)
                .values(state=OutboxState.QUEUED, attempts=_outbox.c.attempts - 1)
            )

        await self._database.write(unit)

    def _set_state(self, connection: Connection, row: str, state: OutboxState, at: int) -> None:
        connection.execute(update(_outbox).where(_outbox.c.id == row).values(state=state, not_before=at))

    async def settle(
        self,
        message: OutboxMessage,
        *,
        state: OutboxState,
        message_id: str | None = None,
        not_before: datetime | None = None,
        error_code: int | None = None,
    ) -> None:
        now = self._clock.now()
        parameters = {
            "row": message.id,
            "new_state": state,
            "wamid": self._hashed(message_id) if message_id else None,
            "when": to_stamp(not_before or now),
            "sent": to_stamp(now) if state is OutboxState.SENT else None,
            "code": error_code,
        }
        await self._database.write(lambda connection: connection.execute(_SETTLE, parameters).rowcount)

    async def resend(self, message: OutboxMessage) -> OutboxMessage | None:
        now = to_stamp(self._clock.now())

        def unit(connection: Connection) -> OutboxMessage | None:
            head = self._head_row(connection, message.contact.id)
            if head is not None and head.id == message.id and _is_void(head, now):
                # It may have arrived: a status that says so still counts.
                self._set_state(connection, message.id, OutboxState.DROPPED, now)
                return None
            again = connection.execute(
                _MARK_SENDING.where(_outbox.c.state == OutboxState.UNCERTAIN), {"row": message.id}
            ).rowcount
            return self._head(connection, message.contact.id) if again else None

        return await self._database.write(unit)

    async def unfinished(self, *, decide_at: datetime) -> Unfinished:

        def unit(connection: Connection) -> Unfinished:
            connection.execute(
                update(_outbox)
                .where(_outbox.c.practice == self._practice, _outbox.c.state == OutboxState.SENDING)
                # Whether it was posted at all nobody knows: this start does not count as an attempt.
                .values(state=OutboxState.UNCERTAIN, attempts=_outbox.c.attempts - 1)
            )
            connection.execute(
                update(_outbox)
                .where(_outbox.c.practice == self._practice, _outbox.c.state == OutboxState.UNCERTAIN)
                .values(not_before=to_stamp(decide_at))
            )
            answer = connection.execute(
                select(_inbox.c.conversation).where(_inbox.c.practice == self._practice, _WAITS).distinct()
            ).scalars()
            send = connection.execute(
                select(_outbox.c.conversation)
                .where(_outbox.c.practice == self._practice, _IN_FLIGHT)
                .distinct()
            ).scalars()
            return Unfinished(to_answer=tuple(answer), to_send=tuple(send))

        return await self._database.write(unit)

    async def wait_anew(self, *, decide_at: datetime) -> None:
        await self._database.write(
            lambda connection: (
                connection.execute(
                    update(_outbox)
                    .where(_outbox.c.practice == self._practice, _outbox.c.state == OutboxState.UNCERTAIN)
                    .values(not_before=to_stamp(decide_at))
                ).rowcount
            )
        )

    # -- sealing ------------------------------------------------------------------------------------------

    def _hashed(self, channel_id: str) -> str:
        """A channel's message id, to be found again: WhatsApp's contain the phone number, in base64."""
        return self._keyring.handle(channel_id) if channel_id else ""

    def _contact(
        self, connection: Connection, id: str, channel: str, account: str, sealed: bytes, informed: int | None
    ) -> Contact:
        who = self._open(connection, id, sealed)
        return Contact(
            id=id,
            address=Address(
                channel=channel, account=account, recipient=who["recipient"], phone=who.get("phone")
            ),
            profile_name=who.get("name"),
            informed_at=from_stamp(informed) if informed else None,
        )

    def _seal(self, connection: Connection, owner: str, value: Mapping[str, Any]) -> bytes:
        return self._keyring.seal(connection, owner, json.dumps(value, separators=(",", ":")).encode())

    def _open(self, connection: Connection, owner: str, sealed: bytes) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self._keyring.open(connection, owner, sealed))
        return value


def _is_void(row: Any, now: int) -> bool:
    """Whether a message of the bot's must not go out (again): a person owns the conversation, or closed it.
    What is exempt goes out, unless that person wrote just now."""
    if row.author != BOT or row.owner in (BOT, QUEUE):
        return False
    if row.emergency and row.staff_wrote_at is not None:
        return bool(from_stamp(now) - from_stamp(row.staff_wrote_at) < JUST_NOW)
    return not row.exempt


def reply_from(content: Mapping[str, Any]) -> Reply:
    return Reply(
        text=content["text"],
        choices=tuple(
            Choice(title=title, payload=payload, description=description)
            for title, payload, description in content["choices"]
        ),
        menu=content.get("menu", ""),
    )


def remember_instant(connection: Connection, at: datetime) -> None:
    """Moves the latest stored moment on to `at`; never back."""
    connection.execute(_TICK, {"id": 1, "practice": "", "at": to_stamp(at)})


def last_instant(connection: Connection) -> datetime | None:
    """The latest stored moment, for a clock that starts again."""
    stamp = connection.execute(select(func.max(_instant.c.at))).scalar()
    return from_stamp(stamp) + timedelta(microseconds=1) if stamp else None
