"""Tells which days and which hours of a message share a time."""

from collections.abc import Iterable
from dataclasses import dataclass

from nlu.times.pieces import Clock, Days, Piece, Whenever
from nlu.times.refusals import is_a_condition
from nlu.times.tape import Tape

_WISHING = ("free", "works", "wishing")
_ELSE = frozenset({"altrimenti", "senno", "otherwise", "иначе"})


@dataclass(frozen=True, slots=True)
class Spoken:
    """Days or clocks that share a time, with where they stand in the text."""

    days: tuple[Piece, ...]
    clocks: tuple[Piece, ...]


def chains(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Pieces with nothing but small words between them."""
    chains: list[list[Piece]] = []
    told = list(pieces)
    for number, piece in enumerate(told):
        following = told[number + 1] if number + 1 < len(told) else None
        excluded = following is not None and (
            following.excluding or (following.negated and isinstance(following.found, Days))
        )
        if excluded and isinstance(piece.found, Whenever) and piece.link in ("none", "soft"):
            continue  # "tomorrow at any time but lunch", "in April, any day except the 7th"
        if not isinstance(piece.found, (Days, Clock)):
            if isinstance(piece.found, Whenever) and piece.link == "none" and _has_other_hours(chains):
                chains.append([chains[-1].pop()])  # "in the afternoon on the 10th, or the 11th any time"
            chains.append([])
        elif piece.link == "break" or not chains or not chains[-1]:
            chains.append([piece])
        else:
            chains[-1].append(piece)
    return [chain for chain in chains if chain]


def _has_other_hours(chains: list[list[Piece]]) -> bool:
    """Whether the day told last stands behind another day and the hours of that one."""
    last = chains[-1] if chains else []
    days = [p for p in last if isinstance(p.found, Days)]
    return (
        len(days) > 1 and isinstance(last[0].found, Clock) and last[-1] is days[-1] and not last[-1].negated
    )


def spoken_together(tape: Tape, chain: list[Piece]) -> list[Spoken]:
    """Splits a chain into days with their clocks: days first ("Tuesday or Thursday at 3") or clocks first."""
    if chain and isinstance(chain[-1].found, Clock) and tape.has(chain[-1].end, "for_both"):
        hours = [p for p in chain if isinstance(p.found, Clock)]
        if len(hours) == 1:  # "if the 3rd is full the 4th, afternoon for either"
            return [Spoken(tuple(p for p in chain if p is not hours[0]), tuple(hours))]
    groups: list[Spoken] = []
    days: list[Piece] = []
    clocks: list[Piece] = []
    clocks_lead = bool(chain) and isinstance(chain[0].found, Clock)
    ahead = False  # whether the clocks told last wait for their day
    for number, piece in enumerate(chain):
        is_clock = isinstance(piece.found, Clock)
        turns = (days and is_clock) if clocks_lead else (clocks and not is_clock)
        if clocks_lead and days and is_clock and _only_clocks(chain, piece):
            turns = piece.link not in ("none", "or", "and")
            # "12 on Friday? If not, 1 o'clock"
            turns = turns or (bool(clocks) and piece.link not in ("or", "and"))
        apart = piece.link == "soft" or (piece.link == "and" and not piece.negated)
        if days and is_clock and apart and all(p.excluding for p in days):
            turns = True  # "any day but Wednesday, in the morning"
        if clocks_lead and days and not is_clock and piece.link == "soft":
            turns = turns or (days[-1].negated and not piece.negated)  # "3 on the 5th is bad, the 6th?"
        if (
            not is_clock
            and days
            and not clocks
            and (
                _is_parted(tape, days[-1], piece) or piece.link == "soft" or _is_the_last_resort(tape, piece)
            )
            and (
                is_a_condition(tape, days[-1].start)
                or tape.at(piece.start - 1).text in _ELSE
                or _is_the_last_resort(tape, piece)
                or any(_falls_back(tape, p) for p in range(days[-1].end, piece.start))
            )
        ):
            turns = True  # "unless you have something today, Wednesday at 9", "Friday, if not, Monday at 9"
        elif not clocks_lead:
            turns = (turns and not ahead) or (bool(days) and is_clock and _leads_next_day(chain, number))
            ahead = (bool(turns) and is_clock) or (ahead and is_clock)
        if not clocks_lead and days and not clocks and not is_clock and _is_whole(tape, days[-1], piece):
            turns = True  # "all day Wednesday, Thursday until 2"
        if not is_clock and days and not clocks and _has_own_hours(tape, days[-1], chain[number:]):
            turns = True
        if turns and _wait_for_a_wish(days, clocks, piece):
            groups.append(Spoken(tuple(days), ()))
            days = []
        elif turns:
            groups.append(Spoken(tuple(days), tuple(clocks)))
            days, clocks = [], []
        one_word = is_clock and not clocks and len(days) > 1 and days[-1].start == piece.start
        if one_word and not clocks_lead:  # "today or tonight": the evening is of one of them
            groups.append(Spoken(tuple(days[:-1]), ()))
            days = days[-1:]
        (clocks if is_clock else days).append(piece)
    groups.append(Spoken(tuple(days), tuple(clocks)))
    return groups


def _wait_for_a_wish(days: list[Piece], clocks: list[Piece], piece: Piece) -> bool:
    """ "No Mondays, no Fridays, mornings only, week of the 16th": the mornings of that week."""
    if not (days and clocks) or isinstance(piece.found, Clock) or piece.negated:
        return False
    apart = all(c.link == "soft" and not c.negated for c in clocks)
    return apart and all(d.negated for d in days) and days[-1].start < clocks[0].start


def _is_whole(tape: Tape, last: Piece, piece: Piece) -> bool:
    """ "Wednesday all day and Thursday until 2": the hour is of the second alone."""
    return tape.has_any(range(last.end, piece.start), "whole_day")


def _has_own_hours(tape: Tape, last: Piece, run: list[Piece]) -> bool:
    """ "I can do Wednesday. And I can do Friday too, but only before noon": the hours are of the second."""
    clock = next((p for p in run if isinstance(p.found, Clock)), None)
    if clock is None or clock is not run[1]:
        return False
    comma = next((p for p in range(last.end, run[0].start) if tape.has(p, "soft")), None)
    if comma is None or any(tape.at(p).text in ".!?" for p in range(run[0].end, clock.start)):
        return False
    first = max(p for p in (-1, *range(last.start)) if p < 0 or tape.at(p).text in (".", "!", "?", ",")) + 1
    wished = tape.has_any((*range(first, last.start), *range(last.end, comma)), *_WISHING)
    again = tape.has_any(range(run[0].end, clock.start), *_WISHING)
    return wished and again


def _is_the_last_resort(tape: Tape, piece: Piece) -> bool:
    """ "Сегодня или в крайнем случае завтра с утра": the morning is of the second."""
    return piece.link == "or" and tape.has_any((piece.start - 1, piece.start - 2), "last_resort")


def _falls_back(tape: Tape, place: int) -> bool:
    """ "If", or a phrase for it that is more than an "or": "если мест нет"."""
    return tape.has(place, "if") or (tape.has(place, "or") and not tape.at(place).text)


def _is_parted(tape: Tape, last: Piece, piece: Piece) -> bool:
    """ "If there's nothing on Thursday, otherwise Friday morning": the morning is of Friday."""
    return piece.link == "or" and tape.has_any(range(last.end, piece.start), "soft")


def _leads_next_day(chain: list[Piece], number: int) -> bool:
    """ "Today, or first thing tomorrow": the hours belong to the day right behind them."""
    day, hour = chain[number + 1 : number + 2], chain[number + 2 : number + 3]
    if not day or chain[number].link == "none" or chain[number].negated or day[0].negated:
        return False
    own_hour = hour and isinstance(hour[0].found, Clock) and hour[0].link == "none"
    return isinstance(day[0].found, Days) and day[0].link == "none" and not own_hour


def _only_clocks(chain: list[Piece], piece: Piece) -> bool:
    """Whether nothing but clocks follows from `piece` on."""
    return all(isinstance(p.found, Clock) for p in chain[chain.index(piece) :])
