"""What an intent asks of the engine, and what a button's payload does (flow format, 14.2 and 14.3).

A tap says exactly what its button says: no weighing, confidence 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.dialogue.asking import kind_of
from bot.dialogue.builtin_actions import SMALL_TALK
from bot.dialogue.commands import (
    CancelFlow,
    ChitChat,
    Command,
    DataRequest,
    HumanHandoff,
    KnowledgeAnswer,
    RepeatBotMessages,
    Restart,
    SessionEnd,
    SessionStart,
    SetSlot,
    SkipQuestion,
    StartFlow,
    StopMessages,
    UserSilence,
)
from bot.dialogue.model import Assistant, Mapped, Slot
from bot.dialogue.payloads import IntentPayload, SlotsPayload, read_payload
from bot.dialogue.stacking import active_chain
from bot.dialogue.state import Conversation

#: Slots of these kinds take the entity of that name, asked or not.
ENTITY_OF_KIND: Mapping[str, str] = {
    "name": "person",
    "phone": "phone",
    "birth_date": "birth_date",
    "code": "code",
    "visit_type": "visit_type",
    "time": "wish",
}

#: Wishes that only a person can fulfil when the project has no flow for them.
_FOR_PEOPLE = frozenset(
    {"book_visit", "reschedule_visit", "cancel_visit", "my_appointments", "running_late", "urgent_pain"}
)

_RESERVED: Mapping[str, Command] = {
    "restart": Restart(),
    "session_start": SessionStart(),
    "session_end": SessionEnd(),
    "silence_timeout": UserSilence(),
}

_ACTS: Mapping[str, Command] = {
    "human": HumanHandoff(),
    "stop": StopMessages(),
    "my_data": DataRequest(),
    "cancel_flow": CancelFlow(),
    "repeat": RepeatBotMessages(),
    "skip": SkipQuestion(),
    "chitchat": ChitChat(),
}


def payload_commands(
    payload: str, assistant: Assistant, conversation: Conversation | None = None
) -> tuple[Command, ...] | None:
    """What a tap on a button of ours asks. None for plain text: it is to be read as if typed."""
    read = read_payload(payload)
    if read is None:
        return None
    if isinstance(read, SlotsPayload):
        return tuple(SetSlot(name, value, by_tap=True) for name, value in read.pairs)
    act = _RESERVED.get(read.intent) or act_of(read.intent, assistant)
    named = [
        SetSlot(slot.name, _last(value), by_tap=True)
        for entity, value in read.entities.items()
        for slot in _slots_of_entity(entity, read.intent, assistant)
    ]
    return (*((act,) if act is not None else ()), *named, *_by_intent(read, assistant, conversation))


def act_of(intent: str, assistant: Assistant) -> Command | None:
    """The command that an intent is, whatever else the message says."""
    if intent in assistant.triggers:
        return StartFlow(assistant.triggers[intent])
    if intent == "complaint" or intent in _FOR_PEOPLE:
        return HumanHandoff(reason=intent)
    if intent.startswith("faq/"):
        return KnowledgeAnswer(topic=intent.removeprefix("faq/"))
    if intent in SMALL_TALK:
        return KnowledgeAnswer(topic=intent)
    return _ACTS.get(intent)


def intent_fits(mapping: Mapped, intent: str) -> bool:
    """`intent` and `not_intent` of a mapping; "" where nothing was recognised."""
    if mapping.intents and intent not in mapping.intents:
        return False
    return not intent or intent not in mapping.not_intents


def _by_intent(
    read: IntentPayload, assistant: Assistant, conversation: Conversation | None
) -> Iterator[SetSlot]:
    """Slots that the intent itself fills; `from_trigger_intent` only where it starts its flow."""
    chain = active_chain(conversation.stack) if conversation else None
    active = [frame.flow_id for frame in chain.user_frames] if chain else []
    started = assistant.triggers.get(read.intent)
    for slot in assistant.slots.values():
        for mapping in slot.mappings:
            if mapping.type == "from_trigger_intent":
                fires = started is not None and started not in active[:1]
            else:
                fires = mapping.type == "from_intent"
            elsewhere = conversation is not None and not {*active, started} & {*mapping.active_flows}
            if not fires or not intent_fits(mapping, read.intent) or (mapping.active_flows and elsewhere):
                continue
            yield SetSlot(slot.name, mapping.value, by_tap=True)
            break  # the first that fires gives the value


def _slots_of_entity(entity: str, intent: str, assistant: Assistant) -> Iterable[Slot]:
    flow = assistant.triggers.get(intent)
    fills = assistant.fills[flow] if flow else frozenset()
    for slot in assistant.slots.values():
        mapped = any(_maps(m, entity, intent) for m in slot.mappings)
        by_kind = slot.name in fills and entity in (slot.name, ENTITY_OF_KIND.get(kind_of(slot)))
        if mapped or by_kind:
            yield slot


def _maps(mapping: Mapped, entity: str, intent: str) -> bool:
    """A payload's entities have neither role nor group."""
    plain = mapping.role is None and mapping.group is None
    return (
        mapping.type == "from_entity" and mapping.entity == entity and plain and intent_fits(mapping, intent)
    )


def _last(values: Any) -> Any:
    return values[-1] if isinstance(values, list) and values else values
