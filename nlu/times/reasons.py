"""Tells the time of a reason from the one wished for: "school until 3, so at 4 on Tuesday"."""

from dataclasses import replace
from datetime import timedelta

from nlu.times import almanac
from nlu.times.pieces import PAST, Clock, Days, Piece
from nlu.times.purposes import is_purpose
from nlu.times.tape import Tape

_WITHIN = 6
_NIGHT = 6 * 60  # until then no practice receives anybody
_SURE, _LONG_AHEAD = 0.7, 305  # of dates without a year
_FAR_AHEAD, _NEAR_AHEAD = 170, timedelta(days=45)
_EXACT = ("weekday", "date", "relative", "number", "span")


def has_happened(tape: Tape, place: int) -> bool:
    """ "I had an X-ray in June", "è caduto sabato": the words before tell what was, and ask for nothing."""
    if is_accepted(tape, place):
        return False
    joined = False
    before_it = range(place - 1, -1, -1)
    unread = [p for p in before_it if p not in tape.read or tape.has(p, "since")][:_WITHIN]
    for before in unread:  # "I waited from 9 to 10.15 on Thursday"
        joined = joined or tape.has(before, "and")
        missed = tape.has_any(range(before - 3, before), "missed")
        if missed and tape.has(before, "booked", "own", "than"):  # "I missed my visit of the 20th"
            return True
        if tape.has(before, "booked") and tape.at(before - 1).text == "" and tape.has(before - 1, "happened"):
            return True  # "had my check-up with you on 12 September"
        if tape.has(before, "soft", "wishing", "booked", "so", "cannot", "arriving"):
            return False
        if tape.at(before).text == "since" and _names_what_was(tape, before, place):
            return True
        if tape.has(before, "happened") or (tape.has(before, "since") and not tape.at(before).text):
            wished = joined and tape.has_any((place + 1, place + 2), "wishing")
            return not wished  # "it came off last Monday, and on Wednesday I'd like ..."
    return _is_told_behind(tape, place)


def _names_what_was(tape: Tape, since: int, place: int) -> bool:
    """ "Since the extraction on the 24th", unlike "since the 9th is out, the 10th"."""
    owned = tape.at(since + 1).text in ("the", "my", "your", "our", "his", "her", "that", "this")
    named = range(since + 2, place)
    small = all(tape.is_unknown(p) or tape.has(p, "filler", "at", "day_number", "treatment") for p in named)
    return owned and 1 <= len(named) <= 4 and small and any(tape.is_unknown(p) for p in named)


def _is_told_behind(tape: Tape, place: int) -> bool:
    """ "В воскресенье вечером сломался зуб": what hurts or broke is told after its day."""
    for after in range(place + 1, place + 1 + _WITHIN):
        if tape.has(after, "soft", "wishing", "booked", "so", "cannot"):
            return False
        if tape.has(after, "happened") and tape.has(after, "pain"):
            ends = next((p for p in range(after + 1, after + 4) if tape.has(p, "wishing")), None)
            return ends is None
    return False


def asks_for_no_visit(tape: Tape, place: int, *, also: str = "no_visit") -> bool:
    """ "I brush morning and evening", "the invoice of 12 March": no visit is wished for in this clause."""
    if not (tape.says("no_visit") or tape.says(also)) or is_accepted(tape, place):
        return False
    told = False
    for step in (-1, 1):
        beside = place + step
        while 0 <= beside < len(tape) and not _ends_clause(tape, beside):
            wished = tape.has(beside, "wishing", "booked", "moving", "whenever", "asap")
            if wished and not tape.has(beside, "no_visit", "please") and tape.at(beside).text != "about":
                return False
            told = told or tape.has(beside, "no_visit", also)
            beside += step
    return told


def is_accepted(tape: Tape, place: int) -> bool:
    """ "Thanks for the message about Friday, that's fine with me": what was offered is wished for."""
    return tape.says("accepted") and tape.has_any(range(place, len(tape)), "accepted")


def _ends_clause(tape: Tape, place: int) -> bool:
    otherwise = tape.has(place, "or") and not tape.at(place).text  # "else I miss the bus"
    return otherwise or tape.has(place, "soft", "so", "then", "correction", "because")


def begins_its_clause(tape: Tape, place: int) -> bool:
    """Whether nothing of time was read before `place` since the last comma."""
    first = place
    while first > 0 and not tape.has(first - 1, "soft"):
        first -= 1
    return tape.read.isdisjoint(range(first, place))


def is_pointed_back_at(tape: Tape, place: int) -> bool:
    """ "Payday is the 27th, so after that": the day is needed, though no visit is wished for on it."""
    if tape.has_any(range(place, len(tape)), "same_day"):
        return True  # "you texted me for the 16th, same day but after 10"
    for after in range(place, min(place + _WITHIN, len(tape))):
        if tape.has(after, "after_that", "before_that", "that_week"):
            return True
        if tape.has(after, "so"):
            following = tape.skip(after + 1, "filler", "whenever", "soft")
            return tape.has(following, *_POINTING_BACK) or tape.has_any(
                range(following, following + _WITHIN), "before_that", "after_that"
            )
    return False


_POINTING_BACK = ("after_that", "before_that", "that_week", "later_on", "one_after", "earlier", "day_later")


def only_tells_the_time(tape: Tape, place: int) -> bool:
    """ "It's ten past nine and I am waiting" wishes for nothing."""
    return tape.has(place - 1, "it_is") and not (tape.has(place, "at") or tape.has(place - 2, "or"))


def is_of_the_night(tape: Tape, clock: Clock, end: int) -> bool:
    """ "At 4 in the morning I nearly called an ambulance": no practice is open then."""
    moments = [moment.minutes for moment in (clock.start, clock.end) if moment is not None]
    night = tape.has_any(range(end - 5, end), "night")  # "sabato notte verso le 2"
    said = (night or tape.has(end - 1, "ampm_am")) and clock.shape in ("point", "around", "after", "before")
    return said and max(moments, default=_NIGHT) < _NIGHT <= tape.context.opens.hour * 60


def is_of_the_practice(tape: Tape, place: int, clock: Clock, end: int) -> bool:
    """ "В этот четверг вы до 20:00?", "она с 10 до 16 принимает?": when it is open, and no wish."""
    bounded = clock.shape in ("range", "before", "after")
    return bounded and (tape.has(place - 1, "their_hours") or tape.has(end, "their_hours"))


def drop_bygone(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "The crown of 3 February came off, could I come tomorrow?": what has just been is no wish
    beside what is near."""
    pieces = [p.but(found=PAST) if _was_then(tape, pieces, n) else p for n, p in enumerate(pieces)]
    days = [p for p in pieces if isinstance(p.found, Days) and p.found.ranges and not p.dismissed]
    if len(days) < 2 or all(_is_long_ahead(tape, p.found) for p in days):
        return pieces
    return [p.but(found=PAST) if _is_bygone(tape, pieces, n) else p for n, p in enumerate(pieces)]


def _was_then(tape: Tape, pieces: list[Piece], number: int) -> bool:
    """ "Last week on Tuesday I waited for an hour", "on 10 February I had a root canal, it still hurts"."""
    piece, before = pieces[number], pieces[number - 1] if number else None
    if not isinstance(piece.found, Days) or piece.found.bound or piece.negated:
        return False
    ago = before is not None and before.found == PAST and piece.link == "none"
    if ago and before is not None and tape.has_any(range(before.start, before.end), "last"):
        return piece.found.kind in ("weekday", "number", "month") or _is_long_ahead(tape, piece.found)
    return _is_long_ahead(tape, piece.found) and _has_happened_then(tape, piece)


def _has_happened_then(tape: Tape, piece: Piece) -> bool:
    """Whether its clause tells what was done, and wishes for nothing."""
    happened = False
    for step, beside in ((-1, piece.start - 1), (1, piece.end)):
        while 0 <= beside < len(tape) and not tape.has(beside, "soft", "so"):
            if tape.has(beside, "wishing", "moving", "whenever"):
                return False
            happened = happened or tape.has(beside, "happened")
            beside += step
    return happened


def _is_bygone(tape: Tape, pieces: list[Piece], number: int) -> bool:
    piece, later = pieces[number], pieces[number + 1 : number + 2]
    if piece.negated or piece.link in ("or", "and") or (later and later[0].link in ("or", "and")):
        return False
    return _is_long_ahead(tape, piece.found) or _is_far_behind_the_wish(tape, pieces, piece)


def _is_far_behind_the_wish(tape: Tape, pieces: list[Piece], piece: Piece) -> bool:
    """ "The filling of December, could I come on Thursday?": months away, beside a day that is near."""
    days = piece.found
    if (
        tape.vocabulary.language != "it"
        or not isinstance(days, Days)
        or days.kind not in ("month", "date", "span")
    ):
        return False
    if (days.kind == "span") != (days.bound == "from"):
        return False
    if not days.ranges or (days.ranges[0][0] - tape.today).days < _FAR_AHEAD:
        return False
    others = (p.found for p in pieces if isinstance(p.found, Days) and p.found.ranges and not p.negated)
    return any(other.ranges[0][0] - tape.today <= _NEAR_AHEAD for other in others)


def _is_long_ahead(tape: Tape, found: object) -> bool:
    if not isinstance(found, Days) or found.kind != "date" or found.bound or len(found.ranges) != 1:
        return False
    return found.confidence < _SURE and (found.ranges[0][0] - tape.today).days >= _LONG_AHEAD


def drop_reasons(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """What stands before "so" only says why, if what follows it names a time of its own."""
    for number in range(len(pieces) - 1, 0, -1):
        gap = range(pieces[number - 1].end, pieces[number].start)
        told_alike = _is_alike(tape, pieces[number - 1], gap)
        if any(_concludes(tape, place) for place in gap) and not told_alike:
            return _without_reasons(tape, drop_reasons(tape, pieces[:number]), pieces[number:])
    return pieces


def _concludes(tape: Tape, place: int) -> bool:
    """Unlike "così poi vado al mercato", which says what for."""
    return tape.has(place, "so") and not (_points_back(tape, place) or is_purpose(tape, place))


def _is_alike(tape: Tape, before: Piece, gap: range) -> bool:
    """ "Tuesday would work, so would Wednesday" """
    works = tape.has_any(gap, "works") and not before.negated
    return works and tape.has_any(gap, "alike")


def _points_back(tape: Tape, place: int) -> bool:
    """ "Between 1 and 2 is my lunch, so then, on Tuesday": at the time just told."""
    return tape.has(place + 1, "then") and tape.has(place + 2, "soft")


def _without_reasons(tape: Tape, before: list[Piece], after: list[Piece]) -> list[Piece]:
    wishes = [p for p in after if not (p.negated or p.dismissed)]
    days = [p for p in wishes if isinstance(p.found, Days) and p.found.ranges]
    clocks = [p for p in wishes if isinstance(p.found, Clock)]
    if not (days or clocks):
        return [*before, *after]
    kept = [p for p in before if _is_concluded(tape, p) or not _is_reason(p, days=bool(days))]
    kept = [p for p in kept if not _is_taken_back(p, days)]
    kept = [p for p in kept if not _is_another_week(p, days)]
    after = _in_week_of_reason(tape, [p for p in before if p not in kept], after)
    framed = bool(kept) and isinstance(kept[-1].found, Days) and not (kept[-1].negated or kept[-1].dismissed)
    if framed and kept[-1].found.kind in ("week", "month", *_EXACT):  # type: ignore[union-attr]
        after = [after[0].but(link="soft"), *after[1:]]
    return [*kept, *after]


def _is_concluded(tape: Tape, piece: Piece) -> bool:
    """ "The bus takes 40 minutes, so 10.30 at the earliest": the hours are wished for themselves."""
    bounded = isinstance(piece.found, Clock) and piece.found.shape in ("after", "before")
    return bounded and not piece.negated and tape.has(piece.start - 1, "so")


def _is_taken_back(piece: Piece, wished: list[Piece]) -> bool:
    """ "Next week I have night shifts, so from Monday to Friday I can": of them others are said."""
    days = piece.found
    if not isinstance(days, Days) or not piece.negated or piece.excluding or len(days.ranges) != 1:
        return False
    start, end = days.ranges[0]
    told = [each for p in wished if isinstance(p.found, Days) for each in p.found.ranges]
    return all(start <= first and last <= end for first, last in told)


def _is_another_week(piece: Piece, wished: list[Piece]) -> bool:
    """ "This week I'm on nights, so next week": another week is wished for."""
    week = piece.found
    if not isinstance(week, Days) or week.kind != "week" or piece.negated:
        return False
    weeks = [p.found for p in wished if isinstance(p.found, Days) and p.found.kind == "week"]
    return bool(weeks) and all(other.ranges != week.ranges for other in weeks)


def _in_week_of_reason(tape: Tape, reasons: list[Piece], after: list[Piece]) -> list[Piece]:
    """ "From Monday to Wednesday next week I'm in London, so Thursday": that of the same week."""
    dated = [p.found for p in reasons if isinstance(p.found, Days) and p.found.ranges and not p.found.bound]
    if len(dated) != 1 or dated[0].kind not in ("date", "number", "span"):
        return after
    if dated[0].kind == "span" and dated[0].weekday is not None:  # "in London Mon-Wed", of no week
        return after
    last = dated[0].ranges[-1][1] - timedelta(days=1)
    first = almanac.monday(last)
    if first <= tape.today or almanac.monday(dated[0].ranges[0][0]) != first:
        return after
    moved: list[Piece] = []
    for piece in after:
        days = piece.found
        if isinstance(days, Days) and days.kind == "weekday" and days.weekday is not None and not days.bound:
            day = first + timedelta(days=days.weekday)
            sure = 0.95 if day > last else 0.6  # before it, it may be of this week
            days = replace(days, ranges=(almanac.one(day),), others=(), confidence=sure)
            piece = piece.but(found=days)
        moved.append(piece)
    return moved


def _is_reason(piece: Piece, *, days: bool) -> bool:
    if isinstance(piece.found, Clock):
        return True
    if not isinstance(piece.found, Days) or piece.negated or piece.dismissed:
        return False
    return days and piece.found.kind in _EXACT
