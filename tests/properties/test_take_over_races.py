"""The races of bench/inbox.py, in a small size: `make inbox-races` runs a thousand."""

from collections import Counter

import pytest

from bench.inbox import NO_NEW_VERSION, NO_SECOND_LOOK, race_claims, race_take_overs
from nlu.understanding import Interpreter

SEED = 20260302


async def test_nothing_of_the_assistant_s_is_sent_after_a_take_over_at_any_await(
    interpreter: Interpreter,
) -> None:
    tally = await race_take_overs(44, seed=SEED, interpreter=interpreter)

    assert tally.is_clean, f"seed {SEED}: {tally.shown()}"
    assert len(tally.at) >= 8
    assert tally.begun_before > 0
    assert tally.withdrawn > 0


@pytest.mark.parametrize("twin", [NO_SECOND_LOOK, NO_NEW_VERSION])
async def test_without_either_protection_the_assistant_talks_into_it(
    interpreter: Interpreter, twin: str
) -> None:
    tally = await race_take_overs(44, seed=SEED, interpreter=interpreter, twin=twin)

    assert tally.begun_after > 0


async def test_of_twenty_who_click_at_once_one_has_it(interpreter: Interpreter) -> None:
    winners = await race_claims(5, people=20, seed=SEED, interpreter=interpreter)

    assert winners == Counter({1: 5})


async def test_looking_first_and_claiming_then_gives_it_to_several(interpreter: Interpreter) -> None:
    winners = await race_claims(3, people=20, seed=SEED, interpreter=interpreter, naive=True)

    assert winners[1] < 3
