"""Reading practice.yml: the YAML, its mistakes, and the Practice that it describes."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from bot.domain.practice import (
    ActionServer,
    AlertChannel,
    DeskRules,
    Practice,
    SignInService,
    WebChat,
)
from bot.errors import ContentRefused, Problem, SetupError
from bot.settings.channel_accounts import channel_accounts, files
from bot.settings.checks import cross_check
from bot.settings.entries import KEYS, AlertEntry, AnswersEntry, DeskEntry, OidcEntry, PracticeEntry
from bot.settings.kinds import SecretSources, read_secret
from bot.settings.practice_parts import practitioner, room, shifts, site, system, visit_type
from bot.settings.spelling import did_you_mean
from bot.source import Node, read_file

GATHER_SECONDS = "CHAIRSIDE_GATHER_SECONDS"

_TYPES = {
    "string_type": "must be text; put it in quotes",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a number",
    "bool_type": "must be true or false",
    "list_type": 'must be a list: [one, two], or lines that begin with "- "',
    "dict_type": 'must be a section of "key: value" lines',
    "model_type": 'must be a section of "key: value" lines',
    "too_short": "must not be empty",
}


def load_practice(
    path: Path,
    *,
    environment: Mapping[str, str],
    languages_available: Collection[str] | None = None,
    with_secrets: bool = True,
) -> Practice:
    """Raises ContentRefused with every mistake.

    `languages_available` are those that flows and understanding know; None accepts any. Without secrets (for
    commands that never talk to a channel) no variable needs to be set: `whatsapp`, `messenger`,
    `instagram` and `alerts` are then (), `action_server` has no token, while the form of the references is
    checked all the same.
    """
    root = read_file(path)
    if not root.entries and root.kind == "mapping":
        empty = Problem(
            root.position, "E-KEY", "is empty; begin with a copy of the practice.yml that came with this"
        )
        raise ContentRefused((empty,))
    problems = list(cross_check(root, languages_available))
    sources = SecretSources(environment=environment, folder=path.parent, resolving=with_secrets)
    entry: PracticeEntry | None = None
    try:
        entry = PracticeEntry.model_validate(root.plain(), context=sources)
    except ValidationError as error:
        problems += [_problem(root, mistake) for mistake in error.errors(include_url=False)]
    try:
        gather = _gather_override(environment)
    except ValueError:
        message = f"the environment variable {GATHER_SECONDS} must be a number of seconds, 0 or more"
        problems.append(Problem(root.locate(["gather_seconds"]), "E-VALUE", message))
    if entry is None or problems:
        raise ContentRefused(tuple(problems))
    return _practice(entry, gather_seconds=gather, with_secrets=with_secrets)


def secret(reference: str, *, environment: Mapping[str, str], named: str) -> str:
    """What env:NAME or file:PATH lead to, for a secret outside of practice.yml. Raises SetupError."""
    if not reference.startswith(("env:", "file:")):
        raise SetupError(
            f"{named} takes no secret itself, which others could see; write env:NAME or file:PATH"
        )
    sources = SecretSources(environment=environment, folder=Path.cwd(), resolving=True)
    try:
        return read_secret(reference, sources)
    except PydanticCustomError as error:
        raise SetupError(f"{named}: {error.message()}") from error


def _gather_override(environment: Mapping[str, str]) -> float | None:
    text = environment.get(GATHER_SECONDS, "").strip()
    if not text:
        return None
    seconds = float(text)
    if not 0 <= seconds <= 3600:
        raise ValueError
    return seconds


def _problem(root: Node, mistake: Any) -> Problem:
    """A pydantic error as a problem. Its `input` is never shown: it may be a secret."""
    loc: tuple[str | int, ...] = tuple(part for part in mistake["loc"] if part != "[key]")
    kind, position = mistake["type"], root.locate(loc)
    name = next((part for part in reversed(loc) if isinstance(part, str)), "practice.yml")
    bounds = mistake.get("ctx", {})
    if kind == "extra_forbidden":
        fields = KEYS[tuple(part for part in loc[:-1] if isinstance(part, str))].model_fields
        known = [field.alias or name for name, field in fields.items()]
        hint = did_you_mean(name, known) or f"; known here: {', '.join(known)}"
        return Problem(position, "E-KEY", f'unknown key "{name}"{hint}')
    if kind == "missing":
        return Problem(position, "E-KEY", f'"{name}" is missing; add it')
    if kind.startswith("E-"):
        return Problem(position, kind, f'"{name}": {mistake["msg"]}')
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = f"at least {bounds['ge']}" if "ge" in bounds else f"at most {bounds['le']}"
        return Problem(position, "E-VALUE", f'"{name}" must be {bound}')
    code = "E-VALUE" if kind == "too_short" else "E-TYPE"
    return Problem(position, code, f'"{name}" {_TYPES.get(kind, "cannot be read as what belongs here")}')


def _practice(entry: PracticeEntry, *, gather_seconds: float | None, with_secrets: bool) -> Practice:
    return Practice(
        id=entry.id,
        name=entry.name,
        time_zone=entry.time_zone,
        country=entry.country,
        languages=tuple(entry.languages),
        phone=entry.phone,
        address=entry.address,
        privacy_url=entry.privacy_link,
        emergency_number=entry.emergency_number,
        practitioners=tuple(practitioner(person) for person in entry.practitioners),
        visit_types=tuple(visit_type(kind) for kind in entry.visit_types),
        website=entry.website,
        email=entry.email,
        currency=entry.currency,
        answers=_answers(entry.answers),
        holidays=entry.holidays,
        holidays_region=entry.holidays_region,
        closed_days=frozenset(entry.closed_days or ()),
        sites=tuple(site(one) for one in entry.sites),
        rooms=tuple(room(one) for one in entry.rooms),
        kept_free_until=timedelta(hours=entry.kept_free_until_hours),
        system=system(entry.practice_system, with_secrets=with_secrets) if entry.practice_system else None,
        wants_birth_date=entry.wants_birth_date,
        horizon=timedelta(days=entry.horizon_days),
        hold_for=timedelta(minutes=entry.hold_minutes),
        holds_per_contact=entry.holds_per_contact,
        gather_seconds=entry.gather_seconds if gather_seconds is None else gather_seconds,
        web_chat=WebChat(sites=tuple(entry.web_chat.sites)) if entry.web_chat else None,
        **(channel_accounts(entry) | files(entry) if with_secrets else {}),
        alerts=tuple(_alert(alert) for alert in (entry.alerts or () if with_secrets else ())),
        desk=_desk(entry.desk) if entry.desk else DeskRules(),
        quiet_after=timedelta(hours=entry.quiet_channel_hours) if entry.quiet_channel_hours else None,
        canned_answers=entry.canned_answers,
        links=entry.links,
        suggest=None if entry.suggest == "all" else frozenset(entry.suggest),
        action_server=ActionServer(url=entry.action_server.url, token=entry.action_server.token or None)
        if entry.action_server
        else None,
        sign_in=_sign_in(entry.sign_in.oidc) if entry.sign_in and with_secrets else None,
    )


def _sign_in(entry: OidcEntry) -> SignInService:
    return SignInService(
        issuer=entry.issuer,
        client_id=entry.client_id,
        client_secret=entry.client_secret,
        roles={role: tuple(groups) for role, groups in entry.roles.model_dump().items() if groups},
        claim=entry.claim,
        scopes=tuple(entry.scopes),
    )


def _alert(entry: AlertEntry) -> AlertChannel:
    return AlertChannel(
        webhook=entry.webhook,
        slack=entry.slack,
        teams=entry.teams,
        telegram=entry.telegram,
        chat=entry.chat,
        email=entry.email,
        smtp=entry.smtp,
    )


def _desk(entry: DeskEntry) -> DeskRules:
    hours = entry.give_back_after_hours
    return DeskRules(
        answer_within=timedelta(minutes=entry.answer_minutes),
        shifts=shifts(entry.hours) if entry.hours else (),
        give_back_after=timedelta(hours=hours) if hours else None,
        next_answer_within=(
            timedelta(minutes=entry.next_answer_minutes) if entry.next_answer_minutes else None
        ),
        emergency_within=timedelta(minutes=entry.emergency_minutes),
        meant_for_within=timedelta(minutes=entry.chosen_for_minutes) if entry.choose_somebody else None,
    )


def _answers(entry: AnswersEntry | None) -> dict[str, dict[str, str]]:
    given = {topic: getattr(entry, topic) for topic in AnswersEntry.model_fields} if entry else {}
    return {topic: texts for topic, texts in given.items() if texts}
