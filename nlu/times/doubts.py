"""How likely a message was misread, so that its time is said back first: learnt from what was misread.

What was found leaves signs: which kinds of days and hours follow which, what stands between them, which words
of time no reading took up, how much else was said. What each weighs is learnt (`python -m bench.doubts`) from
sentences whose authors told what they mean; it lies in nlu/learnt/doubts.json.
"""

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from nlu.times.pieces import Clock, Days, Piece
from nlu.times.stories import tells_the_past
from nlu.times.tape import Tape

SHIPPED = Path(__file__).parents[1] / "learnt" / "doubts.json"
#: From so likely on, a patient is asked. To be misread unasked costs a wrong visit, to be asked one tap.
ASKED_FROM = 0.04
#: The same for an answer to when they would like to come: it is seldom about anything else.
ANSWER_ASKED_FROM = 0.11
_UNKNOWN_WORDS = 40  # of a message that are looked at
_FIRST = 4  # pieces of which the order is a sign as a whole
_POLITE = frozenset({"soft", "filler", "wishing"})  # "can I", "please", a comma
_ASKING = ("wishing", "whenever", "asap", "moving", "booked")
_READ, _PIECE, _UNKNOWN = "read", "piece", "unknown"


@dataclass(frozen=True, slots=True)
class Doubts:
    """`weights` of signs, in log-odds."""

    bias: float
    weights: Mapping[str, float]

    def are_raised_by(self, tape: Tape, pieces: Sequence[Piece]) -> bool:
        likely = self.that(signs(tape, pieces))
        return likely >= (ANSWER_ASKED_FROM if tape.asked_for_time else ASKED_FROM)

    def that(self, signs: Mapping[str, float]) -> float:
        """How likely a message with these signs was misread: 0 to 1."""
        odds = self.bias + sum(self.weights.get(sign, 0.0) * size for sign, size in signs.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


#: Believes every reading that has no rival.
NO_DOUBTS = Doubts(bias=-30.0, weights={})


@lru_cache(maxsize=1)
def shipped() -> Doubts:
    content = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return Doubts(bias=content["bias"], weights=content["weights"])


def signs(tape: Tape, pieces: Sequence[Piece]) -> Mapping[str, float]:
    """Name -> how often, or how much of it; of no language but for the one that says which."""
    told = sorted(pieces, key=lambda piece: piece.start)
    left = [lexeme for place, lexeme in enumerate(tape.lexemes) if place not in tape.read]
    unknown = [lexeme.text for lexeme in left if not lexeme.senses][:_UNKNOWN_WORDS]
    row = _row(tape, told)
    kinds = [_kind(piece) for piece in told]
    found = Counter(_of_pieces(told, kinds))
    found.update(_beside_pieces(row))
    found.update([f"said {said}" for said in set(row)])
    found.update([f"left {sense}" for lexeme in left for sense in lexeme.senses if sense != "soft"])
    if all(not _POLITE.isdisjoint(lexeme.senses) for lexeme in left):
        found.update(("nothing else", " > ".join(["nothing but", *kinds[:_FIRST]])))
    asks = tape.asked_for_time or not tape.kinds.isdisjoint(_ASKING)
    found[" > ".join(["asks" if asks else "asks for nothing", *kinds[:1]])] += 1
    return {
        **found,
        f"in {tape.vocabulary.language}": 1.0,
        "pieces": min(len(told), 8) / 4,
        "words": min(len(tape), 60) / 20,
        "unknown": len(unknown) / 15,
        "perhaps a slip": sum(map(tape.vocabulary.may_misspell, unknown)),
        "of the past": float(tells_the_past(tape, pieces)),
        "pauses": sum("soft" in lexeme.senses for lexeme in tape.lexemes) / 5,
        "hesitates": float(tape.hesitates),
    }


def _of_pieces(told: Sequence[Piece], kinds: Sequence[str]) -> Iterator[str]:
    """What was found, how it hangs together, and in which order."""
    for piece, kind in zip(told, kinds, strict=True):
        yield kind
        yield f"{kind} {piece.link}"
        if isinstance(piece.found, Days) and piece.found.others:
            yield "other days"
    yield from (f"{one} > {other}" for one, other in pairwise(kinds))
    yield " > ".join(["first", *kinds[:_FIRST]])


def _kind(piece: Piece) -> str:
    flags = "not " * piece.negated + "but " * piece.excluding + "from " * piece.dismissed
    match piece.found:
        case Days(kind=kind, bound=bound):
            return f"{flags}{bound or 'on'} {kind}"
        case Clock(shape=shape, sure=sure):
            return f"{flags}{shape}{'' if sure else '?'}"
        case other:
            return flags + type(other).__name__.lower()


def _row(tape: Tape, told: Sequence[Piece]) -> list[str]:
    """The message as pieces, what was read beside them, and the senses of all that was left."""
    ends = {piece.start: piece.end for piece in told}
    row: list[str] = []
    place = 0
    while place < len(tape):
        if place in ends:
            row.append(_PIECE)
            place = max(place + 1, ends[place])
            continue
        row.append(_READ if place in tape.read else "+".join(sorted(tape.at(place).senses)) or _UNKNOWN)
        place += 1
    return row


def _beside_pieces(row: Sequence[str]) -> Iterator[str]:
    """What stands next to a piece, and what near it."""
    for place, said in enumerate(row):
        if said != _PIECE:
            continue
        for apart in (-3, -2, -1, 1, 2, 3):
            other = place + apart
            if 0 <= other < len(row) and row[other] not in (_UNKNOWN, "soft"):
                where = {-1: "before", 1: "behind"}.get(apart, "far before" if apart < 0 else "far behind")
                yield f"{where} {row[other]}"
