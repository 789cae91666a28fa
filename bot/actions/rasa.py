"""The assistant and a call as rasa-sdk's actions know them: its domain, its tracker (flow format, 7.1)."""

import marshal
from collections.abc import Mapping
from typing import Any

from bot.dialogue.model import Assistant, CollectStep, Mapped, Response, Slot
from bot.ports import ActionCall

Plain = dict[str, Any]


def rasa_domain(assistant: Assistant) -> Plain:
    """Rasa's domain. Its `forms` hold what rasa-sdk's FormValidationAction looks for: of `validate_SLOT`,
    the slot itself."""
    return {
        "intents": [{intent: {"use_entities": True}} for intent in sorted(assistant.intents)],
        "entities": sorted(assistant.entities),
        "slots": {name: _slot(slot) for name, slot in sorted(assistant.slots.items())},
        "responses": {name: _variations(known) for name, known in sorted(assistant.responses.items())},
        "actions": sorted(assistant.actions),
        "forms": {
            action.removeprefix("validate_"): {"required_slots": [slot]}
            for action, slot in sorted(validated_slots(assistant).items())
        },
    }


def validated_slots(assistant: Assistant) -> dict[str, str]:
    """Action -> the slot that it validates."""
    return {
        step.validate_action: step.slot
        for flow in assistant.flows.values()
        for step in flow.steps.values()
        if isinstance(step, CollectStep) and step.validate_action is not None
    }


def tracker_state(call: ActionCall, *, validates: str | None = None) -> Plain:
    """Rasa's tracker state, a copy. The slot that is validated comes last among the events: so rasa-sdk
    finds it."""
    # The call may be kept in the turn's ledger: an action that edits its slots must not edit the record.
    state: Plain = {"sender_id": call.contact, "user_id": call.contact, **_copied(dict(call.tracker))}
    value = (state.get("slots") or {}).get(validates) if validates else None
    if value is not None:
        candidate = {"event": "slot", "timestamp": None, "name": validates, "value": value}
        state["events"] = [*(state.get("events") or ()), candidate]
    return state


def _copied(value: Any) -> Any:
    """Of plain JSON: many times as fast as copy.deepcopy, which remembers what it saw."""
    try:
        return marshal.loads(marshal.dumps(value))
    except ValueError:  # something in it is more than JSON, such as a name that is an enum's
        return _copied_part_by_part(value)


def _copied_part_by_part(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copied_part_by_part(part) for name, part in value.items()}
    return [_copied_part_by_part(part) for part in value] if isinstance(value, (list, tuple)) else value


def _slot(slot: Slot) -> Plain:
    shown: Plain = {
        "type": slot.type,
        "initial_value": slot.initial_value,
        "mappings": [_mapping(mapping) for mapping in slot.mappings],
    }
    return shown | ({"values": list(slot.values)} if slot.values else {})


def _mapping(mapping: Mapped) -> Plain:
    shown = {
        "entity": mapping.entity,
        "role": mapping.role,
        "group": mapping.group,
        "intent": list(mapping.intents) or None,
        "not_intent": list(mapping.not_intents) or None,
        "value": mapping.value,
    }
    return {"type": mapping.type} | {key: value for key, value in shown.items() if value is not None}


def _variations(response: Response) -> list[Plain]:
    return [
        {
            "text": variation.texts.get(response.primary),
            "translation": {
                language: text for language, text in variation.texts.items() if language != response.primary
            },
            "buttons": [
                {"title": _in(button.titles, response.primary), "payload": button.payload}
                for button in variation.buttons
            ],
            **({"channel": variation.channel} if variation.channel else {}),
            **({"id": variation.id} if variation.id else {}),
        }
        for variation in response.variations
    ]


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or next(iter(texts.values()), "")
