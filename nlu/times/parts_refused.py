"""The day of which only parts are refused stays: "on Tuesday neither in the morning nor at lunch, only in the
evening"; and a holiday in which somebody has time: "отпуск с 16 по 29 марта, за это время"."""

from nlu.times.pieces import Clock, Days, Piece, Whenever
from nlu.times.tape import Tape

_NEITHER = frozenset({"ни", "neither", "nor", "ne"})
_LEAVE = frozenset({"отпуск", "каникулы"})
_IN_IT = frozenset({"время", "период", "дни", "промежуток"})


def keep_days_of_refused_parts(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """With the hours that are wished for behind the refused ones."""
    if not (tape.says("not") or tape.says("cannot")):
        return pieces
    pieces = _free_on_leave(tape, pieces)
    for number, day in enumerate(pieces):
        if not (day.negated and isinstance(day.found, Days)) or day.excluding:
            continue
        end = number + 1
        while end < len(pieces) and pieces[end].negated and isinstance(pieces[end].found, Clock):
            end += 1
        if end == number + 1 or end >= len(pieces) or not _says_neither(tape, day, pieces[end - 1]):
            continue
        hour, others = pieces[end], [p for p in pieces if isinstance(p.found, Days) and p is not day]
        if isinstance(hour.found, Clock) and hour.link != "none" and not others:
            kept = day.but(negated=False)
            return [*pieces[:number], kept, hour.but(link="none"), *pieces[end + 1 :]]
    return pieces


def _says_neither(tape: Tape, day: Piece, last: Piece) -> bool:
    return any(tape.at(p).text in _NEITHER for p in range(day.end, last.start))


def _free_on_leave(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    days = [n for n, p in enumerate(pieces) if isinstance(p.found, Days)]
    if len(days) != 1 or not pieces[days[0]].negated or not isinstance(pieces[-1].found, Whenever):
        return pieces
    leave = pieces[days[0]]
    if leave.excluding or tape.at(leave.start - 1).text not in _LEAVE:
        return pieces
    told = range(leave.end, pieces[-1].start)
    if not any(tape.at(p).text in _IN_IT and tape.has(p - 1, "this") for p in told):
        return pieces
    return [p.but(negated=False) if p is leave else p for p in pieces if not isinstance(p.found, Whenever)]
