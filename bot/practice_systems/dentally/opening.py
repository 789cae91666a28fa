"""From practice.yml to Dentally. Raises SetupError with the remedy."""

from collections.abc import Callable
from datetime import datetime

import aiohttp

from bot.domain.outside import SystemSettings
from bot.domain.practice import Practice
from bot.errors import SetupError
from bot.practice_systems.dentally.rest import DentallyRest
from bot.practice_systems.dentally.system import Bookings, DentallySystem
from bot.practice_systems.misset import Mistakes, parts_of
from bot.practice_systems.outside_http import OutsideHttp

API = "https://api.dentally.co"
_OPTIONS = {"contact", "url", "site", "payment_plan", "cancel_reason", "webhook_header"}
_SECRETS = {"api_key", "webhook", "webhook_key"}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def open_dentally(
    settings: SystemSettings,
    *,
    practice: Practice,
    http: aiohttp.ClientSession,
    now: Callable[[], datetime],
) -> DentallySystem:
    """Nothing is asked of Dentally yet; `check` does."""
    mistakes = Mistakes()
    mistakes.known(settings, options=_OPTIONS, secrets=_SECRETS)
    key, contact = settings.secrets.get("api_key"), settings.options.get("contact")
    if not key:
        mistakes.add(
            "practice_system.secrets.api_key is missing; make one in Dentally (Settings, Developer) and write"
            ' "env:DENTALLY_API_KEY"'
        )
    if "@" not in str(contact or ""):
        mistakes.add(
            f"practice_system.options.contact is {'no e-mail address' if contact else 'missing'}: Dentally"
            " refuses programs that do not say who is behind them; write an e-mail address, as"
            ' "desk@example.org"'
        )
    numbers = [settings.practitioners.get(one.id) for one in practice.practitioners]
    if not all(number and number.isdigit() for number in numbers):
        mistakes.add(
            "practice_system.practitioners names each practitioner by Dentally's number, as"
            f' {{{practice.practitioners[0].id}: "101"}}; the numbers are in its list of practitioners'
        )
    with mistakes.gathered():
        address = _address(settings)
    with mistakes.gathered():
        signature = _signature(settings)
    mistakes.blank(settings)
    mistakes.refuse()
    headers = {"Authorization": f"Bearer {key}", "User-Agent": f"Chairside ({contact})"}
    outside = OutsideHttp(http, address, name="dentally", headers=headers, auth_statuses=(401,))
    language = practice.languages[0]
    names = {settings.visit_types.get(v.id, v.id): v.name(language) for v in practice.visit_types}
    own = {theirs: theirs for theirs in settings.visit_types.values()}
    return DentallySystem(
        DentallyRest(outside),
        practitioners=[number for number in numbers if number],
        time_zone=practice.time_zone,
        bookings=Bookings(
            reasons=names | own,
            site=_text(settings, "site"),
            payment_plan=_text(settings, "payment_plan"),
            cancel_reason=_text(settings, "cancel_reason"),
        ),
        now=now,
        signature=signature,
    )


def _signature(settings: SystemSettings) -> tuple[str, str] | None:
    """Header and key, where the practice knows how its webhooks are signed."""
    header, key = _text(settings, "webhook_header"), settings.secrets.get("webhook_key")
    if bool(header) != bool(key):
        raise SetupError(
            "practice_system.options.webhook_header and practice_system.secrets.webhook_key belong together"
        )
    return (header, key) if header and key else None


def _text(settings: SystemSettings, name: str) -> str | None:
    value = settings.options.get(name)
    return None if value is None else str(value)


def _address(settings: SystemSettings) -> str:
    url = str(settings.options.get("url", API)).rstrip("/")
    parts = parts_of(url)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not parts.hostname or not is_safe:
        raise SetupError(
            f"practice_system.options.url is Dentally's address for your country, without /v1; else {API}"
        )
    return url
