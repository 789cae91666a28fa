"""YAML -> steps: nested lists of them become one table, and every `next` ends somewhere."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from bot.dialogue.conditions import Condition, holes
from bot.dialogue.keys import (
    BRANCH,
    LAST_BRANCH,
    STEPS,
)
from bot.dialogue.model import (
    END,
    START,
    ActionStep,
    AnyStep,
    Branch,
    CallStep,
    CollectStep,
    LinkStep,
    NoopStep,
    SetSlotsStep,
)
from bot.dialogue.names import CONTEXT, Names, check_holes, read_condition, read_response_name
from bot.dialogue.reading import Fields, Ledger, entries_of, nearest, plain
from bot.dialogue.slot_reading import read_rejections, read_value
from bot.source import Node


@dataclass(slots=True)
class _Draft:
    """A step while its flow is read; an exit without target goes to whatever follows in its list."""

    id: str
    number: int
    kind: str
    node: Node
    exits: list[tuple[Condition | None, str, Node]] = field(default_factory=list)


@dataclass(slots=True)
class StepReader:
    flow: str
    primary: str
    ledger: Ledger
    names: Names
    drafts: list[_Draft] = field(default_factory=list)

    @property
    def context(self) -> Collection[str]:
        return CONTEXT.get(self.flow, ())

    def read_list(self, nodes: tuple[Node, ...], *, nested: bool) -> str | None:
        """The id of the list's first step."""
        own: list[_Draft] = []
        for node in nodes:
            draft = self._draft(node)
            if draft is None:
                continue
            if own:
                self._follow(own[-1], draft.id)
            own.append(draft)
            self._read_next(draft)
        if own:
            self._finish(own[-1], nested=nested)
        return own[0].id if own else None

    def _draft(self, node: Node) -> _Draft | None:
        number = len(self.drafts)
        if node.kind != "mapping":
            self.ledger.add(node, "E-TYPE", "a step is a mapping, for example `- collect: day`")
            return None
        kinds = [kind for kind in STEPS if node.key(kind) is not None]
        if len(kinds) != 1:
            self.ledger.add(
                node, "E-KIND", f"a step has exactly one of {', '.join(STEPS)}{_found(node, kinds)}"
            )
            return None
        kind = kinds[0]
        main = plain(node.get(kind))
        default = f"{number}_{main if isinstance(main, str) else kind}"
        given = plain(node.get("id"))
        if given is not None and not isinstance(given, str):
            self.ledger.add(node.get("id") or node, "E-ID", "a step's id is text; put it in quotes")
        draft = _Draft(given if isinstance(given, str) else default, number, kind, node)
        if draft.id in (START, END):
            self.ledger.add(node.get("id") or node, "E-ID", f'"{draft.id}" is reserved; choose another id')
        if any(other.id == draft.id for other in self.drafts):
            self.ledger.add(
                node.get("id") or node, "E-ID", f'flow "{self.flow}" has two steps with the id "{draft.id}"'
            )
        self.drafts.append(draft)
        return draft

    def _read_next(self, draft: _Draft) -> None:
        node = draft.node.get("next")
        if node is None:
            return
        if draft.kind == "link":
            self.ledger.add(node, "E-LINK", "a link ends the flow; it has no next")
            return
        if node.kind == "sequence" and any(
            item.kind == "mapping" and _is_branch(item) for item in node.items
        ):
            self._read_branches(draft, node)
        else:
            self._exit(draft, None, node)

    def _read_branches(self, draft: _Draft, node: Node) -> None:
        for number, item in enumerate(node.items):
            last = number == len(node.items) - 1
            if item.get("else") is not None:
                Fields(item, self.ledger, "a branch", LAST_BRANCH)
                if not last:
                    self.ledger.add(item, "E-ELSE", "`else` comes last; nothing after it is ever tried")
                target = item.get("else")
                assert target is not None
                self._exit(draft, None, target)
                continue
            fields = Fields(item, self.ledger, "a branch", {**BRANCH, **LAST_BRANCH})
            condition, then = fields.get("if"), fields.get("then")
            if condition is None or then is None:
                self.ledger.add(item, "E-NEXT", "a branch has `if` and `then`, the last one only `else`")
                continue
            read = read_condition(condition, self.ledger, self.names, context=self.context)
            self._exit(draft, read, then)
            if last:
                self.ledger.add(
                    item, "E-ELSE", "add a last branch `- else: ...`; what if no condition holds?"
                )
        if not draft.exits or draft.exits[-1][0] is not None:
            draft.exits.append((None, END, node))  # only after a mistake that is reported above

    def _exit(self, draft: _Draft, condition: Condition | None, node: Node) -> None:
        if node.kind == "sequence":
            if not node.items:
                self.ledger.add(node, "E-NEXT", "an empty list of steps leads nowhere; write END")
            target = self.read_list(node.items, nested=True) or END
        elif node.kind == "scalar" and isinstance(node.scalar, str):
            target = node.scalar
        else:
            self.ledger.add(node, "E-NEXT", "next is a step id, END, a list of steps, or a list of branches")
            target = END
        draft.exits.append((condition, target, node))

    def _follow(self, draft: _Draft, following: str) -> None:
        if draft.kind == "link":
            self.ledger.add(
                draft.node, "E-LINK", "a link is the last step of its list; what follows is never run"
            )
        elif not draft.exits:
            if draft.kind == "noop":
                self.ledger.add(draft.node, "E-NEXT", "noop needs a `next`; it is there only to branch")
            draft.exits.append((None, following, draft.node))

    def _finish(self, draft: _Draft, *, nested: bool) -> None:
        if draft.exits:
            return
        if draft.kind == "noop":
            self.ledger.add(draft.node, "E-NEXT", "noop needs a `next`; it is there only to branch")
        elif nested and draft.kind != "link":
            self.ledger.add(
                draft.node, "E-NEXT", "the last step of a nested list needs a `next`: a step id or END"
            )
        draft.exits.append((None, END, draft.node))

    def steps(self) -> dict[str, AnyStep]:
        known = {draft.id for draft in self.drafts} | {END}
        found: dict[str, AnyStep] = {}
        for draft in self.drafts:
            branches = []
            for condition, target, node in draft.exits:
                if target not in known:
                    self.ledger.add(
                        node,
                        "E-NEXT",
                        f'step "{draft.id}" goes to "{target}", which does not exist{nearest(target, known)}',
                    )
                    target = END
                branches.append(Branch(condition=condition, target=target))
            step = self._step(draft, tuple(branches))
            if step is not None:
                found[draft.id] = step
        return found

    def _step(self, draft: _Draft, branches: tuple[Branch, ...]) -> AnyStep | None:
        node = draft.node
        known = {draft.kind, *STEPS[draft.kind][1], "next"}  # a link with a next is told apart
        what = f"{'an' if draft.kind == 'action' else 'a'} {draft.kind} step"
        fields = Fields(node, self.ledger, what, known)
        fields.mapping("metadata")
        fields.maybe_text("description")
        base: dict[str, Any] = {
            "id": draft.id,
            "number": draft.number,
            "position": node.position,
            "next": branches,
            "last_line": node.last_line,
        }
        match draft.kind:
            case "action":
                return ActionStep(**base, action=self._action(fields))
            case "collect":
                return self._collect(fields, base)
            case "link":
                return LinkStep(**base, flow=self._flow(fields, "link"))
            case "call":
                return CallStep(**base, flow=self._flow(fields, "call"))
            case "set_slots":
                return SetSlotsStep(**base, values=self._values(fields))
        if fields.get("noop") is not None and plain(fields.get("noop")) is not True:
            self.ledger.add(node, "E-VALUE", "write `noop: true`")
        return NoopStep(**base)

    def _action(self, fields: Fields) -> str:
        name = fields.text("action")
        if name in self.names.actions or name in self.names.responses:
            return name
        known = [*self.names.actions, *self.names.responses]
        where = fields.get("action") or fields.node
        if holes(name):
            check_holes(where, self.ledger, name, self.context)
            return name
        if name == "action_hangup":
            self.ledger.add(where, "E-VOICE", "voice channels are not supported")
        elif name == "action_trigger_chitchat":
            self.ledger.add(where, "E-LLM", "no language model is used; utter a response")
        elif name.startswith("utter_"):
            self.ledger.add(where, "E-REF", f'there is no response "{name}"{nearest(name, known)}')
        elif name:
            self.ledger.add(
                where, "E-REF", f'there is no action "{name}"{nearest(name, known)}; list it under "actions"'
            )
        return name

    def _flow(self, fields: Fields, kind: str) -> str:
        name = fields.text(kind)
        if name and name not in self.names.flows:
            self.ledger.add(
                fields.get(kind) or fields.node,
                "E-REF",
                f'there is no flow "{name}"{nearest(name, self.names.flows)}',
            )
        return name

    def _values(self, fields: Fields) -> tuple[tuple[str, Any], ...]:
        node = fields.get("set_slots")
        assert node is not None
        maps = node.items if node.kind == "sequence" else (node,)
        found = []
        for item in maps:
            for name, value in entries_of(item, self.ledger, "set_slots"):
                slot = self.names.slots.get(str(name.scalar))
                if slot is None:
                    known = self.names.slots
                    self.ledger.add(
                        name, "E-REF", f'there is no slot "{name.scalar}"{nearest(str(name.scalar), known)}'
                    )
                elif slot.type == "list":
                    self.ledger.add(name, "E-TYPE", f'"{slot.name}" is a list; only actions can set lists')
                else:
                    found.append((slot.name, read_value(value, slot, self.ledger)))
        if not found and not any(item.entries for item in maps):
            self.ledger.add(node, "E-VALUE", "set_slots sets nothing")
        return tuple(found)

    def _collect(self, fields: Fields, base: dict[str, Any]) -> CollectStep | None:
        node, names = fields.node, self.names
        slot = names.slots.get(fields.text("collect"))
        if slot is None:
            name = fields.text("collect")
            if name:
                where = fields.get("collect") or node
                self.ledger.add(where, "E-REF", f'there is no slot "{name}"{nearest(name, names.slots)}')
            return None
        if slot.type == "list":
            self.ledger.add(node, "E-TYPE", f'"{slot.name}" is a list; lists cannot be collected')
        given = read_response_name(fields, "utter", self.ledger, names)
        utter = given or f"utter_ask_{slot.name}"
        action = f"action_ask_{slot.name}"
        if (utter in names.responses) == (action in names.actions) and not (
            given and given not in names.responses
        ):
            trouble = "both ask" if action in names.actions else "are both missing; write one of them"
            self.ledger.add(node, "E-ASKER", f'response "{utter}" and action "{action}" {trouble}')
        attempts = fields.number("max_attempts")
        if attempts is not None and (attempts < 1 or int(attempts) != attempts):
            self.ledger.add(fields.get("max_attempts") or node, "E-VALUE", '"max_attempts" is 1, 2, 3 ...')
            attempts = None
        validate = f"validate_{slot.name}"
        return CollectStep(
            **base,
            slot=slot.name,
            utter=utter if utter in names.responses else None,
            ask_action=action if action in names.actions else None,
            validate_action=validate if validate in names.actions else None,
            ask_before_filling=fields.flag("ask_before_filling", False),
            reset_after_flow_ends=fields.flag("reset_after_flow_ends", True),
            force_slot_filling=fields.flag("force_slot_filling", False),
            max_attempts=int(attempts or 3),
            rejections=read_rejections(fields, slot.name, self.ledger, names, self.context),
        )


def _is_branch(node: Node) -> bool:
    return node.get("if") is not None or node.get("else") is not None or node.get("then") is not None


def _found(node: Node, kinds: list[str]) -> str:
    if kinds:
        return f"; this one has {', '.join(kinds)}"
    guesses = [nearest(str(key.scalar), STEPS) for key, _ in node.entries]
    return next((guess for guess in guesses if guess), "")
