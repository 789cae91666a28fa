"""Templates in the inbox: what may be sent to a patient whose chat is closed, and sending it."""

import pydantic
from aiohttp import web

from bot.domain.templates import TemplateUnfit
from bot.service.inbox.template_desk import TemplateDesk
from bot.web.access import SESSION, Handler, answer, refuse
from bot.web.bodies import MESSAGE_ID, Strict, read


class _Template(Strict):
    name: str = pydantic.Field(pattern=r"^[a-z0-9_]{1,512}$")
    values: dict[str, str] = pydantic.Field(default_factory=dict, max_length=30)
    client_message_id: str = pydantic.Field(pattern=MESSAGE_ID)

    @pydantic.field_validator("values")
    @classmethod
    def _short(cls, values: dict[str, str]) -> dict[str, str]:
        if any(len(name) > 64 or len(value) > 1024 for name, value in values.items()):
            raise ValueError("too long")
        return values


class InboxTemplates:
    def __init__(self, templates: TemplateDesk) -> None:
        self._templates = templates

    def handlers(self) -> dict[str, Handler]:
        return {
            "GET /inbox/conversations/{id}/templates": self.show,
            "POST /inbox/conversations/{id}/template": self.send,
        }

    async def show(self, request: web.Request) -> web.Response:
        """How this patient may be written to now, and with which templates."""
        return answer(await self._templates.offered(request.match_info["id"]))

    async def send(self, request: web.Request) -> web.Response:
        given = await read(request, _Template)
        try:
            await self._templates.send(
                request.match_info["id"],
                given.name,
                given.values,
                who=request[SESSION].who,
                client_message_id=given.client_message_id,
            )
        except TemplateUnfit:
            return refuse(409, "template_unfit")
        return answer({})
