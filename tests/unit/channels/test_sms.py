"""SMS: what the provider's forms say, whose signature counts, what a message costs, what an answer proves."""

import json
from collections.abc import AsyncIterator
from urllib.parse import parse_qsl, urlencode

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.sms import SmsChannel, parse
from bot.channels.sms.channel import signature
from bot.channels.sms.outbound import MOST_CHARACTERS, plainly, segments
from bot.domain.conversation import (
    Address,
    Attachment,
    Choice,
    FateUnknown,
    InboundEvent,
    InboundKind,
    Refused,
    Reply,
    SendAction,
    SendOutcome,
    SendStatus,
    Sent,
)
from bot.domain.practice import SmsAccount
from bot.errors import SetupError, SignatureMismatch

OURS, ANNA = "+390200000000", "+393330000001"
OUTBOX_ID = "0f0e0d0c-0b0a-4908-8706-050403020100"
TARGET = "/webhooks/sms"
ACCOUNT = SmsAccount(
    number=OURS,
    account_sid="AC1",
    auth_token="sms-secret",
    webhook_url="https://desk.example.org/webhooks/sms",
)
TO_ANNA = Address(channel="sms", account=OURS, recipient=ANNA, phone=ANNA)


def body(**fields: str) -> bytes:
    return urlencode(fields).encode()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def channel(session: aiohttp.ClientSession) -> SmsChannel:
    return SmsChannel([ACCOUNT], session)


def test_words_of_a_patient() -> None:
    events = parse(body(MessageSid="SM1", From=ANNA, To=OURS, Body=" Sì, confermo ", SmsStatus="received"))

    assert events == (
        InboundEvent(
            kind=InboundKind.TEXT,
            channel="sms",
            account=OURS,
            id="SM1",
            sender=ANNA,
            phone=ANNA,
            text="Sì, confermo",
        ),
    )


def test_a_picture_with_words() -> None:
    form = body(
        MessageSid="MM1",
        From=ANNA,
        To=OURS,
        Body="guardi",
        NumMedia="1",
        MediaUrl0="https://api.twilio.com/m/1",
        MediaContentType0="image/jpeg",
    )
    (event,) = parse(form)

    assert (event.kind, event.text) == (InboundKind.IMAGE, "guardi")
    assert event.attachments == (
        Attachment(kind="image", url="https://api.twilio.com/m/1", mime_type="image/jpeg"),
    )


def test_a_report_brings_our_own_id_back() -> None:
    form = body(MessageSid="SM2", From=OURS, To=ANNA, MessageStatus="undelivered", ErrorCode="30005")
    (event,) = parse(form, target=f"{TARGET}?o={OUTBOX_ID}")

    assert (event.kind, event.account, event.sender, event.id) == (
        InboundKind.STATUS,
        OURS,
        ANNA,
        "SM2:failed",
    )
    assert event.status == SendStatus(state="failed", message_id="SM2", outbox_id=OUTBOX_ID, error_code=30005)


@pytest.mark.parametrize("state", ["accepted", "scheduled", "queued", "sending"])
def test_what_is_on_its_way_says_nothing(state: str) -> None:
    assert parse(body(MessageSid="SM2", From=OURS, To=ANNA, MessageStatus=state)) == ()


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"\xff\xfe",
        b"&&&",
        b"=",
        b"{" * 1000,
        b"a=b&" * 5000,
        b"MessageSid=" + b"x" * 70,
        b"MessageSid=SM1&MessageStatus=delivered&ErrorCode=" + b"9" * 5000,
        b"MessageSid=SM1&From=%00&To=%ED%A0%80&Body=%00",
    ],
)
def test_nothing_that_comes_breaks_the_reading(given: bytes) -> None:
    for event in parse(given, target="?o=nobody"):
        assert event.text is None
        assert event.status is None or event.status.outbox_id is None


def test_who_signs_with_our_token_is_let_in(channel: SmsChannel) -> None:
    """The example of Twilio's documentation, with an address and a token of ours: fields sorted by name."""
    form = body(To=OURS, From=ANNA, Body="ciao & buonasera", MessageSid="SM1")
    fields = dict(parse_qsl(form.decode()))
    signed = signature(f"{ACCOUNT.webhook_url}?o={OUTBOX_ID}", fields, ACCOUNT.auth_token).decode()
    here = channel.at(f"{TARGET}?o={OUTBOX_ID}")
    here.verify({"X-Twilio-Signature": signed}, form)

    for headers, content, target in [
        ({}, form, f"{TARGET}?o={OUTBOX_ID}"),
        ({"X-Twilio-Signature": ""}, form, f"{TARGET}?o={OUTBOX_ID}"),
        ({"X-Twilio-Signature": signed.lower()}, form, f"{TARGET}?o={OUTBOX_ID}"),
        ({"X-Twilio-Signature": signed}, form + b"&Body=altro", f"{TARGET}?o={OUTBOX_ID}"),
        ({"X-Twilio-Signature": signed}, form, f"{TARGET}?o={OUTBOX_ID[:-1]}1"),
        ({"X-Twilio-Signature": "ключ"}, form, f"{TARGET}?o={OUTBOX_ID}"),
    ]:
        with pytest.raises(SignatureMismatch):
            channel.at(target).verify(headers, content)


def test_the_signature_is_that_of_the_provider() -> None:
    """Worked out by hand with openssl: printf %s URLBody1From2 | openssl dgst -sha1 -hmac token -binary."""
    assert signature("URL", {"From": "2", "Body": "1"}, "token") == b"noFOaLoktT4/caYGFOySuvElKt4="


def test_choices_are_lines_with_numbers(channel: SmsChannel) -> None:
    reply = Reply(
        text="Domani alle 10: viene?",
        choices=(Choice(title="Sì", payload="a"), Choice(title="No", payload="b")),
    )
    rendered = channel.render(reply, TO_ANNA, outbox_id=OUTBOX_ID)

    assert rendered.body == {
        "To": ANNA,
        "From": OURS,
        "Body": "Domani alle 10: viene?\n\n1. Sì\n2. No",
        "StatusCallback": f"https://desk.example.org/webhooks/sms?o={OUTBOX_ID}",
    }


def test_beauty_doubles_no_price() -> None:
    assert plainly("È l’ultima… “sì” – 10 €") == "E' l'ultima... \"sì\" - 10 €"
    assert plainly("Ждём вас — завтра…") == "Ждём вас — завтра…"
    assert [segments("a" * 160), segments("a" * 161), segments("я" * 70), segments("я" * 71)] == [1, 2, 1, 2]
    assert segments("€" * 81) == 2


def test_nothing_longer_than_the_provider_takes(channel: SmsChannel) -> None:
    rendered = channel.render(Reply(text="… " * 2000), TO_ANNA, outbox_id=OUTBOX_ID)

    assert len(rendered.body["Body"]) <= MOST_CHARACTERS
    assert rendered.fallback


@pytest.mark.parametrize(
    ("status", "answer", "outcome"),
    [
        (201, {"sid": "SM9", "status": "queued"}, Sent(message_id="SM9")),
        (201, {}, FateUnknown(reason="HTTP 201 without a sid")),
        (400, {"code": 21610}, Refused(action=SendAction.UNREACHABLE, code=21610)),
        (400, {"code": 21617}, Refused(action=SendAction.OUR_BUG, code=21617)),
        (400, {"code": 21606}, Refused(action=SendAction.STOP, code=21606)),
        (401, {"code": 20003}, Refused(action=SendAction.STOP, code=20003)),
        (429, {"code": 20429}, Refused(action=SendAction.RETRY, code=20429, retry_after=7.0)),
        (503, {}, FateUnknown(reason="HTTP 503")),
        (302, {}, Refused(action=SendAction.STOP)),
    ],
)
async def test_what_an_answer_proves(
    session: aiohttp.ClientSession, status: int, answer: dict[str, object], outcome: SendOutcome
) -> None:
    asked: list[tuple[str, str, dict[str, str]]] = []

    async def provider(request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        asked.append((request.path, request.headers["Authorization"], form))
        headers = {"Retry-After": "7"} if status == 429 else {}
        return web.Response(status=status, text=json.dumps(answer), headers=headers)

    app = web.Application()
    app.router.add_post("/2010-04-01/Accounts/AC1/Messages.json", provider)
    async with TestServer(app) as server:
        account = SmsAccount(
            number=OURS,
            account_sid="AC1",
            auth_token="sms-secret",
            webhook_url=ACCOUNT.webhook_url,
            api_url=str(server.make_url("/")),
        )
        channel = SmsChannel([account], session)
        message = channel.render(Reply(text="Ciao"), TO_ANNA, outbox_id=OUTBOX_ID)
        came = await channel.send(message, TO_ANNA)

    assert came == outcome
    assert asked == [
        (
            "/2010-04-01/Accounts/AC1/Messages.json",
            aiohttp.encode_basic_auth("AC1", "sms-secret"),
            dict(message.body),
        )
    ]


async def test_nobody_there_means_that_nothing_was_sent(session: aiohttp.ClientSession) -> None:
    account = SmsAccount(
        number=OURS, account_sid="AC1", auth_token="s", webhook_url="", api_url="http://127.0.0.1:9"
    )
    channel = SmsChannel([account], session)
    message = channel.render(Reply(text="Ciao"), TO_ANNA, outbox_id=OUTBOX_ID)

    assert await channel.send(message, TO_ANNA) == Refused(action=SendAction.RETRY)


def test_half_an_account_does_not_start(session: aiohttp.ClientSession) -> None:
    half = SmsAccount(number=OURS, account_sid="AC1", auth_token=" ", webhook_url="https://x.example.org")

    with pytest.raises(SetupError, match="auth_token"):
        SmsChannel([half], session)
