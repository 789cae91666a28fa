"""Italian hours have "le" before them, "le 8", and days "il": before 8 and 11 it is "l'8", and so a day."""

from dataclasses import replace
from types import MappingProxyType

from nlu.times.folding import Token

_FULL = MappingProxyType(
    {"l": "il", "dell": "del", "dall": "dal", "all": "al", "nell": "nel", "sull": "sul", "quell": "quel"}
)
_BEGIN_WITH_A_VOWEL = frozenset({"8", "11", "otto", "undici"})
_OF_AN_HOUR = frozenset({":", "h"})


def without_elisions(tokens: list[Token]) -> list[Token]:
    """ "Dall'8 all'11", "dopo l'8": as "dal 9 al 12", "dopo il 9"."""
    if not any(token.text == "'" for token in tokens):
        return tokens
    full: list[Token] = []
    for place, token in enumerate(tokens):
        if token.text == "'" and full and full[-1].text in _FULL and _is_a_day(tokens, place + 1):
            full[-1] = replace(full[-1], text=_FULL[full[-1].text], end=token.end)
        elif full and place and tokens[place - 1].text == "'" and full[-1].end == tokens[place - 1].end:
            full.append(replace(token, glued=False))
        else:
            full.append(token)
    return full


def _is_a_day(tokens: list[Token], place: int) -> bool:
    if place >= len(tokens) or tokens[place].text not in _BEGIN_WITH_A_VOWEL:
        return False
    behind = [token.text for token in tokens[place + 1 : place + 3]]
    written = len(behind) == 2 and behind[0] == "." and behind[1].isdecimal() and len(behind[1]) == 2
    halved = len(behind) == 2 and behind[0] == "e" and behind[1] in ("mezza", "mezzo", "30")
    return not (behind[:1] and behind[0] in _OF_AN_HOUR) and not written and not halved
