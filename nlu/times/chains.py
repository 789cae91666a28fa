"""Finds the pieces of a message and how they hang together."""

from datetime import timedelta

from nlu.times import almanac
from nlu.times.arrivals import drop_arrivals
from nlu.times.clocks import read_clock
from nlu.times.counting import part_beside_a_day, read_instant
from nlu.times.days import read_days, speaks_of_pain
from nlu.times.departures import dismiss
from nlu.times.echoes import read_echo
from nlu.times.full_dates import read_birth
from nlu.times.hours import part_hours
from nlu.times.pieces import PAST, Birth, Clock, Days, Instant, Link, Piece, Whenever
from nlu.times.pointing import read_pointing
from nlu.times.reasons import (
    asks_for_no_visit,
    drop_bygone,
    drop_reasons,
    has_happened,
    is_pointed_back_at,
    only_tells_the_time,
)
from nlu.times.refusals import (
    falls_back,
    free_afterwards,
    is_a_condition,
    keep_days_of_refused_hours,
    leaves_only,
    refuse_alike,
    refuse_before_the_rest,
    stay_between,
)
from nlu.times.repeats import join_repeats, same_day, widen_to_any_time
from nlu.times.retractions import retract
from nlu.times.stories import drop_what_is_told
from nlu.times.tape import Tape

_MOST_PIECES = 40
#: No time begins with these.
_BEGINNING_NOTHING = frozenset(
    {"filler", "soft", "wishing", "happened", "so", "booked", "pain", "counted", "no_visit", "idiom"}
    | {"correction", "cannot", "moving", "then", "if", "arriving", "astonished", "cancelling"}
)


def find_pieces(tape: Tape) -> list[Piece]:
    """Every piece in its order. What was negated, excluded or moved away from says so."""
    pieces: list[Piece] = []
    place, gap_start = 0, 0
    born = False
    while place < len(tape) and len(pieces) < _MOST_PIECES:
        senses = tape.at(place).senses
        if not senses or senses.keys() <= _BEGINNING_NOTHING or _is_greeting(tape, place):
            place += 1
            continue
        born = born or ("born" in senses and not (pieces and _is_birth_just_told(pieces[-1], place)))
        found = (
            same_day(tape, place, pieces)
            or read_pointing(tape, place, pieces)
            or read_echo(tape, place, pieces)
            or _read(tape, place, born=born)
        )
        if found is None:
            place += 1
            continue
        news, end = found
        if born and any(isinstance(piece.found, (Birth, Days)) for piece in news):
            born = False  # a wish may follow
        tape.read.update(range(place, end))
        if isinstance(news[0].found if news else None, Instant) and pieces and _is_today(tape, pieces[-1]):
            pieces.pop()  # "today in two hours"
        for number, piece in enumerate(news):
            first = number == 0
            link: Link = _link(tape, gap_start, place, begins=not pieces) if first else "none"
            if first and pieces and falls_back(tape, gap_start, place):
                link = "or" if isinstance(piece.found, Clock) else "break"
            if first and piece.link == "none":  # an hour that a day before it has
                link = "none"
            if first:
                pieces, piece = _negate(tape, pieces, piece, gap_start, place)
                piece = free_afterwards(tape, piece)
            pieces.append(piece.but(link=link))
        place = gap_start = end
    pieces = stay_between(tape, refuse_alike(tape, _negate_last(tape, pieces, gap_start)))
    pieces = refuse_before_the_rest(tape, pieces)
    pieces = keep_days_of_refused_hours(retract(tape, pieces))
    pieces = drop_bygone(tape, join_repeats(widen_to_any_time(pieces)))
    pieces = dismiss(tape, pieces)
    return drop_what_is_told(tape, drop_arrivals(tape, drop_reasons(tape, pieces)))


def _is_today(tape: Tape, piece: Piece) -> bool:
    return isinstance(piece.found, Days) and piece.found.ranges == (almanac.one(tape.today),)


def _is_birth_just_told(last: Piece, place: int) -> bool:
    """ "12.03.1986 г.р." """
    return isinstance(last.found, Birth) and place - last.end <= 2


def _read(tape: Tape, place: int, *, born: bool) -> tuple[list[Piece], int] | None:
    asked_for_birth = tape.context.asking == "birth_date"
    if (birth := read_birth(tape, place, born=born)) is not None:
        return [Piece(birth[0], place, birth[1])], birth[1]
    if (instant := read_instant(tape, place)) is not None:
        return [Piece(instant[0], place, instant[1])], instant[1]
    clock_first = _clock_comes_first(tape, place)
    if clock_first and (clock := read_clock(tape, place)) is not None:
        over = has_happened(tape, place) or asks_for_no_visit(tape, place)
        if clock[0].shape == "point" and over:
            return [], clock[1]
        return [Piece(clock[0], place, clock[1])], clock[1]
    if tape.has(place, "since_if_pain") and speaks_of_pain(tape, place, place + 1, within=2):
        return [Piece(PAST, place, place + 1)], place + 1
    day_part = tape.get(place, "day_part")
    if day_part is not None:
        if has_happened(tape, place) or asks_for_no_visit(tape, place):
            return [Piece(PAST, place, place + 1)], place + 1
        return _day_part(tape, place, *day_part), place + 1
    if (beside := part_beside_a_day(tape, place)) is not None:
        both, end = beside
        return [Piece(found, place, end) for found in both], end
    if tape.has(place, "this") and tape.has(place + 1, "part"):  # "this aft"
        return _day_part(tape, place, 0, tape.get(place + 1, "part"), words=2), place + 2
    if (days := read_days(tape, place)) is not None:
        is_today = days[0].kind == "relative" and days[0].ranges == (almanac.one(tape.today),)
        dated = days[0].kind in ("weekday", "date", "number", "month", "span") or is_today
        told_only = has_happened(tape, place) or asks_for_no_visit(tape, place)
        dated = dated or (days[0].kind == "relative" and tape.says("calling"))  # "I'll call you tomorrow"
        if dated and told_only and not is_pointed_back_at(tape, days[1]):
            return [Piece(PAST, place, days[1])], days[1]
        if (asked_for_birth or born) and days[0].kind in ("date", "number", "month"):
            return [Piece(PAST, place, days[1])], days[1]
        return [Piece(days[0], place, days[1])], days[1]
    if (clock := read_clock(tape, place)) is not None and not asked_for_birth:
        also = "pain" if clock[0].shape == "part" and not tape.read else "no_visit"  # "worse at night"
        if clock[0].shape in ("part", "point") and has_happened(tape, place):
            return [], clock[1]
        told = clock[0].shape == "point" and only_tells_the_time(tape, place)
        since = clock[0].shape == "after" and tape.has(place, "from_on")  # "it hurts since 3 at night"
        told = told or (since and speaks_of_pain(tape, place, clock[1], within=2))
        if told or asks_for_no_visit(tape, place, also=also):
            return [Piece(PAST, place, clock[1])], clock[1]
        return [Piece(clock[0], place, clock[1])], clock[1]
    if tape.has(place, "indifferent") and tape.asked_for_time:
        return [Piece(Whenever(firm=False), place, place + 1)], place + 1
    for kind in ("asap", "whenever"):
        if tape.has(place, kind):
            return [Piece(Whenever(firm=kind == "asap"), place, place + 1)], place + 1
    return None


def _clock_comes_first(tape: Tape, place: int) -> bool:
    """ "alle 14.10" is a time although 14.10 could be a day."""
    return tape.has(place, "at", "at_hours", "around") and not tape.has(place, "day_number")


def _day_part(tape: Tape, place: int, offset: int, part: str, *, words: int = 1) -> list[Piece]:
    if offset < 0 or (part == "morning" and speaks_of_pain(tape, place, place + 1)):
        return [Piece(PAST, place, place + words)]
    now = tape.context.now
    ends = part_hours(part, tape.vocabulary, tape.context)[1]
    if offset == 0 and part != "evening" and ends <= now.hour * 60 + now.minute:
        return [Piece(PAST, place, place + words)]
    day = tape.today + timedelta(days=offset)
    return [
        Piece(Days("relative", (almanac.one(day),)), place, place + words),
        Piece(Clock("part", part=part), place, place + words),
    ]


def _is_greeting(tape: Tape, place: int) -> bool:
    """ "Morning! I'd like ..." """
    greets = place == 0 and tape.has(0, "greeting") and not tape.asked_for_time
    dated = (
        tape.has(2, "weekday", "relative", "digits", "day_number") and len(tape) <= 5
    )  # "evening, 12 March"
    return greets and not dated and (len(tape) == 1 or tape.has(1, "soft") or tape.is_unknown(1))


def _link(tape: Tape, start: int, end: int, *, begins: bool) -> Link:
    """What lexemes [start, end) between two pieces make of them."""
    if begins:
        return "break"
    link: Link = "none"
    moving = tape.speaks_of_moving
    for place in range(start, end):
        senses = tape.at(place).senses
        if "and" in senses and "or" in senses and link != "or":
            link = "and"
        elif "or" in senses and "filler" not in senses:
            link = "or"
        elif "soft" in senses:
            link = "soft" if link == "none" else link
        elif not senses or senses.keys().isdisjoint(_TRANSPARENT):
            if "booked" in senses and not moving:  # "any Saturday appointment this week"
                continue
            return "break"
    return link


#: Words that do not part what stands on either side.
_TRANSPARENT = frozenset(
    {"around", "filler", "or", "soft", "not", "except", "cannot", "instead", "correction"}
    | {"at", "at_weak", "from", "to", "and", "next", "of", "in", "this", "by"}
)


def _is_instead(tape: Tape, pieces: list[Piece], piece: Piece, marker: int) -> bool:
    alike = bool(pieces) and type(pieces[-1].found) is type(piece.found) and not pieces[-1].negated
    return alike and tape.at(marker - 1).text in ("?", "…", ".", ",") and isinstance(piece.found, Days)


_CONTRAST = frozenset({"ma", "pero", "invece", "but", "но", "no"})


def _negate(
    tape: Tape, pieces: list[Piece], piece: Piece, gap_start: int, place: int
) -> tuple[list[Piece], Piece]:
    """Applies "not", "I can't" and "except" in the gap before `piece` to it, or to what stood before."""
    for marker in range(gap_start, place):
        senses = tape.at(marker).senses
        if not senses:
            continue
        if "cannot" in senses and pieces and is_a_condition(tape, pieces[-1].start):
            continue  # "if Thursday is full, then on Friday"
        before = all(tape.has(p, "filler", "possessive") for p in range(gap_start, marker)) and bool(pieces)
        after = all(tape.has(p, "filler", "at", "of", "day_number") for p in range(marker + 1, place))
        if "except" in senses and after and not ("cannot" in senses and before):
            listed = tape.has(marker - 1, "workdays", "whenever", "weekend", "unit", "days_ahead")
            instead = tape.at(marker).text == "but" and bool(pieces) and pieces[-1].negated
            if instead or leaves_only(tape, pieces, marker):  # "not this weekend but the next"
                continue
            listed = listed or (tape.has(marker - 1, "part") and tape.has(marker - 2, "whenever", "every"))
            if tape.at(marker).text != "but" or gap_start == marker == 0 or listed:
                return pieces, piece.but(excluding=True, negated=True)
            continue
        own_hour = (
            after
            and isinstance(piece.found, Clock)
            and isinstance(pieces[-1].found if pieces else None, Days)
        )
        if "cannot" in senses and before and own_hour:  # "on Tuesday I have a meeting at 3"
            return pieces, piece.but(negated=True)
        if tape.at(marker).text == "no" and after and _is_instead(tape, pieces, piece, marker):
            continue  # "Thursday? No, Friday": a correction
        contrast = any(
            tape.at(p).text in _CONTRAST or tape.has(p, "so") for p in range(marker + 1, place)
        )  # "evenings are impossible, so on Saturday"
        if "cannot" in senses and before and (contrast or pieces[-1].link != "none"):
            pieces = _negated_back(tape, pieces)
            continue
        if ("cannot" in senses or "not" in senses) and after and not is_a_condition(tape, marker):
            return pieces, piece.but(negated=True)
        if "cannot" in senses and before:
            pieces = _negated_back(tape, pieces)
    if pieces and pieces[-1].negated and place > gap_start:
        link = _link(tape, gap_start, place, begins=False)
        joined = link in ("or", "and") or (link == "soft" and pieces[-1].excluding)
        clock = piece.found if isinstance(piece.found, Clock) else None
        bounded = clock is not None and (clock.shape in ("after", "before") or _is_apart(pieces[-1], link))
        if joined and not bounded and not any(tape.has(p, "not", "cannot") for p in range(gap_start, place)):
            piece = piece.but(negated=True, excluding=pieces[-1].excluding)
    return pieces, piece


def _is_apart(last: Piece, link: Link) -> bool:
    """ "Any day but Wednesday, in the morning": hours after a comma are not of the day that was excluded."""
    return link == "soft" and last.excluding and isinstance(last.found, Days)


def _negate_last(tape: Tape, pieces: list[Piece], gap_start: int) -> list[Piece]:
    """ "Monday doesn't work" at the end of the message."""
    for place in range(gap_start, min(gap_start + 5, len(tape))):
        if tape.has(place, "cannot") and pieces:
            return _negated_back(tape, pieces)
        if not tape.has(place, "filler"):
            break
    return pieces


def _is_listed_before(tape: Tape, pieces: list[Piece], place: int) -> bool:
    one, other = pieces[place - 1] if place else None, pieces[place]
    if one is None or not (isinstance(one.found, Days) and isinstance(other.found, Days)):
        return False
    return other.link == "soft" and other.start == one.end + 1 and tape.at(one.end).text == ","


def _is_within(pieces: list[Piece], place: int) -> bool:
    """ "Next week, but not on Tuesday": the week stays."""
    days, before = pieces[place].found, pieces[place - 1].found if place else None
    return (
        isinstance(days, Days)
        and isinstance(before, Days)
        and pieces[place].link == "none"
        and before.kind in ("week", "month", "span")
    )


def _negated_back(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """Negates the last piece and those that hang on it."""
    pieces = list(pieces)
    listed = False
    for place in range(len(pieces) - 1, -1, -1):
        pieces[place] = free_afterwards(tape, pieces[place].but(negated=True))
        listed = listed or pieces[place].link in ("or", "and")
        if listed and _is_listed_before(tape, pieces, place):  # "the 10th, 11th and 12th don't suit"
            continue
        if pieces[place].link in ("break", "soft") or _is_within(pieces, place):
            break
    return pieces
