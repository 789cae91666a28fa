"""Whether a patient's message still waits for the assistant's answer (`bot.service.sending.typing`)."""

from sqlalchemy import Connection, bindparam, select, text

from bot.domain.conversation import Address
from bot.domain.pipeline import BOT, CLOSED
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.engine.statements import Prepared
from bot.storage.sealing.rows import SealedRows

_contact = t.ContactRow.__table__  # type: ignore[attr-defined]
_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]

_WAITS = Prepared(
    select(_contact.c.channel, _contact.c.account, _contact.c.sealed, _conversation.c.owner)
    .join(_conversation, _conversation.c.id == _contact.c.id)
    .where(
        _contact.c.id == bindparam("contact"),
        _conversation.c.draft.is_(None),
        text(f"conversation.owner IN ('{BOT}', '{CLOSED}')"),
        text("EXISTS (SELECT 1 FROM inbox WHERE inbox.conversation = contact.id AND inbox.state = 'new')"),
    )
)


class SqlAwaiting:
    """Of one practice."""

    def __init__(self, database: Database, rows: SealedRows) -> None:
        self._database = database
        self._rows = rows

    async def address(self, conversation: str) -> Address | None:
        def unit(connection: Connection) -> Address | None:
            row = _WAITS.first(connection, contact=conversation)
            if row is None:
                return None
            return self._rows.contact(
                connection, conversation, row.channel, row.account, row.sealed, None
            ).address

        return await self._database.read_brief(unit)
