"""People of the practice who sign in, and how much each may do."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """From the least to the most. Whoever may do more may also do everything before it."""

    READER = "reader"  # sees conversations
    AGENT = "agent"  # answers patients, books
    MANAGER = "manager"  # figures
    ADMIN = "admin"  # the trail of who did what, people and their roles

    def may(self, least: "Role") -> bool:
        """Whether this role reaches `least`."""
        ranks = tuple(Role)
        return ranks.index(self) >= ranks.index(least)

    @property
    def needs_code(self) -> bool:
        """Who sees more than conversations signs in with a second factor (ASVS 5.0.0 V6.3.3)."""
        return self.may(Role.MANAGER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the practice. `name` is what they sign in with and what colleagues read; it is theirs alone
    within the practice, whatever its capitals."""

    id: str
    name: str
    role: Role
    is_disabled: bool = False
    has_password: bool = False
    has_code: bool = False
    languages: tuple[str, ...] = ()  # in which they answer patients; () means any
    is_away: bool = False  # they said so: nobody gives them a conversation
