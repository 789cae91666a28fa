"""Visitors of the chat on the practice's own site: nobody knows them, so few may come from one place."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.errors import ChairsideError

#: Visits that may begin from one address within an hour: each may keep openings, none says who it is.
MOST_AN_HOUR = 5


class TooManyVisits(ChairsideError):
    """So many chats began from this address within an hour that no more may: come back later, or call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorMessage:
    """One bubble of a visitor's page. `taps` are (token, title, description) of what was offered."""

    id: str
    at: datetime
    by: str  # visitor | assistant | staff
    text: str
    taps: tuple[tuple[str, str, str], ...] = ()


class Visitors(Protocol):
    async def begin(self, address: str, *, at: datetime) -> str:
        """A new visitor's id. Raises TooManyVisits."""

    async def messages(self, visitor: str) -> tuple[VisitorMessage, ...]:
        """What stands in this visitor's chat, oldest first; the last of a long one."""


def network_of(address: str) -> str:
    """An address, or the network that one household has of IPv6's."""
    try:
        given = ipaddress.ip_address(address)
    except ValueError:
        return address
    if given.version == 6 and given.ipv4_mapped is None:
        return str(ipaddress.ip_network((given, 64), strict=False))
    return str(getattr(given, "ipv4_mapped", None) or given)
