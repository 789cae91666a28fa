"""What a conversation waits for, in the words of whoever reads the next message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.dialogue.effects import Button
from bot.dialogue.model import Assistant, LinkStep, Slot
from bot.dialogue.stacking import waiting_step
from bot.dialogue.state import Conversation, Frame
from nlu.understanding import AskedKind, OfferedChoice

#: Slots whose name says what is asked for; `asks_for` in the slot's YAML says it for any other.
_BY_NAME: Mapping[str, AskedKind] = {
    "opening": "opening",
    "wish": "time",
    "patient_name": "name",
    "phone": "phone",
    "birth_date": "birth_date",
    "visit_type": "visit_type",
}


#: Answers after which a visit stands.
FIXED = frozenset({"utter_booked", "utter_visit_moved", "utter_requested", "utter_move_requested"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`slot` is None when nothing is asked but buttons are in view, as after a greeting.

    `is_final`: the yes that it waits for is the last word before something is done.
    """

    slot: str | None
    kind: AskedKind
    buttons: tuple[Button, ...] = ()
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class _AtRest:
    assistant: Assistant
    stack: Sequence[Frame]


def asked(assistant: Assistant, conversation: Conversation) -> Asked | None:
    """None when nothing is waited for: nothing asked or offered, or a person owns the conversation."""
    if conversation.paused:
        return None
    offered = conversation.offered
    top = conversation.stack[-1] if conversation.stack else None
    step = waiting_step(_AtRest(assistant, conversation.stack), top) if top and top.is_waiting else None
    if step is None:
        return Asked(slot=None, kind="choice", buttons=offered) if offered else None
    kind = kind_of(assistant.slots[step.slot], bool(offered))
    # What is asked even where the slot is filled is asked of what is on the screen, and of nothing before it.
    is_final = kind == "yes_no" and step.ask_before_filling
    return Asked(slot=step.slot, kind=kind, buttons=offered, is_final=is_final)


def was_just_fixed(conversation: Conversation) -> bool:
    """Whether the last that was said is that a visit stands."""
    return any(said.response in FIXED for said in conversation.said)


def kind_of(slot: Slot, offers: bool = False) -> AskedKind:
    if slot.asks_for is not None:
        return slot.asks_for
    if slot.type == "bool":
        return "yes_no"
    if slot.name in _BY_NAME:
        return _BY_NAME[slot.name]
    return "choice" if offers or slot.type == "categorical" else "text"


def handed_on(assistant: Assistant, flow_id: str) -> frozenset[str]:
    """When to come, for a flow that asks nothing itself and leads to one that does."""
    flow = assistant.flows.get(flow_id)
    if flow is None or assistant.fills[flow_id]:
        return frozenset()
    links = [step.flow for step in flow.steps.values() if isinstance(step, LinkStep)]
    asked = {name for each in links for name in assistant.fills.get(each, ())}
    return frozenset(n for n in asked - {*flow.own_slots()} if kind_of(assistant.slots[n]) == "time")


def asked_by(assistant: Assistant, flow_ids: Iterable[str]) -> frozenset[str]:
    """What flows that start ask for, here or where they lead."""
    return frozenset().union(*(assistant.fills[flow] | handed_on(assistant, flow) for flow in flow_ids))


def understanding_context_parts(assistant: Assistant, conversation: Conversation) -> dict[str, Any]:
    """`asking`, `choices` and `just_fixed` of nlu's Context. A choice's value is its button's payload."""
    waiting = asked(assistant, conversation)
    return {
        "asking": waiting.kind if waiting and waiting.slot else None,
        "just_fixed": was_just_fixed(conversation),
        "choices": tuple(_choice(button) for button in waiting.buttons) if waiting else (),
    }


def _choice(button: Button) -> OfferedChoice:
    try:
        start = datetime.fromisoformat(button.start).replace(tzinfo=None) if button.start else None
    except ValueError:
        start = None
    return OfferedChoice(
        title=button.title, value=button.payload, start=start, practitioner=button.practitioner
    )
