"""From practice.yml to calendars. Raises SetupError with the remedy."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime

import aiohttp

from bot.domain.outside import SystemSettings
from bot.domain.practice import Practice
from bot.errors import SetupError
from bot.practice_systems.caldav.dav import Dav
from bot.practice_systems.caldav.shelf import Shelf
from bot.practice_systems.caldav.system import CalDavSystem
from bot.practice_systems.claims import Sleep
from bot.practice_systems.event_text import EventText
from bot.practice_systems.misset import Mistakes, parts_of
from bot.practice_systems.outside_http import OutsideHttp

_OPTIONS = {"url", "user", "login", "show_patients"}
_SECRETS = {"password", "token"}
_LOGINS = ("basic", "digest", "bearer")
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


def open_caldav(
    settings: SystemSettings,
    *,
    practice: Practice,
    http: aiohttp.ClientSession,
    now: Callable[[], datetime],
    sleep: Sleep = asyncio.sleep,
) -> CalDavSystem:
    """Nothing is asked of the server yet; `check` does."""
    mistakes = Mistakes()
    mistakes.known(settings, options=_OPTIONS, secrets=_SECRETS, flags=("show_patients",))
    with mistakes.gathered():
        url = _url(settings)
    login = str(settings.options.get("login", "bearer" if "token" in settings.secrets else "basic"))
    for lacking in _lacking(settings, login):
        mistakes.add(lacking)
    mistakes.blank(settings)
    mistakes.refuse()
    session, headers, close = _signed_in(settings, http, login)
    outside = OutsideHttp(session, url, name="caldav", headers=headers, auth_statuses=(401,))
    language = practice.languages[0]
    titles = {
        settings.visit_types.get(kind.id, kind.id): kind.name(language) for kind in practice.visit_types
    }
    calendars = [settings.practitioners.get(person.id, person.id) for person in practice.practitioners]
    return CalDavSystem(
        Shelf(Dav(outside), url, calendars, zone=practice.time_zone),
        horizon=practice.horizon,
        text=EventText(
            titles=titles,
            note=_NOTES.get(language, _NOTES["en"]),
            moving=_MOVING.get(language, _MOVING["en"]),
            names_patients=settings.options.get("show_patients") is True,
        ),
        now=now,
        sleep=sleep,
        close=close,
    )


def _url(settings: SystemSettings) -> str:
    url = str(settings.options.get("url", ""))
    parts = parts_of(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SetupError(
            "practice_system.options.url is the address of your calendar server, such as"
            ' "https://cloud.example.org/remote.php/dav"'
        )
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise SetupError("practice_system.options.url begins with https://: the password goes with it")
    return url


def _lacking(settings: SystemSettings, login: str) -> Iterator[str]:
    """What signing in this way takes, and is not there."""
    if login not in _LOGINS:
        yield f'practice_system.options.login is "{login}"; it is one of {", ".join(_LOGINS)}'
    elif login == "bearer":
        if not settings.secrets.get("token"):
            yield 'practice_system.secrets.token is missing; write "env:CALDAV_TOKEN"'
    else:
        if not str(settings.options.get("user", "")).strip():
            yield "practice_system.options.user is missing; write the name of Chairside's own account there"
        if not settings.secrets.get("password"):
            yield (
                'practice_system.secrets.password is missing; write "env:CALDAV_PASSWORD" (an app password'
                " where the server has them)"
            )


def _signed_in(
    settings: SystemSettings, http: aiohttp.ClientSession, login: str
) -> tuple[aiohttp.ClientSession, dict[str, str], Callable[[], Awaitable[None]] | None]:
    """The session to use, what to send along, and how to close what was opened here."""
    if login == "bearer":
        return http, {"Authorization": f"Bearer {settings.secrets['token']}"}, None
    user, password = str(settings.options["user"]), settings.secrets["password"]
    if login == "basic":
        return http, {"Authorization": aiohttp.encode_basic_auth(user, password)}, None
    own = aiohttp.ClientSession(middlewares=(aiohttp.DigestAuthMiddleware(user, password),))
    return own, {}, own.close
