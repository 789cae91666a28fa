"""Hours whose minutes were typed apart: "3 30 tuesday", "9 : 30 am"."""

from dataclasses import replace

from nlu.times.folding import Token

_MINUTES = frozenset({"00", "10", "15", "20", "30", "40", "45", "50"})
_LATEST = 19
_OWNING = frozenset(
    {"the", "of", "room", "number", "no", "tooth", "teeth", "flat", "age", "aged", "am", "is"}
)
_ENDING = frozenset({",", ".", "?", "!", "on", "please", "pls", "plz", "am", "pm", "this", "or", "for"})


def with_joined_minutes(tokens: list[Token], days: frozenset[str]) -> list[Token]:
    """With the colon between the hour and its minutes."""
    joined: list[Token] = []
    for place, token in enumerate(tokens):
        before, after = _at(tokens, place - 1), _at(tokens, place + 1)
        if token.text == ":" and _is_hour(before) and after is not None and after.text in _MINUTES:
            token = replace(token, glued=True)
        elif token.text in _MINUTES and before is not None and before.text == ":":
            token = replace(token, glued=token.glued or _is_hour(_at(tokens, place - 2)))
        elif token.text in _MINUTES and not token.glued and _is_hour(before) and before is not None:
            ends = after is None or after.text in _ENDING or after.text in days
            if ends and _stands_free(_at(tokens, place - 2), before) and _has_a_day(tokens, days):
                joined.append(replace(token, text=":", end=token.start, glued=True))
                token = replace(token, glued=True)
        joined.append(token)
    return joined


def _stands_free(owner: Token | None, hour: Token) -> bool:
    """Unlike "tooth 3", "b4 10" and "7 3"."""
    if hour.glued:
        return False
    return (
        owner is None or (owner.text.isalpha() and owner.text not in _OWNING) or owner.text in (",", "?", "!")
    )


def _has_a_day(tokens: list[Token], days: frozenset[str]) -> bool:
    return len(tokens) <= 3 or any(token.text in days for token in tokens)


def _is_hour(token: Token | None) -> bool:
    if token is None or not token.text.isdecimal():
        return False
    return len(token.text) <= 2 and 1 <= int(token.text) <= _LATEST


def _at(tokens: list[Token], place: int) -> Token | None:
    return tokens[place] if 0 <= place < len(tokens) else None
