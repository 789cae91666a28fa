"""From practice.yml to Google's calendars. Raises SetupError with the remedy."""

import json
from collections.abc import Callable
from datetime import datetime

import aiohttp
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bot.domain.outside import SystemSettings
from bot.domain.practice import Practice
from bot.errors import SetupError
from bot.practice_systems.event_text import EventText
from bot.practice_systems.google.rest import GoogleRest
from bot.practice_systems.google.shelf import Shelf
from bot.practice_systems.google.signing_in import Consented, Grant, ServiceAccount, SigningIn
from bot.practice_systems.google.system import GoogleSystem
from bot.practice_systems.google.watching import Watching
from bot.practice_systems.misset import Mistakes, parts_of
from bot.practice_systems.outside_http import OutsideHttp

API = "https://www.googleapis.com/calendar/v3"
TOKENS = "https://oauth2.googleapis.com/token"
_OPTIONS = {"client_id", "user", "show_patients", "also_busy", "url", "token_url", "watch"}
_SECRETS = {"service_account", "client_secret", "refresh_token", "webhook"}
_CALLED_AT = "/webhooks/practice-system"  # bot.web.system_webhooks
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_NOTES = {
    "it": "Preso dall'assistente in chat. Chi viene: nella posta dello studio.",
    "ru": "Запись через ассистента в чате. Кто придёт: во входящих клиники.",
    "en": "Booked by the assistant in chat. Who comes: in the practice's inbox.",
}
_MOVING = {
    "it": "Spostamento in corso",
    "ru": "Перенос приёма",
    "en": "A visit is being moved here",
}


def open_google(
    settings: SystemSettings,
    *,
    practice: Practice,
    http: aiohttp.ClientSession,
    now: Callable[[], datetime],
) -> GoogleSystem:
    """Nothing is asked of Google yet; `check` does."""
    mistakes = Mistakes()
    mistakes.known(settings, options=_OPTIONS, secrets=_SECRETS, flags=("show_patients",))
    calendars = {one.id: settings.practitioners.get(one.id, one.id) for one in practice.practitioners}
    with mistakes.gathered():
        grant, token_url = _grant(settings)
    with mistakes.gathered():
        address = _address(settings, "url", API)
    with mistakes.gathered():
        also_busy = _also_busy(settings, calendars)
    with mistakes.gathered():
        watched = _watched(settings)
    mistakes.blank(settings)
    mistakes.refuse()
    signing_in = SigningIn(_http(http, token_url, "Google's sign-in"), grant, token_url=token_url, now=now)
    rest = GoogleRest(_http(http, address, "google"), signing_in)
    language = practice.languages[0]
    return GoogleSystem(
        Shelf(rest, list(calendars.values())),
        text=EventText(
            titles={settings.visit_types.get(v.id, v.id): v.name(language) for v in practice.visit_types},
            note=_NOTES.get(language, _NOTES["en"]),
            moving=_MOVING.get(language, _MOVING["en"]),
            names_patients=settings.options.get("show_patients") is True,
        ),
        also_busy=also_busy,
        now=now,
        watching=Watching(rest, list(calendars.values()), address=watched[0], secret=watched[1], now=now)
        if watched
        else None,
    )


def token_address(settings: SystemSettings) -> str:
    return _address(settings, "token_url", TOKENS)


def _grant(settings: SystemSettings) -> tuple[Grant, str]:
    """What lets us in, and where it is exchanged."""
    account = settings.secrets.get("service_account")
    refresh, client_secret = settings.secrets.get("refresh_token"), settings.secrets.get("client_secret")
    client_id = settings.options.get("client_id")
    if account:
        return _service_account(settings, account)
    if client_id and client_secret and refresh:
        grant = Consented(client_id=str(client_id), client_secret=client_secret, refresh_token=refresh)
        return grant, token_address(settings)
    raise SetupError(
        "practice_system.secrets: Google lets in a service account (secrets.service_account:"
        ' "file:google.json", the key file of the console) or a person who has agreed (options.client_id,'
        " secrets.client_secret and secrets.refresh_token; `chairside practice-system connect google` makes"
        " the last one)"
    )


def _service_account(settings: SystemSettings, text: str) -> tuple[Grant, str]:
    try:
        key = json.loads(text)
        email, private_key = str(key["client_email"]), str(key["private_key"])
        load_pem_private_key(private_key.encode(), password=None)
    except (ValueError, KeyError, TypeError) as error:
        raise SetupError(
            "practice_system.secrets.service_account is no key file of a service account; make one in the"
            " Google Cloud console (IAM, Service accounts, Keys, JSON) and write file:PATH of it"
        ) from error
    token_url = token_address(settings)
    user = settings.options.get("user")
    grant = ServiceAccount(
        email=email,
        private_key=private_key,
        key_id=str(key["private_key_id"]) if "private_key_id" in key else None,
        token_url=token_url,
        user=str(user) if user else None,
    )
    return grant, token_url


def _also_busy(settings: SystemSettings, calendars: dict[str, str]) -> dict[str, list[str]]:
    """ "rossi=marco@example.org, rossi=surgery@example.org" """
    found: dict[str, list[str]] = {}
    for pair in str(settings.options.get("also_busy", "")).split(","):
        if not pair.strip():
            continue
        name, _, calendar = (part.strip() for part in pair.partition("="))
        if name not in calendars or not calendar:
            raise SetupError(
                f'practice_system.options.also_busy does not know the practitioner "{name}"; it names other'
                f' calendars that take somebody\'s time, as "{next(iter(calendars), "")}=private@example.org"'
            )
        found.setdefault(calendars[name], []).append(calendar)
    return found


def _watched(settings: SystemSettings) -> tuple[str, str] | None:
    """Where this house is to be reached, if Google is to call, and with which secret."""
    if "watch" not in settings.options:
        return None
    secret = settings.secrets.get("webhook")
    if not secret:
        raise SetupError(
            "practice_system.options.watch lets Google call and takes practice_system.secrets.webhook; make"
            " one: openssl rand -hex 24"
        )
    return f"{_address(settings, 'watch', '').rstrip('/')}{_CALLED_AT}/{secret}", secret


def _http(http: aiohttp.ClientSession, url: str, name: str) -> OutsideHttp:
    return OutsideHttp(http, url, name=name, auth_statuses=())


def _address(settings: SystemSettings, name: str, default: str) -> str:
    url = str(settings.options.get(name, default))
    parts = parts_of(url)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not parts.hostname or not is_safe:
        without = f"then it is {default}" if default else "then nobody calls, and it is asked"
        raise SetupError(f"practice_system.options.{name} begins with https://, or is left out: {without}")
    return url
