"""H21: the assistant is paused, for all or for one channel, and patients hear the truth."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.commands.desk import desk as desk_command
from bot.domain.conversation import Address, InboundKind, Rendered, SendOutcome
from bot.domain.deeds import Deed
from bot.errors import ChairsideError
from bot.service.clock import FrozenClock
from bot.service.inbox.desk import MessageState, Owner
from bot.storage.engine.database import Database, T, Unit
from bot.storage.inbox.switches import SqlSwitches
from bot.testing import RecordingChannel, Seen, Surgery
from nlu.understanding import Interpreter

MONDAY_TEN = "2026-03-02T10:00+01:00"
NOTICE = (
    "In questo momento il nostro assistente automatico non risponde. Le risponderà qui un collega al più"
    " presto. Se non può aspettare, chiami il +39 02 0000 0000."
)


@pytest.fixture
async def surgery(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    async with Surgery.open(tmp_path, interpreter=interpreter, at=MONDAY_TEN) as surgery:
        yield surgery


async def _pause(surgery: Surgery, name: str = "pause", on: bool = True) -> None:
    await surgery.desk.switches.turn(name, on, by="Giulia")
    await surgery.desk.staff.pauses.look()
    await surgery.settled()


def _texts(messages: Sequence[Seen]) -> list[str]:
    return [message.text for message in messages]


async def test_who_writes_during_a_pause_hears_who_answers_and_waits_for_them(surgery: Surgery) -> None:
    await _pause(surgery)
    anna = surgery.patient()
    heard = await anna.says("Buonasera, vorrei prenotare una prima visita")
    again = await anna.says("ci siete?")
    (waiting,) = await surgery.desk.staff.desk.handoffs()
    await surgery.desk.alerts.look()

    assert _texts(heard) == [NOTICE]
    assert again == []
    assert (waiting.owner, waiting.reason, waiting.due_at is not None) == (Owner.QUEUE, "paused", True)
    assert [alert.reason for alert in surgery.staff.told] == ["paused"]


async def test_while_closed_the_patient_hears_when_somebody_is_back(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter, at="2026-03-02T20:00+01:00") as surgery:
        await _pause(surgery)
        (notice,) = await surgery.patient().says("Buonasera, vorrei prenotare una prima visita")

    assert "domani dalle 9:00" in notice.text


async def test_the_end_of_a_pause_gives_back_whoever_waited_for_it_alone(surgery: Surgery) -> None:
    anna, bruno = surgery.patient(), surgery.patient("393330000001")
    await anna.says("Buonasera, vorrei prenotare una prima visita, sono Anna Rossi")
    question = anna.sees.text.rsplit("\n", 1)[-1]
    await bruno.says("operatore")
    await _pause(surgery)
    await anna.says("domani mattina")
    await _pause(surgery, on=False)
    (waiting,) = await surgery.desk.staff.desk.handoffs()

    assert "assistente automatico" in anna.sees.text
    assert question in anna.sees.text
    assert waiting.id == surgery.contact(bruno)


async def test_a_pause_too_short_for_anybody_to_look_in_between_forgets_nobody(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("Buonasera, vorrei prenotare una prima visita")
    await surgery.desk.staff.pauses.look()
    await surgery.desk.switches.turn("pause", True, by="Giulia")
    await anna.says("Anna Rossi")
    await _pause(surgery, on=False)

    assert "di nuovo l'assistente" in anna.sees.text


async def test_one_channel_is_paused_and_the_other_answers(surgery: Surgery) -> None:
    await _pause(surgery, "pause:messenger")
    anna = surgery.patient()
    bruno = surgery.patient("7701", channel="messenger")
    await anna.says("Buonasera, vorrei prenotare una prima visita")
    await bruno.says("Buonasera, vorrei prenotare una prima visita")

    assert "nome e cognome" in anna.sees.text
    assert _texts(bruno.screen) == [NOTICE]


async def test_an_emergency_is_answered_at_once_all_the_same(surgery: Surgery) -> None:
    await _pause(surgery)
    what_to_do, *_ = await surgery.patient().says("non riesco a respirare, ho la gola gonfia")
    (waiting,) = await surgery.desk.staff.desk.handoffs()

    assert "112" in what_to_do.text
    assert (waiting.urgent, waiting.owner) == (True, Owner.QUEUE)


async def test_an_opt_out_is_confirmed_and_calls_nobody(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("Buonasera")
    await _pause(surgery)
    heard = await anna.says("STOP")

    assert len(heard) == 1
    assert await surgery.desk.staff.desk.handoffs() == ()


async def test_nobody_is_offered_the_assistant_while_it_is_paused(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("operatore")
    await _pause(surgery)
    (again,) = await anna.says("voglio parlare con una persona")
    assert isinstance(surgery.clock, FrozenClock)
    surgery.clock.move(minutes=16)
    await surgery.desk.staff.promises.look()
    await surgery.settled()

    assert again.choices == ()
    assert "nessuno è ancora riuscito" in anna.sees.text
    assert anna.sees.titles == ("Aspetto ancora", "Preferisco chiamare")


async def test_a_pause_outlives_a_restart_and_its_end_does_too(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter, at=MONDAY_TEN) as surgery:
        await _pause(surgery)
        await surgery.patient().says("Buonasera, vorrei prenotare una prima visita")
    async with Surgery.open(tmp_path, interpreter=interpreter, at="2026-03-02T10:05+01:00") as surgery:
        heard = await surgery.patient("393330000001").says("Buonasera")
        await _pause(surgery, on=False)

        assert _texts(heard) == [NOTICE]
        assert "assistente automatico" in surgery.patient().sees.text


async def test_a_switch_that_another_process_set_is_noticed(surgery: Surgery) -> None:
    books = surgery.desk.books
    beside = SqlSwitches(
        books.database, practice=books.practice, clock=surgery.clock, audit=surgery.desk.audit
    )
    beside.turn_now("pause", True, by="chairside desk")
    async with asyncio.timeout(30):
        while not surgery.desk.switches.now.is_paused("whatsapp"):
            await surgery.desk.changes.next_ring()
    heard = await surgery.patient().says("Buonasera")
    (line,) = [done for done in await surgery.desk.audit.trail() if done.deed is Deed.CHANGED_SETTING]

    assert _texts(heard) == [NOTICE]
    assert (line.by, line.detail) == ("chairside desk", "pause on")


async def test_a_look_that_reads_before_the_commit_does_not_undo_a_switch(surgery: Surgery) -> None:
    """The page says what is in force; an older state must not come back for as long as nobody looks again."""
    books = surgery.desk.books
    slow = SlowCommit(books.database)
    switches = SqlSwitches(slow, practice=books.practice, clock=surgery.clock, audit=surgery.desk.audit)
    turning = asyncio.ensure_future(switches.turn("pause", True, by="Giulia"))
    await asyncio.to_thread(slow.written.wait, 30)
    held_back = switches.now.is_paused("whatsapp")
    changed = await switches.look()
    slow.commit.set()
    await turning

    assert (held_back, changed) == (True, False)
    assert switches.now.is_paused("whatsapp")


class SlowCommit(Database):
    """The same file; a transaction commits once it is told to."""

    def __init__(self, database: Database) -> None:
        super().__init__(database.url)
        self.written, self.commit = threading.Event(), threading.Event()

    async def write(self, unit: Unit[T]) -> T:
        def waits(connection: Connection) -> T:
            done = unit(connection)
            self.written.set()
            self.commit.wait(30)
            return done

        return await super().write(waits)


class SlowChannel(RecordingChannel):
    """Takes a message only once the gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.asked = asyncio.Event()

    async def send(self, message: Rendered, to: Address) -> SendOutcome:
        self.asked.set()
        await self.gate.wait()
        return await super().send(message, to)


async def test_what_was_still_to_be_sent_is_withdrawn_and_the_patient_hears_who_answers(
    surgery: Surgery,
) -> None:
    channel = SlowChannel()
    surgery.channel = channel
    surgery.desk.delivery._channels = {"whatsapp": channel}
    anna, desk = surgery.patient(), surgery.desk
    await desk.intake.accept([anna._event(InboundKind.TEXT, text="Buonasera, sono Anna Rossi")])
    await channel.asked.wait()  # the greeting is on its way
    await desk.intake.accept([anna._event(InboundKind.TEXT, text="vorrei prenotare una prima visita")])
    while desk.turns.is_busy:
        await desk.changes.next_ring()
    await desk.switches.turn("pause", True, by="Giulia")
    channel.gate.set()
    await surgery.settled()
    view = await desk.staff.desk.conversation(surgery.contact(anna))

    assert view.owner is Owner.QUEUE
    assert _texts(anna.screen)[1:] == [NOTICE]
    assert [m.state for m in view.messages if m.state] == [
        MessageState.SENT,
        MessageState.WITHDRAWN,
        MessageState.SENT,
    ]


def test_the_command_pauses_and_lets_it_answer_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk_command(data=tmp_path, pause="messenger")
    desk_command(data=tmp_path, pause="all")
    desk_command(data=tmp_path, resume="all")
    with pytest.raises(ChairsideError, match="no channel of this practice; write all, whatsapp or messenger"):
        desk_command(data=tmp_path, pause="telegraph")

    assert capsys.readouterr().out.splitlines() == [
        "The assistant is paused on messenger.",
        "The assistant is paused everywhere.",
        "The assistant is paused on messenger.",
    ]
