"""Files that patients send, wired: who fetches them, who keeps them, who shows them."""

import aiohttp
from yarl import URL

from bot.bootstrap.front_desk import FrontDesk
from bot.channels.media import Fetcher, MetaFiles, made_safe
from bot.domain.media import SafeFile
from bot.service.files import Files
from bot.storage.media import SqlMedia

#: A slow download may take a minute, and four are under way at once.
_SILENT_AFTER = 300.0


class FileRoom:
    """One practice's. `graph_url` on loopback is a stand-in's, whose files are fetched from there, too."""

    def __init__(
        self, desk: FrontDesk, *, http: aiohttp.ClientSession, graph_url: str, is_demo: bool
    ) -> None:
        practice, books = desk.practice, desk.books
        self.shelf = SqlMedia(books.database, practice=practice.id, keyring=books.keyring)
        loopback = graph_url if URL(graph_url).host in ("127.0.0.1", "::1", "localhost") else None
        self._fetcher = Fetcher(practice.media, loopback=loopback if is_demo else None)
        self._desk = desk
        self.files = Files(
            self.shelf,
            MetaFiles(practice, http, self._fetcher, graph_url=graph_url),
            make_safe=_made_safe,
            clock=desk.clock,
            keep=practice.media.keep,
            changed=desk.changes.ring,
        )

    def start(self) -> None:
        self._desk.supervisor.watch("files", self.files.run, silent_after=_SILENT_AFTER)

    async def close(self) -> None:
        await self._fetcher.close()


def _made_safe(content: bytes, name: str | None) -> SafeFile:
    return made_safe(content, name=name)
