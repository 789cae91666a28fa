"""What a conversation test can say of a turn, and whether it is so (flow format, section 16).

A turn is the list of its journal events. `met(assertion, events, after)` looks at the events from `after` on
and returns the place of the last one that it needed; None when it does not hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, assert_never

from bot.dialogue import Assistant
from bot.dialogue.model import ActionStep, AnyStep, CallStep, CollectStep, LinkStep, SetSlotsStep
from bot.dialogue.values import same
from bot.errors import Position

Event = Mapping[str, Any]
Events = Sequence[Event]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotValue:
    """A slot, and the value it must have; `any_value` when none was named."""

    name: str
    value: Any = None
    any_value: bool = True

    def fits(self, event: Event) -> bool:
        if event["event"] != "slot" or event["name"] != self.name:
            return False
        return self.any_value or same(event["value"], self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowsStarted:
    position: Position
    flows: tuple[str, ...]
    every: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowEnded:
    """`how` is flow_completed or flow_cancelled; `step` an id, or the main value of a step."""

    position: Position
    how: str
    flow: str
    step: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClarificationContains:
    """By id or readable name."""

    position: Position
    flows: tuple[str, ...]
    every: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotsSet:
    position: Position
    slots: tuple[SlotValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotsNotSet:
    position: Position
    slots: tuple[SlotValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionExecuted:
    position: Position
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one bot message must be; what is None does not matter."""

    utter: str | None = None
    text: str | None = None  # equal, or a regular expression found in it
    buttons: tuple[tuple[str, str], ...] | None = None  # title and payload

    def fits(self, event: Event) -> bool:
        if event["event"] != "bot":
            return False
        named = event["metadata"].get("utter_action")
        shown = [(button["title"], button["payload"]) for button in event["data"].get("buttons") or ()]
        return (
            self.utter in (None, named)
            and (self.text is None or _says(str(event["text"]), self.text))
            and (self.buttons is None or list(self.buttons) == shown)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BotUttered:
    position: Position
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class BotDidNotUtter:
    position: Position
    message: Message


Assertion = (
    FlowsStarted
    | FlowEnded
    | ClarificationContains
    | SlotsSet
    | SlotsNotSet
    | ActionExecuted
    | BotUttered
    | BotDidNotUtter
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BotSaid:
    """Old style: the exact text (`bot`), or the name of the response (`utter`), in the turn's order."""

    position: Position
    text: str | None = None
    utter: str | None = None

    def fits(self, event: Event) -> bool:
        if event["event"] != "bot":
            return False
        if self.text is None:
            return bool(event["metadata"].get("utter_action") == self.utter)
        return bool(str(event["text"]).strip() == self.text.strip())


Expectation = BotSaid | SlotsSet | SlotsNotSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of the assertions of a turn: how many held, and the first that did not."""

    held: int = 0
    failed: Assertion | Expectation | None = None
    corrections: tuple[tuple[BotSaid, str], ...] = field(default=())  # what `bot` steps should say


def check_assertions(
    assertions: Sequence[Assertion], events: Events, assistant: Assistant, *, ordered: bool
) -> Checked:
    """With `ordered`, each must be met by events later than those that met the one before."""
    after = 0
    for number, assertion in enumerate(assertions):
        at = met(assertion, events, assistant, after=after)
        if at is None:
            return Checked(held=number, failed=assertion)
        after = max(after, at) if ordered else 0
    return Checked(held=len(assertions))


def check_expectations(expectations: Sequence[Expectation], events: Events) -> Checked:
    """Messages in their order, slots wherever they were set."""
    after = 0
    for number, expectation in enumerate(expectations):
        if isinstance(expectation, BotSaid):
            at = _first(events, expectation.fits, after)
            after = after if at is None else at
        else:
            at = _slots_met(expectation, events, 0)
        if at is None:
            return Checked(held=number, failed=expectation)
    return Checked(held=len(expectations))


def met(assertion: Assertion, events: Events, assistant: Assistant, *, after: int = 0) -> int | None:
    """Where the search goes on after it: behind the last event that it needed. What must not have happened
    needs none."""
    match assertion:
        case FlowsStarted():
            tests = [_is("flow_started", flow) for flow in assertion.flows]
            return _several(tests, events, after, every=assertion.every)
        case FlowEnded():
            return _first(events, lambda event: _ends(event, assertion, assistant), after)
        case ClarificationContains():
            return _first(events, lambda event: _clarifies(event, assertion, assistant), after)
        case SlotsSet() | SlotsNotSet():
            return _slots_met(assertion, events, after)
        case ActionExecuted():
            return _first(
                events, lambda event: event["event"] == "action" and event["name"] == assertion.action, after
            )
        case BotUttered():
            return _first(events, assertion.message.fits, after)
        case BotDidNotUtter():
            return after if _first(events, assertion.message.fits, after) is None else None
        case _:
            assert_never(assertion)


def main_value(step: AnyStep) -> str:
    """What a step is about: the action, slot or flow that it names."""
    match step:
        case ActionStep():
            return step.action
        case CollectStep():
            return step.slot
        case CallStep() | LinkStep():
            return step.flow
        case SetSlotsStep():
            return "set_slots"
    return "noop"


def _slots_met(assertion: SlotsSet | SlotsNotSet, events: Events, after: int) -> int | None:
    if isinstance(assertion, SlotsSet):
        return _several([slot.fits for slot in assertion.slots], events, after, every=True)
    return after if all(_is_unset(slot, events[after:]) for slot in assertion.slots) else None


def _is_unset(slot: SlotValue, events: Events) -> bool:
    values = [event["value"] for event in events if event["event"] == "slot" and event["name"] == slot.name]
    if slot.any_value:
        return not values or values[-1] is None
    return not any(same(value, slot.value) for value in values)


def _several(
    tests: Sequence[Callable[[Event], bool]], events: Events, after: int, *, every: bool
) -> int | None:
    places = [_first(events, test, after) for test in tests]
    found = [place for place in places if place is not None]
    if not found or (every and len(found) < len(places)):
        return None
    return max(found) if every else min(found)


def _first(events: Events, test: Callable[[Event], bool], after: int) -> int | None:
    return next((at + 1 for at in range(after, len(events)) if test(events[at])), None)


def _is(kind: str, flow: str) -> Callable[[Event], bool]:
    return lambda event: bool(event["event"] == kind and event["flow_id"] == flow)


def _ends(event: Event, wanted: FlowEnded, assistant: Assistant) -> bool:
    if event["event"] != wanted.how or event["flow_id"] != wanted.flow:
        return False
    if wanted.step in (None, event["step_id"]):
        return True
    flow = assistant.flows.get(wanted.flow)
    step = flow.steps.get(event["step_id"]) if flow else None
    return step is not None and main_value(step) == wanted.step


def _clarifies(event: Event, wanted: ClarificationContains, assistant: Assistant) -> bool:
    if event["event"] != "flow_started" or event["flow_id"] != "pattern_clarification":
        return False
    ids = [str(flow) for flow in event.get("options", ())]
    offered = {*ids, *map(str, event.get("names", ())), *(assistant.flows[flow].name for flow in ids)}
    return (all if wanted.every else any)(flow in offered for flow in wanted.flows)


def _says(text: str, wanted: str) -> bool:
    if text.strip() == wanted.strip():
        return True
    try:
        return re.search(wanted, text) is not None
    except re.error:
        return False
