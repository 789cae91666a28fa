"""What the assistant made of one conversation's last messages, turn by turn, from its journals."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.service.inbox.desk import TurnTrace
from bot.service.turns.journal import stack_of, steps_of
from bot.storage import tables as t
from bot.storage.sealing.seal import Keyring
from bot.storage.tables import from_stamp

_contact = t.ContactRow.__table__  # type: ignore[attr-defined]  # SQLModel hides it
_turn = t.TurnRow.__table__  # type: ignore[attr-defined]  # SQLModel hides it

_TRACED_TURNS = 50


class Traces:
    """One practice's."""

    def __init__(self, practice: str, keyring: Keyring) -> None:
        self._practice = practice
        self._keyring = keyring

    def of(self, connection: Connection, contact: str) -> tuple[TurnTrace, ...]:
        """Oldest first; `contact` is a conversation's id, or a phone on any account of ours."""
        conversation = self._find(connection, contact)
        if conversation is None:
            return ()
        rows = connection.execute(
            select(_turn)
            .where(_turn.c.conversation == conversation, _turn.c.sealed.is_not(None))
            .order_by(_turn.c.started_at.desc())
            .limit(_TRACED_TURNS)
        ).all()
        return tuple(
            _trace(from_stamp(row.started_at), self._open(connection, conversation, row.sealed))
            for row in reversed(rows)
        )

    def _find(self, connection: Connection, contact: str) -> str | None:
        ours = (_contact.c.id == contact, _contact.c.practice == self._practice)
        known = connection.execute(select(_contact.c.id).where(*ours)).scalar()
        if known is not None:
            return str(known)
        digits = contact.lstrip("+")
        for row in connection.execute(
            select(_contact).where(_contact.c.practice == self._practice).order_by(_contact.c.created_at)
        ):
            who = self._open(connection, row.id, row.sealed)
            if digits in ((who.get("phone") or "").lstrip("+"), who.get("recipient")):
                return str(row.id)
        return None

    def _open(self, connection: Connection, owner: str, sealed: bytes) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self._keyring.open(connection, owner, sealed))
        return value


def _trace(at: datetime, journal: Mapping[str, Any]) -> TurnTrace:
    intent: Sequence[Any] = journal.get("intent") or (None, None)
    return TurnTrace(
        at=at,
        text=journal.get("text") or "",
        language=journal.get("language") or "",
        intent=intent[0],
        confidence=intent[1],
        entities=tuple((kind, value) for kind, value in journal.get("entities") or ()),
        red_flag=journal.get("red_flag"),
        commands=tuple(journal.get("commands") or ()),
        flow=journal.get("flow"),
        step=journal.get("step"),
        actions=tuple((name, outcome) for name, outcome in journal.get("actions") or ()),
        reply="\n\n".join(journal.get("replies") or ()),
        stack=stack_of(journal),
        steps=steps_of(journal),
    )
