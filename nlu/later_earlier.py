""" "Later", "un po' prima?", "попозже", said to times on offer: the time beside them that is wished for.

Of one day it is what lies after the last of them, or before the first, on that day. Of several days with much
the same hour it is another hour; else other days.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from nlu.understanding import Context, Entity
from nlu.words import Word, plain_words

_WORDS = 7  # a longer message says more than that
_AHEAD = timedelta(days=14)
_MINUTE = timedelta(minutes=1)
_MUCH_THE_SAME = timedelta(hours=2)

_LATER = (
    *("later", "a later one", "too early", "too soon"),
    *("piu tardi", "piu avanti", "troppo presto", "qualcosa dopo"),
    *("позже", "попозже", "позднее", "попозднее", "слишком рано", "рановато"),
)
_EARLIER = (
    *("earlier", "sooner", "an earlier one", "too late"),
    *("piu presto", "prima di cosi", "qualcosa prima", "un po prima", "un poco prima", "troppo tardi"),
    *("раньше", "пораньше", "слишком поздно", "поздновато"),
)
_AROUND = frozenset(
    plain_words(
        "a an any anything something bit little slightly much even got have has do does you there is are was "
        "it s its thats that those these they re all be can could would i id like want need prefer please "
        "pls thanks thank for me us one time times slot slots appointment no nope sorry ok okay hmm perhaps "
        "possibly possible at on in the day same un po poco pochino qualcosa qualche di ce c e avete avreste "
        "ha ne si puo sarebbe possibile posso vorrei preferirei meglio per favore grazie scusi mi ci "
        "orario orari ora giorno lo stesso quello quel stessa giornata nello cosi mica magari anche можно а "
        "есть ли что нибудь то чуть немного немножко еще ещё и нет у вас мне бы лучше хотелось хочу надо "
        "пожалуйста спасибо время времени на в тот же день этот это давайте нельзя получится или как либо "
        "другое "
    )
)


def find_time_beside(words: Sequence[Word], context: Context) -> Entity | None:
    """A `time` or a `part_of_day`, where nothing else is said to times that are on offer."""
    offered = sorted(choice.start for choice in context.choices if choice.start)
    if context.asking != "opening" or not offered or not 1 <= len(words) <= _WORDS:
        return None
    spoken = [word.text for word in words]
    for later, phrases in ((True, _LATER), (False, _EARLIER)):
        for phrase in map(plain_words, phrases):
            for at in range(len(spoken) - len(phrase) + 1):
                rest = (*spoken[:at], *spoken[at + len(phrase) :])
                if tuple(spoken[at : at + len(phrase)]) == phrase and _AROUND.issuperset(rest):
                    return _beside(offered, words, context, later=later)
    return None


def _beside(offered: list[datetime], words: Sequence[Word], context: Context, *, later: bool) -> Entity:
    first, last = offered[0], offered[-1]
    clocks = sorted(start - _midnight(start) for start in offered)
    if first.date() != last.date() and clocks[-1] - clocks[0] <= _MUCH_THE_SAME:
        begin, end = (
            (clocks[-1] + _MINUTE, timedelta(hours=24) - _MINUTE) if later else (timedelta(), clocks[0])
        )
        return _entity(words, "part_of_day", {"from": _clock(begin), "to": _clock(end)})
    one_day = first.date() == last.date()
    if later:
        # The last minute, not midnight: these are hours of that day, and not whatever is left of it.
        ends = _midnight(last) + (timedelta(days=1) - _MINUTE if one_day else _AHEAD)
        return _entity(words, "time", {"from": _wall(last + _MINUTE), "to": _wall(ends)})
    begins = _midnight(first) if one_day else context.now
    return _entity(words, "time", {"from": _wall(begins), "to": _wall(first)})


def _entity(words: Sequence[Word], kind: str, value: dict[str, str]) -> Entity:
    text = " ".join(word.text for word in words)
    return Entity(
        entity=kind,
        value=value,
        start=words[0].start,
        end=words[-1].end,
        text=text,
        grain="part",
        confidence=0.95,
    )


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _wall(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def _clock(since_midnight: timedelta) -> str:
    minutes = int(since_midnight.total_seconds()) // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
