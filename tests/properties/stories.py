"""Stories: patients and actions that do anything, played on the engine turn by turn."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from bot.dialogue import Assistant, Conversation, advance, load_assistant
from bot.dialogue.commands import (
    CancelFlow,
    CannotHandle,
    ChitChat,
    Clarify,
    Command,
    CorrectSlots,
    DataRequest,
    Emergency,
    HumanHandoff,
    InternalError,
    KnowledgeAnswer,
    MediaReceived,
    ReminderReply,
    RepeatBotMessages,
    Restart,
    SessionEnd,
    SessionStart,
    SetSlot,
    SkipQuestion,
    StaleTap,
    StartFlow,
    StopMessages,
    UserSilence,
)
from bot.dialogue.effects import Effect, OpenHandoff, Record, RunAction, Utter
from bot.dialogue.events import ActionReturned, Event, HandedBack, PatientWrote

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
CONTENT = """
actions:
  - action_find: {outcome: {slot: found, values: [some, none, error]}, sets: [offer]}
  - action_free
  - validate_name: {sets: [name]}
  - action_ask_day: {sets: []}
slots:
  name: {type: text}
  reason:
    type: categorical
    values: [checkup, pain]
    validation:
      rejections: [{if: slots.reason is "pain", utter: utter_no}]
  day: {type: text}
  age: {type: float}
  offer: {type: any, mappings: [{type: controlled}]}
  found: {type: categorical, values: [some, none, error], mappings: [{type: controlled}]}
  sure: {type: bool, initial_value: false}
responses:
  utter_ask_name: [{text: "Name?"}]
  utter_ask_reason: [{text: "What for, {name}?", buttons: [{title: Pain, payload: /SetSlots(reason=pain)}]}]
  utter_ask_age: [{text: "Age?"}]
  utter_ask_sure: [{text: "Sure of {day}?"}]
  utter_no: [{text: "No."}]
  utter_done: [{text: "Done."}, {condition: slots.age > 90, text: "Well done."}]
flows:
  book:
    name: booking
    description: d
    persisted_slots: [name]
    steps:
      - collect: name
      - collect: reason
        force_slot_filling: true
      - call: choose
      - collect: sure
        ask_before_filling: true
        next:
          - if: slots.sure
            then: [{action: utter_done, next: END}]
          - else: [{set_slots: [{day: null}]}, {link: other}]
  choose:
    name: choosing
    description: d
    if: slots.name is not null
    steps:
      - id: ask
        collect: day
        rejections: [{if: slots.day is "x", utter: utter_no}]
      - action: action_find
        next:
          - if: "{'some' 'none'} contains slots.found"
            then: END
          - if: slots.found is "error"
            then: ask
          - else: END
  other:
    name: another
    description: d
    run_pattern_completed: false
    steps:
      - id: again
        action: action_free
        next:
          - if: slots.age < 18
            then: [{link: pattern_human_handoff}]
          - else: old
      - id: old
        collect: age
        max_attempts: 1
  loop:
    name: circle
    description: d
    steps:
      - id: round
        action: action_free
        next: round
"""

names = st.sampled_from(["name", "reason", "day", "age", "offer", "found", "sure", "nowhere", "language"]) | (
    st.sampled_from(["continue_interrupted_flow_confirmation", "interrupted_flow_to_continue"])
)
values = (
    st.none()
    | st.booleans()
    | st.integers(-3, 99)
    | st.floats(allow_nan=False, allow_infinity=False)
    | (
        st.sampled_from(
            ["x", "pain", "checkup", "some", "none", "error", "yes", "booking", "", " 7,5 ", "Анна", "{name}"]
        )
    )
)
flows = st.sampled_from(["book", "choose", "other", "loop", "nowhere", "pattern_completed"])
sets = st.builds(SetSlot, names, values, by_tap=st.booleans())
commands: st.SearchStrategy[Command] = st.one_of(
    sets,
    sets,
    st.builds(StartFlow, flows, explicit=st.booleans()),
    st.builds(StartFlow, flows, explicit=st.booleans()),
    st.builds(CorrectSlots, st.dictionaries(names, values, max_size=3)),
    st.builds(Clarify, st.lists(flows, max_size=4).map(tuple)),
    st.builds(KnowledgeAnswer, st.none() | st.sampled_from(["greet", "hours"])),
    st.builds(HumanHandoff),
    st.builds(Emergency, st.sampled_from(["A", "B", "C", "?"]), st.just("k")),
    st.builds(MediaReceived, st.sampled_from(["audio", "image"]), st.sampled_from([None, "m1"])),
    st.builds(DataRequest, st.sampled_from(["show", "delete"])),
    st.builds(ReminderReply, st.just("r"), st.just("a"), st.sampled_from(["confirm", "cancel", "move"])),
    st.sampled_from(
        [
            CancelFlow(),
            CannotHandle(),
            CannotHandle("cannot_handle_chitchat"),
            ChitChat(),
            SkipQuestion(),
            RepeatBotMessages(),
            StopMessages(),
            StaleTap(),
            Restart(),
            SessionStart(),
            SessionEnd(),
            UserSilence(),
            InternalError(),
        ]
    ),
)
slot_events = st.builds(lambda n, v: {"event": "slot", "name": n, "value": v}, names, values)
sdk_events = st.one_of(
    slot_events,
    slot_events,
    st.builds(
        lambda n: {"event": "followup", "name": n}, st.sampled_from(["action_free", "utter_no", "action_x"])
    ),
    st.sampled_from(
        [
            {"event": kind}
            for kind in (
                "pause",
                "resume",
                "restart",
                "session_ended",
                "session_started",
                "reset_slots",
                "rewind",
                "reminder",
                "odd",
            )
        ]
        + [{"event": "bot", "text": "Hm."}, {"event": "action", "name": "action_listen"}, {"no": "event"}]
    ),
)
results = st.builds(
    dict,
    events=st.lists(sdk_events, max_size=3).map(tuple),
    responses=st.sampled_from(
        [(), ({"text": "Look."},), ({"response": "utter_ask_sure", "day": 1},), ({"text": 3},)]
    ),
    failed=st.sampled_from([None, None, None, "exception", "timeout"]),
)
moves = st.one_of(
    st.tuples(st.just("writes"), st.lists(commands, max_size=4), st.sampled_from(["hello", "", "x" * 5000])),
    st.tuples(st.just("writes"), st.lists(commands, max_size=2), st.just("hello")),
    st.tuples(st.just("is handed back"), st.just([]), st.just("")),
    st.tuples(st.just("waits"), st.just([]), st.just("")),
)
stories = st.tuples(st.lists(moves, min_size=1, max_size=8), st.lists(results, min_size=1, max_size=6))


def load(folder: Path) -> Assistant:
    (folder / "flows.yml").write_text(CONTENT, encoding="utf-8")
    return load_assistant([folder], languages=["en"])


class Story:
    """Plays moves on an engine and keeps what came of each turn, and what it was told."""

    def __init__(self, assistant: Assistant, results: list[dict[str, Any]]) -> None:
        self.assistant, self.results = assistant, results
        self.heard: list[Event] = []
        self.conversation = Conversation.new("anna", language="en")
        self.at = MONDAY
        self.calls = 0
        self.turns: list[tuple[bool, tuple[Effect, ...]]] = []
        self.states: list[str] = []

    def play(self, moves: list[tuple[str, list[Command], str]]) -> "Story":
        for kind, commands, text in moves:
            if kind == "waits":
                self.at += timedelta(days=4)
            elif kind == "is handed back":
                self._turn(HandedBack(at=self.at, channel="whatsapp"), heard=False)
            else:
                event = PatientWrote(at=self.at, text=text, commands=tuple(commands), channel="whatsapp")
                self._turn(event, heard=True)
        return self

    def _turn(self, event: Event, *, heard: bool) -> None:
        effects: list[Effect] = []
        for _ in range(300):
            self.heard.append(event)
            self.conversation, made = advance(self.assistant, self.conversation, event)
            self._keep()
            effects += made
            call = made[-1] if made else None
            if not isinstance(call, RunAction):
                assert self.conversation.has_settled
                break
            event = ActionReturned(at=self.at, call=call.call, **self.result_of(call))
        else:
            raise AssertionError("the turn does not settle")
        self.turns.append((heard, tuple(effects)))

    def result_of(self, call: RunAction) -> dict[str, Any]:
        self.calls += 1
        return self.results[(self.calls - 1) % len(self.results)]

    def check_ends(self) -> None:
        """Every turn came to words, a person, or a silence on record."""
        for heard, effects in self.turns:
            answered = any(isinstance(effect, (Utter, OpenHandoff)) for effect in effects)
            silent = any(isinstance(e, Record) and e.event["event"] == "silence" for e in effects)
            assert answered != silent
            assert heard or answered

    def _keep(self) -> None:
        shown = json.dumps(self.conversation.to_json(), allow_nan=False)
        again = Conversation.from_json(json.loads(shown))
        assert again == self.conversation
        assert json.dumps(again.to_json()) == shown
        self.states.append(shown)
        self.conversation = again


def replayed(assistant: Assistant, heard: list[Event]) -> list[str]:
    """The states that the same events lead to, from nothing."""
    conversation = Conversation.new("anna", language="en")
    states = []
    for event in heard:
        conversation, _ = advance(assistant, conversation, event)
        states.append(json.dumps(conversation.to_json(), allow_nan=False))
    return states


many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
