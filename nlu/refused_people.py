"""Which practitioners a patient does not want: "not with Rossi", "tranne Rossi", "только не к Росси"."""

from collections.abc import Sequence
from dataclasses import replace

from nlu.understanding import REFUSED, Entity
from nlu.words import Word

_NEGATIONS = frozenset(
    {"not", "dont", "without", "except", "excluding", "never", "avoid", "avoiding", "wont", "cant", "no"}
    | {"non", "senza", "tranne", "eccetto", "fuorche", "escluso", "evitare", "eviterei", "salvo", "mai"}
    | {"не", "без", "кроме", "вместо", "нет", "никогда"}
)
#: Said together before a name.
_NEGATING_PAIRS = frozenset(
    {("instead", "of"), ("rather", "than"), ("other", "than"), ("else", "than"), ("apart", "from")}
    | {("anyone", "but"), ("anybody", "but"), ("everyone", "but"), ("someone", "but"), ("all", "but")}
    | {("al", "posto"), ("invece", "di"), ("invece", "che"), ("meno", "che"), ("a", "parte")}
)
#: May stand between: "I don't want to see Dr Rossi", "не хочу к доктору Росси".
_BETWEEN = frozenset(
    {"with", "by", "to", "from", "see", "seeing", "have", "having", "get", "want", "wanna", "wish", "go"}
    | {"going", "be", "seen", "treated", "like", "the", "dr", "doctor", "dentist", "mr", "prof", "under"}
    | {"con", "da", "dal", "dalla", "di", "del", "della", "il", "la", "lo", "a", "al", "alla", "e", "che"}
    | {"sia", "dott", "dottor", "dottore", "dottoressa", "ssa", "voglio", "vorrei", "voglia", "andare"}
    | {"essere", "farmi", "visitare", "visitata", "visitato", "vedere", "medico", "dentista", "stare"}
    | {"к", "ко", "у", "с", "со", "от", "доктору", "доктора", "доктор", "доктором", "врачу", "врача"}
    | {"хочу", "хотел", "хотела", "хотелось", "бы", "попасть", "идти", "ходить", "пойду", "надо", "нужно"}
)
#: A no before which these stand refuses nobody: "why not Rossi?", "se non Rossi".
_IDLE = frozenset({"why", "if", "whether", "sure", "perche", "come", "se", "почему", "если", "бы", "or", "o"})
#: Right behind a name, at the end of a clause: "con Rossi no", "к Росси не хочу".
_BEHIND = frozenset(
    {("no",), ("non", "voglio"), ("non", "vorrei"), ("no", "grazie"), ("no", "thanks"), ("нет",)}
    | {("не", "хочу"), ("не", "надо"), ("не", "нужно"), ("не", "пойду"), ("не", "хотела", "бы")}
    | {("не", "хотел", "бы"), ("не", "хотелось", "бы")}
)
_FAR = 6  # words between a no and the name


def without_refused(named: Sequence[Entity], words: tuple[Word, ...]) -> list[Entity]:
    """Those who are wanted; where nobody is, whoever is refused, marked as refused."""
    refused = [entity for entity in named if _is_refused(entity, words)]
    wanted = [entity for entity in named if entity not in refused]
    return wanted or [replace(entity, value=f"{REFUSED}{entity.value}") for entity in refused]


def refused_words(named: Sequence[Entity], words: tuple[Word, ...]) -> list[tuple[int, int]]:
    """Where in the text somebody is named who is refused."""
    return [(entity.start, entity.end) for entity in named if _is_refused(entity, words)]


def _is_refused(entity: Entity, words: tuple[Word, ...]) -> bool:
    inside = [at for at, word in enumerate(words) if entity.start < word.end and word.start < entity.end]
    if not inside or words[inside[0]].asked:
        return False
    return _is_negated(words, inside[0]) or _is_turned_down(words, inside[-1] + 1)


def _is_negated(words: tuple[Word, ...], first: int) -> bool:
    clause = words[first].clause if first < len(words) else 0
    for at in range(first - 1, max(-1, first - 2 - _FAR), -1):
        word = words[at]
        if word.clause != clause:
            return False
        before = words[at - 1].text if at else ""
        if (before, word.text) in _NEGATING_PAIRS:
            return True
        if word.text in _NEGATIONS:
            if word.text in ("no", "нет"):  # at the head it answers: "no, with Rossi"
                return 0 < at == first - 1
            return before not in _IDLE
        if word.text not in _BETWEEN:
            return False
    return False


def _is_turned_down(words: tuple[Word, ...], after: int) -> bool:
    behind = words[after : after + 4]
    if not behind or behind[0].clause != words[after - 1].clause:
        return False
    said = tuple(word.text for word in behind if word.clause == behind[0].clause)
    return said in _BEHIND
