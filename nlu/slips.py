"""Slips of the finger, put into sentences: to learn from them, and to measure what they cost."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nlu.training_examples import Example

_WORD = re.compile(r"[^\W\d_]{3,}")


def with_slips(examples: Sequence[Example], *, share: float, seed: int) -> list[Example]:
    """The same sentences with a slip of the finger in a `share` of their words; the same for the same seed.

    A slip leaves a letter out, doubles it, swaps it with the next or puts another in its place. Words of
    fewer than three letters are left alone.
    """
    chance = np.random.default_rng(seed)

    def slip(match: re.Match[str]) -> str:
        word = match.group()
        if chance.random() >= share:
            return word
        at = int(chance.integers(len(word) - 1))
        changed = (
            word[:at] + word[at + 1 :],
            word[: at + 1] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[int(chance.integers(len(word)))] + word[at + 1 :],
        )
        return changed[int(chance.integers(len(changed)))]

    return [replace(example, text=_WORD.sub(slip, example.text)) for example in examples]
