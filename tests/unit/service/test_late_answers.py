"""By when patients are answered: in the hours of the desk, after each of their words, at once in danger."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.answer_times import AnswerBy, AnswerClock, Waits, answer_by
from bot.domain.handoff import AlertKind
from bot.domain.practice import DeskRules, Practice
from bot.service.clock import FrozenClock
from bot.service.inbox.desk import WaitingConversation
from bot.testing import Surgery
from nlu.understanding import Interpreter
from tests.web.fakes import demo_practice

MONDAY = "2026-03-02T09:00+01:00"


def hours(*, next_answer_within: timedelta) -> Practice:
    """Mondays to Thursdays 9 to 13 and 14:30 to 18:30, Fridays 9 to 13."""
    return replace(demo_practice(), desk=DeskRules(next_answer_within=next_answer_within))


@pytest.mark.parametrize(
    ("since", "by"),
    [
        ("2026-03-02T12:50+01:00", "2026-03-02T14:35+01:00"),  # over lunch
        ("2026-03-06T12:55+01:00", "2026-03-09T09:10+01:00"),  # over the week-end
        ("2026-04-03T12:55+02:00", "2026-04-07T09:10+02:00"),  # over Easter Monday
    ],
)
def test_answers_are_counted_in_the_hours_of_the_desk(since: str, by: str) -> None:
    waits = Waits(since=datetime.fromisoformat(since), was_answered=True)
    practice = replace(hours(next_answer_within=timedelta(minutes=15)), holidays=True)

    assert answer_by(practice, waits) == AnswerBy(clock=AnswerClock.NEXT, at=datetime.fromisoformat(by))


def test_danger_waits_for_no_hours_and_a_promise_is_what_the_patient_was_told() -> None:
    night, morning = datetime.fromisoformat("2026-03-02T03:00+01:00"), datetime.fromisoformat(MONDAY)
    practice = hours(next_answer_within=timedelta(minutes=30))

    assert answer_by(practice, Waits(since=night, is_urgent=True)) == AnswerBy(
        clock=AnswerClock.RED_FLAG, at=night + timedelta(minutes=2)
    )
    assert answer_by(practice, Waits(since=night, promised=morning)) == AnswerBy(
        clock=AnswerClock.FIRST, at=morning
    )
    assert answer_by(practice, Waits(since=morning, is_urgent=True, was_answered=True)) == AnswerBy(
        clock=AnswerClock.NEXT, at=morning + timedelta(minutes=30)
    )


async def _row(surgery: Surgery) -> WaitingConversation:
    (row,) = (await surgery.desk.staff.desk.page("all", who="Marta", limit=50)).rows
    return row


async def _after(surgery: Surgery, minutes: float) -> None:
    assert isinstance(surgery.clock, FrozenClock)
    surgery.clock.move(minutes=minutes)
    await surgery.desk.staff.promises.look()
    await surgery.desk.alerts.look()
    await surgery.settled()


def _late(surgery: Surgery) -> list[tuple[str, bool]]:
    return [(one.reason, one.urgent) for one in surgery.staff.told if one.kind is AlertKind.LATE]


async def test_whoever_took_a_patient_and_wrote_nothing_is_late_and_staff_hear_it_once(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    async with Surgery.open(tmp_path, at=MONDAY, interpreter=interpreter) as surgery:
        anna, asked = surgery.patient(), surgery.clock.now()
        await anna.says("operatore")
        await surgery.desk.staff.desk.take(surgery.contact(anna), "Marta")
        in_time = await _row(surgery)
        await _after(surgery, 16)
        late = await _row(surgery)
        await _after(surgery, 30)

        assert (in_time.answer_clock, in_time.answer_by) == (AnswerClock.FIRST, asked + timedelta(minutes=15))
        assert (in_time.is_late, late.is_late) == (False, True)
        assert _late(surgery) == [("asked", False)]


async def test_each_word_of_a_patient_who_was_answered_begins_another_clock(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    async with Surgery.open(tmp_path, at=MONDAY, interpreter=interpreter) as surgery:
        anna, desk = surgery.patient(), surgery.desk.staff.desk
        await anna.says("operatore")
        conversation = surgery.contact(anna)
        await desk.reply(conversation, "Buongiorno!", who="Marta", client_message_id="m-000000000001")
        await _after(surgery, 40)
        answered, quiet = await _row(surgery), _late(surgery)
        await anna.says("Quanto costa?")
        await _after(surgery, 10)
        await anna.says("Pronto?")
        asked_again = await _row(surgery)
        await _after(surgery, 6)
        late, alerts = await _row(surgery), _late(surgery)
        await desk.reply(conversation, "80 euro.", who="Marta", client_message_id="m-000000000002")
        await _after(surgery, 60)

        assert (answered.answer_by, quiet, (await _row(surgery)).answer_by) == (None, [], None)
        assert (asked_again.answer_clock, asked_again.is_late) == (AnswerClock.NEXT, False)
        assert (late.is_late, alerts, _late(surgery)) == (True, [("asked", False)], [("asked", False)])
