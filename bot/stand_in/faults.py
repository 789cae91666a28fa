"""What goes wrong with requests that are in order, because a test asked for it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import ConfigDict

Strikes = Literal["message", "action", "management", "media", "download"]
STRIKES: tuple[Strikes, ...] = ("message", "action", "management", "media", "download")


class FaultKind(StrEnum):
    """The first group proves that nothing was sent; of the second the sender cannot know; the third is about
    files, and the last about what comes after a message was accepted."""

    REFUSE = "refuse"  # refused with `code` (and `subcode`, `http_status`, `retry_after`), nothing was sent
    SERVER_ERROR = "server_error"  # HTTP 500, nothing was sent
    BAD_GATEWAY = "bad_gateway"  # HTTP 502 with an HTML page instead of JSON, nothing was sent
    CUT = "cut"  # nothing was sent, and the connection closes without an answer
    HANG = "hang"  # nothing was sent, and the connection closes `seconds` later without an answer

    DROP = "drop"  # sent, and the connection closes without an answer
    ERROR_AFTER_SENDING = "error_after_sending"  # sent, and the answer is HTTP 500
    SLOW = "slow"  # sent, and the answer comes `seconds` later, maybe after the statuses
    NO_ID = "no_id"  # sent, and the answer is 200 without a message id
    GARBAGE = "garbage"  # sent, and the answer is 200 with something that is no JSON

    REDIRECT = "redirect"  # of a download: 302 to `location`; of a look-up: this URL instead of the file's
    SHORT = "short"  # of a download: fewer bytes than were announced
    DRIP = "drip"  # of a download: a byte at a time
    ENDLESS = "endless"  # of a download: zeros without an end

    FAIL_LATER = "fail_later"  # accepted, and then a `failed` status with `code` instead of `sent`
    SILENCE = "silence"  # sent, and no status or echo ever tells of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Strikes the `nth` send from when it was set and the `times - 1` after it; with `every`, each further
    `every`-th one as well. Only sends that would have been accepted count, and with `to` only those to that
    one patient. `on`: "message", "action" (typing and read marks), "management" (templates, subscriptions,
    profiles), "media" (uploads, and asking where a file is), "download" (the file itself)."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    kind: FaultKind
    nth: int = 1
    times: int = 1
    every: int = 0
    code: int = 131000
    subcode: int | None = None  # WhatsApp has none
    http_status: int | None = None  # instead of the one that belongs to the code, such as 429
    retry_after: int | None = None  # seconds, in a header
    seconds: float = 5.0
    to: str | None = None
    location: str = ""
    on: Strikes = "message"

    def strikes(self, send: int) -> bool:
        """Whether the `send`-th send since the fault was set (from 1) is hit."""
        past = send - self.nth
        if self.every:
            return past >= 0 and past % self.every < self.times
        return 0 <= past < self.times


@dataclass(slots=True)
class _Set:
    fault: Fault
    seen: int = 0


@dataclass(slots=True)
class FaultPlan:
    """The faults of one side, each with its own count of what it might have hit."""

    _set: list[_Set] = field(default_factory=list)

    @classmethod
    def of(cls, faults: Iterable[Fault]) -> "FaultPlan":
        return cls([_Set(fault) for fault in faults])

    def add(self, fault: Fault) -> None:
        """Counts from now: its first send is the next one."""
        self._set.append(_Set(fault))

    def clear(self) -> None:
        self._set.clear()

    def strike(self, *parties: str | None, on: Strikes = "message") -> Fault | None:
        """Counts this request, and says what hits it; the fault that was set first wins. `parties`: the
        names of the patient it goes to."""
        hit: Fault | None = None
        for each in self._set:
            if each.fault.on != on or (each.fault.to is not None and each.fault.to not in parties):
                continue
            each.seen += 1
            if hit is None and each.fault.strikes(each.seen):
                hit = each.fault
        return hit
