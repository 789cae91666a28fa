"""What the engine wants done. It decides; the service does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    title: str
    payload: str  # /SetSlots(...), /intent, or plain text: becomes a token before it leaves the house
    description: str = ""
    start: str | None = None  # an opening's local wall time, ISO
    practitioner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Utter:
    """Say something. `response` is the response's name, where it has one."""

    text: str
    buttons: tuple[Button, ...] = ()
    response: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)  # image, custom, attachment, elements


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAction:
    """Run a custom action and come back with ActionReturned(call=...). The last effect of an advance."""

    call: int  # counts from 1 within the turn
    name: str
    tracker: Mapping[str, Any]  # Rasa's tracker state (flow format 7.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenHandoff:
    """Put the conversation into the staff queue; the engine is paused from here on."""

    reason: str  # asked | misunderstood | emergency | error | media | no_openings ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertStaff:
    """Tell staff at once, whoever owns the conversation."""

    reason: str
    urgent: bool = False
    is_request: bool = False  # the patient heard that somebody answers, and goes on meanwhile


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut:
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptIn:
    """Messages that we begin are welcome again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One line of the turn's journal: Rasa's event names (slot, flow_started, action, bot ...) plus ours."""

    event: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepBegan:
    """A step of a flow is entered. Nothing is to be done: tests count what they cover, tools explain."""

    flow: str
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionTested:
    """An `if` was looked at: of a way on, of a rejection, of a flow. Nothing is to be done: tools explain.

    `values` are those it names, by how it names them ("slots.day"), as they were at that moment.
    """

    flow: str
    step: str | None  # None: the flow's own `if`
    of: Literal["next", "rejection", "guard"]
    condition: str
    holds: bool
    values: Mapping[str, Any]


Effect = Utter | RunAction | OpenHandoff | AlertStaff | OptOut | OptIn | Record | StepBegan | ConditionTested
