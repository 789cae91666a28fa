"""Tells what somebody does at a time from the time wished for: "at 6 on Thursday there's a mass, but at 4 I
can", "I play bowls on Tuesdays, better on Friday"."""

import re

from nlu.times.pieces import Clock, Days, Piece
from nlu.times.tape import Tape

_WISHING = ("wishing", "works", "whenever", "asap", "free", "booked", "moving", "better", "have_booked")
_DOING = ("busy", "own_hours")

_PRONOUNS = frozenset({"mi", "ci", "lo", "la", "li", "le", "si", "ne"})
_FIRST_PERSON = re.compile(r"[a-z]{3,}(?:o|iamo)")
_IT = frozenset({"lo", "li", "ve", "vi", "glielo", "gliela"})


def drop_what_is_done(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """Without the times at which somebody does something else, where another is wished for; of "on Thursday
    there's a mass at 6, at 4 I can" the day stays."""
    if tape.vocabulary.language != "it":  # whose words for it are not told yet
        return pieces
    pieces = _with_days_of_other_hours(tape, pieces)
    done = [n for n, piece in enumerate(pieces) if _is_wish(piece) and is_done_then(tape, piece)]
    done += [n for n in range(len(pieces)) if n not in done and _states_a_fact(tape, pieces, n)]
    done += [n for n in range(1, len(pieces)) if n - 1 in done and _is_alike(tape, pieces, n)]
    left = [piece for n, piece in enumerate(pieces) if n not in done and _is_wish(piece)]
    if not any(isinstance(piece.found, Clock) for piece in left):  # "when I finish at 4, on Wednesday"
        done = [n for n in done if not _is_own_hour(tape, pieces, n) or _is_of_a_day(pieces, n, done)]
    if not done or not left:
        return pieces
    days = [n for n in done if isinstance(pieces[n].found, Days)]
    stays = _days_of_hours_behind(pieces, days, left)
    if stays and len(done) == len(days):
        return pieces  # "on Thursday I have school, at 3 I can": the day was all that was told
    done += [n + 1 for n in days if _is_refused_hour(pieces, n + 1)]
    return _without(pieces, [n for n in done if n not in stays], stays)


def _days_of_hours_behind(pieces: list[Piece], days: list[int], left: list[Piece]) -> list[int]:
    """The day of which the next thing that is wished for is an hour without a day of its own."""
    for number in reversed(days):
        behind = [p for p in left if p.start >= pieces[number].end]
        hour, following = (behind[0], behind[1:2]) if behind else (None, [])
        if hour is not None and isinstance(hour.found, Clock):
            own = following and isinstance(following[0].found, Days) and following[0].link == "none"
            return [] if own else [number]
    return []


def _with_days_of_other_hours(tape: Tape, pieces: list[Piece]) -> list[Piece]:
    """ "Giovedì ho un funerale alle 11, però alle 16 posso": the day was refused for that hour alone."""
    for number in range(len(pieces) - 2):
        day, hour, later = pieces[number], pieces[number + 1], pieces[number + 2 :]
        if not (isinstance(day.found, Days) and isinstance(hour.found, Clock) and _is_wish(hour)):
            continue
        gap = range(day.end, hour.start)
        refused = day.negated and not day.excluding and tape.has_any(gap, "cannot")
        if not refused or any(_parts(tape, p) for p in gap):
            continue
        wished = [piece for piece in later if _is_wish(piece)]
        if any(isinstance(piece.found, Days) for piece in wished):
            return [*pieces[: number + 1], *later]
        if wished and wished[0] is later[0]:
            free = day.but(negated=False)
            return [*pieces[:number], free, later[0].but(link="none"), *later[1:]]
    return pieces


def _states_a_fact(tape: Tape, pieces: list[Piece], number: int) -> bool:
    """ "Il 15 è domenica, allora il 16": either of the two, where what follows is no other choice."""
    return any(_is_its_weekday(tape, pieces, n) for n in (number, number - 1))


def _is_its_weekday(tape: Tape, pieces: list[Piece], number: int) -> bool:
    if not 0 <= number < len(pieces) - 2:
        return False
    date, weekday, later = pieces[number : number + 3]
    if not (isinstance(date.found, Days) and isinstance(weekday.found, Days)) or later.link in ("or", "and"):
        return False
    if date.found.kind not in ("date", "number") or weekday.found.kind != "weekday":
        return False
    gap = range(date.end, weekday.start)
    is_it = len(gap) == 1 and tape.at(gap[0]).text == "e" and _is_wish(date)
    return is_it and date.found.ranges[0][0].weekday() == weekday.found.weekday


def _is_alike(tape: Tape, pieces: list[Piece], number: int) -> bool:
    """ "Venerdì ho gli ospiti, sabato pure"."""
    end = pieces[number].end
    return _is_wish(pieces[number]) and tape.has(end, "too") and tape.has(end + 1, "soft")


def _is_refused_hour(pieces: list[Piece], number: int) -> bool:
    """ "On Tuesdays I play until 5", of which the hours behind were left."""
    hour = pieces[number] if number < len(pieces) else None
    return hour is not None and isinstance(hour.found, Clock) and hour.negated and hour.link == "none"


def _without(pieces: list[Piece], dropped: list[int], stays: list[int]) -> list[Piece]:
    kept: list[Piece] = []
    for number, piece in enumerate(pieces):
        if number in dropped:
            continue
        behind = number - 1 in dropped and piece.link != "break"
        hour = isinstance(piece.found, Clock)
        first = bool(stays and kept) and kept[-1] is pieces[stays[0]]
        if first and hour and number - 1 in dropped:
            piece = piece.but(link="none")
        elif behind and not (stays and hour):
            piece = piece.but(link="break")
        kept.append(piece)
    return kept


def is_done_then(tape: Tape, piece: Piece) -> bool:
    if tape.has(piece.start - 1, "which_is") and tape.has(piece.start - 2, "busy"):
        return True  # "before the wedding, which is on 30 May"
    clause = [*_before(tape, piece), *_behind(tape, piece)]
    ends = _behind(tape, piece).stop
    if tape.at(ends).text == "?" or any(_wishes(tape, p) for p in clause):
        return False
    refuses = any(_refuses(tape, p) for p in _behind(tape, piece))
    return refuses or any(_names_what_is_done(tape, p) and not _is_for_the_visit(tape, p) for p in clause)


def _refuses(tape: Tape, place: int) -> bool:
    """ "Sabato non guido", "domenica non la disturbo": something that nobody does then."""
    if tape.vocabulary.language != "it" or not tape.has(place, "not") or not tape.at(place).text:
        return False
    verb = place + 1 + (tape.at(place + 1).text in _PRONOUNS)
    return tape.is_unknown(verb) and _FIRST_PERSON.fullmatch(tape.at(verb).text) is not None


def _wishes(tape: Tape, place: int) -> bool:
    """Unlike "c'è il mercato"."""
    there_is = tape.has(place, "having") and _names_what_is_done(tape, place)
    there_is = there_is or (tape.has(place, "have_booked", "at") and tape.has(place + 1, "busy"))
    return tape.has(place, "if", *_WISHING) and not there_is


def _is_of_a_day(pieces: list[Piece], number: int, done: list[int]) -> bool:
    """ "The flight is on the 20th at 7": the hour goes with its day."""
    return pieces[number].link == "none" and number - 1 in done


def _is_own_hour(tape: Tape, pieces: list[Piece], number: int) -> bool:
    piece = pieces[number]
    if not isinstance(piece.found, Clock):
        return False
    clause = [*_before(tape, piece), *_behind(tape, piece)]
    return tape.has_any(clause, "own_hours")


def _is_for_the_visit(tape: Tape, place: int) -> bool:
    """ "Non gioco", "lo porto io alle 12"."""
    return tape.has(place - 1, "not") or tape.at(place - 1).text in _IT or tape.at(place + 1).text == "io"


def _names_what_is_done(tape: Tape, place: int) -> bool:
    if tape.has(place, *_DOING):
        return True
    if not tape.has(place, "having") or not tape.has(place + 1, "article"):
        return False  # "I've got the notary"
    noun = place + 2
    return (tape.is_unknown(noun) or tape.has(noun, "pain")) and tape.at(noun).text.isalpha()


def _before(tape: Tape, piece: Piece) -> range:
    first = piece.start
    while first > 0 and not _parts(tape, first - 1):
        first -= 1
    return range(first, piece.start)


def _behind(tape: Tape, piece: Piece) -> range:
    last = piece.end
    while last < len(tape) and not _parts(tape, last):
        last += 1
    return range(piece.end, last)


def _parts(tape: Tape, place: int) -> bool:
    return (
        tape.has(place, "soft", "so", "because", "contrast", "which_is")
        or tape.at(place).text == "che"
        or tape.is_a_picture(place)
    )


def _is_wish(piece: Piece) -> bool:
    if piece.negated or piece.dismissed:
        return False
    return isinstance(piece.found, Clock) or (isinstance(piece.found, Days) and bool(piece.found.ranges))
