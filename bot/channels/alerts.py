"""How staff hear that somebody is needed: Slack, Teams, Telegram, any webhook, or an e-mail.

No patient data in any of them: what is needed, how long it has waited, and a link into the inbox.
"""

import asyncio
import smtplib
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

import aiohttp
import structlog

from bot.domain.handoff import StaffAlert
from bot.domain.practice import AlertChannel, Practice
from bot.errors import SetupError
from bot.ports import Alert

log = structlog.get_logger(__name__)

_TIMEOUT = 10
TELEGRAM_URL = "https://api.telegram.org"


def alert_channels(
    practice: Practice, session: aiohttp.ClientSession, *, telegram_url: str = TELEGRAM_URL
) -> tuple[Alert, ...]:
    """Those that practice.yml names, in its order. Raises SetupError."""
    return tuple(_alert_channel(named, session, telegram_url) for named in practice.alerts)


def _alert_channel(named: AlertChannel, session: aiohttp.ClientSession, telegram_url: str) -> Alert:
    if named.slack:
        return SlackAlert(session, named.slack)
    if named.teams:
        return TeamsAlert(session, named.teams)
    if named.telegram:
        return TelegramAlert(session, named.telegram, named.chat or "", telegram_url=telegram_url)
    if named.webhook:
        return WebhookAlert(session, named.webhook)
    return EmailAlert(named.email or "", named.smtp or "")


class WebhookAlert:
    """Posts {"id", "text", "practice", "kind", "reason", "urgent", "count", "waited_seconds", "link"}. The
    same alert has the same id; `count` patients are told of in it."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def send(self, alert: StaffAlert, *, practice: Practice) -> bool | None:
        return await self._post(self._body(alert, practice))

    def _body(self, alert: StaffAlert, practice: Practice) -> Mapping[str, Any]:
        return {
            "id": alert.id,
            "text": f"{line(alert, practice)} {alert.link}",
            "practice": practice.id,
            "kind": alert.kind,
            "reason": alert.reason,
            "urgent": alert.urgent,
            "count": alert.count,
            "waited_seconds": int(alert.waited.total_seconds()),
            "link": alert.link,
        }

    async def _post(self, body: Mapping[str, Any]) -> bool | None:
        limit = aiohttp.ClientTimeout(total=_TIMEOUT)
        try:
            async with self._session.post(
                self._url, json=body, timeout=limit, allow_redirects=False
            ) as answer:
                if answer.status < 300:
                    return True
                log.warning("alert_refused", status=answer.status)
                return False
        except aiohttp.ClientConnectorError as error:
            log.warning("alert_not_sent", error=type(error).__name__)
            return False
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("alert_of_unknown_fate", error=type(error).__name__)
            return None


class SlackAlert(WebhookAlert):
    """An incoming webhook of Slack's (Mattermost and Rocket.Chat take the same)."""

    def _body(self, alert: StaffAlert, practice: Practice) -> Mapping[str, Any]:
        return {"text": f"{line(alert, practice)} <{alert.link}>"}


class TeamsAlert(WebhookAlert):
    """A workflow of Teams' that posts what a webhook brings: an adaptive card."""

    def _body(self, alert: StaffAlert, practice: Practice) -> Mapping[str, Any]:
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": [{"type": "TextBlock", "text": line(alert, practice), "wrap": True}],
            "actions": [{"type": "Action.OpenUrl", "title": "→", "url": alert.link}],
        }
        attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
        return {"type": "message", "attachments": [attachment]}


class TelegramAlert(WebhookAlert):
    """A bot of the practice's own, in a chat that it was added to."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        token: str,
        chat: str,
        *,
        telegram_url: str = TELEGRAM_URL,
    ) -> None:
        super().__init__(session, f"{telegram_url}/bot{token}/sendMessage")
        self._chat = chat

    def _body(self, alert: StaffAlert, practice: Practice) -> Mapping[str, Any]:
        return {"chat_id": self._chat, "text": f"{line(alert, practice)} {alert.link}"}


class EmailAlert:
    """Sends a plain mail. `smtp` is smtp://user:password@host:port, or smtps:// for TLS at once."""

    def __init__(self, to: str, smtp: str) -> None:
        where = urlsplit(smtp)
        if where.scheme not in ("smtp", "smtps") or not where.hostname:
            raise SetupError("alerts.smtp must look like smtp://user:password@host:587 or smtps://...:465")
        self._to = to
        self._where = where

    async def send(self, alert: StaffAlert, *, practice: Practice) -> bool | None:
        mail = EmailMessage()
        mail["Subject"] = line(alert, practice)
        mail["To"] = self._to
        mail["From"] = self._to
        mail["Message-ID"] = f"<alert-{alert.id}@{self._to.rpartition('@')[2]}>"
        mail.set_content(f"{line(alert, practice)} {alert.link}")
        return await asyncio.to_thread(self._deliver, mail)

    def _deliver(self, mail: EmailMessage) -> bool | None:
        """Once the server has the mail, an answer that does not come leaves its fate unknown."""
        has_it = False
        try:
            with self._connect() as server:
                if self._where.scheme == "smtp" and server.has_extn("starttls"):
                    server.starttls()
                if self._where.username:
                    server.login(unquote(self._where.username), unquote(self._where.password or ""))
                has_it = True
                server.send_message(mail)
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
            log.warning("alert_refused", error=type(error).__name__)
            return False
        except (OSError, smtplib.SMTPException) as error:
            log.warning("alert_not_sent", error=type(error).__name__)
            return None if has_it else False
        return True

    def _connect(self) -> smtplib.SMTP:
        host, port = self._where.hostname or "", self._where.port
        if self._where.scheme == "smtps":
            return smtplib.SMTP_SSL(host, port or 465, timeout=_TIMEOUT)
        server = smtplib.SMTP(host, port or 587, timeout=_TIMEOUT)
        server.ehlo_or_helo_if_needed()
        return server


_LINES = {
    "en": {
        "new": "a patient is waiting for a person ({reason}).",
        "waiting": "a patient has been waiting for {minutes} min, and nobody has taken it ({reason}).",
        "promise": "a patient was promised an answer, and the time is nearly up ({reason}).",
        "late": "a patient should have had an answer by now ({reason}).",
        "account": "the channel reports something about your own account: {reason}.",
        "ready": "nearly all of the assistant's last suggestions for “{reason}” went out unchanged: it"
        " may answer alone there.",
    },
    "it": {
        "new": "un paziente aspetta una persona ({reason}).",
        "waiting": "un paziente aspetta da {minutes} min e nessuno l'ha preso in carico ({reason}).",
        "promise": "a un paziente è stata promessa una risposta e il tempo sta per scadere ({reason}).",
        "late": "un paziente avrebbe già dovuto ricevere una risposta ({reason}).",
        "account": "il canale segnala qualcosa sul vostro account: {reason}.",
        "ready": "quasi tutte le ultime proposte dell'assistente per «{reason}» sono partite senza modifiche:"
        " lì può rispondere da solo.",
    },
    "ru": {
        "new": "пациент ждёт сотрудника ({reason}).",
        "waiting": "пациент ждёт уже {minutes} мин, и никто не ответил ({reason}).",
        "promise": "пациенту обещан ответ, и время почти истекло ({reason}).",
        "late": "пациент уже должен был получить ответ ({reason}).",
        "account": "канал сообщает о вашей учётной записи: {reason}.",
        "ready": "почти все последние предложения помощника для «{reason}» отправлены без изменений: здесь"
        " он может отвечать сам.",
    },
}
#: Of several patients at once.
_LINES_OF_MANY = {
    "en": {
        "new": "{count} patients are waiting for a person ({reason}).",
        "waiting": "{count} patients have been waiting for up to {minutes} min, and nobody has taken them"
        " ({reason}).",
        "promise": "{count} patients were promised an answer, and the time is nearly up ({reason}).",
        "late": "{count} patients should have had an answer by now ({reason}).",
    },
    "it": {
        "new": "{count} pazienti aspettano una persona ({reason}).",
        "waiting": "{count} pazienti aspettano fino a {minutes} min e nessuno li ha presi in carico"
        " ({reason}).",
        "promise": "a {count} pazienti è stata promessa una risposta e il tempo sta per scadere ({reason}).",
        "late": "{count} pazienti avrebbero già dovuto ricevere una risposta ({reason}).",
    },
    "ru": {
        "new": "сотрудника ждут пациенты, всего {count} ({reason}).",
        "waiting": "пациенты ждут уже до {minutes} мин, и никто не ответил, всего {count} ({reason}).",
        "promise": "пациентам обещан ответ, и время почти истекло, всего {count} ({reason}).",
        "late": "пациенты уже должны были получить ответ, всего {count} ({reason}).",
    },
}
_URGENT = {"en": "URGENT", "it": "URGENTE", "ru": "СРОЧНО"}


def line(alert: StaffAlert, practice: Practice) -> str:
    """In the house's language."""
    language = practice.languages[0] if practice.languages[0] in _LINES else "en"
    minutes = round(alert.waited.total_seconds() / 60)
    lines = _LINES_OF_MANY if alert.count > 1 else _LINES
    said = lines[language][alert.kind].format(reason=alert.reason, minutes=minutes, count=alert.count)
    mark = f"{_URGENT[language]}: " if alert.urgent else ""
    return f"{mark}{practice.name}: {said}"
