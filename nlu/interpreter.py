"""The whole of offline understanding: red flags, language, entities, intents, for many messages at once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import numpy as np

from nlu.alarms import Alarms, RedFlags
from nlu.contacts import find_emails, find_phones
from nlu.intents import Heard, NgramScorer, Scorer, as_ranking
from nlu.language import LanguageGuesser
from nlu.lexicon import Lexicon, known_languages, lexicon
from nlu.names import find_person
from nlu.offers import find_choice
from nlu.practice_words import find_named
from nlu.times import find_times, wish_from
from nlu.training_examples import Example, read_examples, shipped_examples
from nlu.typos import TypoRepair
from nlu.understanding import AskedKind, Context, Entity, Intent, Named, Understanding
from nlu.words import Word, cut, plain_words
from nlu.yes_no import Answer, find_answer

_LEARNT = "3"  # raised when the features or the training change: an older cache is then left alone
_SURE_ENOUGH = 0.25  # below, no intent: measured on sentences that no example was written from
_COURTEOUS = frozenset({"greet", "thanks", "goodbye"})
_READ_CHARACTERS = 5000  # of a message: more than any channel carries
_WATCHED_CHARACTERS = 15000  # in which red flags are looked for; beyond, a message is an attack
_NO_WISH = frozenset({"name", "phone", "birth_date"})

#: Which entity answers which question; an answer that is all that was said has no intent of its own.
_ANSWERS: dict[AskedKind, frozenset[str]] = {
    "time": frozenset({"time", "part_of_day", "asap"}),
    "opening": frozenset({"choice", "time", "part_of_day"}),
    "name": frozenset({"person"}),
    "phone": frozenset({"phone"}),
    "birth_date": frozenset({"birth_date"}),
    "visit_type": frozenset({"visit_type"}),
    "choice": frozenset({"choice"}),
}


def load_interpreter(
    languages: Sequence[str],
    cache: Path | None = None,
    extra_examples: Sequence[Path] = (),
    *,
    second: Scorer | None = None,
) -> "OfflineInterpreter":
    """An interpreter of these languages, trained on the shipped examples and `extra_examples`.

    An extra file belongs to the language named by its folder or its name ("examples/it/ours.yml", "it.yml"),
    else to the first of `languages`. What was learnt is kept in the folder `cache` and read from there the
    next time, unless examples changed. `second` is another scorer, of the same labels, to be
    fused with n-grams.
    Raises LookupError for a language without a lexicon, BadExamples for a file that cannot be read.
    """
    for language in languages:
        lexicon(language)
    examples = shipped_examples(languages)
    for path in extra_examples:
        examples += read_examples([path], language=_language_of(path, languages))
    learnt = _Learnt.of(examples, languages)
    return OfflineInterpreter(
        languages=tuple(languages), learnt=learnt, scorer=learnt.scorer(cache), second=second
    )


def _language_of(path: Path, languages: Sequence[str]) -> str:
    named = (path.stem, *(part.name for part in (path, *path.parents)))
    return next((name for name in named if name in languages), languages[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Learnt:
    """What the examples tell beside the weights: words of each language, and sentences known by heart."""

    examples: tuple[Example, ...]
    repairs: dict[str, TypoRepair]
    ordinary: dict[str, frozenset[str]]  # words that are no names
    by_heart: dict[tuple[str, ...], str]
    guesser: LanguageGuesser

    @classmethod
    def of(cls, examples: Sequence[Example], languages: Sequence[str]) -> "_Learnt":
        counts: dict[str, Counter[str]] = {language: Counter() for language in languages}
        ordinary: dict[str, set[str]] = {language: set() for language in languages}
        meanings: dict[tuple[str, ...], set[str]] = {}
        for example in examples:
            words = plain_words(example.text)
            counts[example.language].update(words)
            ordinary[example.language] |= {word for word in words if word not in example.named}
            meanings.setdefault(words, set()).add(example.intent)
            if example.intent not in _COURTEOUS:
                meanings.setdefault(_without_courtesies(words), set()).add(example.intent)
        for language in languages:
            for word in lexicon(language).function_words:
                counts[language][word] += 1
        return cls(
            examples=tuple(examples),
            repairs={language: TypoRepair(counts[language]) for language in languages},
            ordinary={language: frozenset(words) for language, words in ordinary.items()},
            by_heart={words: next(iter(m)) for words, m in meanings.items() if len(m) == 1 and words},
            guesser=LanguageGuesser(counts),
        )

    def scorer(self, cache: Path | None) -> NgramScorer:
        """Trained, or as it was trained before on the very same examples."""
        told = "\n".join(f"{e.language}\t{e.intent}\t{e.text}" for e in self.examples)
        stored = cache / f"intents-{_LEARNT}-{sha256(told.encode()).hexdigest()[:16]}.npz" if cache else None
        kept = NgramScorer.load(stored) if stored else None
        if kept is not None:
            return kept
        taught: dict[tuple[Heard, str], None] = {}
        for example in self.examples:
            repair = self.repairs[example.language].repair
            words = tuple(repair(word) for word in plain_words(example.text))
            taught[_heard(words, example.text, example.language), example.intent] = None
        trained = NgramScorer.train(list(taught))
        if stored:
            trained.save(stored)
        return trained


@lru_cache(maxsize=1)
def _all_courtesies() -> tuple[Lexicon, ...]:
    return tuple(lexicon(language) for language in known_languages())


@lru_cache(maxsize=16384)
def _without_courtesies(words: tuple[str, ...]) -> tuple[str, ...]:
    """ "buongiorno vorrei prenotare grazie" without its frame; all of it when nothing else is there."""
    rest = list(words)
    changed = True
    while changed and rest:
        changed = False
        for known in _all_courtesies():
            for phrase in known.courtesies:
                size = len(phrase)
                if tuple(rest[:size]) == phrase:
                    rest, changed = rest[size:], True
                elif tuple(rest[-size:]) == phrase:
                    rest, changed = rest[:-size], True
    return tuple(rest) or words


def _heard(words: tuple[str, ...], text: str, language: str | None) -> Heard:
    return Heard(_without_courtesies(words), text, language)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A message read, its intent not yet looked for."""

    text: str
    context: Context
    words: tuple[Word, ...]
    language: str
    sure: bool
    alarms: Alarms
    answer: Answer | None
    entities: tuple[Entity, ...]
    repaired: tuple[str, ...]


class OfflineInterpreter:
    """Reads messages with what was learnt from examples, and rules for everything that is no intent."""

    def __init__(
        self, *, languages: tuple[str, ...], learnt: _Learnt, scorer: Scorer, second: Scorer | None = None
    ) -> None:
        self.languages = languages
        self._learnt = learnt
        self._scorers = [(scorer, 1.0)] if second is None else [(scorer, 0.35), (second, 0.65)]
        everyday = frozenset().union(
            *learnt.ordinary.values(),
            *(lexicon(x).function_words | lexicon(x).not_names for x in known_languages()),
        )
        self._red_flags = RedFlags(everyday)
        self._everyday = everyday

    def understand_many(self, batch: Sequence[tuple[str, Context]]) -> list[Understanding]:
        if not batch:
            return []
        drafts = [self._read(text, context) for text, context in batch]
        heard = [
            _heard(draft.repaired, draft.text[:_READ_CHARACTERS], draft.language if draft.sure else None)
            for draft in drafts
        ]
        probabilities = np.sum([share * s.score(heard) for s, share in self._scorers], axis=0)
        labels = self._scorers[0][0].labels
        return [
            self._finish(draft, as_ranking(labels, row))
            for draft, row in zip(drafts, probabilities, strict=True)
        ]

    def _read(self, text: str, context: Context) -> _Draft:
        every_word = cut(text[:_WATCHED_CHARACTERS])
        words = tuple(word for word in every_word if word.end <= _READ_CHARACTERS)
        heard = text[:_READ_CHARACTERS]
        guess = self._learnt.guesser.guess(
            words,
            languages=context.languages or self.languages,
            current=context.language,
            ignore=_names_of(context),
        )
        if context.asking == "name" and context.language is not None and len(words) < 5:
            guess = replace(guess, language=context.language, sure=False)  # a name is of no language
        repair = self._learnt.repairs.get(guess.language)
        answer = find_answer(heard, words, self._read_as(guess.language, context))
        return _Draft(
            text=text,
            context=context,
            words=words,
            language=guess.language,
            sure=guess.sure,
            alarms=self._red_flags.find(every_word),
            answer=answer,
            entities=self._entities(heard, words, guess.language, context, answer),
            repaired=tuple(repair.repair(w.text) if repair else w.text for w in words[:200]),
        )

    def _read_as(self, language: str, context: Context) -> tuple[str, ...]:
        """The lexicons in which small words are tried: the message's, the conversation's, then the others."""
        wanted = (language, context.language, *context.languages, *self.languages)
        return tuple(dict.fromkeys(x for x in wanted if x in known_languages()))

    def _entities(
        self, text: str, words: tuple[Word, ...], language: str, context: Context, answer: Answer | None
    ) -> tuple[Entity, ...]:
        asked_name = context.asking == "name" and tuple(w.text for w in words) not in self._learnt.by_heart
        contacts = [
            *find_emails(text),
            *find_phones(text, country=context.country, asked=context.asking == "phone"),
        ]
        times = [e for e in self._times(text, language, context) if not _overlaps(e, contacts)]
        taken = [*contacts, *times]
        visit_types = find_named("visit_type", context.visit_types, words, text, taken=contacts)
        mentioned = find_named("practitioner", _by_surname(context.practitioners), words, text, taken=taken)
        titled = [found for found in mentioned if _introduced_as_practitioner(found, words)]
        ordinary = self._learnt.ordinary.get(language, frozenset())
        person = find_person(
            text,
            words,
            language=language,
            asked=asked_name,
            ordinary=ordinary.__contains__,
            taken=[*contacts, *([] if asked_name else times), *titled, *visit_types],
        )
        practitioners = (
            titled if asked_name else [p for p in mentioned if not person or not _overlaps(p, [person])]
        )
        choice = find_choice(text, words, context, language=language, times=times)
        found = [*contacts, *times, *visit_types, *practitioners, *([person] if person else [])]
        found += [choice] if choice else []
        found += [_said(answer, text)] if answer else []
        if choice is None and context.asking not in _NO_WISH:
            found += self._wish(times, context, text)
        return tuple(sorted(found, key=lambda e: (e.start, e.end, e.entity)))

    def _times(self, text: str, language: str, context: Context) -> tuple[Entity, ...]:
        return find_times(text, language=language, context=context)

    def _wish(self, times: Sequence[Entity], context: Context, text: str) -> list[Entity]:
        wish = wish_from(tuple(times), context)
        if wish is None:
            return []
        start, end = min(e.start for e in times), max(e.end for e in times)
        return [Entity(entity="wish", value=wish, start=start, end=end, text=text[start:end])]

    def _finish(self, draft: _Draft, scored: Sequence[tuple[str, float]]) -> Understanding:
        ranking = self._ranked(draft, scored)
        best = ranking[0] if ranking and ranking[0].confidence >= _SURE_ENOUGH else None
        if best is not None and self._only_answers(draft, best):
            best = None
        language = draft.language
        details: dict[str, object] = {"language_sure": draft.sure}
        if best is not None and best.name == "change_language":
            wanted = self._wanted_language(draft)
            if wanted is not None:
                details["wanted_language"] = wanted
                language = wanted if wanted in draft.context.languages else language
        if draft.alarms.risk:
            details["risk"] = True
        if draft.alarms.others:
            details["other_red_flags"] = draft.alarms.others
        return Understanding(
            text=draft.text,
            language=language,
            intent=best,
            intent_ranking=ranking,
            entities=draft.entities,
            red_flag=draft.alarms.flag,
            unread=self._unread(draft),
            details=details,
        )

    def _ranked(self, draft: _Draft, scored: Sequence[tuple[str, float]]) -> tuple[Intent, ...]:
        """Sentences known by heart, and a whole yes or no, need no guess."""
        certain = self._by_heart(draft)
        ranking = [Intent(name=name, confidence=probability) for name, probability in scored]
        if not draft.words and draft.answer is None:
            return ()
        if certain is None:
            return tuple(ranking)
        return (Intent(name=certain, confidence=1.0), *(i for i in ranking if i.name != certain))

    def _by_heart(self, draft: _Draft) -> str | None:
        spoken = tuple(word.text for word in draft.words)
        if draft.answer is not None and draft.answer.whole and draft.context.asking == "yes_no":
            return "affirm" if draft.answer.value else "deny"
        known = self._learnt.by_heart.get(spoken) or self._learnt.by_heart.get(draft.repaired)
        if known is not None:
            return known
        if draft.answer is not None and draft.answer.whole:
            return "affirm" if draft.answer.value else "deny"
        return self._learnt.by_heart.get(_without_courtesies(draft.repaired))

    def _only_answers(self, draft: _Draft, best: Intent) -> bool:
        """Whether the message is what was asked for and hardly more: "Anna Rossi", "martedì alle 10"."""
        asking = draft.context.asking
        wanted = _ANSWERS.get(asking, frozenset()) if asking else frozenset()
        introduced = any(e.entity == "person" for e in draft.entities)
        if not introduced and not any(e.entity in wanted for e in draft.entities):
            return False
        if best.confidence == 1.0 and best.name in ("affirm", "deny", "human", "stop"):
            return False
        around = frozenset().union(
            *(lexicon(x).around_name | lexicon(x).around_choice for x in known_languages())
        )
        left = [
            word
            for word in draft.words
            if word.text not in around
            and not any(e.start < word.end and word.start < e.end for e in draft.entities)
        ]
        return len(left) <= (0 if introduced and asking != "name" else 1)

    def _wanted_language(self, draft: _Draft) -> str | None:
        spoken = [word.text for word in draft.words]
        for language in known_languages():
            for named, words in lexicon(language).named.items():
                if any(
                    word in words or any(word.startswith(w) for w in words if len(w) > 5) for word in spoken
                ):
                    return named
        return None

    def _unread(self, draft: _Draft) -> str:
        """What belongs to no entity and is no everyday word: what somebody might have missed."""
        words = [
            draft.text[word.start : word.end]
            for word in draft.words[:200]
            if word.text not in self._everyday
            and not any(e.start < word.end and word.start < e.end for e in draft.entities)
        ]
        return " ".join(words)


def _said(answer: Answer, text: str) -> Entity:
    start, end = answer.words[0].start, answer.words[-1].end
    return Entity(entity="yes_no", value=answer.value, start=start, end=end, text=text[start:end])


def _overlaps(entity: Entity, others: Sequence[Entity]) -> bool:
    return any(entity.start < other.end and other.start < entity.end for other in others)


@lru_cache(maxsize=256)
def _by_surname(practitioners: tuple[Named, ...]) -> tuple[Named, ...]:
    """Practitioners are also called by what follows their first name: "Rossi" for "dott. Marco Rossi"."""
    return tuple(
        replace(one, words=tuple(dict.fromkeys((*one.words, *(s for w in one.words for s in _surnames(w))))))
        for one in practitioners
    )


def _surnames(name: str) -> list[str]:
    words = [
        word
        for word in plain_words(name)
        if not word.startswith(("dott", "doct", "prof", "докт", "ssa", "dr"))
    ]
    return [" ".join(words[at:]) for at in range(1, len(words)) if len(words[-1]) > 2]


def _introduced_as_practitioner(found: Entity, words: tuple[Word, ...]) -> bool:
    """ "con il dottor Rossi", when a name was asked for: not the patient's."""
    before = [word.text for word in words if word.end <= found.start][-2:]
    inside = [word.text for word in words if found.start <= word.start < found.end]
    known = [lexicon(language) for language in known_languages()]
    return any(word in x.titles or word in x.by for word in (*before, *inside) for x in known)


@lru_cache(maxsize=256)
def _names_of(context: Context) -> frozenset[str]:
    """Words of the practice, which belong to no language."""
    return frozenset(
        word
        for one in context.practitioners
        for name in one.words
        for word in plain_words(name)
        if len(word) > 2
    )
