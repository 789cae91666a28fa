"""What a practice knows after it sent a message on Messenger: accepted, certainly not delivered, or unknown.

What the network does is the same for every channel: see test_whatsapp_sending.py.
"""

import asyncio
import json
import socket

import aiohttp
import pytest
from aiohttp import web
from loopback_graph import Graph, answering, error

from bot.channels.messenger import MessengerChannel
from bot.domain.conversation import (
    Address,
    Choice,
    FateUnknown,
    Refused,
    Reply,
    SendAction,
    SendOutcome,
    Sent,
)
from bot.domain.practice import MessengerAccount
from bot.errors import SetupError, SignatureMismatch

PAGE = MessengerAccount(
    page_id="105554443332221", app_secret="app", verify_token="verify", access_token="EAAJB"
)
SECOND = MessengerAccount(page_id="222", app_secret="app2", verify_token="verify2", access_token="EAAJ2")
ADA = Address(channel="messenger", account=PAGE.page_id, recipient="7000000000000001")


@pytest.fixture
def graph(graph: Graph) -> Graph:
    graph.answer = answering(200, '{"recipient_id": "7000000000000001", "message_id": "m_1"}')
    return graph


async def send(
    session: aiohttp.ClientSession, url: str, *, patience: float = 10, to: Address = ADA
) -> SendOutcome:
    channel = MessengerChannel([PAGE, SECOND], session, graph_url=url, timeout=patience)
    return await channel.send(channel.render(Reply(text="Ciao"), to, outbox_id="out_1"), to)


async def test_a_message_goes_out_from_the_page_it_belongs_to(
    graph: Graph, session: aiohttp.ClientSession
) -> None:
    to = Address(channel="messenger", account=SECOND.page_id, recipient="7000000000000002")

    outcome = await send(session, graph.url, to=to)

    assert outcome == Sent(message_id="m_1")
    assert graph.asked == [
        (
            "/v25.0/222/messages",
            "Bearer EAAJ2",
            {
                "recipient": {"id": "7000000000000002"},
                "messaging_type": "RESPONSE",
                "message": {"text": "Ciao", "metadata": "out_1"},
            },
        )
    ]


async def test_buttons_go_over_the_wire_as_rendered(graph: Graph, session: aiohttp.ClientSession) -> None:
    channel = MessengerChannel([PAGE], session, graph_url=graph.url)
    reply = Reply(text="Va bene? 🦷", choices=(Choice(title="Sì", payload="tok_1"),))
    rendered = channel.render(reply, ADA, outbox_id="out_1")

    await channel.send(rendered, ADA)

    assert graph.asked[0][2] == rendered.body


async def test_a_page_no_longer_ours_sends_nothing(graph: Graph, session: aiohttp.ClientSession) -> None:
    gone = Address(channel="messenger", account="999", recipient="7000000000000001")

    outcome = await send(session, graph.url, to=gone)

    assert outcome == Refused(action=SendAction.STOP)
    assert graph.asked == []


REFUSED = [
    (400, error(10, error_subcode=2018278), SendAction.WINDOW_CLOSED, 10),
    (403, error("10", error_subcode="2018278"), SendAction.WINDOW_CLOSED, 10),
    (400, error(200, error_subcode=1545041), SendAction.WINDOW_CLOSED, 200),
    (400, error(10, error_subcode=1545041), SendAction.WINDOW_CLOSED, 10),
    (400, error(551), SendAction.UNREACHABLE, 551),
    (400, error(551, error_subcode=1545041), SendAction.UNREACHABLE, 551),
    (400, error(100, error_subcode=2018001), SendAction.UNREACHABLE, 100),
    (400, error(10, error_subcode=2018108), SendAction.UNREACHABLE, 10),
    (400, error(10, error_subcode=2018300), SendAction.UNREACHABLE, 10),
    (401, error(190, error_subcode=463), SendAction.STOP, 190),
    (403, error(200), SendAction.STOP, 200),
    (403, error(230), SendAction.STOP, 230),
    (403, error(10), SendAction.STOP, 10),
    (403, error(10, error_subcode=1893063), SendAction.STOP, 10),
    (403, error(368), SendAction.STOP, 368),
    (400, error(100), SendAction.OUR_BUG, 100),
    (400, error(100, error_subcode=2018109), SendAction.OUR_BUG, 100),
    (400, error(987654), SendAction.OUR_BUG, 987654),
    (400, error(613), SendAction.SLOW_DOWN, 613),
    (400, error(4), SendAction.SLOW_DOWN, 4),
    (400, error(32), SendAction.SLOW_DOWN, 32),
    (400, error(80006), SendAction.SLOW_DOWN, 80006),
    (400, error(1200), SendAction.RETRY, 1200),
    (400, error(2), SendAction.RETRY, 2),
    (429, "slow down", SendAction.SLOW_DOWN, None),
    # 5xx with a code that says that this message was not accepted
    (500, error(1200), SendAction.RETRY, 1200),
    (500, error(613), SendAction.SLOW_DOWN, 613),
    (500, error(190), SendAction.STOP, 190),
    (500, error(10, error_subcode=2018278), SendAction.WINDOW_CLOSED, 10),
]


@pytest.mark.parametrize(("status", "body", "action", "code"), REFUSED)
async def test_a_refusal_proves_that_nothing_was_delivered_and_says_what_to_do(
    graph: Graph,
    session: aiohttp.ClientSession,
    status: int,
    body: str,
    action: SendAction,
    code: int | None,
) -> None:
    graph.answer = answering(status, body)

    told = json.loads(body)["error"].get("error_subcode") if code else None
    assert await send(session, graph.url) == Refused(
        action=action, code=code, subcode=int(told) if told else None
    )


UNKNOWN = [
    (500, error(1), "HTTP 500, code 1"),
    (503, error(2), "HTTP 503, code 2"),
    (500, error(987654, error_subcode=2018278), "HTTP 500, code 987654"),
    (502, "<html>Bad gateway</html>", "HTTP 502"),
    (200, "", "HTTP 200 without a message id"),
    (200, '{"recipient_id": "7000000000000001"}', "HTTP 200 without a message id"),
    (200, '{"message_id": ""}', "HTTP 200 without a message id"),
    (200, '{"message_id": {}}', "HTTP 200 without a message id"),
]


@pytest.mark.parametrize(("status", "body", "reason"), UNKNOWN)
async def test_an_answer_that_proves_nothing_leaves_the_fate_unknown(
    graph: Graph, session: aiohttp.ClientSession, status: int, body: str, reason: str
) -> None:
    graph.answer = answering(status, body)

    assert await send(session, graph.url) == FateUnknown(reason=reason)


async def test_no_answer_in_time_leaves_the_fate_unknown(
    graph: Graph, session: aiohttp.ClientSession
) -> None:
    async def hang(request: web.Request) -> web.StreamResponse:
        await asyncio.wait_for(graph.over.wait(), 10)
        return web.Response()

    graph.answer = hang

    assert await send(session, graph.url, patience=0.2) == FateUnknown(reason="time-out")


async def test_nobody_listening_proves_that_nothing_was_delivered(session: aiohttp.ClientSession) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"

        outcome = await send(session, url)

    assert outcome == Refused(action=SendAction.RETRY)


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("page_id", "a Messenger Page has no page_id; set it in practice.yml as env:NAME or file:PATH"),
        ("app_secret", "Messenger Page 1 has no app_secret; set it in practice.yml as env:NAME or file:PATH"),
        (
            "verify_token",
            "Messenger Page 1 has no verify_token; set it in practice.yml as env:NAME or file:PATH",
        ),
        (
            "access_token",
            "Messenger Page 1 has no access_token; set it in practice.yml as env:NAME or file:PATH",
        ),
    ],
)
async def test_a_page_without_its_secrets_does_not_start(
    session: aiohttp.ClientSession, missing: str, message: str
) -> None:
    given = {"page_id": "1", "app_secret": "a", "verify_token": "v", "access_token": "t"} | {missing: " "}

    with pytest.raises(SetupError) as refused:
        MessengerChannel([MessengerAccount(**given)], session)

    assert str(refused.value) == message


async def test_a_channel_without_a_page_does_not_start(session: aiohttp.ClientSession) -> None:
    with pytest.raises(SetupError) as refused:
        MessengerChannel([], session)

    assert str(refused.value) == "Messenger has no Page; add one under messenger in practice.yml"


async def test_each_page_has_its_own_app_and_token(session: aiohttp.ClientSession) -> None:
    channel = MessengerChannel([PAGE, SECOND], session)
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}

    assert channel.challenge(query | {"hub.verify_token": "verify2"}) == "1158201444"
    assert channel.challenge(query | {"hub.verify_token": "verify3"}) is None
    with pytest.raises(SignatureMismatch) as mismatch:
        channel.verify({"X-Hub-Signature-256": "sha256=" + "0" * 64}, b"{}")
    assert str(mismatch.value) == (
        "X-Hub-Signature-256 does not match; check the app secret of "
        "Messenger Page 105554443332221 or Messenger Page 222"
    )
