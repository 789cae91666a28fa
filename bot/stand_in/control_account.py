"""The part of the control API that plays Meta itself: it judges templates, rates the number, loses
subscriptions; and what happens on the phone that a practice kept."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.stand_in.account import AccountFacts
from bot.stand_in.refusals import malformed
from bot.stand_in.strict_json import StrictObject
from bot.stand_in.template_shelf import STATES

if TYPE_CHECKING:
    from bot.stand_in.graph import GraphStandIn
    from bot.stand_in.pages import PageSide

Body = Callable[[web.Request], Awaitable[StrictObject]]
FindSide = Callable[[web.Request], "GraphStandIn | PageSide"]


class AccountControl:
    """Handlers for `control_routes`; `body` and `side` are how these read a request."""

    def __init__(self, stand_in: "GraphStandIn", *, body: Body, side: FindSide) -> None:
        self._stand_in = stand_in
        self._body = body
        self._side = side

    async def judge(self, request: web.Request) -> web.StreamResponse:
        """{"name", "language", "status"?, "reason"?, "category"?}: Meta makes up its mind on a template."""
        body = await self._body(request)
        shelf = self._side(request).templates
        name, language = body.text("name", high=512), body.text("language", high=16)
        template = shelf.find(name, language)
        if template is None:
            raise malformed("There is no template of this name and language")
        status = body.choice("status", *STATES) if body.has("status") else ""
        reason = body.optional_text("reason", high=64) or "NONE"
        category = body.optional_text("category", high=16) or ""
        body.end()
        if category:
            shelf.recategorise(template, category)
        if status:
            shelf.judge(template, status, reason=reason)
        return web.json_response(template.as_json())

    async def change_account(self, request: web.Request) -> web.StreamResponse:
        """Any of the facts of `AccountFacts`; a new quality is told to the webhook."""
        body = await self._body(request)
        changes: dict[str, Any] = {}
        for each in fields(AccountFacts):
            if body.has(each.name):
                value = body.anything(each.name)
                changes[each.name] = tuple(value) if isinstance(value, list) else value
        body.end()
        self._stand_in.account = replace(self._stand_in.account, **changes)
        if "quality_rating" in changes:
            told = {
                "display_phone_number": self._stand_in.number.display_number,
                "event": "DOWNGRADE" if changes["quality_rating"] == "RED" else "ONBOARDING",
                "current_limit": self._stand_in.account.messaging_limit_tier,
            }
            self._stand_in.announce("phone_number_quality_update", told)
        return web.json_response({})

    async def lose_fields(self, request: web.Request) -> web.StreamResponse:
        """{"fields": [...]}: what is still delivered; {"fields": null}: the whole subscription is gone."""
        body = await self._body(request)
        names = body.anything("fields")
        body.end()
        subscription = self._side(request).subscription
        if names is None:
            subscription.is_active = False
        else:
            subscription.choose(str(name) for name in names)
        return web.json_response({})

    async def route(self, request: web.Request) -> web.StreamResponse:
        """{"is_routed"}: whether the page has a default app, and each thread one owner."""
        body = await self._body(request)
        is_routed = body.optional_boolean("is_routed")
        body.end()
        for side in self._stand_in.pages:
            side.threads.is_routed = is_routed
        return web.json_response({})

    async def announce(self, request: web.Request) -> web.StreamResponse:
        """{"field", "value"}: a webhook of any field."""
        body = await self._body(request)
        field, value = body.text("field", high=64), body.anything("value")
        body.end()
        if not isinstance(value, dict):
            raise malformed("Param value must be a JSON object")
        self._side(request).announce(field, value)
        return web.json_response({})

    async def prefers(self, request: web.Request) -> web.StreamResponse:
        """{"value": "stop" | "resume"}: what a patient on WhatsApp thinks of marketing."""
        body = await self._body(request)
        value = body.choice("value", "stop", "resume")
        body.end()
        self._stand_in.prefers(request.match_info["who"], value)
        return web.json_response({})

    async def hears(self, request: web.Request) -> web.StreamResponse:
        """{"text"}: staff write to a patient by hand: from the Page's own inbox, or from the phone."""
        body = await self._body(request)
        text = body.text("text", high=2000)
        body.end()
        side = self._side(request)
        return web.json_response({"message_ids": [side.staff_says(request.match_info["who"], text)]})

    async def history(self, request: web.Request) -> web.StreamResponse:
        """{"threads": [{"who", "texts": [...]}]}: what the phone had before the practice connected it. A text
        is the patient's, or, as {"ours": text}, the practice's; an empty one stands for a file."""
        body = await self._body(request)
        threads = []
        for thread in body.children("threads", low=1, high=100):
            texts = thread.anything("texts")
            threads.append((thread.text("who", high=160), [_said(text) for text in texts]))
            thread.end()
        body.end()
        self._stand_in.tell_history(threads)
        return web.json_response({})

    async def phone_book(self, request: web.Request) -> web.StreamResponse:
        """{"contacts": [{"who", "name"}], "action"?: "add" | "remove"}: whom the phone has."""
        body = await self._body(request)
        contacts = []
        for contact in body.children("contacts", low=1, high=100):
            contacts.append((contact.text("who", high=160), contact.optional_text("name", high=256) or ""))
            contact.end()
        action = body.choice("action", "add", "remove") if body.has("action") else "add"
        body.end()
        self._stand_in.tell_phone_book(contacts, action)
        return web.json_response({})


@dataclass(frozen=True, slots=True)
class Said:
    """One old message of a chat; no text: a file was there."""

    text: str
    is_ours: bool = False


def _said(given: object) -> Said:
    if isinstance(given, dict):
        return Said(str(given.get("ours", "")), is_ours=True)
    return Said(str(given))


def history_value(
    metadata: dict[str, Any],
    threads: Sequence[tuple[str, Sequence[Said]]],
    *,
    at: datetime,
    new_id: Callable[[str], str],
) -> dict[str, Any]:
    """The value of a `history` webhook: one chunk, the last of its phase."""
    chats = []
    for who, texts in threads:
        messages = [
            {
                "from": metadata["display_phone_number"] if said.is_ours else who,
                **({"to": who} if said.is_ours else {}),
                "id": new_id(who),
                "timestamp": str(int(at.timestamp()) - 86400 * (len(texts) - place)),
                **(
                    {"type": "text", "text": {"body": said.text}}
                    if said.text
                    else {"type": "media_placeholder"}
                ),
                "history_context": {"status": "READ"},
            }
            for place, said in enumerate(texts)
        ]
        chats.append({"id": who, "messages": messages})
    chunk = {"metadata": {"phase": 0, "chunk_order": 1, "progress": 100}, "threads": chats}
    return {"messaging_product": "whatsapp", "metadata": metadata, "history": [chunk]}
