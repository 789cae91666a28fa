"""Tells how pieces hang together, and which of them a "not", an "I can't" or an "except" is said of."""

from nlu.times.on_offer import is_answered_no
from nlu.times.pieces import Clock, Days, Link, Piece
from nlu.times.refusals import free_afterwards, is_a_condition, is_refused_in_a_condition, leaves_only
from nlu.times.tape import Tape


def link_of(tape: Tape, start: int, end: int, *, begins: bool) -> Link:
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
        elif "than" in senses and any(tape.at(p).text == "sia" for p in range(start - _BOTH, start)):
            link = "and"  # "sia il 10 che l'11"
        elif tape.at(place).text == "ни":  # "ни завтра ни в среду"
            link = "and"
        elif "soft" in senses:
            link = "soft" if link == "none" else link
        elif not senses or senses.keys().isdisjoint(_TRANSPARENT):
            if "booked" in senses and not moving:  # "any Saturday appointment this week"
                continue
            return "or" if _leads_to_another_hour(tape, place, end) else "break"
    return link


def _leads_to_another_hour(tape: Tape, start: int, end: int) -> bool:
    """ "Is there anything on Wednesday at 9? If not, then at 10": behind whatever words."""
    soft = next((p for p in range(start, end) if tape.has(p, "soft")), end)
    fallen_back = any(tape.has(p, "or") and not tape.at(p).text for p in range(soft, end))
    return fallen_back and tape.has(end, "at", "at_weak", "at_hours") and tape.number(end + 1) is not None


_NEAR = 4
_LISTED = ("weekday", "weekdays", "digits", "number", "ordinal", "relative", "day_number", "at", "holiday")
_BETWEEN = 3  # lexemes between a day and the hour of it
_BOTH = 5  # lexemes between "sia" and "che"
_THEN = frozenset({"потом", "poi"})
_SOMEBODY = frozenset({"one", "me", "мне", "меня", "нас", "его", "ее"})
#: Words that do not part what stands on either side.
_TRANSPARENT = frozenset(
    {"around", "filler", "or", "soft", "not", "except", "cannot", "instead", "correction"}
    | {"at", "at_weak", "from", "to", "and", "next", "of", "in", "this", "by", "same_hour", "possessive"}
)


def are_of_two(tape: Tape, one: Piece, other: Piece) -> bool:
    """ "Tom at 3 and Amy at 3.30", "my son at 4 and my daughter straight after at half 4"."""
    if not (isinstance(one.found, Clock) and isinstance(other.found, Clock)) or one.negated:
        return False
    if (one.found.shape, other.found.shape) != ("point", "point"):
        return False
    if tape.has_any(range(one.start - _NEAR, one.start), "own_hours", "have_booked"):
        return False  # "school ends at 1, we can make 2"
    gap = range(one.end, other.start)
    if tape.has_any(gap, "if"):
        return False
    joined = [place for place in gap if tape.has(place, "and") or tape.at(place).text == ","]
    named = [p for p in gap if tape.is_unknown(p) or tape.has(p, "counted") or tape.at(p).text in _SOMEBODY]
    joining = ("and", "filler", "own", "counted", "then", "at", "soft")
    known = all(tape.has(p, *joining) or p in named or tape.at(p).text in _THEN for p in gap)
    return bool(joined) and 0 < len(named) <= 3 and known and not tape.has_any(gap, "happened", "no_visit")


def is_its_hour(tape: Tape, day: Piece, hour: Piece) -> bool:
    """ "On Wednesday my husband at 6, and I on Thursday at 10": a word or two between a day and its hour."""
    if not (isinstance(day.found, Days) and day.found.ranges and isinstance(hour.found, Clock)):
        return False
    gap = range(day.end, hour.start)
    if gap and all(tape.has(p, "free") and not tape.has(p, "filler") for p in gap) and not day.negated:
        return hour.found.shape in ("before", "after", "range", "point")  # "Friday 6th free til 12"
    plain = hour.found.shape == "point" and not (day.negated or day.found.bound) and len(gap) <= _BETWEEN
    telling = ("soft", "and", "or", "if", "happened", "own_hours", "no_visit", "pain", "cannot", "until")
    return plain and tape.has(hour.start, "at") and not tape.has_any(gap, *telling)


def _is_instead(tape: Tape, pieces: list[Piece], piece: Piece, marker: int) -> bool:
    alike = bool(pieces) and type(pieces[-1].found) is type(piece.found) and not pieces[-1].negated
    whole = ("month", "week") if tape.vocabulary.language == "it" else ("month",)
    if alike and isinstance(pieces[-1].found, Days) and pieces[-1].found.kind in whole:
        return False  # "ad aprile sempre, no il 6"
    if tape.has(piece.start, "weekdays"):
        return False  # "next week, no Mondays"
    parted = tape.at(marker - 1).text in ("?", "…", ".", ",")
    points = [p.found.shape for p in (*pieces[-1:], piece) if isinstance(p.found, Clock)]
    points = [] if alike and _is_agreed(tape, pieces[-1], marker) else points  # "at 3 is fine, not at 4"
    return alike and parted and (isinstance(piece.found, Days) or points == ["point", "point"])


def _is_agreed(tape: Tape, piece: Piece, end: int) -> bool:
    return any(
        tape.has(p, "works") or tape.at(p).text in _YES
        for p in (*range(piece.start - 2, piece.start), *range(piece.end, end))
    )


#: What follows these is wished for, though the day before it was not.
_RATHER = frozenset(
    {"а", "лучше", "давайте", "тогда", "зато", "meglio", "preferibilmente", "preferably", "ideally"}
    | {"желательно", "предпочтительно", "possibilmente", "idealmente", "possibly"}
)
_WISHED = ("wishing", "works", "whenever", "asap", "free")
_NO = frozenset({"no", "нет", "net"})
_YES = frozenset({"si", "ok", "okay", "yes", "yeah", "да", "da", "perfetto", "fine"})
_NO = frozenset({"no", "nope", "nah", "нет"})
_CONTRAST = frozenset({"ma", "pero", "invece", "but", "но", "no"})


def negate(
    tape: Tape, pieces: list[Piece], piece: Piece, gap_start: int, place: int
) -> tuple[list[Piece], Piece]:
    """Applies "not", "I can't" and "except" in the gap before `piece` to it, or to what stood before."""
    for marker in range(gap_start, place):
        senses = tape.at(marker).senses
        if not senses:
            continue
        if "cannot" in senses and pieces and is_a_condition(tape, pieces[-1].start):
            continue  # "if Thursday is full, then on Friday"
        where = _place_of_stay(tape, marker)
        begins = gap_start + (tape.at(gap_start).text in (":", ")"))  # "domani: no"
        before = all(tape.has(p, "filler", "possessive") for p in range(begins, marker)) and bool(pieces)
        if _is_refused_behind_and(tape, gap_start, marker) and pieces:
            pieces = _negated_back(tape, pieces)
            continue
        after = all(
            tape.has(p, "filler", "at", "of", "day_number") or _is_beside_please(tape, marker, p)
            for p in range(where, place)
        )
        if "except" in senses and after and not ("cannot" in senses and before):
            listed = tape.has(marker - 1, "workdays", "whenever", "weekend", "unit", "days_ahead")
            instead = tape.at(marker).text == "but" and bool(pieces) and pieces[-1].negated
            wished = tape.at(marker).text == "but" and _begins_a_wish(tape, marker + 1, place)
            wished = wished or (tape.has(place, "not_before") and tape.has(marker, "whenever", "except"))
            if wished or instead or leaves_only(tape, pieces, marker):  # "not this weekend but the next"
                continue
            listed = listed or (tape.has(marker - 1, "part") and tape.has(marker - 2, "whenever", "every"))
            if tape.at(marker).text != "but" or gap_start == marker == 0 or listed:
                return pieces, piece.but(excluding=True, negated=True)
            continue
        if "cannot" in senses and _says_why(tape, gap_start, marker) and pieces and pieces[-1].negated:
            continue  # "lunedì no ho l'esame, martedì invece sì"
        own_hour = (
            after
            and isinstance(piece.found, Clock)
            and isinstance(pieces[-1].found if pieces else None, Days)
        )
        bare = tape.at(marker).text in _NO and tape.has(marker + 1, "and")  # "Monday no and after 5 yes"
        if "cannot" in senses and before and own_hour and not bare:  # "on Tuesday I have a meeting at 3"
            return pieces, piece.but(negated=True)
        numbered = isinstance(piece.found, Days) and piece.found.kind == "number"
        if numbered and after and is_answered_no(tape, marker):
            continue
        if tape.at(marker).text in _NO and after and _is_instead(tape, pieces, piece, marker):
            continue  # "Thursday? No, Friday": a correction
        contrast = any(
            tape.at(p).text in _CONTRAST or tape.has(p, "so") for p in range(marker + 1, place)
        )  # "evenings are impossible, so on Saturday"
        if "cannot" in senses and before and (contrast or pieces[-1].link != "none"):
            pieces = _negated_back(tape, pieces)
            continue
        if "cannot" in senses and before and after and _refuses_behind(tape, pieces):
            pieces = _negated_back(tape, pieces)
            continue
        if "cannot" in senses and after and _asks_whether(tape, piece.end):
            continue
        told = not is_a_condition(tape, marker) or is_refused_in_a_condition(tape, marker, piece.end)
        if ("cannot" in senses or "not" in senses) and after and told:
            return pieces, piece.but(negated=True)
        if "cannot" in senses and before:
            pieces = _negated_back(tape, pieces)
    amid = bool(pieces) and pieces[-1].negated and _is_amid_a_list(tape, pieces[-1], piece, place)
    if pieces and pieces[-1].negated and (place > gap_start or amid):
        link = link_of(tape, gap_start, place, begins=False)
        joined = link in ("or", "and") or (link == "soft" and pieces[-1].excluding)
        hours = isinstance(pieces[-1].found, Clock) and isinstance(piece.found, Days)
        joined = joined and not (hours and link == "soft")  # "only not in the morning, on Tuesday"
        joined = joined and not tape.has(piece.start, "day_later")  # "rather not tomorrow, the day after"
        joined = joined or amid
        joined = joined and not any(
            tape.at(p).text in _RATHER or tape.has(p, "so", "rather") or tape.at(p).text in (".", "?", "!")
            for p in range(gap_start, place)
        )  # "не в 10, а в 11", "preferably not on the weekend, so Monday"
        clock = piece.found if isinstance(piece.found, Clock) else None
        bounded = clock is not None and (clock.shape in ("after", "before") or _is_apart(pieces[-1], link))
        framed = _frames(pieces[-1], piece) or tape.has(piece.end, "whenever")
        bounded = bounded or (link == "soft" and framed)
        if joined and not bounded and not tape.has_any(range(gap_start, place), "not", "cannot"):
            piece = piece.but(negated=True, excluding=pieces[-1].excluding)
    return pieces, piece


def _is_beside_please(tape: Tape, marker: int, place: int) -> bool:
    """ "Не предлагайте, пожалуйста, утро": a comma that parts nothing."""
    asked = tape.at(place).text == "," and tape.has_any((place - 1, place + 1), "please")
    lexeme = tape.at(marker)
    return asked and tape.text[lexeme.start : lexeme.end].casefold().endswith("те")


def _is_refused_behind_and(tape: Tape, start: int, marker: int) -> bool:
    """ "We tried Tuesday and you were full,": a comma follows."""
    joined = marker == start + 1 and tape.at(start).text == "and"
    return joined and tape.has(marker, "cannot") and not tape.at(marker).text and tape.has(marker + 1, "soft")


def _begins_a_wish(tape: Tape, start: int, end: int) -> bool:
    """ "The dentist said six months, but I'd like this week", "but nothing after 4"."""
    bounded = tape.has(end, "before", "not_before") and not tape.at(end).text
    return bounded or any(tape.has(p, "wishing") and tape.at(p).text != "can" for p in range(start, end))


def _says_why(tape: Tape, start: int, marker: int) -> bool:
    """Whether nothing but another refusal stands before the one at `marker`."""
    told = range(start, marker)
    return tape.has_any(told, "cannot") and all(tape.has(p, "cannot", "filler") for p in told)


def _asks_whether(tape: Tape, end: int) -> bool:
    """ "Non si può alle 16?", "non c'è niente prima del 18?": what is asked for, and not refused."""
    return tape.vocabulary.language == "it" and tape.at(end).text == "?"


def _place_of_stay(tape: Tape, marker: int) -> int:
    """Behind "I work at", and behind where it is: "lavoro in banca | fino alle 5"."""
    where = marker + 1
    if tape.has(marker, "elsewhere") and not tape.at(where).senses and tape.has(where + 1, "until"):
        return where + 1
    return where


def _is_amid_a_list(tape: Tape, last: Piece, piece: Piece, place: int) -> bool:
    """ "I can't do the 9th, 10th and 11th": the tenth, too."""
    if not (isinstance(last.found, Days) and isinstance(piece.found, Days)) or piece.end >= len(tape):
        return False
    begin = last.end + (tape.at(last.end).text == ",")
    comma = all(tape.has(p, "at_weak", "of", "filler") for p in range(begin, place))
    end = piece.end
    while tape.at(end).text == "," and tape.has(end + 1, "weekday", "weekdays"):
        end += 2  # "Mondays, Tuesdays, Wednesdays or Fridays"
    behind = tape.skip(end + 1, "at_weak", "of", most=1)
    goes_on = tape.has(end, "or", "and") and tape.has(behind, *_LISTED)
    return comma and goes_on and last.found.kind == piece.found.kind


def _is_apart(last: Piece, link: Link) -> bool:
    """ "Any day but Wednesday, in the morning": hours after a comma are not of the day that was excluded."""
    return link == "soft" and last.excluding and isinstance(last.found, Days)


def _frames(last: Piece, piece: Piece) -> bool:
    """ "Only not Friday please, this week": the week is what is left."""
    one, other = last.found, piece.found
    if not (isinstance(one, Days) and isinstance(other, Days)) or not one.ranges or not other.ranges:
        return False
    (first, end), (start, last_day) = one.ranges[0], other.ranges[0]
    return one.kind != other.kind and start <= first and end <= last_day and last_day - start > end - first


def _refuses_behind(tape: Tape, pieces: list[Piece]) -> bool:
    """ "Завтра не могу послезавтра не могу в четверг могу": each time, the day is told first."""
    return any(piece.negated and tape.has(piece.end, "cannot") for piece in pieces[:-1])


def negate_last(tape: Tape, pieces: list[Piece], gap_start: int) -> list[Piece]:
    """ "Monday doesn't work" at the end of the message."""
    for place in range(gap_start, min(gap_start + 5, len(tape))):
        if tape.has(place, "none_there") and tape.at(place + 1).text == "?":
            return pieces  # "oggi proprio niente?", "а сегодня никак?": asked for all the same
        if tape.has(place, "cannot") and pieces:
            return _negated_back(tape, pieces)
        sign = tape.at(place).text in ("-", "=", ":", ")")  # "Saturday yes, Sunday - no"
        if pieces and place == gap_start and _is_answered_with_a_no(tape, place):
            return _negated_back(tape, pieces)
        if not (sign or tape.has(place, "filler", "possessive")):  # "Thursday's the one day I can't"
            break
    return _negated_back(tape, pieces) if pieces and _ends_in_a_refusal(tape, gap_start) else pieces


def _is_answered_with_a_no(tape: Tape, place: int) -> bool:
    """ "Thursday? Can't.", "giovedì? no"."""
    behind = range(place + 1, len(tape))
    small = all(tape.has(p, "soft", "filler", "cannot") or tape.at(p).text in _NO for p in behind)
    refused = any(tape.has(p, "cannot") or tape.at(p).text in _NO for p in behind)
    return tape.at(place).text == "?" and small and refused


def exclude_what_is_left_out(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Next week, Wednesday excluded", "aprile, Pasqua e pasquetta escluse": the word stands behind."""
    excluded = list(pieces)
    for last, piece in enumerate(pieces):
        if len(pieces) < 2 or not _is_excluded_behind(tape, piece.end):
            continue
        for place in range(last, -1, -1):
            excluded[place] = excluded[place].but(negated=True, excluding=True)
            hour = isinstance(excluded[place].found, Clock) and excluded[place].link == "none"
            if not hour and excluded[place].link not in ("or", "and"):
                break
    return excluded


def _is_excluded_behind(tape: Tape, place: int) -> bool:
    after = place + 1
    alone = after >= len(tape) or tape.has(after, "soft", "wishing") or tape.is_unknown(after)
    return tape.has(place, "excluded") and alone


def _ends_in_a_refusal(tape: Tape, start: int) -> bool:
    """ "From 12 to 2 I am in the canteen, I can't": what was told before is refused."""
    comma = next((p for p in range(start, len(tape)) if tape.has(p, "soft")), len(tape))
    last = tape.skip(comma + 1, "filler", most=2)
    said = range(start, comma)
    told = any(tape.is_unknown(p) for p in said) and not tape.has_any(said, *_WISHED)
    return told and tape.has(last, "cannot") and (last + 1 >= len(tape) or tape.has(last + 1, "soft"))


def _is_listed_before(tape: Tape, pieces: list[Piece], place: int) -> bool:
    one, other = pieces[place - 1] if place else None, pieces[place]
    if one is None or not (isinstance(one.found, Days) and isinstance(other.found, Days)):
        return False
    if one.found.kind in ("week", "month", "span") and other.found.kind not in ("week", "month", "span"):
        return False  # "this week, Thursday and Friday are out"
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
    if pieces[-1].excluding and pieces[-1].link == "none":
        return pieces  # "every afternoon but Wednesday, when I have swimming"
    pieces = list(pieces)
    listed = False
    for place in range(len(pieces) - 1, -1, -1):
        if listed and pieces[place].excluding:
            break  # "afternoons, but not on Monday and not on Wednesday"
        pieces[place] = free_afterwards(tape, pieces[place].but(negated=True))
        listed = listed or pieces[place].link in ("or", "and")
        if listed and _is_listed_before(tape, pieces, place):  # "the 10th, 11th and 12th don't suit"
            continue
        if pieces[place].link in ("break", "soft") or _is_within(pieces, place):
            break
    return pieces
