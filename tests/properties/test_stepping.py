"""What steps through the awaits of some tasks leaves all others alone."""

import asyncio
from collections.abc import AsyncIterator

from bench.stepping import Stepping


async def test_a_generator_is_closed_while_tasks_are_stepped_through() -> None:
    """As a loop does at its end with those that nobody finished."""
    closed = []

    async def endless() -> AsyncIterator[int]:
        try:
            while True:
                yield 1
        finally:
            closed.append(True)

    Stepping("somebody").install()
    generator = endless()
    await anext(generator)
    await asyncio.get_running_loop().create_task(generator.aclose())

    assert closed == [True]
