"""Telephone numbers, e-mail addresses and the codes that prove them."""

import re

import phonenumbers

from nlu.understanding import Entity

_DIGITS = re.compile(r"(?<![\w@])\+?\(?\d[\d ().\-/\u00a0]{4,24}\d(?![\w@])")
_DATE = re.compile(r"\s*\d{1,4}\s?[./\-]\s?\d{1,2}\s?[./\-]\s?\d{1,4}\s*")
_NOTHING_ELSE = re.compile(r"\s*(\+?\d[\d ().\-/]{2,24})[\s.!]*")
_EMAIL = re.compile(r"(?<![\w.%+\-])[\w.%+\-]{1,64}@[a-zA-Z0-9\-]{1,63}(?:\.[a-zA-Z0-9\-]{1,63}){1,6}")
_CODE = re.compile(r"(?<![\d+])\d{3}[ -]?\d{3}(?!\d)")
_CANDIDATES = 20


def find_phones(text: str, *, country: str, asked: bool) -> list[Entity]:
    """Valid numbers as E.164; a number without prefix is read as one of `country`.

    Only where a phone was `asked`, digits that look like a date ("12.05.1980") are tried as well, and a
    message of nothing but digits is a number in any case: whoever asked says what is wrong with it.
    """
    found: list[Entity] = []
    for candidate in _first(_DIGITS, text):
        written = candidate.group().rstrip(" (.-/\u00a0")
        if _DATE.fullmatch(written) and not asked:
            continue
        number = _valid(written, country)
        if number is not None:
            start = candidate.start()
            found.append(
                Entity(entity="phone", value=number, start=start, end=start + len(written), text=written)
            )
    whole = _NOTHING_ELSE.fullmatch(text) if asked and not found else None
    if whole is not None:
        digits = re.sub(r"[^\d+]", "", whole.group(1))
        found.append(
            Entity(entity="phone", value=digits, start=whole.start(1), end=whole.end(1), text=whole.group(1))
        )
    return found


def find_codes(text: str) -> list[Entity]:
    """Six digits that were sent to somebody, given back: "ecco: 066 172". Looked for where asked only."""
    return [
        Entity(
            entity="code",
            value=re.sub(r"\D", "", m.group()),
            start=m.start(),
            end=m.end(),
            text=m.group(),
        )
        for m in _first(_CODE, text)
    ]


def find_emails(text: str) -> list[Entity]:
    return [
        Entity(
            entity="email", value=m.group().rstrip(".").lower(), start=m.start(), end=m.end(), text=m.group()
        )
        for m in _first(_EMAIL, text)
        if re.search(r"\.[a-zA-Z]{2,24}$", m.group())
    ]


def _first(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    matches = []
    for match in pattern.finditer(text):
        matches.append(match)
        if len(matches) == _CANDIDATES:
            break
    return matches


def _valid(written: str, country: str) -> str | None:
    plain = written.strip()
    if plain.startswith("00"):
        plain = "+" + plain[2:]
    for attempt in (plain, "+" + plain):  # people leave out the plus: "39 333 1234567"
        try:
            number = phonenumbers.parse(attempt, None if attempt.startswith("+") else country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if len(re.sub(r"\D", "", plain)) < 11:
            break
    return None
