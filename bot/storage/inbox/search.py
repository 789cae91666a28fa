"""Finding conversations by names and phone numbers, which the database keeps sealed.

No index of names is stored: hashes of first letters would tell who reads the file how common each is. Instead
what was opened once is remembered in memory, folded, and kept up with by what changed since; the first search
after a start opens everything. Whoever was forgotten meanwhile is not found.
"""

import json
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, case, select

from bot.domain.deeds import Deed
from bot.domain.people import name_words
from bot.service.inbox.desk import WaitingConversation
from bot.service.inbox.search import MOST_FOUND
from bot.storage import tables as t
from bot.storage.diary.tables import PATIENT
from bot.storage.engine.database import Database
from bot.storage.inbox.audit import SqlAudit
from bot.storage.inbox.lists import DeskList
from bot.storage.sealing.seal import Forgotten, Keyring
from nlu.transliteration import in_latin

_contact = t.ContactRow.__table__  # type: ignore[attr-defined]
_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]
_handoff = t.HandoffRow.__table__  # type: ignore[attr-defined]

#: Commits of other workers become visible a little out of order; microseconds.
_OVERLAP = 60_000_000
_SHORTEST_NUMBER = 3
#: SQLite takes so many bound values at least.
_AT_ONCE = 500


class SqlFinder:
    """Implements service.search.Finder for one practice."""

    def __init__(
        self, database: Database, *, practice: str, keyring: Keyring, audit: SqlAudit, rows: DeskList
    ) -> None:
        self._database = database
        self._practice = practice
        self._keyring = keyring
        self._audit = audit
        self._rows = rows
        self._words: dict[str, frozenset[str]] = {}
        self._numbers: dict[str, frozenset[str]] = {}
        self._patients: dict[str, set[str]] = defaultdict(set)  # ids of patient rows that were read
        self._read_to = -_OVERLAP
        self.seconds = 0.0  # that the last search took

    async def find(self, words: str, *, who: str, limit: int = MOST_FOUND) -> tuple[WaitingConversation, ...]:
        asked = tuple(folded(words))
        digits = re.sub(r"\D", "", words)
        if not asked and len(digits) < _SHORTEST_NUMBER:
            return ()
        begun = time.perf_counter()
        found = await self._database.read(lambda connection: self._find(connection, asked, digits, limit))
        self.seconds = time.perf_counter() - begun
        await self._audit.note_now(Deed.SEARCHED, by=who, detail=f"{len(found)} found")
        return found

    def forget(self) -> None:
        """Somebody was erased: whoever is still there is read anew with the next search."""
        self._words, self._numbers, self._patients = {}, {}, defaultdict(set)
        self._read_to = -_OVERLAP

    def _find(
        self, connection: Connection, asked: tuple[str, ...], digits: str, limit: int
    ) -> tuple[WaitingConversation, ...]:
        self._keep_up(connection)
        if asked:
            ids = [id for id, words in self._words.items() if _begins_like(words, asked)]
        else:
            ids = [id for id, numbers in self._numbers.items() if any(digits in one for one in numbers)]
        first = self._in_order(connection, ids)[:limit]
        found = self._rows.found(connection, first)
        return tuple(sorted(found, key=lambda row: first.index(row.id)))

    def _in_order(self, connection: Connection, ids: list[str]) -> list[str]:
        is_open = (
            select(_handoff.c.id)
            .where(_handoff.c.conversation == _conversation.c.id, _handoff.c.closed_at.is_(None))
            .exists()
        )
        ranked: list[tuple[int, int, str]] = []
        for start in range(0, len(ids), _AT_ONCE):
            rows = select(_conversation.c.id, _conversation.c.updated_at, case((is_open, 0), else_=1)).where(
                _conversation.c.practice == self._practice,
                _conversation.c.id.in_(ids[start : start + _AT_ONCE]),
            )
            ranked += [(closed, -at, id) for id, at, closed in connection.execute(rows)]
        return [id for _, _, id in sorted(ranked)]

    # -- what is remembered -------------------------------------------------------------------------------

    def _keep_up(self, connection: Connection) -> None:
        """Reads again whoever changed since the last time; a name is never old by more than that."""
        changed = set(
            connection.execute(
                select(_conversation.c.id).where(
                    _conversation.c.practice == self._practice,
                    _conversation.c.updated_at > self._read_to - _OVERLAP,
                )
            ).scalars()
        )
        patients = select(PATIENT.c.id, PATIENT.c.contact).where(
            PATIENT.c.practice == self._practice, PATIENT.c.contact.is_not(None)
        )
        there: dict[str, set[str]] = defaultdict(set)
        for id, contact in connection.execute(patients):
            there[contact].add(id)
        changed |= {contact for contact, ids in there.items() if ids != self._patients.get(contact)}
        changed |= {contact for contact in self._patients if contact not in there}
        ids = sorted(changed)
        for start in range(0, len(ids), _AT_ONCE):
            self._read(connection, ids[start : start + _AT_ONCE])
        self._patients = there

    def _read(self, connection: Connection, ids: list[str]) -> None:
        told: dict[str, list[dict[str, Any]]] = defaultdict(list)
        rows = (
            select(_contact.c.id, _contact.c.sealed.label("who"), _conversation.c.sealed)
            .add_columns(_conversation.c.updated_at)
            .join(_conversation, _conversation.c.id == _contact.c.id)
            .where(_contact.c.practice == self._practice, _contact.c.id.in_(ids))
        )
        for row in connection.execute(rows):
            self._read_to = max(self._read_to, row.updated_at)
            told[row.id].append(self._opened(connection, row.id, row.who))
            if row.sealed is not None:
                slots = self._opened(connection, row.id, row.sealed).get("slots") or {}
                told[row.id].append({"name": slots.get("patient_name"), "phone": slots.get("phone")})
        people = select(PATIENT.c.contact, PATIENT.c.sealed).where(
            PATIENT.c.practice == self._practice, PATIENT.c.contact.in_(ids)
        )
        for contact, sealed in connection.execute(people):
            told[contact].append(self._opened(connection, contact, sealed))
        for id in ids:
            self._words.pop(id, None)
            self._numbers.pop(id, None)
            if known := told.get(id):
                names = [str(one["name"]) for one in known if one.get("name")]
                self._words[id] = frozenset(word for name in names for word in folded(name))
                numbers = (one.get(what) for one in known for what in ("phone", "recipient"))
                self._numbers[id] = frozenset(re.sub(r"\D", "", str(one)) for one in numbers if one)

    def _opened(self, connection: Connection, owner: str, sealed: bytes) -> dict[str, Any]:
        with suppress(Forgotten):
            value: dict[str, Any] = json.loads(self._keyring.open(connection, owner, sealed))
            return value
        return {}


def folded(name: str) -> Iterator[str]:
    """The words of a name, one spelling for Cyrillic and Latin letters."""
    return (in_latin(word) for word in sorted(name_words(name)))


def _begins_like(words: Iterable[str], asked: Iterable[str]) -> bool:
    return all(any(word.startswith(one) for word in words) for one in asked)
