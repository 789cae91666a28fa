"""The past of a number that stays in the WhatsApp Business app: old messages, kept as such, and the names
under which the practice has people on its phone.

Nothing of it is answered, opens a window, waits for anybody or counts as written today. What comes live after
all, though it was handed over as old before, is a message like any other.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, text, update

from bot.domain.conversation import InboundEvent, InboundKind
from bot.domain.pipeline import PAST, PAST_FILE
from bot.storage import tables as t
from bot.storage.engine.statements import Prepared, upsert
from bot.storage.events.contacts import Contacts
from bot.storage.events.words import words_of
from bot.storage.sealing.rows import SealedRows
from bot.storage.tables import to_stamp

_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]

_KEEP = Prepared(upsert(_inbox).on_conflict_do_nothing().returning(_inbox.c.id))
_OF_EVENT = (
    _inbox.c.practice == bindparam("of_practice"),
    _inbox.c.channel == bindparam("of_channel"),
    _inbox.c.account == bindparam("of_account"),
    _inbox.c.event == bindparam("of_event"),
)
#: The file that stood there only as a place.
_FILL = Prepared(
    update(_inbox)
    .where(*_OF_EVENT, text(f"inbox.kind = '{PAST}'"))
    .values(kind=PAST_FILE, sealed=bindparam("words"), received_at=bindparam("at"))
)
_BRING_BACK = Prepared(
    update(_inbox)
    .where(*_OF_EVENT, text(f"inbox.kind IN ('{PAST}', '{PAST_FILE}')"))
    .values(
        kind=bindparam("new_kind"),
        sealed=bindparam("words"),
        state=bindparam("new_state"),
        received_at=bindparam("at"),
    )
    .returning(_inbox.c.id)
)
_AT_ONCE = 200
_FIELDS = frozenset({"history", "smb_app_state_sync"})


def is_of_the_app(event: InboundEvent) -> bool:
    """Whether the Business app handed it over."""
    return event.kind is InboundKind.SYSTEM and event.details.get("field") in _FIELDS


def slices(events: Sequence[InboundEvent]) -> Iterable[Sequence[InboundEvent]]:
    """A chunk can have thousands: others write in between."""
    return (events[place : place + _AT_ONCE] for place in range(0, len(events), _AT_ONCE))


class Past:
    """Of one practice; within somebody's unit of work."""

    def __init__(self, rows: SealedRows, contacts: Contacts) -> None:
        self._rows = rows
        self._contacts = contacts

    def take(self, connection: Connection, event: InboundEvent, at: int) -> None:
        if not event.sender or not event.id:
            return
        if event.details.get("field") == "history":
            self._keep(connection, event, at)
        else:
            self._contacts.call(connection, event, at, name=event.profile_name)

    def bring_back(
        self, connection: Connection, event: InboundEvent, words: bytes, *, state: str, at: int
    ) -> int | None:
        """A message that comes live though it is kept as old: its row, which is one like any other now."""
        row: int | None = _BRING_BACK.scalar(
            connection,
            new_kind=event.kind.value,
            words=words,
            new_state=state,
            at=at,
            **self._of(event),
        )
        return row

    def _keep(self, connection: Connection, event: InboundEvent, at: int) -> None:
        written = to_stamp(event.at) if event.at else at
        conversation, _ = self._contacts.of(connection, event, min(written, at))
        about = self._rows.hashed(event.about) if event.about else None
        words = self._rows.seal(connection, conversation, words_of(event, about=about))
        row = _KEEP.scalar(
            connection,
            practice=self._rows.practice,
            channel=event.channel,
            account=event.account or "",
            event=self._rows.hashed(event.id or ""),
            conversation=conversation,
            kind=PAST_FILE if event.attachments else PAST,
            sealed=words,
            sent_at=min(written, at),
            received_at=at,
            state="done",
            attempts=0,
        )
        if row is None and event.attachments:
            _FILL.run(connection, words=words, at=at, **self._of(event))

    def _of(self, event: InboundEvent) -> dict[str, str]:
        return {
            "of_practice": self._rows.practice,
            "of_channel": event.channel,
            "of_account": event.account or "",
            "of_event": self._rows.hashed(event.id or ""),
        }
