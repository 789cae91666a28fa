"""Files of patients: found where messages that carry some were stored, fetched once, kept sealed for a while.

Nothing announces a file but its message: whatever came in and has no row here is still to be fetched, so a
crash between the two loses nothing. The bytes lie in the database alone, never in a folder that a web server
could show.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from bot.domain.conversation import Attachment
from bot.domain.media import NotKept, SafeFile, Transcript
from bot.domain.pipeline import PAST_FILE
from bot.service.hearing.files import DueFile
from bot.service.inbox.desk import FileView
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.events.media_tables import MediaRow
from bot.storage.events.words import files_of
from bot.storage.sealing.rows import SealedRows
from bot.storage.sealing.seal import Forgotten, Keyring
from bot.storage.tables import from_stamp, to_stamp

_media = MediaRow.__table__  # type: ignore[attr-defined]
_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]

_KINDS = ("image", "audio", "video", "document", "sticker", PAST_FILE)
#: What is fetched of what a channel calls its attachments; the others are links to posts and the like.
_FETCHED = frozenset({"image", "audio", "video", "document", "file", "sticker", "voice"})
#: As long as channels keep files for us.
_OLDEST = timedelta(days=7)
#: For so long a file belongs to the worker that took it.
_LEASE = timedelta(minutes=5)
#: Messages of other workers may become visible out of order; and now and then everything is looked at.
_SLACK, _ALL_EVERY = 1000, 600
_FILES = uuid.UUID("0d4f3bb2-6f6b-4a27-9a57-4c0d3cf1d1a7")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredContent:
    """A file as staff get it."""

    kind: str
    mime_type: str
    name: str
    content: bytes


class SqlMedia:
    """One practice's files."""

    def __init__(self, database: Database, *, practice: str, keyring: Keyring) -> None:
        self._database = database
        self._practice = practice
        self._rows = SealedRows(practice, keyring)
        self._known_to = 0  # messages up to this one were looked at, but for the slack
        self._looks = 0

    # -- fetching -----------------------------------------------------------------------------------------

    async def take_due(self, at: datetime, *, limit: int) -> tuple[DueFile, ...]:
        """Files to be fetched now; for a while they are the caller's alone."""
        stamp = to_stamp(at)
        if not await self._database.read(lambda c: self._is_something_due(c, stamp)):
            return ()

        def unit(connection: Connection) -> tuple[DueFile, ...]:
            self._find_new(connection, stamp)
            waiting = (
                select(_media.c.id)
                .where(_media.c.practice == self._practice, _media.c.state == "waiting")
                .where(_media.c.next_at <= stamp)
                .order_by(_media.c.next_at)
                .limit(limit)
            )
            taken = []
            for id in connection.execute(waiting).scalars().all():
                row = connection.execute(
                    update(_media)
                    .where(_media.c.id == id, _media.c.state == "waiting", _media.c.next_at <= stamp)
                    .values(next_at=to_stamp(at + _LEASE), attempts=_media.c.attempts + 1)
                    .returning(_media)
                ).first()
                if row is not None and (due := self._due(connection, row)) is not None:
                    taken.append(due)
            return tuple(taken)

        return await self._database.write(unit)

    async def keep(self, id: str, file: SafeFile, transcript: Transcript | None = None) -> None:
        def unit(connection: Connection) -> None:
            row = self._row(connection, id)
            if row is None or row.state != "waiting":
                return
            facts: dict[str, Any] = {
                "kind": file.kind,
                "mime_type": file.mime_type,
                "name": file.name,
                "size": len(file.content),
            }
            if transcript is not None:
                facts["transcript"] = asdict(transcript)
            try:
                values = {
                    "facts": self._rows.seal(connection, row.conversation, facts),
                    "content": self._rows.keyring.seal(connection, row.conversation, file.content),
                }
            except Forgotten:
                connection.execute(delete(_media).where(_media.c.id == id))
                return
            connection.execute(update(_media).where(_media.c.id == id).values(state="kept", **values))

        await self._database.write(unit)

    async def refuse(self, id: str, why: NotKept) -> None:
        await self._settle(id, state="refused", why=why.value)

    async def try_again(self, id: str, at: datetime) -> None:
        await self._settle(id, next_at=to_stamp(at))

    async def sweep(self, before: datetime) -> int:
        """Files that came before then are gone, content and facts; how many."""

        def unit(connection: Connection) -> int:
            gone = connection.execute(
                update(_media)
                .where(_media.c.practice == self._practice, _media.c.state == "kept")
                .where(_media.c.received_at < to_stamp(before))
                .values(state="expired", content=None, facts=None)
            )
            return int(gone.rowcount)

        return await self._database.write(unit)

    # -- seeing -------------------------------------------------------------------------------------------

    def views(self, connection: Connection, conversation: str) -> Mapping[int, tuple[FileView, ...]]:
        """By inbox row, its files in order."""
        found: dict[int, list[FileView]] = {}
        rows = connection.execute(
            select(_media.c.id, _media.c.inbox, _media.c.state, _media.c.why, _media.c.facts)
            .where(_media.c.conversation == conversation, _media.c.state != "nothing")
            .order_by(_media.c.inbox, _media.c.place)
        )
        for row in rows:
            facts = self._rows.open(connection, conversation, row.facts) if row.facts else {}
            heard = facts.get("transcript") or {}
            view = FileView(
                id=row.id,
                state=row.state,
                why=row.why,
                kind=facts.get("kind", ""),
                mime_type=facts.get("mime_type", ""),
                name=facts.get("name", ""),
                size=facts.get("size", 0),
                heard=heard.get("text"),
                heard_surely=heard.get("confidence"),
            )
            found.setdefault(row.inbox, []).append(view)
        return {inbox: tuple(views) for inbox, views in found.items()}

    async def content(self, conversation: str, id: str) -> StoredContent | None:
        """None when this conversation has no such file, or not any more."""

        def unit(connection: Connection) -> StoredContent | None:
            row = self._row(connection, id)
            if row is None or row.conversation != conversation or row.content is None or row.facts is None:
                return None
            try:
                facts = self._rows.open(connection, conversation, row.facts)
                content = self._rows.keyring.open(connection, conversation, row.content)
            except Forgotten:
                return None
            return StoredContent(
                kind=facts["kind"], mime_type=facts["mime_type"], name=facts["name"], content=content
            )

        return await self._database.read(unit)

    def _row(self, connection: Connection, id: str) -> Any:
        own = (_media.c.id == id, _media.c.practice == self._practice)
        return connection.execute(select(_media).where(*own)).first()

    async def _settle(self, id: str, **values: object) -> None:
        waits = (_media.c.id == id, _media.c.practice == self._practice, _media.c.state == "waiting")
        await self._database.write(lambda c: c.execute(update(_media).where(*waits).values(**values)))

    def _is_something_due(self, connection: Connection, stamp: int) -> bool:
        waits = select(_media.c.id).where(
            _media.c.practice == self._practice, _media.c.state == "waiting", _media.c.next_at <= stamp
        )
        if connection.execute(waits.limit(1)).first() is not None:
            return True
        self._looks += 1
        if self._looks % _ALL_EVERY == 0:
            self._known_to = 0
        if connection.execute(self._without_row(stamp).limit(1)).first() is not None:
            return True
        newest = connection.execute(select(func.max(_inbox.c.id))).scalar() or 0
        self._known_to = max(newest - _SLACK, 0)
        return False

    def _without_row(self, stamp: int) -> Any:
        """Messages with files that nobody has looked at yet."""
        return (
            select(_inbox.c.id, _inbox.c.conversation, _inbox.c.sealed, _inbox.c.received_at)
            .where(_inbox.c.practice == self._practice, _inbox.c.kind.in_(_KINDS))
            .where(_inbox.c.id > self._known_to)
            .where(_inbox.c.received_at > stamp - _OLDEST // timedelta(microseconds=1))
            .where(~exists().where(_media.c.practice == self._practice, _media.c.inbox == _inbox.c.id))
            .order_by(_inbox.c.received_at)
        )

    def _find_new(self, connection: Connection, stamp: int) -> None:
        for row in connection.execute(self._without_row(stamp).limit(20)).all():
            try:
                words = self._rows.open(connection, row.conversation, row.sealed)
            except Forgotten:
                words = {}
            files = files_of(words)
            places = [place for place, each in enumerate(files) if each.kind in _FETCHED]
            for place in places or [-1]:
                connection.execute(
                    insert(_media).values(
                        id=str(uuid.uuid5(_FILES, f"{self._practice} {row.id} {place}")),
                        practice=self._practice,
                        conversation=row.conversation,
                        inbox=row.id,
                        place=place,
                        state="waiting" if places else "nothing",
                        attempts=0,
                        next_at=stamp,
                        received_at=row.received_at,
                    )
                )

    def _due(self, connection: Connection, row: Any) -> DueFile | None:
        message = connection.execute(select(_inbox).where(_inbox.c.id == row.inbox)).first()
        try:
            words = self._rows.open(connection, row.conversation, message.sealed) if message else {}
        except Forgotten:
            words = {}
        files: Sequence[Attachment] = files_of(words)
        if message is None or row.place >= len(files):  # the patient deleted it, or was forgotten
            connection.execute(delete(_media).where(_media.c.id == row.id))
            return None
        return DueFile(
            id=row.id,
            conversation=row.conversation,
            inbox=row.inbox,
            channel=message.channel,
            account=message.account,
            message=words.get("message"),
            place=row.place,
            attachment=files[row.place],
            attempts=row.attempts,
            received_at=from_stamp(row.received_at),
        )


def forget_files(connection: Connection, inbox: int) -> None:
    """The patient deleted the message: its files go with it."""
    connection.execute(delete(_media).where(_media.c.inbox == inbox))
