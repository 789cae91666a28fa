"""From messages that nobody understood to examples that somebody may want to add: a person decides.

Alike messages are put together, and beside each group stands the intent that comes nearest. No patient is
in it: names, numbers, addresses and every word that few messages share and no example has are left out.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlu.understanding import Understanding
from nlu.words import cut

Matrix = NDArray[np.float32]

_SURE = 0.5  # from here on a message was understood
_ALIKE = 0.6  # cosine to the middle of a group
_PERSONAL = frozenset({"person", "phone", "email", "birth_date"})
_LEFT_OUT = "…"
_MARKS = re.compile(rf"{_LEFT_OUT}(?:[\s,;:.'’\-–/+()@]*{_LEFT_OUT})+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Messages that are alike, as they may be shown, and what they might want: likeliest first."""

    texts: tuple[str, ...]
    nearest: tuple[tuple[str, float], ...]


def is_understood(read: Understanding) -> bool:
    """Whether there is nothing to learn: an intent that is sure, an entity, an emergency."""
    sure = read.intent is not None and read.intent.confidence >= _SURE and read.intent.name != "out_of_scope"
    return sure or bool(read.entities) or read.red_flag is not None


def suggestions(
    unread: Sequence[Understanding],
    *,
    encode: Callable[[Sequence[str]], Matrix],
    known: Collection[str],
    least: int,
) -> list[Suggestion]:
    """The largest groups first; of fewer than `least` messages none. `known` are the words of examples."""
    shown = _without_patients(unread, known, least)
    kept = [(text, read) for text, read in zip(shown, unread, strict=True) if text.strip(_LEFT_OUT + " ")]
    if not kept:
        return []
    groups = _groups(encode([text for text, _ in kept]))
    found = [
        Suggestion(
            texts=tuple(dict.fromkeys(kept[place][0] for place in group)),
            nearest=_nearest([kept[place][1] for place in group]),
        )
        for group in groups
        if len(group) >= least
    ]
    return sorted(found, key=lambda each: -len(each.texts))


def _without_patients(unread: Sequence[Understanding], known: Collection[str], least: int) -> list[str]:
    shared = Counter(word for read in unread for word in {w.text for w in cut(read.text)})
    shown = []
    for read in unread:
        taken = [(e.start, e.end) for e in read.entities if e.entity in _PERSONAL]
        for word in cut(read.text):
            common = word.text in known or (word.text.isalpha() and shared[word.text] >= least)
            if not common or any(character.isdecimal() for character in word.text):
                taken.append((word.start, word.end))
        text = list(read.text)
        for start, end in taken:
            text[start:end] = [_LEFT_OUT] + [""] * (end - start - 1)
        shown.append(_MARKS.sub(_LEFT_OUT, "".join(text)).strip())
    return shown


def _groups(rows: Matrix) -> list[list[int]]:
    """Each message joins the group whose middle is nearest, or begins one; deterministic."""
    groups: list[list[int]] = []
    sums: list[Matrix] = []
    for place, row in enumerate(rows):
        likeness = [float(row @ each / max(float(np.linalg.norm(each)), 1e-9)) for each in sums]
        best = int(np.argmax(likeness)) if likeness else -1
        if best >= 0 and likeness[best] >= _ALIKE:
            groups[best].append(place)
            sums[best] = sums[best] + row
        else:
            groups.append([place])
            sums.append(row)
    return groups


def _nearest(group: Sequence[Understanding]) -> tuple[tuple[str, float], ...]:
    total: defaultdict[str, float] = defaultdict(float)
    for read in group:
        for intent in read.intent_ranking:
            total[intent.name] += intent.confidence / len(group)
    ranked = sorted(total.items(), key=lambda each: (-each[1], each[0]))
    return tuple((name, round(share, 2)) for name, share in ranked[:3])
