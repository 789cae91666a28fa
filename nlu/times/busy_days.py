"""Tells the days that are only told of from those that are wished for: "Monday is yoga, on Tuesday I see my
doctor, that leaves Thursday"."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from nlu.times.pieces import Clock, Days, Piece
from nlu.times.tape import Tape

_DOUBTFUL = 0.6
_WISHING = ("wishing", "works", "free", "asap", "moving", "whenever", "choosing", "settling", "needing")
_TOLD = ("own_hours", "cannot", "no_visit", "happened", "day_off", "arriving", "occasion", "going")
_REPORTING = ("no_visit", "advised", "happened", "reporting")
_MANY = 2
_SINGLE = ("weekday", "date", "number", "relative")
_BETWEEN = 3


@dataclass(frozen=True, slots=True)
class Said:
    """What is said beside a day in its clause."""

    wishes: bool
    tells: bool  # surely of something else
    strange: int  # words that nothing is known of
    places: tuple[int, int]
    of_a_visit: bool  # of somebody's visit, or of what is to be done there
    asks: bool = False


def _both(one: Said, other: Said) -> Said:
    return Said(
        one.wishes or other.wishes,
        one.tells or other.tells,
        max(one.strange, other.strange),
        one.places,
        one.of_a_visit or other.of_a_visit,
        one.asks or other.asks,
    )


def drop_busy_days(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """The days of whose clause only something else is told go, where another day is wished for."""
    if not tape.vocabulary.doing:
        return pieces
    days = [n for n, p in enumerate(pieces) if _is_day(p)]
    if len(days) == 1 and _is_waited_for(tape, pieces[days[0]]):
        return _without(pieces, set(days))
    if len(days) < 2:
        return pieces
    said = {n: said_beside(tape, pieces[n]) for n in days}
    for one, other in pairwise(days):
        if _is_listed(tape, pieces[one], pieces[other]):
            said[one] = said[other] = _both(said[one], said[other])
    wished = [n for n in days if said[n].wishes]
    plain = [n for n in days if not said[n].wishes and not said[n].tells and not said[n].strange]
    kept = wished or plain
    gone = _told_bounds(pieces, said) | {n for n in days if _is_waited_for(tape, pieces[n])}
    for n in days if kept else ():
        if _kind(pieces[n]) == "week" and tape.says("that_week"):
            continue  # "the week of the 23rd, you wrote: on Monday of that week"
        if n in kept or said[n].of_a_visit or _is_joined(pieces, n, kept) or _may_give_way(tape, pieces, n):
            continue
        if tape.vocabulary.language == "en" and _kind(pieces[n]) == "week":
            continue  # "next week is quiet at work. Tuesday?": of that week
        if _is_told(said[n], before=n < kept[-1], wished=bool(wished), listed=bool(gone)):
            gone.add(n)
    if not gone:
        return pieces
    sure = all(said[n].tells for n in gone)
    left = _without(pieces, gone, [said[n].places for n in gone])
    return left if sure else [_doubted(p) for p in left]


def _told_bounds(pieces: list[Piece], said: Mapping[int, Said]) -> set[int]:
    """ "I have not eaten since Saturday, I'll come tomorrow": a bound that is only told of."""
    bounds = {
        n
        for n in said
        if _bound(pieces[n]) and not (said[n].wishes or said[n].asks) and said[n].strange + said[n].tells
    }
    single = any(_kind(pieces[n]) in _SINGLE for n in said if n not in bounds)
    return bounds if single else set()


def _is_waited_for(tape: Tape, piece: Piece) -> bool:
    """ "I cannot wait until April"."""
    bounded = _bound(piece) is not None and tape.has(piece.start, "until")
    return bounded and tape.has_any(range(piece.start - 2, piece.start), "waiting")


def _bound(piece: Piece) -> str | None:
    return piece.found.bound if isinstance(piece.found, Days) else None


def _kind(piece: Piece) -> str:
    return piece.found.kind if isinstance(piece.found, Days) else ""


def _is_told(said: Said, *, before: bool, wished: bool, listed: bool) -> bool:
    if said.tells:
        return True
    needed = 1 if wished and (before or listed) else _MANY
    return said.strange >= needed and (before or listed)


def without_bare_repeats(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Wednesday is the day after tomorrow? Then the day after tomorrow at 10.15": the one with its hour."""
    if not tape.vocabulary.doing:
        return pieces
    timed = [
        found.ranges for p, hour in pairwise(pieces) if (found := _day(p)) is not None and _is_its_hour(hour)
    ]
    left = []
    for n, piece in enumerate(pieces):
        days, following = piece.found, pieces[n + 1] if n + 1 < len(pieces) else None
        joined = piece.link in ("or", "and") or (following is not None and following.link in ("or", "and"))
        followed = following is not None and isinstance(following.found, Clock)
        bare = _is_day(piece) and not joined and not followed
        if bare and isinstance(days, Days) and days.ranges in timed:
            continue
        left.append(piece)
    return left


def _is_its_hour(piece: Piece) -> bool:
    return isinstance(piece.found, Clock) and piece.link == "none" and not piece.negated


def merge_its_weekday(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "20 марта утром, в пятницу", "заберу тринадцатого, раз уж пятница": the weekday of the date."""
    if not tape.vocabulary.doing:
        return pieces
    # Unlike "a Friday, this or the next".
    plainly = [p for p in pieces if not tape.has_any(range(p.start, p.end), "next", "one_after")]
    dates = [p.found.ranges[0][0] for p in plainly if _is_date(tape, p)]  # type: ignore[union-attr]
    left = []
    for n, piece in enumerate(pieces):
        joined = piece.link in ("or", "and") or (n + 1 < len(pieces) and pieces[n + 1].link in ("or", "and"))
        timed = n + 1 < len(pieces) and pieces[n + 1].link == "none"
        days = piece.found
        plain = _is_day(piece) and _kind(piece) == "weekday" and not (joined or timed or _bound(piece))
        plain = plain and tape.at(piece.start - 1).text != "e"  # "l'8 è domenica", which says why not
        if plain and isinstance(days, Days) and any(d.weekday() == days.weekday for d in dates):
            continue
        left.append(piece)
    return left


def _is_date(tape: Tape, piece: Piece) -> bool:
    """Unlike "the Friday after", which is another Friday."""
    words = range(piece.start, piece.end)
    counted = tape.has_any(words, "digits", "number", "ordinal") or not tape.has_any(words, "weekday")
    return _is_day(piece) and _kind(piece) in ("date", "number") and counted


def _without(pieces: list[Piece], gone: set[int], clauses: Sequence[tuple[int, int]] = ()) -> list[Piece]:
    """Without these days, and the hours that hang on them or are told in their clauses."""
    left: list[Piece] = []
    dropping = False
    for n, piece in enumerate(pieces):
        clock = isinstance(piece.found, Clock)
        dropping = n in gone or (dropping and clock and piece.link == "none")
        beside = clock and any(first <= piece.start < last for first, last in clauses)
        beside = beside and (n == 0 or piece.link != "none")
        if not (dropping or beside):
            broken = n > 0 and n - 1 in gone and piece.link in ("soft", "and", "or", "none")
            left.append(piece.but(link="break") if broken else piece)
    return left


def _day(piece: Piece) -> Days | None:
    """The days that it wishes for, if it does."""
    plain = not (piece.negated or piece.dismissed)
    return piece.found if plain and isinstance(piece.found, Days) and piece.found.ranges else None


def _is_day(piece: Piece) -> bool:
    return _day(piece) is not None


def _is_listed(tape: Tape, one: Piece, other: Piece) -> bool:
    """ "Tuesday, Wednesday and Thursday": nothing but small words between."""
    if any(isinstance(p.found, Days) and p.found.bound for p in (one, other)):
        return False
    gap = range(one.end, other.start)
    return len(gap) <= _BETWEEN and all(
        tape.at(p).text == "," or tape.has(p, "and", "or", "at", "at_weak") for p in gap
    )


def _may_give_way(tape: Tape, pieces: list[Piece], number: int) -> bool:
    """ "If Thursday is full, Friday": both are wished for."""
    piece = pieces[number]
    if not isinstance(piece.found, Days) or piece.found.bound:
        return False
    first, last = _clause(tape, piece)
    later = next((p.start for p in pieces[number + 1 :] if isinstance(p.found, Days)), last)
    fallen_back = any(tape.has(p, "or") and not tape.has(p, "filler") for p in range(piece.end, later))
    days = (p.start for p in reversed(pieces[:number]) if isinstance(p.found, Days))
    before = next(days, first)  # "today if you can, if not, tomorrow"
    return fallen_back or tape.has_any(range(min(first, before), max(last, later)), "if")


def _is_joined(pieces: list[Piece], number: int, kept: list[int]) -> bool:
    """ "On Tuesday or Thursday": to one that is wished for."""
    later = number + 1 < len(pieces) and number + 1 in kept and pieces[number + 1].link in ("or", "and")
    return later or (number - 1 in kept and pieces[number].link in ("or", "and"))


def said_beside(tape: Tape, piece: Piece) -> Said:
    first, last = _clause(tape, piece)
    places = [p for p in range(first, last) if not piece.start <= p < piece.end]
    told = any(_tells(tape, p) or _does(tape, p) or _is_at(tape, p) for p in places)
    reported = any(tape.has(p, *_REPORTING) and tape.at(p + 1).text == "что" for p in places)
    reported = reported or tape.has_any(places, "offered")
    wishes = not reported and any(_wishes(tape, p) for p in places)
    refused = any(tape.has(p, "cannot") and not tape.has(p - 1, "not") for p in places)
    strange = sum(_is_strange(tape, p) for p in places)
    booked = tape.has_any(places, "have_booked")
    if not (wishes or told or strange or reported):
        wishes = _leads_on(tape, first)
    visit = tape.has_any(places, "somebody", "treatment", "booked") and not booked
    told = told or booked
    asks = tape.at(last).text == "?"
    return Said(wishes and not refused, told or reported, strange, (first, last), visit and not told, asks)


def _tells(tape: Tape, place: int) -> bool:
    if tape.has(place, "wishing"):
        return tape.has(place - 1, "not")
    if tape.get(place, "unit") == "year" and tape.number(place - 1) is not None:  # "мужу 40 лет"
        return True
    return tape.has(place, *_TOLD) and not tape.has(place - 1, "not")


def _wishes(tape: Tape, place: int) -> bool:
    wished = tape.has(place, *_WISHING) or tape.at(place).text == "бы"
    return wished and not tape.has(place - 1, "not")


def _is_strange(tape: Tape, place: int) -> bool:
    if place in tape.read or not tape.at(place).text.isalpha():
        return False
    return tape.is_unknown(place) or tape.has(place, "one_of")


def _does(tape: Tape, place: int) -> bool:
    """ "Развожу", "отмечаем": what somebody does."""
    doing = tape.vocabulary.doing
    return bool(doing) and not tape.at(place).senses and re.fullmatch(doing, tape.at(place).text) is not None


def _is_at(tape: Tape, place: int) -> bool:
    """ "У меня нотариус", "я у свекрови"."""
    return tape.at(place).text == "у" and tape.at(place + 1).text not in ("вас", "")


def _clause(tape: Tape, piece: Piece) -> tuple[int, int]:
    """From one comma to the next; commas around small words part nothing."""
    first, last = piece.start, piece.end
    while first > 0 and not _ends_before(tape, first):
        first -= 1
    while last < len(tape):
        if tape.at(last).text == ":" and last == piece.end:  # "Friday: removal men"
            last += 1
        elif tape.has(last, "soft"):
            aside = _behind_an_aside(tape, last)
            if aside == last:
                break
            last = aside
        elif _begins(tape, last):
            break
        else:
            last += 1
    return first, last


def _ends_before(tape: Tape, place: int) -> bool:
    return tape.has(place - 1, "soft") or _begins(tape, place)


def _begins(tape: Tape, place: int) -> bool:
    return tape.has(place, "settling_all") or tape.at(place).text == "а"


def _leads_on(tape: Tape, first: int) -> bool:
    """ "I should like to go on here, tomorrow or on Thursday": the wish stands before the comma."""
    if tape.at(first - 1).text != ",":
        return False
    begin = first - 1
    while begin > 0 and not tape.has(begin - 1, "soft"):
        begin -= 1
    before = range(begin, first - 1)
    return tape.read.isdisjoint(before) and any(_wishes(tape, p) for p in before)


def _behind_an_aside(tape: Tape, comma: int) -> int:
    """ "On Saturday, perhaps, I could": the place behind the second comma."""
    if tape.at(comma).text != ",":
        return comma
    end = comma + 1
    while tape.has(end, "filler") and not tape.has(end, "soft"):
        end += 1
    return end if end > comma + 1 and tape.at(end).text == "," else comma


def _doubted(piece: Piece) -> Piece:
    if not isinstance(piece.found, Days):
        return piece
    return piece.but(found=replace(piece.found, confidence=min(piece.found.confidence, _DOUBTFUL)))
