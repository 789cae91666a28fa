"""What is counted, day by day, and the promises that are looked at in the end."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(slots=True)
class Day:
    open_minutes: int = 0
    booked_minutes: int = 0
    attended_minutes: int = 0
    visits: int = 0
    missed: int = 0
    messages_in: int = 0
    messages_out: int = 0
    reminders: int = 0
    handoffs: int = 0


@dataclass(slots=True)
class Figures:
    """All of a run. `broken` are promises that did not hold: it must be empty."""

    seed: int
    days: dict[date, Day] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    kept: dict[str, int] = field(default_factory=dict)  # promises that held: at how much it was looked
    seconds: float = 0.0
    with_reminders: bool = True

    def looked(self, promise: str, at: int, broken: Sequence[str] = ()) -> None:
        """What was promised, at how many things it was looked, and where it did not hold."""
        self.broken += broken
        if not broken:
            self.kept[promise] = at

    def day(self, on: date) -> Day:
        return self.days.setdefault(on, Day())

    def total(self, what: str) -> int:
        return sum(getattr(day, what) for day in self.days.values())

    @property
    def missed_share(self) -> float:
        return self.total("missed") / max(self.total("visits"), 1)

    @property
    def utilisation(self) -> float:
        return self.total("attended_minutes") / max(self.total("open_minutes"), 1)

    def summary(self, *, price: float) -> Mapping[str, str]:
        """What is printed, in its order."""
        counts = self.counts
        paid = counts["paid messages"]
        return {
            "days": str(len(self.days)),
            "chats begun to book": str(counts["chats"]),
            "booked": str(counts["booked"]),
            "moved": str(counts["moved"]),
            "cancelled": str(counts["cancelled"]),
            "freed times booked again": f"{counts['refilled']} of {counts['freed']}",
            "visits held": str(self.total("visits") - self.total("missed")),
            "missed": f"{self.total('missed')} ({self.missed_share:.1%})",
            "chairs in use": f"{self.utilisation:.1%} of open time",
            "messages in / out": f"{self.total('messages_in')} / {self.total('messages_out')}",
            "begun by the practice": str(self.total("reminders")),
            "of these paid": f"{paid}, at {price} each: {paid * price:.2f}",
            "handed to a person": str(self.total("handoffs")),
            "calls made / not needed any more": f"{counts['called']} / {counts['call gone']}",
            "gave up": str(counts["gave up"]),
            "promises broken": str(len(self.broken)),
            "took": f"{self.seconds:.0f} s",
        }
