"""Days and hours in patients' words, in English, Italian and Russian: pure, deterministic, total.

How doubtful words are read. A weekday alone is the next one after today. "Next Friday" and "в следующую
пятницу" are those of next week, with the coming one as the second reading; "venerdì prossimo" is the coming
one, unless that is within two days. "In two weeks" is that day, with the week from it as the second reading.
A date without a year lies ahead. Hours without morning or afternoon follow the opening hours: "at 3" is
15:00. Weeks begin on Monday.
"""

from collections.abc import Mapping, Sequence

from nlu.times.apart import DOUBTFUL
from nlu.times.chains import find_pieces
from nlu.times.composing import compose
from nlu.times.doubts import Doubts, shipped, signs
from nlu.times.pieces import Piece
from nlu.times.tape import Tape
from nlu.times.vocabulary import spoken, vocabulary
from nlu.times.wishes import WISHED, wish_from
from nlu.transliteration import is_in_latin
from nlu.understanding import Context, Entity

__all__ = ["find_times", "is_in_doubt", "signs_of", "wish_from"]


def find_times(
    text: str, *, language: str, context: Context, doubts: Doubts | None = None
) -> tuple[Entity, ...]:
    """Entities `time`, `part_of_day`, `asap` and `birth_date`; the likeliest first, then in their order.

    Of entities on the same words, those of equal confidence are all meant ("any day but Monday" gives the
    days before and after it), those of less confidence are other readings. A time of day without a day gives
    a `part_of_day` (any day) and, where it is a point, a `time` at its next occurrence. Below 0.35 a time is
    named but not wished for: refused, or moved away from. An unknown language gives nothing. `doubts` are
    those that were learnt, unless others are given.
    """
    if language not in spoken() or (context.asking == "name" and _is_a_name(text)):
        return ()
    tape, pieces = _read(text, language, context)
    return compose(text, tape, pieces, doubts or shipped()) if pieces else ()


def signs_of(text: str, *, language: str, context: Context) -> Mapping[str, float]:
    """What in a message may tell that it was misread: what doubts are learnt from (nlu.times.doubts). Of an
    unknown language nothing."""
    return {} if language not in spoken() else signs(*_read(text, language, context))


def _read(text: str, language: str, context: Context) -> tuple[Tape, Sequence[Piece]]:
    tape = Tape(text, vocabulary(language, latin=language == "ru" and is_in_latin(text)), context)
    return tape, find_pieces(tape)


def is_in_doubt(entities: Sequence[Entity]) -> bool:
    """Whether a time that is wished for has rivals, or the message is like those that were misread.

    It is to be said back and asked for ("Tuesday 10 March, is that right?"), never acted upon at once.
    """
    return any(
        entity.entity in ("time", "part_of_day") and WISHED <= entity.confidence <= DOUBTFUL
        for entity in entities
        if not any(_is_surer(other, entity) for other in entities)
    )


def _is_surer(other: Entity, entity: Entity) -> bool:
    """Whether `entity` is only a less likely reading of the words of `other`."""
    overlap = other.start < entity.end and entity.start < other.end
    return overlap and other.confidence > max(entity.confidence, DOUBTFUL)


def _is_a_name(text: str) -> bool:
    """ "Domenico Sabato" answers "what is your name?", although Saturday is a day."""
    words = text.split()
    return 2 <= len(words) <= 4 and all(word.isalpha() and word.istitle() for word in words)
