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
    """A practice system said no, or did not say; `outcome` is the word that flows branch on.

    The set is closed: whatever a system does, its adapter raises one of these
    (docs/add-a-practice-system.md).
    """

    outcome = "error"
    retryable = False  # a read may be made again by itself
    needs_staff = False  # somebody at the practice has to hear of it, besides the patient


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
    """The practice system does not answer, or says that it cannot; nothing was written."""

    retryable = True


class RateLimited(Unavailable):
    """The practice system has been asked too often; `retry_after` is in seconds, None when it did not say."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class OutcomeUnknown(BookingError):
    """A write went out and no answer came back, and reading back did not settle it.

    Never made again blindly, never told as booked: a person looks.
    """

    outcome = "unknown"
    needs_staff = True


class PatientAmbiguous(BookingError):
    """Several people on file fit; which one it is only a person can say."""

    outcome = "ambiguous"
    needs_staff = True


class PatientInvalid(BookingError):
    """The practice system does not take this patient's details; `fields` says which."""

    outcome = "invalid"

    def __init__(self, message: str, fields: tuple[str, ...] = ()) -> None:
        self.fields = fields
        super().__init__(message)


class AuthFailed(BookingError):
    """The practice system does not let us in (any more): somebody has to renew the credentials."""

    needs_staff = True


class ProtocolDrift(BookingError):
    """The practice system answers in a way that its adapter does not know: nothing is guessed."""

    needs_staff = True


class Unsupported(BookingError):
    """The practice system has no such operation; its capabilities say so."""


class StaleConversation(ChairsideError):
    """Somebody else advanced this conversation first: load it again."""


class WallTimeError(ChairsideError):
    """A wall time that does not exist, or exists twice, on a daylight-saving day."""


class AdditionsRefused(ChairsideError):
    """Staff's own bookings cannot be read; `mistakes` lists every one, with its row (the first is 1)."""

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(mistakes))
