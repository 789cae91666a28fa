"""Who is asked what the visit is for and names no kind of it: "just a look", "my crown", "you choose".

At a front desk each of these is a check-up: the dentist has a look first. Tartar alone is a cleaning.
"""

import re
from collections.abc import Sequence

from nlu.understanding import Context, Entity, Named
from nlu.words import plain_words

#: The role of a kind of visit that was not named: whoever is put down for it is told so.
LOOK = "first_look"

_LOOKS = re.compile(
    r"(?<!\w)(?:"
    r"check(?:ed|ing)?(?![ -]?ups?\b)|(?:have|has|take|get|just|quick|little|a|to) (?:a )?(?:quick |"
    r"little )?look|looked at|"
    r"look (?:at|over)|to see (?:the|a) dentist|"
    r"controllat\w*|controllar\w*|controllin\w*|controlli\w*|occhiat\w*|guardar\w*|guardat\w*|vedere|"
    r"visitar\w*|"
    r"(?:по|о|про)?смотр(?:еть|ите|ят|ел\w*)|глян\w+|погляд\w+|провер(?:ить|ьте|яться|иться|ят)|"
    r"показать(?:ся)?"
    r")(?!\w)",
    re.IGNORECASE,
)
_LEAVES_IT = re.compile(
    r"(?<!\w)(?:"
    r"(?:i )?(?:don'?t|do not|dont) (?:really )?know|dunno|not sure|no idea|unsure|"
    r"(?:suggest|recommend|advise)|what do you think|whatever(?: you| is| suits| works|'s)?|up to you|"
    r"you (?:choose|decide|pick|tell me)|your choice|any(?:thing)?(?: is| will)?(?: do| fine| ok)?|"
    r"(?:as|the|my) usual|usual one|same as (?:usual|always|before|last time)|like (?:last time|always)|"
    r"(?:non|nn) (?:lo )?(?:s[oò]|saprei)|boh|(?:mi )?consigli\w*|(?:decid|facci|scelg|ved)(?:a|ete|iate|"
    r"ano) (?:lei|voi|pure)|"
    r"(?:fate|decidete|scegliete|vedete) voi|(?:come|il|la|quell[ao]) (?:al )?(?:solit[oa]|sempre)|"
    r"come l'altra volta|"
    r"(?:как|что) (?:обычно|всегда)|как в прошлый раз|(?:я )?не знаю|не уверен[а]?|без понятия|"
    r"(?:по)?совет\w+|"
    r"(?:по)?рекоменд\w+|на (?:ваше|ваш) \w+|(?:решайте|выберите|выбирайте|решите) сами|сами (?:решите|"
    r"выберите|решайте)|"
    r"вс[её] равно|люб(?:ой|ое|ую|ая)"
    r")(?!\w)",
    re.IGNORECASE,
)
_OF_TEETH = re.compile(
    r"(?<!\w)(?:"
    r"tooth|teeth|gums?|crowns?|bridges?|dentures?|implants?|braces?|retainers?|aligners?|veneers?|fillings?|"
    r"wisdom|molars?|root canal|cavit(?:y|ies)|caries|decay|jaw|(?:night|bite|mouth) ?guard|bracket\w*|"
    r"stains?|chipped|cracked|broken?|loose|wobbly|sensitiv\w+|rough|bleed\w*|sore|"
    r"dent[ei]|dentini|dentier[ae]|gengiv[ae]|coron[ae]|capsul[ae]|pont[ei]|protes[ie]|impiant[oi]|"
    r"apparecchi[oa]?|"
    r"otturazion[ei]|faccett[ae]|molar[ei]|giudizio|cari[ei]|mandibola|mascherin[ae]|allineator[ei]|bite|"
    r"macchi[ae]|scheggiat\w+|rott[oaie]|dondola\w*|sensibil[ei]|sanguina\w*|"
    r"зуб\w*|десн\w+|корон(?:к\w+|ок)|мост(?:а|ом|ик\w*)?|протез\w*|имплант\w*|брекет\w*|ретейнер\w*|"
    r"элайнер\w*|"
    r"винир\w*|пломб\w*|кариес\w*|дырк\w+|челюст\w*|каппа?|пятн\w+|сколол\w*|скол|шата\w+|кровоточ\w*|"
    r"чувствительн\w+|шершав\w+|сломал\w*"
    r")(?!\w)",
    re.IGNORECASE,
)
_TARTAR = re.compile(
    r"(?<!\w)(?:tartar|plaque|calculus|tartaro|placca|(?:зубн\w+ )?кам(?:ень|ня|ни)|нал[её]т\w*)(?!\w)",
    re.IGNORECASE,
)
#: None of the kinds is meant, it is put off, or a price is asked for: no look is arranged.
_NOT_THAT = re.compile(
    r"(?<!\w)(?:"
    r"none|neither|something else|anything else|other|others|to think|let me think|think (?:about it|"
    r"it over)|yet|later|"
    r"(?:know|sure) (?:when|if|whether)|how (?:much|long|many)|price|prices|cost|costs|cancel|stop|forget|"
    r"whiten\w*|"
    r"nessun\w*|altr[oaie]|pensar\w+|ci penso|ancora|dopo|poi|s[oò] (?:quando|se)|quant\w+|prezz\w+|"
    r"cost[ai]\w*|annull\w*|"
    r"sbianc\w*|"
    r"ничего|друго[ейм]\w*|подума\w+|пока|ещ[её]|позже|потом|знаю,? (?:когда|смогу|если)|сколько|цен\w*|"
    r"сто(?:ит|ят)|отмен\w*|"
    r"отбел\w*"
    r")(?!\w)",
    re.IGNORECASE,
)
_BOTH = re.compile(
    r"(?<!\w)(?:both|the two|tutt[ie] e due|entramb[ie]|ambedue|l'un[ao] e l'altr[ao]|оба|обе|"
    r"(?:и )?то,? и (?:другое|это)|(?:и )?та,? и другая)(?!\w)",
    re.IGNORECASE,
)
_MOST = 12  # words; a longer story is read as a whole
_CHECK_UPS = frozenset(
    plain_words(name)
    for name in (
        *("check-up", "check up", "checkup", "examination", "exam", "routine visit"),
        *("controllo", "visita di controllo", "visita", "осмотр", "профилактический осмотр"),
    )
)
_FIRST = frozenset(plain_words(name) for name in ("first visit", "prima visita", "первичная консультация"))
_CLEANINGS = frozenset(
    plain_words(name) for name in ("cleaning", "hygiene", "pulizia", "igiene", "чистка", "гигиена")
)


def find_first_look(text: str, context: Context, *, named: Sequence[Entity]) -> Entity | None:
    """The kind of visit with which the dentist has a look; None where one is `named`, or nothing of the kind
    is said."""
    words = plain_words(text)
    if context.asking != "visit_type" or named or not words or len(words) > _MOST or _NOT_THAT.search(text):
        return None
    tartar = _TARTAR.search(text)
    if tartar and "?" not in text and (cleaning := _called(_CLEANINGS, context.visit_types)):
        return _at(tartar, cleaning, role=None)
    said = _LEAVES_IT.search(text) or _LOOKS.search(text) or ("?" not in text and _OF_TEETH.search(text))
    kind = _called(_CHECK_UPS, context.visit_types) or _called(_FIRST, context.visit_types)
    return _at(said, kind, role=LOOK) if said and kind else None


def find_both(text: str, context: Context, *, named: Sequence[Entity]) -> list[Entity]:
    """ "Both", where two kinds of visit are listed beside a first visit: each of the two."""
    said = _BOTH.search(text)
    if context.asking != "visit_type" or named or said is None or len(plain_words(text)) > _MOST:
        return []
    kinds = [k for k in context.visit_types if not any(plain_words(word) in _FIRST for word in k.words)]
    return [_at(said, kind.id, role=None) for kind in kinds] if len(kinds) == 2 else []


def _called(names: frozenset[tuple[str, ...]], kinds: Sequence[Named]) -> str | None:
    """The one kind of visit that is called so; None where several are."""
    found = [kind.id for kind in kinds if any(plain_words(word) in names for word in kind.words)]
    return found[0] if len(found) == 1 else None


def _at(said: re.Match[str], kind: str, *, role: str | None) -> Entity:
    return Entity(
        entity="visit_type", value=kind, start=said.start(), end=said.end(), text=said.group(), role=role
    )
