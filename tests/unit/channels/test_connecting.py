"""Connecting a practice's accounts: what is looked at, what is told, what is set; on a strict stand-in."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.connecting import Account, Connection
from bot.channels.graph_desk import GraphRefusal
from bot.channels.profiles import number_prompts, page_profile
from bot.channels.setting_up import WHATSAPP_FIELDS
from bot.domain.menus import MenuItem, item_of, typed_as
from bot.domain.providers import PROFILES
from bot.errors import ChairsideError
from bot.stand_in import GraphStandIn, PageAccount

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
IDS = {"whatsapp": "100000000000001", "messenger": "200000000000001", "instagram": "300000000000001"}
ITEMS = tuple(
    MenuItem(flow=f"flow_{number}", titles={"it": f"Voce {number}", "en": f"Item {number}"})
    for number in range(6)
)


@dataclass
class Meta:
    """A stand-in, and our own webhook, which answers the challenge with the right token."""

    stand_in: GraphStandIn
    http: aiohttp.ClientSession
    graph_url: str
    own_url: str

    def connection(self, channel: str, **changes: object) -> Connection:
        account = Account(
            channel=channel,
            id=IDS[channel],
            app_secret="a secret",
            verify_token="verify",
            access_token="a token",
        )
        return Connection(replace(account, **changes), self.http, graph_url=self.graph_url)  # type: ignore[arg-type]

    async def findings(self, channel: str, **changes: object) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {"ok": [], "warning": [], "broken": []}
        async for each in self.connection(channel, **changes).check(at=NOW, url=self.own_url):
            found[each.level].append(each.says)
        return found


@pytest.fixture
async def meta(aiohttp_server: Callable[[web.Application], Awaitable[TestServer]]) -> AsyncIterator[Meta]:
    async def challenge(request: web.Request) -> web.Response:
        right = request.query["hub.verify_token"] == "verify"
        return web.Response(text=request.query["hub.challenge"]) if right else web.Response(status=403)

    ours = web.Application()
    ours.router.add_get("/webhooks/{channel}", challenge)
    own_url = str((await aiohttp_server(ours)).make_url("")).rstrip("/")

    def page(channel: str) -> PageAccount:
        return PageAccount(
            page_id=IDS[channel],
            app_secret="a secret",
            access_token="a token",
            webhook_url=f"{own_url}/webhooks/{channel}",
        )

    stand_in = GraphStandIn(
        webhook_url=f"{own_url}/webhooks/whatsapp",
        app_secret="a secret",
        access_token="a token",
        phone_number_id=IDS["whatsapp"],
        display_number="+390200000000",
        now=lambda: NOW,
        page=page("messenger"),
        instagram=page("instagram"),
    )
    graph_url = str((await aiohttp_server(stand_in.application())).make_url("")).rstrip("/")
    async with aiohttp.ClientSession() as http:
        yield Meta(stand_in, http, graph_url, own_url)


@pytest.mark.parametrize("channel", IDS)
async def test_whatever_is_well_is_said_to_be(meta: Meta, channel: str) -> None:
    found = await meta.findings(channel)

    assert (found["warning"], found["broken"]) == ([], [])
    assert "the webhook answers" in found["ok"]
    assert "subscribed to everything that is read" in found["ok"]


async def test_what_is_wrong_with_a_number_is_said_with_a_remedy(meta: Meta) -> None:
    meta.stand_in.account = replace(
        meta.stand_in.account,
        quality_rating="RED",
        can_send_message="BLOCKED",
        expires_at=int(NOW.timestamp()) + 86400 * 3,
        scopes=("whatsapp_business_management",),
    )
    meta.stand_in.subscription.fields.discard("user_preferences")
    found = await meta.findings("whatsapp", business_app=True)

    assert found["broken"] == [
        "the token lacks whatsapp_business_messaging; add them where it was made, and make it anew",
        "sending is BLOCKED: open the account in WhatsApp Manager, which says why",
    ]
    assert found["warning"] == [
        "the access token ends on 2026-11-26; a system user's can be made without an end",
        "quality of the number: RED; patients block or report it: look at what is sent unasked",
        "the number is not in the WhatsApp Business app: write business_app: false",
        "not subscribed to user_preferences; run channels subscribe",
    ]


async def test_a_token_that_is_worn_out_is_told_by_every_look(meta: Meta) -> None:
    meta.stand_in.account = replace(meta.stand_in.account, is_token_valid=False)
    found = await meta.findings("whatsapp")

    assert len(found["broken"]) == 3 and all("new one for a system user" in each for each in found["broken"])


async def test_a_webhook_with_another_verify_token_is_not_ours(meta: Meta) -> None:
    found = await meta.findings("whatsapp", verify_token="guess")

    assert found["broken"] == [
        f"{meta.own_url}/webhooks/whatsapp answers 403 and no challenge: is it this server, with this verify"
        " token?"
    ]


@pytest.mark.parametrize("channel", IDS)
async def test_a_lost_subscription_is_seen_and_made_again(meta: Meta, channel: str) -> None:
    sides = {
        "whatsapp": meta.stand_in,
        "messenger": meta.stand_in.messenger,
        "instagram": meta.stand_in.instagram,
    }
    side = sides[channel]
    assert side is not None
    side.subscription.is_active = False
    side.subscription.fields.clear()
    before = await meta.connection(channel).is_subscribed()
    done = await meta.connection(channel).subscribe(meta.own_url)

    assert (before, await meta.connection(channel).is_subscribed()) == (False, True)
    assert done.endswith(f"fields, to {meta.own_url}/webhooks/{channel}")
    assert (await meta.findings(channel))["broken"] == []


async def test_a_number_in_the_business_app_also_echoes_and_has_a_history(meta: Meta) -> None:
    await meta.connection("whatsapp", business_app=True).subscribe(meta.own_url)

    assert meta.stand_in.subscription.fields == {
        *WHATSAPP_FIELDS,
        "smb_message_echoes",
        "smb_app_state_sync",
        "history",
    }


async def test_meta_wants_https(meta: Meta) -> None:
    with pytest.raises(ChairsideError, match="https"):
        await meta.connection("whatsapp").subscribe("http://desk.example.org")


async def test_a_webhook_that_does_not_answer_is_not_subscribed(meta: Meta) -> None:
    with pytest.raises(GraphRefusal, match=r"2200.*is it reachable"):
        await meta.connection("whatsapp", verify_token="guess").subscribe(meta.own_url)


async def test_menus_are_taken_by_each_channel(meta: Meta) -> None:
    done = [await meta.connection(channel).show_profile(ITEMS, ("it", "en")) for channel in IDS]
    assert meta.stand_in.messenger is not None and meta.stand_in.instagram is not None
    menu = meta.stand_in.messenger.profile["persistent_menu"]

    assert done == ["4 prompts in it", *["a menu of 6 and 4 questions, in it, en"] * 2]
    assert [each["locale"] for each in menu] == ["default", "it_IT", "en_US"]
    assert menu[2]["call_to_actions"][0] == {"type": "postback", "title": "Item 0", "payload": "menu:flow_0"}
    assert set(meta.stand_in.instagram.profile) == {"ice_breakers", "persistent_menu"}


async def test_behind_a_provider_only_the_key_and_the_webhook_are_looked_at(meta: Meta) -> None:
    provider = replace(PROFILES["360dialog"], api_url=f"{meta.graph_url}/nowhere")
    found = await meta.findings("whatsapp", provider=provider)

    assert found["ok"] == ["the webhook answers"]
    assert len(found["broken"]) == 1
    with pytest.raises(ChairsideError, match="360dialog keeps the webhook"):
        await meta.connection("whatsapp", provider=provider).subscribe(meta.own_url)


def test_a_practice_without_flows_for_menus_has_a_button_to_start() -> None:
    assert page_profile((), ("it",), is_instagram=False) == {"get_started": {"payload": "menu:start"}}
    assert page_profile((), ("it",), is_instagram=True) == {}


def test_whatsapp_takes_no_emojis() -> None:
    item = MenuItem(flow="a", titles={"it": "🦷 Prenota"})

    assert number_prompts([item], "it") == {"enable_welcome_message": False, "prompts": ["Prenota"]}


def test_a_name_that_is_too_long_for_a_menu_is_none() -> None:
    assert item_of("a", {"it": "x" * 31, "en": "x"}) is None
    assert item_of("a", {"it": "prenotare", "en": "booking"}) == MenuItem(
        flow="a", titles={"it": "Prenotare", "en": "Booking"}
    )


@pytest.mark.parametrize(
    ("payload", "title", "typed"),
    [
        ("menu:start", "Get Started", "Buongiorno"),
        ("GET_STARTED", "Inizia", "Buongiorno"),
        ("menu:book", "Prenotare", "Prenotare"),
        ("menu:book", "", None),
        ("c1.token", "Sì", None),
        ("/book", "Sì", None),
    ],
)
def test_a_tap_on_a_menu_is_its_words_and_nothing_else(payload: str, title: str, typed: str | None) -> None:
    assert typed_as(payload, title, house="it") == typed
