"""E-mail against a real SMTP server on loopback, told how to answer."""

import asyncio
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.message import Message

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from bot.channels.mail import MailChannel
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
from bot.domain.practice import MailAccount
from bot.errors import SetupError, SignatureMismatch
from tests.studio import STUDIO

TO_ANNA = Address(channel="email", account="desk@example.org", recipient="anna@example.org")
OUTBOX_ID = "0f0e0d0c-0b0a-4908-8706-050403020100"


class Postman:
    """Takes mails; answers RCPT and DATA as told. "" hangs up without an answer."""

    def __init__(self) -> None:
        self.came: list[Message] = []
        self.to_rcpt = "250 OK"
        self.to_data = "250 OK"

    async def handle_RCPT(  # noqa: N802 - the server's names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.to_rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.came.append(message_from_bytes(envelope.content))
        if not self.to_data:
            assert server.transport is not None
            server.transport.close()
        return self.to_data


@pytest.fixture
def postman() -> Postman:
    return Postman()


@pytest.fixture
async def channel(postman: Postman) -> AsyncIterator[MailChannel]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(postman, hostname="loopback"), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield MailChannel(
        MailAccount(address="desk@example.org", smtp=f"smtp://127.0.0.1:{port}"), STUDIO, timeout=5
    )
    server.close()


def _words(mail: Message) -> str:
    content = mail.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


async def _sent(channel: MailChannel, text: str = "Domani alle 10 La aspettiamo.") -> SendOutcome:
    reply = Reply(text=text, choices=(Choice(title="Confermo", payload="a"),))
    return await channel.send(channel.render(reply, TO_ANNA, outbox_id=OUTBOX_ID), TO_ANNA)


async def test_a_mail_says_what_there_is_to_say_and_where_somebody_answers(
    channel: MailChannel, postman: Postman
) -> None:
    outcome = await _sent(channel)
    (mail,) = postman.came
    text = _words(mail)

    assert outcome == Sent(message_id=f"<{OUTBOX_ID}@example.org>")
    assert mail["Message-ID"] == f"<{OUTBOX_ID}@example.org>"
    assert (mail["To"], mail["Auto-Submitted"]) == ("anna@example.org", "auto-generated")
    assert text.startswith("Domani alle 10 La aspettiamo.")
    assert STUDIO.phone in text
    assert "Confermo" not in text


async def test_what_is_written_twice_is_one_mail_to_a_mailbox(channel: MailChannel, postman: Postman) -> None:
    await _sent(channel)
    await _sent(channel)

    assert len({mail["Message-ID"] for mail in postman.came}) == 1


@pytest.mark.parametrize(
    ("rcpt", "data", "outcome"),
    [
        ("550 no such mailbox", "250 OK", Refused(action=SendAction.UNREACHABLE, code=550)),
        ("451 try later", "250 OK", Refused(action=SendAction.RETRY, code=451)),
        ("530 who are you", "250 OK", Refused(action=SendAction.STOP, code=530)),
        ("250 OK", "452 full", Refused(action=SendAction.RETRY, code=452)),
        ("250 OK", "554 spam", Refused(action=SendAction.UNREACHABLE, code=554)),
        ("250 OK", "", FateUnknown(reason="SMTPServerDisconnected")),
    ],
)
async def test_what_an_answer_proves(
    channel: MailChannel, postman: Postman, rcpt: str, data: str, outcome: SendOutcome
) -> None:
    postman.to_rcpt, postman.to_data = rcpt, data

    assert await _sent(channel) == outcome


async def test_nobody_there_means_that_nothing_was_sent() -> None:
    channel = MailChannel(MailAccount(address="desk@example.org", smtp="smtp://127.0.0.1:9"), STUDIO)

    assert await _sent(channel) == Refused(action=SendAction.RETRY)


async def test_hostile_words_stay_in_the_body(channel: MailChannel, postman: Postman) -> None:
    await _sent(channel, "riga\r\n.\r\nRCPT TO:<eve@example.org>\r\nBcc: eve@example.org\r\n")
    (mail,) = postman.came

    assert mail["Bcc"] is None
    assert "RCPT TO" in _words(mail)


def test_nothing_comes_in_by_mail(channel: MailChannel) -> None:
    assert channel.parse(b"{}") == ()
    with pytest.raises(SignatureMismatch):
        channel.verify({}, b"")


def test_a_server_must_be_named() -> None:
    with pytest.raises(SetupError, match="smtp"):
        MailChannel(MailAccount(address="desk@example.org", smtp="mail.example.org"), STUDIO)
