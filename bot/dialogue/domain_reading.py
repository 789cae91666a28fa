"""YAML -> slots, responses and actions."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any, cast, get_args

from bot.dialogue.conditions import Condition, parse_condition
from bot.dialogue.keys import (
    ACTION,
    ACTIVE_FLOW,
    BUTTON,
    BUTTON_TRANSLATION,
    IGNORED_OF_MAPPING,
    LEGACY_CONDITION,
    LEGACY_OF_SLOTS,
    MAPPINGS,
    MEDIA,
    NEEDED_BY_MAPPINGS,
    OUTCOME,
    REJECTION,
    SHOWN,
    SLOT,
    VALIDATION,
    VARIATION,
    mapping_keys,
)
from bot.dialogue.model import (
    ActionDeclaration,
    After,
    ButtonText,
    Mapped,
    Outcome,
    Rejection,
    Response,
    Slot,
    SlotType,
    Variation,
)
from bot.dialogue.names import Names, read_condition
from bot.dialogue.reading import Fields, Ledger, entries_of, items_of, nearest, plain, text_of
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


def read_response_name(fields: Fields, key: str, ledger: Ledger, names: Names) -> str | None:
    name = fields.maybe_text(key)
    if name is not None and name not in names.responses:
        ledger.add(
            fields.get(key) or fields.node,
            "E-REF",
            f'there is no response "{name}"{nearest(name, names.responses)}',
        )
    return name


def read_response(
    name: Node, node: Node, ledger: Ledger, names: Names, *, primary: str, is_answer: bool = False
) -> Response:
    label = f'{"answer" if is_answer else "response"} "{name.scalar}"'
    if not is_answer and not str(name.scalar).startswith("utter_"):
        ledger.add(name, "E-ID", f'{label}: the name of a response begins with "utter_"')
    items = items_of(node, ledger, label)
    if not items:
        ledger.add(name, "E-TYPE", f"{label} needs at least one variation")
    ids: set[Any] = set()
    for own in (item.get("id") for item in items):
        if own is not None and own.scalar in ids:
            ledger.add(own, "E-DUP", f'{label} has two variations with the id "{own.scalar}"')
        ids.add(own.scalar if own is not None else None)
    return Response(
        name=f"utter_faq/{name.scalar}" if is_answer else str(name.scalar),
        position=name.position,
        variations=tuple(_variation(item, label, ledger, names, primary) for item in items),
        primary=primary,
    )


def _variation(node: Node, label: str, ledger: Ledger, names: Names, primary: str) -> Variation:
    fields = Fields(node, ledger, label, VARIATION)
    if node.kind == "mapping" and not any(fields.get(key) is not None for key in SHOWN):
        ledger.add(node, "E-KEY", f"{label}: a variation needs one of {', '.join(SHOWN)}")
    if fields.get("allow_interruptions") is not None:
        ledger.add(
            node.key("allow_interruptions") or node,
            "W-LEGACY",
            '"allow_interruptions" is for voice; remove it',
        )
    texts = {primary: fields.text("text")} if fields.get("text") is not None else {}
    translation = fields.get("translation")
    if translation is not None:
        for language, text in entries_of(translation, ledger, f'"translation" of {label}'):
            texts[str(language.scalar)] = text_of(text, ledger, f"{label} in {language.scalar}")
    return Variation(
        position=node.position,
        texts=texts,
        buttons=tuple(_button(item, label, ledger, primary) for item in fields.items("buttons")),
        channel=fields.maybe_text("channel"),
        condition=_response_condition(fields, ledger, names),
        id=fields.maybe_text("id"),
        is_template=_is_template(fields, label, ledger),
        data={
            key: plain(fields.get(key)) for key in SHOWN if key not in ("text", "buttons") and fields.get(key)
        },
    )


def _response_condition(fields: Fields, ledger: Ledger, names: Names) -> Condition | None:
    node = fields.get("condition")
    if node is None:
        return None
    if node.kind == "scalar":
        return read_condition(node, ledger, names)
    ledger.add(node, "W-LEGACY", 'write the condition as text, for example "slots.urgent is true"')
    parts = []
    for item in node.items:
        inner = Fields(item, ledger, "a condition", LEGACY_CONDITION)
        slot = names.slots.get(inner.text("name"))
        if slot is None:
            ledger.add(item, "E-REF", f'there is no slot "{inner.text("name")}"')
            continue
        value = read_value(inner.get("value"), slot, ledger)
        literal = "null" if value is None else f'"{value}"' if isinstance(value, str) else shown(value)
        parts.append(f"slots.{slot.name} = {literal}")
    return parse_condition(" and ".join(parts) or "false", node.position)


def _is_template(fields: Fields, label: str, ledger: Ledger) -> bool:
    node = fields.mapping("metadata")
    if node is None:
        return False
    for key in ("rephrase", "rephrase_prompt"):
        if node.get(key) is not None:
            ledger.add(
                node.key(key) or node, "W-LLM", f'{label}: "{key}" has no effect without a language model'
            )
    return bool(plain(node.get("template")) == "jinja")


def _button(node: Node, label: str, ledger: Ledger, primary: str) -> ButtonText:
    fields = Fields(node, ledger, f"a button of {label}", BUTTON)
    title = fields.text("title")
    if fields.get("title") is None or fields.get("payload") is None:
        ledger.add(node, "E-KEY", f'a button of {label} needs "title" and "payload"')
    titles = {primary: title}
    translation = fields.get("translation")
    if translation is not None:
        for language, text in entries_of(translation, ledger, f'"translation" of a button of {label}'):
            inner = text.get("title") if text.kind == "mapping" else text
            if text.kind == "mapping":
                Fields(text, ledger, "a button's translation", BUTTON_TRANSLATION)
            titles[str(language.scalar)] = text_of(inner or text, ledger, f"the title in {language.scalar}")
    return ButtonText(titles=titles, payload=fields.text("payload"))


def read_action(node: Node, ledger: Ledger, names: Names) -> ActionDeclaration:
    if node.kind == "scalar":
        return ActionDeclaration(name=text_of(node, ledger, "an action"), position=node.position)
    if node.kind != "mapping" or len(node.entries) != 1:
        ledger.add(node, "E-TYPE", "an action is a name, or one name with its settings")
        return ActionDeclaration(name="", position=node.position)
    name, settings = node.entries[0]
    label = f'action "{name.scalar}"'
    if settings.kind == "scalar" and settings.scalar is None:
        return ActionDeclaration(name=str(name.scalar), position=name.position)
    fields = Fields(settings, ledger, label, ACTION)
    sets, sends = (_slot_names(fields, key, ledger, names) for key in ("sets", "sends"))
    outcome = _outcome(fields, label, ledger, names)
    timeout = fields.number("timeout")
    if timeout is not None and timeout <= 0:
        ledger.add(fields.get("timeout") or node, "E-VALUE", '"timeout" is in seconds, above 0')
    return ActionDeclaration(
        name=str(name.scalar),
        position=name.position,
        sets=sets,
        outcome=outcome,
        timeout=timeout,
        send_domain=fields.flag("send_domain", False),
        sends=sends,
        sends_message=fields.flag("sends_message", False),
        holds=_after(fields, "holds", outcome, ledger),
        releases=_after(fields, "releases", outcome, ledger),
        books=_after(fields, "books", outcome, ledger),
    )


def _slot_names(fields: Fields, key: str, ledger: Ledger, names: Names) -> frozenset[str] | None:
    node = fields.get(key)
    if node is None:
        return None
    for slot, where in fields.named(key):
        if slot not in names.slots:
            ledger.add(where, "E-REF", f'there is no slot "{slot}"{nearest(slot, names.slots)}')
    return frozenset(fields.names(key))


def _after(fields: Fields, key: str, outcome: Outcome | None, ledger: Ledger) -> After | None:
    """`true`, or the outcomes after which it is so."""
    node = fields.get(key)
    if node is None or node.scalar is False:
        return None
    if node.scalar is True:
        return After()
    known = outcome.values if outcome is not None else ()
    for value, where in fields.named(key):
        if value not in known:
            ledger.add(where, "E-OUTCOME", f'{fields.what} has no outcome "{value}"{nearest(value, known)}')
    return After(outcomes=fields.names(key))


def _outcome(action: Fields, label: str, ledger: Ledger, names: Names) -> Outcome | None:
    node = action.get("outcome")
    if node is None:
        return None
    fields = Fields(node, ledger, f'"outcome" of {label}', OUTCOME)
    name, values, once = fields.text("slot"), fields.names("values"), fields.names("once")
    slot = names.slots.get(name)
    if slot is None:
        if name:
            where = node.get("slot") or node
            ledger.add(where, "E-REF", f'there is no slot "{name}"{nearest(name, names.slots)}')
        return None
    if slot.type != "categorical":
        ledger.add(node, "E-OUTCOME", f'{label}: its outcome slot "{name}" must be categorical')
    for value, where in fields.named("values"):
        if value not in slot.values:
            ledger.add(
                where,
                "E-OUTCOME",
                f'{label}: slot "{name}" has no value "{value}"{nearest(value, list(map(str, slot.values)))}',
            )
    for value, where in fields.named("once"):
        if value not in values:
            ledger.add(
                where,
                "E-OUTCOME",
                f'{label} has no outcome "{value}"{nearest(value, values)}',
            )
    if "error" not in values:
        ledger.add(node, "E-OUTCOME", f'{label}: its outcomes must include "error"')
    return Outcome(slot=name, values=values, once=once)
