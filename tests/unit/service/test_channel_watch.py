"""A channel that has fallen silent is noticed, once a while, and told apart from one that never spoke."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.handoff import AlertKind
from bot.service.clock import FrozenClock
from bot.service.upkeep.channel_watch import ChannelWatch
from bot.storage.sending.silence import SqlSilence
from bot.testing import Surgery


async def subscribed() -> bool:
    return True


async def lost() -> bool:
    return False


async def broken() -> bool:
    raise OSError("Graph does not answer")


def watch(surgery: Surgery, *, hours: int | None = 24, **channels: Any) -> ChannelWatch:
    desk = surgery.desk
    return ChannelWatch(
        SqlSilence(desk.books.database, desk.practice.id, desk.clock),
        channels={name: (each,) for name, each in channels.items()},
        clock=desk.clock,
        quiet_after=timedelta(hours=hours) if hours else None,
        ring=desk.alerts.ring,
    )


async def told(surgery: Surgery, count: int) -> list[str]:
    await surgery.until(lambda: len(surgery.staff.told) >= count)
    return [alert.reason for alert in surgery.staff.told if alert.kind is AlertKind.ACCOUNT]


def later(surgery: Surgery, **by: float) -> None:
    assert isinstance(surgery.clock, FrozenClock)
    surgery.clock.move(**by)


async def test_a_day_without_a_word_is_told_once(surgery: Surgery) -> None:
    await surgery.patient().says("Buongiorno")
    looking = watch(surgery, whatsapp=subscribed)
    await looking.look()
    later(surgery, hours=25)
    for _ in range(3):
        await looking.look()

    assert await told(surgery, 1) == [
        "whatsapp: nothing has come for 24 hours; run: chairside channels check"
    ]


async def test_a_lost_subscription_is_told_and_does_not_hide_behind_a_broken_one(surgery: Surgery) -> None:
    await watch(surgery, instagram=broken, messenger=lost, whatsapp=subscribed).look()

    assert await told(surgery, 1) == [
        "messenger: the subscription is lost, nothing arrives; run: chairside channels subscribe"
    ]


@pytest.mark.parametrize("hours", [24, None])
async def test_a_channel_that_never_spoke_and_one_that_may_be_silent_are_left_alone(
    surgery: Surgery, hours: int | None
) -> None:
    if hours is None:
        await surgery.patient().says("Buongiorno")
    later(surgery, days=30)
    await watch(surgery, hours=hours, whatsapp=subscribed).look()

    assert surgery.staff.told == []
