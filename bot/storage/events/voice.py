"""Voice notes while a machine listens: inbox rows in the state `listening`, which no turn takes."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from bot.domain.conversation import InboundKind, Reply
from bot.domain.pipeline import BOT
from bot.ports import Clock
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.sealing.rows import SealedRows
from bot.storage.sealing.seal import Forgotten, Keyring
from bot.storage.tables import to_stamp

_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]
_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]

LISTENING = "listening"


class SqlVoice:
    """One practice's. `add_outbox` stages a message of ours."""

    def __init__(
        self,
        database: Database,
        *,
        practice: str,
        keyring: Keyring,
        clock: Clock,
        add_outbox: Callable[..., Any],
    ) -> None:
        self._database = database
        self._practice = practice
        self._rows = SealedRows(practice, keyring)
        self._clock = clock
        self._add_outbox = add_outbox

    async def act_on(self, inbox: int, text: str, *, confidence: float) -> str | None:
        def unit(connection: Connection) -> str | None:
            row = self._listening(connection, inbox)
            if row is None:
                return None
            more = {"text": text, "heard": confidence}
            self._change(connection, row, more, kind=InboundKind.TEXT.value, state="new")
            return str(row.conversation)

        return await self._database.write(unit)

    async def ask(self, inbox: int, question: Reply, *, confidence: float, text: str) -> str | None:
        def unit(connection: Connection) -> str | None:
            row = self._listening(connection, inbox)
            if row is None:
                return None
            owner = select(_conversation.c.owner).where(_conversation.c.id == row.conversation)
            if connection.execute(owner).scalar() != BOT:
                return None
            self._change(connection, row, {"read_back": text, "heard": confidence}, state="done")
            self._add_outbox(
                connection,
                conversation=row.conversation,
                id=str(uuid.uuid5(uuid.UUID(row.conversation), f"heard {inbox}")),
                author=BOT,
                reply=question,
                at=to_stamp(self._clock.now()),
            )
            return str(row.conversation)

        return await self._database.write(unit)

    async def let_go(self, inbox: int) -> str | None:
        let = (
            update(_inbox)
            .where(_inbox.c.id == inbox, _inbox.c.practice == self._practice, _inbox.c.state == LISTENING)
            .values(state="new")
            .returning(_inbox.c.conversation)
        )
        return await self._database.write(lambda connection: connection.execute(let).scalar())

    async def let_go_before(self, moment: datetime) -> tuple[str, ...]:
        overdue = (
            _inbox.c.practice == self._practice,
            _inbox.c.kind == InboundKind.AUDIO.value,
            _inbox.c.state == LISTENING,
            _inbox.c.received_at <= to_stamp(moment),
        )
        there = select(_inbox.c.id).where(*overdue).limit(1)
        if await self._database.read(lambda connection: connection.execute(there).first()) is None:
            return ()
        let = update(_inbox).where(*overdue).values(state="new").returning(_inbox.c.conversation)
        found = await self._database.write(lambda connection: connection.execute(let).scalars().all())
        return tuple(dict.fromkeys(found))

    async def said(self, conversation: str, inbox: int) -> str | None:
        def unit(connection: Connection) -> str | None:
            row = connection.execute(
                select(_inbox).where(
                    _inbox.c.id == inbox,
                    _inbox.c.practice == self._practice,
                    _inbox.c.conversation == conversation,
                )
            ).first()
            try:
                words = self._rows.open(connection, conversation, row.sealed) if row else {}
            except Forgotten:
                return None
            text = words.get("read_back")
            return str(text) if text else None

        return await self._database.read(unit)

    def _listening(self, connection: Connection, inbox: int) -> Any:
        mine = (_inbox.c.id == inbox, _inbox.c.practice == self._practice, _inbox.c.state == LISTENING)
        return connection.execute(select(_inbox).where(*mine)).first()

    def _change(self, connection: Connection, row: Any, more: Mapping[str, Any], **values: str) -> None:
        words = self._rows.open(connection, row.conversation, row.sealed)
        sealed = self._rows.seal(connection, row.conversation, {**words, **more})
        connection.execute(update(_inbox).where(_inbox.c.id == row.id).values(sealed=sealed, **values))
