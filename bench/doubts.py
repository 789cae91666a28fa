"""Learns when a time that a patient told is said back before it is believed: from what was misread.

    python -m bench.doubts             # how well doubts would tell what they have not seen
    python -m bench.doubts --keep      # and nlu/learnt/doubts.json anew, from all sentences

Each sentence of tests/nlu/unseen, written by others and never developed on, is read, and its author's word
for what it means says whether that was right. Those of the folders that the parser was developed on count
less: there hardly anything is left to be misread. Those of tests/nlu/plain are as plain as most messages are.
A logistic regression over the signs of nlu.times.doubts.
What is printed is of five parts of the unseen ones, each judged by what the rest taught. The sealed ones and
those of people are never learnt from; bench.times measures them.
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML

from bench.times import NOW, read_ours
from bench.wanted import verdict
from nlu.times import signs_of
from nlu.times.doubts import ASKED_FROM, NO_DOUBTS, SHIPPED, Doubts
from nlu.understanding import Context
from nlu.words import plain_words

WRITTEN = Path(__file__).parents[1] / "tests" / "nlu"
UNSEEN = "unseen"
#: Folder -> what one of its sentences counts.
FOLDERS = {UNSEEN: 1.0, "plain": 2.0}
FOLDERS |= dict.fromkeys(("strangers", "dev", "phone", "registers", "open"), 0.3)
#: What is for measuring alone. Short answers are said by everybody; here not even those are learnt from.
HELD_APART = ("sealed", "people")
_PARTS = 5
_SEEN_IN = 4  # messages in which a sign has to be, or nothing is learnt of it
_LIGHTNESS = 1.0  # the larger, the more a sign may weigh
_ROUNDS, _PACE, _PULL, _SWING = 1500, 0.05, 0.9, 0.999  # of Adam

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """One sentence: its signs, and whether no reading was what its author meant."""

    signs: Mapping[str, float]
    misread: bool
    counts: float
    unseen: bool


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--keep", action="store_true", help="learn from all, and write what was learnt")
    given = arguments.parse_args()
    cases = [case for folder, counts in FOLDERS.items() for case in _cases(folder, counts)]
    print(f"{len(cases)} sentences, {sum(case.unseen for case in cases)} of them unseen")
    print(_shown(cases, across_parts(cases)))
    if given.keep:
        learnt = learn(cases)
        rounded = {sign: round(weight, 3) for sign, weight in sorted(learnt.weights.items())}
        weights = {sign: weight for sign, weight in rounded.items() if weight}
        kept = {"bias": round(learnt.bias, 3), "weights": weights}
        SHIPPED.write_text(json.dumps(kept, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
        print(f"{len(weights)} signs in {SHIPPED.name}")


def _cases(folder: str, counts: float) -> Iterator[Case]:
    for language, case in sentences_taught(folder):
        now = datetime.fromisoformat(str(case.get("now", NOW)))
        answer = read_ours(case["text"], language, now, doubts=NO_DOUBTS)
        said = verdict(case["want"], answer, now)
        if said in ("right", "wrong"):  # where nothing was found, or rivals, doubts have nothing to say
            context = Context(now=now, languages=(language,))
            signs = signs_of(case["text"], language=language, context=context)
            yield Case(signs, said == "wrong", counts, folder == UNSEEN)


def sentences_taught(folder: str) -> Iterator[tuple[str, dict[str, str]]]:
    """With their language; without those that stand in HELD_APART as well."""
    apart = held_apart()
    return (each for each in sentences(folder) if plain_words(each[1]["text"]) not in apart)


@lru_cache(maxsize=1)
def held_apart() -> frozenset[tuple[str, ...]]:
    return frozenset(plain_words(case["text"]) for folder in HELD_APART for _, case in sentences(folder))


def sentences(folder: str) -> Iterator[tuple[str, dict[str, str]]]:
    for file in sorted((WRITTEN / folder).glob("*/dates.yml")):
        for case in YAML(typ="safe", pure=True).load(file.read_text("utf-8")):
            yield file.parent.name, case


def learn(cases: Sequence[Case]) -> Doubts:
    """Logistic regression with an L2 penalty over all cases at once: the same each time."""
    seen = Counter(sign for case in cases for sign in case.signs)
    names = sorted(sign for sign, times in seen.items() if times >= _SEEN_IN)
    column = {name: number for number, name in enumerate(names)}
    entries = [
        (row, column[sign], size)
        for row, case in enumerate(cases)
        for sign, size in case.signs.items()
        if sign in column and size
    ]
    rows, columns = (np.array([entry[n] for entry in entries]) for n in (0, 1))
    sizes = np.array([entry[2] for entry in entries], dtype=float)
    misread = np.array([case.misread for case in cases], dtype=float)
    counts = np.array([case.counts for case in cases])

    def slope(weights: Vector) -> Vector:
        odds = np.bincount(rows, sizes * weights[columns], minlength=len(cases)) + weights[-1]
        off = counts * (1 / (1 + np.exp(-odds)) - misread)
        of_signs = np.bincount(columns, sizes * off[rows], minlength=len(names))
        return np.append(of_signs + weights[:-1] / _LIGHTNESS, off.sum())

    *weights, bias = _descended(slope, len(names) + 1).tolist()
    return Doubts(bias=bias, weights=dict(zip(names, weights, strict=True)))


def _descended(slope: Callable[[Vector], Vector], size: int) -> Vector:
    """Where Adam comes to, from nothing; slower in the last third."""
    weights, pull, swing = (np.zeros(size) for _ in range(3))
    for turn in range(1, _ROUNDS + 1):
        down = slope(weights)
        pull = _PULL * pull + (1 - _PULL) * down
        swing = _SWING * swing + (1 - _SWING) * down**2
        pace = _PACE * min(1.0, 3 * (1 - turn / (_ROUNDS + 1)))
        weights -= pace * (pull / (1 - _PULL**turn)) / (np.sqrt(swing / (1 - _SWING**turn)) + 1e-8)
    return weights


def across_parts(cases: Sequence[Case]) -> list[float]:
    """How likely each unseen case is misread, by what was learnt without its part of them."""
    unseen = [case for case in cases if case.unseen]
    rest = [case for case in cases if not case.unseen]
    likely = [0.0] * len(unseen)
    for part in range(_PARTS):
        doubts = learn([*rest, *(case for n, case in enumerate(unseen) if n % _PARTS != part)])
        for number in range(part, len(unseen), _PARTS):
            likely[number] = doubts.that(unseen[number].signs)
    return likely


def _shown(cases: Sequence[Case], likely: Sequence[float]) -> str:
    misread = np.array([case.misread for case in cases if case.unseen])
    lines = []
    for threshold in sorted({0.02, 0.03, ASKED_FROM, 0.06, 0.125, 0.2}):
        asked = np.array(likely) >= threshold
        lines.append(
            f"  asked from {threshold:5.3f} on: {asked[~misread].mean():.3f} of the right ones,"
            f" misread unasked {(misread & ~asked).mean():.3f} of all (misread {misread.mean():.3f})"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
