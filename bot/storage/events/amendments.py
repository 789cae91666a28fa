"""What patients change of what they wrote: the text as it is now, or nothing of it any more.

A change may come before the message that it changes, as channels keep no order: it is kept in `inbox_about`,
and applied when that message comes. Whatever the order, the last edit counts, and a deletion for good. An
edit of what a turn has heard already begins a turn of its own.
"""

from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, text, update

from bot.domain.conversation import InboundEvent, InboundKind
from bot.storage import tables as t
from bot.storage.engine.statements import Prepared
from bot.storage.events.media import forget_files
from bot.storage.events.tables import ABOUT
from bot.storage.sealing.rows import SealedRows

_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]
_turn = t.TurnRow.__table__  # type: ignore[attr-defined]

CHANGES = frozenset({InboundKind.EDIT, InboundKind.DELETION})

#: What is read as words: what is typed, and what stands beneath a picture or a file.
_OF_WORDS = frozenset({InboundKind.TEXT, InboundKind.IMAGE, InboundKind.VIDEO, InboundKind.DOCUMENT})

_ORIGINAL = Prepared(
    select(_inbox.c.id, _inbox.c.state, _inbox.c.turn, _inbox.c.sealed, _inbox.c.kind).where(
        _inbox.c.practice == bindparam("practice"),
        _inbox.c.channel == bindparam("channel"),
        _inbox.c.account == bindparam("account"),
        _inbox.c.event == bindparam("event"),
        _inbox.c.conversation == bindparam("conversation"),
    )
)
_CHANGES_OF = Prepared(
    select(_inbox.c.id, _inbox.c.kind, _inbox.c.sealed)
    .join(ABOUT, ABOUT.c.inbox == _inbox.c.id)
    .where(
        ABOUT.c.practice == bindparam("practice"),
        ABOUT.c.about == bindparam("about"),
        _inbox.c.conversation == bindparam("conversation"),
        text("inbox.kind IN ('edit', 'deletion')"),
    )
    .order_by(_inbox.c.sent_at, _inbox.c.id)
)
_NOTE = Prepared(insert(ABOUT))
_RESEAL = Prepared(update(_inbox).where(_inbox.c.id == bindparam("row")).values(sealed=bindparam("words")))
_SETTLE = Prepared(
    update(_inbox)
    .where(_inbox.c.id == bindparam("row"), text("inbox.state = 'new'"), _inbox.c.turn.is_(None))
    .values(state="done")
)
_HEAR = Prepared(update(_inbox).where(_inbox.c.id == bindparam("row")).values(state="new"))
_JOURNAL = Prepared(select(_turn.c.sealed).where(_turn.c.id == bindparam("turn")))
_RESEAL_JOURNAL = Prepared(
    update(_turn).where(_turn.c.id == bindparam("turn")).values(sealed=bindparam("words"))
)
#: What of a turn's journal repeats, or tells, what a patient wrote.
_WORDS_OF_A_TURN = ("text", "heard", "commands", "events", "entities", "intent")


class Amendments:
    """Of one practice; within somebody's unit of work."""

    def __init__(self, rows: SealedRows) -> None:
        self._rows = rows
        self._practice = rows.practice

    def note(self, connection: Connection, conversation: str, row: int, event: InboundEvent) -> bool:
        """An edit or a deletion was stored as `row`: what it is about changes now, or when it comes.

        Whether a turn is to begin with it: the words that it changes have been heard already.
        """
        if event.about is None:
            return False
        about = self._rows.hashed(event.about)
        _NOTE.run(connection, inbox=row, practice=self._practice, about=about)
        comes_too_late = self._apply(connection, conversation, event, about)
        if comes_too_late:
            _HEAR.run(connection, row=row)
        return comes_too_late

    def catch_up(self, connection: Connection, conversation: str, event: InboundEvent) -> None:
        """A message was stored: whatever changed it came before."""
        self._apply(connection, conversation, event, self._rows.hashed(event.id or ""))

    def _apply(self, connection: Connection, conversation: str, event: InboundEvent, about: str) -> bool:
        """Whether words were edited that a turn has taken."""
        changes = _CHANGES_OF.all(connection, practice=self._practice, about=about, conversation=conversation)
        if not changes:
            return False
        original = _ORIGINAL.first(
            connection,
            practice=self._practice,
            channel=event.channel,
            account=event.account or "",
            event=about,
            conversation=conversation,
        )
        if original is None or original.kind in CHANGES:
            return False
        if any(change.kind == InboundKind.DELETION for change in changes):
            self._delete(connection, conversation, original, changes)
            return False
        latest = self._rows.open(connection, conversation, changes[-1].sealed).get("text")
        words = self._rows.open(connection, conversation, original.sealed)
        if latest and original.state == "new" and original.turn is None:
            before = words.get("before") or words.get("text")
            self._reseal(connection, conversation, original.id, {**words, "text": latest, "before": before})
            return False
        is_of_words = event.kind is InboundKind.EDIT and original.kind in _OF_WORDS
        return is_of_words and latest is not None and not _is_alike(latest, words.get("text") or "")

    def _delete(self, connection: Connection, conversation: str, original: Any, changes: Any) -> None:
        """The words go wherever they are stored; what was booked by them stays booked."""
        self._reseal(connection, conversation, original.id, {"deleted": True})
        forget_files(connection, original.id)
        _SETTLE.run(connection, row=original.id)
        for turn in {original.turn} - {None}:
            sealed = _JOURNAL.scalar(connection, turn=turn)
            if sealed is not None:
                journal = self._rows.open(connection, conversation, sealed)
                kept = {k: each for k, each in journal.items() if k not in _WORDS_OF_A_TURN}
                empty: dict[str, Any] = {
                    "text": "",
                    "heard": None,
                    "commands": [],
                    "events": [],
                    "entities": [],
                    "intent": None,
                }
                words = self._rows.seal(connection, conversation, {**kept, **empty, "deleted": True})
                _RESEAL_JOURNAL.run(connection, turn=turn, words=words)
        self._empty_edits(connection, conversation, changes)

    def _empty_edits(self, connection: Connection, conversation: str, changes: Any) -> None:
        """Edits of a message that is gone hold its words, too."""
        for change in changes:
            if change.kind == InboundKind.EDIT:
                self._reseal(connection, conversation, change.id, {"deleted": True})
                _SETTLE.run(connection, row=change.id)

    def _reseal(self, connection: Connection, conversation: str, row: int, words: dict[str, Any]) -> None:
        _RESEAL.run(connection, row=row, words=self._rows.seal(connection, conversation, words))


def _is_alike(now: str, before: str) -> bool:
    """Whether only signs, spaces or capitals are otherwise."""
    return _letters(now) == _letters(before)


def _letters(words: str) -> str:
    return "".join(letter for letter in words.casefold() if letter.isalnum())
