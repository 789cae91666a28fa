"""Loops that nobody waits for: whatever happens to one, it goes on; until it does the health check fails."""

import asyncio
import itertools
import time

import pytest

from bot.service.hearing.pressure import Pressure
from bot.service.upkeep.health import Health, State
from bot.service.upkeep.supervision import Supervisor, beat


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loops and what supervises them are real; only the seconds between two looks are left out."""
    monkeypatch.setattr("bot.service.upkeep.supervision._AGAIN_AFTER", 0.0)
    monkeypatch.setattr("bot.service.upkeep.supervision._LOOK_EVERY", 0.01)


class Fickle:
    """A loop whose first life ends as it is told."""

    def __init__(self, how: str) -> None:
        self.how = how
        self.lives = 0
        self.well = asyncio.Event()

    async def run(self) -> None:
        self.lives += 1
        if self.lives == 1:
            if self.how == "raises":
                raise RuntimeError("a mistake of ours")
            if self.how == "is cancelled":
                raise asyncio.CancelledError
            if self.how == "hangs":
                await asyncio.Event().wait()
            return
        beat()
        self.well.set()
        await asyncio.Event().wait()


@pytest.mark.parametrize("how", ["raises", "is cancelled", "hangs", "ends"])
async def test_a_loop_goes_on_whatever_happened_to_it(how: str) -> None:
    supervisor, loop = Supervisor(), Fickle(how)
    supervisor.watch("promises", loop.run, silent_after=0.05)
    async with asyncio.timeout(10):
        await loop.well.wait()
    await supervisor.stop()

    assert (loop.lives, supervisor.loops["promises"].restarts) == (2, 1)


def health(supervisor: Supervisor, *touches: object, pressure: Pressure | None = None) -> Health:
    return Health([supervisor], pressure=pressure or Pressure(), touches=touches, patience=0.05)  # type: ignore[arg-type]


async def test_a_loop_that_fails_every_time_is_silent_and_the_check_says_so() -> None:
    """It runs, it logs, and nothing happens: the fault that answered 200 for days elsewhere."""
    supervisor = Supervisor()

    async def busy_for_nothing() -> None:
        await asyncio.Event().wait()

    supervisor.watch("promises", busy_for_nothing)
    before = await health(supervisor).look()
    supervisor.loops["promises"].beat_at = time.monotonic() - 31
    after = await health(supervisor).look()
    await supervisor.stop()

    assert (before, before.word) == (State(), "ok")
    assert (after.failing, after.word) == (("promises is silent",), "failing")


async def test_a_database_that_hangs_or_fails_is_told_of() -> None:
    async def hangs() -> None:
        await asyncio.Event().wait()

    async def fails() -> None:
        raise OSError("disk full")

    states = [await health(Supervisor(), touch).look() for touch in (hangs, fails)]

    assert [state.failing for state in states] == [("the database does not answer",)] * 2


async def test_a_database_that_stores_what_others_send_meanwhile_is_busy_and_not_silent() -> None:
    """Under a flood our own look waits in the queue like everybody; a restart would only lose time."""
    commits = itertools.count()

    async def waits_in_the_queue() -> None:
        await asyncio.Event().wait()

    busy = Health(
        [Supervisor()],
        pressure=Pressure(),
        touches=[waits_in_the_queue],
        commits=lambda: next(commits),
        patience=0.05,
    )
    state = await busy.look()

    assert (state.word, state.degraded) == ("degraded", ("the database has too much to do",))


async def test_under_pressure_we_are_well_but_say_so() -> None:
    pressure = Pressure(statuses=0)
    state = await health(Supervisor(), pressure=pressure).look()

    assert (state.word, state.failing) == ("degraded", ())
