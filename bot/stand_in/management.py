"""What an app may ask and set beside sending: subscriptions, templates, profiles, numbers, tokens.

Sources: the reference pages of the WhatsApp Business Account, the phone number, the Page and the app.
"""

import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.stand_in.account import APP_ID
from bot.stand_in.answers import Answer, after_fault
from bot.stand_in.faults import FaultKind
from bot.stand_in.files_api import described
from bot.stand_in.graph_api import answered, bearer_token, check_version, no_such_object
from bot.stand_in.management_answers import (
    debugged_token,
    number_node,
    page_subscription,
    person_node,
    whatsapp_subscription,
)
from bot.stand_in.messenger_requests import invalid
from bot.stand_in.page_errors import asked_for
from bot.stand_in.profiles import (
    change_automation,
    change_business_profile,
    change_page_profile,
    without,
)
from bot.stand_in.refusals import GraphRefused, malformed
from bot.stand_in.template_shelf import Template, TemplateShelf
from bot.stand_in.threads import CONTROLS

if TYPE_CHECKING:
    from bot.stand_in.graph import GraphStandIn
    from bot.stand_in.pages import PageSide

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def management_routes(stand_in: "GraphStandIn") -> list[web.RouteDef]:
    desk = _Management(stand_in)
    version = r"/{version:v\d+\.0}"
    return [
        web.get(f"{version}/debug_token", desk.guarded(desk.debug_token)),
        web.get(f"{version}/app", desk.guarded(desk.show_app)),
        web.get(f"{version}/{{node}}/subscriptions", desk.guarded(desk.app_subscriptions)),
        web.post(f"{version}/{{node}}/subscriptions", desk.guarded(desk.subscribe_app)),
        web.get(f"{version}/{{node}}/subscribed_apps", desk.guarded(desk.show_subscription)),
        web.post(f"{version}/{{node}}/subscribed_apps", desk.guarded(desk.subscribe)),
        web.delete(f"{version}/{{node}}/subscribed_apps", desk.guarded(desk.unsubscribe)),
        web.get(f"{version}/{{node}}/phone_numbers", desk.guarded(desk.phone_numbers)),
        web.get(f"{version}/{{node}}/message_templates", desk.guarded(desk.list_templates)),
        web.post(f"{version}/{{node}}/message_templates", desk.guarded(desk.create_template)),
        web.delete(f"{version}/{{node}}/message_templates", desk.guarded(desk.delete_template)),
        web.get(f"{version}/{{node}}/messenger_profile", desk.guarded(desk.show_profile)),
        web.post(f"{version}/{{node}}/messenger_profile", desk.guarded(desk.change_profile)),
        web.delete(f"{version}/{{node}}/messenger_profile", desk.guarded(desk.clear_profile)),
        web.post(f"{version}/{{node}}/conversational_automation", desk.guarded(desk.automate)),
        web.get(f"{version}/{{node}}/whatsapp_business_profile", desk.guarded(desk.business_profile)),
        web.post(f"{version}/{{node}}/whatsapp_business_profile", desk.guarded(desk.change_business)),
        *(web.post(f"{version}/{{node}}/{edge}", desk.guarded(desk.control_thread)) for edge in CONTROLS),
        web.get(f"{version}/{{node}}", desk.guarded(desk.show_node)),
        web.post(f"{version}/{{node}}", desk.guarded(desk.edit_template)),
    ]


class _Management:
    def __init__(self, stand_in: "GraphStandIn") -> None:
        self._stand_in = stand_in
        self._automation: dict[str, Any] = {}
        self._business: dict[str, Any] = {"messaging_product": "whatsapp"}

    def guarded(self, handler: Handler) -> Handler:
        """Version, a token that is worth something here, and the faults that are set."""

        @wraps(handler)
        async def answer(request: web.Request) -> web.StreamResponse:
            check_version(request, self._stand_in)
            self._check_token(request)
            fault = self._stand_in.strike("management")
            if fault is not None and fault.kind is FaultKind.REFUSE:
                raise asked_for(fault)
            struck = after_fault(fault, lambda: Answer(body={}))
            if struck.is_broken:
                return await answered(struck, request, self._stand_in)
            done = await handler(request)
            if struck.body != {}:
                return await answered(struck, request, self._stand_in)
            await self._stand_in.pause(struck.after_seconds)
            return done

        return answer

    # Tokens, apps and subscriptions

    async def debug_token(self, request: web.Request) -> web.StreamResponse:
        token = request.query.get("input_token", "")
        known = {self._stand_in.access_token, *(side.page.access_token for side in self._stand_in.pages)}
        return web.json_response({"data": debugged_token(self._stand_in, is_known=token in known)})

    async def show_app(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"id": APP_ID, "name": "Stand-in", "link": "https://example.org/"})

    async def app_subscriptions(self, request: web.Request) -> web.StreamResponse:
        self._check_app(request)
        sides: list[tuple[str, GraphStandIn | PageSide]] = [("whatsapp_business_account", self._stand_in)]
        sides += [(side.platform.envelope, side) for side in self._stand_in.pages]
        found = [
            {
                "object": name,
                "callback_url": side.subscription.callback or side.webhook_url,
                "active": side.subscription.is_active,
                "fields": [{"name": each, "version": "v25.0"} for each in sorted(side.subscription.fields)],
            }
            for name, side in sides
        ]
        return web.json_response({"data": found})

    async def subscribe_app(self, request: web.Request) -> web.StreamResponse:
        """{"object", "callback_url", "fields", "verify_token"}: the webhook has to answer the challenge."""
        self._check_app(request)
        wish = await _parameters(request)
        objects: dict[str, GraphStandIn | PageSide] = {"whatsapp_business_account": self._stand_in}
        objects |= {side.platform.envelope: side for side in self._stand_in.pages}
        side = objects.get(str(wish.get("object", "")))
        if side is None:
            raise invalid(f"Param object must be one of {{{', '.join(sorted(objects))}}}")
        names = _fields(wish.get("fields"), side.subscription.every_field, "fields")
        callback = str(wish.get("callback_url", ""))
        if not callback.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise invalid("Callback URL must be an https URL")
        before, side.webhook_url = side.webhook_url, callback
        if not await side.subscribe(str(wish.get("verify_token", ""))):
            side.webhook_url = before
            raise GraphRefused(
                400, 2200, "(#2200) Callback verification failed: the challenge did not come back."
            )
        side.subscription.callback = callback
        side.subscription.choose(names)
        return web.json_response({"success": True})

    async def show_subscription(self, request: web.Request) -> web.StreamResponse:
        side = self._owner(request)
        if not side.subscription.is_active:
            return web.json_response({"data": []})
        shown = whatsapp_subscription() if side is self._stand_in else page_subscription(side.subscription)
        return web.json_response({"data": [shown]})

    async def subscribe(self, request: web.Request) -> web.StreamResponse:
        side = self._owner(request)
        wish = await _parameters(request)
        if side is self._stand_in:
            side.subscription.is_active = True
        else:
            given, every = wish.get("subscribed_fields"), side.subscription.every_field
            side.subscription.choose(_fields(given, every, "subscribed_fields"))
        return web.json_response({"success": True})

    async def unsubscribe(self, request: web.Request) -> web.StreamResponse:
        self._owner(request).subscription.is_active = False
        return web.json_response({"success": True})

    # Templates

    async def list_templates(self, request: web.Request) -> web.StreamResponse:
        """?name=&status=&language=&limit=&after="""
        wish = {key: request.query[key] for key in ("name", "status", "language") if key in request.query}
        found = self._shelf(request).listed(**wish)
        limit = min(max(_number(request.query.get("limit"), 25), 1), 250)
        first = _number(request.query.get("after"), 0)
        page: dict[str, Any] = {"data": found[first : first + limit]}
        if found[first + limit :]:
            cursors = {"before": str(first), "after": str(first + limit)}
            after = request.url.update_query(after=str(first + limit))
            page["paging"] = {"cursors": cursors, "next": str(after)}
        return web.json_response(page)

    async def create_template(self, request: web.Request) -> web.StreamResponse:
        shelf, body = self._shelf(request), await _json(request)
        template = shelf.create(body)
        if shelf is self._stand_in.templates:
            self._review(shelf, template)
        elif self._stand_in.options.template_review != "hold":
            is_approved = self._stand_in.options.template_review == "approve"
            template.status = "APPROVED" if is_approved else "REJECTED"
        shown = {"id": str(template.id), "status": template.status, "category": template.text.category}
        return web.json_response(shown)

    async def edit_template(self, request: web.Request) -> web.StreamResponse:
        node = request.match_info["node"]
        for shelf in (self._stand_in.templates, *(side.templates for side in self._stand_in.pages)):
            if shelf.by_id(node) is not None:
                self._review(shelf, shelf.edit(node, await _json(request)))
                return web.json_response({"success": True})
        raise no_such_object(request, node)

    async def delete_template(self, request: web.Request) -> web.StreamResponse:
        """?name=&hsm_id="""
        name = request.query.get("name", "")
        self._shelf(request).delete(name, id=request.query.get("hsm_id"))
        return web.json_response({"success": True})

    def _review(self, shelf: TemplateShelf, template: Template) -> None:
        options = self._stand_in.options
        if options.template_review == "hold":
            return

        async def judge() -> None:
            await self._stand_in.pause(options.template_review_delay)
            if options.template_review == "approve":
                shelf.judge(template, "APPROVED")
            else:
                shelf.judge(template, "REJECTED", reason="INVALID_FORMAT")

        self._stand_in.run(judge())

    # Profiles

    async def show_profile(self, request: web.Request) -> web.StreamResponse:
        side = self._page(request)
        wanted = request.query.get("fields", "").split(",")
        shown = {name: value for name, value in side.profile.items() if name in wanted}
        return web.json_response({"data": [shown] if shown else []})

    async def change_profile(self, request: web.Request) -> web.StreamResponse:
        side = self._page(request)
        body = await _json(request)
        side.profile = change_page_profile(side.profile, body, platform=side.platform.name)
        return web.json_response({"result": "success"})

    async def clear_profile(self, request: web.Request) -> web.StreamResponse:
        side = self._page(request)
        names = (await _parameters(request)).get("fields", [])
        listed = names.split(",") if isinstance(names, str) else list(names)
        side.profile = without(side.profile, listed, platform=side.platform.name)
        return web.json_response({"result": "success"})

    async def control_thread(self, request: web.Request) -> web.StreamResponse:
        """{"recipient": {"id"}, "target_app_id"?, "metadata"?}"""
        side, edge = self._page(request), request.path.rsplit("/", 1)[-1]
        return web.json_response(side.threads.control(edge, await _json(request)))

    async def automate(self, request: web.Request) -> web.StreamResponse:
        self._check_number(request)
        self._automation = change_automation(self._automation, await _json(request))
        return web.json_response({"success": True})

    async def business_profile(self, request: web.Request) -> web.StreamResponse:
        self._check_number(request)
        return web.json_response({"data": [self._business]})

    async def change_business(self, request: web.Request) -> web.StreamResponse:
        self._check_number(request)
        self._business = change_business_profile(self._business, await _json(request))
        return web.json_response({"success": True})

    # Nodes

    async def phone_numbers(self, request: web.Request) -> web.StreamResponse:
        if self._owner(request) is not self._stand_in:
            raise no_such_object(request, request.match_info["node"])
        return web.json_response({"data": [number_node(self._stand_in, "", {})]})

    async def show_node(self, request: web.Request) -> web.StreamResponse:
        """A number, an account, a template, a page, a person who wrote, or a message with its attachments."""
        node, fields = request.match_info["node"], request.query.get("fields", "")
        stand_in = self._stand_in
        if node == stand_in.number.phone_number_id:
            return web.json_response(number_node(stand_in, fields, self._automation))
        if node == stand_in.number.account_id:
            return web.json_response({"id": node, "name": "Stand-in", "timezone_id": "1"})
        for shelf in (stand_in.templates, *(side.templates for side in stand_in.pages)):
            template = shelf.by_id(node)
            if template is not None:
                return web.json_response(template.as_json())
        base = f"{request.scheme}://{request.host}"
        for side in stand_in.pages:
            if node in (side.page.page_id, "me"):
                return web.json_response(
                    {"id": side.page.page_id, "name": "Stand-in", "username": "stand.in"}
                )
            if side.knows(node):
                return web.json_response(person_node(side, node, fields))
            message = side.attachments(node, base=base)
            if message is not None:
                return web.json_response({"id": node, **message})
        file = stand_in.media.find(node)
        if file is None:
            raise no_such_object(request, node)
        return await answered(described(stand_in, file, base=base), request, stand_in)

    # Who asks, and what for

    def _check_token(self, request: web.Request) -> None:
        token = bearer_token(request) or request.query.get("access_token", "")
        facts = self._stand_in.account
        sides = self._stand_in.pages
        secrets = {self._stand_in.app_secret, *(side.page.app_secret for side in sides)}
        good = {self._stand_in.access_token, *(side.page.access_token for side in sides)}
        good |= {f"{APP_ID}|{secret}" for secret in secrets}
        if not token:
            raise GraphRefused(401, 190, "An access token is required to request this resource.")
        if not any(hmac.compare_digest(token.encode(), each.encode()) for each in good):
            raise GraphRefused(401, 190, "Invalid OAuth access token - Cannot parse access token")
        if not facts.is_token_valid and "|" not in token:
            raise GraphRefused(401, 190, "Error validating access token: Session has expired.", subcode=463)

    def _check_app(self, request: web.Request) -> None:
        token = bearer_token(request) or request.query.get("access_token", "")
        if request.match_info["node"] not in (APP_ID, "app"):
            raise no_such_object(request, request.match_info["node"])
        if not token.startswith(f"{APP_ID}|"):
            raise GraphRefused(400, 15, "(#15) This method must be called with an app access_token.")

    def _owner(self, request: web.Request) -> "GraphStandIn | PageSide":
        """The account or the page that the path names."""
        node = request.match_info["node"]
        if node == self._stand_in.number.account_id:
            return self._stand_in
        return self._page(request)

    def _page(self, request: web.Request) -> "PageSide":
        node = request.match_info["node"]
        token = bearer_token(request) or request.query.get("access_token", "")
        sides = self._stand_in.pages
        wanted = request.query.get("platform", "")
        if node == "me":
            for side in sides:
                if side.page.access_token == token and wanted in ("", side.platform.name):
                    return side
        for side in sides:
            if side.page.page_id == node:
                return side
        raise no_such_object(request, node)

    def _shelf(self, request: web.Request) -> TemplateShelf:
        side = self._owner(request)
        if side is self._stand_in.instagram:
            raise invalid("Instagram has no message templates")
        return side.templates

    def _check_number(self, request: web.Request) -> None:
        if request.match_info["node"] != self._stand_in.number.phone_number_id:
            raise no_such_object(request, request.match_info["node"])


async def _json(request: web.Request) -> Any:
    try:
        return json.loads(await request.read())
    except ValueError:
        raise malformed("The request body is not valid JSON") from None


async def _parameters(request: web.Request) -> Mapping[str, Any]:
    """From the query, and from a body of either kind."""
    found: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json" and request.can_read_body:
        body = await _json(request)
        found |= body if isinstance(body, dict) else {}
    elif request.can_read_body:
        found |= dict(await request.post())
    return found


def _fields(given: object, allowed: tuple[str, ...], name: str) -> list[str]:
    listed = given.split(",") if isinstance(given, str) else given
    if not isinstance(listed, list) or not listed:
        raise invalid(f"The parameter {name} is required.")
    unknown = [each for each in listed if each not in allowed]
    if unknown:
        raise invalid(f"Param {name}[{listed.index(unknown[0])}] must be one of {{{', '.join(allowed)}}}")
    return [str(each) for each in listed]


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isdigit() else otherwise
