"""Walks every conversation that the flows allow, by running the engine itself.

Nodes are conversations after an `advance`: at rest, or waiting for an action. From a conversation at rest
lead a patient's moves, from a waiting one the action's results. Alike conversations are one node
(likeness.py), and the first way that leads to a node is a shortest one, counted in messages.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bot.dialogue.effects import Effect, Record
from bot.dialogue.engine import advance
from bot.dialogue.events import ActionReturned, Event, HandedBack, PatientWrote
from bot.dialogue.exploring.likeness import Likeness
from bot.dialogue.exploring.moves import Kind, Move, Moves
from bot.dialogue.exploring.results import Result, Results
from bot.dialogue.model import Assistant
from bot.dialogue.names import FACTS
from bot.dialogue.stacking import waiting_step
from bot.dialogue.state import Conversation
from bot.errors import Position

_AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
_CHANNEL = "whatsapp"
_SPOKEN = {name: name for name in FACTS - {"language", "channel"}}


@dataclass(frozen=True, slots=True)
class Way:
    """From one conversation to the next. `kind` is None where an action's result leads on; `once`: it does
    so once a turn at most."""

    kind: Kind | None
    label: str
    to: Node
    once: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class Node:
    """`kept`: the step at which an action kept something that is neither free again nor booked."""

    conversation: Conversation
    kept: Position | None
    parent: Node | None
    label: str
    leads_to: list[Way] = field(default_factory=list)

    @property
    def rests(self) -> bool:
        return self.conversation.turn is None

    @property
    def has_flow(self) -> bool:
        """A flow of the project is under way."""
        return any(not frame.is_pattern for frame in self.conversation.stack)

    def path(self, *, then: str = "") -> str:
        """The messages and results that lead here, and one more."""
        labels: list[str] = [then] if then else []
        node: Node | None = self
        while node is not None and node.label:
            labels.append(node.label)
            node = node.parent
        return " > ".join(reversed(labels))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """The engine had to give a flow up, or had nothing to say."""

    node: Node
    event: Any


@dataclass(slots=True)
class Walk:
    """`most`: transitions after which it stops, wherever it is."""

    assistant: Assistant
    most: int
    nodes: dict[Hashable, Node] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    transitions: int = 0
    _places: set[Hashable] = field(default_factory=set)
    _ahead: deque[Node] = field(default_factory=deque)
    likeness: Likeness = field(init=False)
    moves: Moves = field(init=False)
    results: Results = field(init=False)

    def __post_init__(self) -> None:
        self.likeness = Likeness(self.assistant)
        self.moves = Moves(self.assistant, self.likeness)
        self.results = Results(self.likeness, self.moves)

    @property
    def is_complete(self) -> bool:
        return not self._ahead

    def run(self) -> None:
        new = Conversation.new("explored", language=self.assistant.languages[0])
        for conversation in (replace(new, introduced=True), new):  # an introduction would hide a silence
            root = Node(conversation=conversation, kept=None, parent=None, label="")
            for move in (*self.moves.starts(), *self.moves.after(conversation, is_new_place=True)):
                self._hear(root, move)
        while self._ahead and self.transitions < self.most:
            node = self._ahead.popleft()
            if node.rests:
                self._go_on(node)
            else:
                self._come_back(node)

    def _go_on(self, node: Node) -> None:
        place = self.likeness.shape(node.conversation)
        is_new = place not in self._places
        self._places.add(place)
        if node.has_flow or (node.conversation.stack and not node.conversation.paused):
            for move in self.moves.after(node.conversation, is_new_place=is_new):
                self._hear(node, move)

    def _hear(self, node: Node, move: Move) -> None:
        event: Event = PatientWrote(
            at=_AT, text="...", commands=move.commands, channel=_CHANNEL, facts=_SPOKEN
        )
        if move.kind == "back":
            event = HandedBack(at=_AT, channel=_CHANNEL, facts=_SPOKEN)
        conversation = node.conversation
        for _ in range(move.times - 1):
            conversation, _effects = advance(self.assistant, conversation, event)
            self.transitions += 1
            if conversation.turn is not None or conversation.paused:
                return  # other than meant: an action asks, or a person came earlier
        self._advance(node, conversation, event, label=move.label, kind=move.kind)

    def _come_back(self, node: Node) -> None:
        turn = node.conversation.turn
        assert turn is not None and turn.call is not None
        top = node.conversation.stack[-1] if node.conversation.stack else None
        step = None if top is None else waiting_step(_AtRest(self.assistant, node.conversation.stack), top)
        for result in self.results.of(node.conversation, turn.call, step):
            event = ActionReturned(
                at=_AT,
                call=turn.call.number,
                events=result.events,
                responses=result.responses,
                failed=result.failed,
            )
            self._advance(node, node.conversation, event, label=f"[{result.label}]", result=result)

    def _advance(
        self,
        node: Node,
        conversation: Conversation,
        event: Event,
        *,
        label: str,
        kind: Kind | None = None,
        result: Result | None = None,
    ) -> None:
        after, effects = advance(self.assistant, conversation, event)
        self.transitions += 1
        kept = node.kept if result is None else self._kept(node, result)
        found = Node(conversation=after, kept=kept, parent=node, label=label)
        self.troubles.extend(
            Trouble(node=found, event=event) for event in _troubles(effects, result, was=conversation)
        )
        known = self.nodes.setdefault((self.likeness.of(after), kept), found)
        node.leads_to.append(Way(kind, label, known, self._comes_once(node, result)))
        if known is not found:
            return
        if found.rests:
            self._ahead.append(found)
        else:  # results come before the next message, so that paths are shortest in messages
            self._ahead.appendleft(found)

    def _comes_once(self, node: Node, result: Result | None) -> bool:
        turn = node.conversation.turn
        if result is None or turn is None or turn.call is None or result.outcome is None:
            return False
        declared = self.assistant.actions[turn.call.action].outcome
        return declared is not None and result.outcome in declared.once

    def _kept(self, node: Node, result: Result) -> Position | None:
        turn = node.conversation.turn
        assert turn is not None and turn.call is not None
        declared = self.assistant.actions.get(turn.call.action)
        if declared is None:
            return node.kept
        if result.is_accident:  # what could not be given back ends by itself
            return None if declared.releases is not None else node.kept
        if declared.comes_to(declared.releases, result.outcome) or declared.comes_to(
            declared.books, result.outcome
        ):
            return None
        if declared.comes_to(declared.holds, result.outcome):
            return self.position(node)
        return node.kept

    def position(self, node: Node) -> Position:
        """Of the step on top; where the stack is empty, of the last flow that was."""
        at: Node | None = node
        while at is not None:
            for frame in reversed(at.conversation.stack):
                flow = self.assistant.flows.get(frame.flow_id)
                if flow is not None:
                    step = flow.steps.get(frame.step_id)
                    return step.position if step is not None else flow.position
            at = at.parent
        return self.assistant.last_words.position


@dataclass(frozen=True, slots=True)
class _AtRest:
    assistant: Assistant
    stack: Any


def _troubles(effects: tuple[Effect, ...], result: Result | None, *, was: Conversation) -> Iterator[Any]:
    last: dict[str, Any] = {}  # the step that a flow ended with: where a silence begins
    for effect in effects:
        if not isinstance(effect, Record):
            continue
        kind = effect.event["event"]
        if kind in ("flow_completed", "flow_cancelled"):
            last = {name: effect.event.get(name) for name in ("flow_id", "step_id")}
        if kind == "engine_error" and not (
            result is not None and result.is_accident and str(effect.event["message"]).endswith("exception")
        ):
            yield effect.event
        if kind == "silence" and not was.paused and effect.event.get("reason") != "paused":
            yield {**last, **effect.event}
