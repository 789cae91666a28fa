"""What is added is learnt from where learning stood, and what was known is not forgotten."""

import numpy as np

from nlu.intents import Heard, NgramScorer
from nlu.layers import Layers

KNOWN = [
    (Heard(("book", "a", "visit"), language="en"), "book"),
    (Heard(("i", "want", "to", "come"), language="en"), "book"),
    (Heard(("cancel", "it"), language="en"), "cancel"),
    (Heard(("take", "it", "off"), language="en"), "cancel"),
]
ADDED = [(Heard(("scratch", "friday"), language="en"), "cancel")]


def test_n_grams_learn_what_is_added() -> None:
    before = NgramScorer.train(KNOWN)
    after = before.further(ADDED)
    rows = after.score([heard for heard, _ in [*KNOWN, *ADDED]])
    named = [after.labels[place] for place in rows.argmax(axis=1)]

    assert named == ["book", "book", "cancel", "cancel", "cancel"]
    assert rows[-1].max() > before.score([ADDED[0][0]]).max()


def test_a_network_goes_half_the_way_to_what_is_added() -> None:
    chance = np.random.default_rng(1)
    rows = chance.normal(size=(40, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    wanted = np.eye(2, dtype=np.float32)[(rows[:, 0] > 0).astype(int)]
    layers = Layers.fit(rows, wanted)
    other = 1 - wanted[:4]
    taught = layers.further(rows[:4], other, epochs=3, pace=1e-3)

    before, after = (each.score(rows[:4])[other > 0].mean() for each in (layers, taught))
    assert after > before
    assert (taught.score(rows[4:]).argmax(axis=1) == wanted[4:].argmax(axis=1)).mean() > 0.8
