"""What staff see and do, and what the sandbox shows, from the pipeline's tables. Implements service.desk."""

import json
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from bot.domain.answer_times import AnswerBy, Waits
from bot.domain.conversation import Reply
from bot.domain.deeds import Deed, VisitChange
from bot.domain.diary import DiaryWrite
from bot.domain.handoff import Outcome, Promise
from bot.domain.pipeline import (
    STAFF,
    OutboxState,
    StagedHandoff,
    is_person,
)
from bot.domain.windows import Writer
from bot.ports import Clock
from bot.service.changes import Changes
from bot.service.inbox.desk import (
    FILTERS,
    AssistantPaused,
    Author,
    ConversationView,
    DraftView,
    ListPage,
    MessageState,
    MessageView,
    NothingAnswered,
    Owner,
    TurnTrace,
    WaitingConversation,
    WindowClosed,
)
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.events.media import SqlMedia
from bot.storage.inbox.audit import SqlAudit
from bot.storage.inbox.lists import DeskList
from bot.storage.inbox.notes import SqlNotes
from bot.storage.inbox.traces import Traces
from bot.storage.inbox.views import patient_view
from bot.storage.sealing.rows import SealedRows
from bot.storage.sealing.seal import Keyring
from bot.storage.store import SqlStore
from bot.storage.tables import from_stamp, to_stamp

_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]
_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]
_outbox = t.OutboxRow.__table__  # type: ignore[attr-defined]
_handoff = t.HandoffRow.__table__  # type: ignore[attr-defined]

_RECEIPT_STATES = {2: MessageState.DELIVERED, 3: MessageState.READ}
#: What the card shows of a conversation's slots, in this order.
SHOWN_SLOTS = (
    "patient_name",
    "phone",
    "birth_date",
    "visit_type",
    "opening_words",
    "practitioner_name",
    "language",
)


@dataclass(frozen=True, slots=True)
class Done:
    """What the trail keeps of a change, when it is one."""

    deed: Deed
    by: str
    conversation: str
    detail: str = ""


class SqlDesk:
    """One practice's desk. `wake_turns` and `wake_delivery` tell the pipeline about new work."""

    def __init__(
        self,
        database: Database,
        *,
        practice: str,
        keyring: Keyring,
        clock: Clock,
        store: SqlStore,
        changes: Changes,
        wake_turns: Callable[[str], None],
        wake_delivery: Callable[[str], None],
        diary: Callable[[], Any],
        promise: Callable[[datetime], Promise],
        audit: SqlAudit,
        notes: SqlNotes,
        is_paused: Callable[[str], bool] = lambda channel: False,
        answer_by: Callable[[Waits], AnswerBy] | None = None,
    ) -> None:
        self._database = database
        self._keyring = keyring
        self._rows = SealedRows(practice, keyring)
        self._traces = Traces(practice, keyring)
        self._clock = clock
        self._store = store
        self._owners = store.ownership
        self._handoffs = store.handoffs
        self._changes = changes
        self._wake_turns = wake_turns
        self._wake_delivery = wake_delivery
        self._diary = diary
        self._promise = promise
        self._audit = audit
        self._notes = notes
        self._is_paused = is_paused
        self._media = SqlMedia(database, practice=practice, keyring=keyring)
        self.list = DeskList(
            practice=practice,
            keyring=keyring,
            clock=clock,
            snoozed_until=notes.snoozed_until,
            answer_by=answer_by,
        )

    def subscribe(self) -> AsyncIterator[None]:
        return self._changes.subscribe()

    # -- seeing -------------------------------------------------------------------------------------------

    async def handoffs(self) -> tuple[WaitingConversation, ...]:
        whole = await self._database.read(lambda c: self.list.page(c, "all_open", who="", limit=None))
        return tuple(sorted(whole.rows, key=lambda row: (not row.urgent, row.since)))

    async def page(
        self, chosen: str, *, who: str, limit: int, after: str | None = None, tag: str | None = None
    ) -> ListPage:
        if chosen not in FILTERS:
            raise ValueError("no such filter")
        return await self._database.read(
            lambda c: self.list.page(c, chosen, who=who, limit=limit, after=after, tag=tag)
        )

    async def conversation(self, conversation: str) -> ConversationView:
        def unit(connection: Connection) -> ConversationView:
            row = self._row(connection, conversation)
            state = self._state(connection, row)
            handoff = connection.execute(
                select(_handoff)
                .where(_handoff.c.conversation == conversation, _handoff.c.closed_at.is_(None))
                .limit(1)
            ).first()
            owner, who = _owner(row.owner)
            allowed = self._store.reaching.may(
                connection, conversation, writer=Writer.PERSON, at=self._clock.now()
            )
            return ConversationView(
                id=conversation,
                label=self._label(connection, row),
                channel=row.channel,
                owner=owner,
                language=str(state.get("language") or ""),
                messages=self._messages(connection, conversation),
                slots=_shown_slots(state.get("slots") or {}),
                window_open=allowed.allows_words,
                window_until=allowed.until,
                reason=handoff.reason if handoff else None,
                since=from_stamp(handoff.opened_at) if handoff else None,
                urgent=bool(handoff and handoff.urgent),
                owned_by=who,
                tags=self._notes.tags_in(connection, conversation),
                snoozed_until=self._notes.snoozed_until(row.snoozed_until),
                draft=self._draft(connection, row) if row.draft else None,
                set_aside=self._set_aside(connection, conversation),
            )

        return await self._database.read(unit)

    def _set_aside(self, connection: Connection, conversation: str) -> int:
        dead = (_inbox.c.conversation == conversation, _inbox.c.state == "dead")
        return connection.execute(select(func.count()).where(*dead)).scalar() or 0

    def _draft(self, connection: Connection, row: Any) -> DraftView:
        suggested = self._store.drafts.open_ones(connection, row.id)
        contents = [
            self._open(connection, row.id, each.sealed)
            for each in self._store.drafts.rows_of(connection, suggested)
        ]
        return DraftView(
            id=row.draft,
            flow=suggested[-1].flow,
            text="\n\n".join(content["text"] for content in contents),
            choices=tuple(title for content in contents for title, _, _ in content["choices"]),
            since=from_stamp(suggested[-1].created_at),
        )

    def _messages(self, connection: Connection, conversation: str) -> tuple[MessageView, ...]:
        views: list[tuple[int, int, MessageView]] = []
        files = self._media.views(connection, conversation)
        for row in connection.execute(select(_inbox).where(_inbox.c.conversation == conversation)):
            view = patient_view(connection, self._rows, row, files=files.get(row.id, ()))
            if view is None:
                continue
            views.append((to_stamp(view.at), row.id, view))
        for row in connection.execute(select(_outbox).where(_outbox.c.conversation == conversation)):
            if row.draft is not None and row.state in (OutboxState.DRAFTED, OutboxState.DROPPED):
                continue  # a suggestion that waits, or was never sent
            content = self._open(connection, conversation, row.sealed)
            author, who = _author(row.author)
            view = MessageView(
                id=f"out-{row.seq}",
                at=from_stamp(row.created_at),
                author=author,
                text=content["text"],
                choices=tuple(title for title, _, _ in content["choices"]),
                state=_RECEIPT_STATES.get(row.receipt) or _message_state(row.state),
                by=who or content.get("sent_by"),
                client_message_id=content.get("client_message_id"),
            )
            views.append((row.created_at, row.seq, view))
        for note in self._notes.notes_in(connection, conversation):
            view = MessageView(
                id=f"note-{note.id}", at=note.at, author=Author.NOTE, text=note.text, by=note.by
            )
            views.append((to_stamp(note.at), note.id, view))
        return tuple(view for _, _, view in sorted(views, key=lambda item: item[:2]))

    # -- doing --------------------------------------------------------------------------------------------

    async def take(self, conversation: str, who: str, *, instead_of: str | None = None) -> None:
        done = Done(Deed.TOOK_OVER if instead_of else Deed.TOOK, who, conversation, instead_of or "")
        await self._move(
            lambda c, at: self._owners.take(c, conversation, who, at=at, instead_of=instead_of), done
        )

    async def assign(self, conversation: str, to: str, *, who: str) -> None:
        done = Done(Deed.ASSIGNED, who, conversation, to)
        await self._move(lambda c, at: self._owners.assign(c, conversation, to, who=who, at=at), done)

    async def put_back(self, conversation: str, who: str) -> None:
        def unit(connection: Connection, at: int) -> bool:
            moved = self._owners.put_back(connection, conversation, who, at=at)
            if moved:
                promised = StagedHandoff(reason="put_back", promise=self._promise(from_stamp(at)))
                self._handoffs.promise(connection, conversation, promised, at=at)
            return moved

        await self._move(unit, Done(Deed.PUT_BACK, who, conversation))

    async def close(self, conversation: str, who: str, *, outcome: Outcome) -> None:
        def unit(connection: Connection, at: int) -> bool:
            handoff = self._owners.open_handoff(connection, conversation)
            if outcome is Outcome.ANSWERED and (handoff is None or handoff.answered_at is None):
                raise NothingAnswered("nobody has written to the patient; choose what it came to instead")
            return self._owners.close(connection, conversation, who, outcome=outcome, at=at)

        await self._move(unit, Done(Deed.CLOSED, who, conversation, str(outcome)))

    async def _move(self, unit: Callable[[Connection, int], bool], done: "Done") -> bool:
        """One transaction: the move, what it causes, and its line in the trail."""
        at = to_stamp(self._clock.now())

        def whole(connection: Connection) -> bool:
            moved = unit(connection, at)
            if moved:
                self._audit.note(
                    connection, done.deed, by=done.by, conversation=done.conversation, detail=done.detail
                )
            return moved

        moved = await self._database.write(whole)
        self._changes.ring()
        return moved

    async def reply(self, conversation: str, text: str, *, who: str, client_message_id: str) -> None:
        done = Done(Deed.SENT, who, conversation, client_message_id)
        await self._move(
            lambda c, at: self._send(c, conversation, text, who, client_message_id, at=at, typed=True), done
        )
        self._wake_delivery(conversation)

    async def change_visits(
        self,
        conversation: str,
        writes: Sequence[DiaryWrite],
        *,
        done: VisitChange,
        text: str | None,
        who: str,
        client_message_id: str,
    ) -> None:
        def unit(connection: Connection, at: int) -> bool:
            self._row(connection, conversation)
            if text is not None and not self._send(
                connection, conversation, text, who, client_message_id, at=at
            ):
                return False
            for write in writes:
                self._store.apply_write(connection, write)
            return True

        await self._move(unit, Done(Deed.CHANGED_VISIT, who, conversation, str(done)))
        self._wake_delivery(conversation)

    def _send(
        self,
        connection: Connection,
        conversation: str,
        text: str,
        who: str,
        client_message_id: str,
        *,
        at: int,
        typed: bool = False,
    ) -> bool:
        """A message of a person into the outbox; False when it is there already. What nobody `typed` says
        what somebody did: where the channel takes no words, a template carries it."""
        message = str(uuid.uuid5(uuid.UUID(conversation), f"staff {client_message_id}"))
        self._row(connection, conversation)
        if connection.execute(select(_outbox.c.seq).where(_outbox.c.id == message)).scalar():
            return False
        self._owners.take(connection, conversation, who, at=at)
        writer = Writer.PERSON if typed else Writer.ASSISTANT
        allowed = self._store.reaching.may(connection, conversation, writer=writer, at=from_stamp(at))
        reply: Reply | None = Reply(text=text)
        if not allowed.allows_words:
            reply = None if typed else self._store.fates.carried(connection, conversation, text, at=at)
        if reply is None:
            raise WindowClosed("the channel takes no free words for this patient now; send a template")
        self._store.add_outbox(
            connection,
            conversation=conversation,
            id=message,
            author=STAFF + who,
            reply=reply,
            at=at,
            client_message_id=client_message_id,
            typed=typed,
        )
        self._owners.note_answer(connection, conversation, who, at=at)
        return True

    async def give_back(self, conversation: str, who: str) -> None:
        done = Done(Deed.GAVE_BACK, who, conversation)

        def unit(connection: Connection, at: int) -> bool:
            if self._is_paused(self._row(connection, conversation).channel):
                raise AssistantPaused("the assistant is paused; let it answer again first")
            return self._handoffs.give_back(connection, conversation, who, at=at)

        if await self._move(unit, done):
            self._wake_turns(conversation)

    # -- observing ----------------------------------------------------------------------------------------

    async def diary(self) -> list[Mapping[str, Any]]:
        rows: list[Mapping[str, Any]] = await self._diary()
        return rows

    async def turns(self, contact: str) -> tuple[TurnTrace, ...]:
        return await self._database.read(lambda connection: self._traces.of(connection, contact))

    # -- rows ---------------------------------------------------------------------------------------------

    def _row(self, connection: Connection, conversation: str) -> Any:
        return self._owners.row(connection, conversation)

    def _state(self, connection: Connection, row: Any) -> dict[str, Any]:
        return {} if row.sealed is None else self._open(connection, row.id, row.sealed)

    def _label(self, connection: Connection, row: Any) -> str:
        booked = self.list.booked_name(connection, row.id)
        return self.list.label(connection, row.id, state=row.sealed, who=row.who, booked=booked)

    def _open(self, connection: Connection, owner: str, sealed: bytes) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self._keyring.open(connection, owner, sealed))
        return value


def _message_state(state: str) -> MessageState:
    return MessageState.WITHDRAWN if state == OutboxState.DROPPED else MessageState(state)


def _owner(owner: str) -> tuple[Owner, str | None]:
    return (Owner.STAFF, owner.removeprefix(STAFF)) if is_person(owner) else (Owner(owner), None)


def _author(author: str) -> tuple[Author, str | None]:
    return (Author.STAFF, author.removeprefix(STAFF)) if is_person(author) else (Author.ASSISTANT, None)


def _shown_slots(slots: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(slots[name])) for name in SHOWN_SLOTS if slots.get(name) not in (None, ""))
