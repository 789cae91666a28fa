"""Slips of the finger, as `chairside evaluate --typos` puts them in."""

from nlu.slips import with_slips
from nlu.training_examples import Example

SENTENCES = [
    Example(text="vorrei spostare la visita di martedì", intent="reschedule_visit", language="it"),
    Example(text="a b 12 ok", intent="affirm", language="en"),
]


def test_the_same_seed_slips_in_the_same_places() -> None:
    first = with_slips(SENTENCES, share=0.5, seed=1)

    assert with_slips(SENTENCES, share=0.5, seed=1) == first
    assert with_slips(SENTENCES, share=0.5, seed=2) != first


def test_only_letters_of_longer_words_slip() -> None:
    [_, short] = with_slips(SENTENCES, share=1, seed=1)
    [untouched, _] = with_slips(SENTENCES, share=0, seed=1)

    assert short == SENTENCES[1]
    assert untouched == SENTENCES[0]


def test_a_slip_changes_one_word_by_a_letter_or_two() -> None:
    [slipped, _] = with_slips(SENTENCES, share=1, seed=3)
    pairs = list(zip(slipped.text.split(), SENTENCES[0].text.split(), strict=True))

    assert all(abs(len(a) - len(b)) <= 1 for a, b in pairs)
    assert sum(a != b for a, b in pairs) >= 3
