"""Many patients and one opening, through signed webhooks on both channels.

Larger: `python -m bench.races`.
"""

from pathlib import Path

import pytest

from bench.races import Outcome, everybody_wants_one, twenty_for_all, yes_twenty_times

PATIENTS = 20


@pytest.fixture(autouse=True)
def one_training_for_all(nlu_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAIRSIDE_NLU_CACHE", str(nlu_cache))


async def test_of_twenty_who_tap_one_opening_one_is_booked_and_the_others_are_offered_others_and_book(
    tmp_path: Path,
) -> None:
    outcomes = await everybody_wants_one(
        tmp_path, patients=PATIENTS, rounds=1, seed=1, twin=False, going_on=PATIENTS
    )

    assert outcomes == [
        Outcome(won=1, offered_others=19, went_on=19, went_on_booked=19, visits_there=1, slowest=0)
    ]


async def test_without_the_databases_own_exclusion_several_visits_stand_at_one_time(tmp_path: Path) -> None:
    """The twin: what the race above proves is the triggers' doing."""
    (outcome,) = await everybody_wants_one(
        tmp_path, patients=PATIENTS, rounds=1, seed=1, twin=True, going_on=0
    )

    assert outcome.visits_there > 1


async def test_twenty_openings_back_to_back_go_to_twenty_of_thirty_patients(tmp_path: Path) -> None:
    booked, different_times, told_so = await twenty_for_all(tmp_path, patients=30, seed=1)

    assert (booked, different_times, told_so) == (20, 20, 20)


async def test_twenty_taps_of_one_yes_are_one_visit_and_one_webhook_twenty_times_is_one_reply(
    tmp_path: Path,
) -> None:
    visits_of_two_patients, replies_to_twenty_taps, replies_to_one_webhook = await yes_twenty_times(
        tmp_path, seed=1
    )

    assert (visits_of_two_patients, replies_to_twenty_taps, replies_to_one_webhook) == (2, 20, 1)
