"""Staff hear that somebody is needed, and nothing about who."""

import asyncio
from collections.abc import AsyncIterator
from email import message_from_bytes
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.alerts import EmailAlert, WebhookAlert
from bot.errors import SetupError
from tests.studio import STUDIO

LINK = "http://127.0.0.1:8080/inbox/1f6c"


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def _receiver(received: list[Any], status: int = 200) -> TestServer:
    async def take(request: web.Request) -> web.Response:
        received.append(await request.json())
        return web.Response(status=status)

    app = web.Application()
    app.router.add_post("/hook", take)
    server = TestServer(app)
    await server.start_server()
    return server


async def test_a_webhook_gets_a_line_to_show_and_a_link(http: aiohttp.ClientSession) -> None:
    received: list[Any] = []
    server = await _receiver(received)
    alert = WebhookAlert(http, str(server.make_url("/hook")))

    assert await alert.send(practice=STUDIO, reason="emergency", urgent=True, link=LINK)
    assert received == [
        {
            "text": f"URGENT: Studio Prova: a patient is waiting for a person (emergency). {LINK}",
            "practice": "studio-prova",
            "reason": "emergency",
            "urgent": True,
            "link": LINK,
        }
    ]
    await server.close()


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_a_webhook_that_does_not_take_it_is_tried_again(
    http: aiohttp.ClientSession, status: int
) -> None:
    server = await _receiver([], status)
    alert = WebhookAlert(http, str(server.make_url("/hook")))

    assert not await alert.send(practice=STUDIO, reason="asked", urgent=False, link=LINK)
    await server.close()


async def test_nobody_listening_is_not_the_end(http: aiohttp.ClientSession) -> None:
    alert = WebhookAlert(http, "http://127.0.0.1:9/hook")

    assert not await alert.send(practice=STUDIO, reason="asked", urgent=False, link=LINK)


async def test_a_mail_goes_out_by_smtp() -> None:
    mails: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """As much of RFC 5321 as one mail needs."""
        writer.write(b"220 test\r\n")
        while line := await reader.readline():
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
                writer.write(b"354 go on\r\n")
                mails.append(await reader.readuntil(b"\r\n.\r\n"))
                writer.write(b"250 taken\r\n")
            elif word == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 ok\r\n")
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    alert = EmailAlert("desk@example.org", f"smtp://127.0.0.1:{port}")

    assert await alert.send(practice=STUDIO, reason="asked", urgent=False, link=LINK)
    mail = message_from_bytes(mails[0])
    assert (mail["To"], mail["Subject"]) == (
        "desk@example.org",
        "Studio Prova: a patient is waiting for a person (asked).",
    )
    assert LINK in mail.get_payload(decode=True).decode()  # type: ignore[union-attr]
    server.close()


@pytest.mark.parametrize("smtp", ["", "mail.example.org", "https://mail.example.org"])
def test_a_mail_server_that_cannot_be_one_is_refused_at_start(smtp: str) -> None:
    with pytest.raises(SetupError, match="smtp://"):
        EmailAlert("desk@example.org", smtp)
