"""Digits that a space parts: "вторник 17 00" is 17:00, and "10 03 в 11" the tenth of March."""

from dataclasses import replace

from nlu.times.folding import Token
from nlu.times.vocabulary import Vocabulary

_HOURS, _DAYS = range(7, 24), range(1, 32)
_MONTHS = frozenset(f"0{month}" for month in range(1, 10))


def joined_digits(tokens: list[Token], words: Vocabulary) -> list[Token]:
    """With the sign that was left out between an hour and its "00", or a day and its month."""
    if not any(t.text == "00" or (t.text in _MONTHS and not words.month_first) for t in tokens[1:]):
        return tokens
    joined: list[Token] = []
    for place, token in enumerate(tokens):
        sign = _sign_before(tokens, place, words)
        if sign is not None:
            joined.append(Token(sign, tokens[place - 1].end, tokens[place - 1].end, glued=True))
            token = replace(token, glued=True)
        joined.append(token)
    return joined


def _sign_before(tokens: list[Token], place: int, words: Vocabulary) -> str | None:
    token, first = tokens[place], tokens[place - 1] if place else None
    if first is None or token.glued or not first.text.isdecimal() or len(first.text) > 2:
        return None
    behind = tokens[place + 1].text if place + 1 < len(tokens) else ""
    before = tokens[place - 2].text if place > 1 else ""
    if behind.isdecimal() or (before.isdecimal() and before not in _MONTHS) or before in (":", "-", "+"):
        return None
    if before in _MONTHS and token.text != "00":
        return None
    if token.text == "00" and int(first.text) in _HOURS:
        return ":"
    led = behind in words.before_hours and not words.times_are_dotted and words.hours_follow
    return "." if led and token.text in _MONTHS and int(first.text) in _DAYS else None
