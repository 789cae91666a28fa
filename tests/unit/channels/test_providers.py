"""A number behind a provider: another address, another key, another proof of who sent a webhook."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.whatsapp.channel import WhatsAppChannel
from bot.channels.whatsapp.provenance import verify
from bot.domain.conversation import Address, Reply, Sent
from bot.domain.practice import WhatsAppAccount
from bot.domain.providers import PROFILES, Provider
from bot.errors import SignatureMismatch

META = WhatsAppAccount(
    phone_number_id="100000000000001", app_secret="meta's", verify_token="v", access_token="a token"
)
BEHIND = replace(META, app_secret="the shared one", provider=PROFILES["360dialog"])
OTHER = replace(
    META,
    app_secret="theirs",
    provider=Provider(name="other", api_url="https://api.example.org", signature_header="X-Other-Signature"),
)
BODY = b'{"object": "whatsapp_business_account"}'


def signed(secret: str, header: str = "X-Hub-Signature-256") -> dict[str, str]:
    return {header: f"sha256={hmac.new(secret.encode(), BODY, hashlib.sha256).hexdigest()}"}


GOOD = {
    "meta's own": ((META,), signed("meta's")),
    "a shared secret": ((BEHIND,), {"x-chairside-secret": "the shared one"}),
    "a signature under another name": ((OTHER,), signed("theirs", "X-Other-Signature")),
    "one of several": ((META, BEHIND), {"X-Chairside-Secret": "the shared one"}),
}


@pytest.mark.parametrize(("accounts", "headers"), GOOD.values(), ids=GOOD)
def test_each_number_is_proved_by_its_own_scheme(
    accounts: tuple[WhatsAppAccount, ...], headers: Mapping[str, str]
) -> None:
    verify(headers, BODY, accounts)


BAD = {
    "nothing": ((BEHIND,), {}),
    "an empty secret": ((BEHIND,), {"X-Chairside-Secret": ""}),
    "another secret": ((BEHIND,), {"X-Chairside-Secret": "meta's"}),
    "meta's signature for a number behind a provider": ((BEHIND,), signed("the shared one")),
    "the secret of a number that is signed": ((META,), {"X-Chairside-Secret": "meta's"}),
    "a signature under meta's name": ((OTHER,), signed("theirs")),
    "the secret of one by the scheme of the other": ((META, BEHIND), {"X-Chairside-Secret": "meta's"}),
}


@pytest.mark.parametrize(("accounts", "headers"), BAD.values(), ids=BAD)
def test_nothing_else_is_let_in(accounts: tuple[WhatsAppAccount, ...], headers: Mapping[str, str]) -> None:
    with pytest.raises(SignatureMismatch):
        verify(headers, BODY, accounts)


async def test_messages_go_to_the_provider_with_its_key(
    aiohttp_server: Callable[[web.Application], Awaitable[TestServer]],
) -> None:
    got: list[tuple[str, str | None, str | None]] = []

    async def take(request: web.Request) -> web.Response:
        got.append((request.path, request.headers.get("D360-API-KEY"), request.headers.get("Authorization")))
        return web.json_response({"messages": [{"id": "wamid.1"}]})

    application = web.Application()
    application.router.add_post("/{path:.*}", take)
    server = await aiohttp_server(application)
    provider = replace(PROFILES["360dialog"], api_url=str(server.make_url("")).rstrip("/"))
    to = Address(channel="whatsapp", account=META.phone_number_id, recipient="393331234567")
    async with aiohttp.ClientSession() as http:
        channel = WhatsAppChannel([replace(BEHIND, provider=provider)], http)
        outcome = await channel.send(channel.render(Reply(text="Buongiorno"), to, outbox_id="o1"), to)

    assert (outcome, got) == (Sent(message_id="wamid.1"), [("/messages", "a token", None)])
