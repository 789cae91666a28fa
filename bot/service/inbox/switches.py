"""The switches of a practice: which channels the assistant is silent on, and what it only suggests.

They stand in the database, survive a restart, and are read from memory wherever something is decided: before
a turn, and right before each message is posted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

#: Names of switches; a channel or a flow follows the colon.
PAUSE, SUGGEST, READY = "pause", "suggest", "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """As they are now: `on` holds those that somebody has set; practice.yml says what is suggested else."""

    on: Mapping[str, bool] = field(default_factory=dict)
    suggest_all: bool = False
    suggest: frozenset[str] = frozenset()

    def is_paused(self, channel: str) -> bool:
        return self.on.get(PAUSE, False) or self.on.get(f"{PAUSE}:{channel}", False)

    @property
    def paused(self) -> tuple[str, ...]:
        """Names of the pauses that are on."""
        return tuple(sorted(name for name, on in self.on.items() if on and name.split(":")[0] == PAUSE))

    @property
    def suggests_everything(self) -> bool:
        """Whether a flow that nobody has said anything about is only suggested."""
        return self.on.get(SUGGEST, self.suggest_all)

    def suggests(self, flow: str) -> bool:
        """Whether somebody reads what this flow says before the patient does."""
        return self.on.get(f"{SUGGEST}:{flow}", self.suggests_everything or flow in self.suggest)


class SwitchBoard(Protocol):
    """Who may set them is the page's concern; each change is a line in the trail."""

    @property
    def now(self) -> Switches: ...

    async def turn(self, name: str, on: bool, *, by: str) -> bool:
        """Set a switch; whether that changed anything. Once it returns, no message of the assistant's begins
        to be posted on a channel that it pauses."""

    async def look(self) -> bool:
        """Read what another process may have set; whether anything is different now."""
