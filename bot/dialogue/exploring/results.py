"""What an action may come back with: each of its outcomes, with what it may set, or a failure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from bot.dialogue.exploring.likeness import Likeness, is_under
from bot.dialogue.exploring.moves import Moves
from bot.dialogue.model import ActionDeclaration, CollectStep
from bot.dialogue.state import Call, Conversation

_MOST_SETTINGS = 8
_WORDS = {"text": "..."}  # what an action says is its own affair: nobody is left without an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`is_accident`: no outcome is declared and the action failed; that its flow is given up is right."""

    label: str
    events: tuple[Mapping[str, Any], ...] = ()
    responses: tuple[Mapping[str, Any], ...] = (_WORDS,)
    failed: str | None = None
    outcome: str | None = None
    is_accident: bool = False


@dataclass(frozen=True, slots=True)
class Results:
    likeness: Likeness
    moves: Moves

    def of(self, conversation: Conversation, call: Call, step: CollectStep | None) -> Iterator[Result]:
        """`step`: the question that the action asks or checks."""
        declared = self.moves.assistant.actions.get(call.action)
        settings = tuple(self._settings(conversation, declared, call, step))
        if declared is None or declared.outcome is None:
            for label, events in settings:
                yield Result(label=f"{call.action} comes back{label}", events=events)
            yield Result(label=f"{call.action} fails", responses=(), failed="exception", is_accident=True)
            return
        for value in declared.outcome.values:
            if value == "error":
                yield Result(label=f"{call.action} fails", responses=(), failed="exception", outcome="error")
                continue
            event = {"event": "slot", "name": declared.outcome.slot, "value": value}
            for label, events in settings:
                yield Result(label=f"{call.action}: {value}{label}", events=(event, *events), outcome=value)

    def _settings(
        self,
        conversation: Conversation,
        declared: ActionDeclaration | None,
        call: Call,
        step: CollectStep | None,
    ) -> Iterator[tuple[str, tuple[Mapping[str, Any], ...]]]:
        """Nothing set; then every way to set what branches look at: all of them, or one after the other."""
        yield "", ()
        names = sorted((declared.sets if declared is not None else None) or ())
        if call.purpose == "validate" and step is not None:
            if step.slot in names:
                yield f" and refuses {step.slot}", (_sets(step.slot, None),)
            return
        varied = {name: self._kinds(name) for name in names if name in self.likeness.read}
        varied = {name: values for name, values in varied.items() if values}
        ways = 1
        for values in varied.values():
            ways *= len(values)
        if not varied or is_under(conversation):
            return
        if ways <= _MOST_SETTINGS:
            chosen: Iterator[dict[str, Any]] = (
                dict(zip(varied, combination, strict=True)) for combination in product(*varied.values())
            )
        else:
            chosen = ({name: value} for name, values in varied.items() for value in values)
        for settings in chosen:
            told = ", ".join(f"{name}={value}" for name, value in settings.items())
            yield f" ({told})", tuple(_sets(name, value) for name, value in settings.items())

    def _kinds(self, name: str) -> tuple[Any, ...]:
        """Values that branches can tell apart. What patients are asked is theirs to fill, so it is left."""
        slot = self.likeness.slots[name]
        if name in self.likeness.collected:
            return ()
        if slot.type == "bool":
            return (True, False)
        if slot.type == "categorical":
            return slot.values
        return (self.moves.answers(name)[0], None)


def _sets(name: str, value: Any) -> Mapping[str, Any]:
    return {"event": "slot", "name": name, "value": value}
