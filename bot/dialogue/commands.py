"""What a message asks the engine to do (flow format, section 9). Order matters; JSON form has a `type`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class StartFlow:
    flow: str
    explicit: bool = False  # by /intent: the guard is not checked


@dataclass(frozen=True, slots=True)
class SetSlot:
    name: str
    value: Any
    by_tap: bool = False  # a button of ours set it: controlled slots are allowed


@dataclass(frozen=True, slots=True)
class CorrectSlots:
    slots: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CancelFlow:
    pass


@dataclass(frozen=True, slots=True)
class Clarify:
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SkipQuestion:
    pass


@dataclass(frozen=True, slots=True)
class ChitChat:
    pass


@dataclass(frozen=True, slots=True)
class KnowledgeAnswer:
    topic: str | None = None  # the prepared answer, "hours" of intent faq/hours


@dataclass(frozen=True, slots=True)
class HumanHandoff:
    reason: str = "asked"


@dataclass(frozen=True, slots=True)
class RepeatBotMessages:
    pass


@dataclass(frozen=True, slots=True)
class CannotHandle:
    reason: str = "cannot_handle_default"


@dataclass(frozen=True, slots=True)
class InternalError:
    error_type: str = "rasa_internal_error_default"
    info: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Emergency:
    """Ours (17.4): a red flag. Runs on top of everything, also while a person owns the conversation."""

    level: str
    key: str


@dataclass(frozen=True, slots=True)
class StopMessages:
    """Ours (17.4): the patient opts out."""

    scope: str = "all"


@dataclass(frozen=True, slots=True)
class MediaReceived:
    """Ours (17.4): a photo, voice note, document or place; also kinds that nobody can read."""

    kind: str


@dataclass(frozen=True, slots=True)
class StaleTap:
    """Ours (14.3): a tap whose token is forged, somebody else's, or expired. Nothing is set."""


@dataclass(frozen=True, slots=True)
class Restart:
    pass


@dataclass(frozen=True, slots=True)
class SessionStart:
    pass


@dataclass(frozen=True, slots=True)
class SessionEnd:
    pass


@dataclass(frozen=True, slots=True)
class UserSilence:
    pass


Command = (
    StartFlow
    | SetSlot
    | CorrectSlots
    | CancelFlow
    | Clarify
    | SkipQuestion
    | ChitChat
    | KnowledgeAnswer
    | HumanHandoff
    | RepeatBotMessages
    | CannotHandle
    | InternalError
    | Emergency
    | StopMessages
    | MediaReceived
    | StaleTap
    | Restart
    | SessionStart
    | SessionEnd
    | UserSilence
)
