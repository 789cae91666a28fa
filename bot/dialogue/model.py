"""Content as the engine runs it: flows, slots, responses and actions, loaded, resolved and frozen.

An `Assistant` comes only out of `load_assistant`, so whatever it names exists and every branch has a target.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.dialogue.conditions import Condition
from bot.errors import Position, Problem
from nlu.understanding import AskedKind

END = "END"
START = "START"
PATTERN = "pattern_"
HANDOFF = "pattern_human_handoff"
PASS_ON = "pattern_pass_on"
COLLECT = "pattern_collect_information"
VALIDATE = "pattern_validate_slot"
LOOPS = frozenset({COLLECT, VALIDATE})  # run by the engine itself, unless content has flows of these names

SlotType = Literal["text", "bool", "float", "categorical", "any", "list"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """When `condition` holds the slot is emptied and `utter` says why."""

    condition: Condition
    utter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One `if`/`then` of a `next`; the last one has no condition."""

    condition: Condition | None
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of a flow. `next` always ends in a branch without a condition; targets are step ids or END."""

    id: str
    number: int  # document order
    position: Position
    next: tuple[Branch, ...]
    last_line: int = 0  # where it ends in its file; nested steps belong to it


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionStep(Step):
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectStep(Step):
    """Exactly one of `utter` and `ask_action` asks; `validate_action` checks, where it is declared."""

    slot: str
    utter: str | None
    ask_action: str | None
    validate_action: str | None = None
    ask_before_filling: bool = False
    reset_after_flow_ends: bool = True
    force_slot_filling: bool = False
    max_attempts: int = 3
    rejections: tuple[Rejection, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkStep(Step):
    flow: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStep(Step):
    flow: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSlotsStep(Step):
    values: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoopStep(Step):
    pass


AnyStep = ActionStep | CollectStep | LinkStep | CallStep | SetSlotsStep | NoopStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    intent: str
    threshold: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """`steps` holds nested steps too, in document order; the first one is where the flow starts."""

    id: str
    name: str
    description: str
    position: Position
    steps: Mapping[str, AnyStep]
    guard: Condition | None = None
    triggers: tuple[Trigger, ...] = ()
    persisted_slots: frozenset[str] = frozenset()
    run_pattern_completed: bool = True
    names: Mapping[str, str] = field(default_factory=dict)  # language -> readable name

    @property
    def is_pattern(self) -> bool:
        return self.id.startswith(PATTERN)

    @property
    def first(self) -> str:
        return next(iter(self.steps))

    def name_in(self, language: str) -> str:
        return self.names.get(language) or self.names.get(language.split("-")[0]) or self.name

    def own_slots(self) -> tuple[str, ...]:
        """The slots of its own collects and set_slots, in document order."""
        found: dict[str, None] = {}
        for step in self.steps.values():
            if isinstance(step, CollectStep):
                found[step.slot] = None
            elif isinstance(step, SetSlotsStep):
                found.update(dict.fromkeys(name for name, _ in step.values))
        return tuple(found)

    def kept_slots(self) -> frozenset[str]:
        """Those that outlive the flow."""
        marked = {
            step.slot
            for step in self.steps.values()
            if isinstance(step, CollectStep) and not step.reset_after_flow_ends
        }
        return self.persisted_slots | marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """One slot mapping (14.2)."""

    type: str
    entity: str | None = None
    role: str | None = None
    group: str | None = None
    intents: tuple[str, ...] = ()
    not_intents: tuple[str, ...] = ()
    value: Any = None
    active_flows: tuple[str, ...] = ()
    every_turn: str | None = None  # run_action_every_turn
    kind: str | None = None  # of media


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    name: str
    type: SlotType
    position: Position
    values: tuple[str | int | float | bool, ...] = ()
    initial_value: Any = None
    mappings: tuple[Mapped, ...] = (Mapped(type="from_llm"),)
    rejections: tuple[Rejection, ...] = ()
    refill_utter: str | None = None
    validated: bool = False
    shared: bool = False
    asks_for: AskedKind | None = None
    is_built_in: bool = False

    @property
    def is_controlled(self) -> bool:
        return all(mapping.type == "controlled" for mapping in self.mappings)


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonText:
    """A button of a response; `titles` by language. The payload is the same in each."""

    titles: Mapping[str, str]
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    position: Position
    texts: Mapping[str, str] = field(default_factory=dict)
    buttons: tuple[ButtonText, ...] = ()
    channel: str | None = None
    condition: Condition | None = None
    id: str | None = None
    is_template: bool = False  # metadata.template: jinja
    data: Mapping[str, Any] = field(default_factory=dict)  # image, custom, attachment, elements


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    name: str
    position: Position
    variations: tuple[Variation, ...]
    primary: str  # the language to fall back to
    is_built_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`once`: values that come of a race, and so not twice in one turn; exploration relies on it."""

    slot: str
    values: tuple[str, ...]
    once: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """The outcomes after which an action has done something; none named: whenever it comes back."""

    outcomes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDeclaration:
    name: str
    position: Position
    sets: frozenset[str] | None = None
    outcome: Outcome | None = None
    timeout: float | None = None
    send_domain: bool = False
    sends: frozenset[str] | None = None  # slots that go to a remote action; None: those it sets
    sends_message: bool = False  # a remote action gets the patient's words, too
    holds: After | None = None  # something is kept for the patient from here on
    releases: After | None = None  # what was kept is free again
    books: After | None = None  # what was kept is the patient's

    def comes_to(self, after: After | None, outcome: str | None) -> bool:
        """Whether this result is one of those. None: the action came back and declares no outcome."""
        return after is not None and (not after.outcomes or outcome in after.outcomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistant:
    """Everything the engine needs to know. `version` is the hash of the merged content (17.5)."""

    flows: Mapping[str, Flow]
    slots: Mapping[str, Slot]
    responses: Mapping[str, Response]
    answers: Mapping[str, Response]  # by topic
    actions: Mapping[str, ActionDeclaration]
    intents: frozenset[str]
    entities: frozenset[str]
    languages: tuple[str, ...]
    session_minutes: int
    carries_slots_over: bool
    version: str
    last_words: Response  # the built-in apology, whatever the project made of it
    replaced: frozenset[str] = frozenset()  # built-in responses that the project says in its own words
    every_turn: tuple[str, ...] = ()  # actions that run before the commands of every message
    warnings: tuple[Problem, ...] = ()
    triggers: Mapping[str, str] = field(default_factory=dict)  # intent -> flow
    fills: Mapping[str, frozenset[str]] = field(default_factory=dict)  # flow -> collected, also by its calls

    def threshold(self, intent: str) -> float:
        flow = self.flows[self.triggers[intent]]
        return next(trigger.threshold for trigger in flow.triggers if trigger.intent == intent)
