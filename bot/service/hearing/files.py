"""Fetches what patients send beside words: later than the answer, and surely.

A file is its own piece of work. The turn does not wait for it; a failed download is tried again at growing
intervals for as long as the channel keeps the file; what a crash interrupts is taken up by who looks next.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain.conversation import Attachment
from bot.domain.media import FileRefused, FileUnavailable, NotKept, SafeFile, Transcript
from bot.ports import Clock
from bot.service.upkeep.supervision import beat

log = structlog.get_logger(__name__)

_LOOK_EVERY = 1.0
_SWEEP_EVERY = timedelta(hours=1)
_AT_ONCE = 4
#: Seconds before the second try, doubled each time, up to four hours: a week in all.
_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 4 * 3600.0
_GIVE_UP_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFile:
    """A file to be fetched. `message` is the channel's id of the message, `place` which of its files."""

    id: str
    conversation: str
    inbox: int
    channel: str
    account: str
    message: str | None
    place: int
    attachment: Attachment
    attempts: int
    received_at: datetime


class FileBook(Protocol):
    """Where files are kept. Contract: tests/contracts/test_files.py."""

    async def take_due(self, at: datetime, *, limit: int) -> tuple[DueFile, ...]: ...

    async def keep(self, id: str, file: SafeFile, transcript: Transcript | None = None) -> None: ...

    async def refuse(self, id: str, why: NotKept) -> None: ...

    async def try_again(self, id: str, at: datetime) -> None: ...

    async def sweep(self, before: datetime) -> int: ...


class FileSource(Protocol):
    """The channels' side."""

    async def fetch(
        self, *, channel: str, account: str, message: str | None, place: int, attachment: Attachment
    ) -> bytes:
        """Raises FileRefused, FileUnavailable."""


class Listener(Protocol):
    """What is done with sound that was spoken."""

    async def hear(self, due: DueFile, file: SafeFile) -> Transcript | None:
        """None when nothing could be made out."""

    async def give_up(self, due: DueFile) -> None:
        """There is nothing to listen to."""


class Files:
    """One loop for a practice. `make_safe` is blocking and raises FileRefused."""

    def __init__(
        self,
        book: FileBook,
        source: FileSource,
        *,
        make_safe: Callable[[bytes, str | None], SafeFile],
        clock: Clock,
        keep: timedelta,
        changed: Callable[[], None],
        listener: Listener | None = None,
    ) -> None:
        self._book = book
        self._source = source
        self._make_safe = make_safe
        self._clock = clock
        self._keep = keep
        self._changed = changed
        self._listener = listener
        self._swept_at: datetime | None = None

    async def run(self) -> None:
        while True:
            try:
                busy = await self.look()
                await self.sweep()
            except Exception as error:  # a loop that ends would leave staff without what patients sent
                log.error("files_failed", error=type(error).__name__)
                busy = False
            beat()
            if not busy:
                await asyncio.sleep(_LOOK_EVERY)

    async def look(self) -> bool:
        """Fetch what is due, some at a time; whether there was anything."""
        due = await self._book.take_due(self._clock.now(), limit=_AT_ONCE)
        await asyncio.gather(*(self._fetch(each) for each in due))
        if due:
            self._changed()
        return bool(due)

    async def sweep(self) -> None:
        now = self._clock.now()
        if self._swept_at is None or now - self._swept_at >= _SWEEP_EVERY:
            self._swept_at = now
            if gone := await self._book.sweep(now - self._keep):
                log.info("files_expired", files=gone)

    async def _fetch(self, due: DueFile) -> None:
        try:
            content = await self._source.fetch(
                channel=due.channel,
                account=due.account,
                message=due.message,
                place=due.place,
                attachment=due.attachment,
            )
            file = await asyncio.to_thread(self._make_safe, content, due.attachment.filename)
            heard = None
            if file.kind == "audio" and self._listener is not None:
                heard = await self._listener.hear(due, file)
            await self._book.keep(due.id, file, heard)
        except FileRefused as refused:
            log.warning("file_not_kept", file=due.id, why=str(refused.why))
            await self._refuse(due, refused.why)
        except FileUnavailable:
            await self._later(due)
        except Exception as error:
            log.error("file_failed", file=due.id, error=type(error).__name__)
            await self._later(due)

    async def _later(self, due: DueFile) -> None:
        now = self._clock.now()
        if now - due.received_at > _GIVE_UP_AFTER:
            await self._refuse(due, NotKept.GONE)
            return
        pause = min(_FIRST_PAUSE * 2 ** min(due.attempts - 1, 20), _LONGEST_PAUSE)
        await self._book.try_again(due.id, now + timedelta(seconds=pause))

    async def _refuse(self, due: DueFile, why: NotKept) -> None:
        await self._book.refuse(due.id, why)
        if self._listener is not None:
            await self._listener.give_up(due)
