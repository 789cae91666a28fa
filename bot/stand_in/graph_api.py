"""The HTTP border of the Graph API: version, number, token, JSON; then the request speaks for itself."""

import asyncio
import hmac
import json
import re
import uuid
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.stand_in.answers import Answer
from bot.stand_in.messenger_requests import invalid
from bot.stand_in.refusals import GraphRefused, Refused, malformed

if TYPE_CHECKING:
    from bot.stand_in.graph import GraphStandIn
    from bot.stand_in.pages import PageSide

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_VERSION = re.compile(r"v([0-9]{1,3})\.0")


def graph_routes(stand_in: "GraphStandIn", *, is_open: bool = True) -> list[web.RouteDef]:
    """Whatever is not open, or not known, does not exist."""

    async def send_message(request: web.Request) -> web.StreamResponse:
        try:
            check_version(request, stand_in)
            side = _addressed(request, stand_in)
            body = await json_body(request, side is not stand_in)
        except (Refused, GraphRefused) as refused:
            stand_in.note_refusal(code=refused.code, http_status=refused.http_status)
            raise
        answer = side.take(body)
        return await answered(answer, request, stand_in)

    async def unknown_path(request: web.Request) -> web.StreamResponse:
        raise GraphRefused(400, 2500, f"Unknown path components: {request.path}")

    sending = [web.post("/{version}/{number}/messages", send_message)] if is_open else []
    return [*sending, web.route("*", "/{path:.*}", unknown_path)]


async def answered(answer: Answer, request: web.Request, stand_in: "GraphStandIn") -> web.StreamResponse:
    if answer.after_seconds:
        await stand_in.pause(answer.after_seconds)
    if answer.body is None:
        if request.transport is not None:
            request.transport.abort()
        raise asyncio.CancelledError  # nothing may be written any more
    if isinstance(answer.body, str):
        return web.Response(status=answer.http_status, text=answer.body, content_type="text/html")
    return web.json_response(answer.body, status=answer.http_status)


def no_such_object(request: web.Request, id: str) -> GraphRefused:
    return GraphRefused(
        400,
        100,
        f"Unsupported {request.method.lower()} request. Object with ID '{id}' does not exist, cannot be "
        "loaded due to missing permissions, or does not support this operation.",
        kind="GraphMethodException",
        subcode=33,
    )


@web.middleware
async def answer_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every refusal in Graph's shape, with a trace id of its own."""
    try:
        return await handler(request)
    except (Refused, GraphRefused) as refused:
        trace_id = f"A{uuid.uuid4().hex[:22]}"
        headers = {} if refused.retry_after is None else {"Retry-After": str(refused.retry_after)}
        body = refused.as_answer(trace_id=trace_id)
        return web.json_response(body, status=refused.http_status, headers=headers)


def _addressed(request: web.Request, stand_in: "GraphStandIn") -> "GraphStandIn | PageSide":
    """A page, by its id or as "me", or the number; each with its own token."""
    addressed = request.match_info["number"]
    for side in stand_in.pages:
        is_me = addressed == "me" and bearer_token(request) == side.page.access_token
        if addressed == side.page.page_id or is_me:
            check_token(request, side.page.access_token)
            return side
    check_token(request, stand_in.access_token)
    check_number(request, stand_in)
    return stand_in


def bearer_token(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme == "Bearer" else ""


def check_version(request: web.Request, stand_in: "GraphStandIn") -> None:
    match = _VERSION.fullmatch(request.match_info["version"])
    newest = stand_in.options.newest_version
    if match is None or int(match[1]) > newest:
        raise GraphRefused(400, 2500, f"Unknown path components: {request.path}")
    if int(match[1]) < stand_in.options.oldest_version:
        raise GraphRefused(
            400,
            2635,
            "(#2635) You are calling a deprecated version of the API. Please update to the latest version: "
            f"v{newest}.0.",
        )


def check_token(request: web.Request, access_token: str) -> None:
    token = bearer_token(request)
    if not token:
        raise GraphRefused(401, 190, "An access token is required to request this resource.")
    if not hmac.compare_digest(token.encode(), access_token.encode()):
        raise GraphRefused(401, 190, "Invalid OAuth access token - Cannot parse access token")


def check_number(request: web.Request, stand_in: "GraphStandIn") -> None:
    number = request.match_info["number"]
    if number != stand_in.number.phone_number_id:
        raise no_such_object(request, number)


async def json_body(request: web.Request, is_for_page: bool = False) -> Any:
    refuse: Callable[[str], Refused | GraphRefused] = invalid if is_for_page else malformed
    if request.content_type != "application/json":
        raise refuse("Content-Type must be application/json")
    try:
        return json.loads(await request.read())
    except ValueError:
        raise refuse("The request body is not valid JSON") from None
