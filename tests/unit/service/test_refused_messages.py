"""What a patient and the staff notice when a channel does not take a message."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.conversation import InboundEvent, InboundKind, Refused, SendAction, SendStatus
from bot.domain.handoff import AlertKind
from bot.service.clock import FrozenClock
from bot.service.inbox.desk import MessageState
from bot.storage.events.consents import SqlConsents
from bot.testing import ACCOUNT, Surgery
from nlu.understanding import Interpreter

NINE = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
async def surgery(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    async with Surgery.open(tmp_path, interpreter=interpreter, clock=FrozenClock(NINE)) as surgery:
        yield surgery


def failed(surgery: Surgery, outbox: str, code: int, *, message: str | None = None) -> InboundEvent:
    return InboundEvent(
        kind=InboundKind.STATUS,
        channel="whatsapp",
        account=ACCOUNT,
        id=f"{outbox}:failed:{message}",
        sender="393331234567",
        status=SendStatus(
            state="failed", message_id=message or f"wamid.{outbox}", outbox_id=outbox, error_code=code
        ),
    )


async def states(surgery: Surgery) -> list[MessageState | None]:
    view = await surgery.desk.staff.desk.conversation(surgery.contact(surgery.patient()))
    return [message.state for message in view.messages if message.state]


async def reasons(surgery: Surgery) -> list[str]:
    await surgery.desk.alerts.look()
    return [f"{alert.kind} {alert.reason}" for alert in surgery.staff.told]


async def test_when_the_window_has_closed_a_template_asks_and_the_answer_follows(surgery: Surgery) -> None:
    anna = surgery.patient()
    surgery.channel.outcomes = [Refused(action=SendAction.WINDOW_CLOSED, code=131047)]
    await anna.says("Buonasera")

    assert [(seen.text[:40], seen.titles) for seen in anna.screen] == [
        ("Buongiorno, qui Studio Dentistico Demo. ", ("Mostra la risposta",))
    ]
    assert (await states(surgery), await reasons(surgery)) == ([MessageState.WAITING, MessageState.SENT], [])

    shown = await anna.taps("Mostra")

    assert len(shown) == 1 and "assistente" in shown[0].text
    assert await states(surgery) == [MessageState.SENT, MessageState.SENT]


async def test_where_there_is_no_template_staff_hear_and_nothing_is_lost(surgery: Surgery) -> None:
    anna = surgery.patient("7000000000000001", channel="instagram")
    surgery.channel.outcomes = [Refused(action=SendAction.WINDOW_CLOSED, code=10)]
    await anna.says("Buonasera")

    assert (anna.screen, await reasons(surgery)) == ([], ["new window_closed"])

    await anna.says("Ci siete?")

    assert len(anna.screen) == 2


async def test_a_window_that_closed_while_the_message_waited_is_not_tried(surgery: Surgery) -> None:
    anna = surgery.patient()
    surgery.channel.outcomes = [Refused(action=SendAction.RETRY, code=131016, retry_after=90_000)]
    await surgery.desk.intake.accept([anna._event(InboundKind.TEXT, text="Buonasera")])
    await surgery.until(lambda: len(surgery.channel.ids) == 1 and not surgery.desk.turns.is_busy)
    clock = surgery.clock
    assert isinstance(clock, FrozenClock)
    clock.move(hours=26)
    surgery.desk.delivery.look_again()
    await surgery.settled()

    assert [seen.titles for seen in anna.screen] == [("Mostra la risposta",)]


async def test_a_status_that_says_undelivered_marks_the_contact_and_tells_staff_once(
    surgery: Surgery,
) -> None:
    anna = surgery.patient()
    await anna.says("Buonasera")
    (outbox,) = surgery.channel.ids
    for _ in range(3):
        await surgery.desk.intake.accept([failed(surgery, outbox, 131026)])

    assert (await states(surgery), await reasons(surgery)) == ([MessageState.FAILED], ["new not_delivered"])


async def test_a_status_that_says_try_again_is_tried_again_once_for_each_failure(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("Buonasera")
    (outbox,) = surgery.channel.ids
    clock = surgery.clock
    assert isinstance(clock, FrozenClock)
    await surgery.desk.intake.accept([failed(surgery, outbox, 131000)])
    clock.move(minutes=1)
    surgery.desk.delivery.look_again()
    await surgery.settled()
    await surgery.desk.intake.accept([failed(surgery, outbox, 131000, message="wamid.of.the.first")])
    await surgery.settled()

    assert (len(surgery.channel.ids), await states(surgery)) == (2, [MessageState.SENT])


async def test_who_stopped_promotions_on_whatsapp_has_stopped_them_here(surgery: Surgery) -> None:
    anna = surgery.patient()
    await anna.says("Buonasera")
    await surgery.desk.intake.accept([failed(surgery, surgery.channel.ids[0], 131050)])
    contact = surgery.contact(anna)

    assert (
        await SqlConsents(surgery.desk.books.database, surgery.desk.practice.id).of(contact)
    ).promotions is False


async def test_an_account_that_refuses_everything_is_one_alert_and_nothing_is_lost(surgery: Surgery) -> None:
    patients = [surgery.patient(f"39333000000{number}") for number in range(8)]
    surgery.channel.outcomes = [Refused(action=SendAction.STOP, code=190)] * 8
    for patient in patients:
        await surgery.desk.intake.accept([patient._event(InboundKind.TEXT, text="Buonasera")])
    await surgery.until(lambda: not surgery.desk.turns.is_busy and len(surgery.channel.ids) >= 1)
    tried = len(surgery.channel.ids)
    surgery.channel.outcomes = []
    clock = surgery.clock
    assert isinstance(clock, FrozenClock)
    clock.move(minutes=10)
    surgery.desk.delivery.look_again()
    await surgery.until(lambda: all(len(patient.screen) == 1 for patient in patients))

    assert tried <= 8
    assert [told for told in await reasons(surgery) if told.startswith(AlertKind.ACCOUNT)] == [
        "account whatsapp: token or permission (190)"
    ]
