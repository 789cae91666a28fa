"""What patients sent beside words, for the eyes of staff: pictures to look at, everything else to download.

A file goes out with headers that let a browser do nothing else with it (bot.web.security).
OWASP ASVS 5.0.0: V3.2.1, V5.4.1, V5.4.2.
"""

from typing import Protocol
from urllib.parse import quote

from aiohttp import web

from bot.web.access import Handler, refuse

_SHOWN = frozenset({"image/jpeg", "image/png"})


class Kept(Protocol):
    """A file as it is kept."""

    @property
    def mime_type(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def content(self) -> bytes: ...


class FileShelf(Protocol):
    async def content(self, conversation: str, id: str) -> Kept | None:
        """None when this conversation has no such file, or not any more."""


class InboxFiles:
    """The handlers."""

    def __init__(self, shelf: FileShelf) -> None:
        self._shelf = shelf

    def handlers(self) -> dict[str, Handler]:
        return {"GET /inbox/conversations/{id}/files/{file}": self.show}

    async def show(self, request: web.Request) -> web.StreamResponse:
        kept = await self._shelf.content(request.match_info["id"], request.match_info["file"])
        if kept is None:
            return refuse(404, "unknown")
        is_shown = kept.mime_type in _SHOWN
        how = "inline" if is_shown else "attachment"
        name = quote(kept.name or "file")
        return web.Response(
            body=kept.content,
            headers={
                "Content-Type": kept.mime_type if is_shown else "application/octet-stream",
                "Content-Disposition": f"{how}; filename*=UTF-8''{name}",
            },
        )
