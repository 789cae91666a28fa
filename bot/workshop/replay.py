"""`chairside replay`: would stored conversations go the same way under changed flows?

Each turn is taken again by the pure engine: the same message, the same commands, the results that actions had
then. What is new is only the content. A conversation is followed until it goes another way: what a patient
would have answered from there on, nobody knows.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.dialogue import Assistant, Conversation, advance
from bot.dialogue.commands import Clarify, Command, CorrectSlots, SetSlot, StartFlow
from bot.dialogue.effects import Effect, RunAction
from bot.dialogue.events import ActionReturned, Event, HandedBack, PatientWrote
from bot.service.turns.journal import (
    ActionNote,
    StackNote,
    StoredTurn,
    heard_again,
    stack_note,
    stack_of,
    timeline,
)
from bot.workshop.masking import Mask

_ACTIONS_A_TURN = 40
_NUMBERED = re.compile(r"^\d+_")  # of a step without an id of its own: steps before it may come and go


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    response: str  # "" for words of an action
    text: str
    buttons: tuple[tuple[str, str], ...]  # (title, payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What a turn came to."""

    actions: tuple[str, ...]
    flows: tuple[str, ...]  # "flow_started book_visit"
    slots: Mapping[str, Any]
    said: tuple[Said, ...]
    others: tuple[str, ...]  # hand-offs, alerts, errors
    stack: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """`then` and `now` may be printed: words are in them only where they were asked for."""

    what: str
    then: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergence:
    """The turn in which a conversation differs. `only_words`: it says otherwise what it said, and goes on."""

    conversation: str
    turn: int  # from 1
    at: datetime
    differences: tuple[Difference, ...]
    only_words: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "conversation": self.conversation,
            "turn": self.turn,
            "at": self.at.isoformat(),
            "only_words": self.only_words,
            "differences": [
                {"what": each.what, "then": each.then, "now": each.now} for each in self.differences
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """`skipped` says why, where a conversation could not be replayed."""

    conversation: str
    turns: int = 0
    divergences: tuple[Divergence, ...] = ()
    skipped: str = ""

    @property
    def goes_another_way(self) -> bool:
        return any(not each.only_words for each in self.divergences)


def replay(
    conversation: str, turns: Sequence[StoredTurn], assistant: Assistant, *, language: str, mask: Mask
) -> Replayed:
    """`language` is the one a new conversation begins with; `assistant` the changed content."""
    if any(not turn.journal.get("given_up") and heard_again(turn) is None for turn in turns):
        skipped = "it was stored before messages were kept for replaying"
        return Replayed(conversation=conversation, skipped=skipped)
    state = Conversation.new(conversation, language=language)
    found: list[Divergence] = []
    for number, turn in enumerate(turns, start=1):
        heard = heard_again(turn)
        if heard is None or turn.journal.get("given_up"):
            continue  # it left everything as it was
        take = _Again(assistant, replace(state, paused=heard.paused), turn.actions)
        take.run(heard.event)
        state = take.conversation
        then = _way(turn.journal.get("events") or (), stack_of(turn.journal))
        now = _way(take.events, tuple((f, s, i) for f, s, i in stack_note(state)))
        differences = [*_differences(then, now, mask), *take.troubles]
        if differences:
            only_words = all(each.what == "words" for each in differences)
            found.append(
                Divergence(
                    conversation=conversation,
                    turn=number,
                    at=turn.at,
                    differences=tuple(differences),
                    only_words=only_words,
                )
            )
            if not only_words:
                break
    return Replayed(conversation=conversation, turns=len(turns), divergences=tuple(found))


@dataclass(slots=True)
class _Again:
    """One turn, taken again."""

    assistant: Assistant
    conversation: Conversation
    notes: Sequence[ActionNote]
    effects: list[Effect] = field(default_factory=list)
    troubles: list[Difference] = field(default_factory=list)

    @property
    def events(self) -> list[dict[str, Any]]:
        """As they would have been stored."""
        kept: list[dict[str, Any]] = json.loads(json.dumps(timeline(self.effects, ()), default=str))
        return kept

    def run(self, heard: PatientWrote | HandedBack) -> None:
        recorded: dict[str, deque[ActionNote]] = defaultdict(deque)
        for note in self.notes:
            recorded[note.action].append(note)
        event: Event = self._known(heard)
        for _ in range(_ACTIONS_A_TURN):
            self.conversation, effects = advance(self.assistant, self.conversation, event)
            self.effects += effects
            call = effects[-1] if effects and isinstance(effects[-1], RunAction) else None
            if call is None:
                return
            if not recorded[call.name]:
                self.troubles.append(Difference(what="action", then="not run", now=f"would run {call.name}"))
                return
            note = recorded[call.name].popleft()
            event = ActionReturned(
                at=heard.at, call=call.call, events=note.events, responses=note.responses, failed=note.failed
            )
        self.troubles.append(
            Difference(what="turn", then="settled", now=f"runs {_ACTIONS_A_TURN} actions and never settles")
        )

    def _known(self, heard: PatientWrote | HandedBack) -> PatientWrote | HandedBack:
        """Without commands that name what is no longer there."""
        if isinstance(heard, HandedBack):
            return heard
        kept = []
        for command in heard.commands:
            gone = self._gone(command)
            if gone:
                self.troubles.append(Difference(what="command", then=type(command).__name__, now=gone))
            else:
                kept.append(command)
        return replace(heard, commands=tuple(kept))

    def _gone(self, command: Command) -> str:
        flows: Sequence[str] = ()
        slots: Sequence[str] = ()
        match command:
            case StartFlow():
                flows = (command.flow,)
            case Clarify():
                flows = command.options
            case SetSlot():
                slots = (command.name,)
            case CorrectSlots():
                slots = tuple(command.slots)
        lost = [f'there is no flow "{name}"' for name in flows if name not in self.assistant.flows]
        lost += [f'there is no slot "{name}"' for name in slots if name not in self.assistant.slots]
        return "; ".join(lost)


def _way(events: Sequence[Mapping[str, Any]], stack: Sequence[StackNote]) -> Way:
    def of(*kinds: str) -> list[Mapping[str, Any]]:
        return [event for event in events if event["event"] in kinds]

    return Way(
        actions=tuple(str(e["name"]) for e in of("run")),
        flows=tuple(
            f"{e['flow_id']} {str(e['event']).removeprefix('flow_')}"
            for e in events
            if str(e["event"]).startswith("flow_")
        ),
        slots={e["name"]: e["value"] for e in of("slot")},
        said=tuple(_said(e) for e in of("bot")),
        others=tuple(_other(e) for e in of("pause", "resume", "alert", "engine_error")),
        stack=tuple(f"{flow} at {_NUMBERED.sub('', step)}" for flow, step, _ in stack),
    )


def _said(event: Mapping[str, Any]) -> Said:
    buttons = (event.get("data") or {}).get("buttons") or ()
    return Said(
        response=(event.get("metadata") or {}).get("utter_action") or "",
        text=str(event.get("text") or ""),
        buttons=tuple((button["title"], button["payload"]) for button in buttons),
    )


def _other(event: Mapping[str, Any]) -> str:
    kind = {"pause": "a person is called", "resume": "given back", "alert": "alert", "engine_error": "error"}
    return f"{kind[str(event['event'])]} {event.get('reason') or ''}".strip()


def _differences(then: Way, now: Way, mask: Mask) -> list[Difference]:
    found = []
    pairs = (
        ("actions", then.actions, now.actions),
        ("flows", then.flows, now.flows),
        ("others", then.others, now.others),
        ("stands at", then.stack, now.stack),
    )
    for what, before, after in pairs:
        if before != after:
            found.append(Difference(what=what, then=_listed(before), now=_listed(after)))
    changed = [name for name in {**then.slots, **now.slots} if _slot(then, name) != _slot(now, name)]
    if changed:
        shown = [_listed([_shown(way, name, mask) for name in changed]) for way in (then, now)]
        if shown[0] == shown[1]:
            shown[1] += " (another value)"
        found.append(Difference(what="slots", then=shown[0], now=shown[1]))
    responses = [tuple(said.response for said in way.said) for way in (then, now)]
    payloads = [tuple(p for said in way.said for _, p in said.buttons) for way in (then, now)]
    if responses[0] != responses[1] or payloads[0] != payloads[1]:
        found.append(Difference(what="says", then=_spoken(then, mask), now=_spoken(now, mask)))
    elif then.said != now.said:
        found.append(
            Difference(what="words", then=_spoken(then, mask), now=_spoken(now, mask, otherwise=then))
        )
    return found


_UNSET = object()


def _slot(way: Way, name: str) -> Any:
    return way.slots.get(name, _UNSET)


def _shown(way: Way, name: str, mask: Mask) -> str:
    return f"{name} = {mask.value(name, way.slots[name])}" if name in way.slots else f"{name} untouched"


def _spoken(way: Way, mask: Mask, *, otherwise: Way | None = None) -> str:
    """Names of responses; their words where asked for. `otherwise`: the same responses as in that way."""
    names = []
    for place, said in enumerate(way.said):
        name = said.response or "words of an action"
        if mask.shows_words:
            titles = " | ".join(title for title, _ in said.buttons)
            name += f": “{said.text}”" + (f" [{titles}]" if titles else "")
        elif otherwise is not None and otherwise.said[place] != said:
            name += " in other words"
        elif said.buttons:
            name += f" with {len(said.buttons)} buttons"
        names.append(name)
    return _listed(names)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "nothing"


def divergence_lines(divergence: Divergence) -> list[str]:
    how = "would be put in other words" if divergence.only_words else "would go another way"
    lines = [f"{divergence.conversation[:8]} turn {divergence.turn}, {divergence.at:%Y-%m-%d %H:%M}, {how}:"]
    for each in divergence.differences:
        lines += [f"  {each.what:<10} then  {each.then}", f"  {'':<10} now   {each.now}"]
    return lines


def summary(replayed: Sequence[Replayed]) -> str:
    skipped = [each for each in replayed if each.skipped]
    other = [each for each in replayed if each.goes_another_way]
    words = [each for each in replayed if each.divergences and not each.goes_another_way]
    turns = sum(each.turns for each in replayed)
    count = len(replayed) - len(skipped)
    told = f"{count} conversation{'s' if count != 1 else ''} of {turns} turns replayed: "
    told += f"{len(other)} would go another way, {len(words)} only in other words"
    return told + (f"; {len(skipped)} skipped." if skipped else ".")
