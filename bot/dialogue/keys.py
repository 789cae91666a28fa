"""Every key of the flow format, with the shape of its value: what the loader knows and editors are told.

The loader takes the names from these tables, `schema.py` makes the JSON Schema of them: they cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from bot.dialogue.model import SlotType
from bot.dialogue.outreach_keys import OUTREACH
from nlu.understanding import AskedKind

Shape = Mapping[str, Any]  # a JSON Schema
Keys = Mapping[str, Shape]

TEXT: Shape = {"type": "string", "minLength": 1}
WORDS: Shape = {"type": "string"}
FLAG: Shape = {"type": "boolean"}
NUMBER: Shape = {"type": "number"}
ANYTHING: Shape = {}
SCALAR: Shape = {"type": ["string", "number", "boolean"]}
MAPPING: Shape = {"type": "object"}
CONDITION: Shape = {"type": ["string", "boolean"]}


def one_of(words: Iterable[str]) -> Shape:
    return {"enum": list(words)}


def list_of(shape: Shape, *, least: int = 0) -> Shape:
    return {"type": "array", "items": shape, **({"minItems": least} if least else {})}


def table(keys: Keys, *, needs: Iterable[str] = ()) -> Shape:
    """A mapping with these keys and no others."""
    needed = list(needs)
    return {
        "type": "object",
        "properties": dict(keys),
        "additionalProperties": False,
        **({"required": needed} if needed else {}),
    }


def by_name(shape: Shape) -> Shape:
    return {"type": "object", "additionalProperties": shape}


def either(*shapes: Shape) -> Shape:
    return {"anyOf": list(shapes)}


NAMES: Shape = either(TEXT, list_of(TEXT))

# Steps

REJECTION: Keys = {"if": CONDITION, "utter": TEXT}
REJECTIONS = list_of(table(REJECTION, needs=REJECTION))

_STEPS: Shape = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/step"}}
_TARGET: Shape = either(TEXT, _STEPS)
BRANCH: Keys = {"if": CONDITION, "then": _TARGET}
LAST_BRANCH: Keys = {"else": _TARGET}
_BRANCHES: Shape = {
    "type": "array",
    "minItems": 1,
    "items": either(table(BRANCH, needs=BRANCH), table(LAST_BRANCH, needs=LAST_BRANCH)),
}
COMMON: Keys = {
    "id": TEXT,
    "next": either(TEXT, _STEPS, _BRANCHES),
    "description": WORDS,
    "metadata": MAPPING,
}
_VALUES: Shape = {"type": "object", "minProperties": 1}
COLLECT: Keys = {
    "utter": TEXT,
    "ask_before_filling": FLAG,
    "reset_after_flow_ends": FLAG,
    "rejections": REJECTIONS,
    "force_slot_filling": FLAG,
    "max_attempts": {"type": "integer", "minimum": 1},
}
#: The kinds of steps: what stands under the kind's own key, and which keys may stand beside it.
STEPS: Mapping[str, tuple[Shape, Keys]] = {
    "action": (TEXT, COMMON),
    "collect": (TEXT, {**COMMON, **COLLECT}),
    "link": (TEXT, {"id": TEXT}),
    "call": (TEXT, COMMON),
    "set_slots": (either(_VALUES, list_of(_VALUES, least=1)), COMMON),
    "noop": ({"const": True}, COMMON),
}

# Flows

TRIGGER_INTENT: Keys = {
    "name": TEXT,
    "confidence_threshold": {"type": "number", "minimum": 0, "maximum": 1},
}
TRIGGER: Keys = {"intent": either(TEXT, table(TRIGGER_INTENT, needs=["name"]))}
FLOW_TRANSLATION: Keys = {"name": TEXT}
FLOW: Keys = {
    "description": TEXT,
    "name": TEXT,
    "if": CONDITION,
    "nlu_trigger": list_of(table(TRIGGER, needs=TRIGGER)),
    "persisted_slots": NAMES,
    "run_pattern_completed": FLAG,
    "always_include_in_prompt": FLAG,
    "translation": by_name(table(FLOW_TRANSLATION, needs=FLOW_TRANSLATION)),
    "steps": _STEPS,
}

# Slots

ACTIVE_FLOW: Keys = {"active_flow": TEXT}
_OF_INTENT: Keys = {"intent": NAMES, "not_intent": NAMES}
_OF_EVERY_MAPPING: Keys = {"conditions": list_of(table(ACTIVE_FLOW, needs=ACTIVE_FLOW))}
MEDIA = ("image", "audio", "document", "location")
IGNORED_OF_MAPPING = "coexistence_system"
#: The types of slot mappings, and the keys of each.
MAPPINGS: Mapping[str, Keys] = {
    "from_entity": {"entity": TEXT, "role": TEXT, "group": TEXT, **_OF_INTENT},
    "from_intent": {"value": ANYTHING, **_OF_INTENT},
    "from_trigger_intent": {"value": ANYTHING, **_OF_INTENT},
    "from_text": _OF_INTENT,
    "from_llm": {"allow_nlu_correction": FLAG},
    "controlled": {"run_action_every_turn": TEXT},
    "from_media": {"kind": one_of(MEDIA)},
}
NEEDED_BY_MAPPINGS: Mapping[str, tuple[str, ...]] = {"from_entity": ("entity",), "from_intent": ("value",)}


def mapping_keys(kind: str) -> Keys:
    """All keys of one type of mapping."""
    return {"type": {"const": kind}, **MAPPINGS[kind], **_OF_EVERY_MAPPING, IGNORED_OF_MAPPING: ANYTHING}


VALIDATION: Keys = {"rejections": REJECTIONS, "refill_utter": TEXT}
LEGACY_OF_SLOTS = ("influence_conversation", "min_value", "max_value")
SLOT: Keys = {
    "type": one_of(get_args(SlotType)),
    "values": list_of(SCALAR, least=1),
    "initial_value": ANYTHING,
    "mappings": list_of(
        either(
            *(
                table(mapping_keys(kind), needs=("type", *NEEDED_BY_MAPPINGS.get(kind, ())))
                for kind in MAPPINGS
            )
        )
    ),
    "validation": table(VALIDATION),
    "asks_for": one_of(get_args(AskedKind)),
    "shared_for_coexistence": FLAG,
    **dict.fromkeys(LEGACY_OF_SLOTS, ANYTHING),
}

# Responses

BUTTON_TRANSLATION: Keys = {"title": TEXT}
BUTTON: Keys = {
    "title": TEXT,
    "payload": TEXT,
    "translation": by_name(either(TEXT, table(BUTTON_TRANSLATION, needs=BUTTON_TRANSLATION))),
}
LEGACY_CONDITION: Keys = {"type": TEXT, "name": TEXT, "value": ANYTHING}
#: A variation has at least one of these.
SHOWN: Keys = {
    "text": TEXT,
    "image": ANYTHING,
    "custom": ANYTHING,
    "attachment": ANYTHING,
    "buttons": list_of(table(BUTTON, needs=("title", "payload"))),
    "elements": ANYTHING,
}
VARIATION: Keys = {
    **SHOWN,
    "id": TEXT,
    "channel": TEXT,
    "condition": either(CONDITION, list_of(table(LEGACY_CONDITION))),
    "metadata": MAPPING,
    "translation": by_name(TEXT),
    "allow_interruptions": ANYTHING,
}
_VARIATIONS: Shape = list_of({**table(VARIATION), "anyOf": [{"required": [key]} for key in SHOWN]}, least=1)

# Actions

_AFTER: Shape = either(FLAG, TEXT, list_of(TEXT))
OUTCOME: Keys = {"slot": TEXT, "values": NAMES, "once": NAMES}
ACTION: Keys = {
    "outcome": table(OUTCOME, needs=("slot", "values")),
    "sets": NAMES,
    "timeout": {"type": "number", "exclusiveMinimum": 0},
    "sends": NAMES,
    "sends_message": FLAG,
    "send_domain": FLAG,
    "holds": _AFTER,
    "releases": _AFTER,
    "books": _AFTER,
}

# Templates that Meta approves

_BY_LANGUAGE: Shape = by_name(TEXT)
#: The kinds of buttons of a template, and the shape of what stands under the kind's own key.
TEMPLATE_BUTTONS: Mapping[str, Shape] = {
    "reply": TEXT,
    "link": TEXT,
    "phone": TEXT,
    "contact": {"const": True},
}
TEMPLATE: Keys = {
    "description": TEXT,
    "category": one_of(("utility", "marketing", "authentication")),
    "channels": list_of(one_of(("whatsapp", "messenger")), least=1),
    "parameters": by_name(either(TEXT, _BY_LANGUAGE)),
    "header": _BY_LANGUAGE,
    "body": _BY_LANGUAGE,
    "footer": _BY_LANGUAGE,
    "buttons": list_of(
        either(
            *(
                table({kind: main, "title": _BY_LANGUAGE}, needs=[kind])
                for kind, main in TEMPLATE_BUTTONS.items()
            )
        )
    ),
}

# The rest

_EXAMPLE: Keys = {"text": TEXT, "metadata": ANYTHING}
_EXAMPLES: Shape = either(TEXT, list_of(either(TEXT, table(_EXAMPLE, needs=["text"]))))
#: What an item of training data is about; each item is about one.
TRAINED = ("intent", "synonym", "regex", "lookup")
TRAINING: Keys = {**dict.fromkeys(TRAINED, TEXT), "examples": _EXAMPLES, "metadata": ANYTHING}
SESSION: Keys = {
    "session_expiration_time": {"type": "number", "minimum": 0},
    "carry_over_slots_to_new_session": FLAG,
    "start_session_after_expiry": ANYTHING,
}
_LISTED: Shape = list_of(either(TEXT, {"type": "object", "minProperties": 1, "maxProperties": 1}))
SECTIONS: Keys = {
    "version": either(TEXT, NUMBER),
    "flows": by_name(table(FLOW, needs=("description", "steps"))),
    "answers": by_name(_VARIATIONS),
    "slots": by_name(table(SLOT, needs=["type"])),
    "responses": {**by_name(_VARIATIONS), "propertyNames": {"pattern": "^utter_"}},
    "actions": list_of(
        either(
            TEXT,
            {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": either(table(ACTION), {"type": "null"}),
            },
        )
    ),
    "intents": _LISTED,
    "entities": _LISTED,
    "nlu": list_of(table(TRAINING, needs=["examples"])),
    "session_config": table(SESSION),
    "templates": by_name(table(TEMPLATE, needs=("category", "channels", "body"))),
    "outreach": OUTREACH,
    "language": TEXT,
    "additional_languages": list_of(TEXT),
}
TEST_SECTIONS = ("test_cases", "fixtures", "metadata", "stub_custom_actions")
