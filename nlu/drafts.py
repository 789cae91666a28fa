"""A message read, its intent not yet looked for: language, small words, entities, red flags, mended words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from nlu.alarms import Alarms, RedFlags
from nlu.beside_yes import all_a_yes, beside_yes
from nlu.entities import find_entities, yes_or_no
from nlu.intents import Heard
from nlu.learning import Learnt, mended, without_courtesies
from nlu.lexicon import known_languages
from nlu.understanding import Context, Entity
from nlu.withheld_yes import Withheld
from nlu.words import Word, cut, plain_words, unshouted
from nlu.yes_no import Answer, find_answer, withheld_yes

#: Of a message: more than any channel carries (WhatsApp 4,096 characters, Messenger 2,000). Beyond, it is an
#: attack, and its work stays bounded; red flags are looked for further on than all else.
_READ_CHARACTERS, _READ_AT_ALL = 4500, 350  # words
_WATCHED_CHARACTERS, _WATCHED_WORDS = 6000, 800
_AFTER_WORDS = 100  # characters without a word that are read behind the last one
#: Words of a message that are mended, and weighed.
MENDED_WORDS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message read, its intent not yet looked for."""

    text: str
    context: Context
    words: tuple[Word, ...]
    language: str
    sure: bool
    alarms: Alarms
    answer: Answer | None
    withheld: Withheld | None  # why a yes at its head is none
    beside: tuple[Word, ...]  # what a yes does not account for, where one was asked for
    entities: tuple[Entity, ...]
    mended: tuple[str, ...]  # the words, without slips

    def is_covered(self, word: Word) -> bool:
        """Whether it belongs to something that was found."""
        return any(e.start < word.end and word.start < e.end for e in self.entities)

    def heard(self) -> Heard:
        """As intents are looked for in it."""
        return Heard(
            without_courtesies(self.mended),
            unshouted(mended(self.text[:_READ_CHARACTERS], self.words, self.mended)),
            self.language if self.sure else None,
        )

    def heard_beside(self) -> Heard:
        """As intents are looked for in what is said beside a yes."""
        start, end = self.beside[0].start, self.beside[-1].end
        pairs = zip(self.words, self.mended, strict=False)
        meant = tuple(mended for word, mended in pairs if start <= word.start < end)
        asked = "?" if self.beside[-1].asked else ""
        return Heard(meant, self.text[start:end] + asked, self.language if self.sure else None)


class DraftReader:
    """Reads messages up to what they want."""

    def __init__(self, learnt: Learnt, languages: tuple[str, ...], red_flags: RedFlags) -> None:
        self._learnt = learnt
        self._languages = languages
        self._red_flags = red_flags

    def read(self, text: str, context: Context) -> Draft:
        every_word = cut(text[:_WATCHED_CHARACTERS])[:_WATCHED_WORDS]
        words = tuple(word for word in every_word[:_READ_AT_ALL] if word.end <= _READ_CHARACTERS)
        heard = text[: min((words[-1].end if words else 0) + _AFTER_WORDS, _READ_CHARACTERS)]
        guess = self._learnt.guesser.guess(
            words,
            languages=context.languages or self._languages,
            current=context.language,
            ignore=_names_of(context),
        )
        if context.asking == "name" and context.language is not None and len(words) < 5:
            guess = replace(guess, language=context.language, sure=False)  # a name is of no language
        languages = self._read_as(guess.language, context)
        answer = find_answer(heard, words, languages)
        known = self._learnt.known_by_heart(word.text for word in words)
        may_be_name = context.asking == "name" and known is None
        mender = self._learnt.menders.get(guess.language)
        first_words = tuple(word.text for word in words[:MENDED_WORDS])
        entities = find_entities(
            heard,
            words,
            context,
            languages=languages[:1] if guess.sure else languages,
            may_be_name=may_be_name,
            ordinary=self._learnt.ordinary.get(guess.language, frozenset()).__contains__,
            answer=answer,
        )
        withheld = withheld_yes(heard, words, languages) if answer is None else None
        if answer is None and withheld is None and _may_be_a_yes(entities, context):
            said = all_a_yes(words[:MENDED_WORDS], entities, context.choices, languages)
            answer = Answer(True, said, True) if said else None
            entities += (yes_or_no(answer, text),) if answer else ()
        return Draft(
            text=text,
            context=context,
            words=words,
            language=guess.language,
            sure=guess.sure,
            alarms=self._red_flags.find(every_word),
            answer=answer,
            withheld=withheld,
            beside=_beside(words, entities, context, languages),
            entities=entities,
            mended=_but_names(mender.mend(first_words), words, entities) if mender else first_words,
        )

    def _read_as(self, language: str, context: Context) -> tuple[str, ...]:
        """The lexicons in which small words are tried: the message's, the conversation's, then the others."""
        wanted = (language, context.language, *context.languages, *self._languages)
        return tuple(dict.fromkeys(x for x in wanted if x in known_languages()))


def _may_be_a_yes(entities: tuple[Entity, ...], context: Context) -> bool:
    """Whether a yes is looked for further on. A day beside praise is a wish where no time waits for a yes."""
    waits = any(choice.start is not None for choice in context.choices)
    return context.asking == "yes_no" and (waits or not any(e.entity == "wish" for e in entities))


def _beside(
    words: tuple[Word, ...], entities: tuple[Entity, ...], context: Context, languages: tuple[str, ...]
) -> tuple[Word, ...]:
    """Only where a yes is waited for; the time that waits for one says yes, too."""
    starts = {choice.value for choice in context.choices if choice.start is not None}
    agrees = any(
        (e.entity == "yes_no" and e.value is True) or (e.entity == "choice" and e.value in starts)
        for e in entities
    )
    if context.asking != "yes_no" or not agrees:
        return ()
    return beside_yes(words[:MENDED_WORDS], entities, context.choices, languages)


def _but_names(mended: tuple[str, ...], words: Sequence[Word], entities: Sequence[Entity]) -> tuple[str, ...]:
    """What somebody is called has no slips: "Анна Поль" is not in pain."""
    people = [e for e in entities if e.entity in ("person", "companion")]
    return tuple(
        word.text if any(e.start <= word.start < e.end for e in people) else mend
        for mend, word in zip(mended, words, strict=False)
    )


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
