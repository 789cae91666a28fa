"""What comes in: events once each, statuses of what went out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Connection, bindparam, func, select, text, update

from bot.domain.conversation import InboundEvent, InboundKind, SendAction, SendStatus
from bot.domain.pipeline import Accepted, LateRefusal, OutboxState
from bot.domain.send_errors import action_of
from bot.domain.windows import OPENING_KINDS
from bot.ports import Clock
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.engine.instants import tick
from bot.storage.engine.statements import Prepared, upsert
from bot.storage.events.aftermath import Aftermath, Then
from bot.storage.events.consents import SqlConsents
from bot.storage.events.contacts import Contacts
from bot.storage.events.past import Past, is_of_the_app, slices
from bot.storage.events.unread_events import UnreadEvents
from bot.storage.events.words import words_of
from bot.storage.inbox.ownership import Ownership
from bot.storage.rights.after_erasure import AfterErasure
from bot.storage.sealing.rows import SealedRows
from bot.storage.sending.account_notices import AccountNotices
from bot.storage.sending.fates import Fates
from bot.storage.tables import to_stamp
from bot.storage.turns.handoffs import SqlHandoffs

_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]
_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]
_outbox = t.OutboxRow.__table__  # type: ignore[attr-defined]

#: Kinds that are kept but need no answer. A call is answered when it rings, a referral when it begins a flow.
SILENT = frozenset(
    {
        *(InboundKind.REACTION, InboundKind.SYSTEM, InboundKind.ECHO, InboundKind.EDIT, InboundKind.DELETION),
        *(InboundKind.READ, InboundKind.OPTIN, InboundKind.PREFERENCES, InboundKind.HANDOVER),
    }
)
#: What is about messages that were there before, and of nobody's who was erased since.
_FOLLOWS = frozenset({InboundKind.READ, InboundKind.REACTION, InboundKind.EDIT, InboundKind.DELETION})
#: How far a status proves that a message went. `failed` is no step of this ladder.
RECEIPTS = {"sent": 1, "delivered": 2, "read": 3, "played": 3}
#: A channel's clock, by which it says until when, and ours, by which we sent.
_CLOCKS_DIFFER = timedelta(seconds=5)
_NEWS = frozenset({InboundKind.ACCOUNT, InboundKind.OTHER})

_ADD_INBOX = Prepared(upsert(_inbox).on_conflict_do_nothing().returning(_inbox.c.id))
_WAKE = Prepared(
    update(_conversation)
    .where(_conversation.c.id == bindparam("conversation"), _conversation.c.snoozed_until.is_not(None))
    .values(snoozed_until=None)
)
_UNDER_WAY = Prepared(
    select(_outbox.c.sealed).where(
        _outbox.c.conversation == bindparam("conversation"), text("outbox.state IN ('sending', 'uncertain')")
    )
)
_OUTBOX_FOUND = select(
    _outbox.c.id, _outbox.c.conversation, _outbox.c.state, _outbox.c.receipt, _outbox.c.message_id
)
#: What is queued again has nothing to do with what is still said of the attempt before.
_WENT = frozenset({OutboxState.SENDING, OutboxState.SENT, OutboxState.UNCERTAIN})
_OF_OURS = _OUTBOX_FOUND.where(_outbox.c.practice == bindparam("practice"))
_FIND_BY_ID = Prepared(_OF_OURS.where(_outbox.c.id == bindparam("row")))
_FIND_BY_MESSAGE = Prepared(_OF_OURS.where(_outbox.c.message_id == bindparam("wamid")))
_MOST_BRIEF = 20  # events; a batch of hundreds is not brief any more
#: Everything that went out until a moment.
_RECEIPT_UNTIL = Prepared(
    update(_outbox)
    .where(
        _outbox.c.conversation == bindparam("conversation"),
        text("outbox.state = 'sent'"),
        _outbox.c.receipt < bindparam("rung"),
        _outbox.c.sent_at <= bindparam("until"),
    )
    .values(receipt=bindparam("new_receipt"))
)
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

    def __init__(
        self,
        database: Database,
        rows: SealedRows,
        clock: Clock,
        *,
        ownership: Ownership,
        handoffs: SqlHandoffs,
        fates: Fates,
    ) -> None:
        self._fates = fates
        self.listens = False  # whether somebody writes down what patients say
        self._database = database
        self._rows = rows
        self._practice = rows.practice
        self._clock = clock
        consents = SqlConsents(database, rows.practice)
        self._contacts = Contacts(rows, consents)
        self._after = AfterErasure(rows.practice, consents)
        self._past = Past(rows, self._contacts)
        self._unread = UnreadEvents(rows)
        self._notices = AccountNotices(database, rows)
        self._aftermath = Aftermath(
            rows,
            contacts=self._contacts,
            consents=consents,
            ownership=ownership,
            handoffs=handoffs,
            unread=self._unread,
        )

    async def accept(
        self, events: Sequence[InboundEvent], *, accounts: frozenset[tuple[str, str]]
    ) -> Accepted:
        channels = {channel for channel, _ in accounts}
        known = [event for event in events if _is_ours(event, accounts, channels)]
        ours = [event for event in known if not is_of_the_app(event)]
        at = to_stamp(self._clock.now())
        for some in slices([event for event in known if is_of_the_app(event)]):
            await self._take_past(some, at)

        def unit(connection: Connection) -> Accepted:
            taken = _Taken()
            for event in ours:
                if event.status is not None:
                    taken.settled += self._apply_status(connection, event, taken, at)
                elif event.kind is InboundKind.ACCOUNT:
                    taken.alerts |= self._notices.take(connection, event, at)
                elif event.sender and event.id:
                    self._take_message(connection, event, taken, at)
                elif event.raw:
                    self._unread.keep(connection, event, at)
            tick(connection, at)
            return Accepted(
                conversations=tuple(taken.stored),
                settled=tuple(taken.settled),
                repeats=taken.repeats,
                foreign=len(events) - len(known),
                alerts=taken.alerts,
                refusals=tuple(dict.fromkeys(taken.refusals)),
            )

        if len(ours) <= _MOST_BRIEF:
            return await self._database.write_brief(unit)
        return await self._database.write(unit, size=len(ours))

    async def keep_body(self, channel: str, body: bytes) -> None:
        """A well signed body that nothing could be read of."""
        at = to_stamp(self._clock.now())
        await self._database.write(lambda connection: self._unread.keep_body(connection, channel, body, at))

    async def erased(self) -> int:
        """How many people the practice has erased so far."""
        return await self._database.read(self._after.number)

    async def _take_past(self, events: Sequence[InboundEvent], at: int) -> None:
        def unit(connection: Connection) -> None:
            for event in events:
                if self._was_erased(connection, event) or self._may_be_of_who_was_erased(connection, event):
                    continue
                self._past.take(connection, event, at)

        await self._database.write(unit)

    def _take_message(self, connection: Connection, event: InboundEvent, taken: "_Taken", at: int) -> None:
        if self._was_erased(connection, event):
            taken.repeats += 1
            return
        conversation, is_new = self._contacts.of(connection, event, at)
        row = self._add_message(connection, conversation, event, at)
        if row is None:
            taken.repeats += 1
            return
        then = self._aftermath.follow(connection, conversation, row, event, is_new=is_new, at=at)
        if then is Then.TAKEN:
            taken.settled.append(conversation)
        if event.kind in OPENING_KINDS and self._fates.release(connection, conversation, at=at):
            taken.settled.append(conversation)
        if needs_answer(event) or then in (Then.GIVEN_BACK, Then.SAID_ANEW):
            taken.stored.append((conversation, event.kind))

    def _was_erased(self, connection: Connection, event: InboundEvent) -> bool:
        """A message that was erased comes again, or something befalls one of somebody who was erased."""
        if not self._after.number(connection):
            return False
        if event.kind in _FOLLOWS and self._contacts.find(connection, event) is None:
            told = event.kind is InboundKind.EDIT and not (  # new words of somebody, whoever it is
                event.about and self._after.was_erased(connection, self._rows.hashed(event.about))
            )
            return not told
        return self._after.was_erased(connection, self._rows.hashed(event.id or ""))

    def _may_be_of_who_was_erased(self, connection: Connection, event: InboundEvent) -> bool:
        """What a phone app tells of the past of somebody unknown, once somebody was erased: nobody is brought
        back, and what they write from now on is taken as ever."""
        return bool(self._after.number(connection)) and self._contacts.find(connection, event) is None

    def _add_message(
        self, connection: Connection, conversation: str, event: InboundEvent, at: int
    ) -> int | None:
        """The new row; None for what was stored before, or is our own."""
        if event.kind is InboundKind.ECHO and self._is_ours(connection, conversation, event):
            return None
        answered = needs_answer(event)
        about = self._rows.hashed(event.about) if event.about else None
        words = self._rows.seal(connection, conversation, words_of(event, about=about))
        state = self._state_of(event) if answered else "done"
        row: int | None = _ADD_INBOX.scalar(
            connection,
            practice=self._practice,
            channel=event.channel,
            account=event.account or "",
            event=self._rows.hashed(event.id or ""),
            conversation=conversation,
            kind=event.kind.value,
            sealed=words,
            sent_at=to_stamp(event.at) if event.at else at,
            received_at=at,
            state=state,
            attempts=0,
        )
        if row is None:
            row = self._past.bring_back(connection, event, words, state=state, at=at)
        if row is not None and answered:
            _WAKE.run(connection, conversation=conversation)
        return row

    def _state_of(self, event: InboundEvent) -> str:
        """A turn takes what is new; a voice note waits for whoever listens to it."""
        is_spoken = event.kind is InboundKind.AUDIO and bool(event.attachments)
        return "listening" if is_spoken and self.listens else "new"

    def _is_ours(self, connection: Connection, conversation: str, echo: InboundEvent) -> bool:
        """An echo of what we sent ourselves: by its id, or while the answer to our request is not stored yet,
        by its words."""
        if (
            _FIND_BY_MESSAGE.first(
                connection, practice=self._practice, wamid=self._rows.hashed(echo.id or "")
            )
            is not None
        ):
            return True
        words = (echo.text or "").strip()
        return any(
            words == self._rows.open(connection, conversation, row.sealed)["text"].strip()
            for row in _UNDER_WAY.all(connection, conversation=conversation)
        )

    def _apply_status(
        self, connection: Connection, event: InboundEvent, taken: "_Taken", at: int
    ) -> list[str]:
        """Receipts only climb; a failure counts while nothing proves that the message arrived."""
        status = event.status
        assert status is not None
        if not status.message_id and status.until is not None:
            return self._apply_watermark(connection, event, status)
        wamid = self._rows.hashed(status.message_id)
        practice, found = self._practice, None
        if status.outbox_id:
            found = _FIND_BY_ID.first(connection, practice=practice, row=status.outbox_id)
        found = found or _FIND_BY_MESSAGE.first(connection, practice=practice, wamid=wamid)
        if found is None:
            return []
        rung = RECEIPTS.get(status.state, 0)
        if status.state == "failed":
            is_of_this_attempt = found.message_id in (None, wamid) and found.state in _WENT
            if found.receipt < RECEIPTS["delivered"] and is_of_this_attempt:
                decided = self._fates.failed_later(connection, found.id, status.error_code, at=at)
                taken.alerts |= decided.tell_staff
                if action_of(event.channel, status.error_code) is SendAction.STOP:
                    late = LateRefusal(
                        channel=event.channel, account=event.account or "", code=status.error_code
                    )
                    taken.refusals.append(late)
                return [found.conversation]
            return []
        if rung <= found.receipt or (rung == RECEIPTS["sent"] and found.state not in _WENT):
            return []
        _RECEIPT.run(
            connection,
            row=found.id,
            rung=rung,
            new_state=OutboxState.SENT.value,
            wamid=wamid,
            at=at,
            code=status.error_code,
        )
        # Of what is known to have gone out nobody waits to hear that it was delivered, and read.
        return [] if found.state == OutboxState.SENT else [found.conversation]

    def _apply_watermark(self, connection: Connection, event: InboundEvent, status: SendStatus) -> list[str]:
        """Everything that went out until a moment was delivered, or read; no message is named."""
        conversation = self._contacts.find(connection, event) if event.sender else None
        rung = RECEIPTS.get(status.state, 0)
        if conversation is not None and status.until is not None and rung:
            _RECEIPT_UNTIL.run(
                connection,
                conversation=conversation,
                rung=rung,
                new_receipt=rung,
                until=to_stamp(status.until + _CLOCKS_DIFFER),
            )
        return []


@dataclass(slots=True)
class _Taken:
    """What a batch has come to so far."""

    stored: list[tuple[str, InboundKind]] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    repeats: int = 0
    alerts: bool = False
    refusals: list[LateRefusal] = field(default_factory=list)


def needs_answer(event: InboundEvent) -> bool:
    """Whether a turn is to begin with it."""
    match event.kind:
        case InboundKind.REFERRAL:
            return bool(event.payload)
        case InboundKind.CALL:
            return (
                event.details.get("event") == "connect" and event.details.get("direction") == "USER_INITIATED"
            )
        case _:
            return event.kind not in SILENT


def _is_ours(event: InboundEvent, accounts: frozenset[tuple[str, str]], channels: Collection[str]) -> bool:
    """What is about no account in particular is about the app, which is ours: its secret has signed it."""
    if event.account is None and event.kind in _NEWS and not event.sender:
        return event.channel in channels
    return (event.channel, event.account or "") in accounts
