"""The whole of offline understanding: red flags, language, entities, intents, for many messages at once."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np

from nlu.alarm_judgement import judged
from nlu.alarm_lessons import told_languages
from nlu.alarm_sense import AlarmSense, Weighed, shipped_sense
from nlu.alarms import RedFlags
from nlu.deciding import IntentDecision, gives_name, without_idle_wish
from nlu.drafts import MENDED_WORDS, Draft, DraftReader
from nlu.encoder import Encoded
from nlu.insults import is_mere_insult
from nlu.intents import Heard, Matrix, NgramScorer, Scorer, as_ranking, softmax
from nlu.learning import Learnt, Lessons, as_heard
from nlu.lexicon import known_languages, lexicon
from nlu.neighbours import Neighbours
from nlu.sentences import SentenceScorer, encode, installed
from nlu.several_questions import with_questions_beside
from nlu.shipped import Teacher
from nlu.spoken import spoken
from nlu.taken_back import beside_what_is_well, is_of_mistake
from nlu.times import find_times
from nlu.times.doubts import shipped as shipped_doubts
from nlu.training_examples import Example, read_examples
from nlu.understanding import BesideYes, Context, Intent, Understanding
from nlu.words import plain_words

#: One row, or one number, for each message.
Rows = Callable[[Sequence[Heard]], Matrix]
Reads = Callable[[Sequence[Heard]], Encoded]

_SELF_HARM = "self_harm"
_SENTENCES = 0.8  # the share of sentence embeddings, beside n-grams
_SHARPNESS = 1.3  # of both together; by cross-validation on the examples, as the share is


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
    _read_words_of_times(languages)
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


def _read_words_of_times(languages: Sequence[str]) -> None:
    """Now, not with the first message of a language; Russian is written in two alphabets. And what doubts are
    weighed by: were it missing, nobody should hear of it from a patient."""
    shipped_doubts()
    nothing = Context(now=datetime.fromisoformat("2026-01-01T00:00"), languages=())
    for language in languages:
        for letter in ("a", "а"):
            find_times(letter, language=language, context=nothing)


def _own(
    extra: Sequence[Example], learnt: Learnt, meaning: NgramScorer | SentenceScorer
) -> tuple[Neighbours, Rows]:
    heard = [as_heard(e.text, e.language, learnt.menders[e.language]) for e in extra]
    return Neighbours.of(meaning.rows(heard), [e.intent for e in extra]), meaning.rows


def _sense(meaning: SentenceScorer) -> tuple[AlarmSense, Reads] | None:
    learnt = shipped_sense()
    return (learnt, meaning.read) if learnt is not None else None


def _language_of(path: Path, languages: Sequence[str]) -> str:
    named = (path.stem, *(part.name for part in (path, *path.parents)))
    return next((name for name in named if name in languages), languages[0])


def _other_keys(meaning: Understanding) -> tuple[str, ...]:
    return tuple(flag.key for flag in meaning.details.get("other_red_flags", ()))


def _beside_yes(draft: Draft, scored: Sequence[tuple[str, float]]) -> BesideYes:
    return BesideYes(
        words=tuple(word.text for word in draft.beside),
        ranking=tuple(Intent(name=name, confidence=likely) for name, likely in scored),
    )


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
        self._known = self._everyday | learnt.vocabulary
        first_names = (lexicon(x).first_names for x in known_languages())
        self._drafts = DraftReader(learnt, languages, RedFlags(self._known.union(*first_names)))
        self._decision = IntentDecision(learnt, self._known)

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
        return with_questions_beside(batch, self._read(batch), self._read)

    def _read(self, batch: Sequence[tuple[str, Context]]) -> list[Understanding]:
        if not batch:
            return []
        drafts = [self._drafts.read(text, context) for text, context in batch]
        heard = [draft.heard() for draft in drafts]
        weighed = self._weighed(heard)
        scored = self._score([*heard, *(draft.heard_beside() for draft in drafts if draft.beside)])
        beside = iter(scored[len(drafts) :])
        read = [
            self._finish(
                draft,
                as_ranking(self._labels, row),
                sensed,
                beside=as_ranking(self._labels, next(beside)) if draft.beside else None,
            )
            for draft, row, sensed in zip(drafts, scored, weighed, strict=False)
        ]
        return [
            self._without_what_is_well(meaning, draft.context)
            for meaning, draft in zip(read, drafts, strict=True)
        ]

    def _without_what_is_well(self, meaning: Understanding, context: Context) -> Understanding:
        """ "I'm fine, wrong chat" raises no alarm, unless what else it says does. Whoever speaks of harming
        themselves is never heard to be well: "I'm better off dead" has the words of both."""
        if meaning.red_flag is not None and _SELF_HARM in (meaning.red_flag.key, *_other_keys(meaning)):
            return meaning
        rest = beside_what_is_well(meaning.text)
        is_well = rest is not None and not (
            rest and self.understand_many([(rest, context)])[0].red_flag is not None
        )
        if not is_well and (meaning.red_flag is not None or not is_of_mistake(meaning.text)):
            return meaning
        details = {name: value for name, value in meaning.details.items() if name != "other_red_flags"}
        return replace(meaning, red_flag=None, details={**details, "taken_back": True})

    def _weighed(self, heard: Sequence[Heard]) -> Sequence[Weighed | None]:
        if self._sense is None:
            return [None] * len(heard)
        sense, read = self._sense
        said = [replace(one, text=spoken(one.text)) for one in heard]
        return sense.weigh([one.text for one in said], read(said))

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

    def _finish(
        self,
        draft: Draft,
        scored: Sequence[tuple[str, float]],
        sensed: Weighed | None,
        *,
        beside: Sequence[tuple[str, float]] | None,
    ) -> Understanding:
        ranking = self._decision.ranked(draft, scored)
        best = self._decision.best(draft, ranking)
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
        if draft.withheld is not None:
            details["withheld"] = draft.withheld
        flags = draft.alarms.flags
        if sensed is not None and not gives_name(draft) and not self._decision.is_all_strange(draft):
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
            entities=without_idle_wish(draft.entities, best),
            red_flag=flags[0] if flags else None,
            unread=self._unread(draft),
            beside_yes=None if beside is None else _beside_yes(draft, beside),
            details=details,
        )

    def _wanted_language(self, draft: Draft) -> str | None:
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

    def _unread(self, draft: Draft) -> str:
        """What belongs to no entity and is no everyday word: what somebody might have missed."""
        words = [
            draft.text[word.start : word.end]
            for word in draft.words[:MENDED_WORDS]
            if word.text not in self._everyday and not draft.is_covered(word)
        ]
        return " ".join(words)
