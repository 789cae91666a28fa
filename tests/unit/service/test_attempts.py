"""A message that cannot be answered: counted before each attempt, set aside after five, tried again."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from bot.domain.conversation import InboundKind
from bot.service.turns.attempts import MOST
from bot.testing import Patient, Surgery
from nlu.understanding import Interpreter

DEADLY = "parola che uccide"


class PowerCut(BaseException):
    """What `kill -9` is to a test in the same process: nobody catches it."""


def let_die(surgery: Surgery, died: list[str]) -> None:
    """This process dies whenever it reads the deadly word."""
    reader = surgery.desk.turns.listening.reader
    understand = reader.understand

    async def dies(text: str, *given: Any, **more: Any) -> Any:
        if DEADLY in text:
            died.append(text)
            raise PowerCut
        return await understand(text, *given, **more)

    reader.understand = dies  # type: ignore[method-assign]


def attempts_in(data: Path) -> list[tuple[str, int]]:
    with sqlite3.connect(data / "chairside.db") as database:
        return list(database.execute("SELECT state, attempts FROM inbox ORDER BY id"))


def hurry(surgery: Surgery) -> None:
    """Failures are tried again without a pause."""
    turns = surgery.desk.turns
    turns._gathering.wake_later = lambda conversation, seconds: turns.wake(conversation)  # type: ignore[method-assign]


async def one_life(data: Path, interpreter: Interpreter, died: list[str], *events: Any) -> Surgery:
    """A process from its start until nothing more happens in it."""
    async with Surgery.open(data, interpreter=interpreter) as surgery:
        let_die(surgery, died)
        if events:
            await surgery.desk.intake.accept(events)
        await surgery.settled()
        return surgery


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_message_that_kills_is_set_aside_after_five_lives_and_takes_nobody_along(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    died: list[str] = []
    async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
        deadly = surgery.patient("393330000666")._event(InboundKind.TEXT, text=DEADLY)
        others = [
            surgery.patient(f"39333000000{n}")._event(InboundKind.TEXT, text="Buonasera") for n in range(3)
        ]
    lives = [await one_life(tmp_path, interpreter, died, deadly, *others)]
    while len(lives) < MOST + 1:
        lives.append(await one_life(tmp_path, interpreter, died))
    seen = {
        to: [shown.text for shown in screen] for life in lives for to, screen in life.channel.outbox.items()
    }

    assert len(died) == MOST
    assert attempts_in(tmp_path) == [("dead", MOST)] + [("done", 1)] * 3
    assert [len(seen[f"39333000000{n}"]) for n in range(3)] == [1, 1, 1]
    assert ["collega" in text for text in seen["393330000666"]] == [True]


@pytest.fixture
async def broken(surgery: Surgery) -> tuple[Surgery, Patient]:
    """Anna wrote, and our mistake kept her from being answered."""
    hurry(surgery)
    turns = surgery.desk.turns
    hear = turns.listening.hear

    async def fails(*_: object, **__: object) -> None:
        raise RuntimeError("a mistake of ours")

    turns.listening.hear = fails  # type: ignore[method-assign, assignment]
    anna = surgery.patient()
    await anna.says("Buonasera, vorrei prenotare una prima visita, sono Anna Rossi")
    await surgery.until(lambda: len(anna.screen) == 1)
    await surgery.settled()
    turns.listening.hear = hear  # type: ignore[method-assign]
    return surgery, anna


async def test_staff_see_what_was_set_aside_and_have_it_tried_again(broken: tuple[Surgery, Patient]) -> None:
    surgery, anna = broken
    conversation = surgery.contact(anna)
    before = await surgery.desk.staff.desk.conversation(conversation)
    count = await surgery.desk.staff.set_aside.try_again(conversation, by="Giulia")
    await surgery.settled()
    after = await surgery.desk.staff.desk.conversation(conversation)

    assert (before.set_aside, before.reason, count) == (1, "error", 1)
    assert (after.set_aside, after.reason, str(after.owner)) == (0, None, "bot")
    assert "preferisce" in anna.sees.text or anna.sees.choices
    assert len(anna.screen) == 2


async def test_what_the_command_line_has_tried_again_is_found_by_the_running_desk(
    broken: tuple[Surgery, Patient], tmp_path: Path
) -> None:
    surgery, anna = broken
    (waiting,) = surgery.desk.staff.set_aside.all()
    surgery.desk.staff.set_aside.try_again_now([waiting.id], by="chairside data")
    await surgery.desk.backlog.look()
    await surgery.settled()

    assert len(anna.screen) == 2
    assert surgery.desk.staff.set_aside.all() == ()


async def test_one_who_writes_again_is_answered_although_an_earlier_message_was_not(
    surgery: Surgery,
) -> None:
    """Nobody waits behind a message that fails: the conversation goes on, with a person."""
    hurry(surgery)
    turns = surgery.desk.turns
    hear = turns.listening.hear

    async def fails_once(snapshot: Any, members: Any, progress: Any) -> Any:
        if any(member.text == DEADLY for member in members):
            raise RuntimeError("a mistake of ours")
        return await hear(snapshot, members, progress)

    turns.listening.hear = fails_once  # type: ignore[method-assign]
    anna = surgery.patient()
    await anna.says(DEADLY, "c'è qualcuno?")
    await surgery.until(lambda: len(anna.screen) >= 1)
    await surgery.settled()
    states = attempts_in(Path(str(surgery.desk.books.database.url).removeprefix("sqlite:///")).parent)

    assert states[0] == ("dead", MOST)
    assert states[1][0] == "done"
