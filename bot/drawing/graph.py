"""A flow as a graph: its steps in document order, the ways between them, and the flows it leads to."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal, assert_never

from bot.dialogue import Assistant
from bot.dialogue.model import (
    END,
    START,
    ActionStep,
    AnyStep,
    CallStep,
    CollectStep,
    Flow,
    LinkStep,
    NoopStep,
    SetSlotsStep,
)
from bot.dialogue.values import shown
from bot.dialogue.wording import in_language

Kind = Literal["start", "ask", "say", "act", "set", "noop", "call", "link", "end"]

#: What a drawing says by itself. Names and conditions stay as the flow has them.
_WORDS = {
    "en": {
        "ask": "ask {}",
        "call": "call {}",
        "link": "go to {}",
        "again": "again if {}",
        "if": "if {}",
        "else": "else",
        "or": " or ",
        "nothing": "nothing",
    },
    "it": {
        "ask": "chiede {}",
        "call": "svolge {}",
        "link": "passa a {}",
        "again": "di nuovo se {}",
        "if": "se {}",
        "else": "altrimenti",
        "or": " o ",
        "nothing": "niente",
    },
    "ru": {
        "ask": "спросить {}",
        "call": "выполнить {}",
        "link": "перейти к {}",
        "again": "снова, если {}",
        "if": "если {}",
        "else": "иначе",
        "or": " или ",
        "nothing": "ничего",
    },
}
_SLOTS = re.compile(r"\bslots\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A step, or one of the two ends. `text` is what patients read there, whole, in one language."""

    id: str  # the step's id; START or END
    kind: Kind
    title: str
    text: str = ""
    notes: tuple[str, ...] = ()
    flow: str = ""  # the flow that a call or link leads to
    is_covered: bool | None = None  # None: nobody counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """From a step to one that may follow it; `label` is the condition, in the words of the flow."""

    source: str
    target: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowGraph:
    flow: str
    name: str
    description: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def node(self, step: str) -> Node:
        return next(node for node in self.nodes if node.id == step)

    def edges_from(self, step: str) -> tuple[Edge, ...]:
        return tuple(edge for edge in self.edges if edge.source == step)


def flow_graph(
    assistant: Assistant, flow: Flow, *, language: str, covered: Collection[str] | None = None
) -> FlowGraph:
    """`covered`: ids of the steps that tests went through, where somebody counted."""
    words = _WORDS.get(language.split("-")[0], _WORDS["en"])
    reader = _Reader(assistant, language, words)
    steps = [reader.node(step, covered) for step in flow.steps.values()]
    edges = [Edge(source=START, target=flow.first), *_edges(flow, words)]
    ends = any(edge.target == END for edge in edges)
    name = flow.name_in(language)
    start = Node(id=START, kind="start", title=name, notes=_guard(flow, words))
    end = (Node(id=END, kind="end", title="END"),) if ends else ()
    return FlowGraph(
        flow=flow.id,
        name=name,
        description=flow.description,
        nodes=(start, *steps, *end),
        edges=tuple(edges),
    )


def shorten(text: str, length: int) -> str:
    """At a word's end, with an ellipsis."""
    if len(text) <= length:
        return text
    space = text.rfind(" ", length // 2, length)
    return text[: space if space > 0 else length - 1].rstrip(" ,;:.") + "…"


def _edges(flow: Flow, words: Mapping[str, str]) -> list[Edge]:
    """Branches of one step that lead to the same place are one way."""
    found: list[Edge] = []
    for step in flow.steps.values():
        if isinstance(step, LinkStep):
            continue
        ways: dict[str, list[str]] = {}
        for branch in step.next:
            said = words["else"] if branch.condition is None else _SLOTS.sub("", branch.condition.source)
            ways.setdefault(branch.target, []).append(said)
        for target, conditions in ways.items():
            label = "" if len(step.next) == 1 else words["or"].join(conditions)
            found.append(Edge(source=step.id, target=target, label=" ".join(label.split())))
    return found


def _guard(flow: Flow, words: Mapping[str, str]) -> tuple[str, ...]:
    return (words["if"].format(_SLOTS.sub("", flow.guard.source)),) if flow.guard is not None else ()


class _Reader:
    """Turns steps into nodes, with the texts of this content."""

    def __init__(self, assistant: Assistant, language: str, words: Mapping[str, str]) -> None:
        self._assistant = assistant
        self._words = words
        self._language = language

    def node(self, step: AnyStep, covered: Collection[str] | None) -> Node:
        is_covered = None if covered is None else step.id in covered
        kind, title, text, notes, flow = self._told(step)
        return Node(
            id=step.id, kind=kind, title=title, text=text, notes=notes, flow=flow, is_covered=is_covered
        )

    def _told(self, step: AnyStep) -> tuple[Kind, str, str, tuple[str, ...], str]:
        """Kind, title, text, notes, and the other flow."""
        match step:
            case CollectStep():
                again = self._words["again"].format
                notes = tuple(again(_SLOTS.sub("", each.condition.source)) for each in step.rejections)
                asker = (step.ask_action,) if step.ask_action else ()
                return (
                    "ask",
                    self._words["ask"].format(step.slot),
                    self._text(step.utter),
                    (*asker, *notes),
                    "",
                )
            case ActionStep():
                if step.action in self._assistant.responses:
                    return "say", step.action, self._text(step.action), (), ""
                return "act", step.action, "", (), ""
            case SetSlotsStep():
                title, *more = [f"{name} = {self._value(value)}" for name, value in step.values]
                return "set", title, "", tuple(more), ""
            case NoopStep():
                return "noop", re.sub(r"^\d+_", "", step.id), "", (), ""
            case CallStep():
                return "call", self._words["call"].format(self._flow_name(step.flow)), "", (), step.flow
            case LinkStep():
                return "link", self._words["link"].format(self._flow_name(step.flow)), "", (), step.flow
            case _:
                assert_never(step)

    def _flow_name(self, flow: str) -> str:
        known = self._assistant.flows.get(flow)
        return known.name_in(self._language) if known else flow

    def _text(self, response: str | None) -> str:
        """Of its first variation that has words."""
        known = self._assistant.responses.get(response or "")
        for variation in known.variations if known else ():
            text = in_language(variation.texts, self._language, known.primary if known else "")
            if text:
                return " ".join(text.split())
        return ""

    def _value(self, value: Any) -> str:
        return self._words["nothing"] if value is None else shown(value)
