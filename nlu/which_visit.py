"""Which of one's own visits is meant: "cancel both", "move the second one", "no, not this one", "Leo's"."""

import re
from collections.abc import Sequence

from nlu.company import nominatives
from nlu.couples import sounds_like_a_name
from nlu.lexicon import known_languages, lexicon
from nlu.name_words import first_names, no_names, plain_name
from nlu.names import written_as_name
from nlu.understanding import Context, Entity

_LONGEST = 200  # characters that are looked at

_ALL = re.compile(
    r"\b(both( of (them|my \w+))?|all (of them|my \w+|two|three)|entramb[ie]|tutt[ei] e (due|tre)|tutte"
    r"|оба|обе|оба визита"
    r"|все( визиты| записи)?)\b",
    re.I,
)
_NOT_THIS = re.compile(
    r"\W*((no|nope|wait|hold on|sorry|ah|oh|aspett\w+|scus\w+|нет|ой|подожд\w+|стойте)\W+){0,3}"
    r"(not (this|that)( one)?|(i mean(t)? )?the other( one| visit| appointment)?"
    r"|(it'?s )?the wrong (one|visit|appointment)"
    r"|non quest[ao]|non quell[ao]|(intendevo )?(quell['’]altr[ao]|l['’]altr[ao])( visita| appuntamento)?"
    r"|(è )?(la visita|l['’]appuntamento) sbagliat[ao]"
    r"|не (этот|тот|эту|ту)( визит| запись)?|(я про )?друг(ой|ую)( визит| запись)?)\W*"
    r"((the other( one)?|l['’]altr[ao]|quell['’]altr[ao]|а? ?друг(ой|ую)|please|per favore"
    r"|пожалуйста)\W*)?",
    re.I,
)
_VISIT = r"(one|visit|appointment|booking|appt|visita|appuntamento|визит|запись|при[её]м)"
_PLACED = re.compile(
    rf"\b(?P<en>first|second|third|last|later|earlier) {_VISIT}\b"
    r"|\b(il |la |l['’])(?P<it>prim|second|terz|ultim)[oa]\b"
    r"|\b(?P<ru>перв|втор|трет|последн)(ый|ой|ий|ую|ая|ью|юю|яя)\b",
    re.I,
)
_PLACES = {
    **{"first": 1, "earlier": 1, "second": 2, "third": 3, "last": -1, "later": -1},
    **{"prim": 1, "second": 2, "terz": 3, "ultim": -1, "перв": 1, "втор": 2, "трет": 3, "последн": -1},
}
_WORD = r"[^\W\d_]{2,}"
_WHOSE = re.compile(
    rf"\b(?P<en>{_WORD})['’]s? (\w+ )?{_VISIT}\b"
    rf"|\b(visita|appuntamento|controllo|pulizia|prenotazione) (di|del|della|per) (?P<it>{_WORD})\b"
    rf"|\b(визит|запись|при[её]м|осмотр|чистк[ау])( для)? (?P<ru>{_WORD})\b",
    re.I,
)


def find_which_visit(text: str, context: Context, taken: Sequence[Entity], *, named: bool) -> list[Entity]:
    """`all_of_them`, `which_one` (its place, -1 the last), `not_this_one`; and `whose_visit` it
    is, where nobody was `named`."""
    read = text[:_LONGEST]
    found: list[Entity] = []
    if context.asking == "yes_no":
        if _NOT_THIS.fullmatch(read):
            found.append(_entity("not_this_one", True, text, 0, len(read)))
        return found
    every = _ALL.search(read) if context.asking in (None, "opening") else None
    if every is not None:
        found.append(_entity("all_of_them", "all", text, *every.span()))
    if context.asking is not None:
        return found
    place = _PLACED.search(read)
    if place is not None and not _is_taken(place, taken):
        said = next(group for group in place.groupdict().values() if group)
        found.append(_entity("which_one", _PLACES[said.lower()], text, *place.span()))
    whose = None if named else _WHOSE.search(read)
    if whose is not None and not _is_taken(whose, [e for e in taken if e.entity == "practitioner"]):
        kind, said = next((kind, group) for kind, group in whose.groupdict().items() if group)
        if (name := _called(said)) is not None:
            found.append(_entity("whose_visit", written_as_name(name), text, *whose.span(kind)))
    return found


def _called(said: str) -> str | None:
    """The first name, where it is one; in Russian it may be declined."""
    folded = plain_name(said)
    known = next((name for name in nominatives(folded) if name in first_names()), None)
    if known is not None:
        return said if known == folded else known
    if re.search("[а-яё]", folded):
        return said if said[0].isupper() and sounds_like_a_name(folded) else None
    strange = said[0].isupper() and folded not in no_names()
    return said if strange and not any(folded in lexicon(x).not_names for x in known_languages()) else None


def _is_taken(found: re.Match[str], taken: Sequence[Entity]) -> bool:
    return any(e.start < found.end() and found.start() < e.end for e in taken)


def _entity(kind: str, value: object, text: str, start: int, end: int) -> Entity:
    return Entity(entity=kind, value=value, start=start, end=end, text=text[start:end])
