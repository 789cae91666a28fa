"""What the assistant only suggests: what becomes of it, and when it may answer alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What became of a suggestion."""

    UNCHANGED = "unchanged"  # sent as it was
    CHANGED = "changed"  # sent in other words
    DISCARDED = "discarded"  # a person answered instead, or nobody did
    STALE = "stale"  # the patient wrote again first: suggested anew, and counted there


#: Fates that say something about the assistant.
COUNTED = (Fate.UNCHANGED, Fate.CHANGED, Fate.DISCARDED)
#: A flow is ready to go alone when of so many suggestions in a row so large a part went out unchanged.
ENOUGH = 20
NEARLY_ALL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """How a flow's suggestions were taken, over all time and in the last ENOUGH of them."""

    flow: str
    is_suggested: bool
    unchanged: int = 0
    changed: int = 0
    discarded: int = 0
    waiting: int = 0
    is_ready: bool = False


def is_ready(latest: Sequence[Fate]) -> bool:
    """`latest`: the last decided ones, the newest first; more than ENOUGH of them do not matter."""
    counted = [fate for fate in latest if fate in COUNTED][:ENOUGH]
    return len(counted) == ENOUGH and counted.count(Fate.UNCHANGED) >= NEARLY_ALL * ENOUGH
