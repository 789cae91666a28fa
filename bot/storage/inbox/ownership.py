"""Who owns a conversation: the bot, the queue, one person, or nobody any more (closed).

Every move is a compare-and-set inside the transaction of whatever causes it, and raises the conversation's
version: a turn of the bot that is under way cannot commit any more. What the bot still had to say is
withdrawn when a person gets the conversation, and `moves` tells delivery that a message which it was given
just before must be looked at again before it is posted.
"""

from collections import Counter
from typing import Any

from sqlalchemy import Connection, and_, insert, select, update

from bot.domain.channels import ELSEWHERE
from bot.domain.drafts import Fate
from bot.domain.handoff import Outcome
from bot.domain.pipeline import BOT, CLOSED, HANDED_BACK, QUEUE, STAFF, OutboxState, is_person
from bot.service.inbox.desk import AlreadyTaken, UnknownConversation
from bot.storage import tables as t
from bot.storage.inbox.drafts import Drafts

_contact = t.ContactRow.__table__  # type: ignore[attr-defined]
_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]
_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]
_outbox = t.OutboxRow.__table__  # type: ignore[attr-defined]
_handoff = t.HandoffRow.__table__  # type: ignore[attr-defined]
_alert = t.AlertRow.__table__  # type: ignore[attr-defined]

#: Owners that anybody may take a conversation from.
_FREE = (BOT, QUEUE, CLOSED, *(STAFF + name for name in ELSEWHERE.values()))
#: A channel's own clock tells whole seconds; what staff wrote before they gave back may be heard of later.
_CLOCKS_DIFFER = 5_000_000
_GIVING_BACK = and_(_inbox.c.kind == HANDED_BACK, _inbox.c.state == "new")


class Ownership:
    """One practice's. Its methods are called within a unit of work, and `moves` from anywhere."""

    def __init__(self, practice: str, drafts: Drafts) -> None:
        self._practice = practice
        self._drafts = drafts
        self._moves: Counter[str] = Counter()

    def moves(self, conversation: str) -> int:
        """How often the conversation has changed hands in this process, the move under way included."""
        return self._moves[conversation]

    # -- moves --------------------------------------------------------------------------------------------

    def take(
        self, connection: Connection, conversation: str, who: str, *, at: int, instead_of: str | None = None
    ) -> bool:
        """Whether anything changed. A colleague's conversation is taken only by naming the colleague."""
        row = self.row(connection, conversation)
        undone = self._undo_giving_back(connection, conversation)
        if row.owner == STAFF + who and not undone:
            return False
        if row.owner not in (*_FREE, STAFF + who, STAFF + (instead_of or who)):
            raise AlreadyTaken(row.owner.removeprefix(STAFF))
        self._move(connection, row, STAFF + who, at)
        self._note_taken(connection, conversation, who, at)
        return True

    def assign(self, connection: Connection, conversation: str, to: str, *, who: str, at: int) -> bool:
        """Hand a conversation that is free, or one's own, to a colleague."""
        row = self.row(connection, conversation)
        if row.owner == STAFF + to:
            return False
        return self.take(connection, conversation, to, at=at, instead_of=who)

    def put_back(self, connection: Connection, conversation: str, who: str, *, at: int) -> bool:
        """Into the queue: somebody else is to answer."""
        row = self.row(connection, conversation)
        if row.owner == QUEUE:
            return False
        self.check_mine(row, who)
        self._undo_giving_back(connection, conversation)
        self._move(connection, row, QUEUE, at)
        open_handoff = self.open_handoff(connection, conversation)
        if open_handoff is None:
            self._open(connection, conversation, reason="taken", at=at)
        else:
            values = {"taken_by": None, "taken_at": None}
            connection.execute(update(_handoff).where(_handoff.c.id == open_handoff.id).values(values))
        return True

    def close(self, connection: Connection, conversation: str, who: str, *, outcome: str, at: int) -> bool:
        row = self.row(connection, conversation)
        if row.owner == CLOSED:
            return False
        self.check_mine(row, who)
        self._undo_giving_back(connection, conversation)
        self._move(connection, row, CLOSED, at)
        self.close_handoffs(connection, conversation, by=who, outcome=outcome, at=at)
        return True

    def return_to_bot(self, connection: Connection, row: Any, *, by: str, at: int) -> None:
        """Out of the queue, without a word: what waits is answered as if nobody had been called."""
        self._move(connection, row, BOT, at)
        self.close_handoffs(connection, row.id, by=by, outcome=Outcome.RETURNED, at=at)

    def answered_elsewhere(
        self, connection: Connection, conversation: str, channel: str, *, at: int, written: int
    ) -> bool:
        """Staff wrote from the phone app or the page's own inbox: that is a take-over, unless it was written
        before the conversation came to whoever has it now."""
        row = self.row(connection, conversation)
        if not is_person(row.owner) and written + _CLOCKS_DIFFER < (row.owner_since or 0):
            return False
        who = ELSEWHERE.get(channel, channel)
        if not is_person(row.owner):
            self.take(connection, conversation, who, at=at)
        else:
            self._undo_giving_back(connection, conversation)
        self.note_answer(connection, conversation, who, at=at)
        return True

    # -- hand-offs ----------------------------------------------------------------------------------------

    def open_handoff(self, connection: Connection, conversation: str) -> Any:
        return connection.execute(
            select(_handoff)
            .where(_handoff.c.conversation == conversation, _handoff.c.closed_at.is_(None))
            .order_by(_handoff.c.id)
            .limit(1)
        ).first()

    def close_handoffs(
        self, connection: Connection, conversation: str, *, by: str, outcome: str, at: int
    ) -> None:
        connection.execute(
            update(_handoff)
            .where(_handoff.c.conversation == conversation, _handoff.c.closed_at.is_(None))
            .values(closed_at=at, closed_by=by, outcome=outcome)
        )
        self.silence_reminders(connection, conversation, at)

    def note_answer(self, connection: Connection, conversation: str, who: str, *, at: int) -> None:
        """A person wrote: the hand-off's first answer, and the moment that an emergency text looks at."""
        connection.execute(
            update(_conversation).where(_conversation.c.id == conversation).values(staff_wrote_at=at)
        )
        connection.execute(
            update(_handoff)
            .where(
                _handoff.c.conversation == conversation,
                _handoff.c.closed_at.is_(None),
                _handoff.c.answered_at.is_(None),
            )
            .values(answered_at=at, answered_by=who)
        )

    def silence_reminders(self, connection: Connection, conversation: str, at: int) -> None:
        """Reminders that are still to come; what is due already was called for."""
        connection.execute(
            update(_alert)
            .where(
                _alert.c.conversation == conversation,
                _alert.c.sent_at.is_(None),
                _alert.c.void_at.is_(None),
                _alert.c.kind.in_(REMINDERS),
            )
            .values(void_at=at)
        )

    # -- rows ---------------------------------------------------------------------------------------------

    def row(self, connection: Connection, conversation: str) -> Any:
        """Conversation and contact. Raises UnknownConversation."""
        row = connection.execute(
            select(_conversation, _contact.c.channel, _contact.c.account, _contact.c.sealed.label("who"))
            .join(_contact, _contact.c.id == _conversation.c.id)
            .where(_conversation.c.id == conversation, _conversation.c.practice == self._practice)
        ).first()
        if row is None:
            raise UnknownConversation("no such conversation; it may belong to another practice")
        return row

    def is_free_of_people(self, row: Any) -> bool:
        return row.owner in (BOT, CLOSED)

    def check_mine(self, row: Any, who: str) -> None:
        """Raises AlreadyTaken when a colleague has it."""
        if row.owner not in (*_FREE, STAFF + who):
            raise AlreadyTaken(row.owner.removeprefix(STAFF))

    def _move(self, connection: Connection, row: Any, owner: str, at: int) -> None:
        self._moves[row.id] += (
            1  # before the commit: a message that is given out meanwhile is looked at again
        )
        moved = connection.execute(
            update(_conversation)
            .where(_conversation.c.id == row.id, _conversation.c.owner == row.owner)
            .values(owner=owner, owner_since=at, version=_conversation.c.version + 1)
        ).rowcount
        if moved != 1:
            raise AlreadyTaken(row.owner.removeprefix(STAFF))
        if row.draft is not None:
            by = owner.removeprefix(STAFF) if is_person(owner) else None
            self._drafts.discard(connection, row.id, Fate.DISCARDED, by=by, at=at)
        if owner not in (BOT, QUEUE):
            connection.execute(
                update(_outbox)
                .where(
                    _outbox.c.conversation == row.id,
                    _outbox.c.author == BOT,
                    _outbox.c.exempt.is_(False),
                    _outbox.c.state == OutboxState.QUEUED,
                )
                .values(state=OutboxState.DROPPED, not_before=at)
            )

    def _note_taken(self, connection: Connection, conversation: str, who: str, at: int) -> None:
        taken = connection.execute(
            update(_handoff)
            .where(_handoff.c.conversation == conversation, _handoff.c.closed_at.is_(None))
            .values(taken_by=who, taken_at=at)
        ).rowcount
        if not taken:
            self._open(connection, conversation, reason="taken", at=at, taken_by=who)
        self.silence_reminders(connection, conversation, at)

    def _open(
        self, connection: Connection, conversation: str, *, reason: str, at: int, taken_by: str | None = None
    ) -> None:
        connection.execute(
            insert(_handoff),
            {
                "practice": self._practice,
                "conversation": conversation,
                "reason": reason,
                "urgent": False,
                "opened_at": at,
                "taken_by": taken_by,
                "taken_at": at if taken_by else None,
            },
        )

    def is_given_back(self, connection: Connection, conversation: str) -> bool:
        """Whether the assistant is about to begin again."""
        waiting = select(_inbox.c.id).where(_GIVING_BACK, _inbox.c.conversation == conversation).limit(1)
        return connection.execute(waiting).scalar() is not None

    def _undo_giving_back(self, connection: Connection, conversation: str) -> bool:
        """A person goes on before the assistant has begun again."""
        undone = update(_inbox).where(_GIVING_BACK, _inbox.c.conversation == conversation)
        return bool(connection.execute(undone.values(state="done")).rowcount)


#: Alerts that somebody's taking the conversation makes needless.
REMINDERS = ("waiting", "promise")
