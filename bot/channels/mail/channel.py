"""E-mail as a Channel: it only sends. Nobody reads answers, so each mail says where somebody does.

A mail's Message-ID is made of our outbox id: one that had to be sent again, because its fate was unknown, is
the same mail to any mailbox that looks.
"""

from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import formataddr
from urllib.parse import unquote, urlsplit

import aiosmtplib

from bot.channels.fitting import cleaned
from bot.channels.plain_text import one_line
from bot.domain.channels import EMAIL
from bot.domain.conversation import (
    Address,
    FateUnknown,
    InboundEvent,
    Refused,
    Rendered,
    Reply,
    SendAction,
    SendOutcome,
    Sent,
)
from bot.domain.practice import MailAccount, Practice
from bot.errors import SetupError, SignatureMismatch

_WHERE_TO_ANSWER = {
    "en": "Nobody reads answers to this address. Call us on {phone} if you need anything: {practice}.",
    "it": "A questo indirizzo nessuno legge le risposte. Ci chiami pure al {phone}: {practice}.",
    "ru": "Ответы на этот адрес никто не читает. Если что-то нужно, позвоните нам: {phone}, {practice}.",
}
# What a server answers for now, and what for good, to this one address.
_FOR_NOW, _FOR_GOOD = range(400, 500), range(500, 600)
_NOT_LET_IN = frozenset({530, 534, 535, 538})


class MailChannel:
    """Writes from one address of the practice. Contract: bot.ports.Channel; nothing comes in here."""

    name = EMAIL

    def __init__(self, account: MailAccount, practice: Practice, *, timeout: float = 30.0) -> None:
        where = urlsplit(account.smtp)
        if where.scheme not in ("smtp", "smtps") or not where.hostname:
            raise SetupError("mail.smtp must look like smtp://user:password@host:587 or smtps://...:465")
        self._account = account
        self._practice = practice
        self._where = where
        self._timeout = timeout

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        raise SignatureMismatch("no mail comes in by webhook")

    def challenge(self, query: Mapping[str, str]) -> str | None:
        return None

    def parse(self, body: bytes) -> tuple[InboundEvent, ...]:
        return ()

    def render(self, reply: Reply, to: Address, *, outbox_id: str) -> Rendered:
        """Choices are left out: there is nothing to tap in a mail, and no number to answer with."""
        fitting = cleaned(reply)
        language = reply.template.language[:2] if reply.template else self._practice.languages[0]
        known = language if language in _WHERE_TO_ANSWER else "en"
        closing = _WHERE_TO_ANSWER[known].format(phone=self._practice.phone, practice=self._practice.name)
        return Rendered(
            body={
                "id": outbox_id,
                "subject": one_line(self._practice.name),
                "text": f"{fitting.text}\n\n-- \n{closing}\n",
            },
            fallback=f"{len(reply.choices)} choices left out" if reply.choices else None,
        )

    async def send(self, message: Rendered, to: Address) -> SendOutcome:
        mail = self._mail(message, to)
        server = aiosmtplib.SMTP(
            hostname=self._where.hostname,
            port=self._where.port or (465 if self._where.scheme == "smtps" else 587),
            use_tls=self._where.scheme == "smtps",
            timeout=self._timeout,
            username=unquote(self._where.username) if self._where.username else None,
            password=unquote(self._where.password) if self._where.password else None,
        )
        try:
            await server.connect()
        except aiosmtplib.SMTPAuthenticationError:
            return Refused(action=SendAction.STOP)
        except (aiosmtplib.SMTPException, OSError, ValueError):
            return Refused(action=SendAction.RETRY)  # nothing of it has gone out
        try:
            await server.send_message(mail)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _refused(error.recipients[0].code if error.recipients else None)
        except aiosmtplib.SMTPResponseException as error:
            return _refused(error.code)
        except (aiosmtplib.SMTPException, OSError) as error:  # gone out, perhaps; no answer
            return FateUnknown(reason=type(error).__name__)
        finally:
            server.close()
        return Sent(message_id=mail["Message-ID"])

    def _mail(self, message: Rendered, to: Address) -> EmailMessage:
        mail = EmailMessage()
        mail["Subject"] = message.body["subject"]
        mail["From"] = formataddr((one_line(self._practice.name), self._account.address))
        mail["To"] = to.recipient
        mail["Message-ID"] = f"<{message.body['id']}@{self._account.address.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.body["text"])
        return mail


def _refused(code: int | None) -> Refused:
    if code in _NOT_LET_IN:
        return Refused(action=SendAction.STOP, code=code)
    if code in _FOR_NOW:
        return Refused(action=SendAction.RETRY, code=code)
    return Refused(action=SendAction.UNREACHABLE if code in _FOR_GOOD else SendAction.OUR_BUG, code=code)
