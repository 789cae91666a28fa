"""Two people in one breath, and more than one who is to come."""

import pytest

from tests.nlu.conftest import Read, value

COUPLES = [
    ("en", "Sue and Tom Baker", "Sue Baker", "Tom Baker"),
    ("en", "Sue Baker & Tom Baker", "Sue Baker", "Tom Baker"),
    ("en", "Anna Rossi and my son Luca", "Anna Rossi", "Luca"),
    ("it", "Sara e Tommaso Ricci", "Sara Ricci", "Tommaso Ricci"),
    ("it", "sono Luca Poli e Marta Poli", "Luca Poli", "Marta Poli"),
    ("it", "luca poli e marta poli", "Luca Poli", "Marta Poli"),
    ("ru", "Света и Тимур Бакировы", "Света Бакирова", "Тимур Бакиров"),
    ("ru", "Лев и Мия Фоксы", "Лев Фокс", "Мия Фокс"),
    ("ru", "Анна и Илья Белевские", "Анна Белевская", "Илья Белевский"),
]
ONE_NAME = [
    ("it", "Anna e basta", "Anna"),
    ("it", "Anna Rossi e vorrei giovedì", "Anna Rossi"),
    ("en", "Anna Rossi and I'd like thursday", "Anna Rossi"),
    ("ru", "Анна Белова и можно в четверг", "Анна Белова"),
]
SEVERAL = [
    "Can my husband and I both come for a cleaning?",
    "check-up for me and my wife",
    "a check-up for two people",
    "vorremmo una pulizia io e mio marito",
    "controllo giovedì per due persone",
    "хотим на чистку с мужем",
    "осмотр для двоих детей",
    "запишите меня и мужа",
]
ONE_MORE = [
    "and for my husband?",
    "what about my daughter?",
    "can my wife come after me?",
    "and for my husband on friday?",
    "and Luca?",
    "e per mio marito?",
    "e Luca?",
    "e mia moglie può venire dopo di me?",
    "а мужа?",
    "а второго ребёнка?",
    "а Ольгу?",
]
NOT_ONE_MORE = [
    "and my husband is allergic to penicillin",
    "can my husband come with me?",
    "and parking?",
    "and Friday?",
    "e mio marito è allergico",
    "e lunedì?",
    "e quindi?",
    "e la dottoressa Bianchi?",
    "а когда?",
    "а парковка?",
]


@pytest.mark.parametrize(("language", "text", "first", "second"), COUPLES)
def test_of_two_people_neither_is_dropped(
    read: Read, language: str, text: str, first: str, second: str
) -> None:
    said = read(text, asking="name", language=language)

    assert (value(said, "person"), value(said, "companion")) == (first, second)


@pytest.mark.parametrize(("language", "text", "name"), ONE_NAME)
def test_who_goes_on_after_a_name_has_named_one(read: Read, language: str, text: str, name: str) -> None:
    said = read(text, asking="name", language=language)

    assert (value(said, "person"), value(said, "companion")) == (name, None)


@pytest.mark.parametrize("text", SEVERAL)
def test_who_brings_somebody_along_wants_more_than_one_visit(read: Read, text: str) -> None:
    assert value(read(text), "several_people") is True


@pytest.mark.parametrize("text", ["check-up for my husband", "pulizia tra due settimane", "осмотр для мужа"])
def test_one_visit_is_for_one(read: Read, text: str) -> None:
    assert value(read(text), "several_people") is None


@pytest.mark.parametrize("text", ONE_MORE)
def test_who_asks_for_one_more_wants_a_visit_too(read: Read, text: str) -> None:
    assert value(read(text), "one_more") is True


@pytest.mark.parametrize("text", NOT_ONE_MORE)
def test_who_asks_something_else_wants_no_further_visit(read: Read, text: str) -> None:
    assert value(read(text), "one_more") is None


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Tom, Ann and Sue Hill", ["Tom Hill", "Ann Hill", "Sue Hill"]),
        ("they are called Tom, Ann and Sue Hill", ["Tom Hill", "Ann Hill", "Sue Hill"]),
        ("Tommaso, Anna e Susanna Colli", ["Tommaso Colli", "Anna Colli", "Susanna Colli"]),
        ("Luca Poli, Marta Bini e Gino Verdi", ["Luca Poli", "Marta Bini", "Gino Verdi"]),
        ("Том, Аня и Соня Холм", ["Том Холм", "Аня Холм", "Соня Холм"]),
        ("Hi, Tom and Ann Hill", ["Tom Hill", "Ann Hill"]),
    ],
)
def test_all_who_are_named_are_found(read: Read, text: str, people: list[str]) -> None:
    named = [e.value for e in read(text, asking="name").entities if e.entity in ("person", "companion")]
    assert named == people
