"""A conversation while a turn is under way: the one mutable thing in the engine, private to one `advance`.

It knows how to say, record, set and stack; what is to be said or set is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from bot.dialogue.conditions import Condition
from bot.dialogue.effects import Button, ConditionTested, Effect, OpenHandoff, Record, RunAction, Utter
from bot.dialogue.model import Assistant, Flow
from bot.dialogue.state import Call, Conversation, Dropped, Frame, Said, Turn, Waiting
from bot.dialogue.values import fits
from bot.dialogue.wording import Setting, word
from bot.errors import ChairsideError

MAX_CALL_DEPTH = 3  # follow-up actions after follow-up actions
APOLOGY = "utter_internal_error_rasa"


class StepFailed(ChairsideError):
    """A step that cannot be carried out (13). The message names steps, slots and actions, never values."""


#: What is in the journal for good, even when its step is undone: it has been said, or has run.
_LASTS = frozenset({"bot", "action", "render_null", "user"})


@dataclass(frozen=True, slots=True)
class Snapshot:
    slots: Mapping[str, Any]
    stack: tuple[Frame, ...]
    paused: bool
    waiting: Waiting | None
    introduced: bool
    misunderstood: int
    turn: Turn
    effects: int


class Workbench:
    """Slots are copied before the first change, frames are frozen: `snapshot` and `restore` are cheap."""

    def __init__(self, assistant: Assistant, conversation: Conversation, turn: Turn) -> None:
        self.assistant = assistant
        self.base = conversation
        self.turn = turn
        self.slots: Mapping[str, Any] = conversation.slots
        self._own: dict[str, Any] | None = None  # `slots`, while nobody else holds them
        self.stack: list[Frame] = list(conversation.stack)
        self.effects: list[Effect] = []
        self.frames_made = conversation.frames_made
        self.turn_number = conversation.turn_number
        self.paused = conversation.paused
        self.waiting = conversation.waiting if conversation.paused else None
        self.introduced = conversation.introduced
        self.noted_closed = conversation.noted_closed
        self.misunderstood = conversation.misunderstood
        self.last_message_at = conversation.last_message_at
        self.dropped: Dropped | None = conversation.dropped
        self.alarm = conversation.alarm

    @property
    def language(self) -> str:
        return str(self.slots.get("language") or self.base.language)

    def change(self, **changes: Any) -> None:
        turn = self.turn
        if any(getattr(turn, name) is not value for name, value in changes.items()):
            self.turn = replace(turn, **changes)

    def conversation(self, *, settled: bool) -> Conversation:
        """What is left at the end of an advance."""
        return replace(
            self.base,
            slots=self.slots,
            stack=tuple(self.stack),
            frames_made=self.frames_made,
            turn_number=self.turn_number,
            paused=self.paused,
            waiting=self.waiting,
            introduced=self.introduced,
            noted_closed=self.noted_closed,
            misunderstood=self.misunderstood,
            last_message_at=self.last_message_at,
            alarm=self.alarm,
            said=self.turn.said if settled else self.base.said,
            version=self.assistant.version,
            dropped=self.dropped,
            turn=None if settled else self.turn,
        )

    def snapshot(self) -> Snapshot:
        self._own = None
        return Snapshot(
            slots=self.slots,
            stack=tuple(self.stack),
            paused=self.paused,
            waiting=self.waiting,
            introduced=self.introduced,
            misunderstood=self.misunderstood,
            turn=self.turn,
            effects=len(self.effects),
        )

    def restore(self, before: Snapshot) -> None:
        """Undo a step, but for what has been said (13)."""
        self._own = None
        self.slots, self.stack = before.slots, list(before.stack)
        self.paused, self.introduced = before.paused, before.introduced
        self.waiting = before.waiting
        self.misunderstood = before.misunderstood
        since = [effect for effect in self.effects[before.effects :] if _has_happened(effect)]
        self.effects[before.effects :] = since
        spoke = before.turn.reached_patient or any(isinstance(effect, Utter) for effect in since)
        self.turn = replace(
            before.turn,
            said=self.turn.said,
            reached_patient=spoke,
            steps=self.turn.steps,
            calls=self.turn.calls,
            call=None,
        )

    # Conditions

    def holds(
        self,
        condition: Condition,
        of: Literal["next", "rejection", "guard"],
        *,
        flow: str,
        step: str | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> bool:
        """Whether it is so, and a word of it for those who explain. Raises ConditionFailed."""
        context = context or {}
        holds = condition.holds(self.slots, context)
        self.effects.append(
            ConditionTested(
                flow=flow,
                step=step,
                of=of,
                condition=condition.source,
                holds=holds,
                values=condition.values(self.slots, context),
            )
        )
        return holds

    # The stack

    @property
    def top(self) -> Frame | None:
        return self.stack[-1] if self.stack else None

    def flow(self, frame: Frame) -> Flow:
        return self.assistant.flows[frame.flow_id]

    def new_frame(self, flow_id: str, **fields: Any) -> Frame:
        self.frames_made += 1
        return Frame(frame_id=f"f{self.frames_made}", flow_id=flow_id, **fields)

    def push(self, flow_id: str, context: Mapping[str, Any] | None = None, **fields: Any) -> None:
        self.stack.append(self.new_frame(flow_id, context=dict(context or {}), **fields))

    def change_top(self, **changes: Any) -> Frame:
        self.stack[-1] = replace(self.stack[-1], **changes)
        return self.stack[-1]

    def change_frame(self, frame_id: str, **changes: Any) -> None:
        self.stack = [replace(f, **changes) if f.frame_id == frame_id else f for f in self.stack]

    def remove(self, frame_ids: Sequence[str]) -> None:
        self.stack = [frame for frame in self.stack if frame.frame_id not in frame_ids]

    # Slots and journal

    def record(self, event: str, **fields: Any) -> None:
        self.effects.append(Record(event={"event": event, **fields}))

    def put(self, name: str, value: Any) -> None:
        """Set a slot without a word of it."""
        if self._own is None:
            self.slots = self._own = dict(self.slots)
        self._own[name] = value

    def drop(self, name: str) -> None:
        self.slots = self._own = {each: value for each, value in self.slots.items() if each != name}

    def set_slot(self, name: str, value: Any) -> None:
        self.put(name, value)
        self.record("slot", name=name, value=value)

    def set_by_action(self, name: str, value: Any) -> None:
        slot = self.assistant.slots.get(name)
        if slot is None:
            raise StepFailed(f'sets slot "{name}", which does not exist')
        if not fits(slot, value):
            raise StepFailed(f'sets slot "{name}" to a value that is not {slot.type}')
        self.set_slot(name, value)

    def reset_slot(self, name: str) -> None:
        self.set_slot(name, self.assistant.slots[name].initial_value)

    # Saying

    def say(
        self,
        response: str,
        words: Mapping[str, Any] | None = None,
        *,
        buttons: tuple[Button, ...] | None = None,
    ) -> None:
        """Raises ConditionFailed. A response of which nothing fits becomes the built-in apology."""
        known = self.assistant.responses.get(response) or self.assistant.answers.get(
            response.removeprefix("utter_faq/")
        )
        if known is None:
            raise StepFailed(f'utters "{response}", which does not exist')
        setting = self._setting(words or {})
        worded = word(known, setting)
        if worded is None:
            self.record("engine_error", message=f'no variation of "{response}" fits')
            worded = word(self.assistant.responses[APOLOGY], setting)
        if worded is None:
            worded = word(self.assistant.last_words, setting)
            assert worded is not None  # the built-in one has a variation without condition
        for name in worded.empty:
            self.record("render_null", response=response, name=name)
        said = worded.said if buttons is None else replace(worded.said, buttons=buttons)
        self.say_exactly(said)

    def render(self, response: str, words: Mapping[str, Any]) -> str:
        worded = word(self.assistant.responses[response], self._setting(words))
        return worded.said.text if worded else ""

    def say_exactly(self, said: Said) -> None:
        if not said.text and not said.buttons and not said.data:
            return
        self.effects.append(
            Utter(text=said.text, buttons=said.buttons, response=said.response, data=said.data)
        )
        shown = said.to_json()
        self.record(
            "bot",
            text=said.text,
            data={"buttons": shown["buttons"], **said.data},
            metadata={"utter_action": said.response},
        )
        self.change(said=(*self.turn.said, said), reached_patient=True)

    def say_last_words(self) -> None:
        worded = word(self.assistant.last_words, self._setting({}))
        if worded is not None:
            self.say_exactly(worded.said)

    def _setting(self, words: Mapping[str, Any]) -> Setting:
        return Setting(
            conversation_id=self.base.conversation_id,
            turn_number=self.turn_number,
            language=self.language,
            channel=self.turn.channel,
            slots=self.slots,
            context=self.top.context if self.top else {},
            words=words,
        )

    # Leaving the engine

    def open_handoff(self, reason: str) -> None:
        self.effects.append(OpenHandoff(reason=reason))
        if self.waiting is None:
            at = self.turn.at
            self.waiting = Waiting(since=at, reason=reason, told_at=at, view=self.base.said)
        elif reason == "emergency":
            self.waiting = replace(self.waiting, reason=reason)
        self.paused = True
        self.record("pause", reason=reason)
        self.change(reached_patient=True)

    def run_action(self, name: str, purpose: Any, *, depth: int = 0, was_filled: bool = False) -> None:
        """Leave with RunAction; the turn goes on when its result comes back."""
        number = self.turn.calls + 1
        call = Call(number=number, action=name, purpose=purpose, depth=depth, was_filled=was_filled)
        self.change(calls=number, call=call)
        self.effects.append(RunAction(call=number, name=name, tracker=self._tracker()))

    def _tracker(self) -> dict[str, Any]:
        """Rasa's tracker state (7.1). `events` has this turn's message; the session's are in the journal."""
        known = self.assistant.slots
        return {
            "sender_id": self.base.conversation_id,
            "user_id": self.base.conversation_id,
            "slots": {name: self.slots.get(name) for name in known},
            "latest_message": dict(self.turn.latest_message),
            "events": [{"event": "user", "text": self.turn.text, "input_channel": self.turn.channel}],
            "paused": self.paused,
            "followup_action": None,
            "active_loop": {},
            "latest_action_name": self.turn.latest_action,
            "stack": [frame.to_json() for frame in self.stack],
        }


def _has_happened(effect: Effect) -> bool:
    return isinstance(effect, Utter) or (isinstance(effect, Record) and effect.event["event"] in _LASTS)
