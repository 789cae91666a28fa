"""Assertions and old-style steps from YAML; every name in them must exist in the content."""

from __future__ import annotations

from collections.abc import Collection

from bot.dialogue import Assistant
from bot.dialogue.builtin_actions import BUILT_IN_ACTIONS
from bot.dialogue.model import COLLECT, VALIDATE, Flow
from bot.dialogue.reading import Fields, Ledger, nearest, plain, text_of
from bot.source import Node
from bot.workshop.assertions import (
    ActionExecuted,
    Assertion,
    BotDidNotUtter,
    BotSaid,
    BotUttered,
    ClarificationContains,
    Expectation,
    FlowEnded,
    FlowsStarted,
    Message,
    SlotsNotSet,
    SlotsSet,
    SlotValue,
    main_value,
)

KINDS = (
    "flow_started",
    "flow_completed",
    "flow_cancelled",
    "pattern_clarification_contains",
    "slot_was_set",
    "slot_was_not_set",
    "action_executed",
    "bot_uttered",
    "bot_did_not_utter",
)
_GENERATIVE = "generative_response_"


class NameCheck:
    """Looks names up in the content; those that are not there are told, with the nearest that is."""

    def __init__(self, assistant: Assistant, ledger: Ledger) -> None:
        self.assistant = assistant
        self.ledger = ledger

    def _look_up(self, node: Node, name: str, known: Collection[str], what: str) -> str:
        if name and name not in known:
            self.ledger.add(node, "E-REF", f'there is no {what} "{name}"{nearest(name, known)}')
        return name

    def slot(self, node: Node) -> str:
        return self._look_up(node, str(node.scalar), self.assistant.slots, "slot")

    def flow(self, node: Node) -> str:
        name = text_of(node, self.ledger, "a flow's id")
        return self._look_up(node, name, {*self.assistant.flows, COLLECT, VALIDATE}, "flow")

    def flow_or_name(self, node: Node) -> str:
        flows = self.assistant.flows.values()
        known = {name for flow in flows for name in (flow.id, flow.name, *flow.names.values())}
        return self._look_up(node, text_of(node, self.ledger, "a flow"), known, "flow")

    def step(self, node: Node, flow: Flow | None) -> str:
        name = text_of(node, self.ledger, '"flow_step_id"')
        if flow is None:
            return name
        known = {*flow.steps, *map(main_value, flow.steps.values()), "START"}
        return self._look_up(node, name, known, f'step in flow "{flow.id}"')

    def action(self, node: Node, name: str) -> str:
        content = self.assistant
        known = {*content.actions, *BUILT_IN_ACTIONS, *content.responses}
        return self._look_up(node, name, known, "action")

    def response(self, node: Node) -> str:
        answers = {f"utter_faq/{topic}" for topic in self.assistant.answers}
        name = text_of(node, self.ledger, "a response's name")
        return self._look_up(node, name, {*self.assistant.responses, *answers}, "response")

    def command(self, node: Node) -> None:
        """The flow or slot that a command names."""
        flow, slot = node.get("flow"), node.get("name")
        if flow is not None:
            self.flow(flow)
        if slot is not None:
            self.slot(slot)


def read_assertion(node: Node, names: NameCheck) -> Assertion:
    """A mapping of one kind to its value. One that cannot be read is told, and stands for nothing."""
    nothing = SlotsSet(position=node.position, slots=())
    if node.kind != "mapping" or len(node.entries) != 1:
        names.ledger.add(node, "E-TYPE", f"an assertion is one of {', '.join(KINDS)}, with its value")
        return nothing
    key, value = node.entries[0]
    kind = str(key.scalar)
    match kind:
        case "flow_started":
            flows, every = _flows(value, names, by_name=False)
            return FlowsStarted(position=key.position, flows=flows, every=every)
        case "pattern_clarification_contains":
            flows, every = _flows(value, names, by_name=True)
            return ClarificationContains(position=key.position, flows=flows, every=every)
        case "flow_completed" | "flow_cancelled":
            return _flow_ended(kind, key, value, names)
        case "slot_was_set":
            return SlotsSet(position=key.position, slots=_slot_values(value, names, kind))
        case "slot_was_not_set":
            return SlotsNotSet(position=key.position, slots=_slot_values(value, names, kind))
        case "action_executed":
            name = text_of(value, names.ledger, '"action_executed"')
            return ActionExecuted(position=key.position, action=names.action(value, name))
        case "bot_uttered":
            return BotUttered(position=key.position, message=_message(kind, value, names))
        case "bot_did_not_utter":
            return BotDidNotUtter(position=key.position, message=_message(kind, value, names))
    if kind.startswith(_GENERATIVE):
        names.ledger.add(key, "E-LLM", f'"{kind}": no language model is used; assert with bot_uttered')
    else:
        hint = nearest(kind, KINDS) or f"; known are {', '.join(KINDS)}"
        names.ledger.add(key, "E-KEY", f'there is no assertion "{kind}"{hint}')
    return nothing


def read_expectation(step: Fields, names: NameCheck) -> list[Expectation]:
    """The old-style checks of a step."""
    found: list[Expectation] = []
    said, uttered = step.get("bot"), step.get("utter")
    if said is not None:
        text = "" if said.scalar is None else str(said.scalar)
        if said.kind != "scalar":
            names.ledger.add(said, "E-TYPE", '"bot" is the text of a message')
        found.append(BotSaid(position=said.position, text=text))
    if uttered is not None:
        found.append(BotSaid(position=uttered.position, utter=names.response(uttered)))
    was_set, not_set = step.get("slot_was_set"), step.get("slot_was_not_set")
    if was_set is not None:
        found.append(SlotsSet(position=was_set.position, slots=_plain_slots(was_set, names)))
    if not_set is not None:
        found.append(SlotsNotSet(position=not_set.position, slots=_plain_slots(not_set, names)))
    return found


def _flows(value: Node, names: NameCheck, *, by_name: bool) -> tuple[tuple[str, ...], bool]:
    """A flow, a list of them, or {operator, flow_ids}; and whether all of them are needed."""
    look_up = names.flow_or_name if by_name else names.flow
    every = True
    if value.kind == "mapping":
        fields = Fields(value, names.ledger, "an assertion about flows", ("operator", "flow_ids"))
        operator = fields.text("operator", "all")
        if operator not in ("any", "all"):
            names.ledger.add(value.get("operator") or value, "E-VALUE", '"operator" is any or all')
        every = operator != "any"
        if value.get("flow_ids") is None:
            names.ledger.add(value, "E-KEY", 'it needs "flow_ids": a list of flows')
        nodes = fields.items("flow_ids")
    elif value.kind == "sequence" and by_name:
        nodes = value.items
    else:
        nodes = (value,)
    if value.kind != "scalar" and not nodes:
        names.ledger.add(value, "E-VALUE", "names no flow, so it would always hold")
    return tuple(look_up(node) for node in nodes), every


def _flow_ended(kind: str, key: Node, value: Node, names: NameCheck) -> Assertion:
    fields = Fields(value, names.ledger, f'"{kind}"', ("flow_id", "flow_step_id"))
    flow, step = value.get("flow_id"), value.get("flow_step_id")
    if flow is None and value.kind == "mapping":
        names.ledger.add(value, "E-KEY", f'"{kind}" needs a "flow_id"')
    name = names.flow(flow) if flow is not None else ""
    known = fields.text("flow_id") if flow is not None else ""
    return FlowEnded(
        position=key.position,
        how=kind,
        flow=name,
        step=names.step(step, names.assistant.flows.get(known)) if step is not None else None,
    )


def _slot_values(value: Node, names: NameCheck, kind: str) -> tuple[SlotValue, ...]:
    """A list of {name, value?}."""
    found = []
    for item in _items(value, names, kind):
        fields = Fields(item, names.ledger, f'an entry of "{kind}"', ("name", "value"))
        name = item.get("name")
        if name is None:
            if item.kind == "mapping":
                names.ledger.add(item, "E-KEY", f'an entry of "{kind}" needs a "name"')
            continue
        wanted = fields.get("value")
        found.append(SlotValue(name=names.slot(name), value=plain(wanted), any_value=wanted is None))
    return tuple(found)


def _plain_slots(value: Node, names: NameCheck) -> tuple[SlotValue, ...]:
    """A list of names and of {name: value}."""
    found = []
    for item in _items(value, names, "slot_was_set"):
        if item.kind == "mapping":
            found += [
                SlotValue(name=names.slot(name), value=wanted.plain(), any_value=False)
                for name, wanted in item.entries
            ]
        else:
            found.append(SlotValue(name=names.slot(item)))
    return tuple(found)


def _items(value: Node, names: NameCheck, kind: str) -> tuple[Node, ...]:
    if value.kind != "sequence" or not value.items:
        names.ledger.add(value, "E-TYPE", f'"{kind}" is a list of slots; put "- " before each')
        return ()
    return value.items


def _message(kind: str, value: Node, names: NameCheck) -> Message:
    known = ("utter_name", "text_matches", "buttons")
    fields = Fields(value, names.ledger, f'"{kind}"', known)
    utter, text, buttons = (value.get(key) for key in known)
    if value.kind == "mapping" and utter is None and text is None and buttons is None:
        names.ledger.add(value, "E-KEY", f'"{kind}" needs one of {", ".join(known)}')
    return Message(
        utter=names.response(utter) if utter is not None else None,
        text=fields.text("text_matches") if text is not None else None,
        buttons=tuple(_button(item, names) for item in fields.items("buttons"))
        if buttons is not None
        else None,
    )


def _button(item: Node, names: NameCheck) -> tuple[str, str]:
    fields = Fields(item, names.ledger, "a button", ("title", "payload"))
    for key in ("title", "payload"):
        if item.kind == "mapping" and item.get(key) is None:
            names.ledger.add(item, "E-KEY", f'a button needs a "{key}"')
    return fields.text("title"), fields.text("payload")
