"""Notes, tags and snoozing as rows; canned answers from practice.yml. Implements service.notes."""

import json
import re
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from bot.domain.deeds import Deed
from bot.domain.practice import Practice
from bot.ports import Clock
from bot.service.changes import Changes
from bot.service.inbox.notes import CannedAnswer, NoSuchAnswer, Note, SlotMissing, filled, gaps
from bot.service.turns.facts import practice_facts
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.engine.statements import upsert
from bot.storage.inbox import tables as d
from bot.storage.inbox.audit import SqlAudit
from bot.storage.inbox.ownership import Ownership
from bot.storage.sealing.seal import Forgotten, Keyring
from bot.storage.tables import FOREVER, from_stamp, to_stamp

_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]
_note = d.NoteRow.__table__  # type: ignore[attr-defined]
_tag = d.TagRow.__table__  # type: ignore[attr-defined]

#: "Until the patient writes" as a moment that pages can show and compare.
UNTIL_THEY_WRITE = datetime.max.replace(tzinfo=from_stamp(0).tzinfo)


class SqlNotes:
    """One practice's."""

    def __init__(
        self,
        database: Database,
        *,
        practice: Practice,
        keyring: Keyring,
        clock: Clock,
        owners: Ownership,
        audit: SqlAudit,
        changes: Changes,
    ) -> None:
        self._database = database
        self._practice = practice
        self._keyring = keyring
        self._clock = clock
        self._owners = owners
        self._audit = audit
        self._changes = changes

    # -- notes --------------------------------------------------------------------------------------------

    async def add_note(self, conversation: str, text: str, *, by: str, people: tuple[str, ...] = ()) -> Note:
        at = to_stamp(self._clock.now())
        mentions = tuple(person for person in people if _names(text, person))

        def unit(connection: Connection) -> Note:
            self._owners.row(connection, conversation)
            row = {
                "practice": self._practice.id,
                "conversation": conversation,
                "at": at,
                "by": by,
                "mentions": "\n".join(mentions),
                "sealed": self._keyring.seal(connection, conversation, json.dumps({"text": text}).encode()),
            }
            id = connection.execute(insert(_note).returning(_note.c.id), row).scalar_one()
            self._audit.note(connection, Deed.NOTED, by=by, conversation=conversation, detail=f"note {id}")
            return Note(
                id=id, conversation=conversation, at=from_stamp(at), by=by, text=text, mentions=mentions
            )

        added = await self._database.write(unit)
        self._changes.ring()
        return added

    async def notes(self, conversation: str) -> tuple[Note, ...]:
        def unit(connection: Connection) -> tuple[Note, ...]:
            self._owners.row(connection, conversation)
            return self.notes_in(connection, conversation)

        return await self._database.read(unit)

    def notes_in(self, connection: Connection, conversation: str) -> tuple[Note, ...]:
        rows = select(_note).where(_note.c.conversation == conversation).order_by(_note.c.id)
        return tuple(self._opened(connection, row) for row in connection.execute(rows))

    async def mentions_of(self, person: str, *, limit: int = 50) -> tuple[Note, ...]:
        rows = (
            select(_note)
            .where(_note.c.practice == self._practice.id, _note.c.mentions.contains(person, autoescape=True))
            .order_by(_note.c.id.desc())
        )

        def unit(connection: Connection) -> tuple[Note, ...]:
            found = []
            for row in connection.execute(rows):
                if person in row.mentions.split("\n"):
                    try:
                        found.append(self._opened(connection, row))
                    except Forgotten:
                        continue  # the patient wished to be forgotten, notes included
                if len(found) == limit:
                    break
            return tuple(found)

        return await self._database.read(unit)

    def _opened(self, connection: Connection, row: Any) -> Note:
        words = json.loads(self._keyring.open(connection, row.conversation, row.sealed))
        return Note(
            id=row.id,
            conversation=row.conversation,
            at=from_stamp(row.at),
            by=row.by,
            text=words["text"],
            mentions=tuple(row.mentions.split("\n")) if row.mentions else (),
        )

    # -- tags ---------------------------------------------------------------------------------------------

    async def tag(self, conversation: str, name: str, *, by: str) -> None:
        row = {
            "conversation": conversation,
            "name": name,
            "practice": self._practice.id,
            "at": to_stamp(self._clock.now()),
            "by": by,
        }
        await self._change(
            conversation, upsert(_tag).values(row).on_conflict_do_nothing(), Deed.TAGGED, by, name
        )

    async def untag(self, conversation: str, name: str, *, by: str) -> None:
        gone = delete(_tag).where(_tag.c.conversation == conversation, _tag.c.name == name)
        await self._change(conversation, gone, Deed.UNTAGGED, by, name)

    async def tags(self) -> tuple[str, ...]:
        names = select(_tag.c.name).where(_tag.c.practice == self._practice.id).distinct()
        return await self._database.read(
            lambda connection: tuple(sorted(connection.execute(names).scalars()))
        )

    def tags_in(self, connection: Connection, conversation: str) -> tuple[str, ...]:
        names = select(_tag.c.name).where(_tag.c.conversation == conversation).order_by(_tag.c.name)
        return tuple(connection.execute(names).scalars())

    # -- snoozing -----------------------------------------------------------------------------------------

    async def snooze(self, conversation: str, until: datetime | None, *, by: str) -> None:
        stamp = FOREVER if until is None else to_stamp(until)
        detail = "until the patient writes" if until is None else until.isoformat()
        await self._change(conversation, self._snoozed(conversation, stamp), Deed.SNOOZED, by, detail)

    async def wake(self, conversation: str, *, by: str) -> None:
        await self._change(conversation, self._snoozed(conversation, None), Deed.SNOOZED, by, "woken")

    def _snoozed(self, conversation: str, stamp: int | None) -> Any:
        return (
            update(_conversation)
            .where(_conversation.c.id == conversation, _conversation.c.snoozed_until.is_distinct_from(stamp))
            .values(snoozed_until=stamp)
        )

    def snoozed_until(self, stamp: int | None) -> datetime | None:
        if stamp is None or stamp <= to_stamp(self._clock.now()):
            return None
        return UNTIL_THEY_WRITE if stamp == FOREVER else from_stamp(stamp)

    async def _change(self, conversation: str, statement: Any, deed: Deed, by: str, detail: str) -> None:
        def unit(connection: Connection) -> None:
            self._owners.row(connection, conversation)
            if connection.execute(statement).rowcount:
                self._audit.note(connection, deed, by=by, conversation=conversation, detail=detail)

        await self._database.write(unit)
        self._changes.ring()

    # -- canned answers -----------------------------------------------------------------------------------

    def canned_answers(self, language: str) -> tuple[CannedAnswer, ...]:
        facts = practice_facts(self._practice, language)
        return tuple(
            _filled(id, self._in(texts, language), facts)
            for id, texts in sorted(self._practice.canned_answers.items())
        )

    def canned_answer(self, id: str, language: str) -> str:
        found = next((each for each in self.canned_answers(language) if each.id == id), None)
        if found is None:
            raise NoSuchAnswer(f'there is no answer "{id}" under canned_answers in practice.yml')
        if found.missing:
            raise SlotMissing(found.missing)
        return found.text

    def _in(self, texts: Any, language: str) -> str:
        wished = (language, self._practice.languages[0], *texts)
        return str(next(texts[each] for each in wished if each in texts))


def _filled(id: str, text: str, facts: dict[str, str]) -> CannedAnswer:
    """Only facts of the practice are filled in; whatever else stands in braces is a gap."""
    return CannedAnswer(id=id, text=filled(text, facts), missing=gaps(text, facts))


def _names(text: str, person: str) -> bool:
    return re.search(rf"(?<!\w)@{re.escape(person)}(?!\w)", text, re.IGNORECASE) is not None
