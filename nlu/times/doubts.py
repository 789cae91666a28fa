"""Tells whether a message may mean another time than the one that was read, so that it is said back first.

Nothing is doubted for being long or oddly spelt, only for what was left over: a weekday or an hour that no
reading took up, a "not" that refuses nothing, an "after" with nothing behind it, two hours of one day.
"""

from collections.abc import Sequence
from itertools import pairwise

from nlu.times.days import speaks_of_pain
from nlu.times.disagreements import (
    counts_from_another,
    disagree,
    ends_later,
    goes_round_the_week,
    hours_disagree,
    is_an_hour_or_a_day,
    is_astonished,
    is_beside_a_stay,
    is_conditioned,
    is_given_up,
    is_hour_of_the_last,
    is_out_of_bounds,
    lies_outside,
    may_be_moved,
    may_be_of_the_refused,
    refuses_in_two_ways,
)
from nlu.times.grouping import Spoken
from nlu.times.hours import opening_hours, part_hours
from nlu.times.leftovers import something_is_left
from nlu.times.pieces import Clock, Days, Piece
from nlu.times.refusals import is_a_condition, stands_in_a_condition
from nlu.times.stories import is_told_of, is_told_of_oneself
from nlu.times.tape import Tape

_NEAR = 3
_SOMEBODYS = frozenset({"hers", "his", "theirs", "mine", "ours"})  # "the slot after hers"
_SINGLE = {"weekday", "date", "number", "relative"}


def is_in_doubt(tape: Tape, pieces: Sequence[Piece], told: Sequence[Spoken]) -> bool:
    """`told`: what of `pieces` shares a time, neighbours that say one thing already made one."""
    settled = [piece for spoken in told for piece in sorted((*spoken.days, *spoken.clocks), key=_place)]
    return (
        something_is_left(tape)
        or _a_bound_is_bare(tape)
        or _a_refusal_is_left(tape, pieces)
        or _a_correction_is_left(tape, pieces)
        or _a_no_stands_between(tape, pieces)
        or _hesitates_between(tape, pieces)
        or _is_away_or_free(tape, pieces)
        or _another_day_is_better(tape, pieces)
        or _an_hour_stands_alone(told)
        or _is_vague_talk_of_money(tape, pieces)
        or _was_yesterday(tape, pieces)
        or _an_hour_is_excluded(tape, pieces)
        or _asks_for_nothing(tape, pieces)
        or _tells_a_story(tape, pieces)
        or is_conditioned(tape, pieces)
        or counts_from_another(tape, pieces)
        or is_given_up(tape, pieces)
        or is_beside_a_stay(tape, pieces)
        or hours_disagree(tape, pieces)
        or is_out_of_bounds(tape, pieces)
        or disagree(settled)
        or is_astonished(tape, pieces)
        or is_an_hour_or_a_day(pieces)
        or refuses_in_two_ways(tape, pieces)
        or goes_round_the_week(tape, pieces)
        or is_told_of(tape, pieces)
        or is_told_of_oneself(tape, pieces)
        or ends_later(pieces)
        or is_hour_of_the_last(pieces)
        or may_be_moved(tape, pieces)
        or may_be_of_the_refused(tape, pieces)
        or lies_outside(tape, pieces)
    )


def _a_bound_is_bare(tape: Tape) -> bool:
    """ "I fly on Saturday, can you see me before?", "before my holiday on the 14th" """
    for place in range(len(tape)):
        ends = place + 1 >= len(tape) or tape.has(place + 1, "soft") or tape.at(place + 1).text == "или"
        if place in tape.read:
            continue
        spans = (
            tape.has(place, "between")
            and not tape.has(place, "filler")
            and (ends or _reaches(tape, place, 1))
        )
        if spans or (tape.has(place, "by") and place + 1 in tape.read):  # "by close of business Thursday"
            return True
        leaves_early = tape.has(place - 1, "own_hours") and tape.has(place, "earlier")  # "esco prima"
        if ends and tape.has(place, "earlier", "later_on", "until", "by") and not leaves_early:
            return True
        of_something = tape.has(place + 1, "own", "day_number") or tape.is_unknown(place + 1)
        reaches = _reaches(tape, place, 1) or tape.at(place + 1).text in _SOMEBODYS
        if of_something and tape.has(place, "before", "after") and reaches:
            return True
    return False


def _a_refusal_is_left(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """A "not" beside a time that refused nothing: "Thursday works, Tuesday not so much"."""
    if any(piece.negated or piece.excluding or piece.dismissed for piece in pieces):
        return False
    for place in range(len(tape)):
        if place in tape.read or not tape.has(place, "cannot", "not", "except"):
            continue
        if tape.at(place).text in ("but", "no") or tape.has(place + 1, "soft"):
            continue
        if tape.has(place, "except") and tape.is_unknown(place + 1):
            return True  # "the evenings, except Friday's"
        if is_a_condition(tape, place):  # "if Thursday is full, then Friday"
            continue
        beside = (place - 1, place + 1)
        if any(
            (p in tape.read and not _is_kept(pieces, p)) or _is_free_after(tape, pieces, p) for p in beside
        ):
            continue  # what it refused gave way to another wish
        if any(_reaches(tape, place, step) for step in (-1, 1)):
            return True
    return False


def _is_free_after(tape: Tape, pieces: Sequence[Piece], place: int) -> bool:
    """ "I am away until Friday": the days after it are the wish."""
    here = (p for p in pieces if p.start <= place < p.end and isinstance(p.found, Days))
    return any(
        tape.has(p.start, "until")
        and getattr(p.found, "bound", None) == "from"
        and tape.at(p.end).text != "?"  # "is the doctor away until Friday?"
        for p in here
    )


def _is_kept(pieces: Sequence[Piece], place: int) -> bool:
    return any(piece.start <= place < piece.end for piece in pieces)


def _reaches(tape: Tape, place: int, step: int) -> bool:
    for beside in range(place + step, place + step * (_NEAR + 1), step):
        if tape.has(beside, "soft") or not 0 <= beside < len(tape):
            return False
        if beside in tape.read:
            return True
    return False


def _a_correction_is_left(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "Tuesday sorry Wednesday" of which both are still there."""
    for one, other in pairwise(pieces):
        gap = range(one.end, other.start)
        if one.negated or one.dismissed or stands_in_a_condition(tape, one):
            continue
        if any(tape.has(place, "if") for place in gap):
            continue
        if type(one.found) is type(other.found) and any(tape.has(place, "correction") for place in gap):
            return True
    kinds = [type(piece.found) for piece in pieces]
    behind = range(pieces[-1].end, len(tape)) if len(set(kinds)) < len(kinds) else range(0)
    return any(tape.has(place, "correction") for place in behind)  # "in the morning - afternoon I mean"


def _a_no_stands_between(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "Giovedì no venerdì": as likely not on Friday, as not on Thursday but on Friday."""
    for one, other in pairwise(pieces):
        if not (isinstance(one.found, Days) and isinstance(other.found, Days)):
            continue
        bare = other.start - one.end == 1 and tape.at(one.end).text in ("no", "нет")
        if bare and one.negated != other.negated and not tape.has(other.end, "filler"):  # "... martedì sì"
            return True
    return False


def _is_away_or_free(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "From Wednesday I'm on holiday, any time": free then, or away."""
    refused = [p.found for p in pieces if p.negated and isinstance(p.found, Days)]
    so = any(tape.has(p, "so") for p in range(len(tape))) and len(refused) == len(
        [p for p in pieces if isinstance(p.found, Days) and p.found.ranges]
    )
    return tape.says("whenever") and any(days.bound in ("from", "after") or so for days in refused)


def _another_day_is_better(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "You moved it to Thursday, but I can only do Friday": perhaps only the second."""
    for one, other in pairwise(pieces):
        if not (isinstance(one.found, Days) and isinstance(other.found, Days)) or other.link != "soft":
            continue
        kinds = {one.found.kind, other.found.kind}
        plain = kinds <= _SINGLE and not any(p.negated or p.dismissed for p in (one, other))
        gap = range(one.end, other.start)
        if plain and any(tape.has(place, "only") for place in gap):
            return True
    return False


def _hesitates_between(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "Wednesday 12, erm, Thursday 12": perhaps only the second."""
    if not tape.hesitates:
        return False
    told = [p for p in pieces if not (p.negated or p.dismissed)]
    days = [p for p in told if isinstance(p.found, Days) and p.found.ranges]
    return any(other.link not in ("or", "and") for other in days[1:])


def _an_hour_stands_alone(told: Sequence[Spoken]) -> bool:
    """ "Friday after lunch? Like 15:30": an hour apart from a day that has one of its own."""
    timed = [spoken for spoken in told if any(not (p.negated or p.dismissed) for p in spoken.clocks)]
    dated = [any(isinstance(p.found, Days) and p.found.ranges for p in spoken.days) for spoken in timed]
    return any(dated) and not all(dated)


def _place(piece: Piece) -> int:
    return piece.start


def _is_vague_talk_of_money(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "Is £45 the price for March?" """
    months = any(isinstance(p.found, Days) and p.found.grain == "month" for p in pieces)
    return months and any(
        tape.has(place, "currency") or (place not in tape.read and (tape.get(place, "digits") or 0) >= 100)
        for place in range(len(tape))
    )


def _an_hour_is_excluded(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "Next week but not Friday afternoon", "tomorrow except 3 pm": less than a day is refused."""
    told = any(isinstance(p.found, Days) and p.found.ranges and not p.negated for p in pieces)
    if told and any(p.excluding and _is_midday(tape, p.found) for p in pieces):
        return True
    if any(p.excluding and isinstance(p.found, Clock) and p.found.shape == "point" for p in pieces):
        return True
    return any(
        one.excluding and other.link == "none" and type(one.found) is not type(other.found)
        for one, other in pairwise(pieces)
        if isinstance(one.found, (Days, Clock)) and isinstance(other.found, (Days, Clock))
    )


def _is_midday(tape: Tape, found: object) -> bool:
    """A part with hours before and after it: leaving it out leaves two."""
    if not isinstance(found, Clock) or found.shape != "part" or not found.part:
        return False
    opens, closes = opening_hours(tape.context)
    start, end = part_hours(found.part, tape.vocabulary, tape.context)
    return opens < start and end < closes


def _was_yesterday(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "Yesterday I waited until 11": an hour behind a day that is over."""
    for one, other in pairwise(pieces):
        over = isinstance(one.found, Days) and one.found.kind == "past"
        if (
            over
            and isinstance(other.found, Clock)
            and not any(tape.has(place, "soft", "wishing") for place in range(one.end, other.start))
        ):
            return True
    return False


def _asks_for_nothing(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "My insurance ended in December and they never told me": a time is named, and nothing is asked for."""
    if tape.asked_for_time:
        return False
    if any(_stands_beside_no_visit(tape, piece) for piece in pieces):
        return True
    if any(tape.says(kind) for kind in ("wishing", "whenever", "asap", "moving", "booked")):
        return False
    if tape.says("pain") and all(isinstance(p.found, Clock) and p.found.shape == "part" for p in pieces):
        return True  # "it hurts when I eat, above all in the evening"
    if any(isinstance(p.found, Days) and _is_of_the_pain(tape, p) for p in pieces):
        return True
    if not any(isinstance(p.found, Days) and _is_vague(p.found) for p in pieces):
        return False
    return any(tape.is_unknown(place) and tape.at(place).text.isalpha() for place in range(len(tape)))


_SUFFERING = frozenset({"ho", "mi", "ha", "abbiamo", "i", "my", "у", "болит", "мне"})


def _is_of_the_pain(tape: Tape, piece: Piece) -> bool:
    """ "Oggi ho mal di gola", "today my tooth hurts": when it hurts."""
    told = tape.at(piece.end).text in _SUFFERING
    return told and speaks_of_pain(tape, piece.start, piece.end, within=4)


def _tells_a_story(tape: Tape, pieces: Sequence[Piece]) -> bool:
    """ "Was told to come back in 3 weeks, that was on the 24th": counted from then."""
    if tape.asked_for_time or not any(isinstance(p.found, Days) and p.found.kind == "past" for p in pieces):
        return False
    counted = any(isinstance(p.found, Days) and p.found.kind == "week" and p.found.others for p in pieces)
    return counted and tape.says("happened")


def _stands_beside_no_visit(tape: Tape, piece: Piece) -> bool:
    """Within its clause, where nothing is wished for."""
    told = False
    for step, beside in ((-1, piece.start - 1), (1, piece.end)):
        while 0 <= beside < len(tape) and not tape.has(beside, "soft", "so"):
            if tape.has(beside, "no_visit"):  # "can I eat after 2 hours"
                told = True
                break
            if tape.has(beside, "wishing"):
                return False
            beside += step
    return told


def _is_vague(days: Days) -> bool:
    return days.grain == "month" or any((end - start).days >= 28 for start, end in days.ranges)
