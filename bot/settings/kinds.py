"""What single values in practice.yml must be: phone numbers, hours, time zones, secrets.

A validator raises a PydanticCustomError whose type is the problem's code.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import phonenumbers
import pytz
from babel.core import get_global
from babel.numbers import get_territory_currencies, list_currencies
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from bot.domain.practice_time import known_countries, known_zones, zones_of
from bot.settings.spelling import did_you_mean

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_HOURS = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-–—]\s*(\d{1,2}):(\d{2})\s*")
_REFERENCE = re.compile(r"env:([A-Z_][A-Z0-9_]*)|file:(.+)")
HOST = re.compile(r"\.?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
#: How people write a country's name that is no code: name -> (code,).
_COUNTRIES = {name.casefold(): (code,) for code, name in pytz.country_names.items()}
_COUNTRIES |= dict.fromkeys(("england", "scotland", "wales", "great britain", "united kingdom"), ("GB",))
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretSources:
    """Where references to secrets lead. When not `resolving`, only their form is looked at."""

    environment: Mapping[str, str]
    folder: Path
    resolving: bool


def wrong(message: str, code: str = "E-VALUE") -> PydanticCustomError:
    return PydanticCustomError(code, "{message}", {"message": message})


def _id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise wrong(f'"{text}" is no id; use up to 40 lower-case letters, digits, "_" and "-"')
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise wrong("must not be empty")
    return text.strip()


def _zone(text: str, info: ValidationInfo) -> str:
    if text in known_zones():
        return text
    country = info.data.get("country")
    here = zones_of(country or "")
    near = did_you_mean(text, here if country else known_zones())
    suggestion = near or _zones_hint(here, country)
    raise wrong(f'"{text}" is not a time zone of the IANA list{suggestion}')


def _zones_hint(here: Sequence[str], country: str | None) -> str:
    return f"; in {country} there is {', '.join(here[:3])}" if here else '; write e.g. "Europe/Rome"'


def _country(text: str) -> str:
    if text in known_countries():
        return text
    meant = get_global("territory_aliases").get(text.upper()) or _COUNTRIES.get(text.casefold())
    near = f'; did you mean "{meant[0]}"?' if meant else did_you_mean(text.upper(), known_countries())
    suggestion = near or '; write e.g. "IT"'
    raise wrong(f'"{text}" is not a country code of two capital letters (ISO 3166){suggestion}')


def _language(text: str) -> str:
    if not LANGUAGE.fullmatch(text):
        raise wrong(f'"{text}" is not a language code; write e.g. "it" or "en"', "E-LANG")
    return text


def _phone(text: str) -> str:
    remedy = 'write it with the country code, e.g. "+39 02 0000 0000"'
    if not text.strip().startswith("+"):
        raise wrong(f"is not in international form; {remedy}")
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException as error:
        raise wrong(f"is not a phone number; {remedy}") from error
    if not phonenumbers.is_valid_number(number):
        raise wrong("is not a phone number that can exist in that country; count its digits")
    return text.strip()


def _emergency_number(value: object) -> object:
    text = str(value) if type(value) is int else value
    if isinstance(text, str) and not re.fullmatch(r"\+?[0-9][0-9 ]{1,18}", text):
        raise wrong('is not a number to call; write digits, e.g. "112"')
    return text


def _https(text: str) -> str:
    if not _is_url(text, "https"):
        raise wrong('must be an address that begins with "https://"')
    return text


def _account_id(value: object) -> object:
    return str(value) if type(value) is int else value


def _phone_number_id(text: str) -> str:
    if re.fullmatch(r"\s*\+[\d\s().-]+|\s*\d[\d().-]*[\s().-][\d\s().-]*", text):
        raise wrong("is a phone number; write its id, which Meta's console shows beside it, digits alone")
    return _not_blank(text)


def _secret(reference: str, info: ValidationInfo) -> str:
    """The secret behind env:NAME or file:PATH; "" when nothing is resolved."""
    sources = info.context
    assert isinstance(sources, SecretSources)
    return read_secret(reference, sources)


def read_secret(reference: str, sources: SecretSources) -> str:
    """What env:NAME or file:PATH lead to; "" when nothing is resolved. Raises PydanticCustomError."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise wrong(
            "secrets never stand in this file; write env:NAME (an environment variable, in capital letters) "
            "or file:PATH, put the secret there, and replace it if this file was ever shared",
            "E-SECRET",
        )
    if not sources.resolving:
        return ""
    name, path = match.groups()
    if name is not None:
        value = sources.environment.get(name, "").strip()
        if not value:
            raise wrong(f"the environment variable {name} is not set; set it, or use file:PATH", "E-SECRET")
        return value
    try:
        value = (sources.folder / path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise wrong(f"the file {path} cannot be read: {reason}", "E-SECRET") from error
    if not value:
        raise wrong(f"the file {path} is empty; put the secret into it", "E-SECRET")
    return value


def _webhook(text: str, info: ValidationInfo) -> str:
    url = _secret(text, info) if text.startswith(("env:", "file:")) else text
    if url and not _is_url(url, "https", "http"):
        raise wrong("must be a web address, or env:NAME or file:PATH that hold one")
    return url


def _smtp(text: str, info: ValidationInfo) -> str:
    is_reference = text.startswith(("env:", "file:"))
    url = _secret(text, info) if is_reference else text
    if url and not _is_url(url, "smtp", "smtps"):
        raise wrong("must be smtp://user:password@host:port (or smtps://), as env:NAME or file:PATH")
    if not is_reference and urlsplit(url).password:
        raise wrong("holds a password; write env:NAME or file:PATH instead", "E-SECRET")
    return url


def _service(text: str) -> str:
    """Words of patients travel there: encrypted, or not beyond this machine."""
    parts = urlsplit(text)
    if not _is_url(text, "https", "http") or parts.username is not None or parts.query:
        raise wrong(
            'must be a web address without user and query, such as "https://example.org/webhooks/sms"'
        )
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise wrong('must begin with "https://"; without TLS only this machine will do')
    return text


def _action_server(text: str) -> str:
    """What patients say travels there: encrypted, or not beyond this machine."""
    example = 'write e.g. "https://actions.example.org/webhook"'
    if not _is_url(text, "https", "http"):
        raise wrong(f"must be a web address; {example}")
    parts = urlsplit(text)
    if parts.username is not None or parts.query:
        raise wrong('holds a user or a query; give the secret as "token", with env:NAME', "E-SECRET")
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise wrong(
            'must begin with "https://", since what patients say goes there; without TLS only this machine '
            f"(http://127.0.0.1:5055/webhook) will do; {example}"
        )
    return text if parts.path.strip("/") else f"{text.rstrip('/')}/webhook"


def _issuer(text: str) -> str:
    """Exactly as the service writes it: a slash at the end makes another issuer."""
    parts = urlsplit(text)
    is_here = parts.scheme == "http" and is_loopback(parts.hostname or "")
    if not _is_url(text, "https", "http") or not (parts.scheme == "https" or is_here):
        raise wrong('must begin with "https://", as the sign-in service names itself')
    if parts.username is not None or parts.query or parts.fragment:
        raise wrong("holds a user, a query or a fragment; write the issuer alone")
    return text


def is_loopback(host: str) -> bool:
    """Whether this name or address never leaves the machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def one_or_several(value: object) -> object:
    """One section where a list of them may stand."""
    return [value] if isinstance(value, dict) else value


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise wrong(f'"{text}" is not an e-mail address')
    return text


def _currency(text: str, info: ValidationInfo) -> str:
    if text not in list_currencies():
        country = info.data.get("country")
        here = get_territory_currencies(country) if country else []
        there = f'; in {country} it is "{here[0]}"' if here else '; write e.g. "EUR"'
        suggestion = did_you_mean(text.upper(), here or list_currencies()) or there
        raise wrong(f'"{text}" is not a currency code of three capital letters (ISO 4217){suggestion}')
    return text


def _is_url(text: str, *schemes: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and not re.search(r"\s", text)
    except ValueError:
        return False


def read_hours(text: object) -> tuple[time, time]:
    """ "09:00-13:00" -> (09:00, 13:00). Raises a PydanticCustomError that says how to write it."""
    match = _HOURS.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        written = f'"{text}" ' if isinstance(text, str) else ""
        raise wrong(f"{written}is not a span of hours; write e.g. 09:00-13:00")
    hours = tuple(int(number) for number in match.groups())
    if max(hours[0], hours[2]) > 23 or max(hours[1], hours[3]) > 59:
        raise wrong(f'"{text}" lies outside the day; hours go from 00:00 to 23:59')
    start, end = time(hours[0], hours[1]), time(hours[2], hours[3])
    if start >= end:
        raise wrong(f'"{text}" ends before it begins; write a night shift as two days')
    return start, end


def _day(text: object) -> date:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else _no_day()
    except ValueError as error:
        written = f'"{text}" ' if isinstance(text, str) else ""
        raise wrong(f"{written}is not a day; write e.g. 2027-08-16") from error


def _no_day() -> date:
    raise ValueError


Id = Annotated[str, AfterValidator(_id)]
Text = Annotated[str, AfterValidator(_not_blank)]
Language = Annotated[str, AfterValidator(_language)]
Secret = Annotated[str, AfterValidator(_secret)]
AccountId = Annotated[str, BeforeValidator(_account_id), AfterValidator(_not_blank)]
PhoneNumberId = Annotated[str, BeforeValidator(_account_id), AfterValidator(_phone_number_id)]
Span = Annotated[tuple[time, time], BeforeValidator(read_hours)]
ClosedDay = Annotated[date, BeforeValidator(_day)]
Minutes = Annotated[int, Field(ge=0, le=240)]
Https = Annotated[str, AfterValidator(_https)]
Phone = Annotated[str, AfterValidator(_phone)]
Country = Annotated[str, AfterValidator(_country)]
Zone = Annotated[str, AfterValidator(_zone)]
Currency = Annotated[str, AfterValidator(_currency)]
EmergencyNumber = Annotated[str, BeforeValidator(_emergency_number)]
Email = Annotated[str, AfterValidator(_email)]
Webhook = Annotated[str, AfterValidator(_webhook)]
Smtp = Annotated[str, AfterValidator(_smtp)]
ActionServerUrl = Annotated[str, AfterValidator(_action_server)]
ServiceUrl = Annotated[str, AfterValidator(_service)]
IssuerUrl = Annotated[str, AfterValidator(_issuer)]


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


def flows_or_all(value: object) -> object:
    if isinstance(value, str) and value != "all":
        raise wrong('must be "all", or a list of flows: [new_patient_consult, cancel_visit]')
    return value
