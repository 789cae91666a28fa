"""Tells the time that a visit is moved away from ("my appointment on Tuesday") from the time wished for."""

import re

from nlu.times.cancellations import is_called_off_behind
from nlu.times.days import read_days
from nlu.times.one_hour import cut_refused_edges
from nlu.times.own_hours import is_booked_hour, is_day, is_day_of_own_hour, is_own_hour
from nlu.times.pieces import Clock, Days, Instant, Piece, Whenever
from nlu.times.tape import Tape

_NEAR = 4
_CLAUSE = 7  # lexemes between "I'm booked" and its day
_EXPLAINED = 3  # lexemes between "which is" and the day
_EXACT = ("date", "number", "relative")
#: "Move Thursday's | to next week": behind the day, of which the visit is left out.
_WITHOUT_ITS_NOUN = re.compile(r"['’]s?\s+(one\s+)?(back\s+|forward\s+)?(to|for|onto|until|by)\b", re.I)


def dismiss(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """Marks what is refused with "instead of" and, where something is moved, the time of the visit itself."""
    moved: list[Piece] = []
    for piece in pieces:
        leaves = tape.speaks_of_moving and not _is_left_already(tape, moved)
        moved.extend(_from_to(tape, piece) if leaves else [piece])
    moved = cut_refused_edges(tape, moved)
    moved = [piece for number, piece in enumerate(moved) if not _is_beside_the_wish(tape, moved, number)]
    if _is_called_off(tape, moved):
        return [piece.but(dismissed=True, negated=False) for piece in moved]
    for number, piece in enumerate(moved):
        first = piece.start - 1 if piece.start - 1 in tape.read else piece.start - 2
        instead = tape.has_any(range(first, piece.start + 1), "instead")
        instead = (
            instead
            or _is_cancelled(tape, moved, number)
            or _is_compared(tape, moved, number)
            or _is_booked(tape, moved, number)
            or _is_swapped(tape, moved, number)
        )
        if instead or (tape.speaks_of_moving and _is_of_the_visit(tape, moved, number)):
            moved[number] = piece.but(dismissed=True)
            if isinstance(piece.found, Days):
                whole = instead and not tape.speaks_of_moving
                _dismiss_its_clock(tape, moved, number, whole=whole)
            elif number + 1 < len(moved) and (
                (instead and any(is_day(p) for p in moved[number + 2 :]))
                or tape.has(piece.start, "from_part")
                or tape.has(piece.start - 1, "own")
                or tape.has(piece.start - 1, "booked", "have_booked")
            ):
                following = moved[number + 1]  # "from the morning of Wednesday", "my 3pm on Tuesday"
                if is_day(following) and following.link == "none" and not _goes_to(tape, following.start):
                    moved[number + 1] = following.but(dismissed=True)
    return _on_its_day(moved) if tape.speaks_of_moving else moved


def _is_left_already(tape: Tape, pieces: list[Piece]) -> bool:
    """ "Move the visit of the 13th to the week from 20 to 24 April": what it is moved away from was told."""
    return any(
        is_day(piece)
        and (
            tape.has_any(range(piece.start - 2, piece.start), "booked", "own")
            or _is_of_what_is_moved(tape, piece)
        )
        for piece in pieces
    )


def _is_of_what_is_moved(tape: Tape, piece: Piece) -> bool:
    """ "Move the cleaning of Monday", "spostate il controllo del 12"."""
    of = tape.at(piece.start - 1).text in ("di", "of") or tape.at(piece.start).text in ("del", "dell")
    first = piece.start - _NEAR
    moving = [place for place in range(first, piece.start) if tape.has(place, "moving")]
    return of and bool(moving) and not tape.has_any(range(moving[-1], piece.start), "soft")


def _on_its_day(pieces: list[Piece]) -> list[Piece]:
    """ "Change it from 9 to 10 please, it's on Thursday": another hour of the only day that is told."""
    days = [n for n, p in enumerate(pieces) if isinstance(p.found, Days) and p.found.ranges]
    hours = [p for p in pieces if isinstance(p.found, Clock) and not (p.dismissed or p.negated)]
    if len(days) != 1 or not pieces[days[0]].dismissed or pieces[days[0]].negated or len(hours) != 1:
        return pieces
    found, hour = pieces[days[0]].found, hours[0]
    assert isinstance(found, Days) and isinstance(hour.found, Clock)
    if len(found.ranges) != 1 or found.grain != "day" or found.bound or hour.found.shape == "part":
        return pieces
    if any(isinstance(p.found, (Instant, Whenever)) for p in pieces):
        return pieces
    day = pieces[days[0]].but(dismissed=False, link="break")
    others = [p for p in pieces if p is not pieces[days[0]] and p is not hour]
    return [*others, day, hour.but(link="none")]


def _is_beside_the_wish(tape: Tape, pieces: list[Piece], number: int) -> bool:
    """What only says when somebody is free, when the practice opens, or which weekday a date is."""
    if is_own_hour(tape, pieces, number) or is_day_of_own_hour(tape, pieces, number):
        return True
    if is_booked_hour(tape, pieces, number):
        hour = number + 1 + isinstance(pieces[number + 1].found, Days)
        pieces[hour] = pieces[hour].but(link="soft")
        return True
    piece, before = pieces[number], pieces[number - 1] if number else None
    if isinstance(piece.found, Clock) and piece.negated and piece.found.shape == "point":
        following = (p for p in pieces[number + 1 :] if not (isinstance(p.found, Clock) and p.negated))
        later = next(following, None)  # "not at 9, nor at 10, at 11"
        earlier = before if before is not None and piece.link in ("soft", "none", "and") else None
        return any(p is not None and isinstance(p.found, Clock) and not p.negated for p in (later, earlier))
    if before is None or not isinstance(piece.found, Days) or not isinstance(before.found, Days):
        return False
    gap = range(before.end, piece.start)
    whole = before.found.kind == "month" and before.link == "none" and number > 1
    exact = pieces[number - 2].found if whole else before.found  # "the 5th of next month"
    if piece.found.weekday is not None and isinstance(exact, Days) and exact.kind in _EXACT:
        said = tape.has_any(gap[-_EXPLAINED:], "which_is")
        said = said or (tape.has(piece.start, "which_is") and not tape.has(piece.start - 1, "at", "of"))
        said = said and not any(tape.has(p, "or") and not tape.has(p, "filler") for p in gap)
        if said or piece.found.kind == "weekday":  # "the 22nd, which is a Sunday"
            return said
    aside = tape.has_any(gap, "which_is") and tape.has(piece.start, "holiday")
    if aside and before.found.kind in _EXACT:  # "except the 12th, that is Easter"
        return True
    other = any(tape.has(place, "or") and not tape.has(place, "filler") for place in gap)
    return not other and tape.has_any(gap, "if_open")


def _is_called_off(tape: Tape, pieces: list[Piece]) -> bool:
    """ "I'm cancelling Thursday", "devo spostare la visita di domani": no other time is told."""
    days = [n for n, piece in enumerate(pieces) if is_day(piece.but(negated=False))]
    if len(days) > 1 or any(isinstance(p.found, (Instant, Whenever)) for p in pieces):
        return False
    if tape.says("calling_off"):
        return not (tape.says("keeping") or tape.has_any(_near_calling_off(tape), "not", "if"))
    if len(days) != 1 or len(pieces) != 1 or not tape.speaks_of_moving:
        return False
    day = pieces[0]
    if tape.has_any((day.start - 2, day.start - 1, day.start), "onto"):
        return False
    return tape.has(day.start - 1, "moving") or _is_of_what_is_moved(tape, day)


def _near_calling_off(tape: Tape) -> range:
    told = next(place for place in range(len(tape)) if tape.has(place, "calling_off"))
    return range(told - _NEAR, told)


def _is_cancelled(tape: Tape, pieces: list[Piece], number: int) -> bool:
    """ "Cancel Thursday and give me Friday": another day takes its place."""
    piece, later = pieces[number], pieces[number + 1 :]
    if isinstance(piece.found, Clock) and later and is_day(later[0]) and later[0].link == "none":
        later = later[1:]  # "cancel the 11 o'clock on Wednesday and give me 4 on Thursday"
    elif not isinstance(piece.found, Days) or not piece.found.ranges or piece.negated:
        return False
    joined = number > 0 and _is_listed(tape, piece)
    if joined and isinstance(pieces[number - 1].found, Days) and _is_cancelled(tape, pieces, number - 1):
        return True  # "cancel Tuesday and Thursday, I keep Friday"
    while later and _is_listed(tape, later[0]):
        later = later[1:]
    first = max(piece.start - _CLAUSE, pieces[number - 1].end if number else 0)
    told = [place for place in range(first, piece.start) if tape.has(place, "cancelling")]
    parted = told and tape.has_any(range(told[-1], piece.start), "soft")
    kept = [p for p in pieces[:number] if not p.dismissed]  # "I keep Tuesday and cancel Thursday"
    others = any(isinstance(p.found, Days) and p.found.ranges and not p.negated for p in (*later, *kept))
    following = piece.end if tape.has(piece.end, "and", "or") else tape.skip(piece.end, "filler", "instead")
    behind = tape.has(following, "cancelling")  # "запись на 6-е отменить"
    behind = behind or is_called_off_behind(tape, piece)
    return ((bool(told) and not parted) or behind) and others


def _is_listed(tape: Tape, piece: Piece) -> bool:
    """Whether "and" alone joins a day to the one before it, unlike "and put me down for"."""
    if not isinstance(piece.found, Days) or piece.link not in ("and", "or"):
        return False
    wished = ("wishing", "booked", "moving", "onto", "choosing")
    return not any(tape.has(p, *wished) for p in range(piece.start - 2, piece.start) if p not in tape.read)


def _is_compared(tape: Tape, pieces: list[Piece], number: int) -> bool:
    """ "Meglio venerdì che giovedì": the second only says what is worse."""
    before, piece = pieces[number - 1] if number else None, pieces[number]
    if before is None or type(before.found) is not type(piece.found) or before.negated or before.dismissed:
        return False
    gap = range(before.end, piece.start)
    told = [
        place for place in gap if not tape.has(place, "soft", "at", "day_number") or tape.has(place, "than")
    ]
    parts = isinstance(before.found, Clock) and before.found.part
    if parts and not told and tape.has(piece.start, "part") and tape.has(piece.start, "onto"):
        told = [piece.start]
    better = tape.has_any(range(before.start - _NEAR - 1, before.start), "better")
    bare = not told and tape.at(piece.start).text in (
        "del",
        "delle",
        "dell",
    )  # "meglio il lunedì del martedì"
    than = len(told) == 1 and (tape.has(told[0], "than") or tape.at(told[0]).text == "a")
    return better and (than or bare)


def _is_swapped(tape: Tape, pieces: list[Piece], number: int) -> bool:
    """ "Поменять вторник на среду", "scambiare martedì con mercoledì": the first is left for the second."""
    piece = pieces[number]
    if number or not tape.speaks_of_moving or not isinstance(piece.found, Days) or not piece.found.ranges:
        return False
    if piece.negated or any(
        tape.has(p, "onto") and not tape.has(p, "from") for p in (piece.start - 1, piece.start)
    ):
        return False
    moving_first = tape.has_any(range(max(piece.start - _NEAR, 0), piece.start), "moving")
    later = [p for p in pieces[1:] if isinstance(p.found, Days) and not p.negated]
    return (
        moving_first
        and len(later) == 1
        and later[0].link not in ("or", "and")
        and _goes_to(tape, later[0].start)
    )


def _is_booked(tape: Tape, pieces: list[Piece], number: int) -> bool:
    """ "I have an appointment on Friday, can I come on Thursday": the later day is wished for."""
    piece, later = pieces[number], pieces[number + 1 :]
    if not isinstance(piece.found, Days) or not piece.found.ranges or piece.negated:
        return False
    first = piece.start - 1
    while first >= piece.start - _CLAUSE and not _books(tape, first):
        if tape.has(first, "soft") or first in tape.read:
            return False
        first -= 1
    if first < max(piece.start - _CLAUSE, 0):
        return False
    days = [p for p in later if isinstance(p.found, Days) and not p.negated and p.link not in ("or", "and")]
    if sum(isinstance(p.found, Clock) for p in later) != 1 or tape.vocabulary.language != "it":
        return bool(days)
    # "I was down for Friday at 11.30, I'll come on Friday"
    return any(isinstance(p.found, Days) and p.found.ranges != piece.found.ranges for p in days)


def _books(tape: Tape, place: int) -> bool:
    """ "Ho le 16", unlike "ho le prove"."""
    return tape.has(place, "have_booked") and not (tape.has(place, "at") and tape.number(place + 1) is None)


def _is_of_the_visit(tape: Tape, pieces: list[Piece], number: int) -> bool:
    piece = pieces[number]
    if piece.dismissed or not isinstance(piece.found, (Days, Clock)):
        return piece.dismissed
    if number and piece.link in ("or", "and") and not pieces[number - 1].dismissed:
        return False
    earlier = pieces[number - 1] if number else None
    is_its_hour = isinstance(piece.found, Clock) and earlier is not None and isinstance(earlier.found, Days)
    if is_its_hour and earlier and not earlier.dismissed and piece.link == "none":
        return False  # "my appointment to Thursday | morning"
    told = earlier is not None and isinstance(earlier.found, Days) and earlier.dismissed
    nearest = earlier.end if told and earlier and isinstance(piece.found, Days) else 0
    before = range(max(piece.start - _NEAR, nearest), piece.start)
    booked = max((p for p in before if tape.has(p, "booked", "have_booked")), default=-1)
    onto = _goes_to(tape, piece.start) or (
        booked >= 0 and tape.has_any(range(booked + 1, piece.start), "same_hour")
    )  # "move my visit to the same time next week"
    if isinstance(piece.found, Days) and _WITHOUT_ITS_NOUN.match(tape.text, tape.at(piece.end - 1).end):
        return True
    if tape.has_any(range(piece.start - 1, piece.start + 2), "own"):  # "my 3 pm", "quello delle 11"
        return True
    of_it = tape.at(piece.start - 1).text in ("di", "of") or tape.at(piece.start).text in ("del", "dell")
    if of_it and any(isinstance(p.found, Days) and _goes_to(tape, p.start) for p in pieces[:number]):
        return True  # "bring forward to tomorrow the check-up of Thursday"
    later = any(is_day(p) and p.link not in ("or", "and") for p in pieces[number + 1 :])
    if later and _is_of_what_is_moved(tape, piece):
        return True
    hour = pieces[number + 1] if number + 1 < len(pieces) else None
    timed = (
        hour is not None
        and isinstance(hour.found, Clock)
        and hour.link == "none"
        and isinstance(piece.found, Days)
    )
    told_until = (
        hour.end if timed and hour is not None else piece.end
    )  # "tomorrow at 9 I have an appointment"
    hour_first = hour is not None and isinstance(piece.found, Clock) and is_day(hour) and hour.link == "none"
    if hour_first and hour is not None:
        told_until = hour.end  # "the 8 am on the 12th"
    owned = tape.skip(told_until, "filler", "possessive", most=3)
    if tape.has(owned, "booked", "have_booked") and not onto:  # "tomorrow's appointment"
        return True
    leaving = tape.has(owned, "moving") and tape.at(owned).text != "instead" and not onto
    if leaving and any(
        isinstance(p.found, (Days, Clock)) and _goes_to(tape, p.start) for p in pieces[number + 1 :]
    ):
        return True  # "bring tomorrow's forward to today"
    parted = tape.has_any(range(booked, piece.start), "soft")
    moved_after = tape.has_any(range(piece.end, len(tape)), "moving")
    if booked >= 0 and not parted and (not onto or moved_after):  # "my appointment on Tuesday"
        return True
    leaves = tape.has(piece.start, "from") and not tape.is_onward(piece.end - 1)
    if tape.has(piece.start, "from_part"):
        leaves = any(isinstance(p.found, Clock) and _goes_to(tape, p.start) for p in pieces[number + 1 :])
    return leaves and (number + 1 < len(pieces) or booked >= 0 or tape.has_any(before, "moving"))


def _goes_to(tape: Tape, start: int) -> bool:
    """Whether "to" or the like stands right before, or before one small word: "to the 15th"."""
    first = start - 2 if tape.has(start - 1, "filler") else start - 1
    before = any(tape.has(p, "onto") and not tape.has(p, "part") for p in range(first, start))
    return before or tape.has(start, "to", "onto")


def _dismiss_its_clock(tape: Tape, pieces: list[Piece], number: int, *, whole: bool = False) -> None:
    """`whole`: its hour is told with it, whatever the words between ("instead of Monday at 10")."""
    for following in range(number + 1, len(pieces)):
        piece = pieces[following]
        told = tape.has(piece.start, "onto") or tape.has(piece.start - 1, "onto", "to", "doing")
        another = pieces[following + 1] if following + 1 < len(pieces) else None
        if another is not None and isinstance(another.found, Days) and _goes_to(tape, another.start):
            told = False  # "Friday at 10 to next week"
        told = told and not (whole and tape.has(piece.start, "at", "at_weak"))
        if piece.link != "none" or told or not isinstance(piece.found, (Clock, Instant)):
            return
        pieces[following] = piece.but(dismissed=True)


def _from_to(tape: Tape, piece: Piece) -> list[Piece]:
    """Beside "move", "from Tuesday to Thursday" is no span: the visit goes from the first to the second."""
    leaves = tape.has(piece.start, "from") or tape.has(piece.start - 1, "own", "moving", "possessive")
    if isinstance(piece.found, Clock) and piece.found.shape == "range" and leaves:
        to = next((p for p in range(piece.start + 1, piece.end) if tape.has(p, "to")), piece.end - 1)
        return [piece.but(found=Clock("point", piece.found.end, part=piece.found.part), start=to)]
    if not (isinstance(piece.found, Days) and piece.found.kind == "span"):
        return [piece]
    for place in range(piece.start + 1, piece.end):
        if tape.has(place, "to"):
            first = read_days(tape, tape.skip(piece.start, "from", most=1))
            second = read_days(tape, tape.skip(place + 1, "of", "to", most=2)) or read_days(tape, place)
            if first is not None and second is not None:
                return [
                    Piece(first[0], piece.start, place, link=piece.link, dismissed=True),
                    Piece(second[0], place, piece.end, link="break"),
                ]
    return [piece]
