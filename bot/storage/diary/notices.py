"""What a patient is told because something happened in the diary, and not because anybody wrote.

It goes out whoever owns the conversation, and changes nothing about that. It commits with the diary's change
that it tells of.
"""

import uuid
from collections.abc import Sequence

from sqlalchemy import Connection, select

from bot.domain.conversation import Reply
from bot.domain.deeds import Deed
from bot.domain.diary import DiaryWrite
from bot.domain.pipeline import STAFF
from bot.storage.sending.speaking import Speaking
from bot.storage.tables import OutboxRow, to_stamp

_outbox = OutboxRow.__table__  # type: ignore[attr-defined]  # SQLModel hides it


class SqlNotices(Speaking):
    """Notices of one practice."""

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

        return await self._say(conversation, unit)
