"""What the command line, the environment and the practice's files say."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path

import aiohttp
import structlog

from bot.actions.booking import booking_action_names
from bot.actions.loading import RasaAction, load_actions
from bot.actions.remote import RemoteActions
from bot.dialogue import Assistant, load_assistant
from bot.domain.practice import Practice
from bot.errors import ContentRefused, Position, Problem, SetupError
from bot.ports import Actions
from bot.settings import load_practice
from bot.settings.spelling import did_you_mean
from bot.source import content, read_file
from bot.storage.engine.database import sqlite_url
from bot.storage.sealing.contents import ContentFolder

log = structlog.get_logger(__name__)

_DATABASE = "CHAIRSIDE_DATABASE_URL"


#: What `demo` runs with: known to everybody, good for nothing else.
DEMO_ENVIRONMENT = {
    "WHATSAPP_APP_SECRET": "demo-app-secret",
    "WHATSAPP_VERIFY_TOKEN": "demo-verify-token",
    "WHATSAPP_ACCESS_TOKEN": "demo-access-token",
    "MESSENGER_APP_SECRET": "demo-app-secret",
    "MESSENGER_VERIFY_TOKEN": "demo-verify-token",
    "MESSENGER_ACCESS_TOKEN": "demo-access-token",
    "INSTAGRAM_APP_SECRET": "demo-app-secret",
    "INSTAGRAM_VERIFY_TOKEN": "demo-verify-token",
    "INSTAGRAM_ACCESS_TOKEN": "demo-access-token",
}


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """What the command line and the environment say. `environment` holds secrets: it has no repr."""

    data: Path
    environment: Mapping[str, str] = field(repr=False)
    demo: bool = False
    now: datetime | None = None  # where the demo's clock starts
    is_apart: bool = False  # whatever is booked is booked in a diary of `data` alone

    @property
    def practice_file(self) -> Path:
        named = self.environment.get("CHAIRSIDE_PRACTICE")
        return Path(named) if named else content("practice.yml")

    @property
    def flows(self) -> tuple[Path, ...]:
        own = self.practice_file.parent / "flows"
        return (own if own.is_dir() else content("flows"),)

    @property
    def database_url(self) -> str:
        return self.environment.get(_DATABASE) or sqlite_url(self.data / "chairside.db")

    def apart(self, data: Path) -> "Configuration":
        """The same content for trying things out, on an empty diary: neither the practice's database nor its
        own software hears of it."""
        theirs = {name: value for name, value in self.environment.items() if name != _DATABASE}
        return replace(self, data=data, environment=theirs, is_apart=True)

    @property
    def nlu_cache(self) -> Path:
        """Trained understanding is kept here: the next start reads it instead of training again."""
        named = self.environment.get("CHAIRSIDE_NLU_CACHE")
        if named:
            return Path(named)
        checkout = content("pyproject.toml").parent
        is_ours = (checkout / "pyproject.toml").is_file() and os.access(checkout, os.W_OK)
        return checkout / ".cache" / "nlu" if is_ours else self.data / "nlu"

    @property
    def own_actions(self) -> tuple[str, ...]:
        """Modules or files with actions that the practice brings along, to run in this process."""
        named = self.environment.get("CHAIRSIDE_ACTIONS", "").split(",")
        return tuple(name.strip() for name in named if name.strip())

    @property
    def graph_url(self) -> str | None:
        return self.environment.get("CHAIRSIDE_GRAPH_URL")

    def is_on(self, switch: str) -> bool:
        return self.environment.get(switch, "").lower() in ("1", "on", "true", "yes")

    def seconds(self, name: str, default: float) -> float:
        given = self.environment.get(name)
        try:
            return float(given) if given else default
        except ValueError as error:
            raise SetupError(f"{name} must be a number of seconds, such as {default:g}") from error


def read_practice(configuration: Configuration) -> Practice:
    """practice.yml of this configuration. Raises ContentRefused with every mistake in it."""
    environment = dict(configuration.environment)
    if configuration.demo:
        environment |= DEMO_ENVIRONMENT
    file = configuration.practice_file
    if file.is_dir():
        one = next(iter(sorted(file.glob("*.yml"))), file / "NAME.yml")
        raise SetupError(
            f"{file} is a folder of practices, and this command works on one of them; set"
            f" CHAIRSIDE_PRACTICE={one}"
        )
    if "CHAIRSIDE_PRACTICE" in configuration.environment and not file.exists():
        raise SetupError(
            f"there is no {file}, which CHAIRSIDE_PRACTICE names; write the path of your practice.yml"
        )
    practice = load_practice(file, environment=environment)
    return replace(practice, system=None) if configuration.is_apart else practice


def place_of(configuration: Configuration, *path: str) -> Position:
    """Where practice.yml says this."""
    return read_file(configuration.practice_file).locate(path)


def read_own_actions(configuration: Configuration) -> tuple[RasaAction, ...]:
    """The actions that CHAIRSIDE_ACTIONS names. Raises SetupError, ContentRefused."""
    return tuple(action for named in configuration.own_actions for action in load_actions(named))


def read_assistant(
    configuration: Configuration, practice: Practice, *, own_actions: Sequence[RasaAction] | None = None
) -> Assistant:
    """The dialogue content. Raises ContentRefused. What an action server offers cannot be known here."""
    own = read_own_actions(configuration) if own_actions is None else own_actions
    offered = booking_action_names() | {action.name() for action in own}
    assistant = load_assistant(
        configuration.flows,
        languages=practice.languages,
        declared_actions=None if practice.action_server else offered,
    )
    known = {flow.id for flow in assistant.flows.values() if not flow.is_pattern}
    for key, does, named in (
        ("suggest", "suggests", practice.suggest or frozenset()),
        ("links", "links to", practice.links.values()),
    ):
        unknown = sorted(set(named) - known)
        if unknown:
            near = did_you_mean(unknown[0], known) or f"; there are: {', '.join(sorted(known))}"
            message = f"{does} {', '.join(unknown)}, which is no flow{near}"
            raise ContentRefused((Problem(place_of(configuration, key), "E-REF", message),))
    return assistant


def kept_content(
    configuration: Configuration, practice: Practice, assistant: Assistant, *, at: datetime
) -> Callable[[str], Assistant | None]:
    """Keeps what runs now; what it returns finds earlier content by its version (17.5)."""
    contents = ContentFolder(configuration.data / "contents")
    contents.keep(assistant, configuration.flows, at=at)

    @cache
    def pinned(version: str) -> Assistant | None:
        folders = contents.folders(version)
        if folders is None:
            return None
        try:
            loaded = load_assistant(folders, languages=practice.languages)
        except ContentRefused:  # written for an earlier Chairside: the conversation is told so
            log.warning("content_no_longer_loads", version=version)
            return None
        return replace(loaded, version=version)

    return pinned


def remote_actions(
    practice: Practice, http: aiohttp.ClientSession, *, assistant: Assistant
) -> Actions | None:
    """The actions of the practice's action server, where it has one."""
    server = practice.action_server
    return RemoteActions(http, server, assistant=assistant) if server else None
