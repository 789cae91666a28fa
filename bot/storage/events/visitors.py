"""Visitors of the chat on the practice's own site: how many from one address, and what each may read.

A visitor reads what was written in their own chat and sent, nothing else: no notes, no drafts, nothing that a
person has not let out.
"""

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from bot.domain.channels import WEB
from bot.domain.conversation import InboundKind
from bot.domain.pipeline import OutboxState
from bot.service.visitors import MOST_AN_HOUR, TooManyVisits, VisitorMessage, network_of
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.events.visitor_tables import VisitorRow
from bot.storage.sealing.seal import Keyring
from bot.storage.tables import from_stamp, to_stamp

# Stamps are microseconds.
_HOUR = timedelta(hours=1) // timedelta(microseconds=1)
_KEPT_FOR = 48 * _HOUR
_MOST_SHOWN = 200

_visitor = VisitorRow.__table__  # type: ignore[attr-defined]  # SQLModel's tables are made at run time
_handle = t.ContactHandle.__table__  # type: ignore[attr-defined]
_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]
_outbox = t.OutboxRow.__table__  # type: ignore[attr-defined]


class SqlVisitors:
    """For one practice."""

    def __init__(self, database: Database, *, practice: str, keyring: Keyring, account: str) -> None:
        self._database = database
        self._practice = practice
        self._keyring = keyring
        self._account = account

    async def begin(self, address: str, *, at: datetime) -> str:
        """A new visitor's id. Raises TooManyVisits."""
        origin = self._keyring.handle("visitor", network_of(address))
        now = to_stamp(at)

        def unit(connection: Connection) -> str:
            mine = (_visitor.c.practice == self._practice) & (_visitor.c.origin == origin)
            recent = _visitor.c.began_at > now - _HOUR
            begun = connection.execute(
                select(func.count()).select_from(_visitor).where(mine & recent)
            ).scalar()
            if (begun or 0) >= MOST_AN_HOUR:
                raise TooManyVisits("too many chats began from this address; try again in an hour, or call")
            old = _visitor.c.began_at < now - _KEPT_FOR
            connection.execute(delete(_visitor).where((_visitor.c.practice == self._practice) & old))
            visitor = str(uuid.uuid4())
            row = {"practice": self._practice, "id": visitor, "origin": origin, "began_at": now}
            connection.execute(insert(_visitor).values(row))
            return visitor

        return await self._database.write(unit)

    async def messages(self, visitor: str) -> tuple[VisitorMessage, ...]:
        """What stands in this visitor's chat, oldest first; the last of a long one."""
        handle = self._keyring.handle(WEB, self._account, visitor)

        def unit(connection: Connection) -> tuple[VisitorMessage, ...]:
            query = select(_handle.c.contact).where(
                (_handle.c.practice == self._practice) & (_handle.c.handle == handle)
            )
            conversation = connection.execute(query).scalar()
            return self._messages(connection, conversation) if conversation else ()

        return await self._database.read(unit)

    def _messages(self, connection: Connection, conversation: str) -> tuple[VisitorMessage, ...]:
        found: list[tuple[int, int, VisitorMessage]] = []
        written = select(_inbox).where(
            (_inbox.c.conversation == conversation)
            & _inbox.c.kind.in_([InboundKind.TEXT.value, InboundKind.CHOICE.value])
        )
        for row in connection.execute(written.order_by(_inbox.c.id.desc()).limit(_MOST_SHOWN)):
            words = self._open(connection, conversation, row.sealed)
            message = VisitorMessage(
                id=f"in-{row.id}",
                at=from_stamp(row.received_at),
                by="visitor",
                text=words.get("text") or "",
            )
            found.append((row.received_at, row.id, message))
        sent = select(_outbox).where(
            (_outbox.c.conversation == conversation) & (_outbox.c.state == OutboxState.SENT.value)
        )
        for row in connection.execute(sent.order_by(_outbox.c.seq.desc()).limit(_MOST_SHOWN)):
            content = self._open(connection, conversation, row.sealed)
            message = VisitorMessage(
                id=f"out-{row.seq}",
                at=from_stamp(row.created_at),
                by="assistant" if row.author == "bot" else "staff",
                text=content["text"],
                taps=tuple((payload, title, about) for title, payload, about in content["choices"]),
            )
            found.append((row.created_at, row.seq, message))
        found.sort(key=lambda one: one[:2])
        return tuple(message for _, _, message in found[-_MOST_SHOWN:])

    def _open(self, connection: Connection, owner: str, sealed: bytes) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self._keyring.open(connection, owner, sealed))
        return content
