"""Messages that the stand-in accepted twice, each explained from what it wrote down at the time.

Whoever died while a message was being sent cannot know whether it went out. It waits for the status that
carries its own id, for so many seconds in which its webhook can be reached, and sends again only if none
came. So a double is a fault where the status had been taken before, or where nobody had waited. Where the
status came later than that, on a machine too busy to deliver it, it is what was promised: counted apart.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Double:
    """One message and its second copy."""

    apart: float  # seconds between them
    status_after: float | None  # seconds from the first copy until its status was taken; None: never

    def is_fault(self, wait: float) -> bool:
        return self.apart < wait or (self.status_after is not None and self.status_after < self.apart)

    def __str__(self) -> str:
        told = "never" if self.status_after is None else f"after {self.status_after:.1f} s"
        return f"sent again after {self.apart:.1f} s; the status of the first copy was taken {told}"


def doubles(history: Path) -> Iterator[Double]:
    """From a stand-in's history."""
    copies: dict[str, list[tuple[str, datetime]]] = {}
    told: dict[str, datetime] = {}
    with history.open(encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            at = datetime.fromisoformat(event["at"])
            if event["event"] == "message_accepted":
                ours = event["payload"].get("biz_opaque_callback_data", "")
                copies.setdefault(ours, []).append((event["message_id"], at))
            elif event["event"] == "webhook_delivered":
                for message_id, _ in event["statuses"]:
                    told.setdefault(message_id, at)
    for each in copies.values():
        for (first, sent), (_, again) in pairwise(each):
            heard = told.get(first)
            yield Double(
                apart=(again - sent).total_seconds(),
                status_after=None if heard is None else (heard - sent).total_seconds(),
            )
