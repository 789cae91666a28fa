"""A send whose fate is unknown waits for the status that carries our id, and is repeated once only."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.conversation import (
    Address,
    FateUnknown,
    InboundEvent,
    InboundKind,
    Refused,
    Rendered,
    SendAction,
    SendOutcome,
    SendStatus,
    Sent,
)
from bot.domain.pipeline import OutboxMessage
from bot.service.clock import StartedClock
from bot.service.sending.lines import Line, Lines
from bot.service.sending.pacing import Pacing
from bot.testing import ACCOUNT, RecordingChannel, Surgery
from nlu.understanding import Interpreter

UNKNOWN = FateUnknown(reason="no answer")


@pytest.fixture
async def ticking(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    clock = StartedClock(datetime(2026, 3, 2, 7, tzinfo=UTC))
    async with Surgery.open(tmp_path, interpreter=interpreter, clock=clock, wait_for_status=0.3) as surgery:
        yield surgery


class Held(Pacing):
    """A pace that admits the first message at once, and the next ones when it is opened."""

    def __init__(self) -> None:
        self.asked, self.open = 0, asyncio.Event()

    async def admit(self, line: Line, conversation: str) -> float:
        self.asked += 1
        if self.asked > 1:
            await self.open.wait()
        return 0.0


def _status(outbox_id: str, state: str = "sent") -> InboundEvent:
    return InboundEvent(
        kind=InboundKind.STATUS,
        channel="whatsapp",
        account=ACCOUNT,
        id=f"{outbox_id}{state}",
        sender="393331234567",
        status=SendStatus(state=state, message_id="wamid.1", outbox_id=outbox_id),
    )


async def test_when_no_status_comes_it_is_sent_once_more(ticking: Surgery) -> None:
    ticking.channel.outcomes = [UNKNOWN]
    await ticking.patient().says("Buonasera")

    assert len(ticking.channel.ids) == 2
    assert len(set(ticking.channel.ids)) == 1


async def test_when_the_status_comes_it_is_not_sent_again(ticking: Surgery) -> None:
    ticking.channel.outcomes = [UNKNOWN]
    anna = ticking.patient()
    await ticking.desk.intake.accept([anna._event(InboundKind.TEXT, text="Buonasera")])
    await ticking.until(lambda: len(ticking.channel.ids) == 1)
    await ticking.desk.intake.accept([_status(ticking.channel.ids[0])])
    await ticking.settled()

    assert len(ticking.channel.ids) == 1


async def test_a_status_that_comes_while_the_repeat_waits_its_turn_still_counts(ticking: Surgery) -> None:
    ticking.channel.outcomes = [UNKNOWN]
    ticking.desk.delivery._pacing = pace = Held()
    anna = ticking.patient()
    await ticking.desk.intake.accept([anna._event(InboundKind.TEXT, text="Buonasera")])
    await ticking.until(lambda: pace.asked == 2)
    await ticking.desk.intake.accept([_status(ticking.channel.ids[0])])
    pace.open.set()
    await ticking.settled()

    assert len(ticking.channel.ids) == 1


async def test_a_status_that_comes_while_the_repeat_is_being_made_still_counts(
    ticking: Surgery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It arrives in the moment between the commit of the repeat and its request, and is stored after it."""
    ticking.channel.outcomes = [UNKNOWN]
    resend = ticking.desk.store.resend
    arrived: list[asyncio.Task[object]] = []

    async def and_then_it_comes(message: OutboxMessage) -> OutboxMessage | None:
        again = await resend(message)
        arrived.append(asyncio.create_task(ticking.desk.intake.accept([_status(message.id)])))
        await asyncio.sleep(0)  # as far as to what comes before it is stored
        return again

    # The store's own, with a status right behind its commit: that moment is what is tried.
    monkeypatch.setattr(ticking.desk.store, "resend", and_then_it_comes)
    anna = ticking.patient()
    await ticking.desk.intake.accept([anna._event(InboundKind.TEXT, text="Buonasera")])
    await ticking.until(lambda: bool(arrived))
    await ticking.settled()

    assert len(ticking.channel.ids) == 1


async def test_twice_unknown_is_given_up_and_not_sent_a_third_time(ticking: Surgery) -> None:
    ticking.channel.outcomes = [UNKNOWN, UNKNOWN]
    await ticking.patient().says("Buonasera")

    assert len(ticking.channel.ids) == 2
    assert ticking.patient().screen == []


async def test_a_refusal_that_proves_non_delivery_is_tried_again(ticking: Surgery) -> None:
    ticking.channel.outcomes = [Refused(action=SendAction.RETRY, code=130429)]
    await ticking.patient().says("Buonasera")

    assert len(ticking.channel.ids) == 2
    assert len(ticking.patient().screen) == 1


async def test_a_mistake_of_ours_is_not_hammered(ticking: Surgery) -> None:
    ticking.channel.outcomes = [Refused(action=SendAction.OUR_BUG, code=100)]
    await ticking.patient().says("Buonasera")

    assert len(ticking.channel.ids) == 1


async def test_statuses_never_go_backwards(ticking: Surgery) -> None:
    anna = ticking.patient()
    await anna.says("Buonasera")
    (outbox_id,) = ticking.channel.ids
    for state in ("read", "delivered", "sent", "failed"):
        await ticking.desk.intake.accept([_status(outbox_id, state)])
    view = await ticking.desk.staff.desk.conversation(ticking.contact(anna))

    assert view.messages[-1].state == "read"


async def test_nothing_overtakes_what_is_uncertain(ticking: Surgery) -> None:
    ticking.channel.outcomes = [UNKNOWN, Sent(message_id="wamid.1")]
    anna = ticking.patient()
    events = [anna._event(InboundKind.TEXT, text=text) for text in ("Buonasera", "vorrei prenotare")]
    await ticking.desk.intake.accept(events[:1])
    await ticking.until(lambda: len(ticking.channel.ids) == 1)
    await ticking.desk.intake.accept(events[1:])
    await ticking.settled()

    assert ticking.channel.ids[0] == ticking.channel.ids[1] != ticking.channel.ids[2]


class SlowToAnswer(RecordingChannel):
    """After its first, a message is under way for a moment."""

    async def send(self, message: Rendered, to: Address) -> SendOutcome:
        if self.ids:
            await asyncio.sleep(0.2)
        return await super().send(message, to)


async def test_an_account_that_works_again_is_heard_of_by_who_is_just_being_put_back(
    ticking: Surgery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three want to send after a pause: one asks, the others go back to the queue. The answer may come in
    the very moment in which they do, and nobody waits for a minute then."""
    ticking.channel = channel = SlowToAnswer()
    ticking.desk.delivery._channels = {"whatsapp": channel}
    put_back = ticking.desk.store.take_back

    async def slowly(message: OutboxMessage) -> None:
        await put_back(message)
        await ticking.until(lambda: len(channel.ids) >= 2)
        await asyncio.sleep(0.1)

    # The store's own, only later: the moment between its commit and the wait is what is tried.
    monkeypatch.setattr(ticking.desk.store, "take_back", slowly)
    channel.outcomes = [Refused(action=SendAction.SLOW_DOWN, code=130429)]
    everybody = [ticking.patient(f"39333000000{number}") for number in range(3)]
    first, *others = [one._event(InboundKind.TEXT, text="Buonasera") for one in everybody]
    await ticking.desk.intake.accept([first])
    await ticking.until(lambda: len(channel.ids) == 1)
    await ticking.desk.intake.accept(others)
    await ticking.until(lambda: all(one.screen for one in everybody), seconds=10)

    assert [len(one.screen) for one in everybody] == [1, 1, 1]


async def test_whose_message_may_have_arrived_does_not_ask_for_the_others(ticking: Surgery) -> None:
    """While nobody answers, it is for somebody to ask whose message was never tried: who has to wait for a
    status kept that place for a minute, and everybody else waited, though Meta was back."""
    ticking.channel.outcomes = [UNKNOWN, UNKNOWN, UNKNOWN]
    everybody = [ticking.patient(f"39333000000{number}") for number in range(5)]
    events = [one._event(InboundKind.TEXT, text="Buonasera") for one in everybody]
    await ticking.desk.intake.accept(events[:3])
    await ticking.until(lambda: len(ticking.channel.ids) == 3)
    await ticking.desk.intake.accept(events[3:])
    await ticking.until(lambda: all(one.screen for one in everybody[3:]), seconds=10)

    assert [len(one.screen) for one in everybody[3:]] == [1, 1]


async def test_where_every_message_may_have_arrived_one_of_them_asks_in_the_end(ticking: Surgery) -> None:
    """Many wait for a status at once, and none comes. By looking whether they may ask, each put off the
    moment from which they might, for all of them and for ever."""
    ticking.desk.delivery._lines = Lines(probe_answers=timedelta(seconds=0.5))
    ticking.channel = channel = SlowToAnswer()
    ticking.desk.delivery._channels = {"whatsapp": channel}
    everybody = [ticking.patient(f"3933300000{number:02}") for number in range(30)]
    channel.outcomes = [UNKNOWN] * len(everybody)
    await ticking.desk.intake.accept([one._event(InboundKind.TEXT, text="Buonasera") for one in everybody])
    await ticking.until(lambda: len(channel.ids) == len(everybody))
    await ticking.until(lambda: all(one.screen for one in everybody), seconds=15)

    assert len(channel.ids) == 2 * len(everybody)
