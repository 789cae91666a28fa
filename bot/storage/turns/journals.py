"""Stored conversations, for those who look at what the assistant did and why: reads only."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from bot.errors import ChairsideError
from bot.service.turns.journal import ActionNote, StoredConversation, StoredTurn
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.sealing.seal import Forgotten, Keyring
from bot.storage.tables import from_stamp

_contact = t.ContactRow.__table__  # type: ignore[attr-defined]
_turn = t.TurnRow.__table__  # type: ignore[attr-defined]
_ledger = t.LedgerRow.__table__  # type: ignore[attr-defined]


class Erased(ChairsideError):
    """The patient wished to be forgotten: nothing of the conversation can be read."""


class SqlJournals:
    """The journals of one practice. A conversation is named by its id, or by how that begins."""

    def __init__(self, database: Database, *, practice: str, keyring: Keyring) -> None:
        self._database = database
        self._practice = practice
        self._keyring = keyring

    def latest(self, *, limit: int | None = None) -> tuple[StoredConversation, ...]:
        """Those that had a turn, the latest first."""
        return self._database.read_now(lambda connection: self._listed(connection, limit))

    def find(self, beginning: str) -> str:
        """Raises ChairsideError when no conversation, or more than one, is called so."""
        known = [c.id for c in self.latest() if c.id.startswith(beginning.lower())]
        if not known:
            raise ChairsideError(
                f'no conversation begins with "{beginning}"; `chairside explain` lists the latest'
            )
        if len(known) > 1:
            raise ChairsideError(f'{len(known)} conversations begin with "{beginning}"; write more of the id')
        return known[0]

    def turns(self, conversation: str) -> tuple[StoredTurn, ...]:
        """Oldest first. Raises Erased."""
        try:
            return self._database.read_now(lambda connection: self._turns(connection, conversation))
        except Forgotten as error:
            raise Erased(
                f"conversation {conversation[:8]} was erased at the patient's wish; nothing of it can be read"
            ) from error

    def _listed(self, connection: Connection, limit: int | None) -> tuple[StoredConversation, ...]:
        last = func.max(_turn.c.started_at)
        found = connection.execute(
            select(_turn.c.conversation, _contact.c.channel, func.count().label("turns"), last.label("last"))
            .join(_contact, _contact.c.id == _turn.c.conversation)
            .where(_turn.c.practice == self._practice, _turn.c.sealed.is_not(None))
            .group_by(_turn.c.conversation, _contact.c.channel)
            .order_by(last.desc(), _turn.c.conversation)
            .limit(limit)
        )
        return tuple(
            StoredConversation(
                id=row.conversation, channel=row.channel, turns=row.turns, last_at=from_stamp(row.last)
            )
            for row in found
        )

    def _turns(self, connection: Connection, conversation: str) -> tuple[StoredTurn, ...]:
        notes: dict[str, list[ActionNote]] = {}
        for row in connection.execute(
            select(_ledger)
            .where(_ledger.c.conversation == conversation, _ledger.c.result.is_not(None))
            .order_by(_ledger.c.turn, _ledger.c.number)
        ):
            result = self._open(connection, conversation, row.result)
            notes.setdefault(row.turn, []).append(
                ActionNote(
                    action=row.action,
                    events=tuple(result["events"]),
                    responses=tuple(result["responses"]),
                    failed=result["failed"],
                )
            )
        found = connection.execute(
            select(_turn)
            .where(
                _turn.c.conversation == conversation,
                _turn.c.practice == self._practice,
                _turn.c.sealed.is_not(None),
            )
            .order_by(_turn.c.finished_at, _turn.c.started_at)
        ).all()
        turns = [
            StoredTurn(
                id=row.id,
                at=from_stamp(row.started_at),
                journal=self._open(connection, conversation, row.sealed),
                actions=tuple(notes.get(row.id, ())),
            )
            for row in found
        ]
        # Several may have happened in the same moment of a clock that stands. Old journals have no number.
        return tuple(sorted(turns, key=lambda turn: int(turn.journal.get("turn", 0))))

    def _open(self, connection: Connection, conversation: str, sealed: bytes) -> Mapping[str, Any]:
        value: Mapping[str, Any] = json.loads(self._keyring.open(connection, conversation, sealed))
        return value
