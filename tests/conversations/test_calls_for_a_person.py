"""H1: a hundred ways a language to ask for a person; each is one in the very turn in which it is said."""

from datetime import UTC, datetime
from pathlib import Path

from conversation_kit import studio_lucciola

from bot.dialogue import Assistant, Conversation, commands_for
from bot.dialogue.commands import HumanHandoff
from bot.service.hearing.understanding import Reader
from nlu.understanding import Interpreter

FOLDER = Path(__file__).parent / "calls_for_a_person"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def calls(language: str) -> list[str]:
    return (FOLDER / f"{language}.txt").read_text(encoding="utf-8").splitlines()


def test_there_are_a_hundred_different_ones_in_each_language() -> None:
    counts = {language: len(set(calls(language))) for language in ("en", "it", "ru")}

    assert all(count >= 100 for count in counts.values()), counts


async def test_whoever_asks_for_a_person_gets_one_in_the_same_turn(
    assistant: Assistant, interpreter: Interpreter, language: str
) -> None:
    reader = Reader(interpreter=interpreter, practice=studio_lucciola())
    missed = []
    for words in calls(language):
        conversation = Conversation.new("somebody", language=language)
        heard = await reader.understand(words, assistant, conversation, at=NOW, known=False)
        commands = commands_for(heard, conversation, assistant)
        if not any(isinstance(command, HumanHandoff) for command in commands):
            missed.append(words)

    assert missed == []
