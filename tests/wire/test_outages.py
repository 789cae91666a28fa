"""Meta gone with replies waiting; one visit changed from three sides at once; whose answer is whose.

Larger: `python -m bench.outages`, `python -m bench.changed_at_once`, `python -m bench.crosstalk`.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.changed_at_once import race
from bench.crosstalk import strays, talk
from bench.graph_gone import gone_for_a_day, gone_for_a_while


@pytest.fixture(autouse=True)
def one_training_for_all(nlu_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAIRSIDE_NLU_CACHE", str(nlu_cache))


async def test_what_waited_while_meta_was_gone_goes_out_in_order_and_at_pace_once_it_is_back(
    tmp_path: Path,
) -> None:
    outcome = await gone_for_a_while(tmp_path, queued=30, seconds=1.5)

    # Pace needs a machine with nothing else to do: `make outages`; tests/unit/service/test_pacing.py.
    assert replace(outcome, fastest=0).is_clean, outcome
    assert outcome.queued == 30


async def test_what_waited_past_the_window_is_not_said_but_asked_after(tmp_path: Path) -> None:
    outcome = await gone_for_a_day(tmp_path, patients=10)

    assert (outcome.waiting, outcome.words_sent, outcome.told) == (10, 0, 10)


async def test_a_visit_changed_from_three_sides_at_once_is_one_visit_or_none_and_the_patient_knows(
    tmp_path: Path,
) -> None:
    outcome = await race(tmp_path, rounds=3, seed=1)

    assert outcome.is_clean, outcome
    assert outcome.one_visit + outcome.none == 3


async def test_patients_before_a_slow_practice_system_each_hear_of_their_own_visit_alone(
    tmp_path: Path,
) -> None:
    outcome = await talk(tmp_path, patients=6, replies=50, seed=1)

    assert outcome.is_clean, outcome
    assert outcome.replies >= 50


def test_an_answer_that_went_to_somebody_else_is_noticed() -> None:
    right = {"anna": ["at nine", "at nine"], "luca": ["at ten", "at ten"]}
    swapped_once = {"anna": ["at nine", "at ten"], "luca": ["at ten", "at nine"]}
    always_the_same = {"anna": ["at nine", "at nine"], "luca": ["at nine", "at nine"]}

    assert [strays(each) for each in (right, swapped_once, always_the_same)] == [0, 2, 1]
