"""Thirty patients at once, each from hello to booked. `python -m bench.crowd` brings a thousand."""

from pathlib import Path

import pytest

from bench.crowd import Crowd, surname, visit


async def test_thirty_patients_at_once_are_each_answered_about_themselves_alone_and_booked(
    tmp_path: Path, nlu_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHAIRSIDE_NLU_CACHE", str(nlu_cache))
    crowd, waits = await visit(tmp_path, patients=30, seed=20260302)

    assert crowd == Crowd(
        patients=30,
        booked=30,
        visits=30,
        messages=len(waits),
        lost=0,
        doubled=0,
        to_the_wrong_person=0,
        named_in_their_confirmation=30,
    )


def test_everybody_of_a_crowd_has_a_surname_that_is_in_nobody_elses() -> None:
    surnames = [surname(number, ("it", "en", "ru")[number % 3]) for number in range(3000)]

    assert len(set(surnames)) == 3000
    assert len({len(each) for each in surnames}) == 1
