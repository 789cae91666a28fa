"""What looks like days and hours in a message and is none: phones, addresses, codes, names of people."""

from nlu.times.ages import ages
from nlu.times.folding import Token
from nlu.times.teeth import teeth
from nlu.times.vocabulary import Vocabulary
from nlu.understanding import Context

_CHAIN_SIGNS = frozenset(" -./()")
#: Words that digits are glued to: "h15", "alle15", "after5", "после17".
_BEFORE_DIGITS = frozenset(
    {"h", "t", "at", "on", "after", "before", "until", "till", "til", "around", "from", "by"}
    | {
        "ore",
        "alle",
        "dalle",
        "dal",
        "al",
        "del",
        "le",
        "il",
        "dopo",
        "verso",
        "entro",
        "fino",
    }
    | {"ч", "пол", "в", "во", "на", "после", "до", "к", "с", "со", "около", "по"}
    | {"v", "vo", "posle", "do", "okolo"}
)
_AND = frozenset({"e", "и"})  # "14e30"
_SHORT = 4  # of a title with a dot: "dr.", "dott."
_NAME_WORDS = 3  # a first name, a particle, a surname


def masked_places(text: str, tokens: list[Token], words: Vocabulary, context: Context) -> set[int]:
    """The tokens that are not to be read."""
    masked = _addresses(text, tokens, words) | _codes(tokens, words) | _phone_numbers(tokens, context)
    return (
        masked | _names(tokens, words) | _house_numbers(tokens, words) | ages(tokens, words) | teeth(tokens)
    )


def _names(tokens: list[Token], words: Vocabulary) -> set[int]:
    """ "Dottor Sabato", "via Primo Marzo 8", "меня зовут Марта Среда": capitals say that it is a name."""
    masked: set[int] = set()
    introducing = words.titles | words.streets | words.named
    if not introducing:
        return masked
    shouted = all(token.capital for token in tokens if token.text.isalpha())
    for place, token in enumerate(tokens):
        if token.text not in introducing:
            continue
        is_street = token.text in words.streets
        first = place + 1
        signs = (".", "'", ":") if len(token.text) <= _SHORT or is_street else ("'",)
        while first < len(tokens) and tokens[first].text in signs:
            first += 1
        run = range(0) if shouted else _capitalised(tokens, first)
        run = run or (_dated(tokens, first, words) if is_street else run)
        if is_street and run:
            number = run.stop + (tokens[run.stop].text == "," if run.stop < len(tokens) else 0)
            masked.update(run)
            masked.update({number} if number < len(tokens) and tokens[number].text.isdecimal() else ())
        elif (token.text in words.titles and run) or len(run) >= 2:
            masked.update(run)
    return masked


def _house_numbers(tokens: list[Token], words: Vocabulary) -> set[int]:
    """ "12 Station Road", "8 March Close": a number and what its street is called."""
    if not any(token.text in words.street_ends for token in tokens):
        return set()
    masked: set[int] = set()
    for place, token in enumerate(tokens):
        if not token.text.isdecimal() or len(token.text) > 3:
            continue
        for end in range(place + 2, min(place + 5, len(tokens))):
            name = tokens[place + 1 : end]
            if not all(t.text.isalpha() and (t.capital or t.text not in words.phrases) for t in name):
                break
            if tokens[end].text in words.street_ends and (tokens[end].capital or not name[0].capital):
                masked.update(range(place, end))
    return masked


def _dated(tokens: list[Token], first: int, words: Vocabulary) -> range:
    """ "Via 4 novembre", "улица 8 марта": the name of a street."""
    month = first + 1
    if month < len(tokens) and tokens[first].text.isdecimal() and tokens[month].text in words.month_names:
        return range(first, month + 1)
    return range(0)


def _capitalised(tokens: list[Token], first: int) -> range:
    end = first
    while end < len(tokens) and end - first < _NAME_WORDS and tokens[end].capital:
        end += 1
    return range(first, end)


def _addresses(text: str, tokens: list[Token], words: Vocabulary) -> set[int]:
    """Tokens of e-mail and web addresses; "weds@2.15pm" is none."""
    if "@" not in text and "://" not in text and "www." not in text.lower():
        return set()
    masked: set[int] = set()
    start = 0
    for end in range(1, len(tokens) + 1):
        if end == len(tokens) or tokens[end].start > tokens[end - 1].end:
            run = text[tokens[start].start : tokens[end - 1].end]
            timed = tokens[start].text in words.days and run.partition("@")[2][:1].isdecimal()
            if (
                ("@" in run[1:-1] and any(map(str.isalpha, run.split("@")[-1])) and not timed)
                or "://" in run
                or run.lower().startswith("www.")
            ):
                masked.update(range(start, end))
            start = end
    return masked


def _codes(tokens: list[Token], words: Vocabulary) -> set[int]:
    """Letters and digits written in one: tax codes, names of products. "3pm", "15h30", "ore15" are none."""
    masked: set[int] = set()
    for place in range(1, len(tokens)):
        token, before = tokens[place], tokens[place - 1]
        if not token.glued or not token.text[0].isalnum():
            continue
        named = before.text in _BEFORE_DIGITS or before.text in words.days  # "tuesday3pm"
        named = named or any(
            rest[:1] == (token.text,) for rest, _ in words.phrases.get(before.text, ())
        )  # "b4"
        named = named or (before.text in _AND and before.glued and tokens[place - 2].text.isdecimal())
        into_digits = token.text.isdecimal() and before.text.isalpha() and not named
        if into_digits or (place - 1 in masked and before.text[0].isalnum()):
            masked.update((place - 1, place))
            if words.language == "en" and len(before.text) <= 2 and _ends_a_postcode(tokens, place + 1):
                masked.update((place + 1, place + 2))
    return masked


def _ends_a_postcode(tokens: list[Token], place: int) -> bool:
    """ "SE1 9AM" is no hour."""
    if place + 1 >= len(tokens) or not tokens[place + 1].glued:
        return False
    digit, letters = tokens[place].text, tokens[place + 1].text
    return digit.isdecimal() and len(digit) == 1 and letters.isalpha() and len(letters) == 2


def _phone_numbers(tokens: list[Token], context: Context) -> set[int]:
    """Digits that are too many, or grouped too oddly, for a date or a time; and digits glued into codes."""
    masked: set[int] = set()
    chain: list[int] = []
    signs: list[str] = []
    between = ""
    for place, token in enumerate(tokens):
        spaced = place + 1 < len(tokens) and not tokens[place + 1].glued
        if not token.text.isdecimal():
            between = (between + token.text + " " * spaced)[:5]
            continue
        joined = bool(chain) and set(between) <= _CHAIN_SIGNS and len(between) <= 3
        if len(token.text) >= 6:
            if not (len(token.text) == 8 and context.asking == "birth_date"):
                masked.add(place)
            if joined and len(chain) == 1 and (token.text[0] == "0" or tokens[chain[0]].text[0] in "0+"):
                masked.update(chain)
            joined, keep = False, []
        else:
            keep = [place]
        if not joined:
            _mask_phone(tokens, chain, signs, masked)
            chain, signs = keep, []
        else:
            signs.append(between)
            chain.append(place)
        between = " " * spaced
    _mask_phone(tokens, chain, signs, masked)
    return masked


def _mask_phone(tokens: list[Token], chain: list[int], signs: list[str], masked: set[int]) -> None:
    """A chain of short groups: "333 12 34 567", "8 (916) 123-45-67", "06 12 34 56 78"."""
    groups = [tokens[place].text for place in chain]
    if not groups:
        return
    odd = any(
        len(g) in (3, 5) or (len(g) == 4 and not 1900 <= int(g) <= 2100) for g in groups if g.isdecimal()
    )
    total = sum(map(len, groups))
    if len(groups) == 3 and signs[:2] == ["/", " "] and int(groups[0]) <= 31 and int(groups[1]) <= 12:
        return  # "12/3 1530"
    dialled = chain[0] > 0 and tokens[chain[0] - 1].text == "+"
    grouped = len(groups) >= 5 and len(set(signs)) == 1 and total >= 9
    if dialled or grouped or (odd and total >= 5):
        masked.update(chain)
