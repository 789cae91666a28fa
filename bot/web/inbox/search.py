"""Finding a patient's conversation. A POST: no name is to stand in an address, which proxies log."""

import pydantic
from aiohttp import web

from bot.service.inbox.search import Finder
from bot.web.access import SESSION, Handler, answer
from bot.web.bodies import Strict, read


class _Words(Strict):
    words: str = pydantic.Field(min_length=1, max_length=80)


class InboxSearch:
    """The handlers."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder

    def handlers(self) -> dict[str, Handler]:
        return {"POST /inbox/search": self.search}

    async def search(self, request: web.Request) -> web.Response:
        words = (await read(request, _Words)).words
        return answer({"rows": await self._finder.find(words, who=request[SESSION].who)})
