"""Which adapter a practice_system of practice.yml means: ours by name, others by entry point."""

from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Protocol

import aiohttp

from bot.domain.outside import SystemSettings
from bot.domain.practice import Practice
from bot.errors import SetupError
from bot.ports import OutsideSystem

GROUP = "chairside.practice_systems"

#: Diaries of our own: no adapter is opened for these.
OURS = ("embedded", "requests")

#: Imported when a practice uses them.
ADAPTERS: Mapping[str, str] = {
    "caldav": "bot.practice_systems.caldav.opening:open_caldav",
    "fhir": "bot.practice_systems.fhir.opening:open_fhir",
    "google": "bot.practice_systems.google.opening:open_google",
    "dentally": "bot.practice_systems.dentally.opening:open_dentally",
}


class Open(Protocol):
    """What an adapter gives: asks nothing of the system yet. Raises SetupError with the remedy."""

    def __call__(
        self,
        settings: SystemSettings,
        *,
        practice: Practice,
        http: aiohttp.ClientSession,
        now: Callable[[], datetime],
    ) -> OutsideSystem: ...


def open_system(
    settings: SystemSettings,
    *,
    practice: Practice,
    http: aiohttp.ClientSession,
    now: Callable[[], datetime],
) -> OutsideSystem:
    """Raises SetupError for a kind that nobody installed, or whose options are wrong."""
    return opener_of(settings.kind)(settings, practice=practice, http=http, now=now)


def opener_of(kind: str) -> Open:
    if kind in ADAPTERS:
        module, _, name = ADAPTERS[kind].partition(":")
        found: Any = getattr(import_module(module), name)
        return found  # type: ignore[no-any-return]  # an entry point is untyped
    installed = {entry.name: entry for entry in entry_points(group=GROUP)}
    if kind not in installed:
        there = ", ".join(sorted({*OURS, *ADAPTERS, *installed}))
        raise SetupError(
            f'practice_system.kind is "{kind}", which nobody has installed; there is {there}; install the'
            f" package that brings it, or write an adapter (docs/add-a-practice-system.md)"
        )
    try:
        opened: Any = installed[kind].load()
    except (
        Exception
    ) as error:  # somebody else's package: whatever it raises, the practice needs to know which
        raise SetupError(f'the adapter "{kind}" cannot be loaded: {type(error).__name__}: {error}') from error
    return opened  # type: ignore[no-any-return]  # an entry point is untyped


def known_kinds() -> tuple[str, ...]:
    return tuple(sorted({*OURS, *ADAPTERS, *(entry.name for entry in entry_points(group=GROUP))}))
