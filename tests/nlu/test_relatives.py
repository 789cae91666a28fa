"""A visit for somebody of the writer's, and the name that comes with it."""

import pytest

from tests.nlu.conftest import Read


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("vorrei prenotare per mio figlio Luca", "Luca"),
        ("un controllo per mia moglie Anna Verdi", "Anna Verdi"),
        ("I'd like to book for my son Luca Green", "Luca Green"),
        ("my daughter Emma needs a check-up", "Emma"),
        ("мой сын Иван, первый приём", "Иван"),
        ("запишите моего сына Ивана", None),  # declined: the name is asked for
        ("per mio figlio", None),
        ("my wife has toothache", None),
    ],
)
def test_the_name_is_the_relatives(read: Read, text: str, name: str | None) -> None:
    found = read(text)
    person = found.first("person")

    assert (found.first("relative") is not None, person.value if person else None) == (True, name)


@pytest.mark.parametrize("text", ["vorrei prenotare", "sono Luca Verdi", "I'm Emma", "меня зовут Иван"])
def test_whoever_speaks_of_themselves_has_no_relative(read: Read, text: str) -> None:
    assert read(text).first("relative") is None
