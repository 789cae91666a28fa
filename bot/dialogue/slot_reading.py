"""YAML -> slots: their types and values, what fills them, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any, cast, get_args

from bot.dialogue.keys import (
    ACTIVE_FLOW,
    IGNORED_OF_MAPPING,
    LEGACY_OF_SLOTS,
    MAPPINGS,
    MEDIA,
    NEEDED_BY_MAPPINGS,
    REJECTION,
    SLOT,
    VALIDATION,
    mapping_keys,
)
from bot.dialogue.model import (
    Mapped,
    Rejection,
    Slot,
    SlotType,
)
from bot.dialogue.names import Names, read_condition, read_response_name
from bot.dialogue.reading import Fields, Ledger, items_of, nearest, plain
from bot.dialogue.values import WrongValue, coerce, shown
from bot.source import Node
from nlu.understanding import AskedKind

_SLOT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def read_slot(name: Node, node: Node, ledger: Ledger) -> Slot:
    """The slot without what refers to other things; `finish_slot` adds that."""
    label = f'slot "{name.scalar}"'
    fields = Fields(node, ledger, label, SLOT)
    if not _SLOT_NAME.fullmatch(str(name.scalar)):
        ledger.add(
            name, "E-ID", f"{label}: a slot's name has letters, digits and _, and begins with no digit"
        )
    for key in LEGACY_OF_SLOTS:
        if fields.get(key) is not None:
            ledger.add(node.key(key) or node, "W-LEGACY", f'"{key}" has no effect; remove it')
    kind = fields.text("type")
    if kind not in get_args(SlotType) and node.kind == "mapping":
        ledger.add(
            node.get("type") or name,
            "E-TYPE",
            f"{label} needs a type: {', '.join(get_args(SlotType))}{nearest(kind, get_args(SlotType))}",
        )
    if kind not in get_args(SlotType):
        kind = "any"
    asks_for = fields.maybe_text("asks_for")
    if asks_for is not None and asks_for not in get_args(AskedKind):
        ledger.add(
            node.get("asks_for") or node, "E-VALUE", f'"asks_for" is one of {", ".join(get_args(AskedKind))}'
        )
        asks_for = None
    if name.scalar == "route_session_to_calm":
        ledger.add(name, "W-COEX", "there is only one system; ignored")
    slot = Slot(
        name=str(name.scalar),
        type=cast(SlotType, kind),
        position=name.position,
        values=_values(fields, kind, label, ledger),
        shared=fields.flag("shared_for_coexistence", False),
        asks_for=cast(AskedKind | None, asks_for),
    )
    return replace(slot, initial_value=read_value(fields.get("initial_value"), slot, ledger))


def _values(fields: Fields, kind: str, label: str, ledger: Ledger) -> tuple[Any, ...]:
    node = fields.get("values")
    if (node is None) == (kind == "categorical"):
        where = node or fields.node
        ledger.add(where, "E-VALUE", f'{label}: "values" belongs to categorical slots, and only to those')
        return ()
    values: list[Any] = []
    for item in items_of(node, ledger, f'"values" of {label}') if node else ():
        if item.kind != "scalar" or item.scalar is None:
            ledger.add(item, "E-TYPE", f"a value of {label} is text, a number or true/false")
        elif any(shown(item.scalar).casefold() == shown(v).casefold() for v in values):
            ledger.add(
                item, "E-DUP", f'{label} has the value "{shown(item.scalar)}" twice (case does not count)'
            )
        else:
            values.append(item.scalar)
    if node is not None and node.kind == "sequence" and not node.items:
        ledger.add(node, "E-VALUE", f"{label}: write its values; a slot without any can never be filled")
    return tuple(values)


def read_value(node: Node | None, slot: Slot, ledger: Ledger) -> Any:
    """A literal of content for this slot."""
    if node is None:
        return None
    try:
        return coerce(slot, node.plain())
    except WrongValue as error:
        ledger.add(node, "E-VALUE", f'slot "{slot.name}" is {slot.type}: this is {error}')
        return None


def finish_slot(slot: Slot, node: Node, ledger: Ledger, names: Names) -> Slot:
    """Adds mappings and validation, which name intents, entities, flows and responses."""
    fields = Fields(node, Ledger(), f'slot "{slot.name}"', ())  # its keys were checked by read_slot
    fields.ledger = ledger
    mappings = tuple(read_mapping(item, slot, ledger, names) for item in fields.items("mappings"))
    validation = fields.get("validation")
    rejections: tuple[Rejection, ...] = ()
    refill: str | None = None
    if validation is not None:
        inner = Fields(validation, ledger, f'"validation" of slot "{slot.name}"', VALIDATION)
        rejections = read_rejections(inner, slot.name, ledger, names)
        refill = read_response_name(inner, "refill_utter", ledger, names)
    return replace(
        slot,
        mappings=mappings or slot.mappings,
        rejections=rejections,
        refill_utter=refill,
        validated=validation is not None,
    )


def read_mapping(node: Node, slot: Slot, ledger: Ledger, names: Names) -> Mapped:
    kind = str(plain(node.get("type")) if node.kind == "mapping" else None)
    if kind == "custom":
        ledger.add(node, "E-FORM", 'mapping "custom": use "controlled" and "active_flow"')
        return Mapped(type="controlled")
    if kind not in MAPPINGS:
        ledger.add(
            node,
            "E-VALUE",
            f'a mapping has a "type": {", ".join(MAPPINGS)}{nearest(kind, MAPPINGS)}',
        )
        return Mapped(type="controlled")
    what = f'mapping "{kind}" of slot "{slot.name}"'
    fields = Fields(node, ledger, what, mapping_keys(kind))
    if node.get(IGNORED_OF_MAPPING) is not None:
        ledger.add(node.key(IGNORED_OF_MAPPING) or node, "W-COEX", "there is only one system; ignored")
    for key in NEEDED_BY_MAPPINGS.get(kind, ()):
        if node.key(key) is None:
            ledger.add(node, "E-KEY", f'{what} needs "{key}"')
    media = fields.maybe_text("kind")
    if media is not None and media not in MEDIA:
        known = ", ".join(MEDIA)
        ledger.add(node.get("kind") or node, "E-VALUE", f'"kind" is one of {known}{nearest(media, MEDIA)}')
    entity = fields.maybe_text("entity")
    if entity is not None and entity not in names.entities:
        ledger.add(
            node.get("entity") or node,
            "E-REF",
            f'there is no entity "{entity}"{nearest(entity, names.entities)}; list it under "entities"',
        )
    for key in ("intent", "not_intent"):
        for intent, where in fields.named(key):
            if intent not in names.intents:
                ledger.add(
                    where,
                    "E-REF",
                    f'there is no intent "{intent}"{nearest(intent, names.intents)}; list it under "intents"',
                )
    every_turn = fields.maybe_text("run_action_every_turn")
    if every_turn is not None and every_turn not in names.actions:
        where = node.get("run_action_every_turn") or node
        ledger.add(where, "E-REF", f'there is no action "{every_turn}"{nearest(every_turn, names.actions)}')
    return Mapped(
        type=kind,
        entity=entity,
        role=fields.maybe_text("role"),
        group=fields.maybe_text("group"),
        intents=fields.names("intent"),
        not_intents=fields.names("not_intent"),
        value=read_value(fields.get("value"), slot, ledger),
        active_flows=_active_flows(fields, ledger, names),
        every_turn=every_turn,
        kind=media,
    )


def _active_flows(fields: Fields, ledger: Ledger, names: Names) -> tuple[str, ...]:
    found = []
    for item in fields.items("conditions"):
        if item.kind == "mapping" and item.get("active_loop") is not None:
            ledger.add(item, "E-FORM", 'there are no forms; use "active_flow"')
            continue
        flow = Fields(item, ledger, "a mapping's condition", ACTIVE_FLOW).text("active_flow")
        if flow not in names.flows:
            ledger.add(item, "E-REF", f'there is no flow "{flow}"{nearest(flow, names.flows)}')
        found.append(flow)
    return tuple(found)


def read_rejections(
    fields: Fields, slot: str, ledger: Ledger, names: Names, context: Collection[str] = ()
) -> tuple[Rejection, ...]:
    found = []
    for item in fields.items("rejections"):
        inner = Fields(item, ledger, "a rejection", REJECTION)
        condition = inner.get("if")
        utter = read_response_name(inner, "utter", ledger, names)
        if condition is None or utter is None:
            ledger.add(item, "E-KEY", 'a rejection needs both "if" and "utter"')
            continue
        read = read_condition(condition, ledger, names, context=context, only=slot)
        found.append(Rejection(condition=read, utter=utter))
    return tuple(found)
