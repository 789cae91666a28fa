"""What a patient is told because something happened in the diary, and not because anybody wrote.

It goes out whoever owns the conversation, and changes nothing about that. It commits with the diary's change
that it tells of.
"""

import uuid
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, select

from bot.domain.conversation import Reply
from bot.domain.deeds import Deed
from bot.domain.diary import DiaryWrite
from bot.domain.pipeline import STAFF
from bot.ports import Clock
from bot.service.changes import Changes
from bot.storage.engine.database import Database
from bot.storage.inbox.audit import SqlAudit
from bot.storage.store import SqlStore
from bot.storage.tables import OutboxRow, to_stamp

_outbox = OutboxRow.__table__  # type: ignore[attr-defined]  # SQLModel hides it


class SqlNotices:
    """Notices of one practice."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        store: SqlStore,
        audit: SqlAudit,
        changes: Changes,
        wake_delivery: Callable[[str], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._store = store
        self._audit = audit
        self._changes = changes
        self._wake_delivery = wake_delivery

    async def tell(
        self,
        conversation: str,
        text: str,
        *,
        key: str,
        who: str,
        writes: Sequence[DiaryWrite] = (),
    ) -> bool:
        """Makes the writes and tells the patient, by a template where the channel takes no words any more.
        False when it takes none either (the writes are made all the same). The same key again changes
        nothing. Raises a write's BookingError."""
        message = str(uuid.uuid5(uuid.UUID(conversation), f"notice {key}"))
        at = self._clock.now()

        def unit(connection: Connection) -> bool:
            if connection.execute(select(_outbox.c.seq).where(_outbox.c.id == message)).scalar():
                return True
            for write in writes:
                self._store.apply_write(connection, write)
            if writes:
                self._audit.note(connection, Deed.CHANGED_VISIT, by=who, conversation=conversation)
            reply: Reply | None = Reply(text=text)
            if not self._store.handoffs.may_answer(connection, conversation, to_stamp(at)):
                reply = self._store.fates.carried(connection, conversation, text, at=to_stamp(at))
            if reply is None:
                return False
            self._store.add_outbox(
                connection,
                conversation=conversation,
                id=message,
                author=STAFF + who,
                reply=reply,
                at=to_stamp(at),
            )
            return True

        told = await self._database.write(unit)
        self._changes.ring()
        self._wake_delivery(conversation)
        return told
