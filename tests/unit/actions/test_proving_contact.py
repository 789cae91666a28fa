"""The codes that visitors of the site prove a phone with."""

import phonenumbers
import pytest

from bot.actions.proving_contact import Codes


async def _sends(phone: str, text: str, key: str) -> bool:
    return True


def _codes(country: str) -> Codes:
    return Codes(secret=b"secret", country=country, send=_sends)


def _is_phone(code: str, country: str) -> bool:
    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(code, country)))
    except phonenumbers.NumberParseException:
        return False


@pytest.mark.parametrize("country", ["IT", "GB", "RU"])
def test_no_code_is_a_telephone_number_which_it_would_be_read_as(country: str) -> None:
    codes = [_codes(country).code("c-anna", "+393337654321", number) for number in range(300)]

    assert all(len(code) == 6 and code.isdecimal() for code in codes)
    assert len(set(codes)) > 290
    assert not any(_is_phone(code, country) for code in codes)


def test_a_code_is_of_one_chat_one_number_and_one_sending() -> None:
    of = _codes("IT").code
    codes = [of("a", "+391", 1), of("b", "+391", 1), of("a", "+392", 1), of("a", "+391", 2)]

    assert len(set(codes)) == 4
    assert of("a", "+391", 1) == codes[0]
