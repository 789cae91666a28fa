"""Staff hear that somebody is needed, and nothing about who."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.alerts import EmailAlert, WebhookAlert, alert_channels, line
from bot.domain.handoff import AlertKind, StaffAlert
from bot.domain.practice import AlertChannel, Practice
from bot.errors import SetupError
from tests.studio import STUDIO

HOUSE = replace(STUDIO, languages=("en", "it"))
LINK = "http://127.0.0.1:8080/inbox/1f6c"
ALERT = StaffAlert(id=7, kind=AlertKind.NEW, reason="emergency", urgent=True, waited=timedelta(0), link=LINK)
SAID = f"URGENT: Studio Prova: a patient is waiting for a person (emergency). {LINK}"


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@asynccontextmanager
async def _receiver(received: list[Any], status: int = 200) -> AsyncIterator[TestServer]:
    """Takes JSON on any path."""

    async def take(request: web.Request) -> web.Response:
        received.append((request.path, await request.json()))
        return web.Response(status=status)

    app = web.Application()
    app.router.add_post("/{path:.*}", take)
    async with TestServer(app) as server:
        yield server


@asynccontextmanager
async def _silent() -> AsyncIterator[str]:
    """A server that reads a request and hangs up without an answer."""

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


@asynccontextmanager
async def _mail_server(mails: list[bytes], *, answer: bytes = b"250 taken") -> AsyncIterator[str]:
    """As much of RFC 5321 as one mail needs; `answer` is what it says to the mail, b"" hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 test\r\n")
        while line := await reader.readline():
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
                writer.write(b"354 go on\r\n")
                mails.append((await reader.readuntil(b"\r\n.\r\n")).removesuffix(b".\r\n"))
                if not answer:
                    break
                writer.write(answer + b"\r\n")
            elif word == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 ok\r\n")
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def _with(*alerts: AlertChannel) -> Practice:
    return replace(HOUSE, alerts=alerts)


async def test_a_webhook_gets_a_line_to_show_and_a_link(http: aiohttp.ClientSession) -> None:
    received: list[Any] = []
    async with _receiver(received) as server:
        (alert,) = alert_channels(_with(AlertChannel(webhook=str(server.make_url("/hook")))), http)
        arrived = await alert.send(ALERT, practice=HOUSE)
    body = {
        "id": 7,
        "text": SAID,
        "practice": "studio-prova",
        "kind": "new",
        "reason": "emergency",
        "urgent": True,
        "count": 1,
        "waited_seconds": 0,
        "link": LINK,
    }

    assert arrived is True
    assert received == [("/hook", body)]


async def test_slack_teams_and_telegram_are_told_as_each_of_them_reads(http: aiohttp.ClientSession) -> None:
    received: list[Any] = []
    async with _receiver(received) as server:
        url = str(server.make_url("")).rstrip("/")
        practice = _with(
            AlertChannel(slack=f"{url}/slack"),
            AlertChannel(teams=f"{url}/teams"),
            AlertChannel(telegram="123:token", chat="-100123"),
        )
        channels = alert_channels(practice, http, telegram_url=url)
        arrived = [await channel.send(ALERT, practice=HOUSE) for channel in channels]
    (_, slack), (_, teams), (path, telegram) = received
    (attachment,) = teams["attachments"]
    shown = SAID.removesuffix(f" {LINK}")

    assert arrived == [True, True, True]
    assert slack == {"text": f"{shown} <{LINK}>"}
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert [block["text"] for block in attachment["content"]["body"]] == [shown]
    assert [action["url"] for action in attachment["content"]["actions"]] == [LINK]
    assert (path, telegram) == ("/bot123:token/sendMessage", {"chat_id": "-100123", "text": SAID})


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_a_webhook_that_does_not_take_it_says_so(http: aiohttp.ClientSession, status: int) -> None:
    async with _receiver([], status) as server:
        alert = WebhookAlert(http, str(server.make_url("/hook")))

        assert await alert.send(ALERT, practice=HOUSE) is False


async def test_nobody_listening_is_not_the_end(http: aiohttp.ClientSession) -> None:
    alert = WebhookAlert(http, "http://127.0.0.1:9/hook")

    assert await alert.send(ALERT, practice=HOUSE) is False


async def test_no_answer_leaves_it_unknown_whether_staff_were_told(http: aiohttp.ClientSession) -> None:
    async with _silent() as where:
        alert = WebhookAlert(http, f"http://{where}/hook")

        assert await alert.send(ALERT, practice=HOUSE) is None


async def test_a_mail_goes_out_by_smtp() -> None:
    mails: list[bytes] = []
    async with _mail_server(mails) as smtp:
        arrived = await EmailAlert("desk@example.org", smtp).send(ALERT, practice=HOUSE)
    mail = message_from_bytes(mails[0])

    assert arrived is True
    assert (mail["To"], mail["Subject"]) == ("desk@example.org", SAID.removesuffix(f" {LINK}"))
    assert mail["Message-ID"] == "<alert-7@example.org>"  # the same mail twice is one
    assert mail.get_payload(decode=True).decode().strip() == SAID  # type: ignore[union-attr]


@pytest.mark.parametrize(("answer", "fate"), [(b"554 no", False), (b"", None)])
async def test_a_mail_server_that_refuses_and_one_that_hangs_up(answer: bytes, fate: bool | None) -> None:
    async with _mail_server([], answer=answer) as smtp:
        assert await EmailAlert("desk@example.org", smtp).send(ALERT, practice=HOUSE) is fate


async def test_a_mail_server_that_is_not_there_was_given_nothing() -> None:
    assert await EmailAlert("desk@example.org", "smtp://127.0.0.1:9").send(ALERT, practice=HOUSE) is False


@pytest.mark.parametrize("smtp", ["", "mail.example.org", "https://mail.example.org"])
def test_a_mail_server_that_cannot_be_one_is_refused_at_start(smtp: str) -> None:
    with pytest.raises(SetupError, match="smtp://"):
        EmailAlert("desk@example.org", smtp)


@pytest.mark.parametrize("kind", AlertKind)
@pytest.mark.parametrize("language", ["en", "it", "ru"])
def test_every_alert_has_words_in_the_house_s_language(kind: AlertKind, language: str) -> None:
    house = replace(HOUSE, languages=(language,))
    alert = replace(ALERT, kind=kind, urgent=False, waited=timedelta(minutes=5))
    english = line(alert, HOUSE)

    assert "emergency" in line(alert, house)
    assert (line(alert, house) == english) == (language == "en")
