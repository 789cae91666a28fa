"""Who may enter the inbox: the contracts. Instants are aware UTC.

Keys of links, sessions and tries are hashes: what opens a door is never stored.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.staff import Person, Role
from bot.errors import ChairsideError


class NameTaken(ChairsideError):
    """Somebody of this practice has that name already."""


class UnknownPerson(ChairsideError):
    """Nobody of this practice has that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What proves somebody: an argon2id hash, and the secret of their time-based codes."""

    person: Person
    password: str | None
    code_secret: str | None  # base32


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    """Somebody who signed in. `person` is None for who came by a one-time link of the demo."""

    key: str
    person: str | None
    who: str  # as colleagues read it
    role: Role
    language: str
    opened: datetime
    active: datetime


class StaffBook(Protocol):
    """People, their sessions and links. Contract: tests/contracts/staff_book.py."""

    async def people(self) -> tuple[Person, ...]:
        """Everybody, by name; also those who are disabled."""

    async def credentials(self, name: str) -> Credentials | None:
        """By name, whatever its capitals; None for nobody and for who is disabled."""

    async def add(self, person: Person, *, at: datetime) -> None:
        """Raises NameTaken."""

    async def change_role(self, person: str, role: Role) -> None: ...

    async def change_languages(self, person: str, languages: tuple[str, ...]) -> None: ...

    async def change_away(self, person: str, *, is_away: bool) -> None: ...

    async def known_as(self, subject: str) -> Person | None:
        """Who was remembered so; also when they are disabled."""

    async def remember_as(self, person: str, subject: str) -> None:
        """Who they are for a sign-in service."""

    async def disable(self, person: str, *, at: datetime) -> None:
        """Ends their sessions and links with it."""

    async def enable(self, person: str) -> None: ...

    async def prove_by(self, person: str, *, password: str | None, code_secret: str | None) -> None:
        """Replace what proves them, and end their sessions. Both None: only a link lets them in again."""

    async def use_code(self, person: str, step: int) -> bool:
        """Whether this time step is later than every one that was used; it is used up then."""

    async def add_link(self, key: str, *, person: str, until: datetime) -> None:
        """A one-time link for somebody; their earlier ones are void."""

    async def link(self, key: str, *, at: datetime) -> Person | None:
        """Whose link that is, as long as it would still work."""

    async def use_link(self, key: str, *, at: datetime) -> Person | None:
        """As `link`; and nobody gets it a second time."""

    async def open_session(self, session: StoredSession) -> None: ...

    async def session(self, key: str) -> StoredSession | None:
        """With the role that the person has now; None when it ended, or when they were disabled."""

    async def touch_session(self, key: str, *, at: datetime) -> None: ...

    async def speak(self, key: str, language: str) -> None: ...

    async def sessions(self) -> tuple[StoredSession, ...]:
        """All that did not end, the latest active first; some may be too old to be let in."""

    async def end_session(self, key: str) -> None: ...

    async def sweep_sessions(self, *, opened_before: datetime, active_before: datetime) -> None: ...

    async def tries(self, keys: Collection[str]) -> Mapping[str, tuple[int, datetime]]:
        """How often each of them failed in a row, and when last. Those without a failure are left out."""

    async def note_tries(self, keys: Collection[str], *, at: datetime, forget_before: datetime) -> None:
        """One failure more for each; one whose last is before `forget_before` begins anew."""

    async def forget_tries(self, keys: Collection[str]) -> None: ...
