"""The control API under /stand-in/: plays the patients, shows what happened, asks for trouble.

POST bodies are JSON with that content type, so that a web page from elsewhere cannot post them unasked.
With ?channel=messenger or instagram a request is about that page and its patients, else about the WhatsApp
number.
"""

import json
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.stand_in.control_account import AccountControl
from bot.stand_in.faults import STRIKES, Fault, FaultKind, Strikes
from bot.stand_in.messages import NotOffered, UnknownMessage
from bot.stand_in.page_errors import PAGE_ERRORS
from bot.stand_in.refusals import WHATSAPP_ERRORS, GraphRefused, Refused, malformed
from bot.stand_in.strict_json import StrictObject
from bot.stand_in.whatsapp_webhooks import UnknownPatientKind

if TYPE_CHECKING:
    from bot.stand_in.graph import GraphStandIn
    from bot.stand_in.pages import PageSide

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LONGEST_WAIT = 30.0  # seconds


def control_routes(stand_in: "GraphStandIn") -> list[web.RouteDef]:
    control = _Control(stand_in)
    account = AccountControl(stand_in, body=_body, side=control.side)
    patient = "/stand-in/patients/{who}"
    return [
        web.post(f"{patient}/says", _told(control.says)),
        web.post(f"{patient}/taps", _told(control.taps)),
        web.post(f"{patient}/sends", _told(control.sends)),
        web.post(f"{patient}/reads", _told(control.reads)),
        web.post(f"{patient}/hears", _told(account.hears)),
        web.post(f"{patient}/prefers", _told(account.prefers)),
        web.post("/stand-in/templates", _told(account.judge)),
        web.post("/stand-in/account", _told(account.change_account)),
        web.post("/stand-in/subscriptions", _told(account.lose_fields)),
        web.post("/stand-in/routing", _told(account.route)),
        web.post("/stand-in/announce", _told(account.announce)),
        web.post("/stand-in/history", _told(account.history)),
        web.post("/stand-in/phone-book", _told(account.phone_book)),
        web.post("/stand-in/deliver", _told(control.deliver)),
        web.post("/stand-in/redeliver", _told(control.redeliver)),
        web.post("/stand-in/subscribe", _told(control.subscribe)),
        web.post("/stand-in/faults", _told(control.set_fault)),
        web.delete("/stand-in/faults", _told(control.clear_faults)),
        web.get("/stand-in/errors", _told(control.errors)),
        web.get("/stand-in/messages", _told(control.messages)),
        web.get("/stand-in/events", _told(control.events)),
        web.get("/stand-in/state", _told(control.state)),
    ]


def _told(handler: Handler) -> Handler:
    """Turns what a request got wrong into a short JSON answer. Any POST must say that it is JSON."""

    @wraps(handler)
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            if request.method == "POST" and request.content_type != "application/json":
                raise malformed("Content-Type must be application/json")
            return await handler(request)
        except Refused as refused:
            return web.json_response({"error": refused.details}, status=400)
        except GraphRefused as refused:
            return web.json_response({"error": refused.message}, status=400)
        except UnknownPatientKind as unknown:
            return web.json_response({"error": str(unknown)}, status=400)
        except UnknownMessage as unknown:
            return web.json_response({"error": str(unknown)}, status=404)
        except NotOffered as not_offered:
            return web.json_response({"error": str(not_offered)}, status=409)

    return answer


class _Control:
    def __init__(self, stand_in: "GraphStandIn") -> None:
        self._stand_in = stand_in

    async def says(self, request: web.Request) -> web.StreamResponse:
        """{"text": "..." or ["...", ...], "name"?, "reply_to"?}"""
        body = await _body(request)
        texts = body.anything("text")
        if isinstance(texts, str):
            texts = [texts]
        if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
            raise malformed("Param text must be a string or an array of strings")
        name = body.optional_text("name", high=256)
        reply_to = body.optional_text("reply_to", high=256)
        body.end()
        who = request.match_info["who"]
        return _ids(self.side(request).says(who, texts, name=name, reply_to=reply_to))

    async def taps(self, request: web.Request) -> web.StreamResponse:
        """{"message_id", "choice_id"}"""
        body = await _body(request)
        message_id, choice_id = body.text("message_id", high=256), body.text("choice_id", high=256)
        body.end()
        return _ids(self.side(request).taps(request.match_info["who"], message_id, choice_id))

    async def sends(self, request: web.Request) -> web.StreamResponse:
        """{"kind": "image" | "audio" | "location" | ..., more by kind}"""
        wish = await _json(request)
        if not isinstance(wish, dict):
            raise malformed("Param body must be a JSON object")
        return _ids(self.side(request).sends(request.match_info["who"], wish))

    async def reads(self, request: web.Request) -> web.StreamResponse:
        return _ids(self.side(request).reads(request.match_info["who"]))

    async def deliver(self, request: web.Request) -> web.StreamResponse:
        """The body goes to the webhook byte by byte; ?signature=right|wrong|missing."""
        signature = request.query.get("signature", "right")
        if signature not in ("right", "wrong", "missing"):
            raise malformed("Param signature must be one of {right, wrong, missing}")
        http_status = await self.side(request).deliver(await request.read(), signature=signature)
        return web.json_response({"http_status": http_status})

    async def redeliver(self, request: web.Request) -> web.StreamResponse:
        """{"message_ids": [...], "times"?}"""
        body = await _body(request)
        message_ids = body.anything("message_ids")
        if not isinstance(message_ids, list) or not message_ids:
            raise malformed("Param message_ids must be an array of ids")
        times = int(body.number("times", low=1, high=100)) if body.has("times") else 1
        body.end()
        self.side(request).redeliver([str(message_id) for message_id in message_ids], times=times)
        return web.json_response({"webhooks": times})

    async def subscribe(self, request: web.Request) -> web.StreamResponse:
        """{"verify_token"}"""
        body = await _body(request)
        verify_token = body.text("verify_token", high=512)
        body.end()
        return web.json_response({"is_verified": await self.side(request).subscribe(verify_token)})

    async def set_fault(self, request: web.Request) -> web.StreamResponse:
        """The keys of `Fault`; `kind` is the one that must be there. From the next send on."""
        fault = read_fault(await _body(request))
        self.side(request).set_fault(fault)
        return web.json_response({"kind": fault.kind.value})

    async def clear_faults(self, request: web.Request) -> web.StreamResponse:
        self.side(request).clear_faults()
        return web.json_response({})

    async def errors(self, _: web.Request) -> web.StreamResponse:
        """The codes that a fault of kind "refuse" or "fail_later" can have, as Meta words them."""
        whatsapp = [
            {"code": code, "title": title, "http_status": http_status}
            for code, (title, http_status) in WHATSAPP_ERRORS.items()
        ]
        pages = [
            {"code": code, "subcode": subcode, "title": title, "http_status": http_status}
            for (code, subcode), (title, http_status) in PAGE_ERRORS.items()
        ]
        return web.json_response({"whatsapp": whatsapp, "pages": pages})

    async def messages(self, request: web.Request) -> web.StreamResponse:
        """?since=N&to=WHO"""
        found = self._stand_in.messages(since=_since(request), to=request.query.get("to"))
        return web.json_response({"messages": found})

    async def events(self, request: web.Request) -> web.StreamResponse:
        """?since=N&wait=SECONDS, or a stream for whoever accepts text/event-stream."""
        if "text/event-stream" in request.headers.get("Accept", ""):
            return await self._stream(request)
        wait = min(_number(request, "wait"), LONGEST_WAIT)
        found = await self._stand_in.wait_for_events(since=_since(request), seconds=wait)
        return web.json_response({"events": found})

    async def state(self, _: web.Request) -> web.StreamResponse:
        """`under_way` is 0 when every status and webhook is delivered or given up."""
        stand_in = self._stand_in
        return web.json_response({"last_event": stand_in.last_event, "under_way": stand_in.under_way})

    def side(self, request: web.Request) -> "GraphStandIn | PageSide":
        channel = request.query.get("channel", "whatsapp")
        if channel == "whatsapp":
            return self._stand_in
        if channel not in ("messenger", "instagram"):
            raise malformed("Param channel must be one of {instagram, messenger, whatsapp}")
        return self._page(channel)

    def _page(self, channel: str) -> "PageSide":
        found = [side for side in self._stand_in.pages if side.platform.name == channel]
        if not found:
            raise malformed(f"This stand-in has no account on {channel.capitalize()}")
        return found[0]

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        since = int(request.headers.get("Last-Event-ID") or _since(request))
        stream = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await stream.prepare(request)
        try:
            while not self._stand_in.is_closing:
                events = await self._stand_in.wait_for_events(since=since, seconds=LONGEST_WAIT)
                for event in events:
                    since = event["seq"]
                    await stream.write(f"id: {since}\ndata: {json.dumps(event)}\n\n".encode())
                if not events:
                    await stream.write(b": nothing new\n\n")
        except ConnectionError:
            pass  # the page was closed
        return stream


_WHOLE_NUMBERS = ("nth", "times", "every", "code", "subcode", "http_status", "retry_after")


def read_fault(body: StrictObject) -> Fault:
    """The fault that a JSON object asks for. Raises Refused."""
    kind = FaultKind(body.choice("kind", *(kind.value for kind in FaultKind)))
    numbers = {key: int(body.number(key, low=0, high=10**8)) for key in _WHOLE_NUMBERS if body.has(key)}
    seconds = body.number("seconds", low=0, high=10**7) if body.has("seconds") else 5.0
    struck: Strikes = "message"
    if body.has("on"):
        named = body.choice("on", *STRIKES)
        struck = next(each for each in STRIKES if each == named)
    to = body.optional_text("to", high=160)
    location = body.optional_text("location", high=2000) or ""
    body.end()
    return Fault(kind=kind, seconds=seconds, on=struck, to=to, location=location, **numbers)


async def _json(request: web.Request) -> Any:
    try:
        return json.loads(await request.read())
    except ValueError:
        raise malformed("The request body is not valid JSON") from None


async def _body(request: web.Request) -> StrictObject:
    return StrictObject(await _json(request))


def _ids(message_ids: tuple[str, ...]) -> web.Response:
    return web.json_response({"message_ids": list(message_ids)})


def _since(request: web.Request) -> int:
    return int(_number(request, "since"))


def _number(request: web.Request, key: str) -> float:
    try:
        return float(request.query.get(key, "0"))
    except ValueError:
        raise malformed(f"Param {key} must be a number") from None
