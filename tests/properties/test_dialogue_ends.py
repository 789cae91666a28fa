"""Whatever patients and actions do, every turn ends: in words, in a person, or in a silence on record."""

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from stories import Story, commands, load, many, replayed, stories

from bot.dialogue import Assistant, asked
from bot.dialogue.commands import (
    CancelFlow,
    Command,
    Emergency,
    SetSlot,
    command_from_json,
    command_to_json,
)
from bot.dialogue.effects import Utter


@cache
def _assistant() -> Assistant:
    with TemporaryDirectory() as folder:
        return load(Path(folder))


@many
@given(stories)
def test_every_message_is_answered_handed_over_or_silent_on_record(story: Any) -> None:
    moves, results = story
    played = Story(_assistant(), results).play(moves)

    played.check_ends()


@many
@given(stories)
def test_the_same_events_lead_to_the_same_states_byte_by_byte(story: Any) -> None:
    moves, results = story
    played = Story(_assistant(), results).play(moves)

    assert replayed(_assistant(), played.heard) == played.states


@many
@given(stories)
def test_an_emergency_is_always_answered_with_its_own_text_alone(story: Any) -> None:
    moves, results = story
    played = Story(_assistant(), results).play(
        [*moves, ("writes", [CancelFlow(), Emergency("A", "airway")], "help")]
    )
    said = [effect.response for effect in played.turns[-1][1] if isinstance(effect, Utter)]

    assert said[:1] == ["utter_emergency_a"]
    assert set(said[1:]) <= {"utter_automated"}
    assert played.conversation.paused
    assert asked(played.assistant, played.conversation) is None


@many
@given(stories)
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


@given(commands)
def test_commands_survive_json(command: Command) -> None:
    assert command_from_json(json.loads(json.dumps(command_to_json(command)))) == command
