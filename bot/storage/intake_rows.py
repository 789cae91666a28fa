"""What comes in: contacts and their handles, events once each, statuses of what went out."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, func, insert, select, text, update

from bot.domain.conversation import InboundEvent, InboundKind
from bot.domain.pipeline import BOT, Accepted, OutboxState
from bot.ports import Clock
from bot.storage import tables as t
from bot.storage.database import Database
from bot.storage.instants import tick
from bot.storage.ownership import Ownership
from bot.storage.sealed_rows import SealedRows
from bot.storage.statements import Prepared, upsert
from bot.storage.tables import to_stamp

_contact = t.ContactRow.__table__  # type: ignore[attr-defined]
_handle = t.ContactHandle.__table__  # type: ignore[attr-defined]
_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]
_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]
_outbox = t.OutboxRow.__table__  # type: ignore[attr-defined]

#: Kinds that are kept but need no answer.
SILENT = frozenset({InboundKind.REACTION, InboundKind.SYSTEM, InboundKind.ECHO})
#: How far a status proves that a message went. `failed` is no step of this ladder.
RECEIPTS = {"sent": 1, "delivered": 2, "read": 3, "played": 3}

_FIND_HANDLE = Prepared(
    select(_handle.c.contact).where(
        _handle.c.practice == bindparam("practice"), _handle.c.handle == bindparam("handle")
    )
)
_ADD_HANDLE = Prepared(upsert(_handle).on_conflict_do_nothing())
_ADD_CONTACT = Prepared(insert(_contact))
_ADD_CONVERSATION = Prepared(insert(_conversation))
_ADD_INBOX = Prepared(upsert(_inbox).on_conflict_do_nothing().returning(_inbox.c.id))
_WAKE = Prepared(
    update(_conversation)
    .where(_conversation.c.id == bindparam("conversation"), _conversation.c.snoozed_until.is_not(None))
    .values(snoozed_until=None)
)
_WHO = Prepared(select(_contact.c.sealed).where(_contact.c.id == bindparam("contact")))
_REFRESH = Prepared(
    update(_contact).where(_contact.c.id == bindparam("contact")).values(sealed=bindparam("who"))
)
_UNDER_WAY = Prepared(
    select(_outbox.c.sealed).where(
        _outbox.c.conversation == bindparam("conversation"), text("outbox.state IN ('sending', 'uncertain')")
    )
)
_OUTBOX_FOUND = select(_outbox.c.id, _outbox.c.conversation, _outbox.c.state, _outbox.c.receipt)
_FIND_BY_ID = Prepared(_OUTBOX_FOUND.where(_outbox.c.id == bindparam("row")))
_FIND_BY_MESSAGE = Prepared(_OUTBOX_FOUND.where(_outbox.c.message_id == bindparam("wamid")))
_RECEIPT = Prepared(
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


class IntakeRows:
    """The store's first room."""

    def __init__(self, database: Database, rows: SealedRows, clock: Clock, ownership: Ownership) -> None:
        self._database = database
        self._rows = rows
        self._practice = rows.practice
        self._clock = clock
        self._ownership = ownership

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
            tick(connection, at)
            return Accepted(
                conversations=tuple(stored),
                settled=tuple(settled),
                repeats=repeats,
                foreign=len(events) - len(ours),
            )

        # A batch of hundreds is not brief any more.
        write = self._database.write_brief if len(ours) <= 20 else self._database.write
        return await write(unit)

    def _contact_of(self, connection: Connection, event: InboundEvent, at: int) -> str:
        """The contact behind any of the event's ids; a new one with a key of its own when nobody is."""
        assert event.sender is not None
        account = event.account or ""
        handles = [
            self._rows.keyring.handle(event.channel, account, name)
            for name in dict.fromkeys((event.sender, *event.aliases))
        ]
        unknown: list[str] = []
        contact: str | None = None
        for handle in handles:
            found = _FIND_HANDLE.scalar(connection, practice=self._practice, handle=handle)
            if found is None:
                unknown.append(handle)
            else:
                contact = contact or found
        if contact is None:
            contact = str(uuid.uuid5(uuid.NAMESPACE_OID, self._practice + handles[0]))
            self._add_contact(connection, contact, event, at)
        elif unknown:
            self._refresh(connection, contact, event)
        for handle in unknown:
            _ADD_HANDLE.run(connection, practice=self._practice, handle=handle, contact=contact)
        return contact

    def _add_contact(self, connection: Connection, contact: str, event: InboundEvent, at: int) -> None:
        self._rows.keyring.create(connection, contact)
        who = {"recipient": event.sender, "phone": event.phone, "name": event.profile_name}
        _ADD_CONTACT.run(
            connection,
            id=contact,
            practice=self._practice,
            channel=event.channel,
            account=event.account or "",
            sealed=self._rows.seal(connection, contact, who),
            created_at=at,
        )
        _ADD_CONVERSATION.run(
            connection,
            id=contact,
            practice=self._practice,
            version=0,
            owner=BOT,
            epoch=0,
            updated_at=at,
        )

    def _refresh(self, connection: Connection, contact: str, event: InboundEvent) -> None:
        """The same person under one more id: perhaps with a phone, or a name, that was hidden before."""
        known = self._rows.open(connection, contact, _WHO.scalar(connection, contact=contact))
        who = {
            "recipient": event.sender,
            "phone": event.phone or known.get("phone"),
            "name": event.profile_name or known.get("name"),
        }
        _REFRESH.run(connection, contact=contact, who=self._rows.seal(connection, contact, who))

    def _add_message(self, connection: Connection, conversation: str, event: InboundEvent, at: int) -> bool:
        if event.kind is InboundKind.ECHO and self._is_ours(connection, conversation, event):
            return False
        words = {"text": event.text, "payload": event.payload}
        row = _ADD_INBOX.scalar(
            connection,
            practice=self._practice,
            channel=event.channel,
            account=event.account or "",
            event=self._rows.hashed(event.id or ""),
            conversation=conversation,
            kind=event.kind.value,
            sealed=self._rows.seal(connection, conversation, words),
            sent_at=to_stamp(event.at) if event.at else at,
            received_at=at,
            state="done" if event.kind in SILENT else "new",
            attempts=0,
        )
        if row is not None and event.kind not in SILENT:
            _WAKE.run(connection, conversation=conversation)
        return row is not None

    def _answered_elsewhere(
        self, connection: Connection, conversation: str, event: InboundEvent, at: int
    ) -> bool:
        """Staff answered from the phone app or the page's own inbox; the assistant falls silent."""
        written = to_stamp(event.at) if event.at else at
        return self._ownership.answered_elsewhere(
            connection, conversation, event.channel, at=at, written=written
        )

    def _is_ours(self, connection: Connection, conversation: str, echo: InboundEvent) -> bool:
        """An echo of what we sent ourselves: by its id, or while the answer to our request is not stored yet,
        by its words."""
        if _FIND_BY_MESSAGE.first(connection, wamid=self._rows.hashed(echo.id or "")) is not None:
            return True
        words = (echo.text or "").strip()
        return any(
            words == self._rows.open(connection, conversation, row.sealed)["text"].strip()
            for row in _UNDER_WAY.all(connection, conversation=conversation)
        )

    def _apply_status(self, connection: Connection, event: InboundEvent, at: int) -> list[str]:
        """Receipts only climb; a failure counts while nothing proves that the message arrived."""
        status = event.status
        assert status is not None
        wamid = self._rows.hashed(status.message_id)
        found = _FIND_BY_ID.first(connection, row=status.outbox_id) if status.outbox_id else None
        found = found or _FIND_BY_MESSAGE.first(connection, wamid=wamid)
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
        _RECEIPT.run(
            connection,
            row=found.id,
            rung=rung,
            new_state=state.value,
            wamid=wamid,
            at=at,
            code=status.error_code,
        )
        return [found.conversation]
