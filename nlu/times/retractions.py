"""Takes back a time that the same message corrects: "Tuesday at 3, no sorry, at 4"."""

from dataclasses import replace
from itertools import combinations

from nlu.times import almanac
from nlu.times.pieces import Clock, Days, Piece
from nlu.times.refusals import stands_in_a_condition
from nlu.times.repeats import in_its_month, in_its_week
from nlu.times.tape import Tape

_WITHIN = 7  # lexemes between the two times
_SIGNS = frozenset(",.…;-!")
_NO = frozenset({"no", "nope", "nah", "нет", "не", "net"})
_HESITATING = frozenset(
    {"er", "erm", "um", "uh", "hmm", "mm", "mmm", "oh", "ah", "eh", "ehm", "mmh", "boh", "oddio"}
    | {"ой", "э", "эм", "мм", "ох", "ах", "ну", "хм", "а", "well", "ma"}
)
_OR = frozenset({"or", "o", "или", "ili"})
_BESIDE_NO = 3
_CONTRAST = frozenset({"но", "хотя", "but", "though", "ma", "pero"})
_HINDERED = ("own_hours", "cannot", "happened", "no_visit")
_EXPLAINED = 3  # lexemes between "which is" and the day


def retract(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """What follows the words that correct takes the place of the same kind of thing before them.

    A corrected hour keeps its day, a corrected day its hour.
    """
    pieces = _without_given_up(tape, _without_asides(tape, pieces))
    pieces = _settled_on(tape, _last_of_a_row(tape, pieces))
    for place in range(len(pieces) - 1, 0, -1):
        # Corrected twice ("at 3, no, at 4, no, at 5"), fewer pieces are left than there were places.
        if place < len(pieces) and _corrects(tape, pieces[place - 1], pieces[place]):
            first = place - 1
            while first and pieces[first].link != "break":
                first -= 1
            after = next((n for n in range(place + 1, len(pieces)) if pieces[n].link == "break"), len(pieces))
            day = next((p for p in pieces[first:place] if isinstance(p.found, Days)), pieces[place - 1])
            said_instead = [in_its_week(tape, day, p) for p in pieces[place:after]]
            said_instead = [in_its_month(day, p) for p in said_instead]
            said_instead[0] = _with_its_start(pieces[place - 1], said_instead[0]).but(link="soft")
            kinds = {type(piece.found) for piece in said_instead}
            kept = [piece for piece in pieces[first:place] if type(piece.found) not in kinds]
            kept = [] if _is_its_number(tape, pieces[first:place], said_instead[0]) else kept
            if not kept:
                said_instead[0] = said_instead[0].but(link="break")
            pieces = [*pieces[:first], *kept, *said_instead, *pieces[after:]]
    return pieces


def _is_its_number(tape: Tape, said: list[Piece], instead: Piece) -> bool:
    """ "Venerdì 16... ops venerdì 13": the number was a date, and no hour."""
    if len(said) != 2 or not isinstance(instead.found, Days) or not isinstance(said[1].found, Clock):
        return False
    bare = said[1].end - said[1].start == 1 and tape.has(said[1].start, "digits") and said[1].link == "none"
    return bare and tape.has(instead.end - 1, "digits")


def _settled_on(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Tuesday or Wednesday? Wednesday": the one that is said again."""
    last = pieces[-1] if len(pieces) > 2 else None
    if last is None or not isinstance(last.found, Days) or last.negated or last.found.bound:
        return pieces
    asked = any(tape.at(place).text == "?" for place in range(pieces[-2].end, last.start))
    choice = [p for p in pieces[:-1] if isinstance(p.found, Days)]
    alike = any(p.found.ranges == last.found.ranges for p in choice if isinstance(p.found, Days))
    if asked and alike and len(choice) == len(pieces) - 1 and all(p.link == "or" for p in choice[1:]):
        return [last.but(link="break")]
    return pieces


def _without_given_up(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "On Wednesday at 11, oh no, on Wednesday there's a meeting, on Thursday at 11": the day that is told
    again, with what is in its way, goes."""
    for first, again in combinations(range(len(pieces)), 2):
        one, other = pieces[first].found, pieces[again].found
        if not (isinstance(one, Days) and isinstance(other, Days)) or one.ranges != other.ranges:
            continue
        later = next((n for n in range(again + 1, len(pieces)) if _is_another_day(pieces[n], other)), None)
        if later is None or pieces[later].link in ("or", "and") or len(other.ranges) != 1:
            continue
        gap = range(pieces[first].end, pieces[again].start)
        turned = any(tape.has(p, "correction") or tape.at(p).text in _CONTRAST for p in gap)
        behind = range(pieces[again].end, pieces[again + 1].start)
        hindered = pieces[again].negated or any(tape.is_unknown(p) or tape.has(p, *_HINDERED) for p in behind)
        if turned and hindered and not tape.has_any(_clause_behind(tape, behind), "wishing"):
            start = first - (first > 0 and _is_hour_before(pieces, first))
            return [*pieces[:start], pieces[later].but(link="break"), *pieces[later + 1 :]]
    return pieces


def _clause_behind(tape: Tape, places: range) -> range:
    comma = next((p for p in places if tape.has(p, "soft")), places.stop)
    return range(places.start, comma)


def _is_another_day(piece: Piece, days: Days) -> bool:
    if not isinstance(piece.found, Days) or piece.negated:
        return False
    return bool(piece.found.ranges) and piece.found.ranges != days.ranges


def _is_hour_before(pieces: list[Piece], number: int) -> bool:
    return isinstance(pieces[number - 1].found, Clock) and pieces[number].link == "none"


def _with_its_start(before: Piece, after: Piece) -> Piece:
    """ "From 10 to 12, or rather to 1": only the end is corrected."""
    one, other = before.found, after.found
    if isinstance(one, Days) and isinstance(other, Days) and (moved := _in_other_month(one, other)):
        return after.but(found=moved)
    if not (isinstance(one, Clock) and isinstance(other, Clock)) or one.shape != "range":
        return after
    return after.but(found=replace(one, end=other.end)) if other.shape == "before" else after


def _in_other_month(one: Days, other: Days) -> Days | None:
    """ "15 March, sorry, April": the day stays."""
    if one.kind != "date" or other.kind != "month" or not one.number or not other.ranges:
        return None
    first = other.ranges[0][0]
    found = almanac.make(first.year, first.month, one.number)
    return None if found is None else replace(one, ranges=(almanac.one(found),), others=(), confidence=0.95)


def _without_asides(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "The 16th, no hang on, that's a Monday, the 17th": the weekday only tells why."""
    kept = pieces[:1]
    for number, piece in enumerate(pieces[1:]):
        before = pieces[number]
        if number and isinstance(before.found, Clock) and before.link == "none":  # "the 12th at 10, ..."
            before = pieces[number - 1].but(end=before.end)
        dated = isinstance(before.found, Days) and before.found.kind in ("date", "number", "relative")
        aside = dated and isinstance(piece.found, Days) and piece.found.kind == "weekday"
        if not (aside and _is_explained(tape, range(before.end, piece.start))):
            kept.append(piece)
    return kept


def _is_explained(tape: Tape, gap: range) -> bool:
    """Whether "which is" leads to what follows, and no "or" does."""
    near = gap[-_EXPLAINED:]
    return tape.has_any(near, "which_is") and not tape.has_any(near, "or")


def _last_of_a_row(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "At 3 no at 4 no at 5": whichever side each "no" belongs to, the last one is wished for."""
    place = len(pieces) - 1
    while place > 0:
        first = place
        while first and _is_parted_by_no(tape, pieces[first - 1], pieces[first]):
            first -= 1
        if place - first >= 2:
            last = pieces[place].but(negated=False, excluding=False, link=pieces[first].link)
            refused = [
                piece.but(negated=True)
                for piece in pieces[first:place]
                if isinstance(piece.found, Days) and piece.found != last.found  # "Tue? No, Wed. No, Tue!"
            ]
            return [
                *pieces[:first],
                *refused,
                last.but(link="soft" if refused else last.link),
                *pieces[place + 1 :],
            ]
        place -= 1
    return pieces


def _is_parted_by_no(tape: Tape, before: Piece, after: Piece) -> bool:
    both = isinstance(before.found, (Days, Clock)) and type(before.found) is type(after.found)
    gap = range(before.end, after.start)
    return both and (_is_refused(tape, gap) or (len(gap) <= _WITHIN and _says_otherwise(tape, gap)))


def _corrects(tape: Tape, before: Piece, after: Piece) -> bool:
    if not isinstance(before.found, (Days, Clock)) or not isinstance(after.found, (Days, Clock)):
        return False
    gap = range(before.end, after.start)
    words = sum(tape.at(place).text not in _SIGNS for place in gap)
    framed = len(gap) <= 2 * _WITHIN and all(
        tape.has_any(side, "correction") for side in (gap[:2], gap[-2:])
    )  # "at 10, oh no, I have the car then, let's say at 11"
    return (
        (framed or words <= _WITHIN)
        and not before.negated
        and not after.negated
        and not (stands_in_a_condition(tape, before) or tape.has_any(gap, "if"))
        and not _is_left_out(tape, before, after)
        and (_says_otherwise(tape, gap) or _is_refused(tape, gap))
    )


def _is_left_out(tape: Tape, before: Piece, after: Piece) -> bool:
    """ "Ad aprile sempre, no il 6": no other time, but less of it."""
    if tape.has(after.start, "weekdays") and tape.at(after.start - 1).text in _NO:
        return True  # "next week, no Mondays"
    whole = isinstance(before.found, Days) and before.found.kind in ("month", "week")
    day = isinstance(after.found, Days) and after.found.kind in ("number", "date", "weekday")
    return whole and day and tape.at(after.start - 1).text in _NO


def _says_otherwise(tape: Tape, gap: range) -> bool:
    return tape.has_any(gap, "correction")


def _is_refused(tape: Tape, gap: range) -> bool:
    """ "Friday, no, Monday": a bare no between two, and at most two little words beside it."""
    words = [tape.at(place).text for place in gap if tape.at(place).text.isalpha()]
    while words and (words[0] in _HESITATING or (words[0] in _OR and words[1:2] and words[1] in _NO)):
        words.pop(0)
    return bool(words) and words[0] in _NO and len(words) <= _BESIDE_NO
