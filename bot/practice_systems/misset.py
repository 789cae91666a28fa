"""What practice.yml says wrongly about the diary elsewhere: every mistake at once, each by its key.

A mistake's text begins with the key that it is about (`practice_system.options.url is ...`): so `chairside
check` finds its line, also where an adapter of somebody else's raises it as a SetupError of its own.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import SplitResult, urlsplit

from bot.domain.outside import SystemSettings
from bot.errors import SetupError
from bot.settings.spelling import did_you_mean

_KEY = re.compile(r"practice_system(?:\.[\w-]{1,40}){0,3}")


class SystemMisset(SetupError):
    """Each of `mistakes` says what to do."""

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(mistakes))


class Mistakes:
    """Gathers; `refuse` raises them together. Of one key the first is told: others would follow from it."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}

    def add(self, mistake: str) -> None:
        named = _KEY.match(mistake)
        self._found.setdefault(named.group() if named else mistake, mistake)

    @contextmanager
    def gathered(self) -> Iterator[None]:
        try:
            yield
        except SetupError as error:
            self.add(str(error))

    def known(
        self, settings: SystemSettings, *, options: set[str], secrets: set[str], flags: tuple[str, ...] = ()
    ) -> None:
        """Keys that the adapter does not know, options without a value, and flags that are neither."""
        self._unknown("options", settings.options, options)
        self._unknown("secrets", settings.secrets, secrets)
        for name, value in settings.options.items():
            key = f"practice_system.options.{name}"
            if name in flags and not isinstance(value, bool):
                self.add(f"{key} is true or false, without quotes")
            elif name in options and name not in flags and isinstance(value, bool):
                self.add(f'{key} is text; put it in quotes, or leave "{name}" out')

    def blank(self, settings: SystemSettings) -> None:
        """Comes last: where an option is needed, its own remedy was told."""
        for name, value in settings.options.items():
            if isinstance(value, str) and not value.strip():
                self.add(f'practice_system.options.{name} is empty; fill it in, or leave "{name}" out')

    def refuse(self) -> None:
        if self._found:
            raise SystemMisset(tuple(self._found.values()))

    def _unknown(self, section: str, given: Mapping[str, Any], known: set[str]) -> None:
        for name in sorted(set(given) - known):
            hint = did_you_mean(name, known) or _there_is(known)
            self.add(f'practice_system.{section}.{name}: this kind does not know "{name}"{hint}')


def key_of(mistake: str) -> tuple[str, ...]:
    """Where in practice.yml it is: ("practice_system", "options", "url")."""
    named = _KEY.match(mistake)
    return tuple(named.group().split(".")) if named else ("practice_system",)


def refuse_misset(settings: SystemSettings) -> None:
    """For the diaries of our own, which take no options. Raises SystemMisset."""
    mistakes = Mistakes()
    mistakes.known(settings, options=set(), secrets=set())
    for who, calendar in settings.practitioners.items() if settings.kind == "requests" else ():
        parts = parts_of(calendar)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            mistakes.add(
                f"practice_system.practitioners.{who} is the https:// address of a calendar that you publish"
                " (an .ics file); leave out whoever has none"
            )
    mistakes.refuse()


def parts_of(address: str) -> SplitResult:
    """Empty for what is no address at all."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def _there_is(known: set[str]) -> str:
    return f"; there is {', '.join(sorted(known))}" if known else "; it takes none"
