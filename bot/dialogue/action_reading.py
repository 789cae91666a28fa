"""YAML -> actions: what they set, how they may end, and what they do to openings."""

from __future__ import annotations

from bot.dialogue.keys import (
    ACTION,
    OUTCOME,
)
from bot.dialogue.model import (
    ActionDeclaration,
    After,
    Outcome,
)
from bot.dialogue.names import Names
from bot.dialogue.reading import Fields, Ledger, nearest, text_of
from bot.source import Node


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
