"""Everything that is kept of one person, as JSON: what they said and heard, and what is noted about them."""

import base64
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, LargeBinary, Table, select

from bot.domain.practice import Practice
from bot.storage.diary.patients import SqlPatients
from bot.storage.diary.tables import APPOINTMENT, PATIENT
from bot.storage.rights.finding import Person
from bot.storage.rights.personal import OF_A_CONTACT, OF_EITHER, STAYS, theirs, visits
from bot.storage.rights.unread import unread_of
from bot.storage.sealing.plain_json import from_bytes
from bot.storage.sealing.rows import SealedRows
from bot.storage.sealing.seal import Forgotten, Keyring
from bot.storage.tables import FOREVER, from_stamp

#: What says nothing about the person: our own numbers and hashes.
_OURS = frozenset(
    {
        *("practice", "event", "message_id", "claimed_by", "epoch", "version", "seal", "handle"),
        *("hold_key", "booking_key", "change_key", "phone_handle", "pinned_by", "sealed"),
    }
)
_NO_INSTANTS = frozenset({"answered_by"})  # a big number, too
#: Tables whose sealed words stand beside what is open; elsewhere they stand together, under one name.
_SAID = frozenset({"contact", "inbox", "outbox", "note", "media"})
_CONTENT = {"sealed": "content"}
#: How the sections are called, by the name of their table; what is not here goes by that name.
_SECTIONS = {
    "contact": "person",
    "contact_handle": "",
    "consent": "consents",
    "conversation": "dialogue",
    "inbox": "messages",
    "outbox": "messages",
    "media": "files",
    "note": "notes",
    "tag": "tags",
    "handoff": "handoffs",
    "alert": "alerts",
    "turn": "turns",
    "ledger": "actions",
    "draft": "suggestions",
    "presence": "",
    "arrival": "arrivals",
    "outreach": "reminders",
    "call_task": "calls",
    "outreach_fact": "facts",
    "never_write": "never_write",
}


class SqlCopy:
    """Of one practice."""

    def __init__(self, practice: Practice, keyring: Keyring) -> None:
        self._practice = practice
        self._keyring = keyring
        self._rows = SealedRows(practice.id, keyring)
        self._patients = SqlPatients(practice.id, keyring)

    def of(self, connection: Connection, person: Person, *, at: datetime) -> dict[str, Any]:
        """Sections of rows; instants are ISO 8601 in UTC, files base64."""
        copy: dict[str, Any] = {
            "practice": self._practice.name,
            "as_of": at.astimezone(UTC).isoformat(),
            "conversations": list(person.contacts),
        }
        for table in (*OF_A_CONTACT, *OF_EITHER):
            section = _SECTIONS[table.name]
            if section:
                copy.setdefault(section, []).extend(self._section(connection, table, person))
        copy["messages"].sort(key=lambda one: one["at"])
        copy["people"] = self._people(connection, person)
        copy["visits"] = [
            _plain(APPOINTMENT, row._mapping, epoch=True)
            for row in visits(connection, self._practice.id, person)
        ]
        copy["not_understood"] = [
            each.raw for each in unread_of(connection, self._rows, [*person.recipients, *person.phones])
        ]
        trail = select(STAYS).where(
            STAYS.c.practice == self._practice.id, STAYS.c.conversation.in_(person.contacts)
        )
        copy["trail"] = [
            _plain(STAYS, dict(row)) for row in connection.execute(trail.order_by(STAYS.c.number)).mappings()
        ]
        return copy

    def _section(self, connection: Connection, table: Table, person: Person) -> list[dict[str, Any]]:
        chosen = select(table).where(theirs(table, self._practice.id, person))
        rows = connection.execute(chosen.order_by(*table.primary_key.columns)).mappings()
        return [self._row(connection, table, dict(row), person) for row in rows]

    def _row(
        self, connection: Connection, table: Table, row: Mapping[str, Any], person: Person
    ) -> dict[str, Any]:
        found = _plain(table, row)
        for column in table.columns:
            if isinstance(column.type, LargeBinary) and row[column.name] is not None:
                opened = self._opened(connection, bytes(row[column.name]), person)
                if table.name == "media" and column.name == "content":
                    found["content"] = base64.b64encode(opened).decode() if opened is not None else None
                    continue
                words = from_bytes(opened) if opened is not None else None
                if isinstance(words, dict) and table.name in _SAID:
                    found |= words
                else:
                    found[_CONTENT.get(column.name, column.name)] = words
        if table.name == "inbox":
            found = {"at": found["sent_at"], "by": "patient"} | found
        elif table.name == "outbox":
            found = {"at": found["created_at"], "by": found["author"]} | found
        return found

    def _opened(self, connection: Connection, sealed: bytes, person: Person) -> bytes | None:
        for owner in (*person.contacts, *person.patients):
            with suppress(Forgotten):
                return self._keyring.open(connection, owner, sealed)
        return None

    def _people(self, connection: Connection, person: Person) -> list[dict[str, Any]]:
        known = self._patients.all_of(connection, person.patients)
        own = select(PATIENT.c.id).where(PATIENT.c.id.in_(person.patients), PATIENT.c.contact.is_not(None))
        by_them = {*connection.execute(own).scalars()}
        return [
            {
                "id": id,
                "name": who.name,
                "phone": who.phone,
                "birth_date": who.birth_date.isoformat() if who.birth_date else None,
                "entered_by": "patient" if id in by_them else "practice",
            }
            for id, who in known.items()
        ]


def _plain(table: Table, row: Mapping[str, Any], *, epoch: bool = False) -> dict[str, Any]:
    """What stands open in a row. The diary counts seconds, everything else microseconds."""
    found: dict[str, Any] = {}
    for column in table.columns:
        value = row[column.name]
        if value is None or column.name in _OURS or isinstance(column.type, LargeBinary):
            continue
        if isinstance(column.type, BigInteger) and column.name not in _NO_INSTANTS:
            value = _instant(value, epoch=epoch)
        found[column.name] = value
    return found


def _instant(stamp: int, *, epoch: bool) -> str:
    if stamp >= FOREVER:
        return "until they write"
    return (datetime.fromtimestamp(stamp, UTC) if epoch else from_stamp(stamp)).isoformat()
