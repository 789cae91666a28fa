"""Whether a message is about somebody of the writer's: "for my son", "mia moglie", "моего сына"."""

import re
from collections.abc import Sequence
from functools import lru_cache

from nlu.lexicon import Phrases, known_languages, lexicon
from nlu.understanding import Entity
from nlu.words import Word

_LOOKED_AT = 200
_SOFT = r"(?:actually|really|just|in realtà|però|anzi|invece|вообще-то|на самом деле|лучше|только)"

#: Right before somebody who is to come: "for my son", "it's my son who..", "запишите сына".
_FOR = re.compile(
    r"(?<!wait )(?<!waiting )(?<!looking )(?<!look )(?<!ask )(?<!asking )(?<!caring )(?<!care )"
    r"(?<!aspetto )(?<!aspettando )\b(?:for|per|для|на|за|вместо меня)(?:\s+" + _SOFT + r")?\s*$"
    r"|\b(?:book(?:ing)?(?: in)?|bring(?:ing)?|register(?:ing)?|sign(?:ing)? up|change (?:it|that) to"
    r"|make (?:it|that)|prenot\w+|registr\w+|port(?:o|are|erò)|fissa\w*"
    r"|запи[шс]\w+|привед\w+|привез\w+|привест\w+)\s*$"
    r"|\b(?:patient is|visit is|appointment is|not (?:for )?me|not myself|paziente è"
    r"|(?:visita|controllo|pulizia|appuntamento|denti?) (?:di|a)|зуб\w*(?: у)?|болит(?: \w+)? у"
    r"|non (?:per )?me|non sono io|не (?:я|мне|меня|для меня)"
    r"|пациент\w*|нужн[оаы]?|надо|при[её]м|осмотр|чистк[ауи]|консультаци\w+)"
    r"\W+(?:but |ma |а )?(?:for |per |для )?(?:it's |is |è )?" + _SOFT + r"?\s*$",
    re.IGNORECASE,
)
#: "My son's check-up", "my daughter's name is Mia".
_THEIRS = re.compile(
    r"(?:['’]?s)?\s+(?:tooth|teeth|check|clean|visit|appointment|filling|braces|name|turn)", re.IGNORECASE
)
#: "It's my son", "verrà mia figlia": for whom it is only where nothing else is told of them.
_IT_IS = re.compile(
    r"\b(?:it(?:'?s| is| was| will be)|that'?s|è|sarebbe|sarà|viene|verrà|verrebbe|это|прид[её]т)\s*"
    + _SOFT
    + r"?\s*$",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"\W*(?:" + _SOFT + r"|not me|instead|non io|non me|al posto mio|а не я|не я|please|thanks|sorry|grazie"
    r"|спасибо|scusi)?\W*$",
    re.I,
)
#: Right behind them: "my son is the one coming", "mio figlio deve fare la visita", "сыну нужно".
_COMES = re.compile(
    r"\W*(?:[^\W\d_]\w*\W+){0,2}?"
    r"(?:(?:who|that|che|который|которая)\W*)?"
    r"(?:(?:is|'s|will be|would be|was|è|sarà|будет)\s+)?"
    r"(?:(?:the one|the patient|coming(?: in)?\b(?! (?:with|along|too|to pick))"
    r"|needs?\s+(?:an?|the|it|one|seeing|to come|to be seen|to see|to have)"
    r"|(?:wants?|would like|has)\s+(?:an?|to (?:come|be seen|book|see|have))|should come"
    r"|will come\b(?! with| along| too)|is coming\b(?! with| along| too)|instead)"
    r"|(?:viene|verrà|ha bisogno|avrebbe bisogno|deve (?:venire|fare|essere|farsi)|vuole|vorrebbe|il paziente"
    r"|la paziente|al posto mio|che (?:viene|verrà|deve))"
    r"|(?:прид[её]т|пойд[её]т|нужн[оаы]?|надо|хочет|хотел\w*|пациент\w*|вместо меня|болит)\b"
    r"|(?:has|'s got|got|had|broke|lost|chipped|ha|si è|у не\w+)\b.{0,25}?"
    r"\b(?:tooth\w*|teeth|ache|pain|cavity|filling|braces|dent[ei]|mal|male|dolore|carie|otturazione|зуб\w*))",
    re.IGNORECASE,
)
#: "And for my son, too" is one more, and changes nothing about whoever was named before.
_YES_AND = re.compile(
    r"\W*(?:yes|yeah|yep|ok\w*|fine|great|perfect|sure|sì|si|va bene|perfetto|certo|да|ага|хорошо|отлично)\b"
    r".{0,20}?\b(?:and|also|plus|e|ed|anche|и|ещ[её]|также)\b"
    r"(?:\s+(?:also|then|one|another|too|anche|poi|una|uno|ещ[её]|также|for|per|для|на)\b)*\s*$",
    re.IGNORECASE | re.DOTALL,
)


def find_relative(text: str, words: tuple[Word, ...]) -> Entity | None:
    spoken = tuple(word.text for word in words[:_LOOKED_AT])
    for at in range(len(spoken)):
        phrase = _phrases().at(spoken, at)
        if phrase is not None:
            start, end = words[at].start, words[at + len(phrase) - 1].end
            return Entity(entity="relative", value=True, start=start, end=end, text=text[start:end])
    return None


def is_for(text: str, relative: Entity, people: Sequence[Entity] = ()) -> bool:
    """Whether the visit is for them: "it's for my son"; "my wife says hi" is for nobody else.

    `people`: names, which tell nothing of it.
    """
    for one in people:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    before, behind = text[: relative.start], text[relative.end :]
    if _FOR.search(before) or _THEIRS.match(behind) or _COMES.match(behind):
        return True
    alone = not re.sub(rf"\W|\b{_SOFT}\b", "", before, flags=re.I)
    return bool((alone or _IT_IS.search(before)) and _NOTHING.match(behind))


def adds(text: str, relative: Entity) -> bool:
    """ "Yes, and also for my son": somebody beside whoever was named before."""
    return _YES_AND.fullmatch(text[: relative.start]) is not None


@lru_cache(maxsize=1)
def _phrases() -> Phrases:
    """Of all languages: none of them means anything else in another."""
    every = [lexicon(language) for language in known_languages()]
    return Phrases.of(phrase for one in every for phrase in (*one.relatives, *one.relatives_declined))
