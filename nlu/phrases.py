"""A small language for phrases that people without a programmer can read and write, and its matcher.

    can't breathe        the words follow one another; small words of the language may stand between
    breath*              any word that begins so
    face/cheek/jaw       any of these
    stop .. bleeding     up to three other words between
    face/cheek + swollen both parts in one sentence, at most seven words apart, in any order

Long words are recognised with a slip in them, unless the slip makes another known word.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from nlu.words import Word, fold_text, plain_words

_GAP = 3  # words that ".." spans at most
_NEAR = 7  # words between the parts of "+"
_SLIP_FROM = 5  # letters; two slips from nine
_REPAIRED_WORDS = 2000  # of one message; keeps nonsense of any length cheap


_Place = tuple[int, ...]  # the words that matched a part


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase at words[first:last + 1]. `parts` are the words that matched, of a phrase with "+" several."""

    name: str
    first: int
    last: int
    parts: tuple[_Place, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    words: frozenset[str]
    stems: tuple[str, ...]
    after_gap: bool


@dataclass(frozen=True, slots=True)
class _Phrase:
    name: str
    parts: tuple[tuple[_Step, ...], ...]


class PhraseBook:
    """Named phrases of one language. `known` are words that are never taken for a slip of another."""

    def __init__(
        self,
        phrases: Iterable[tuple[str, str]],
        *,
        small_words: Collection[str],
        known: Collection[str],
        exact: Collection[str] = (),
        spelling: Callable[[str], str] = str,
    ) -> None:
        """Phrases named in `exact` forgive no slip; `spelling` rewrites phrases for another alphabet."""
        self._small = frozenset(small_words)
        self._spelling = spelling
        self._phrases = [_parse(name, phrase, spelling) for name, phrase in phrases]
        steps = [step for phrase in self._phrases for part in phrase.parts for step in part]
        self._words = frozenset(word for step in steps for word in step.words)
        self._stems: dict[str, list[str]] = {}  # by their first letter
        for stem in sorted({stem for step in steps for stem in step.stems}):
            self._stems.setdefault(stem[0], []).append(stem)
        self._known = frozenset(known)  # most share one set of many thousands of words
        lenient = [s for phrase in self._phrases if phrase.name not in exact for p in phrase.parts for s in p]
        self._long_words: dict[int, list[str]] = {}
        for word in sorted({w for step in lenient for w in step.words if len(w) >= _SLIP_FROM}):
            self._long_words.setdefault(len(word), []).append(word)
        self._long_stems: dict[str, list[str]] = {}
        for stem in sorted({s for step in lenient for s in step.stems if len(s) >= _SLIP_FROM}):
            self._long_stems.setdefault(stem[0], []).append(stem)
        self._readings = lru_cache(maxsize=4096)(self._read)
        self._by_opening: dict[str, list[tuple[int, int]]] = {}
        for number, phrase in enumerate(self._phrases):
            for part_number, part in enumerate(phrase.parts):
                for opening in (*part[0].words, *(f"{stem}*" for stem in part[0].stems)):
                    self._by_opening.setdefault(opening, []).append((number, part_number))

    def reads(self, word: str) -> bool:
        """Whether a word stands in some phrase, or begins with a long stem of one."""
        return word in self._words or any(word.startswith(s) for s in self._long_stems.get(word[:1], ()))

    def find(self, words: Sequence[Word]) -> list[Found]:
        """Every phrase in the words, in order of where it begins."""
        readings: list[frozenset[str]] = []
        repaired: set[str] = set()
        for word in words:
            may_repair = len(repaired) < _REPAIRED_WORDS
            readings.append(self._readings(word.text, may_repair))
            repaired.add(word.text)
        seen: dict[tuple[int, int], list[_Place]] = {}
        for at, reading in enumerate(readings):
            starts = {place for opening in reading for place in self._by_opening.get(opening, ())}
            for place in starts:
                matched = self._match(self._phrases[place[0]].parts[place[1]], words, readings, at)
                if matched is not None:
                    seen.setdefault(place, []).append(matched)
        found = [f for number in {n for n, _ in seen} for f in self._assemble(number, seen, words)]
        return sorted(found, key=lambda f: (f.first, f.last, f.name))

    def _assemble(
        self, number: int, seen: dict[tuple[int, int], list[_Place]], words: Sequence[Word]
    ) -> list[Found]:
        phrase = self._phrases[number]
        if len(phrase.parts) == 1:
            return [Found(phrase.name, part[0], part[-1], (part,)) for part in seen[(number, 0)]]
        if any((number, part) not in seen for part in range(len(phrase.parts))):
            return []
        found = []
        candidates = [seen[(number, part)] for part in range(1, len(phrase.parts))]
        for opening in seen[(number, 0)]:
            parts = _joined((opening,), candidates, words)
            if parts is not None:
                first, last = min(part[0] for part in parts), max(part[-1] for part in parts)
                found.append(Found(phrase.name, first, last, parts))
        return found

    def _match(
        self, steps: tuple[_Step, ...], words: Sequence[Word], readings: Sequence[frozenset[str]], at: int
    ) -> _Place | None:
        """The words of a phrase that begins at `at`; of several ways to its end, the shortest."""
        ways: dict[int, _Place] = {at: (at,)}
        for step in steps[1:]:
            reached: dict[int, _Place] = {}
            for end, way in ways.items():
                for position in self._ahead(words, end, gap=step.after_gap):
                    if _fits(step, readings[position]):
                        reached.setdefault(position, (*way, position))
            if not reached:
                return None
            ways = reached
        return ways[min(ways)]

    def _ahead(self, words: Sequence[Word], end: int, *, gap: bool) -> Iterable[int]:
        skipped = 0
        for position in range(end + 1, min(end + 8, len(words))):
            if words[position].sentence != words[end].sentence:
                return
            yield position
            if words[position].text not in self._small:
                skipped += 1
                if not gap or skipped > _GAP:
                    return

    def _read(self, word: str, may_repair: bool) -> frozenset[str]:
        """Which words and stems of the book a word of a message is."""
        read = {f"{stem}*" for stem in self._stems.get(word[:1], ()) if word.startswith(stem)}
        if word in self._words:
            read.add(word)
        if not read and may_repair and word not in self._known and _SLIP_FROM <= len(word) <= 30:
            read |= self._slips(word)
            read |= {f"{s}*" for s in self._long_stems.get(word[0], ()) if _slip_in_stem(word, s)}
        return frozenset(read)

    def _slips(self, word: str) -> set[str]:
        """Words of the book that this one is, but for a slip; two in words of nine letters."""
        found: set[str] = set()
        for size in range(len(word) - 2, len(word) + 3) if word.isalpha() else ():
            near = process.extract(
                word,
                self._long_words.get(size, ()),
                scorer=OSA.distance,
                score_cutoff=2 if size >= 9 else 1,
                limit=None,
            )
            found |= {str(match) for match, *_ in near}
        return found


def _fits(step: _Step, reading: frozenset[str]) -> bool:
    return not step.words.isdisjoint(reading) or any(f"{stem}*" in reading for stem in step.stems)


def _slip_in_stem(word: str, stem: str) -> bool:
    """A slip within the stem, whatever the ending: "gonffiore" for "gonfi*"."""
    size = len(stem)
    return len(word) >= size and any(
        OSA.distance(word[:length], stem, score_cutoff=1) <= 1 for length in (size - 1, size, size + 1)
    )


def _joined(
    parts: tuple[_Place, ...], candidates: Sequence[list[_Place]], words: Sequence[Word]
) -> tuple[_Place, ...] | None:
    """`parts` with one of each of `candidates`, near the first part, no two of them sharing a word."""
    if not candidates:
        return parts
    opening = parts[0]
    taken = {at for part in parts for at in part}
    middle = bisect_left(candidates[0], opening)
    for candidate in candidates[0][max(0, middle - 4) : middle + 5]:
        apart = max(candidate[0] - opening[-1], opening[0] - candidate[-1])
        same_sentence = words[candidate[0]].sentence == words[opening[0]].sentence
        if apart <= _NEAR + 1 and same_sentence and taken.isdisjoint(candidate):
            joined = _joined((*parts, candidate), candidates[1:], words)
            if joined is not None:
                return joined
    return None


def _parse(name: str, phrase: str, spelling: Callable[[str], str]) -> _Phrase:
    return _Phrase(name, tuple(_part(part, phrase, spelling) for part in phrase.split(" + ")))


def _part(part: str, phrase: str, spelling: Callable[[str], str]) -> tuple[_Step, ...]:
    steps: list[_Step] = []
    after_gap = False
    for piece in part.split():
        if piece == "..":
            after_gap = True
            continue
        options = [option for option in piece.split("/") if option]
        stems = tuple(spelling(fold_text(option[:-1])) for option in options if option.endswith("*"))
        plain = [plain_words(option) for option in options if not option.endswith("*")]
        if len(plain) == 1 and not stems and len(plain[0]) > 1:  # "c'è" is two words
            steps += [
                _Step(frozenset({spelling(word)}), (), after_gap and i == 0)
                for i, word in enumerate(plain[0])
            ]
        else:
            if not all(len(words) == 1 for words in plain) or not all(stems):
                raise ValueError(f'phrase "{phrase}": each alternative in "{piece}" must be one word')
            steps.append(_Step(frozenset(spelling(words[0]) for words in plain), stems, after_gap))
        after_gap = False
    if not steps:
        raise ValueError(f'phrase "{phrase}" has an empty part')
    return tuple(steps)
