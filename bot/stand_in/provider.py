"""A number behind a provider, as 360dialog does it: the same API without version and number in its paths, a
key in D360-API-KEY, and webhooks that are not signed but carry a header that the practice chose.

Source: docs.360dialog.com, the pages messaging and webhooks.
"""

import hmac
from typing import TYPE_CHECKING

from aiohttp import web

from bot.stand_in.files_api import described
from bot.stand_in.graph_api import answered, json_body, no_such_object
from bot.stand_in.refusals import GraphRefused

if TYPE_CHECKING:
    from bot.stand_in.graph import GraphStandIn

KEY_HEADER = "D360-API-KEY"
SECRET_HEADER = "X-Chairside-Secret"


def provider_routes(stand_in: "GraphStandIn") -> list[web.RouteDef]:
    """None of Meta's own doors is open while these are."""

    async def send(request: web.Request) -> web.StreamResponse:
        _check_key(request, stand_in)
        return await answered(stand_in.take(await json_body(request)), request, stand_in)

    async def look_up(request: web.Request) -> web.StreamResponse:
        _check_key(request, stand_in)
        file = stand_in.media.find(request.match_info["id"])
        if file is None:
            raise no_such_object(request, request.match_info["id"])
        base = f"{request.scheme}://{request.host}"
        return await answered(described(stand_in, file, base=base), request, stand_in)

    async def profile(request: web.Request) -> web.StreamResponse:
        _check_key(request, stand_in)
        return web.json_response({"data": [{"messaging_product": "whatsapp"}]})

    return [
        web.post("/messages", send),
        web.get("/whatsapp_business_profile", profile),
        web.get(r"/{id:\d+}", look_up),
    ]


def proof(app_secret: str) -> dict[str, str]:
    """What a webhook of the provider carries instead of signatures."""
    return {SECRET_HEADER: app_secret}


def has_key(request: web.Request, access_token: str) -> bool:
    return hmac.compare_digest(request.headers.get(KEY_HEADER, "").encode(), access_token.encode())


def _check_key(request: web.Request, stand_in: "GraphStandIn") -> None:
    if not has_key(request, stand_in.access_token):
        stand_in.note_refusal(code=190, http_status=401)
        raise GraphRefused(401, 190, "Invalid API key")
