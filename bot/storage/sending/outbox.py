"""What goes out: each conversation's messages in their order, given out one after the other."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, text, true, update

from bot.domain.conversation import Reply, SendAction
from bot.domain.handoff import JUST_NOW
from bot.domain.pipeline import BOT, QUEUE, OutboxMessage, OutboxState, TurnCommit, Unfinished
from bot.domain.windows import Obstacle, Way, Writer, writer_of
from bot.ports import Clock
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.engine.statements import Prepared, upsert
from bot.storage.inbox.ownership import Ownership
from bot.storage.sealing.rows import SealedRows, reply_from, reply_to_json
from bot.storage.sending.fates import Fates
from bot.storage.sending.reaching import Reaching
from bot.storage.tables import from_stamp, to_stamp
from bot.storage.turns.claims import Claims

_contact = t.ContactRow.__table__  # type: ignore[attr-defined]
_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]
_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]
_outbox = t.OutboxRow.__table__  # type: ignore[attr-defined]

# Written out, not bound: SQLite uses a partial index only where it can see that the condition implies it.
_IN_FLIGHT = text("outbox.state IN ('queued', 'sending', 'uncertain')")

_ADD = Prepared(upsert(_outbox).on_conflict_do_nothing(index_elements=["id"]))
_HEAD = Prepared(
    select(_outbox, _conversation.c.owner, _conversation.c.staff_wrote_at)
    .add_columns(_contact.c.channel, _contact.c.account, _contact.c.sealed.label("who"))
    .add_columns(_contact.c.informed_at)
    .join(_conversation, _conversation.c.id == _outbox.c.conversation)
    .join(_contact, _contact.c.id == _outbox.c.conversation)
    .where(_outbox.c.conversation == bindparam("id"), _IN_FLIGHT)
    .order_by(_outbox.c.seq)
    .limit(1)
)
_WAITS = Prepared(select(_outbox.c.seq).where(_outbox.c.conversation == bindparam("id"), _IN_FLIGHT).limit(1))
_BEGIN_SENDING = (
    update(_outbox)
    .where(_outbox.c.id == bindparam("row"))
    .values(state=OutboxState.SENDING.value, attempts=_outbox.c.attempts + 1)
)
_MARK_SENDING = Prepared(_BEGIN_SENDING)
_SEND_AGAIN = Prepared(_BEGIN_SENDING.where(_outbox.c.state == OutboxState.UNCERTAIN.value))
_SET_STATE = Prepared(
    update(_outbox)
    .where(_outbox.c.id == bindparam("row"))
    .values(state=bindparam("new_state"), not_before=bindparam("at"))
)


class OutboxRows:
    """The store's third room. What becomes of a message that was given out: `sending.given_out`."""

    def __init__(
        self,
        database: Database,
        rows: SealedRows,
        clock: Clock,
        *,
        claims: Claims,
        ownership: Ownership,
        reaching: Reaching,
        fates: Fates,
    ) -> None:
        self._database = database
        self._rows = rows
        self._practice = rows.practice
        self._clock = clock
        self._ownership = ownership
        self._reaching = reaching
        self._fates = fates
        self._claims = claims
        #: Whether what a message that we began says is still so, right before it is given out.
        self.still_stands: Callable[[Connection, str, int], bool] = lambda connection, message, at: True

    # -- within a unit of work ----------------------------------------------------------------------------

    def stage(self, connection: Connection, turn: TurnCommit, at: int) -> OutboxMessage | None:
        """The first goes out at once when nobody waits before it: it is stored as being sent already."""
        if not turn.replies:
            return None
        waiting = _WAITS.scalar(connection, id=turn.conversation) is not None
        going = [staged for staged in turn.replies if not staged.drafted]
        for staged in turn.replies:
            self.add(
                connection,
                conversation=turn.conversation,
                id=staged.id,
                author=BOT,
                reply=staged.reply,
                exempt=staged.exempt,
                emergency=staged.emergency,
                at=at,
                notice=staged.notice,
                sending=not waiting and staged is going[0] if going else False,
                draft=turn.turn if staged.drafted else None,
            )
        return None if waiting or not going else self._head(connection, turn.conversation)

    def add(
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
        notice: bool = False,
        sending: bool = False,
        draft: str | None = None,
        client_message_id: str | None = None,
        typed: bool = False,
    ) -> None:
        """A message of ours; the same id a second time is the same message. `draft`: the turn that only
        suggests it. `typed`: these are a person's own words, which may go out as such when they are late."""
        content = reply_to_json(reply)
        if typed:
            content["typed"] = True
        if client_message_id:
            content["client_message_id"] = client_message_id
        state = OutboxState.SENDING if sending else OutboxState.QUEUED
        if draft is not None:
            state = OutboxState.DRAFTED
        _ADD.run(
            connection,
            id=id,
            practice=self._practice,
            conversation=conversation,
            author=author,
            exempt=exempt,
            emergency=emergency,
            notice=notice,
            draft=draft,
            sealed=self._rows.seal(connection, conversation, content),
            state=state.value,
            attempts=1 if sending else 0,
            created_at=at,
            not_before=at,
            receipt=0,
        )

    def _head(self, connection: Connection, conversation: str) -> OutboxMessage | None:
        row = _HEAD.first(connection, id=conversation)
        return None if row is None else self._message(connection, row)

    def _message(self, connection: Connection, row: Any) -> OutboxMessage:
        who = self._rows.contact(
            connection, row.conversation, row.channel, row.account, row.who, row.informed_at
        )
        return OutboxMessage(
            id=row.id,
            contact=who,
            reply=reply_from(self._rows.open(connection, row.conversation, row.sealed)),
            author=row.author,
            state=OutboxState(row.state),
            attempts=row.attempts,
            not_before=from_stamp(row.not_before),
            exempt=bool(row.exempt),
            notice=bool(row.notice),
            moves=self._ownership.moves(row.conversation),
            naps=self._claims.naps,
        )

    # -- sending ------------------------------------------------------------------------------------------

    def _stands(self, connection: Connection, row: Any, now: int) -> bool:
        """Only a message that we begin goes out to whoever owns the conversation, and is no emergency."""
        return not row.exempt or bool(row.emergency) or self.still_stands(connection, row.id, now)

    async def next_to_send(self, conversation: str) -> OutboxMessage | None:
        """Usually nothing waits, which a look tells; only what may go now is written."""
        now = to_stamp(self._clock.now())
        if not await self._is_ours_to_send(conversation):
            return None

        def unit(connection: Connection) -> OutboxMessage | None:
            if not self._claims.lock(connection, conversation):
                return None
            while (row := _HEAD.first(connection, id=conversation)) is not None:
                if row.state == OutboxState.QUEUED:
                    if _is_void(row, now) or not self._stands(connection, row, now):
                        _SET_STATE.run(connection, row=row.id, new_state=OutboxState.DROPPED.value, at=now)
                        continue
                    if row.not_before <= now:
                        begun = self._begin(connection, row, now)
                        if begun is None:
                            continue
                        return begun
                return self._message(connection, row)
            return None

        return await self._database.write_brief(unit)

    def _begin(self, connection: Connection, row: Any, now: int) -> OutboxMessage | None:
        """The message, marked as being sent; None when words may not go out any more: it waited too long."""
        message = self._message(connection, row)
        writer = writer_of(row.author)
        if writer is Writer.PERSON and not self._rows.open(connection, row.conversation, row.sealed).get(
            "typed"
        ):
            writer = Writer.ASSISTANT  # a notice of what somebody did
        allowed = self._reaching.may(connection, row.conversation, writer=writer, at=from_stamp(now))
        if message.reply.template is None and not allowed.allows_words:
            action = SendAction.WINDOW_CLOSED
            if allowed.obstacle is Obstacle.UNREACHABLE:
                action = SendAction.UNREACHABLE
            self._fates.refused(connection, row.id, action, at=now)
            return None
        _MARK_SENDING.run(connection, row=row.id)
        return replace(
            message,
            state=OutboxState.SENDING,
            attempts=message.attempts + 1,
            by_human_agent=allowed.way is Way.HUMAN_AGENT,
        )

    async def _is_ours_to_send(self, conversation: str) -> bool:
        row = await self._database.read_brief(lambda connection: _HEAD.first(connection, id=conversation))
        if row is None or not await self._claims.have(conversation):
            return False
        if not self._claims.is_fresh():
            await self._claims.show_life()
        return True

    async def resend(self, message: OutboxMessage) -> OutboxMessage | None:
        now = to_stamp(self._clock.now())

        def unit(connection: Connection) -> OutboxMessage | None:
            if not self._claims.lock(connection, message.contact.id):
                return None
            head = _HEAD.first(connection, id=message.contact.id)
            if head is not None and head.id == message.id and _is_void(head, now):
                # It may have arrived: a status that says so still counts.
                _SET_STATE.run(connection, row=message.id, new_state=OutboxState.DROPPED.value, at=now)
                return None
            again = _SEND_AGAIN.run(connection, row=message.id)
            return self._head(connection, message.contact.id) if again else None

        return await self._database.write_brief(unit)

    # -- after a start ------------------------------------------------------------------------------------

    async def unfinished(self, *, decide_at: datetime) -> Unfinished:
        if self._claims.is_shared:  # only what no other worker sees to
            await self._claims.show_life()
            adopted = await self._claims.adopt(decide_at=decide_at)
            return Unfinished(to_answer=adopted, to_send=adopted)

        def unit(connection: Connection) -> Unfinished:
            connection.execute(
                update(_outbox)
                .where(_outbox.c.practice == self._practice, _outbox.c.state == OutboxState.SENDING)
                # Whether it was posted at all nobody knows: this start does not count as an attempt.
                .values(state=OutboxState.UNCERTAIN, attempts=_outbox.c.attempts - 1)
            )
            self._decide(connection, decide_at)
            answer = connection.execute(
                select(_inbox.c.conversation)
                .where(_inbox.c.practice == self._practice, text("inbox.state = 'new'"))
                .distinct()
            ).scalars()
            send = connection.execute(
                select(_outbox.c.conversation)
                .where(_outbox.c.practice == self._practice, _IN_FLIGHT)
                .distinct()
            ).scalars()
            return Unfinished(to_answer=tuple(answer), to_send=tuple(send))

        return await self._database.write(unit)

    async def wait_anew(self, *, decide_at: datetime) -> None:
        await self._database.write(lambda connection: self._decide(connection, decide_at))

    def _decide(self, connection: Connection, at: datetime) -> None:
        ours = self._claims.ours()
        connection.execute(
            update(_outbox)
            .where(_outbox.c.practice == self._practice, _outbox.c.state == OutboxState.UNCERTAIN)
            .where(true() if ours is None else _outbox.c.conversation.in_(ours))
            .values(not_before=to_stamp(at))
        )


def _is_void(row: Any, now: int) -> bool:
    """Whether a message of the bot's must not go out (again): a person owns the conversation, or closed it.
    What is exempt goes out, unless that person wrote just now."""
    if row.author != BOT or row.owner in (BOT, QUEUE):
        return False
    if row.emergency and row.staff_wrote_at is not None:
        return bool(from_stamp(now) - from_stamp(row.staff_wrote_at) < JUST_NOW)
    return not row.exempt
