"""Whatever patients and actions do, every turn ends: in words, in a person, or in a silence on record."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.dialogue import Assistant, Conversation, advance, asked, load_assistant
from bot.dialogue.commands import (
    CancelFlow,
    CannotHandle,
    ChitChat,
    Clarify,
    Command,
    CorrectSlots,
    Emergency,
    HumanHandoff,
    InternalError,
    KnowledgeAnswer,
    MediaReceived,
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
    command_from_json,
    command_to_json,
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

_names = st.sampled_from(
    ["name", "reason", "day", "age", "offer", "found", "sure", "nowhere", "language"]
) | (st.sampled_from(["continue_interrupted_flow_confirmation", "interrupted_flow_to_continue"]))
_values = (
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
_flows = st.sampled_from(["book", "choose", "other", "loop", "nowhere", "pattern_completed"])
_sets = st.builds(SetSlot, _names, _values, by_tap=st.booleans())
_commands: st.SearchStrategy[Command] = st.one_of(
    _sets,
    _sets,
    st.builds(StartFlow, _flows, explicit=st.booleans()),
    st.builds(StartFlow, _flows, explicit=st.booleans()),
    st.builds(CorrectSlots, st.dictionaries(_names, _values, max_size=3)),
    st.builds(Clarify, st.lists(_flows, max_size=4).map(tuple)),
    st.builds(KnowledgeAnswer, st.none() | st.sampled_from(["greet", "hours"])),
    st.builds(HumanHandoff),
    st.builds(Emergency, st.sampled_from(["A", "B", "C", "?"]), st.just("k")),
    st.builds(MediaReceived, st.sampled_from(["audio", "image"])),
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
_slot_events = st.builds(lambda n, v: {"event": "slot", "name": n, "value": v}, _names, _values)
_sdk_events = st.one_of(
    _slot_events,
    _slot_events,
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
                "reset_slots",
                "rewind",
                "reminder",
                "odd",
            )
        ]
        + [{"event": "bot", "text": "Hm."}, {"event": "action", "name": "action_listen"}, {"no": "event"}]
    ),
)
_results = st.builds(
    dict,
    events=st.lists(_sdk_events, max_size=3).map(tuple),
    responses=st.sampled_from(
        [(), ({"text": "Look."},), ({"response": "utter_ask_sure", "day": 1},), ({"text": 3},)]
    ),
    failed=st.sampled_from([None, None, None, "exception", "timeout"]),
)
_moves = st.one_of(
    st.tuples(st.just("writes"), st.lists(_commands, max_size=4), st.sampled_from(["hello", "", "x" * 5000])),
    st.tuples(st.just("writes"), st.lists(_commands, max_size=2), st.just("hello")),
    st.tuples(st.just("is handed back"), st.just([]), st.just("")),
    st.tuples(st.just("waits"), st.just([]), st.just("")),
)
_stories = st.tuples(st.lists(_moves, min_size=1, max_size=8), st.lists(_results, min_size=1, max_size=6))


def load(folder: Path) -> Assistant:
    (folder / "flows.yml").write_text(CONTENT, encoding="utf-8")
    return load_assistant([folder], languages=["en"])


class Story:
    """Plays moves on an engine and keeps what came of each turn."""

    def __init__(self, assistant: Assistant, results: list[dict[str, Any]]) -> None:
        self.assistant, self.results = assistant, results
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
            self.conversation, made = advance(self.assistant, self.conversation, event)
            self._keep()
            effects += made
            call = made[-1] if made else None
            if not isinstance(call, RunAction):
                assert self.conversation.has_settled
                break
            result = self.results[self.calls % len(self.results)]
            self.calls += 1
            event = ActionReturned(at=self.at, call=call.call, **result)
        else:
            raise AssertionError("the turn does not settle")
        self.turns.append((heard, tuple(effects)))

    def _keep(self) -> None:
        shown = json.dumps(self.conversation.to_json(), allow_nan=False)
        again = Conversation.from_json(json.loads(shown))
        assert again == self.conversation
        assert json.dumps(again.to_json()) == shown
        self.states.append(shown)
        self.conversation = again


@cache
def _assistant() -> Assistant:
    with TemporaryDirectory() as folder:
        return load(Path(folder))


many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(_stories)
def test_every_message_is_answered_handed_over_or_silent_on_record(story: Any) -> None:
    moves, results = story
    played = Story(_assistant(), results).play(moves)

    for heard, effects in played.turns:
        answered = any(isinstance(effect, (Utter, OpenHandoff)) for effect in effects)
        silent = any(isinstance(e, Record) and e.event["event"] == "silence" for e in effects)
        assert answered != silent
        assert heard or answered


@many
@given(_stories)
def test_the_same_story_ends_the_same_way(story: Any) -> None:
    moves, results = story
    first, second = (Story(_assistant(), results).play(moves) for _ in range(2))

    assert first.turns == second.turns
    assert first.states == second.states


@many
@given(_stories)
def test_an_emergency_is_always_answered_with_its_own_text_alone(story: Any) -> None:
    moves, results = story
    played = Story(_assistant(), results).play(
        [*moves, ("writes", [CancelFlow(), Emergency("A", "airway")], "help")]
    )
    said = [effect.response for effect in played.turns[-1][1] if isinstance(effect, Utter)]

    assert said == ["utter_emergency_a"]
    assert played.conversation.paused
    assert asked(played.assistant, played.conversation) is None


@many
@given(_stories)
def test_words_never_set_what_only_the_practice_may_set(story: Any) -> None:
    moves, _ = story
    untapped = [
        (kind, [c for c in commands if not (isinstance(c, SetSlot) and c.by_tap)], text)
        for kind, commands, text in moves
    ]
    played = Story(_assistant(), [{"events": (), "responses": (), "failed": "exception"}]).play(untapped)

    assert played.conversation.slots.get("offer") is None
    assert played.conversation.slots.get("found") in (None, "error")
    assert played.conversation.language == "en"


@given(_commands)
def test_commands_survive_json(command: Command) -> None:
    assert command_from_json(json.loads(json.dumps(command_to_json(command)))) == command
