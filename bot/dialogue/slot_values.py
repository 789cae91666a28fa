"""Which slots a message fills, and with what (flow format, 14.3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.dialogue.asking import handed_on, kind_of
from bot.dialogue.commands import SetSlot
from bot.dialogue.message import Message
from bot.dialogue.model import Mapped, Slot
from bot.dialogue.name_repairs import name_to_ask_again, told_better
from bot.dialogue.taps import ENTITY_OF_KIND, intent_fits
from bot.dialogue.values import shown
from bot.domain.relative_wish import is_relative
from bot.domain.standing_wish import standing
from nlu.understanding import Entity


def filled(
    message: Message, *, without: Sequence[tuple[int, int]], taken: frozenset[str]
) -> tuple[SetSlot, ...]:
    """What the message fills: slots of the active flow, of the one it starts, and the asked one."""
    if (wrong := name_to_ask_again(message)) is not None:
        return (SetSlot(wrong, None),)
    entities = [e for e in message.understanding.entities if not any(_overlap(e, span) for span in without)]
    if without:
        entities = [e for e in entities if e.entity != "wish"]  # "the 10:30 one" is no new wish
    found = []
    names = [name for name in _fillable(message) if name not in taken]
    if message.asked_slot in names:
        names = [message.asked_slot, *(name for name in names if name != message.asked_slot)]
        answer = _value(message, message.assistant.slots[names[0]], entities)
        if answer is not None and message.asked is not None and message.asked.kind in ENTITY_OF_KIND:
            span = _span(entities, ENTITY_OF_KIND[message.asked.kind])
            entities = [e for e in entities if e.entity != "wish" or not span or not _overlap(e, span)] + [
                e for e in entities if e.entity == "wish" and message.asked.kind == "time"
            ]
    for name in names:
        slot = message.assistant.slots[name]
        value = told_better(message, slot, _value(message, slot, entities))
        if value is not None and not _is_told_by_nothing(message, name, value):
            found.append(SetSlot(name, _with_what_stood(message, slot, value)))
    return tuple(found)


def _is_told_by_nothing(message: Message, name: str, value: Any) -> bool:
    """ "It came back a week later, I need a check-up": while nothing is offered yet, it is no wish."""
    if not is_relative(value) or value.get("windows") or value.get("part"):
        return False
    is_booked = message.is_of_a_booking(name) or name in _handed_on(message)
    return message.conversation.slots.get(name) is None and is_booked


def _with_what_stood(message: Message, slot: Slot, value: Any) -> Any:
    """ "Not on Friday", after "in the afternoon": what was said of when to come still holds."""
    if kind_of(slot) != "time" or is_relative(value):
        return value  # what is told by another time, whoever knows that time puts together
    return standing(message.conversation.slots.get(slot.name), value)


def whole_text(message: Message) -> tuple[SetSlot, ...]:
    """The asked slot takes the message as it is, where nothing else can be made of it."""
    slot = message.assistant.slots[message.asked_slot] if message.asked_slot else None
    text = message.text.strip()
    if slot is None or not text:
        return ()
    explicit = [m for m in slot.mappings if m.type == "from_text" and intent_fits(m, message.intent)]
    free = slot.type in ("text", "any") and kind_of(slot) == "text"
    default = free and any(m.type == "from_llm" for m in slot.mappings)
    return (SetSlot(slot.name, text),) if explicit or default else ()


def _fillable(message: Message) -> list[str]:
    fills = message.assistant.fills
    names: dict[str, None] = {}
    if message.asked_slot:
        names[message.asked_slot] = None
    for flow in (*message.active[:1], *((message.started,) if message.started else ())):
        names |= dict.fromkeys(sorted(fills[flow]))
    return [*names, *(name for name in _handed_on(message) if name not in names)]


def _handed_on(message: Message) -> list[str]:
    """ "My filling fell out, can I come tomorrow at ten?": what the booking asks that this leads to."""
    return sorted(handed_on(message.assistant, message.started)) if message.started else []


def _value(message: Message, slot: Slot, entities: Sequence[Entity]) -> Any:
    for mapping in sorted(slot.mappings, key=lambda m: m.type == "from_llm"):
        if mapping.active_flows and not any(
            flow in (*message.active, message.started) for flow in mapping.active_flows
        ):
            continue
        if not intent_fits(mapping, message.intent):
            continue
        value = _mapped(message, slot, mapping, entities)
        if value is not None:
            return value
    return None


def _mapped(message: Message, slot: Slot, mapping: Mapped, entities: Sequence[Entity]) -> Any:
    match mapping.type:
        case "from_entity":
            if mapping.entity == "yes_no" and slot.name != message.asked_slot:
                return None
            is_asked = slot.name == message.asked_slot
            fitting = [e for e in entities if _fits_role(e, mapping, is_asked=is_asked)]
            return last_value(_news(message, slot, fitting), mapping.entity or "")
        case "from_intent":
            return mapping.value
        case "from_trigger_intent":
            starts = message.started is not None and message.started not in message.active[:1]
            return mapping.value if starts else None
        case "from_llm":
            return _extracted(message, slot, entities)
    return None


def _news(message: Message, slot: Slot, entities: Sequence[Entity]) -> Sequence[Entity]:
    """ "A cleaning with the check-up", where the check-up stands already: the cleaning is what is new."""
    if kind_of(slot) != "visit_type":
        return entities
    other = [e for e in entities if e.value != message.conversation.slots.get(slot.name)]
    return other if any(e.entity == "visit_type" for e in other) else entities


def _extracted(message: Message, slot: Slot, entities: Sequence[Entity]) -> Any:
    """Our own reading of a slot without mappings: by what it asks for, or by an entity of its name."""
    kind = kind_of(slot)
    if kind in ENTITY_OF_KIND:
        return last_value(entities, ENTITY_OF_KIND[kind])
    if slot.name in message.assistant.entities:
        return last_value(entities, slot.name)
    if slot.name != message.asked_slot:
        return None
    text = message.text.strip()
    match slot.type:
        case "bool":
            value = last_value(entities, "yes_no")
            if value is None and message.understanding.details.get("withheld"):
                return None  # "ok wait" is like a yes, and is none
            return {"affirm": True, "deny": False}.get(message.intent) if value is None else value
        case "categorical":
            return _named_value(slot, text)
        case "float":
            number = re.search(r"-?\d+(?:[.,]\d+)?", text)
            return number[0] if number else None
    return None


def _fits_role(entity: Entity, mapping: Mapped, *, is_asked: bool) -> bool:
    """A mapping without role or group takes any; the asked slot takes what was named without either."""
    if is_asked and entity.role is None and entity.group is None:
        return True
    return mapping.role in (None, entity.role) and mapping.group in (None, entity.group)


def last_value(entities: Sequence[Entity], name: str) -> Any:
    return next((e.value for e in reversed(entities) if e.entity == name), None)


def _span(entities: Sequence[Entity], name: str) -> tuple[int, int] | None:
    return next(((e.start, e.end) for e in reversed(entities) if e.entity == name), None)


def _overlap(entity: Entity, span: tuple[int, int]) -> bool:
    return entity.start < span[1] and span[0] < entity.end


def _named_value(slot: Slot, text: str) -> Any:
    """The one value that the text names, alone or among other words."""
    folded = text.casefold()
    named = [v for v in slot.values if re.search(rf"(?<!\w){re.escape(shown(v).casefold())}(?!\w)", folded)]
    return named[0] if len(named) == 1 else None
