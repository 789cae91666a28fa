"""Who has never been here: "never been before", "mai stata da voi". Where the kind of visit is asked for, or
nothing is yet, that is a first visit."""

import re
from collections.abc import Sequence

from nlu.understanding import Context, Entity
from nlu.words import plain_words

_NEVER_BEEN = re.compile(
    r"(?<!\w)(?:"
    r"(?:never|not|haven'?t|hasn'?t) (?:\w+ )?been "
    r"(?:(?:here|there|to you|to your \w+|with you|seen|a patient)(?: before| yet)?|before)|"
    r"i'?m new(?: here| to you)?(?=\W*$)|"
    r"mai (?:stat|venut)[oaie](?: prima)?(?:(?: (?:da|in|nel|qui|lì)\b[\w ]*)(?: prima)?|(?=\W*$))|"
    r"(?:sono|siamo) nuov[oaie](?: (?:da voi|qui))?(?=\W*$)|"
    r"(?:никогда|ни разу|ещ[её]|раньше) (?:(?:у вас|к вам|здесь|тут|раньше|ещ[её]) )*(?:не )?"
    r"(?:был|приходил|ходил|обращал)[аи]?(?:сь|ся)?(?: (?:у вас|к вам|здесь|тут|раньше))*(?=\W*$)|"
    r"(?:новенький|новенькая))",
    re.IGNORECASE,
)
_MOST_BESIDE = 4  # words
#: What a first visit is called, by practices and by patients.
_FIRST = frozenset(
    plain_words(name)
    for name in (
        *("first visit", "new patient", "first appointment", "first time"),
        *("prima visita", "prima volta", "nuovo paziente", "nuova paziente"),
        *("первичная консультация", "первичный приём", "первый приём", "первый раз", "новый пациент"),
    )
)


def find_newcomer(text: str, context: Context, *, visit_types: Sequence[Entity]) -> Entity | None:
    """The one kind of visit that is a first visit; None where another kind is named."""
    if visit_types or context.asking not in (None, "visit_type"):
        return None
    said = _NEVER_BEEN.search(text)
    first = [one for one in context.visit_types if any(plain_words(word) in _FIRST for word in one.words)]
    if said is None or len(first) != 1:
        return None
    beside = len(plain_words(text)) - len(plain_words(said.group()))
    if context.asking is None and beside > _MOST_BESIDE:
        return None  # a longer story, of which this is a part
    return Entity(
        entity="visit_type", value=first[0].id, start=said.start(), end=said.end(), text=said.group()
    )
