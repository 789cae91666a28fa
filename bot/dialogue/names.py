"""What content may refer to, and the check that a condition refers to nothing else."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.dialogue.conditions import (
    Comparison,
    Condition,
    ConditionRefused,
    Expression,
    Literal,
    Matching,
    Members,
    Path,
    holes,
    is_discouraged,
    parse_condition,
    walk,
)
from bot.dialogue.model import COLLECT, VALIDATE, Slot
from bot.dialogue.reading import Fields, Ledger, nearest
from bot.dialogue.values import shown
from bot.domain.practice import ANSWER_TOPICS
from bot.source import Node

_SLASHED = re.compile(r"/.*/[a-z]*")

#: What `context.` offers in each pattern (section 12).
CONTEXT: Mapping[str, frozenset[str]] = {
    COLLECT: frozenset({"collect", "utter", "collect_action", "rejections"}),
    VALIDATE: frozenset({"validate", "refill_utter", "refill_action", "rejections"}),
    "pattern_cancel_flow": frozenset({"canceled_name", "canceled_frames"}),
    "pattern_correction": frozenset(
        {
            *("corrected_slots", "new_slot_values", "names_nothing"),
            *("is_reset_only", "reset_flow_id", "reset_step_id"),
        }
    ),
    "pattern_clarification": frozenset({"names", "clarification_options"}),
    "pattern_continue_interrupted": frozenset(
        {
            "interrupted_flow_names",
            "interrupted_flow_ids",
            "interrupted_flow_options",
            "multiple_flows_interrupted",
            "previous_flow_name",
        }
    ),
    "pattern_completed": frozenset({"previous_flow_name"}),
    "pattern_cannot_handle": frozenset({"reason", "misunderstood"}),
    "pattern_search": frozenset({"topic"}),
    "pattern_human_handoff": frozenset({"reason"}),
    "pattern_pass_on": frozenset({"reason", "goes_on"}),
    "pattern_still_queued": frozenset({"waits_long"}),
    "pattern_internal_error": frozenset({"error_type", "info"}),
    "pattern_emergency": frozenset({"level", "key", "signal", "emergency_number"}),
    "pattern_stop": frozenset({"scope", "dropped"}),
    "pattern_media": frozenset({"kind", "media_id"}),
    "pattern_my_data": frozenset({"request"}),
    "pattern_out_of_hours": frozenset({"opens_at"}),
    "pattern_reminder_reply": frozenset({"reminder_id", "appointment_id", "reply"}),
    **dict.fromkeys(
        (
            "pattern_chitchat",
            "pattern_skip_question",
            "pattern_repeat_bot_messages",
            "pattern_code_change",
            "pattern_session_start",
            "pattern_restart",
            "pattern_user_silence",
            "pattern_customer_satisfaction",
            "pattern_stale_tap",
            "pattern_arranged_by_staff",
        ),
        frozenset(),
    ),
}

#: What the practice says of itself: filled by the service before every message, and never forgotten.
FACTS = frozenset(
    {
        "language",
        "channel",
        "practice_name",
        "practice_phone",
        "practice_address",
        "privacy_url",
        "emergency_number",
        "opening_hours",
        "opens_at",
        "practitioner_names",
        "practitioners_and_work",
        "visit_type_names",
        "visit_prices",
        "visit_durations",
        "diary_open_days",
        "chat_languages",
        "practice_website",
        "practice_email",
        "hours_asked",
        "offer_with_whom",
        "first_look_name",
        *(f"answer_{topic}" for topic in ANSWER_TOPICS),
    }
)


@dataclass(slots=True)
class Names:
    """Everything that content defines, by kind; filled before anything that refers to it is read."""

    languages: tuple[str, ...] = ()
    slots: dict[str, Slot] = field(default_factory=dict)
    responses: Collection[str] = ()
    flows: Collection[str] = ()
    actions: Collection[str] = ()
    intents: set[str] = field(default_factory=set)
    entities: set[str] = field(default_factory=set)


def read_condition(
    node: Node, ledger: Ledger, names: Names, *, context: Collection[str] = (), only: str | None = None
) -> Condition:
    """A condition over known slots. `only`: the one slot it should speak of; others are a warning."""
    never = parse_condition(False, node.position)
    if node.kind != "scalar" or not isinstance(node.scalar, (str, bool)):
        ledger.add(node, "E-COND", 'a condition is text, for example "slots.day is not null"')
        return never
    try:
        condition = parse_condition(node.scalar, node.position)
    except ConditionRefused as error:
        ledger.add(node, error.code, str(error))
        return never
    check_holes(node, ledger, condition.source, context)
    for path in sorted(condition.paths(), key=str):
        _check_path(path, node, ledger, names, context)
        if only and path.root == "slots" and path.name != only and path.name in names.slots:
            ledger.add(
                node, "W-LEGACY", f'looks at "{path.name}"; a rejection should only look at "{only}" itself'
            )
    for part in walk(condition.tree):
        if isinstance(part, Literal) and is_discouraged(part.value):
            ledger.add(node, "W-LEGACY", "`undefined` and `empty` are rarely meant; write `is null`")
        if isinstance(part, Comparison):
            _check_types(part, node, ledger, names)
        if isinstance(part, Matching) and _SLASHED.fullmatch(part.pattern):
            ledger.add(node, "W-LEGACY", f'"{part.pattern}" is matched with its slashes; write (?i)...')
    return condition


def check_holes(node: Node, ledger: Ledger, text: str, context: Collection[str]) -> None:
    """`{{context.NAME}}` is for the loops alone: what they collect differs from question to question."""
    fillable = CONTEXT[COLLECT] | CONTEXT[VALIDATE] if "rejections" in context else frozenset()
    for name in holes(text):
        if name not in fillable or name not in context:
            ledger.add(node, "E-COND", f"{{{{context.{name}}}}} stands only in {COLLECT} and {VALIDATE}")


def _check_path(path: Path, node: Node, ledger: Ledger, names: Names, context: Collection[str]) -> None:
    if path.root == "context":
        if path.name not in context:
            known = (
                f"; here it has {', '.join(sorted(context))}" if context else "; only patterns have a context"
            )
            ledger.add(node, "E-COND", f"there is no {path}{known}")
    elif path.name not in names.slots:
        ledger.add(node, "E-REF", f'there is no slot "{path.name}"{nearest(path.name, names.slots)}')
    elif len(path.parts) > 1:
        ledger.add(node, "E-COND", f'"{path}" looks into a slot; only slots.{path.name} can be read')


def _check_types(part: Comparison, node: Node, ledger: Ledger, names: Names) -> None:
    for one, other in ((part.left, part.right), (part.right, part.left)):
        slot = _slot(one, names)
        if slot is None:
            continue
        is_member = part.operator == "contains" and one is part.right
        for literal in _literals(other):
            problem = _mismatch(slot, "=" if is_member else part.operator, literal)
            if problem:
                ledger.add(node, "E-COND", problem)
        numeric = any(isinstance(v, str) and v.replace(".", "").isdigit() for v in _literals(other))
        if numeric and part.operator in ("<", "<=", ">", ">=") and slot.type in ("text", "categorical"):
            ledger.add(
                node, "W-TEXTORDER", f'"{slot.name}" is text: it is ordered by letters, not as a number'
            )


def _mismatch(slot: Slot, operator: str, literal: Any) -> str | None:
    """Why a comparison with this literal can never mean anything; null always does."""
    if literal is None or is_discouraged(literal) or slot.type in ("any", "list"):
        return None
    ordering = operator in ("<", "<=", ">", ">=")
    kind = "bool" if isinstance(literal, bool) else "float" if isinstance(literal, (int, float)) else "text"
    if slot.type == "categorical":
        if operator == "contains" or (ordering and any(type(v) is type(literal) for v in slot.values)):
            return None
        if not any(type(v) is type(literal) and v == literal for v in slot.values):
            values = ", ".join(f'"{shown(v)}"' for v in slot.values)
            return f'"{slot.name}" is never "{shown(literal)}"; its values are {values}'
        return None
    if kind != slot.type or (ordering and kind == "bool"):
        return f'"{slot.name}" is {slot.type} and "{shown(literal)}" is {kind}: they cannot be compared'
    return None


def _slot(part: Expression, names: Names) -> Slot | None:
    return names.slots.get(part.name) if isinstance(part, Path) and part.root == "slots" else None


def _literals(part: Expression) -> list[Any]:
    if isinstance(part, Literal):
        return [part.value]
    if isinstance(part, Members):
        return [item.value for item in part.items if isinstance(item, Literal)]
    return []


def read_response_name(fields: Fields, key: str, ledger: Ledger, names: Names) -> str | None:
    """None where there is no such key; a name that nobody has is a problem, and stays."""
    name = fields.maybe_text(key)
    if name is not None and name not in names.responses:
        ledger.add(
            fields.get(key) or fields.node,
            "E-REF",
            f'there is no response "{name}"{nearest(name, names.responses)}',
        )
    return name
