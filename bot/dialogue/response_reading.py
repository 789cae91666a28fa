"""YAML -> responses: their variations, buttons and conditions."""

from __future__ import annotations

from typing import Any

from bot.dialogue.conditions import Condition, parse_condition
from bot.dialogue.keys import (
    BUTTON,
    BUTTON_TRANSLATION,
    LEGACY_CONDITION,
    SHOWN,
    VARIATION,
)
from bot.dialogue.model import (
    ButtonText,
    Response,
    Variation,
)
from bot.dialogue.names import Names, read_condition
from bot.dialogue.reading import Fields, Ledger, entries_of, items_of, plain, text_of
from bot.dialogue.slot_reading import read_value
from bot.dialogue.values import shown
from bot.source import Node


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
