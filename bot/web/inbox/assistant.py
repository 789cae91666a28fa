"""How much the assistant may do alone: what it suggests, decided in the conversation, and its switches."""

import pydantic
from aiohttp import web

from bot.domain.channels import accounts_of
from bot.domain.drafts import ENOUGH
from bot.domain.practice import Practice
from bot.domain.staff import Role
from bot.service.inbox.suggestions import Suggestions
from bot.service.inbox.switches import PAUSE, SUGGEST, SwitchBoard
from bot.web.access import SESSION, Handler, answer, refuse
from bot.web.bodies import Strict, read


class _Draft(Strict):
    draft: str = pydantic.Field(min_length=1, max_length=40)


class _SentDraft(_Draft):
    text: str | None = pydantic.Field(default=None, min_length=1, max_length=4096)


class _Switch(Strict):
    name: str = pydantic.Field(pattern=rf"^({PAUSE}|{SUGGEST})(:[a-z0-9_]{{1,80}})?$")
    on: bool


class InboxAssistant:
    """The handlers."""

    def __init__(self, switches: SwitchBoard, suggestions: Suggestions, practice: Practice) -> None:
        self._switches = switches
        self._suggestions = suggestions
        self._channels = list(accounts_of(practice))

    def handlers(self) -> dict[str, Handler]:
        conversation = "/inbox/conversations/{id}"
        return {
            "GET /inbox/assistant": self.show,
            "POST /inbox/assistant/switch": self.turn,
            f"POST {conversation}/draft/send": self.send,
            f"POST {conversation}/draft/discard": self.discard,
        }

    def in_short(self) -> dict[str, object]:
        """What every page shows: whether it is silent, or only suggests."""
        now = self._switches.now
        return {"paused": now.paused, "suggests": now.suggests_everything}

    async def show(self, request: web.Request) -> web.Response:
        return answer(
            {
                **self.in_short(),
                "channels": self._channels,
                "flows": await self._suggestions.acceptance(),
                "enough": ENOUGH,
                "may": request[SESSION].role.may(Role.MANAGER),
            }
        )

    async def turn(self, request: web.Request) -> web.Response:
        given = await read(request, _Switch)
        kind, _, what = given.name.partition(":")
        if kind == PAUSE and what and what not in self._channels:
            return refuse(404, "unknown")
        await self._switches.turn(given.name, given.on, by=request[SESSION].who)
        return await self.show(request)

    async def send(self, request: web.Request) -> web.Response:
        given = await read(request, _SentDraft)
        text = given.text.strip() if given.text else None
        who = request[SESSION].who
        await self._suggestions.send(request.match_info["id"], given.draft, who=who, text=text or None)
        return answer({})

    async def discard(self, request: web.Request) -> web.Response:
        given = await read(request, _Draft)
        await self._suggestions.discard(request.match_info["id"], given.draft, who=request[SESSION].who)
        return answer({})
