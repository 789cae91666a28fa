"""Which intent a message has, of those that it was scored for; none where what was said is an answer."""

from collections.abc import Sequence

from nlu.drafts import MENDED_WORDS, Draft
from nlu.first_looks import LOOK
from nlu.learning import Learnt, without_courtesies
from nlu.lexicon import known_languages, lexicon
from nlu.understanding import AskedKind, Entity, Intent

_SURE_ENOUGH = 0.3  # below, no intent: measured on sentences that no example was written from
_WORDS_OF_A_NAME = 4
_PLAIN = 0.9  # confidence from which small talk, or nothing for us, is no answer beside what was asked
_NAMES_A_TIME_IDLY = frozenset({"goodbye", "running_late", "chitchat"})
_IDLY = 0.6  # confidence from which it is one of these
#: What a patient names to choose; an intent that is less sure than this gives way to it, but for a few.
_CHOSEN = frozenset({"choice", "visit_type", "practitioner", "site"})
_OUTWEIGHS = 0.75
_NEVER_OUTWEIGHED = frozenset(
    {"human", "stop", "affirm", "deny", "urgent_pain", "complaint", "book_visit", "reschedule_visit"}
)
_BESIDE_A_CODE = frozenset({"human", "stop", "urgent_pain", "complaint"})
#: What an answer in the same message outweighs.
_IDLE = frozenset({"chitchat", "out_of_scope", "greet", "thanks", "goodbye"})
_TELLING = 6  # letters of a misspelt word that still tells something

#: Which entity answers which question; an answer that is all that was said has no intent of its own.
_ANSWERS: dict[AskedKind, frozenset[str]] = {
    "time": frozenset({"time", "part_of_day", "asap"}),
    "opening": frozenset({"choice", "time", "part_of_day"}),
    "yes_no": frozenset({"time", "part_of_day"}),  # "the ten o'clock one": yes, or another
    "name": frozenset({"person"}),
    "phone": frozenset({"phone"}),
    "birth_date": frozenset({"birth_date"}),
    "visit_type": frozenset({"visit_type"}),
    "choice": frozenset({"choice", "site"}),
    "code": frozenset({"code"}),
}


class IntentDecision:
    """What rules know better than scores do."""

    def __init__(self, learnt: Learnt, known: frozenset[str]) -> None:
        self._learnt = learnt
        self._known = known

    def best(self, draft: Draft, ranking: Sequence[Intent]) -> Intent | None:
        """The first of the ranking, unless it is a guess, or the message just answers what was asked."""
        best = ranking[0] if ranking and ranking[0].confidence >= _SURE_ENOUGH else None
        if best is None or self._only_answers(draft, best):
            return None
        return None if best.confidence < 1 and self.is_all_strange(draft) else best

    def ranked(self, draft: Draft, scored: Sequence[tuple[str, float]]) -> tuple[Intent, ...]:
        """Sentences known by heart, and a whole yes or no, need no guess."""
        certain = self._by_heart(draft)
        ranking = [Intent(name=name, confidence=probability) for name, probability in scored]
        if all(word.text.isdecimal() for word in draft.words) and certain is None:
            return ()
        if certain is None:
            return tuple(ranking)
        return (Intent(name=certain, confidence=1.0), *(i for i in ranking if i.name != certain))

    def _by_heart(self, draft: Draft) -> str | None:
        spoken = tuple(word.text for word in draft.words)
        if draft.answer is not None and draft.answer.whole and draft.context.asking == "yes_no":
            return "affirm" if draft.answer.value else "deny"
        meant = draft.mended if self._is_plainly_mended(draft) else spoken[:MENDED_WORDS]
        known = self._learnt.known_by_heart(spoken) or self._learnt.known_by_heart(meant)
        if known is not None:
            return known
        if draft.answer is not None and draft.answer.whole:
            return "affirm" if draft.answer.value else "deny"
        known = self._learnt.known_by_heart(without_courtesies(meant))
        if known == "bot_challenge":
            known = None  # "a real human?" asks who is there; "a real human please" asks for one
        return known or self._person_called(draft)

    def _is_plainly_mended(self, draft: Draft) -> bool:
        """Whether only long words that nobody knows were mended: "Basto" is a name and no "basta", and what
        seems likely is no certainty."""
        changed = [w.text for w, m in zip(draft.words, draft.mended, strict=False) if w.text != m]
        alone = len(draft.words) == 1
        return not (alone and changed) and all(
            len(word) >= _TELLING and word not in self._known for word in changed
        )

    def _person_called(self, draft: Draft) -> str | None:
        """ "You stupid bot, get me a person": one of several clauses asks for a person."""
        clauses: dict[int, list[str]] = {}
        for word in draft.words[:MENDED_WORDS]:
            clauses.setdefault(word.clause, []).append(word.text)
        called = (self._learnt.known_by_heart(c) == "human" for c in clauses.values() if len(c) > 1)
        return "human" if len(clauses) > 1 and any(called) else None

    def _only_answers(self, draft: Draft, best: Intent) -> bool:
        """Whether the message is what was asked for and hardly more: "Anna Rossi", "martedì alle 10"."""
        asking = draft.context.asking
        wanted = _ANSWERS.get(asking, frozenset()) if asking else frozenset()
        if asking is None and any(e.entity == "relative" for e in draft.entities):
            return False  # "for my son Luca" is more than a name
        unsure = best.confidence < _OUTWEIGHS and best.name not in _NEVER_OUTWEIGHED
        if (
            asking is not None
            and unsure
            and any(e.entity in _CHOSEN and e.role != LOOK for e in draft.entities)
        ):
            return True  # "I changed my mind, with Dr Rossi please": told what we need
        if any(e.entity == "code" for e in draft.entities):
            # Looked for only where it was asked: digits look like anything, words of alarm like nothing else.
            return best.name not in _BESIDE_A_CODE or best.confidence < _OUTWEIGHS
        introduced = any(e.entity == "person" for e in draft.entities)
        if not introduced and not any(e.entity in wanted and e.role != LOOK for e in draft.entities):
            return False
        if best.confidence == 1.0 and best.name in ("affirm", "deny", "human", "stop"):
            return False
        if best.name in _IDLE and best.confidence < _PLAIN:
            return True  # "soonest you've got, mate": friendly, and an answer
        around = frozenset().union(
            *(lexicon(x).around_name | lexicon(x).around_choice for x in known_languages())
        )
        left = [word for word in draft.words if word.text not in around and not draft.is_covered(word)]
        return len(left) <= (0 if introduced and asking != "name" else 1)

    def is_all_strange(self, draft: Draft) -> bool:
        """Not one known word: whatever it looks like, it is a guess. A short word mended is no evidence."""
        letters = [
            (word.text, mended)
            for word, mended in zip(draft.words, draft.mended, strict=False)
            if word.text.isalpha()
        ]
        return bool(letters) and not any(
            word in self._known or (len(word) >= _TELLING and mended in self._known)
            for word, mended in letters
        )


def gives_name(draft: Draft) -> bool:
    """ "Anna" and a surname that nobody has heard, where the name is asked: strange words, no emergency."""
    if draft.context.asking != "name" or not draft.words:
        return False
    if any(e.entity == "person" and e.text == draft.text.strip() for e in draft.entities):
        return True
    first = draft.words[0].text
    names = (lexicon(language).first_names for language in known_languages())
    return len(draft.words) <= _WORDS_OF_A_NAME and any(first in known for known in names)


def without_idle_wish(entities: tuple[Entity, ...], best: Intent | None) -> tuple[Entity, ...]:
    """The day of "see you Friday", the hour of "I'll be there at 10:15" ask for no opening."""
    if best is None or best.name not in _NAMES_A_TIME_IDLY or best.confidence < _IDLY:
        return entities
    return tuple(entity for entity in entities if entity.entity != "wish")
