"""What a practice knows after it sent a message: accepted, certainly not delivered, or unknown."""

import asyncio
import errno
import socket
import time
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from loopback_graph import Graph, answering, error

from bot.channels.whatsapp import WhatsAppChannel
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
from bot.domain.practice import WhatsAppAccount
from bot.errors import SetupError, SignatureMismatch

ACCOUNT = WhatsAppAccount(
    phone_number_id="106540352242922", app_secret="app", verify_token="verify", access_token="EAAJB"
)
SECOND = WhatsAppAccount(
    phone_number_id="200200200200200", app_secret="app2", verify_token="verify2", access_token="EAAJ2"
)
ADA = Address(
    channel="whatsapp", account=ACCOUNT.phone_number_id, recipient="447700900101", phone="+447700900101"
)


@pytest.fixture
def graph(graph: Graph) -> Graph:
    graph.answer = answering(200, '{"messaging_product": "whatsapp", "messages": [{"id": "wamid.1"}]}')
    return graph


async def send(
    session: aiohttp.ClientSession, url: str, *, patience: float = 10, to: Address = ADA
) -> SendOutcome:
    channel = WhatsAppChannel([ACCOUNT, SECOND], session, graph_url=url, timeout=patience)
    return await channel.send(channel.render(Reply(text="Ciao"), to, outbox_id="out_1"), to)


async def test_a_message_goes_out_under_the_number_it_belongs_to(
    graph: Graph, session: aiohttp.ClientSession
) -> None:
    to = Address(channel="whatsapp", account=SECOND.phone_number_id, recipient="GB.1111111111")

    outcome = await send(session, graph.url + "/", to=to)

    assert outcome == Sent(message_id="wamid.1")
    assert graph.asked == [
        (
            "/v25.0/200200200200200/messages",
            "Bearer EAAJ2",
            {
                "messaging_product": "whatsapp",
                "recipient_type": "individual",
                "recipient": "GB.1111111111",
                "biz_opaque_callback_data": "out_1",
                "type": "text",
                "text": {"body": "Ciao"},
            },
        )
    ]


async def test_a_number_no_longer_ours_sends_nothing(graph: Graph, session: aiohttp.ClientSession) -> None:
    gone = Address(channel="whatsapp", account="999", recipient="447700900101")

    outcome = await send(session, graph.url, to=gone)

    assert outcome == Refused(action=SendAction.STOP)
    assert graph.asked == []


REFUSED = [
    (400, error(131047), Refused(action=SendAction.WINDOW_CLOSED, code=131047)),
    (400, error("131047"), Refused(action=SendAction.WINDOW_CLOSED, code=131047)),
    (400, error(131026), Refused(action=SendAction.UNREACHABLE, code=131026)),
    (400, error(131050), Refused(action=SendAction.OPTED_OUT, code=131050)),
    (403, error(130497), Refused(action=SendAction.UNREACHABLE, code=130497)),
    (401, error(190), Refused(action=SendAction.STOP, code=190)),
    (403, error(200), Refused(action=SendAction.STOP, code=200)),
    (403, error(299), Refused(action=SendAction.STOP, code=299)),
    (403, error(10), Refused(action=SendAction.STOP, code=10)),
    (400, error(131042), Refused(action=SendAction.STOP, code=131042)),
    (400, error(100), Refused(action=SendAction.OUR_BUG, code=100)),
    (400, error(131009), Refused(action=SendAction.OUR_BUG, code=131009)),
    (400, error(1), Refused(action=SendAction.RETRY_ONCE, code=1)),
    (400, error(131000), Refused(action=SendAction.RETRY, code=131000)),
    (400, error(131057), Refused(action=SendAction.SLOW_DOWN, code=131057)),
    (429, error(130429), Refused(action=SendAction.SLOW_DOWN, code=130429)),
    (429, error(80007), Refused(action=SendAction.SLOW_DOWN, code=80007)),
    (400, error(4), Refused(action=SendAction.SLOW_DOWN, code=4)),
    (429, error(131056), Refused(action=SendAction.WAIT_FOR_PAIR, code=131056)),
    (400, error(987654), Refused(action=SendAction.OUR_BUG, code=987654)),
    (400, error(987654, is_transient=True), Refused(action=SendAction.RETRY, code=987654)),
    (400, error(10**30), Refused(action=SendAction.OUR_BUG)),
    (400, error(None), Refused(action=SendAction.OUR_BUG)),
    (400, "<html>Bad request</html>", Refused(action=SendAction.OUR_BUG)),
    (401, "", Refused(action=SendAction.STOP)),
    (403, "[]", Refused(action=SendAction.STOP)),
    (404, "{}", Refused(action=SendAction.STOP)),
    (408, "", Refused(action=SendAction.RETRY)),
    (429, "slow down", Refused(action=SendAction.SLOW_DOWN)),
    # 5xx with a code that says that this message was not accepted
    (500, error(131000), Refused(action=SendAction.RETRY, code=131000)),
    (500, error(131016), Refused(action=SendAction.RETRY, code=131016)),
    (500, error(190), Refused(action=SendAction.STOP, code=190)),
    (503, error(130429), Refused(action=SendAction.SLOW_DOWN, code=130429)),
    (503, error(133004), Refused(action=SendAction.RETRY, code=133004)),
    (500, error(131056), Refused(action=SendAction.WAIT_FOR_PAIR, code=131056)),
    (500, error(131047), Refused(action=SendAction.WINDOW_CLOSED, code=131047)),
]


@pytest.mark.parametrize(("status", "body", "expected"), REFUSED)
async def test_a_refusal_proves_that_nothing_was_delivered_and_says_what_to_do(
    graph: Graph, session: aiohttp.ClientSession, status: int, body: str, expected: Refused
) -> None:
    graph.answer = answering(status, body)

    assert await send(session, graph.url) == expected


UNKNOWN = [
    (500, error(1), "HTTP 500, code 1"),
    (503, error(2), "HTTP 503, code 2"),
    (503, error(2, is_transient=True), "HTTP 503, code 2"),
    (500, error(987654), "HTTP 500, code 987654"),
    (502, "<html>Bad gateway</html>", "HTTP 502"),
    (504, "", "HTTP 504"),
    (200, "", "HTTP 200 without a message id"),
    (200, "<html>Welcome</html>", "HTTP 200 without a message id"),
    (200, '{"messages": []}', "HTTP 200 without a message id"),
    (200, '{"messages": [{"id": ""}]}', "HTTP 200 without a message id"),
    (200, '{"messages": [{"id": "wamid', "HTTP 200 without a message id"),
    (204, "", "HTTP 204 without a message id"),
]


@pytest.mark.parametrize(("status", "body", "reason"), UNKNOWN)
async def test_an_answer_that_proves_nothing_leaves_the_fate_unknown(
    graph: Graph, session: aiohttp.ClientSession, status: int, body: str, reason: str
) -> None:
    graph.answer = answering(status, body)

    assert await send(session, graph.url) == FateUnknown(reason=reason)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "999999999"}, 3600.0),
        ({"Retry-After": "Thu, 19 Nov 2026 10:00:30 GMT", "Date": "Thu, 19 Nov 2026 10:00:00 GMT"}, 30.0),
        ({"Retry-After": "Thu, 19 Nov 2026 09:00:00 GMT", "Date": "Thu, 19 Nov 2026 10:00:00 GMT"}, 0.0),
        ({"Retry-After": "Thu, 19 Nov 2026 10:00:30", "Date": "Thu, 19 Nov 2026 10:00:00 GMT"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
async def test_meta_is_given_the_time_it_asks_for(
    graph: Graph, session: aiohttp.ClientSession, headers: dict[str, str], seconds: float | None
) -> None:
    graph.answer = answering(429, error(130429), **headers)

    assert await send(session, graph.url) == Refused(
        action=SendAction.SLOW_DOWN, code=130429, retry_after=seconds
    )


async def test_a_redirect_is_not_followed(graph: Graph, session: aiohttp.ClientSession) -> None:
    graph.answer = answering(307, "", Location=f"{graph.url}/elsewhere")

    assert await send(session, graph.url) == Refused(action=SendAction.STOP)
    assert len(graph.asked) == 1


async def test_a_connection_dropped_after_the_request_leaves_the_fate_unknown(
    graph: Graph, session: aiohttp.ClientSession
) -> None:
    async def drop(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    graph.answer = drop

    assert await send(session, graph.url) == FateUnknown(reason="ServerDisconnectedError")
    assert len(graph.asked) == 1


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, FateUnknown(reason="HTTP 200 without a message id")),
        (503, FateUnknown(reason="HTTP 503")),
        (401, Refused(action=SendAction.STOP)),
    ],
)
async def test_the_status_stands_when_the_body_breaks_off(
    graph: Graph, session: aiohttp.ClientSession, status: int, expected: SendOutcome
) -> None:
    async def break_off(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=status, headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b'{"messages":[{"id":"wamid.1"}]')
        assert request.transport is not None
        request.transport.close()
        return response

    graph.answer = break_off

    assert await send(session, graph.url) == expected


async def test_no_answer_in_time_leaves_the_fate_unknown(
    graph: Graph, session: aiohttp.ClientSession
) -> None:
    async def hang(request: web.Request) -> web.StreamResponse:
        await graph.over.wait()
        return web.Response()

    graph.answer = hang

    assert await send(session, graph.url, patience=0.2) == FateUnknown(reason="time-out")


async def test_a_message_that_waited_for_a_free_connection_was_not_sent(graph: Graph) -> None:
    async def hang(request: web.Request) -> web.StreamResponse:
        arrived.set()
        await graph.over.wait()
        return web.Response()

    arrived = asyncio.Event()
    graph.answer = hang
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session:
        first = asyncio.create_task(send(session, graph.url))
        await arrived.wait()
        second = await send(session, graph.url, patience=0.2)
        graph.over.set()
        await first

    assert second == Refused(action=SendAction.RETRY)
    assert len(graph.asked) == 1


async def test_nobody_listening_proves_that_nothing_was_delivered(session: aiohttp.ClientSession) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"

        outcome = await send(session, url)

    assert outcome == Refused(action=SendAction.RETRY)


async def test_no_tls_proves_that_nothing_was_delivered(graph: Graph, session: aiohttp.ClientSession) -> None:
    assert await send(session, graph.url.replace("http:", "https:")) == Refused(action=SendAction.RETRY)
    assert graph.asked == []


class NoSuchHost(AbstractResolver):
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        raise OSError(errno.ENOENT, "no such host")

    async def close(self) -> None:
        pass


async def test_an_unknown_host_proves_that_nothing_was_delivered() -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=NoSuchHost())) as session:
        assert await send(session, "http://graph.invalid") == Refused(action=SendAction.RETRY)


async def test_a_closed_session_sends_nothing(graph: Graph) -> None:
    session = aiohttp.ClientSession()
    await session.close()

    assert await send(session, graph.url) == Refused(action=SendAction.RETRY)
    assert graph.asked == []


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"app_secret": ""},
            "WhatsApp number 1 has no app_secret; set it in practice.yml as env:NAME or file:PATH",
        ),
        (
            {"verify_token": " "},
            "WhatsApp number 1 has no verify_token; set it in practice.yml as env:NAME or file:PATH",
        ),
        (
            {"access_token": ""},
            "WhatsApp number 1 has no access_token; set it in practice.yml as env:NAME or file:PATH",
        ),
    ],
)
async def test_a_number_without_its_secrets_does_not_start(
    session: aiohttp.ClientSession, changed: dict[str, str], message: str
) -> None:
    given = {"phone_number_id": "1", "app_secret": "a", "verify_token": "v", "access_token": "t"} | changed

    with pytest.raises(SetupError) as refused:
        WhatsAppChannel([WhatsAppAccount(**given)], session)

    assert str(refused.value) == message


async def test_a_set_up_that_cannot_work_does_not_start(session: aiohttp.ClientSession) -> None:
    for wrong in (
        lambda: WhatsAppChannel([], session),
        lambda: WhatsAppChannel([ACCOUNT], session, graph_url="graph.facebook.com"),
        lambda: WhatsAppChannel([ACCOUNT], session, list_label="x" * 21),
        lambda: WhatsAppChannel([ACCOUNT], session, list_label=""),
    ):
        with pytest.raises(SetupError):
            wrong()


async def test_each_number_has_its_own_app_and_token(session: aiohttp.ClientSession) -> None:
    channel = WhatsAppChannel([ACCOUNT, SECOND], session)
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}

    assert channel.challenge(query | {"hub.verify_token": "verify2"}) == "1158201444"
    assert channel.challenge(query | {"hub.verify_token": "verify3"}) is None
    with pytest.raises(SignatureMismatch) as mismatch:
        channel.verify({"X-Hub-Signature-256": "sha256=" + "0" * 64}, b"{}")
    assert str(mismatch.value) == (
        "X-Hub-Signature-256 does not match; check the app secret of "
        "WhatsApp number 106540352242922 or WhatsApp number 200200200200200"
    )


async def test_buttons_go_over_the_wire_as_rendered(graph: Graph, session: aiohttp.ClientSession) -> None:
    channel = WhatsAppChannel([ACCOUNT], session, graph_url=graph.url)
    reply = Reply(text="Va bene? 🦷", choices=(Choice(title="Sì", payload="tok_1"),))
    rendered = channel.render(reply, ADA, outbox_id="out_1")

    await channel.send(rendered, ADA)

    assert graph.asked[0][2] == rendered.body


@pytest.mark.parametrize(("seconds", "times"), [(60, 1), (-1, 0)], ids=["in time", "too late"])
async def test_what_woke_up_too_late_does_not_leave(
    graph: Graph, session: aiohttp.ClientSession, seconds: float, times: int
) -> None:
    """A process may be frozen after its last look, before the request: by then another may be sending it."""
    channel = WhatsAppChannel([ACCOUNT], session, graph_url=graph.url)
    for _ in range(2):  # on a new connection, and on one that is kept open
        rendered = channel.render(Reply(text="Ciao"), ADA, outbox_id="out_1")
        late = replace(rendered, leaves_before=time.monotonic() + seconds)
        outcome = await channel.send(late, ADA)

        assert isinstance(outcome, Sent if times else FateUnknown)
    assert len(graph.asked) == 2 * times
