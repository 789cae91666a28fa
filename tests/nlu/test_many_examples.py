"""Many examples are learnt in another way than few, in less memory; what is learnt is the same."""

import numpy as np
import pytest

from nlu.encoder import encode_many, encode_pieces
from nlu.intents import _fit


@pytest.mark.parametrize("rows", [80, 320], ids=["fewer rows than columns", "more rows than columns"])
def test_weights_are_the_same_whichever_unknowns_are_fewer(rows: int) -> None:
    chance = np.random.default_rng(20260302)
    told = (chance.random((rows, 160)) < 0.1).astype(np.float32)
    told /= np.maximum(np.linalg.norm(told, axis=1, keepdims=True), 1e-6)
    wanted = np.eye(5, dtype=np.float32)[chance.integers(0, 5, rows)]
    known = chance.normal(size=wanted.shape).astype(np.float32)
    nothing = np.zeros((rows, 240), dtype=np.float32)  # columns that say nothing

    found = _fit(told, wanted, before=known)
    otherwise = _fit(np.hstack([told, nothing]), wanted, before=known)

    assert np.abs(found).max() > 1
    np.testing.assert_allclose(otherwise[:160], found, atol=1e-4)
    assert not otherwise[160:].any()


def test_what_is_encoded_for_learning_is_what_is_heard() -> None:
    texts = ["ciao", "vorrei un appuntamento per giovedì, se si può", "", "завтра"] * 50

    told, heard = encode_many(texts), encode_pieces(texts)

    assert told.counts.tolist() == heard.counts.tolist()
    np.testing.assert_array_equal(told.rows, heard.rows)
    np.testing.assert_allclose(told.pieces, heard.pieces, rtol=1e-3, atol=1e-3)  # half as precise
