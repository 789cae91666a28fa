"""Names as either alphabet spells them, in the proof of who somebody is."""

import pytest

from bot.domain.diary import PatientDetails
from bot.domain.people import fits


def _on_file(name: str) -> list[PatientDetails]:
    return [PatientDetails(name=name, phone="+390000000000")]


@pytest.mark.parametrize(
    ("spoken", "on_file"), [("Жанна", "Zhanna Belova"), ("Яна", "Yana"), ("Юлия", "Julia")]
)
def test_a_name_is_known_in_the_other_alphabet(spoken: str, on_file: str) -> None:
    assert fits(_on_file(on_file), spoken, None)


@pytest.mark.parametrize(("spoken", "on_file"), [("Жанна", "Яна Белова"), ("Яна", "Zhanna Belova")])
def test_names_that_only_sound_alike_are_two(spoken: str, on_file: str) -> None:
    assert not fits(_on_file(on_file), spoken, None)
