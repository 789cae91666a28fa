"""What patients wrote, when the assistant booked, and which hand-offs stood open: facts for figures."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from bot.domain.chats import BookingFact, WroteFact
from bot.domain.figures import HandoffFact
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.inbox.facts import fact_of
from bot.storage.sealing.seal import Forgotten, Keyring
from bot.storage.tables import from_stamp, to_stamp
from bot.storage.turns.handoffs import NOT_PATIENT

_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]
_handoff = t.HandoffRow.__table__  # type: ignore[attr-defined]
_ledger = t.LedgerRow.__table__  # type: ignore[attr-defined]

#: The action that books, and the slot in which it says what came of it.
BOOKS, BOOKED = "action_book", {"name": "booking_result", "value": "booked"}


class SqlChatFacts:
    """One practice's; reads only, and blocks: not for the event loop's own thread."""

    def __init__(self, database: Database, *, practice: str, keyring: Keyring) -> None:
        self._database = database
        self._practice = practice
        self._keyring = keyring

    def wrote(self, *, start: datetime, end: datetime) -> tuple[WroteFact, ...]:
        rows = select(_inbox.c.conversation, _inbox.c.received_at).where(
            _inbox.c.practice == self._practice,
            _inbox.c.received_at >= to_stamp(start),
            _inbox.c.received_at < to_stamp(end),
            _inbox.c.kind.not_in(NOT_PATIENT),
        )
        return self._database.read_now(
            lambda connection: tuple(
                WroteFact(conversation=row.conversation, at=from_stamp(row.received_at))
                for row in connection.execute(rows)
            )
        )

    def bookings(self, *, start: datetime, end: datetime) -> tuple[BookingFact, ...]:
        """By the assistant, whatever diary it books into. Of somebody forgotten nothing can be read."""
        rows = select(_ledger.c.conversation, _ledger.c.at, _ledger.c.result).where(
            _ledger.c.practice == self._practice,
            _ledger.c.action == BOOKS,
            _ledger.c.at >= to_stamp(start),
            _ledger.c.at < to_stamp(end),
            _ledger.c.result.is_not(None),
        )

        def unit(connection: Connection) -> tuple[BookingFact, ...]:
            return tuple(
                BookingFact(conversation=row.conversation, at=from_stamp(row.at))
                for row in connection.execute(rows).all()
                if self._has_booked(connection, row)
            )

        return self._database.read_now(unit)

    def _has_booked(self, connection: Connection, row: Any) -> bool:
        try:
            result = json.loads(self._keyring.open(connection, row.conversation, row.result))
        except Forgotten:
            return False
        return any(BOOKED.items() <= event.items() for event in result.get("events", ()))

    def open_within(self, *, start: datetime, end: datetime) -> tuple[HandoffFact, ...]:
        """Hand-offs that stood open at some moment of [start, end)."""
        rows = select(_handoff).where(
            _handoff.c.practice == self._practice,
            _handoff.c.opened_at < to_stamp(end),
            or_(_handoff.c.closed_at.is_(None), _handoff.c.closed_at > to_stamp(start)),
        )
        return self._database.read_now(lambda connection: tuple(map(fact_of, connection.execute(rows))))
