"""Telephone numbers and e-mail addresses."""

import random

import pytest

from tests.nlu.conftest import Read, value


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("333 1234567", "IT", "+393331234567"),
        ("il mio numero è 333-123.45.67", "IT", "+393331234567"),
        ("+39 333 1234567", "IT", "+393331234567"),
        ("0039 333 1234567", "IT", "+393331234567"),
        ("39 333 1234567", "IT", "+393331234567"),
        ("02 12345678", "IT", "+390212345678"),
        ("chiamatemi al 3331234567 grazie", "IT", "+393331234567"),
        ("(333) 1234567", "IT", "+393331234567"),
        ("+44 20 7946 0958", "IT", "+442079460958"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("8 (916) 123-45-67", "RU", "+79161234567"),
        ("+7 916 123 45 67", "IT", "+79161234567"),
        ("(212) 555-2368", "US", "+12125552368"),
    ],
)
def test_a_phone_is_read_however_it_is_written(read: Read, text: str, country: str, number: str) -> None:
    assert value(read(text, country=country, asking="phone"), "phone") == number


@pytest.mark.parametrize(
    "text", ["333", "12345", "12.05.1980", "alle 10:30", "il 24/11/2026", "999999999999999", "abc"]
)
def test_what_is_no_valid_number_is_no_phone(read: Read, text: str) -> None:
    assert value(read(text), "phone") is None


@pytest.mark.parametrize(("text", "digits"), [("0770", "0770"), ("07700 900123", "07700900123")])
def test_digits_where_a_phone_was_asked_are_a_number_that_is_wrong(
    read: Read, text: str, digits: str
) -> None:
    assert value(read(text, asking="phone"), "phone") == digits


def test_a_phone_inside_a_message_is_found_where_it_stands(read: Read) -> None:
    found = read("sono Anna Neri, 333 1234567, vorrei una pulizia").first("phone")

    assert found is not None
    assert (found.start, found.end, found.text) == (16, 27, "333 1234567")


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("anna.neri@example.com", "anna.neri@example.com"),
        ("la mia mail è Anna_Neri+1@Example.CO.UK.", "anna_neri+1@example.co.uk"),
        ("scrivetemi a a-b@posta.example.it grazie", "a-b@posta.example.it"),
        ("anna@", None),
        ("@anna", None),
        ("anna@example", None),
    ],
)
def test_an_email_is_read(read: Read, text: str, email: str | None) -> None:
    assert value(read(text), "email") == email


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("it", "ecco: {}"),
        ("it", "il codice è {}"),
        ("it", "mi è arrivato {} grazie"),
        ("en", "here: {}"),
        ("en", "the code is {}"),
        ("en", "got it, {}"),
        ("ru", "вот: {}"),
        ("ru", "код {}"),
        ("ru", "пришло {}"),
        ("en", "{}"),
    ],
)
def test_a_code_that_was_sent_is_an_answer_whatever_its_digits_look_like(
    read: Read, language: str, said: str
) -> None:
    chance = random.Random(20260302)
    codes = [f"{chance.randrange(1_000_000):06}" for _ in range(40)]
    understood = [read(said.format(code), language=language, asking="code") for code in codes]
    spaced = read(said.format("066 172"), language=language, asking="code")

    assert [u.intent for u in understood] == [None] * len(codes)
    assert [[e.value for e in u.entities if e.entity == "code"] for u in understood] == [[c] for c in codes]
    assert [e.value for e in spaced.entities if e.entity == "code"] == ["066172"]


@pytest.mark.parametrize("said", ["voglio parlare con una persona", "i want a human", "позовите человека"])
def test_a_person_can_be_asked_for_where_a_code_is_expected(read: Read, said: str) -> None:
    understood = read(f"{said} 123456", asking="code")

    assert understood.intent is not None
    assert understood.intent.name == "human"
