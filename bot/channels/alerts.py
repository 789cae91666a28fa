"""How staff hear that somebody is needed: a webhook, or an e-mail. No patient data in either."""

import asyncio
import smtplib
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiohttp
import structlog

from bot.domain.practice import Practice
from bot.errors import SetupError

log = structlog.get_logger(__name__)

_TIMEOUT = 10


class WebhookAlert:
    """Posts {"text", "practice", "reason", "urgent", "link"}; Slack, Teams and Mattermost show `text`."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def send(self, *, practice: Practice, reason: str, urgent: bool, link: str) -> bool:
        body = {
            "text": _line(practice, reason, urgent, link),
            "practice": practice.id,
            "reason": reason,
            "urgent": urgent,
            "link": link,
        }
        try:
            async with self._session.post(
                self._url, json=body, timeout=aiohttp.ClientTimeout(total=_TIMEOUT), allow_redirects=False
            ) as answer:
                if answer.status < 300:
                    return True
                log.warning("alert_refused", status=answer.status)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("alert_not_sent", error=type(error).__name__)
        return False


class EmailAlert:
    """Sends a plain mail. `smtp` is smtp://user:password@host:port, or smtps:// for TLS at once."""

    def __init__(self, to: str, smtp: str) -> None:
        where = urlsplit(smtp)
        if where.scheme not in ("smtp", "smtps") or not where.hostname:
            raise SetupError("alerts.smtp must look like smtp://user:password@host:587 or smtps://...:465")
        self._to = to
        self._where = where

    async def send(self, *, practice: Practice, reason: str, urgent: bool, link: str) -> bool:
        mail = EmailMessage()
        mail["Subject"] = _line(practice, reason, urgent, "").strip()
        mail["To"] = self._to
        mail["From"] = self._to
        mail.set_content(_line(practice, reason, urgent, link))
        try:
            await asyncio.to_thread(self._deliver, mail)
        except (OSError, smtplib.SMTPException) as error:
            log.warning("alert_not_sent", error=type(error).__name__)
            return False
        return True

    def _deliver(self, mail: EmailMessage) -> None:
        host, port = self._where.hostname or "", self._where.port
        server: smtplib.SMTP
        if self._where.scheme == "smtps":
            server = smtplib.SMTP_SSL(host, port or 465, timeout=_TIMEOUT)
        else:
            server = smtplib.SMTP(host, port or 587, timeout=_TIMEOUT)
        with server:
            if self._where.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls()
            if self._where.username:
                server.login(unquote(self._where.username), unquote(self._where.password or ""))
            server.send_message(mail)


def _line(practice: Practice, reason: str, urgent: bool, link: str) -> str:
    mark = "URGENT: " if urgent else ""
    return f"{mark}{practice.name}: a patient is waiting for a person ({reason}). {link}"
