"""From practice.yml to a FHIR server. Raises SetupError with the remedy."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import aiohttp
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bot.domain.outside import SystemSettings
from bot.domain.practice import Practice
from bot.errors import SetupError
from bot.practice_systems.claims import Sleep
from bot.practice_systems.fhir.rest import FhirRest
from bot.practice_systems.fhir.scheduling import SchedulingSystem
from bot.practice_systems.fhir.signing_in import SCOPE, Fixed, SigningIn, SmartBackend
from bot.practice_systems.fhir.system import FhirSystem
from bot.practice_systems.misset import Mistakes, parts_of
from bot.practice_systems.outside_http import OutsideHttp

_OPTIONS = {"url", "openings", "client_id", "key_id", "token_url", "scope"}
_SECRETS = {"token", "private_key"}
_OPENINGS = ("slots", "hours", "operations")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def open_fhir(
    settings: SystemSettings,
    *,
    practice: Practice,
    http: aiohttp.ClientSession,
    now: Callable[[], datetime],
    sleep: Sleep = asyncio.sleep,
) -> FhirSystem:
    """Nothing is asked of the server yet; `check` does."""
    mistakes = Mistakes()
    mistakes.known(settings, options=_OPTIONS, secrets=_SECRETS)
    url = "http://localhost"  # until it is known
    with mistakes.gathered():
        url = _address("url", str(settings.options.get("url", "")))
    openings = str(settings.options.get("openings", "slots"))
    if openings not in _OPENINGS:
        mistakes.add(
            'practice_system.options.openings is "slots" (the server has a Slot for each time that can be'
            ' booked), "operations" (it has $find, $hold and $book) or "hours" (those of practice.yml, less'
            " what is taken)"
        )
    outside = OutsideHttp(http, url, name="fhir", auth_statuses=(401, 403))
    is_here = parts_of(str(settings.options.get("url", ""))).hostname in _LOOPBACK
    if not is_here and not settings.secrets and "client_id" not in settings.options:
        mistakes.add(
            "practice_system.secrets is missing: nobody is let in to patients' data unasked; write"
            ' {token: "env:FHIR_TOKEN"}, or {private_key: "file:fhir.pem"} beside options.client_id'
        )
    with mistakes.gathered():
        signing_in = _signing_in(settings, outside, http, now)
    mistakes.blank(settings)
    mistakes.refuse()
    language = practice.languages[0]
    system = SchedulingSystem if openings == "operations" else FhirSystem
    return system(
        FhirRest(outside, signing_in),
        by_slots=openings != "hours",
        moves=openings != "operations",
        practitioners=[settings.practitioners.get(p.id, p.id) for p in practice.practitioners],
        kinds={theirs: theirs for theirs in settings.visit_types.values()},
        titles={settings.visit_types.get(v.id, v.id): v.name(language) for v in practice.visit_types},
        now=now,
        sleep=sleep,
    )


def _signing_in(
    settings: SystemSettings, base: OutsideHttp, http: aiohttp.ClientSession, now: Callable[[], datetime]
) -> SigningIn:
    key, client = settings.secrets.get("private_key"), settings.options.get("client_id")
    if not key and not client:
        return Fixed(settings.secrets.get("token"))
    if not key or not client:
        lacks = "options.client_id" if key else "secrets.private_key"
        raise SetupError(
            f"practice_system.{lacks} is missing: SMART Backend Services takes options.client_id and"
            " secrets.private_key, both (a PEM file, such as file:fhir.pem, whose public half the server"
            " knows)"
        )
    token_url = settings.options.get("token_url")
    return SmartBackend(
        base,
        token_http=lambda url: OutsideHttp(http, url, name="fhir token service", auth_statuses=()),
        token_url=_address("token_url", str(token_url)) if token_url else None,
        client_id=str(client),
        key=key,
        key_id=str(settings.options["key_id"]) if "key_id" in settings.options else None,
        algorithm=_algorithm(key),
        scope=str(settings.options.get("scope", SCOPE)),
        now=now,
    )


def _algorithm(pem: str) -> str:
    """SMART knows RS384 and ES384."""
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise SetupError(
            "practice_system.secrets.private_key is no private key in PEM without a password; make one with"
            " openssl genrsa -out fhir.pem 3072"
        ) from error
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 2048:
        return "RS384"
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == "secp384r1":
        return "ES384"
    raise SetupError("practice_system.secrets.private_key is RSA of 2048 bits or more, or EC on P-384")


def _address(name: str, url: str) -> str:
    parts = parts_of(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SetupError(
            f'practice_system.options.{name} is an address, such as "https://fhir.example.org/r4"'
        )
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise SetupError(f"practice_system.options.{name} begins with https://: patients' data go there")
    return url
