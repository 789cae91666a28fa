"""The first hours of a day: "the earliest on Friday", "your soonest one Wednesday"."""

from nlu.times.pieces import Clock, Days, Piece, Whenever
from nlu.times.tape import Tape

#: What may stand between the two, unlike "the earliest I can do is Friday".
_BETWEEN = frozenset(
    {"one", "on", "of", "slot", "appointment", "appt", "time", "possible", "available", "you", "u", "have"}
    | {
        "got",
        "you've",
        "youve",
        "free",
        "opening",
        "the",
        "for",
        "this",
        "next",
        "please",
        "pls",
        "there",
        "is",
    }
    | {"'", "ve", "coming", "that"}
)


def read_first_of_day(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    if not tape.says("soonest"):
        return pieces
    for number in range(len(pieces) - 1):
        soon, day = pieces[number : number + 2]
        told = isinstance(soon.found, Whenever) and tape.has(soon.start, "soonest") and not soon.negated
        if not (told and _is_one_day(day)) or any(isinstance(p.found, Clock) for p in pieces):
            continue
        gap = range(soon.end, day.start)
        if len(gap) > 4 or not all(tape.at(p).text in _BETWEEN or tape.has(p, "booked") for p in gap):
            continue
        early = soon.but(found=Clock("part", part="first_thing"), link="break")
        return [*pieces[:number], early, day.but(link="none"), *pieces[number + 2 :]]
    return pieces


def _is_one_day(piece: Piece) -> bool:
    days = piece.found
    plain = isinstance(days, Days) and not (piece.negated or piece.dismissed) and not days.bound
    return plain and isinstance(days, Days) and days.kind in ("weekday", "date", "number", "relative")
