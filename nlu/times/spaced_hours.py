"""Hours whose minutes were typed apart: "3 30 tuesday", "9 : 30 am"."""

from dataclasses import replace

from nlu.times.folding import Token

_MINUTES = frozenset({"00", "10", "15", "20", "30", "40", "45", "50"})
_LATEST = 19
_OWNING = frozenset({"the", "of", "room", "number", "no", "tooth", "teeth", "flat", "age", "aged", "am", "is"})
_COUNTED = frozenset({"years", "year", "yrs", "mins", "minutes", "min", "days", "weeks", "months", "people"})
_COUNTED |= {"mg", "ml", "pounds", "quid", "euros", "percent", "%", "times", "past", "to", "/", "-", ".", ":"}
_ENDING = frozenset({",", ".", "?", "!", "on", "please", "pls", "plz", "am", "pm", "this", "or", "for", "then"})


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
            owner = _at(tokens, place - 2)
            led = not before.glued and (owner is None or (owner.text not in _OWNING and not owner.text.isdecimal()))
            led = led and (owner is None or owner.text.isalpha() or owner.text in (",", "?", "!"))
            ends = after is None or after.text in _ENDING or after.text in days
            if led and ends and (after is None or after.text not in _COUNTED) and _has_a_day(tokens, days):
                joined.append(replace(token, text=":", end=token.start, glued=True))
                token = replace(token, glued=True)
        joined.append(token)
    return joined


def _has_a_day(tokens: list[Token], days: frozenset[str]) -> bool:
    return len(tokens) <= 3 or any(token.text in days for token in tokens)


def _is_hour(token: Token | None) -> bool:
    return token is not None and token.text.isdecimal() and len(token.text) <= 2 and 1 <= int(token.text) <= _LATEST


def _at(tokens: list[Token], place: int) -> Token | None:
    return tokens[place] if 0 <= place < len(tokens) else None
