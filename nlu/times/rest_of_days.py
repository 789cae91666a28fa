"""Hours behind days that are left out: "any day but Wednesday and Friday, 5 to 7"."""

from dataclasses import replace

from nlu.times.pieces import Clock, Days, Piece

_BOUNDS = ("range", "after", "before")


def leave_out_the_day_first(pieces: list[Piece]) -> list[Piece]:
    """ "Any day but the evening of Friday", "кроме вечера пятницы": as "but Friday evening"."""
    for number in range(len(pieces) - 1):
        hours, day = pieces[number : number + 2]
        left_out = hours.excluding and isinstance(hours.found, Clock) and hours.found.shape == "part"
        of_it = isinstance(day.found, Days) and day.found.ranges and day.link == "none" and not day.negated
        if left_out and of_it:
            of_day = hours.but(start=day.start, end=day.end, negated=False, excluding=False, link="none")
            told = [day.but(negated=True, excluding=True, link=hours.link), of_day]
            return [*pieces[:number], *told, *pieces[number + 2 :]]
    return pieces


def keep_hours_of_the_rest(pieces: list[Piece]) -> list[Piece]:
    """Bounds are of all the other days where several are left out, and may be of one that is alone. A part of
    a day belongs to the day: "any day but Tuesday morning"."""
    for number, piece in enumerate(pieces):
        hours = piece.found
        if not isinstance(hours, Clock) or hours.shape not in _BOUNDS or piece.link != "none":
            continue
        left_out = 0
        while left_out < number and _is_left_out(pieces[number - 1 - left_out]):
            left_out += 1
        if not left_out:
            continue
        found = replace(hours, sure=hours.sure and left_out > 1)
        kept = piece.but(found=found, negated=False, excluding=False, link="soft")
        return [*pieces[:number], kept, *pieces[number + 1 :]]
    return pieces


def _is_left_out(piece: Piece) -> bool:
    return piece.excluding and isinstance(piece.found, Days)
