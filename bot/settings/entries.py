"""What may stand in practice.yml: the shape of it, and what each value by itself must be.

A validator raises a PydanticCustomError whose type is the problem's code. What takes two values to be wrong
is in `bot.settings.checks`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import phonenumbers
from babel.numbers import list_currencies
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from bot.domain.practice_time import known_countries, known_zones, zones_of
from bot.settings.spelling import did_you_mean

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_HOURS = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-–—]\s*(\d{1,2}):(\d{2})\s*")
_REFERENCE = re.compile(r"env:([A-Z_][A-Z0-9_]*)|file:(.+)")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretSources:
    """Where references to secrets lead. When not `resolving`, only their form is looked at."""

    environment: Mapping[str, str]
    folder: Path
    resolving: bool


def _wrong(message: str, code: str = "E-VALUE") -> PydanticCustomError:
    return PydanticCustomError(code, "{message}", {"message": message})


def _id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise _wrong(f'"{text}" is no id; use up to 40 lower-case letters, digits, "_" and "-"')
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise _wrong("must not be empty")
    return text.strip()


def _zone(text: str, info: ValidationInfo) -> str:
    if text in known_zones():
        return text
    country = info.data.get("country")
    suggestion = did_you_mean(text, known_zones()) or _zones_hint(country)
    raise _wrong(f'"{text}" is not a time zone of the IANA list{suggestion}')


def _zones_hint(country: str | None) -> str:
    zones = zones_of(country or "")[:3]
    return f"; in {country} there is {', '.join(zones)}" if zones else '; write e.g. "Europe/Rome"'


def _country(text: str) -> str:
    if text in known_countries():
        return text
    suggestion = did_you_mean(text.upper(), known_countries()) or '; write e.g. "IT"'
    raise _wrong(f'"{text}" is not a country code of two capital letters (ISO 3166){suggestion}')


def _language(text: str) -> str:
    if not LANGUAGE.fullmatch(text):
        raise _wrong(f'"{text}" is not a language code; write e.g. "it" or "en"', "E-LANG")
    return text


def _phone(text: str) -> str:
    remedy = 'write it with the country code, e.g. "+39 02 0000 0000"'
    if not text.strip().startswith("+"):
        raise _wrong(f"is not in international form; {remedy}")
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException as error:
        raise _wrong(f"is not a phone number; {remedy}") from error
    if not phonenumbers.is_valid_number(number):
        raise _wrong("is not a phone number that can exist in that country; count its digits")
    return text.strip()


def _emergency_number(value: object) -> object:
    text = str(value) if type(value) is int else value
    if isinstance(text, str) and not re.fullmatch(r"\+?[0-9][0-9 ]{1,18}", text):
        raise _wrong('is not a number to call; write digits, e.g. "112"')
    return text


def _https(text: str) -> str:
    if not _is_url(text, "https"):
        raise _wrong('must be an address that begins with "https://"')
    return text


def _account_id(value: object) -> object:
    return str(value) if type(value) is int else value


def _secret(reference: str, info: ValidationInfo) -> str:
    """The secret behind env:NAME or file:PATH; "" when nothing is resolved."""
    sources = info.context
    assert isinstance(sources, SecretSources)
    return read_secret(reference, sources)


def read_secret(reference: str, sources: SecretSources) -> str:
    """What env:NAME or file:PATH lead to; "" when nothing is resolved. Raises PydanticCustomError."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise _wrong(
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
            raise _wrong(f"the environment variable {name} is not set; set it, or use file:PATH", "E-SECRET")
        return value
    try:
        value = (sources.folder / path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise _wrong(f"the file {path} cannot be read: {reason}", "E-SECRET") from error
    if not value:
        raise _wrong(f"the file {path} is empty; put the secret into it", "E-SECRET")
    return value


def _webhook(text: str, info: ValidationInfo) -> str:
    url = _secret(text, info) if text.startswith(("env:", "file:")) else text
    if url and not _is_url(url, "https", "http"):
        raise _wrong("must be a web address, or env:NAME or file:PATH that hold one")
    return url


def _smtp(text: str, info: ValidationInfo) -> str:
    is_reference = text.startswith(("env:", "file:"))
    url = _secret(text, info) if is_reference else text
    if url and not _is_url(url, "smtp", "smtps"):
        raise _wrong("must be smtp://user:password@host:port (or smtps://), as env:NAME or file:PATH")
    if not is_reference and urlsplit(url).password:
        raise _wrong("holds a password; write env:NAME or file:PATH instead", "E-SECRET")
    return url


def _action_server(text: str) -> str:
    """What patients say travels there: encrypted, or not beyond this machine."""
    example = 'write e.g. "https://actions.example.org/webhook"'
    if not _is_url(text, "https", "http"):
        raise _wrong(f"must be a web address; {example}")
    parts = urlsplit(text)
    if parts.username is not None or parts.query:
        raise _wrong('holds a user or a query; give the secret as "token", with env:NAME', "E-SECRET")
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise _wrong(
            'must begin with "https://", since what patients say goes there; without TLS only this machine '
            f"(http://127.0.0.1:5055/webhook) will do; {example}"
        )
    return text if parts.path.strip("/") else f"{text.rstrip('/')}/webhook"


def is_loopback(host: str) -> bool:
    """Whether this name or address never leaves the machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def _one_or_several(value: object) -> object:
    """One section where a list of them may stand."""
    return [value] if isinstance(value, dict) else value


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise _wrong(f'"{text}" is not an e-mail address')
    return text


def _currency(text: str) -> str:
    if text not in list_currencies():
        suggestion = did_you_mean(text.upper(), list_currencies()) or '; write e.g. "EUR"'
        raise _wrong(f'"{text}" is not a currency code of three capital letters (ISO 4217){suggestion}')
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
        raise _wrong("is not a span of hours; write e.g. 09:00-13:00")
    hours = tuple(int(number) for number in match.groups())
    if max(hours[0], hours[2]) > 23 or max(hours[1], hours[3]) > 59:
        raise _wrong(f'"{text}" lies outside the day; hours go from 00:00 to 23:59')
    start, end = time(hours[0], hours[1]), time(hours[2], hours[3])
    if start >= end:
        raise _wrong(f'"{text}" ends before it begins; write a night shift as two days')
    return start, end


def _day(text: object) -> date:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else _no_day()
    except ValueError as error:
        raise _wrong("is not a day; write e.g. 2027-08-16") from error


def _no_day() -> date:
    raise ValueError


Id = Annotated[str, AfterValidator(_id)]
Text = Annotated[str, AfterValidator(_not_blank)]
Language = Annotated[str, AfterValidator(_language)]
Secret = Annotated[str, AfterValidator(_secret)]
AccountId = Annotated[str, BeforeValidator(_account_id), AfterValidator(_not_blank)]
Span = Annotated[tuple[time, time], BeforeValidator(read_hours)]
ClosedDay = Annotated[date, BeforeValidator(_day)]
Minutes = Annotated[int, Field(ge=0, le=240)]


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class VisitTypeEntry(Entry):
    id: Id
    names: dict[Language, Text]
    words: dict[Language, list[Text]] = {}
    duration_minutes: Annotated[int, Field(ge=5, le=720)]
    buffer_before_minutes: Minutes = 0
    buffer_after_minutes: Minutes = 0
    lead_minutes: Annotated[int, Field(ge=0, le=60 * 24 * 365)] = 0
    for_new_patients: bool = True
    price_from: Annotated[float, Field(ge=0, le=1_000_000)] | None = None


class HoursEntry(Entry):
    """Fields in the order of datetime.weekday()."""

    monday: list[Span] = []
    tuesday: list[Span] = []
    wednesday: list[Span] = []
    thursday: list[Span] = []
    friday: list[Span] = []
    saturday: list[Span] = []
    sunday: list[Span] = []


class PractitionerEntry(Entry):
    id: Id
    name: Text
    does: dict[Language, Text] = {}
    visit_types: list[str]
    hours: HoursEntry


class WhatsAppEntry(Entry):
    phone_number_id: AccountId
    app_secret: Secret
    verify_token: Secret
    access_token: Secret


class MessengerEntry(Entry):
    page_id: AccountId
    app_secret: Secret
    verify_token: Secret
    access_token: Secret


class AnswersEntry(Entry):
    """What patients ask about. Each is said as it is written, so each is a whole sentence."""

    prices: dict[Language, Text] = {}
    payment: dict[Language, Text] = {}
    insurance: dict[Language, Text] = {}
    invoices: dict[Language, Text] = {}
    parking: dict[Language, Text] = {}
    accessibility: dict[Language, Text] = {}
    first_visit: dict[Language, Text] = {}
    duration: dict[Language, Text] = {}
    cancellation: dict[Language, Text] = {}
    languages: dict[Language, Text] = {}
    children: dict[Language, Text] = {}
    fear: dict[Language, Text] = {}
    hygiene: dict[Language, Text] = {}
    jobs: dict[Language, Text] = {}
    suppliers: dict[Language, Text] = {}


class AlertEntry(Entry):
    webhook: Annotated[str, AfterValidator(_webhook)] | None = None
    slack: Annotated[str, AfterValidator(_webhook)] | None = None
    teams: Annotated[str, AfterValidator(_webhook)] | None = None
    telegram: Secret | None = None
    chat: AccountId | None = None
    email: Annotated[str, AfterValidator(_email)] | None = None
    smtp: Annotated[str, AfterValidator(_smtp)] | None = None


class DeskEntry(Entry):
    answer_minutes: Annotated[int, Field(ge=1, le=60 * 24)] = 15
    hours: HoursEntry | None = None
    give_back_after_hours: Annotated[int, Field(ge=1, le=24 * 30)] | None = None


class ActionServerEntry(Entry):
    url: Annotated[str, AfterValidator(_action_server)]
    token: Secret | None = None


class PracticeEntry(Entry):
    id: Id
    name: Text
    phone: Annotated[str, AfterValidator(_phone)]
    address: Text
    privacy_link: Annotated[str, AfterValidator(_https)]
    emergency_number: Annotated[str, BeforeValidator(_emergency_number)]
    country: Annotated[str, AfterValidator(_country)]
    time_zone: Annotated[str, AfterValidator(_zone)]
    languages: Annotated[list[Language], Field(min_length=1)]
    website: Annotated[str, AfterValidator(_https)] | None = None
    email: Annotated[str, AfterValidator(_email)] | None = None
    currency: Annotated[str, AfterValidator(_currency)] = "EUR"
    answers: AnswersEntry | None = None
    holidays: bool
    closed_days: list[ClosedDay] | None = None
    horizon_days: Annotated[int, Field(ge=1, le=730)] = 60
    hold_minutes: Annotated[int, Field(ge=1, le=120)] = 10
    holds_per_contact: Annotated[int, Field(ge=1, le=10)] = 2
    wants_birth_date: bool = False
    gather_seconds: Annotated[float, Field(ge=0, le=60)] = 2.0
    visit_types: Annotated[list[VisitTypeEntry], Field(min_length=1)]
    practitioners: Annotated[list[PractitionerEntry], Field(min_length=1)]
    whatsapp: list[WhatsAppEntry] | None = None
    messenger: list[MessengerEntry] | None = None
    alerts: Annotated[list[AlertEntry], BeforeValidator(_one_or_several)] | None = None
    desk: DeskEntry | None = None
    canned_answers: dict[Id, dict[Language, Text]] = {}
    action_server: ActionServerEntry | None = None


#: Which keys belong where: the path of a mapping, without list indices.
KEYS: Mapping[tuple[Any, ...], type[Entry]] = {
    (): PracticeEntry,
    ("visit_types",): VisitTypeEntry,
    ("practitioners",): PractitionerEntry,
    ("practitioners", "hours"): HoursEntry,
    ("whatsapp",): WhatsAppEntry,
    ("messenger",): MessengerEntry,
    ("alerts",): AlertEntry,
    ("desk",): DeskEntry,
    ("desk", "hours"): HoursEntry,
    ("action_server",): ActionServerEntry,
    ("answers",): AnswersEntry,
}
