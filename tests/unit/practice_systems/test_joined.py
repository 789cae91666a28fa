"""Who asks the same at the same time is answered together, and never with what was known before."""

import asyncio

import pytest

from bot.practice_systems.joined import Joined


async def test_whoever_asks_while_an_answer_is_found_out_joins_the_next_one() -> None:
    joined: Joined[int] = Joined()
    asked = 0
    may_answer = asyncio.Event()

    async def find_out() -> int:
        nonlocal asked
        asked += 1
        number = asked
        await may_answer.wait()
        return number

    first = [asyncio.create_task(joined.ask("openings", find_out)) for _ in range(3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    later = [asyncio.create_task(joined.ask("openings", find_out)) for _ in range(4)]
    other = asyncio.create_task(joined.ask("something else", find_out))
    await asyncio.sleep(0)
    may_answer.set()

    assert await asyncio.gather(*first) == [1, 1, 1]
    assert (await asyncio.gather(*later), await other, asked) == ([3, 3, 3, 3], 2, 3)


async def test_an_error_is_told_to_all_who_joined_and_to_nobody_after() -> None:
    joined: Joined[str] = Joined()

    async def fails() -> str:
        raise ValueError("down")

    async def works() -> str:
        return "up"

    outcomes = await asyncio.gather(*[joined.ask("x", fails) for _ in range(2)], return_exceptions=True)
    with pytest.raises(ValueError, match="down"):
        await joined.ask("x", fails)

    assert [str(one) for one in outcomes] == ["down", "down"]
    assert await joined.ask("x", works) == "up"
