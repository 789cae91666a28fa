"""A conversation with the engine alone: content from a string, commands in, words and events out.

desk = Desk(CONTENT)
desk.hears(StartFlow("book"))
desk.says            # texts of the last turn
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.dialogue import Assistant, Conversation, advance, load_assistant
from bot.dialogue.commands import Command
from bot.dialogue.effects import Effect, Record, RunAction, Utter
from bot.dialogue.events import ActionReturned, HandedBack, PatientWrote
from bot.errors import ContentRefused

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
FACTS = {
    "practice_name": "Studio Lucciola",
    "practice_phone": "+39 06 5550100",
    "privacy_url": "https://example.org/privacy",
    "emergency_number": "112",
}

Events = Sequence[Mapping[str, Any]]

#: A visit is booked: a name that stays, a reason, a day chosen in a called flow, and a confirmation.
BOOKING = """
actions:
  - action_find: {outcome: {slot: found, values: [some, none, error]}}
  - action_note: {sets: []}
slots:
  name: {type: text}
  reason: {type: categorical, values: [checkup, pain]}
  day: {type: text}
  found: {type: categorical, values: [some, none, error], mappings: [{type: controlled}]}
  sure: {type: bool}
  kind: {type: text}
responses:
  utter_ask_name: [{text: "Your name?"}]
  utter_ask_reason: [{text: "What for?"}]
  utter_ask_day: [{text: "Which day, {name}?"}]
  utter_ask_sure: [{text: "{day}, is that right?"}]
  utter_ask_kind: [{text: "Which kind?"}]
  utter_booked: [{text: "Booked for {day}."}]
  utter_given_up: [{text: "Not booked."}]
  utter_none_free: [{text: "Nothing free."}]
  utter_trouble: [{text: "The diary is silent."}]
  utter_price: [{text: "80 euro."}]
flows:
  book:
    name: booking
    description: book a visit
    nlu_trigger: [{intent: book_visit}]
    persisted_slots: [name]
    steps:
      - collect: name
      - collect: reason
      - call: choose
      - collect: sure
        ask_before_filling: true
        next:
          - if: slots.sure
            then: [{action: utter_booked, next: END}]
          - else: [{action: utter_given_up, next: END}]
  choose:
    description: choose a day that is free
    if: false
    steps:
      - id: ask_day
        collect: day
      - action: action_find
        next:
          - if: slots.found is "some"
            then: END
          - if: slots.found is "none"
            then:
              - action: utter_none_free
              - set_slots: [{day: null}]
                next: ask_day
          - if: slots.found is "error"
            then: [{action: utter_trouble, next: END}]
          - else: END
  price:
    name: prices
    description: tell a price
    nlu_trigger: [{intent: faq/prices}]
    steps:
      - collect: kind
      - action: utter_price
"""


@cache
def _loaded(content: str) -> Assistant:
    return load(content)


def load(content: str | Mapping[str, str], languages: Sequence[str] = ("en",), **options: Any) -> Assistant:
    """An assistant from the text of one file, or of several by name."""
    files = {"flows.yml": content} if isinstance(content, str) else content
    with TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / "f").mkdir(exist_ok=True)
            (Path(folder) / "f" / name).write_text(text, encoding="utf-8")
        return load_assistant([Path(folder) / "f"], languages=languages, **options)


def refusal(
    content: str | Mapping[str, str], languages: Sequence[str] = ("en",), **options: Any
) -> list[str]:
    """The mistakes of content, as they are shown; [] when it loads."""
    try:
        load(content, languages, **options)
    except ContentRefused as refused:
        return [str(problem) for problem in refused.problems if problem.is_error]
    return []


def found(outcome: str = "some") -> Events:
    return ({"event": "slot", "name": "found", "value": outcome},)


@dataclass
class Desk:
    """One patient at the desk. Actions come back with what `results` says of them, or with nothing."""

    content: str | Assistant = BOOKING
    language: str = "en"
    results: dict[str, Any] = field(default_factory=lambda: {"action_find": found()})
    at: datetime = MONDAY
    introduced: bool = True  # the disclosure is behind us
    facts: Mapping[str, Any] = field(default_factory=lambda: FACTS)
    effects: list[Effect] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.assistant = self.content if isinstance(self.content, Assistant) else _loaded(self.content)
        self.conversation = Conversation.new("anna", language=self.language)
        if self.introduced:
            self.conversation = Conversation.from_json(self.conversation.to_json() | {"introduced": True})

    def hears(self, *commands: Command, text: str = "words", **fields: Any) -> "Desk":
        self._turn(
            PatientWrote(
                at=self.at, text=text, commands=commands, channel="whatsapp", facts=self.facts, **fields
            )
        )
        return self

    def is_handed_back(self) -> "Desk":
        self._turn(HandedBack(at=self.at, channel="whatsapp", facts=FACTS))
        return self

    def waits(self, **time: float) -> "Desk":
        self.at += timedelta(**time)
        return self

    def _turn(self, event: Any) -> None:
        self.effects, self.ran = [], []
        while True:
            self.conversation, effects = advance(self.assistant, self.conversation, event)
            self.effects += effects
            if not effects or not isinstance(effects[-1], RunAction):
                return
            call = effects[-1]
            self.ran.append(call.name)
            event = self._result(call)

    def _result(self, call: RunAction) -> ActionReturned:
        given = self.results.get(call.name, ())
        if isinstance(given, list):  # one result after the other
            given = given.pop(0)
        if isinstance(given, ActionReturned):
            return ActionReturned(
                at=self.at,
                call=call.call,
                events=given.events,
                responses=given.responses,
                failed=given.failed,
            )
        return ActionReturned(at=self.at, call=call.call, events=tuple(given))

    @property
    def says(self) -> list[str]:
        return [effect.text for effect in self.effects if isinstance(effect, Utter)]

    @property
    def utters(self) -> list[str | None]:
        return [effect.response for effect in self.effects if isinstance(effect, Utter)]

    @property
    def titles(self) -> list[str]:
        return [b.title for effect in self.effects if isinstance(effect, Utter) for b in effect.buttons]

    @property
    def events(self) -> list[Mapping[str, Any]]:
        return [effect.event for effect in self.effects if isinstance(effect, Record)]

    def told(self, *kinds: str) -> list[str]:
        """The journal's events of these kinds, as `kind flow` or `slot name=value`."""
        return [_line(event) for event in self.events if event["event"] in kinds]

    @property
    def journal(self) -> list[str]:
        """Everything that happened in the last turn, a line each, in its order."""
        return [_short(event) for event in self.events if event["event"] not in ("user", "commands")]

    @property
    def slots(self) -> dict[str, Any]:
        hidden = {*FACTS, "channel", "language", "max_clarification_options"}
        return {n: v for n, v in self.conversation.slots.items() if n not in hidden and v is not None}

    @property
    def stack(self) -> list[str]:
        """Bottom first; `?` marks the one that waits."""
        return [
            frame.flow_id + (f" ?{frame.step_id}" if frame.is_waiting and not frame.interrupted else "")
            for frame in self.conversation.stack
        ]


def _line(event: Mapping[str, Any]) -> str:
    if event["event"] == "slot":
        return f"slot {event['name']}={event['value']}"
    return f"{event['event']} {event['flow_id']}" if "flow_id" in event else str(event["event"])


def _short(event: Mapping[str, Any]) -> str:
    match event["event"]:
        case "slot":
            return f"{event['name']} = {event['value']}"
        case "bot":
            return f"says {event['metadata']['utter_action'] or event['text']}"
        case "action":
            return f"runs {event['name']}"
        case "flow_completed" | "flow_cancelled":
            why = f" ({event['reason']})" if event.get("reason") else ""
            return f"{event['event']} {event['flow_id']} at {event['step_id']}{why}"
    return _line(event)
