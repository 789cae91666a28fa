"""Telephone numbers and e-mail addresses."""

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
