"""Staff are told of each hand-off once, by the first channel that takes it."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.handoff import Outcome
from bot.service.clock import FrozenClock
from bot.service.waiting.alerts import AS_THEY_COME, Alerts, Grouping
from bot.testing import RecordingAlert, Surgery
from nlu.understanding import Interpreter


class PowerCut(BaseException):
    """Ends the process while a channel is being told."""


class FailingAlert(RecordingAlert):
    """The power fails after the alert has gone out, before anybody knows."""

    async def send(self, alert: Any, *, practice: Any) -> bool | None:
        await super().send(alert, practice=practice)
        raise PowerCut


def _alerts(
    surgery: Surgery, channels: Sequence[RecordingAlert], grouping: Grouping = AS_THEY_COME
) -> Alerts:
    """A process of its own that tells staff, beside the surgery's."""
    return Alerts(
        handoffs=surgery.desk.store.handoffs,
        practice=surgery.desk.practice,
        channels=channels,
        clock=surgery.clock,
        inbox_url="https://desk.example/inbox",
        grouping=grouping,
    )


@pytest.fixture
async def quiet(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    """A surgery whose own alerts never arrive for certain, so that each test tells staff by itself."""
    async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
        surgery.desk.alerts.look = _nothing  # type: ignore[method-assign]
        yield surgery


async def _nothing() -> None:
    return None


async def test_the_next_channel_is_told_when_one_fails(quiet: Surgery) -> None:
    await quiet.patient().says("operatore")
    first, second, third = RecordingAlert(), RecordingAlert(), RecordingAlert()
    first.fates = [False]
    for _ in range(3):
        await _alerts(quiet, (first, second, third)).look()

    assert [len(channel.told) for channel in (first, second, third)] == [1, 1, 0]
    assert second.told[0].link == f"https://desk.example/inbox/{quiet.contact(quiet.patient())}"


async def test_when_all_fail_it_is_tried_again_after_a_pause(quiet: Surgery) -> None:
    await quiet.patient().says("operatore")
    only = RecordingAlert()
    only.fates = [False]
    alerts = _alerts(quiet, (only,))
    await alerts.look()
    await alerts.look()
    at_once = len(only.told)
    assert isinstance(quiet.clock, FrozenClock)
    quiet.clock.move(seconds=1)
    await alerts.look()
    await alerts.look()

    assert (at_once, len(only.told)) == (1, 2)


async def test_nobody_is_told_twice_where_nobody_knows_whether_it_arrived(quiet: Surgery) -> None:
    await quiet.patient().says("operatore")
    first, second = RecordingAlert(), RecordingAlert()
    first.fates, second.fates = [None], [None]
    for _ in range(3):
        await _alerts(quiet, (first, second)).look()

    assert [len(channel.told) for channel in (first, second)] == [1, 1]


async def test_a_power_cut_while_telling_tells_the_next_channel_and_none_twice(quiet: Surgery) -> None:
    await quiet.patient().says("operatore")
    failing, second = FailingAlert(), RecordingAlert()
    with pytest.raises(PowerCut):
        await _alerts(quiet, (failing, second)).look()
    for _ in range(3):
        await _alerts(quiet, (failing, second)).look()

    assert [len(channel.told) for channel in (failing, second)] == [1, 1]


async def test_a_hand_off_that_does_not_commit_tells_nobody(quiet: Surgery) -> None:
    anna, told = quiet.patient(), RecordingAlert()
    await anna.says("Buonasera")
    desk, real = quiet.desk.staff.desk, quiet.desk.turns.listening.reader.understand

    async def taken_meanwhile(*args: Any, **kwargs: Any) -> Any:
        await desk.take(quiet.contact(anna), "Giulia")
        return await real(*args, **kwargs)

    quiet.desk.turns.listening.reader.understand = taken_meanwhile  # type: ignore[method-assign]
    await anna.says("operatore")
    await _alerts(quiet, (told,)).look()

    assert told.told == []


async def test_a_second_call_while_one_is_open_is_no_second_alert(quiet: Surgery) -> None:
    anna, told = quiet.patient(), RecordingAlert()
    await anna.says("operatore")
    await anna.says("operatore")
    await _alerts(quiet, (told,)).look()

    assert [(alert.kind, alert.urgent) for alert in told.told] == [("new", False)]


async def test_an_emergency_in_the_queue_is_told_at_once_and_by_itself(quiet: Surgery) -> None:
    anna, told = quiet.patient(), RecordingAlert()
    await anna.says("operatore")
    await _alerts(quiet, (told,)).look()
    await anna.says("non riesco a respirare, ho la gola gonfia")
    await _alerts(quiet, (told,)).look()

    assert [(alert.kind, alert.urgent) for alert in told.told] == [("new", False), ("new", True)]


async def test_what_is_settled_reminds_nobody(quiet: Surgery) -> None:
    anna, told = quiet.patient(), RecordingAlert()
    await anna.says("operatore")
    await quiet.desk.staff.desk.close(quiet.contact(anna), "Giulia", outcome=Outcome.PHONED)
    assert isinstance(quiet.clock, FrozenClock)
    quiet.clock.move(hours=12)
    await _alerts(quiet, (told,)).look()

    assert [alert.waited for alert in told.told] == [timedelta(hours=12)]  # the call itself, and no reminder


async def test_staff_are_told_nothing_of_who_the_patient_is(tmp_path: Path, interpreter: Interpreter) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
        patient = surgery.patient("393477123456", name="Zebedea")
        await patient.says("Buonasera, sono Zebedea Quagliarini, mi hanno tolto un dente")
        await patient.says("operatore")
        assert isinstance(surgery.clock, FrozenClock)
        surgery.clock.move(hours=3)
        await surgery.desk.alerts.look()
        told = repr(surgery.staff.told)

        assert "asked" in told
        assert [word for word in ("Zebedea", "Quagliarini", "7123456", "dente") if word in told] == []


async def test_a_storm_is_one_alert_that_names_the_number(quiet: Surgery) -> None:
    """H11: ten hand-offs at once are told once, and no patient is named."""
    for number in range(10):
        await quiet.patient(f"39333200{number:04d}").says("operatore")
    told = RecordingAlert()
    alerts = _alerts(quiet, (told,), Grouping(gather=timedelta(seconds=2), quiet=timedelta(minutes=1)))
    await alerts.look()
    too_early = list(told.told)
    assert isinstance(quiet.clock, FrozenClock)
    quiet.clock.move(seconds=2)
    await alerts.look()
    await quiet.patient("393332009999").says("operatore")
    quiet.clock.move(seconds=30)
    await alerts.look()
    within_the_minute = len(told.told)
    quiet.clock.move(seconds=30)
    await alerts.look()
    await alerts.look()

    assert too_early == []
    assert within_the_minute == 1
    assert [(one.count, one.link) for one in told.told] == [
        (10, "https://desk.example/inbox"),
        (1, f"https://desk.example/inbox/{quiet.contact(quiet.patient('393332009999'))}"),
    ]


async def test_an_emergency_in_a_storm_is_told_at_once(quiet: Surgery) -> None:
    await quiet.patient().says("operatore")
    await quiet.patient("393332000001").says("non riesco a respirare, ho la gola gonfia")
    told = RecordingAlert()
    await _alerts(quiet, (told,), Grouping(gather=timedelta(seconds=2), quiet=timedelta(minutes=1))).look()

    assert [(one.urgent, one.count) for one in told.told] == [(True, 1)]


async def test_a_storm_goes_to_the_next_channel_as_one_and_none_twice(quiet: Surgery) -> None:
    for number in range(3):
        await quiet.patient(f"39333200{number:04d}").says("operatore")
    failing, second = FailingAlert(), RecordingAlert()
    with pytest.raises(PowerCut):
        await _alerts(quiet, (failing, second)).look()
    for _ in range(3):
        await _alerts(quiet, (failing, second)).look()

    assert [[one.count for one in channel.told] for channel in (failing, second)] == [[3], [3]]
