"""Answers given to somebody else's dialogue (`bot.actions.serving`): sealed, beside the diary, once a key."""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from bot.domain.diary import DiaryWrite
from bot.ports import ActionCall
from bot.storage.engine.database import Database
from bot.storage.sealing.seal import Forgotten, Keyring
from bot.storage.tables import LedgerRow, to_stamp

_LEDGER = LedgerRow.__table__  # type: ignore[attr-defined]


class SqlAnswerBook:
    """An AnswerBook in the ledger of actions: a call is a turn of its own, and its key the turn's name."""

    def __init__(
        self,
        database: Database,
        *,
        practice: str,
        keyring: Keyring,
        apply_write: Callable[[Connection, DiaryWrite], None],
    ) -> None:
        self._database = database
        self._practice = practice
        self._keyring = keyring
        self._apply_write = apply_write

    def contact(self, sender: str) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, self._practice + self._keyring.handle("rasa", sender)))

    async def known(self, contact: str, key: str) -> Mapping[str, Any] | None:
        statement = select(_LEDGER.c.result).where(_LEDGER.c.turn == key, _LEDGER.c.conversation == contact)

        def unit(connection: Connection) -> Mapping[str, Any] | None:
            sealed = connection.execute(statement).scalar()
            if sealed is None:
                return None
            try:
                found: Mapping[str, Any] = json.loads(self._keyring.open(connection, contact, sealed))
            except Forgotten:
                return None
            return found

        return await self._database.read(unit)

    async def keep(self, call: ActionCall, answer: Mapping[str, Any], writes: Sequence[DiaryWrite]) -> None:
        def unit(connection: Connection) -> None:
            sealed = self._sealed(connection, call.contact, answer)
            for write in writes:
                self._apply_write(connection, write)
            row = {
                "turn": call.key,
                "number": 1,
                "practice": self._practice,
                "conversation": call.contact,
                "action": call.name,
                "key": call.key,
                "arguments": self._sealed(connection, call.contact, {}),
                "result": sealed,
                "at": to_stamp(call.at),
            }
            # There is one only when its reader was forgotten meanwhile.
            connection.execute(delete(_LEDGER).where(_LEDGER.c.turn == call.key))
            connection.execute(insert(_LEDGER).values(row))

        await self._database.write(unit)

    def _sealed(self, connection: Connection, contact: str, what: Mapping[str, Any]) -> bytes:
        plain = json.dumps(what).encode()
        try:
            return self._keyring.seal(connection, contact, plain)
        except Forgotten:  # somebody new, or somebody who begins anew
            self._keyring.create(connection, contact)
            return self._keyring.seal(connection, contact, plain)
