"""A machine's clock jumps while patients book: every message is answered once, and nobody is booked twice."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.service.clock import FrozenClock
from bot.testing import Patient, Surgery
from nlu.understanding import Interpreter

BEGAN = datetime(2026, 3, 2, 7, tzinfo=UTC)
JUMPS = {
    "an hour back": BEGAN - timedelta(hours=1),
    "a second back": BEGAN - timedelta(seconds=1),
    "a day ahead": BEGAN + timedelta(days=1),
    "to 1970": datetime(1970, 1, 1, 0, 5, tzinfo=UTC),
    "beyond 2038": datetime(2039, 3, 7, 8, tzinfo=UTC),
}


async def goes_on(anna: Patient) -> int:
    """The next thing that a patient does who wants to book; how many answers came."""
    if anna.screen and anna.sees.choices:
        return len(await anna.brings(anna.sees.choices[0].payload))
    return len(await anna.says("Buonasera, vorrei prenotare una prima visita, sono Anna Rossi"))


@pytest.mark.parametrize("jump", JUMPS)
@pytest.mark.parametrize("when", (1, 3))
async def test_a_clock_that_jumps_and_comes_back_doubles_and_swallows_nothing(
    jump: str, when: int, tmp_path: Path, interpreter: Interpreter
) -> None:
    clock = FrozenClock(BEGAN)
    async with Surgery.open(tmp_path, interpreter=interpreter, clock=clock) as surgery:
        anna = surgery.patient()
        answers = []
        for number in range(12):
            if number == when:
                clock.move(seconds=(JUMPS[jump] - clock.now()).total_seconds())
            if number == when + 1:  # the machine is told the time again
                clock.move(seconds=(BEGAN + timedelta(minutes=number) - clock.now()).total_seconds())
            answers.append(await goes_on(anna))
            rows = Counter(str(row["status"]) for row in await surgery.diary())
            if rows["booked"]:
                break

    assert set(answers) == {1}
    assert rows["booked"] == 1
