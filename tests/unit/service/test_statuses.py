"""How far a message came is told in any order, and more than once."""

from bench.deliveries import orders, steps_back
from bot.testing import Surgery


async def test_statuses_never_take_a_message_back(surgery: Surgery) -> None:
    assert await steps_back(surgery, orders(24, seed=20260302)) == 0
