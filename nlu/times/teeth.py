"""Numbers that name teeth: "2 carie (14 e 15)", "teeth 24 and 25", "зубы 36, 37"."""

from nlu.times.folding import Token

_TEETH = frozenset(
    {"dente", "denti", "carie", "corona", "corone", "capsula", "capsule", "otturazione", "otturazioni"}
    | {"molare", "molari", "premolare", "premolari", "estrazione", "estrazioni", "devitalizzazione"}
    | {"tooth", "teeth", "cavity", "cavities", "filling", "fillings", "crown", "crowns", "molar", "molars"}
    | {"зуб", "зуба", "зубы", "зубов", "зубам", "зубах", "кариес", "кариеса", "пломба", "пломбы", "коронки"}
)
_NUMBERED = frozenset({"denti", "teeth", "зубы", "зубов", "зубам", "зубах"})
_JOINING = frozenset({",", "e", "and", "&", "и", "/", "+", "-"})
_NEAR = 5  # tokens between the teeth and the bracket that tells which


def teeth(tokens: list[Token]) -> set[int]:
    """The tokens that are numbers of teeth."""
    found: set[int] = set()
    for place, token in enumerate(tokens):
        if token.text not in _TEETH:
            continue
        near = range(place + 1, min(place + 1 + _NEAR, len(tokens)))
        bracket = next((p for p in near if tokens[p].text == "("), None)
        if bracket is not None:
            run = _run(tokens, bracket + 1)
            if run.stop < len(tokens) and tokens[run.stop].text == ")":
                found.update(run)
        if token.text in _NUMBERED:
            found.update(_run(tokens, place + 1))
    return found


def _run(tokens: list[Token], place: int) -> range:
    """Numbers of teeth from `place` on, with commas or "and" between them."""
    end = first = place
    while end < len(tokens) and _is_tooth(tokens[end].text):
        end += 1
        following = end + (end < len(tokens) and tokens[end].text in _JOINING)
        if following == end or following >= len(tokens) or not _is_tooth(tokens[following].text):
            break
        end = following
    return range(first, end)


def _is_tooth(text: str) -> bool:
    """ "14", "27", "85": the quarter of the mouth, and the tooth in it."""
    return len(text) == 2 and text.isdecimal() and "1" <= text[0] <= "8" and "1" <= text[1] <= "8"
