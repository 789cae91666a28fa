"""What a message asks the engine to do (flow format, section 9). Order matters; JSON form has a `type`."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, cast, get_args


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


#: Why nobody is written to any more, other than that they wanted no messages.
DEATH, SOMEBODY_ELSE = "death", "wrong_person"


@dataclass(frozen=True, slots=True)
class StopMessages:
    """Ours (17.4): the patient opts out; or nobody is there to be written to, which staff hear of."""

    scope: str = "all"


@dataclass(frozen=True, slots=True)
class MediaReceived:
    """Ours (17.4): a photo, voice note, document or place; also kinds that nobody can read."""

    kind: str
    media_id: str | None = None  # as the channel calls it; None where it gave none


@dataclass(frozen=True, slots=True)
class DataRequest:
    """Ours (17.4): the patient wants to see, or to have erased, what the practice knows: show | delete."""

    request: str = "show"


@dataclass(frozen=True, slots=True)
class ReminderReply:
    """Ours (17.4): a reply to a reminder of ours: confirm | cancel | move. Any other is not one of these."""

    reminder_id: str
    appointment_id: str
    reply: str


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
    | DataRequest
    | ReminderReply
    | StaleTap
    | Restart
    | SessionStart
    | SessionEnd
    | UserSilence
)

_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Command)}


def command_to_json(command: Command) -> dict[str, Any]:
    """`{"type": "SetSlot", "name": ..., "value": ...}`; fields that hold their default are left out."""
    shown: dict[str, Any] = {"type": type(command).__name__}
    for part in fields(command):
        value = getattr(command, part.name)
        default = part.default_factory() if part.default_factory is not MISSING else part.default
        if value != default or type(value) is not type(default):
            shown[part.name] = list(value) if isinstance(value, tuple) else value
    return shown


def command_from_json(shown: Mapping[str, Any]) -> Command:
    """Raises ValueError for anything that `command_to_json` does not make."""
    kind = _KINDS.get(str(shown.get("type")))
    if kind is None:
        raise ValueError(f"unknown command type; known are {', '.join(sorted(_KINDS))}")
    values = {name: tuple(v) if isinstance(v, list) and name == "options" else v for name, v in shown.items()}
    del values["type"]
    known = {field.name: field for field in fields(kind)}
    for name in sorted(values.keys() - known.keys()):
        takes = f"it takes {', '.join(known)}" if known else "it takes nothing"
        raise ValueError(f'{kind.__name__} has no "{name}"; {takes}')
    try:
        return cast(Command, kind(**values))
    except TypeError:
        needed = (n for n, f in known.items() if f.default is MISSING and f.default_factory is MISSING)
        raise ValueError(f"{kind.__name__} needs {', '.join(needed)}") from None
