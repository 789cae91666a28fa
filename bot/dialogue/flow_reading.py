"""YAML -> flows: what begins one, who may, and what stays of it when it ends."""

from __future__ import annotations

import re

from bot.dialogue.keys import (
    FLOW,
    FLOW_TRANSLATION,
    TRIGGER,
    TRIGGER_INTENT,
)
from bot.dialogue.model import (
    CollectStep,
    Flow,
    Trigger,
)
from bot.dialogue.names import CONTEXT, Names, read_condition
from bot.dialogue.reading import Fields, Ledger, entries_of, items_of, nearest, plain, text_of
from bot.dialogue.step_reading import StepReader
from bot.source import Node

_FLOW_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")


def read_flow(name: Node, node: Node, ledger: Ledger, names: Names, *, primary: str) -> Flow | None:
    flow_id = str(name.scalar)
    label = f'flow "{flow_id}"'
    fields = Fields(node, ledger, label, FLOW)
    if node.kind != "mapping":
        return None
    if not _FLOW_ID.fullmatch(flow_id):
        ledger.add(name, "E-ID", f"{label}: an id has letters, digits, _ and -")
    if flow_id.startswith("pattern_") and flow_id not in CONTEXT:
        ledger.add(name, "E-ID", f'{label}: ids with "pattern_" are reserved{nearest(flow_id, CONTEXT)}')
    if fields.get("description") is None:
        ledger.add(name, "E-KEY", f"{label} needs a description")
    fields.text("description")
    fields.flag("always_include_in_prompt", False)
    reader = StepReader(flow_id, primary, ledger, names)
    steps = fields.items("steps")
    if not steps:
        ledger.add(name, "E-KEY", f"{label} needs steps")
    reader.read_list(steps, nested=False)
    read = reader.steps()
    guard = fields.get("if")
    if not read:
        return None
    flow = Flow(
        id=flow_id,
        name=fields.text("name", flow_id),
        description=fields.text("description"),
        position=name.position,
        steps=read,
        guard=None if guard is None else read_condition(guard, ledger, names),
        triggers=tuple(_trigger(item, ledger, names) for item in fields.items("nlu_trigger")),
        persisted_slots=frozenset(fields.names("persisted_slots")),
        run_pattern_completed=fields.flag("run_pattern_completed", True),
        names=_flow_names(fields, ledger, primary),
    )
    _check_persisted(flow, fields, ledger)
    return flow


def _flow_names(fields: Fields, ledger: Ledger, primary: str) -> dict[str, str]:
    found = {primary: fields.text("name")} if fields.get("name") is not None else {}
    node = fields.get("translation")
    if node is not None:
        for language, value in entries_of(node, ledger, f'"translation" of {fields.what}'):
            inner = Fields(value, ledger, f"{fields.what} in {language.scalar}", FLOW_TRANSLATION)
            if value.kind == "mapping" and inner.get("name") is None:
                ledger.add(value, "E-KEY", f'{inner.what} needs a "name"')
            found[str(language.scalar)] = inner.text("name")
    return found


def _trigger(node: Node, ledger: Ledger, names: Names) -> Trigger:
    fields = Fields(node, ledger, "a trigger", TRIGGER)
    intent = fields.get("intent")
    if intent is None:
        ledger.add(node, "E-KEY", "a trigger is `intent: NAME`")
        return Trigger(intent="")
    threshold: float = 0.0
    if intent.kind == "mapping":
        inner = Fields(intent, ledger, "a trigger", TRIGGER_INTENT)
        name = inner.text("name")
        threshold = float(inner.number("confidence_threshold") or 0.0)
        if not 0 <= threshold <= 1:
            ledger.add(intent, "E-VALUE", '"confidence_threshold" lies between 0 and 1')
    else:
        name = text_of(intent, ledger, '"intent"')
    if name not in names.intents:
        ledger.add(
            intent,
            "E-REF",
            f'there is no intent "{name}"{nearest(name, names.intents)}; list it under "intents"',
        )
    return Trigger(intent=name, threshold=threshold)


def _check_persisted(flow: Flow, fields: Fields, ledger: Ledger) -> None:
    where = fields.get("persisted_slots")
    if where is None:
        return
    for item in items_of(where, ledger, f'"persisted_slots" of {fields.what}'):
        if plain(item) not in flow.own_slots():
            ledger.add(
                item, "E-PERSIST", f'{fields.what} does not fill "{plain(item)}", so it cannot persist it'
            )
    if any(isinstance(s, CollectStep) and not s.reset_after_flow_ends for s in flow.steps.values()):
        ledger.add(
            where, "E-PERSIST", '"persisted_slots" and "reset_after_flow_ends" exclude each other; keep one'
        )
