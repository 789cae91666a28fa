"""The tree of deliberate errors: named as facts, with the decision on them as attributes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a content file; line and column count from 1."""

    path: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in content or settings: where, which kind, what to do about it."""

    position: Position
    code: str
    message: str

    @property
    def is_error(self) -> bool:
        return self.code.startswith("E")

    def __str__(self) -> str:
        return f"{self.position}: {self.code} {self.message}"


class ChairsideError(Exception):
    """Everything that Chairside raises on purpose."""


class ContentRefused(ChairsideError):
    """YAML content or settings do not load; `problems` lists every mistake found, sorted by position."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class SetupError(ChairsideError):
    """The program cannot start as configured; the message says what to do."""


class SignatureMismatch(ChairsideError):
    """A webhook body was not signed with this practice's app secret."""


class BookingError(ChairsideError):
    """A practice system said no, or did not say; `outcome` is the word that flows branch on."""

    outcome = "error"
    retryable = False


class OpeningTaken(BookingError):
    """Somebody else holds or has booked this time."""

    outcome = "taken"


class HoldExpired(BookingError):
    """The hold ran out, or was never this contact's."""

    outcome = "expired"


class VisitChanged(BookingError):
    """The visit is no longer what was seen: cancelled, moved, or over."""

    outcome = "changed"


class TooManyHolds(BookingError):
    """This contact already keeps as many openings as the practice allows."""

    outcome = "too_many"


class PolicyRefused(BookingError):
    """The practice's own rules forbid it (closed day, too soon, too far ahead)."""

    outcome = "refused"


class Unavailable(BookingError):
    """The practice system does not answer."""

    retryable = True


class StaleConversation(ChairsideError):
    """Somebody else advanced this conversation first: load it again."""


class WallTimeError(ChairsideError):
    """A wall time that does not exist, or exists twice, on a daylight-saving day."""


class AdditionsRefused(ChairsideError):
    """Staff's own bookings cannot be read; `mistakes` lists every one, with its row (the first is 1)."""

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(mistakes))
