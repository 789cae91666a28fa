"""A visit for somebody of the writer's, and the name that comes with it."""

import pytest

from nlu.relatives import is_for
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


@pytest.mark.parametrize(
    "text",
    [
        *(
            "it's for my son",
            "my son is the one coming",
            "not me, my daughter",
            "my son has a toothache",
            "my wife",
        ),
        *("è per mio figlio", "viene mio marito al posto mio", "mia figlia ha bisogno di una visita"),
        *("это для сына", "запишите сына", "не мне, а мужу", "придёт мой муж вместо меня"),
    ],
)
def test_words_that_say_for_whom_it_is(read: Read, text: str) -> None:
    relative = read(text).first("relative")

    assert relative is not None
    assert is_for(text, relative)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "my wife says hi",
            "sorry that was my son typing",
            "i'm waiting for my husband",
            "i'll ask my wife",
        ),
        *(
            "va bene se mi accompagna mia sorella",
            "scusi scriveva mio figlio",
            "mia madre mi ha parlato di voi",
        ),
        *("мужу тоже удобно", "я спрошу мужа", "свекровь была в это время в прошлый раз"),
    ],
)
def test_a_mention_says_nothing_of_for_whom_it_is(read: Read, text: str) -> None:
    relative = read(text).first("relative")

    assert relative is not None
    assert not is_for(text, relative)
