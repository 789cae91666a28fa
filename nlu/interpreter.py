"""The whole of offline understanding: red flags, language, entities, intents, for many messages at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import numpy as np

from nlu.alarm_judgement import judged
from nlu.alarm_lessons import told_languages
from nlu.alarm_sense import AlarmSense, Weighed, shipped_sense
from nlu.alarms import Alarms, RedFlags
from nlu.encoder import Encoded
from nlu.entities import find_entities
from nlu.insults import is_mere_insult
from nlu.intents import Heard, Matrix, NgramScorer, Scorer, as_ranking, softmax
from nlu.learning import Learnt, Lessons, as_heard, mended, without_courtesies
from nlu.lexicon import known_languages, lexicon
from nlu.neighbours import Neighbours
from nlu.sentences import SentenceScorer, encode, installed
from nlu.shipped import Teacher
from nlu.times import find_times
from nlu.training_examples import Example, read_examples
from nlu.understanding import AskedKind, Context, Entity, Intent, Understanding
from nlu.words import Word, cut, plain_words
from nlu.yes_no import Answer, find_answer

#: One row, or one number, for each message.
Rows = Callable[[Sequence[Heard]], Matrix]
Reads = Callable[[Sequence[Heard]], Encoded]

_SURE_ENOUGH = 0.3  # below, no intent: measured on sentences that no example was written from
_SENTENCES = 0.8  # the share of sentence embeddings, beside n-grams
_SHARPNESS = 1.3  # of both together; by cross-validation on the examples, as the share is
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
#: What an answer in the same message outweighs.
_IDLE = frozenset({"chitchat", "out_of_scope", "greet", "thanks", "goodbye"})
#: Of a message: more than any channel carries (WhatsApp 4,096 characters, Messenger 2,000). Beyond, it is an
#: attack, and its work stays bounded; red flags are looked for further on than all else.
_READ_CHARACTERS, _READ_AT_ALL = 4500, 350  # words
_WATCHED_CHARACTERS, _WATCHED_WORDS = 6000, 800
_AFTER_WORDS = 100  # characters without a word that are read behind the last one
_TELLING = 6  # letters of a misspelt word that still tells something
_READ_WORDS = 200  # for intents and leftovers

#: Which entity answers which question; an answer that is all that was said has no intent of its own.
_ANSWERS: dict[AskedKind, frozenset[str]] = {
    "time": frozenset({"time", "part_of_day", "asap"}),
    "opening": frozenset({"choice", "time", "part_of_day"}),
    "name": frozenset({"person"}),
    "phone": frozenset({"phone"}),
    "birth_date": frozenset({"birth_date"}),
    "visit_type": frozenset({"visit_type"}),
    "choice": frozenset({"choice", "site"}),
}


def load_interpreter(
    languages: Sequence[str],
    cache: Path | None = None,
    extra_examples: Sequence[Path] = (),
    *,
    sentences: bool | None = None,
) -> "OfflineInterpreter":
    """An interpreter of these languages, trained on the shipped examples and `extra_examples`.

    An extra file belongs to the language named by its folder or its name ("examples/it/ours.yml", "it.yml"),
    else to the first of `languages`. What is learnt, when shipped examples changed, is kept in the folder
    `cache`. `sentences` says whether sentence embeddings help to find intents; None means: where they are
    installed. Raises LookupError for a language without a lexicon, BadExamples for a file that is none.
    """
    for language in languages:
        lexicon(language)
    extra = [
        example
        for path in extra_examples
        for example in read_examples([path], language=_language_of(path, languages))
    ]
    teacher = Teacher(cache)
    known = teacher.lessons()
    lessons = {language: known[language] for language in languages}
    for language in {example.language for example in extra} & lessons.keys():
        lessons[language] = lessons[language].and_of(Lessons.of(extra, language))
    learnt = Learnt.of(lessons)
    _read_words_of_times()
    ngrams = teacher.ngrams()
    scorers: list[tuple[Scorer, float]] = [(ngrams, 1.0)]
    meaning: NgramScorer | SentenceScorer = ngrams
    if installed() if sentences is None else sentences:
        meaning = teacher.sentences()
        encode(("",))  # loads the encoder now, not with the first message
        scorers = [(ngrams, 1 - _SENTENCES), (meaning, _SENTENCES)]
    return OfflineInterpreter(
        languages=tuple(languages),
        learnt=learnt,
        scorers=scorers,
        sense=_sense(meaning) if isinstance(meaning, SentenceScorer) else None,
        rows=meaning.rows,
        own=_own(extra, learnt, meaning) if extra else None,
    )


def _read_words_of_times() -> None:
    """Now, not with the first message of a language; Russian is written in two alphabets."""
    nothing = Context(now=datetime.fromisoformat("2026-01-01T00:00"), languages=())
    for language in known_languages():
        for letter in ("a", "а"):
            find_times(letter, language=language, context=nothing)


def _own(
    extra: Sequence[Example], learnt: Learnt, meaning: NgramScorer | SentenceScorer
) -> tuple[Neighbours, Rows]:
    heard = [as_heard(e.text, e.language, learnt.repairs[e.language]) for e in extra]
    return Neighbours.of(meaning.rows(heard), [e.intent for e in extra]), meaning.rows


def _sense(meaning: SentenceScorer) -> tuple[AlarmSense, Reads] | None:
    learnt = shipped_sense()
    return (learnt, meaning.read) if learnt is not None else None


def _language_of(path: Path, languages: Sequence[str]) -> str:
    named = (path.stem, *(part.name for part in (path, *path.parents)))
    return next((name for name in named if name in languages), languages[0])


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
        self,
        *,
        languages: tuple[str, ...],
        learnt: Learnt,
        scorers: Sequence[tuple[Scorer, float]],
        sense: tuple[AlarmSense, Reads] | None = None,
        rows: Rows | None = None,
        own: tuple[Neighbours, Rows] | None = None,
    ) -> None:
        """`scorers` come with their shares; `sense` tells how like an emergency messages are, as encoded.

        `own` are a practice's own examples, and how messages become rows like theirs.
        """
        self.languages = languages
        self._learnt = learnt
        self._scorers = tuple(scorers)
        self._sense = sense
        self._rows = rows
        self._own = own
        labels = {label for scorer, _ in scorers for label in scorer.labels}
        self._labels = tuple(sorted(labels.union(own[0].labels if own else ())))
        everyday = (lexicon(x).function_words | lexicon(x).not_names for x in known_languages())
        self._everyday = frozenset().union(*learnt.ordinary.values(), *everyday)
        self._known = self._everyday.union(*(repair.vocabulary for repair in learnt.repairs.values()))
        first_names = (lexicon(x).first_names for x in known_languages())
        self._red_flags = RedFlags(self._known.union(*first_names))

    @property
    def engine(self) -> str:
        """What finds intents, for people who look at how the house started."""
        return "n-grams" if len(self._scorers) == 1 else "n-grams and sentence embeddings"

    def rows(self, texts: Sequence[str]) -> Matrix:
        """A row of unit length a text: what is alike is near."""
        if self._rows is None:
            return np.zeros((len(texts), 1), dtype=np.float32)
        return self._rows([Heard(plain_words(text), text) for text in texts])

    @property
    def known_words(self) -> frozenset[str]:
        """Folded words that examples and lexicons have."""
        return self._known

    @property
    def taught(self) -> int:
        """How many examples were learnt from."""
        return self._learnt.taught

    def understand_many(self, batch: Sequence[tuple[str, Context]]) -> list[Understanding]:
        if not batch:
            return []
        drafts = [self._read(text, context) for text, context in batch]
        heard = [self._heard(draft) for draft in drafts]
        weighed = self._weighed(heard)
        return [
            self._finish(draft, as_ranking(self._labels, row), sensed)
            for draft, row, sensed in zip(drafts, self._score(heard), weighed, strict=True)
        ]

    def _weighed(self, heard: Sequence[Heard]) -> Sequence[Weighed | None]:
        if self._sense is None:
            return [None] * len(heard)
        sense, read = self._sense
        return sense.weigh([one.text for one in heard], read(heard))

    def _score(self, heard: Sequence[Heard]) -> Matrix:
        """The weighted geometric mean: what one scorer rules out, the other cannot bring back."""
        together: Matrix = np.zeros((len(heard), len(self._labels)), dtype=np.float32)
        for scorer, share in self._scorers:
            scored: Matrix = np.full_like(together, 1e-6)
            scored[:, [self._labels.index(label) for label in scorer.labels]] += scorer.score(heard)
            together += share * np.log(scored)
        likely = softmax(together if len(self._scorers) == 1 else _SHARPNESS * together)
        if self._own is None:
            return likely
        neighbours, rows = self._own
        return neighbours.blend(self._labels, likely, rows(heard))

    def _heard(self, draft: "_Draft") -> Heard:
        return Heard(
            without_courtesies(draft.repaired),
            mended(draft.text[:_READ_CHARACTERS], draft.words, draft.repaired),
            draft.language if draft.sure else None,
        )

    def _read(self, text: str, context: Context) -> _Draft:
        every_word = cut(text[:_WATCHED_CHARACTERS])[:_WATCHED_WORDS]
        words = tuple(word for word in every_word[:_READ_AT_ALL] if word.end <= _READ_CHARACTERS)
        heard = text[: min((words[-1].end if words else 0) + _AFTER_WORDS, _READ_CHARACTERS)]
        guess = self._learnt.guesser.guess(
            words,
            languages=context.languages or self.languages,
            current=context.language,
            ignore=_names_of(context),
        )
        if context.asking == "name" and context.language is not None and len(words) < 5:
            guess = replace(guess, language=context.language, sure=False)  # a name is of no language
        languages = self._read_as(guess.language, context)
        answer = find_answer(heard, words, languages)
        may_be_name = context.asking == "name" and tuple(w.text for w in words) not in self._learnt.by_heart
        repair = self._learnt.repairs.get(guess.language)
        return _Draft(
            text=text,
            context=context,
            words=words,
            language=guess.language,
            sure=guess.sure,
            alarms=self._red_flags.find(every_word),
            answer=answer,
            entities=find_entities(
                heard,
                words,
                context,
                languages=languages[:1] if guess.sure else languages,
                may_be_name=may_be_name,
                ordinary=self._learnt.ordinary.get(guess.language, frozenset()).__contains__,
                answer=answer,
            ),
            repaired=tuple(repair.repair(w.text) if repair else w.text for w in words[:_READ_WORDS]),
        )

    def _read_as(self, language: str, context: Context) -> tuple[str, ...]:
        """The lexicons in which small words are tried: the message's, the conversation's, then the others."""
        wanted = (language, context.language, *context.languages, *self.languages)
        return tuple(dict.fromkeys(x for x in wanted if x in known_languages()))

    def _finish(
        self, draft: _Draft, scored: Sequence[tuple[str, float]], sensed: Weighed | None
    ) -> Understanding:
        ranking = self._ranked(draft, scored)
        best = ranking[0] if ranking and ranking[0].confidence >= _SURE_ENOUGH else None
        strange = self._all_strange(draft)
        if best is not None and (self._only_answers(draft, best) or (strange and best.confidence < 1)):
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
        if is_mere_insult(draft.words):
            details["insult"] = True
        flags = draft.alarms.flags
        if sensed is not None and not strange and not _gives_name(draft):
            flags = judged(
                draft.alarms,
                sensed,
                ranking,
                len(draft.words),
                in_told_language=draft.language in told_languages(),
            )
        if len(flags) > 1:
            details["other_red_flags"] = flags[1:]
        return Understanding(
            text=draft.text,
            language=language,
            intent=best,
            intent_ranking=ranking,
            entities=_without_idle_wish(draft.entities, best),
            red_flag=flags[0] if flags else None,
            unread=self._unread(draft),
            details=details,
        )

    def _ranked(self, draft: _Draft, scored: Sequence[tuple[str, float]]) -> tuple[Intent, ...]:
        """Sentences known by heart, and a whole yes or no, need no guess."""
        certain = self._by_heart(draft)
        ranking = [Intent(name=name, confidence=probability) for name, probability in scored]
        if all(word.text.isdecimal() for word in draft.words) and certain is None:
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
        return self._learnt.by_heart.get(without_courtesies(draft.repaired)) or self._person_called(draft)

    def _person_called(self, draft: _Draft) -> str | None:
        """ "You stupid bot, get me a person": one of several clauses asks for a person."""
        clauses: dict[int, list[str]] = {}
        for word in draft.words[:_READ_WORDS]:
            clauses.setdefault(word.clause, []).append(word.text)
        called = (self._learnt.by_heart.get(tuple(c)) == "human" for c in clauses.values() if len(c) > 1)
        return "human" if len(clauses) > 1 and any(called) else None

    def _only_answers(self, draft: _Draft, best: Intent) -> bool:
        """Whether the message is what was asked for and hardly more: "Anna Rossi", "martedì alle 10"."""
        asking = draft.context.asking
        wanted = _ANSWERS.get(asking, frozenset()) if asking else frozenset()
        if asking is None and any(e.entity == "relative" for e in draft.entities):
            return False  # "for my son Luca" is more than a name
        unsure = best.confidence < _OUTWEIGHS and best.name not in _NEVER_OUTWEIGHED
        if asking is not None and unsure and any(e.entity in _CHOSEN for e in draft.entities):
            return True  # "I changed my mind, with Dr Rossi please": told what we need
        introduced = any(e.entity == "person" for e in draft.entities)
        if not introduced and not any(e.entity in wanted for e in draft.entities):
            return False
        if best.confidence == 1.0 and best.name in ("affirm", "deny", "human", "stop"):
            return False
        if best.name in _IDLE and best.confidence < _PLAIN:
            return True  # "soonest you've got, mate": friendly, and an answer
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

    def _all_strange(self, draft: _Draft) -> bool:
        """Not one known word: whatever it looks like, it is a guess. A short word mended is no evidence."""
        letters = [
            (word.text, mended)
            for word, mended in zip(draft.words, draft.repaired, strict=False)
            if word.text.isalpha()
        ]
        return bool(letters) and not any(
            word in self._known or (len(word) >= _TELLING and mended in self._known)
            for word, mended in letters
        )

    def _wanted_language(self, draft: _Draft) -> str | None:
        """The language that is named; of several ("my Italian is bad, English please?") one that is not
        spoken now, else the last."""
        named = [
            language
            for word in draft.words
            for reader in known_languages()
            for language, words in lexicon(reader).named.items()
            if word.text in words or any(word.text.startswith(w) for w in words if len(w) > 5)
        ]
        other = [language for language in named if language != draft.context.language]
        return next(iter(reversed(other or named)), None)

    def _unread(self, draft: _Draft) -> str:
        """What belongs to no entity and is no everyday word: what somebody might have missed."""
        words = [
            draft.text[word.start : word.end]
            for word in draft.words[:_READ_WORDS]
            if word.text not in self._everyday
            and not any(e.start < word.end and word.start < e.end for e in draft.entities)
        ]
        return " ".join(words)


def _gives_name(draft: _Draft) -> bool:
    """ "Anna" and a surname that nobody has heard, where the name is asked: strange words, no emergency."""
    if draft.context.asking != "name" or not draft.words:
        return False
    if any(e.entity == "person" and e.text == draft.text.strip() for e in draft.entities):
        return True
    first = draft.words[0].text
    names = (lexicon(language).first_names for language in known_languages())
    return len(draft.words) <= _WORDS_OF_A_NAME and any(first in known for known in names)


def _without_idle_wish(entities: tuple[Entity, ...], best: Intent | None) -> tuple[Entity, ...]:
    """The day of "see you Friday", the hour of "I'll be there at 10:15" ask for no opening."""
    if best is None or best.name not in _NAMES_A_TIME_IDLY or best.confidence < _IDLY:
        return entities
    return tuple(entity for entity in entities if entity.entity != "wish")


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
