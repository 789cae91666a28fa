"""A template that a person sends into a chat whose window may be closed."""

import uuid

from sqlalchemy import Connection, select

from bot.domain.conversation import Reply
from bot.domain.deeds import Deed
from bot.domain.pipeline import STAFF
from bot.domain.windows import Permission, Writer
from bot.service.inbox.desk import WindowClosed
from bot.storage import tables as t
from bot.storage.sending.speaking import Speaking
from bot.storage.tables import to_stamp

_outbox = t.OutboxRow.__table__  # type: ignore[attr-defined]  # SQLModel hides it


class SqlTemplateSending(Speaking):
    """Implements service.template_desk.Sending."""

    async def allowed(self, conversation: str) -> Permission:
        def unit(connection: Connection) -> Permission:
            self._store.ownership.row(connection, conversation)
            return self._may(connection, conversation)

        return await self._database.read(unit)

    async def send(self, conversation: str, reply: Reply, *, who: str, client_message_id: str) -> None:
        message = str(uuid.uuid5(uuid.UUID(conversation), f"staff {client_message_id}"))
        at = to_stamp(self._clock.now())

        def unit(connection: Connection) -> None:
            self._store.ownership.row(connection, conversation)
            if connection.execute(select(_outbox.c.seq).where(_outbox.c.id == message)).scalar():
                return
            self._store.ownership.take(connection, conversation, who, at=at)
            assert reply.template is not None
            if reply.template.category not in self._may(connection, conversation).templates:
                raise WindowClosed("nothing may be sent to this patient here; call them instead")
            self._store.add_outbox(
                connection,
                conversation=conversation,
                id=message,
                author=STAFF + who,
                reply=reply,
                at=at,
                client_message_id=client_message_id,
            )
            self._store.ownership.note_answer(connection, conversation, who, at=at)
            detail = f"{client_message_id} {reply.template.name}"
            self._audit.note(connection, Deed.SENT, by=who, conversation=conversation, detail=detail)

        await self._say(conversation, unit)

    def _may(self, connection: Connection, conversation: str) -> Permission:
        now = self._clock.now()
        return self._store.reaching.may(connection, conversation, writer=Writer.PERSON, at=now)
