"""Entities of any content: known words, patterns, numbers, and new words where examples leave a gap.

"to [Rome](city)" and "[small](size)" make "Rome" and "small" known; "my name is [Anna](name)" makes whatever
follows "my name is", and is no everyday word, a name.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import re2  # type: ignore[import-untyped]

from nlu.own_examples import Marked, OwnExamples, Phrase
from nlu.understanding import Entity
from nlu.words import Word, cut, plain_words

_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)?(?![\w])")
_LONGEST_GAP = 4  # words


@dataclass(frozen=True, slots=True)
class _Known:
    """What a phrase stands for. `value` None: as the patient wrote it."""

    entity: str
    value: Any = None


class OwnEntities:
    """Finds what examples, lookups, synonyms and patterns taught. Of two that overlap, the longer counts."""

    def __init__(
        self,
        taught: OwnExamples,
        *,
        values: Mapping[str, Sequence[str]],
        ordinary: frozenset[str],
        small: frozenset[str] = frozenset(),
    ) -> None:
        """`values` are those that an entity's slots have. No new value begins or ends with an `ordinary`
        word; within it only `small` ones may stand."""
        marked = [mark for example in taught.examples for mark in example.marked]
        self._phrases: dict[str, dict[Phrase, dict[_Known, None]]] = defaultdict(dict)
        for mark in marked:
            self._learn(mark.text, _Known(mark.entity, mark.value))
        for entity, text in taught.lookups:
            self._learn(text, _Known(entity))
        for entity, texts in values.items():
            for text in texts:
                self._learn(text, _Known(entity, text))
        self._synonyms = dict(taught.synonyms)
        self._learn_synonyms(taught)
        self._patterns = [
            (entity, pattern) for entity, text in taught.patterns if (pattern := _compiled(text)) is not None
        ]
        self._numeric = _numeric(marked)
        self._marked = marked
        closed = {entity for entity, _ in taught.lookups} | set(values) | self._numeric
        self._gaps = [m for m in marked if m.entity not in closed and any(w != "^" for w in m.before)]
        alone = {m.entity for m in marked if m.entity not in closed and (m.before, m.after) == (("^",), "$")}
        self._alone = next(iter(alone)) if len(alone) == 1 else None
        self._ordinary = ordinary
        self._small = small

    @property
    def names(self) -> frozenset[str]:
        return frozenset(mark.entity for mark in self._marked) | {entity for entity, _ in self._patterns}

    def find(self, text: str, *, answers: bool = False) -> list[Entity]:
        """`answers`: a question waits, so a bare new word may be the one entity that examples show alone."""
        words = cut(text)
        found = [*self._known(text, words), *self._matches(text)]
        taken = _longest(found)
        taken += [e for e in self._numbers(text) if not _touches(e, taken)]
        taken += [e for e in _longest(self._in_gaps(text, words)) if not _touches(e, taken)]
        if answers and not taken:
            taken += self._bare(text, words)
        return sorted((self._with_role(e, words) for e in taken), key=lambda e: (e.start, e.end, e.entity))

    def _learn(self, text: str, known: _Known) -> None:
        phrase = plain_words(text)
        if phrase:
            self._phrases[phrase[0]].setdefault(phrase, {})[known] = None

    def _learn_synonyms(self, taught: OwnExamples) -> None:
        """A synonym of something known names the same entity."""
        for phrase, value in taught.synonyms:
            meant = plain_words(value)
            known = self._phrases.get(meant[0], {}).get(meant, {}) if meant else {}
            for each in list(known):
                self._learn(" ".join(phrase), _Known(each.entity, value))

    def _known(self, text: str, words: Sequence[Word]) -> Iterable[Entity]:
        for at, word in enumerate(words):
            for phrase, meanings in self._phrases.get(word.text, {}).items():
                if tuple(w.text for w in words[at : at + len(phrase)]) == phrase:
                    span = (word.start, words[at + len(phrase) - 1].end)
                    for known in {m.entity: m for m in meanings}.values():
                        value = known.value if known.value is not None else self._value(text, span)
                        yield _entity(known.entity, value, text, span)

    def _matches(self, text: str) -> Iterable[Entity]:
        for entity, pattern in self._patterns:
            for match in pattern.finditer(text):
                if match.end() > match.start():
                    span = (match.start(), match.end())
                    yield _entity(entity, self._value(text, span), text, span)

    def _numbers(self, text: str) -> Iterable[Entity]:
        for entity in sorted(self._numeric):
            for match in _NUMBER.finditer(text):
                yield _entity(entity, match[0], text, match.span())

    def _in_gaps(self, text: str, words: Sequence[Word]) -> Iterable[Entity]:
        """New words where an example has an entity: after the same two words, before the same word."""
        framed = ("^", *(word.text for word in words), "$")
        for mark in self._gaps:
            for at in range(1, len(framed) - 1):
                if framed[max(at - len(mark.before), 0) : at] != mark.before:
                    continue
                for end in range(at + 1, min(at + _LONGEST_GAP, len(framed) - 1) + 1):
                    last = framed[end - 1]
                    if last in self._ordinary and (end == at + 1 or last not in self._small):
                        break
                    if framed[end] == mark.after and last not in self._ordinary:
                        span = (words[at - 1].start, words[end - 2].end)
                        yield _entity(mark.entity, self._value(text, span), text, span)
                        break

    def _bare(self, text: str, words: Sequence[Word]) -> Iterable[Entity]:
        if self._alone is None or not 0 < len(words) <= _LONGEST_GAP:
            return
        if not any(word.text in self._ordinary for word in words):
            span = (words[0].start, words[-1].end)
            yield _entity(self._alone, self._value(text, span), text, span)

    def _value(self, text: str, span: tuple[int, int]) -> str:
        said = text[span[0] : span[1]]
        return self._synonyms.get(plain_words(said), said)

    def _with_role(self, entity: Entity, words: Sequence[Word]) -> Entity:
        """The role and group that examples give it after such words; else the only ones it ever has."""
        marks = [mark for mark in self._marked if mark.entity == entity.entity]
        before = ("^", *(w.text for w in words if w.end <= entity.start))[-2:]
        told = [m for m in marks if m.before == before] or [m for m in marks if m.before[-1:] == before[-1:]]
        counted = Counter((m.role, m.group) for m in told or marks)
        if not counted or (not told and len(counted) > 1):
            return entity
        role, group = min(counted, key=lambda pair: (-counted[pair], str(pair)))
        return replace(entity, role=role, group=group)


def _compiled(text: str) -> Any:
    """None for a pattern that a linear-time engine does not take."""
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error:
        return None


def _numeric(marked: Sequence[Marked]) -> frozenset[str]:
    """Entities that are always a number."""
    texts: dict[str, list[str]] = defaultdict(list)
    for mark in marked:
        texts[mark.entity].append(mark.text)
    return frozenset(e for e, every in texts.items() if all(_NUMBER.fullmatch(text) for text in every))


def _longest(found: Iterable[Entity]) -> list[Entity]:
    """Two kinds may share a place; what overlaps otherwise is the shorter one's loss."""
    taken: list[Entity] = []
    for entity in sorted(found, key=lambda e: (e.start - e.end, e.start, e.entity)):
        place = (entity.start, entity.end)
        rivals = [o for o in taken if _touches(entity, [o])]
        if all((o.start, o.end) == place and o.entity != entity.entity for o in rivals):
            taken.append(entity)
    return taken


def _touches(entity: Entity, others: Sequence[Entity]) -> bool:
    return any(entity.start < other.end and other.start < entity.end for other in others)


def _entity(name: str, value: Any, text: str, span: tuple[int, int]) -> Entity:
    return Entity(entity=name, value=value, start=span[0], end=span[1], text=text[span[0] : span[1]])
