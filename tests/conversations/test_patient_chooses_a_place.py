"""A practice in two places: where is asked once, and the address is that of the place."""

from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from bot.domain.practice import Practice, Shift, Site
from bot.testing import Patient, Surgery
from nlu.understanding import Interpreter

CENTRE = Site(id="centro", name="Centro", address="Via Esempio 1")
SEA = Site(id="mare", name="Al mare", address="Lungomare 2", words=("Portoverde",))


def _in_two_places(practice: Practice) -> Practice:
    """Rossi in the centre on Mondays and Tuesdays, by the sea on Wednesdays; Bianchi in the centre."""

    def shifts(**days: int) -> tuple[Shift, ...]:
        return tuple(Shift(weekday=day, start=time(9), end=time(13), site=site) for site, day in days.items())

    rossi, bianchi, *_ = practice.practitioners
    people = (
        replace(rossi, shifts=(*shifts(centro=0), *shifts(centro=1), *shifts(mare=2))),
        replace(bianchi, shifts=shifts(centro=3)),
    )
    return replace(practice, sites=(CENTRE, SEA), practitioners=people)


async def _asked_where(patient: Patient) -> None:
    await patient.says("vorrei prenotare una prima visita")
    await patient.says("Anna Verdi")


async def test_where_is_asked_and_only_that_place_offered_with_its_address(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter, change=_in_two_places) as surgery:
        anna = surgery.patient()
        await _asked_where(anna)
        where = anna.sees
        await anna.taps("Al mare")
        await anna.taps("Prima possibile")
        offered = anna.sees
        await anna.taps(offered.titles[0])
        asked = anna.sees.text
        await anna.taps("Sì, confermo")

        assert [(one.title, one.description) for one in where.choices][:2] == [
            ("Centro", "Via Esempio 1"),
            ("Al mare", "Lungomare 2"),
        ]
        assert {title.split()[0] for title in offered.titles[:-1]} == {"mer"}
        assert all(one.description.endswith("Al mare") for one in offered.choices[:-1])
        assert "Al mare, Lungomare 2" in asked
        assert "Al mare, Lungomare 2" in anna.sees.text


async def test_whoever_does_not_mind_is_offered_both_places_and_told_which(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter, change=_in_two_places) as surgery:
        anna = surgery.patient()
        await _asked_where(anna)
        await anna.taps("Dove c'è posto prima")
        await anna.taps("Prima possibile")
        places = {one.description.rpartition(", ")[2] for one in anna.sees.choices[:-1]}

        assert places == {"Centro", "Al mare"}


@pytest.mark.parametrize(
    ("says", "place"),
    [
        ("vorrei prenotare una prima visita allo studio di via Esempio", "Centro"),
        ("vorrei prenotare una prima visita nella sede al mare", "Al mare"),
        ("vorrei prenotare una prima visita, quella di Portoverde", "Al mare"),
    ],
)
async def test_a_place_named_at_once_is_not_asked_for_again(
    says: str, place: str, tmp_path: Path, interpreter: Interpreter
) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter, change=_in_two_places) as surgery:
        anna = surgery.patient()
        await anna.says(says)
        await anna.says("Anna Verdi")
        await anna.taps("Prima possibile")

        assert all(one.description.endswith(place) for one in anna.sees.choices[:-1])


async def test_where_is_answered_in_words_and_corrected_later(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter, change=_in_two_places) as surgery:
        anna = surgery.patient()
        await _asked_where(anna)
        await anna.says("in via esempio")
        await anna.taps("Prima possibile")
        first = {one.description.rpartition(", ")[2] for one in anna.sees.choices[:-1]}
        await anna.says("no scusi, intendevo lo studio sul lungomare")
        then = {one.description.rpartition(", ")[2] for one in anna.sees.choices[:-1]}

        assert (first, then) == ({"Centro"}, {"Al mare"})


async def test_whoever_is_by_the_sea_does_not_wish_for_the_place_there(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter, change=_in_two_places) as surgery:
        anna = surgery.patient()
        await anna.says("sono al mare fino a venerdì, vorrei prenotare una prima visita")
        await anna.says("Anna Verdi")

        assert [one.title for one in anna.sees.choices][:2] == ["Centro", "Al mare"]
