"""Understanding for any content, learnt from its own examples: deterministic, offline, nothing of a practice.

Beside the content's intents it knows how people talk to an assistant in general (yes, no, "forget it", "a
person, please"), where the content has no examples for that. Red flags belong to practices: here are none.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from nlu.entities import find_entities
from nlu.intents import Heard, Matrix, NgramScorer, Scorer, as_ranking, softmax
from nlu.lexicon import known_languages, lexicon
from nlu.own_entities import OwnEntities
from nlu.own_examples import OwnExamples, Phrase
from nlu.sentences import SentenceRegression, installed
from nlu.training_examples import Example, shipped_examples
from nlu.typos import TypoRepair
from nlu.understanding import AskedKind, Context, Entity, Intent, Understanding
from nlu.words import Word, cut, plain_words
from nlu.yes_no import Answer, find_answer

_SURE_ENOUGH = 0.3
_SURE_OF_DESCRIBED = 0.4
_SURE_OF_GENERAL = 0.75  # what the content did not teach must be plain
_SENTENCES, _SHARPNESS = 0.65, 1.3  # as in nlu.interpreter
_SURE_IN_FREE_TEXT = 0.6  # where any text is an answer, a guess is not enough to make it something else
_READ_CHARACTERS = 5000
_BALANCE = 15  # examples of an intent: fewer are repeated, of general ones more are left out

#: What people say to any assistant. Not "stop", which opts out, nor what only a practice is asked.
_GENERAL = frozenset(
    {"human", "cancel_flow", "affirm", "deny", "repeat", "skip", "greet", "thanks", "goodbye"}
    | {"bot_challenge", "chitchat", "out_of_scope"}
)
_BACKGROUND = frozenset({"chitchat", "out_of_scope"})  # kept only where they share no word with content

#: What is found beside the content's own entities, always and by what is asked.
_ALWAYS = frozenset({"yes_no", "choice", "phone", "email"})
_ASKED: Mapping[AskedKind, frozenset[str]] = {
    "name": frozenset({"person"}),
    "time": frozenset({"wish", "time", "part_of_day", "asap"}),
    "birth_date": frozenset({"birth_date"}),
    "code": frozenset({"code"}),
}


def own_interpreter(
    taught: OwnExamples,
    languages: Sequence[str],
    *,
    values: Mapping[str, Sequence[str]] | None = None,
    described: Mapping[str, Sequence[str]] | None = None,
    sentences: bool | None = None,
) -> "OwnInterpreter":
    """Learns in a second or two. `sentences` as in load_interpreter.

    `values` are those of an entity's slots. `described` are intents that have no examples, only descriptions.
    """
    spoken = [language for language in languages if language in known_languages()]
    small = frozenset().union(*(lexicon(x).function_words | lexicon(x).not_names for x in spoken))
    marked = {w for e in taught.examples for m in e.marked for w in plain_words(m.text)}
    said = {w for e in taught.examples for w in plain_words(e.text)}
    lessons = _lessons(taught, spoken, small, described or {})
    words = Counter(word for _, text in lessons for word in plain_words(text))
    words.update(dict.fromkeys(small, 1))
    for text in (
        *(text for _, text in taught.lookups),
        *(v for each in (values or {}).values() for v in each),
    ):
        words.update(plain_words(text))
    repair = TypoRepair(words)
    scorers: list[tuple[Scorer, float]] = []
    if lessons:
        heard = [(Heard(_repaired(plain_words(text), repair)), intent) for intent, text in lessons]
        with_sentences = installed() if sentences is None else sentences
        scorers.append((NgramScorer.train(heard), 1 - _SENTENCES if with_sentences else 1.0))
        if with_sentences:
            scorers.append((SentenceRegression.train(lessons), _SENTENCES))
    return OwnInterpreter(
        languages=tuple(languages),
        entities=OwnEntities(
            taught, values=values or {}, ordinary=frozenset(said - marked) | small, small=small
        ),
        scorers=tuple(scorers),
        by_heart=_by_heart(taught),
        repair=repair,
        own_intents=frozenset(example.intent for example in taught.examples),
        described=frozenset(described or {}),
        ordinary=frozenset(said) | small,
    )


@dataclass(frozen=True, kw_only=True)
class OwnInterpreter:
    """Reads messages for content that brings its own examples. The language stays the conversation's."""

    languages: tuple[str, ...]
    entities: OwnEntities
    scorers: tuple[tuple[Scorer, float], ...]
    by_heart: Mapping[Phrase, str]
    repair: TypoRepair
    own_intents: frozenset[str] = field(default_factory=frozenset)
    described: frozenset[str] = field(default_factory=frozenset)
    ordinary: frozenset[str] = field(default_factory=frozenset)

    def understand_many(self, batch: Sequence[tuple[str, Context]]) -> list[Understanding]:
        return [self._understand(text, context) for text, context in batch]

    def _understand(self, text: str, context: Context) -> Understanding:
        heard = text[:_READ_CHARACTERS]
        words = cut(heard)
        languages = self._read_as(context)
        answer = find_answer(heard, words, languages)
        own = self.entities.find(heard, answers=context.asking == "text")
        general = self._general(heard, words, context, languages, answer)
        asked = [e for e in general if e.entity in _asked_entities(context)]
        own = [e for e in own if not any(_overlap(e, other) for other in asked)]
        found = (*own, *(e for e in general if e in asked or _is_news(e, own)))
        entities = tuple(sorted(found, key=lambda e: (e.start, e.end, e.entity)))
        ranking = self._ranked(heard, words, answer)
        best = ranking[0] if ranking and ranking[0].confidence >= self._needed(ranking[0]) else None
        if best is not None and self._is_rather_an_answer(best, words, entities, context):
            best = None
        return Understanding(
            text=text,
            language=context.language or self.languages[0],
            intent=best,
            intent_ranking=ranking,
            entities=entities,
        )

    def _needed(self, intent: Intent) -> float:
        if intent.name in self.described:
            return _SURE_OF_DESCRIBED
        return _SURE_ENOUGH if intent.name in self.own_intents else _SURE_OF_GENERAL

    def _read_as(self, context: Context) -> tuple[str, ...]:
        wanted = (context.language, *self.languages, "en")
        return tuple(dict.fromkeys(x for x in wanted if x in known_languages()))

    def _general(
        self,
        text: str,
        words: tuple[Word, ...],
        context: Context,
        languages: tuple[str, ...],
        answer: Answer | None,
    ) -> list[Entity]:
        """What anybody may name."""
        wanted = _ALWAYS | _asked_entities(context)
        found = find_entities(
            text,
            words,
            context,
            languages=languages,
            may_be_name=context.asking == "name",
            ordinary=self.ordinary.__contains__,
            answer=answer,
        )
        return [entity for entity in found if entity.entity in wanted]

    def _ranked(self, text: str, words: tuple[Word, ...], answer: Answer | None) -> tuple[Intent, ...]:
        """Sentences known by heart, and a whole yes or no, need no guess; no known word allows none."""
        plain = tuple(word.text for word in words)
        mended = _repaired(plain, self.repair)
        certain = self.by_heart.get(plain) or self.by_heart.get(mended)
        if certain is None and answer is not None and answer.whole:
            certain = "affirm" if answer.value else "deny"
        scored: list[tuple[str, float]] = []
        if self.scorers and any(w in self.repair.vocabulary and not w.isdecimal() for w in mended):
            scored = self._scored(Heard(mended, text))
        ranking = [Intent(name=name, confidence=probability) for name, probability in scored]
        if certain is None:
            return tuple(ranking)
        return (Intent(name=certain, confidence=1.0), *(i for i in ranking if i.name != certain))

    def _scored(self, heard: Heard) -> list[tuple[str, float]]:
        labels = self.scorers[0][0].labels
        together: Matrix = np.zeros((1, len(labels)), dtype=np.float32)
        for scorer, share in self.scorers:
            together += share * np.log(scorer.score([heard]) + 1e-6)
        if len(self.scorers) > 1:
            together *= _SHARPNESS
        return as_ranking(labels, softmax(together)[0])

    def _is_rather_an_answer(
        self, best: Intent, words: tuple[Word, ...], entities: Sequence[Entity], context: Context
    ) -> bool:
        """While something is asked: a message that names hardly more, or any text where any will do."""
        if context.asking is None or best.confidence == 1:
            return False
        if context.asking == "text" and best.confidence < _SURE_IN_FREE_TEXT:
            return True
        left = [w for w in words if not any(e.start < w.end and w.start < e.end for e in entities)]
        return bool(entities) and len(left) <= 1


def _lessons(
    taught: OwnExamples,
    languages: Sequence[str],
    small: frozenset[str],
    described: Mapping[str, Sequence[str]],
) -> list[tuple[str, str]]:
    """(intent, text), as many of each intent as of the others."""
    own = {intent: list(texts) for intent, texts in described.items()}
    for example in taught.examples:
        own.setdefault(example.intent, []).append(example.text)
    lessons = [
        (intent, text)
        for intent, texts in own.items()
        for text in texts * max(1, min(_BALANCE, -(-_BALANCE // len(texts))))
    ]
    if not own:
        return [(e.intent, e.text) for e in _general_examples(languages)]
    general = _spared(_general_examples(languages), taught, small)
    # What a description means is wide: whatever is asked of an assistant would be out of a practice's scope.
    return lessons + [(e.intent, e.text) for e in general if not (described and e.intent == "out_of_scope")]


def _general_examples(languages: Sequence[str]) -> list[Example]:
    taken: Counter[tuple[str, str]] = Counter()
    examples = []
    for example in shipped_examples(languages):
        key = (example.intent, example.language)
        if example.intent in _GENERAL and taken[key] < _BALANCE:
            taken[key] += 1
            examples.append(example)
    return examples


def _spared(general: Sequence[Example], taught: OwnExamples, small: frozenset[str]) -> list[Example]:
    """Without intents that the content teaches itself, under whichever name."""
    own = {plain_words(example.text) for example in taught.examples}
    telling = {word for phrase in own for word in phrase} - small
    covered = {e.intent for e in general if plain_words(e.text) in own}
    covered |= {example.intent for example in taught.examples}
    return [
        example
        for example in general
        if example.intent not in covered
        and not (example.intent in _BACKGROUND and telling & set(plain_words(example.text)))
    ]


def _by_heart(taught: OwnExamples) -> dict[Phrase, str]:
    meanings: dict[Phrase, set[str]] = {}
    for example in taught.examples:
        meanings.setdefault(plain_words(example.text), set()).add(example.intent)
    return {phrase: min(intents) for phrase, intents in meanings.items() if phrase and len(intents) == 1}


def _repaired(words: Phrase, repair: TypoRepair) -> Phrase:
    return tuple(repair.repair(word) for word in words)


def _asked_entities(context: Context) -> frozenset[str]:
    return _ASKED.get(context.asking, frozenset()) if context.asking else frozenset()


def _is_news(entity: Entity, own: Sequence[Entity]) -> bool:
    """The content's own entity of that name, or in that place, goes before a general one."""
    if any(entity.entity == other.entity for other in own):
        return False
    return entity.entity in ("yes_no", "choice") or not any(_overlap(entity, other) for other in own)


def _overlap(one: Entity, other: Entity) -> bool:
    return one.start < other.end and other.start < one.end
