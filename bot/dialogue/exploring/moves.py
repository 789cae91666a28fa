"""What a patient may do next: one answer of each kind that the flows can tell apart, and every way out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.dialogue.asking import kind_of
from bot.dialogue.commands import (
    CancelFlow,
    CannotHandle,
    ChitChat,
    Clarify,
    Command,
    DataRequest,
    Emergency,
    HumanHandoff,
    KnowledgeAnswer,
    MediaReceived,
    ReminderReply,
    RepeatBotMessages,
    SetSlot,
    SkipQuestion,
    StaleTap,
    StartFlow,
    StopMessages,
)
from bot.dialogue.exploring.examples import example_of
from bot.dialogue.exploring.likeness import Likeness, is_under, literals, patterns
from bot.dialogue.model import Assistant, CollectStep, Flow, Slot
from bot.dialogue.payloads import SlotsPayload, read_payload
from bot.dialogue.stacking import Chain, active_chain, chains, waiting_step
from bot.dialogue.state import Conversation, Frame
from bot.dialogue.taps import payload_commands
from bot.dialogue.values import same, shown
from nlu.understanding import AskedKind

#: `answer` leads on; `aside` comes back to the question; `back`: a person gave the conversation back.
Kind = Literal["start", "answer", "change", "human", "leave", "aside", "back"]

_WORDS = (
    "Anna Rossi",
    "Maria Bianchi",
    "tomorrow morning",
    "+390655501234",
    "+390655501235",
    "1985-05-17",
    "2026-03-09",
    "anna@example.org",
    "42",
    "x",
)
_TYPICAL: Mapping[AskedKind, tuple[str, ...]] = {
    "time": ("tomorrow morning", "next week"),
    "opening": ("the first opening", "the second opening"),
    "visit_type": ("check-up", "cleaning"),
    "phone": ("+390655501234", "+390655501235"),
    "birth_date": ("1985-05-17", "1990-02-28"),
    "code": ("123456", "123457"),
    "text": ("some words", "other words"),
    "choice": ("the first choice", "the second choice"),
}
_MOST_ANSWERS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One message, or with `times` the same one over and over."""

    label: str
    kind: Kind
    commands: tuple[Command, ...] = ()
    times: int = 1


_ASIDES = (
    Move(label="says something that means nothing here", kind="aside", commands=(CannotHandle(),)),
    Move(label="asks to hear it again", kind="aside", commands=(RepeatBotMessages(),)),
    Move(label="makes small talk", kind="aside", commands=(ChitChat(),)),
    Move(label="would rather not answer", kind="aside", commands=(SkipQuestion(),)),
    Move(label="asks what nothing answers", kind="aside", commands=(KnowledgeAnswer(),)),
    Move(label="sends a photo", kind="aside", commands=(MediaReceived("image"),)),
    Move(label="sends a voice note", kind="aside", commands=(MediaReceived("audio"),)),
    Move(label="asks for a data extract", kind="aside", commands=(DataRequest("show"),)),
    Move(label="confirms a reminded visit", kind="aside", commands=(ReminderReply("r", "a", "confirm"),)),
    Move(label="taps an old button", kind="aside", commands=(StaleTap(),)),
    Move(label="writes of an emergency", kind="leave", commands=(Emergency("A", "emergency"),)),
    Move(label="wants no more messages", kind="leave", commands=(StopMessages(),)),
)
#: They may lead into a flow, as words do; in the middle of another one `_starts_in` stands for them.
_REMINDED = (
    Move(label="cancels a reminded visit", kind="start", commands=(ReminderReply("r", "a", "cancel"),)),
    Move(label="asks to move a reminded visit", kind="start", commands=(ReminderReply("r", "a", "move"),)),
)
_HUMAN = Move(label="asks for a person", kind="human", commands=(HumanHandoff(),))
_DROPS = Move(label="drops it", kind="leave", commands=(CancelFlow(),))
BACK = Move(label="is given back by a person", kind="back")


@dataclass(slots=True)
class Moves:
    assistant: Assistant
    likeness: Likeness
    _answers: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    _piled: set[tuple[str, ...]] = field(default_factory=set)  # two flows, on which a third was started

    def starts(self) -> Iterator[Move]:
        """Every flow that a message can begin with."""
        for flow in self._startable():
            yield Move(label=f"starts {flow.id}", kind="start", commands=(StartFlow(flow.id, explicit=True),))
        yield from _REMINDED

    def after(self, conversation: Conversation, *, is_new_place: bool) -> Iterator[Move]:
        """`is_new_place`: nothing was yet tried with this stack, so asides are tried, and other flows.

        Where one flow already lies under another one, only the shortest ways out are tried, and once a third.
        """
        if conversation.paused:
            if is_new_place:
                yield BACK
            return
        chain = active_chain(conversation.stack)
        under = is_under(conversation)
        yield from self._answered(conversation, shortest=under)
        yield _HUMAN
        if chain is not None:
            yield _DROPS
        if under:
            piled = tuple(c.root.flow_id for c in chains(conversation.stack))
            if len(piled) == 2 and piled not in self._piled:
                self._piled.add(piled)
                yield from self._starts_in(chain, most=1)
            return
        yield from self._changes(conversation)
        if is_new_place:
            yield from self._asides(conversation)
            yield from self._starts_in(chain)

    def _startable(self) -> Iterator[Flow]:
        for flow in self.assistant.flows.values():
            never = flow.guard is not None and flow.guard.source.strip().lower() == "false"
            if not flow.is_pattern and not never:
                yield flow

    def _starts_in(self, chain: Chain | None, *, most: int | None = None) -> Iterator[Move]:
        """Flows to start in the middle of this one: those with a slot in common, one that asks, one that
        does not."""
        kinds: set[bool] = set()
        fills = self.assistant.fills
        under_way = chain.root.flow_id if chain is not None else None
        chosen = []
        for flow in self._startable():
            asks = bool(fills[flow.id])
            shares = under_way is not None and bool(fills[flow.id] & fills[under_way])
            if flow.id != under_way and (shares or asks not in kinds):
                kinds.add(asks)
                chosen.append(flow.id)
        for flow_id in chosen[:most]:
            yield Move(label=f"starts {flow_id}", kind="leave", commands=(StartFlow(flow_id),))

    def _answered(self, conversation: Conversation, *, shortest: bool) -> Iterator[Move]:
        step = self.waits_at(conversation)
        if step is None:
            return
        slot = self.assistant.slots[step.slot]
        values = self._values(step, conversation)
        is_short = shortest and not conversation.stack[-1].is_pattern and slot.type != "bool"
        for value in values[:1] if is_short else values:
            yield Move(
                label=f"{step.slot}: {_quoted(value)}",
                kind="answer",
                commands=(SetSlot(step.slot, value, by_tap=slot.is_controlled),),
            )
        for button in () if is_short else conversation.offered:
            commands = payload_commands(button.payload, self.assistant, conversation)
            if commands and not _only_sets(commands, step.slot, values):
                yield Move(label=f'taps "{button.title}"', kind="answer", commands=commands)

    def waits_at(self, conversation: Conversation) -> CollectStep | None:
        """The question that waits."""
        top = conversation.stack[-1] if conversation.stack else None
        if top is None or not top.is_waiting:
            return None
        return waiting_step(_AtRest(self.assistant, conversation.stack), top)

    def _values(self, step: CollectStep, conversation: Conversation) -> tuple[Any, ...]:
        if step.slot == "interrupted_flow_to_continue":
            ids = conversation.stack[-1].context.get("interrupted_flow_ids", ())
            return (*ids, "none")
        answers = self.answers(step.slot)
        return answers + self._beside(step.slot, answers, conversation.slots)

    def _beside(self, name: str, answers: tuple[Any, ...], slots: Mapping[str, Any]) -> tuple[Any, ...]:
        """Values next to those of slots it is compared with, where the answers so far miss an outcome: no end
        is after every start. Only next to answers of the first kind, so that none climbs on the other."""
        known = {self.likeness.beside(name, value, slots) for value in answers}
        found = []
        for partner in sorted(self.likeness.partners(name)):
            if slots.get(partner) in self.answers(partner):
                for value in _next_to(slots[partner]):
                    outcome = self.likeness.beside(name, value, slots)
                    if outcome not in known:
                        known.add(outcome)
                        found.append(value)
        return tuple(found)

    def answers(self, name: str) -> tuple[Any, ...]:
        """Values of a slot, one of each kind that some condition tells from the others."""
        if name not in self._answers:
            kinds: dict[Any, Any] = {}
            slot = self.assistant.slots[name]
            for value in self._candidates(slot):
                kinds.setdefault(self.likeness.kind(name, value), value)
            self._answers[name] = tuple(kinds.values())[:_MOST_ANSWERS]
        return self._answers[name]

    def _candidates(self, slot: Slot) -> Iterator[Any]:
        questions = self.likeness.questions.get(slot.name, ())
        match slot.type:
            case "categorical":
                yield from slot.values
            case "bool":
                yield from (True, False)
            case "float":
                known = [v for v in literals(questions) if isinstance(v, (int, float)) and v is not True]
                yield from (float(value + more) for value in known or (3,) for more in (0, 1, -1))
            case "list":
                yield [_WORDS[0]]
            case "text" | "any":
                yield from (example_of(pattern) for pattern in patterns(questions))
                yield from _TYPICAL.get(kind_of(slot), ())
                yield from _WORDS
                yield from (value for value in literals(questions) if isinstance(value, str) and value)
                yield from (m.value for m in slot.mappings if m.value is not None)
                yield from self._on_buttons(slot.name)

    def _on_buttons(self, slot: str) -> Iterator[str]:
        for response in self.assistant.responses.values():
            for variation in response.variations:
                for button in variation.buttons:
                    read = read_payload(button.payload)
                    for name, value in read.pairs if isinstance(read, SlotsPayload) else ():
                        if name == slot and value and "{" not in value:
                            yield value

    def _changes(self, conversation: Conversation) -> Iterator[Move]:
        """Every answer given so far becomes another one."""
        chain = active_chain(conversation.stack)
        step = self.waits_at(conversation)
        for name in sorted(self.assistant.fills[chain.root.flow_id]) if chain else ():
            held = conversation.slots.get(name)
            slot = self.assistant.slots[name]
            if held is None or (step is not None and step.slot == name):
                continue
            other = self._another(slot, held)
            if other is not None:
                yield Move(
                    label=f"changes {name} to {_quoted(other)}",
                    kind="change",
                    commands=(SetSlot(name, other, by_tap=slot.is_controlled),),
                )

    def _another(self, slot: Slot, held: Any) -> Any:
        """A different value, best one that conditions cannot tell from the first."""
        others = [value for value in self._candidates(slot) if not same(value, held)]
        like = self.likeness.kind(slot.name, held)
        alike = [value for value in others if self.likeness.kind(slot.name, value) == like]
        return next(iter((*alike, *others)), None)

    def _asides(self, conversation: Conversation) -> Iterator[Move]:
        yield from _ASIDES
        topics = iter(self.assistant.answers)
        topic = next(topics, None)
        if topic is not None:
            yield Move(label=f"asks {topic}", kind="aside", commands=(KnowledgeAnswer(topic),))
        flows = tuple(flow.id for flow in self._startable())[:2]
        if flows:
            yield Move(label="may mean several things", kind="aside", commands=(Clarify(flows),))
        step = self.waits_at(conversation)
        if step is not None:
            yield Move(
                label=f"says {step.max_attempts} times what means nothing here",
                kind="aside",
                commands=(CannotHandle(),),
                times=step.max_attempts,
            )
            slot = self.assistant.slots[step.slot]
            if slot.type in ("bool", "float", "categorical"):
                commands = (SetSlot(slot.name, "something else", by_tap=slot.is_controlled),)
                yield Move(label=f'{slot.name}: "something else"', kind="aside", commands=commands)


@dataclass(frozen=True, slots=True)
class _AtRest:
    assistant: Assistant
    stack: tuple[Frame, ...]


def _next_to(value: Any) -> tuple[Any, ...]:
    match value:
        case bool():
            return (value, not value)
        case int() | float():
            return (value, value + 1, value - 1)
        case str():
            return (value, value + "x", value[:-1])
    return ()


def _only_sets(commands: tuple[Command, ...], slot: str, values: tuple[Any, ...]) -> bool:
    if len(commands) != 1 or not isinstance(commands[0], SetSlot) or commands[0].name != slot:
        return False
    return any(shown(value) == shown(commands[0].value) for value in values)


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else shown(value)
