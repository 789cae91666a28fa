"""Whether a visit is for more than the one who writes: "my husband and I both", and, behind a visit that was
arranged, "and for my husband?", "e Luca?", "а второго ребёнка?"."""

import re
from collections.abc import Callable, Sequence

from nlu.name_words import first_names, other_words
from nlu.names import written_as_name
from nlu.relatives import adds, find_relative
from nlu.understanding import Entity
from nlu.words import Word, cut

_LONGEST = 400  # characters that are looked at

_TOGETHER = re.compile(
    r"\b((both|two|all) of us|for two( people)?(?=\W*$|\s*[,.;:!?])"
    r"|(two|three|four) (people|persons|kids|children|sons|daughters|boys|girls)"
    r"|both (of )?(my |our |the )?(kids|children|boys|girls|sons|daughters|parents)"
    r"|(per|in|siamo( in)?) due( persone)?(?=\W*$|\s*[,.;:!?])|(due|tre|quattro) (persone|bambini"
    r"|bambine|figli|figlie)"
    r"|entrambi i (miei )?(figli|bambini)|noi due"
    r"|(на|для|нас) (двоих|двое)|(двоих|троих|четверых) (детей|человек)|(двум|тр[её]м) детям|(двое"
    r"|трое) детей|вдв[оё]м|нас обоих|мы оба"
    r"|обоих детей|(я(?= с )|мы|нам|нас|хотим|хотели бы|можем)\b.{0,40}?\bс (мужем|женой|сыном|дочкой"
    r"|дочерью|мамой|папой|сестрой|братом|реб[её]нком|детьми|подругой|другом))\b",
    re.I,
)
#: Right before and right behind whom the writer brings along.
_I_AND = re.compile(r"\b(i|me|myself|io|me|я|меня|мне|себя|мы)\s+(and|e|ed|и|с)(\s+(for|per|для))?\s*$", re.I)
_AND_I = re.compile(r"\s*(and|e|ed|и)\s+(i|me|myself|io|я|меня|мне|себя)\b", re.I)

_AND_FOR = re.compile(
    r"\W*(ok\w*\W+|thanks\W+|grazie\W+|спасибо\W+|great\W+|perfect\W+|perfetto\W+)?"
    r"(((and|also|what about|how about|e|ed|anche|а|и|ещё|еще)\b\s*){1,2}((can|could|may|would)\s+)?"
    r"|((can|could|may|può|potrebbe|можно)\s+)|(?P<same>(the )?same( thing| again| visit| one)?|(lo"
    r"|la) stess[oa]( cosa| visita)?"
    r"|idem|uguale|(и )?(то же|тоже|так же|такой же|такую же)( самое)?( при[её]м| запись)?)( please"
    r"| anche)?\s+)((for|per|для|на)\s+)?((the|my|il|la|второго|вторую|второй|моего|мою)\s+)?"
    r"((other|second|altro|altra|secondo|seconda)\s+)?$",
    re.I,
)
_COMES_TOO = re.compile(
    r"\W*$|.*\b(too|as well|also|after|next|come|book|same|anche|venire|dopo|subito|prenot\w+|stess\w+"
    r"|тоже|также|запи\w+|прийти|после|следом|можно)\b",
    re.I | re.S,
)
_COMES_ALONG = re.compile(r"\b(with me|wait|con me|accompagn\w+|aspett\w+|со мной|подожд\w+)\b", re.I)
_OTHER_ONE = re.compile(
    r"\W*(and|what about|e|ed|а|и)\s+((for|per|для)\s+)?"
    r"(the other (one|child|kid|person)"
    r"|the second (one|child|kid|person)|l'altr[oa]( \w+)?|il secondo( \w+)?|la seconda( \w+)?"
    r"|второ(го|й|му)( \w+)?"
    r"|друго(го|й|му)( \w+)?)\W*",
    re.I,
)
_BARE_NAME = re.compile(
    r"\W*(?:and|what about|how about|e|ed|а|и)\s+(?:(?:for|per|для)\s+)?"
    r"(?P<name>[^\W\d_]+(?:[ '’-][^\W\d_]+){0,2})\s*\?*\W*",
    re.I,
)


def find_several(text: str, words: tuple[Word, ...]) -> Entity | None:
    """More than one person wants a visit: `several_people`."""
    read = text[:_LONGEST]
    found = _TOGETHER.search(read)
    if found:
        return _entity("several_people", text, *found.span())
    relative = find_relative(text, words)
    if relative is None:
        return None
    if _I_AND.search(read[: relative.start]) or _AND_I.match(read, relative.end) or adds(read, relative):
        return _entity("several_people", text, relative.start, relative.end)
    return None


def find_one_more(
    text: str, words: tuple[Word, ...], *, ordinary: Callable[[str], bool], taken: Sequence[Entity]
) -> list[Entity]:
    """`one_more`, and whom it is for where that is told; what it adds to, the conversation knows."""
    read = text[:_LONGEST]
    if len(read) < len(text):
        return []
    relative = find_relative(text, words)
    led = _AND_FOR.fullmatch(read[: relative.start]) if relative is not None else None
    if relative is not None and led is not None:
        if led["same"]:
            return [_entity("one_more", text, relative.start, relative.end)]
        rest = _without(read, taken)[relative.end :]  # "on Friday" says when
        if _COMES_TOO.match(rest) and not _COMES_ALONG.search(rest):
            return [_entity("one_more", text, relative.start, relative.end)]
        return []
    other = _OTHER_ONE.fullmatch(read)
    if other is not None:
        return [_entity("one_more", text, 0, len(read)), _entity("relative", text, 0, len(read))]
    return _named(text, ordinary, taken)


def _without(text: str, taken: Sequence[Entity]) -> str:
    """Blanks for what was taken, and for the small word before it."""
    for entity in taken:
        before = re.sub(
            r"\b(on|at|in|for|il|alle|a|di|per|в|во"
            r"|на)\s*$",
            lambda m: " " * len(m[0]),
            text[: entity.start],
        )
        text = before + " " * (entity.end - entity.start) + text[entity.end :]
    return text


def _named(text: str, ordinary: Callable[[str], bool], taken: Sequence[Entity]) -> list[Entity]:
    """ "E Luca?": a name, as far as words tell."""
    bare = _BARE_NAME.fullmatch(text)
    if bare is None or any(e.start < bare.end("name") and bare.start("name") < e.end for e in taken):
        return []
    start, end = bare.span("name")
    pieces = re.split(r"[ -]", text[start:end])
    first = "".join(word.text for word in cut(pieces[0]))
    known = first in first_names()
    nominative = next((name for name in nominatives(first) if name in first_names()), None)
    strange = all(p[0].isupper() for p in pieces) and not any(
        ordinary(word.text) or word.text in other_words() for p in pieces for word in cut(p)
    )
    if not known and nominative is None and not strange:
        return []
    more = [_entity("one_more", text, start, end), _entity("relative", text, start, end)]
    if known or (strange and not re.search(r"[а-яё]", first)):  # a Russian name may be declined here
        more.append(
            Entity(
                entity="person",
                value=written_as_name(text[start:end]),
                start=start,
                end=end,
                text=text[start:end],
            )
        )
    return more


def nominatives(name: str) -> tuple[str, ...]:
    """How somebody may be called of whom this is said, folded: "lily's" of Lily, "лии" of Лия."""
    if re.search(r"[а-яё]$", name):
        return (name, *(name[: -len(cut_off)] + back for cut_off, back in _CASES if name.endswith(cut_off)))
    return (name, *((re.sub(r"['’]?s$", "", name),) if name.endswith("s") else ()))


#: Endings of Russian first names, the longest first: "Игоря", "Анны", "Лию", "Ивана".
_CASES = (
    *(("ея", "ей"), ("ию", "ия"), ("ии", "ия"), ("ья", "ий"), ("а", ""), ("я", "ь"), ("я", "й"), ("у", "а")),
    *(
        ("ю", "я"),
        ("ы", "а"),
        ("и", "я"),
        ("и", "а"),
        ("и", "ь"),
        ("у", ""),
        ("ю", "ь"),
        ("ю", "й"),
        ("е", "а"),
    ),
    *(("е", "я"),),
)


def _entity(kind: str, text: str, start: int, end: int) -> Entity:
    return Entity(entity=kind, value=True, start=start, end=end, text=text[start:end])
