"""Dates of birth as people say them, where one is asked for."""

import pytest

from nlu.times.years_in_words import with_year_in_digits
from tests.nlu.conftest import Read


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("fourth of may nineteen eighty", "1980-05-04"),
        ("12 may two thousand and four", "2004-05-12"),
        ("quattro maggio millenovecentottanta", "1980-05-04"),
        ("il 3 marzo mille novecento settantotto", "1978-03-03"),
        ("четвёртое мая тысяча девятьсот восьмидесятого", "1980-05-04"),
        ("4 мая две тысячи пятого года", "2005-05-04"),
    ],
)
def test_a_date_of_birth_is_read_in_words(read: Read, text: str, born: str) -> None:
    found = read(text, asking="birth_date").first("birth_date")

    assert found is not None
    assert found.value == born


@pytest.mark.parametrize("text", ["thirty first of may", "monday afternoon", "", "4/5/1980"])
def test_where_no_year_is_said_nothing_is_written(text: str) -> None:
    assert with_year_in_digits(text) == text
