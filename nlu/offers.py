"""Which of the choices on the patient's screen a message picks: by place, hour, day, dentist or title."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from nlu.end_of_a_list import pick_by_order
from nlu.lexicon import Lexicon, known_languages, lexicon
from nlu.practice_words import same_word
from nlu.transcription import same_name
from nlu.understanding import Context, Entity, OfferedChoice
from nlu.words import Word, fold_text, plain_words

_EXPLICIT_DATE = re.compile(r"\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2,4}|\d{1,2}[/-]\d{1,2}")

#: "The first of these", "enough questions, the first": words that pick nothing by themselves.
_BESIDE = re.compile(
    r"(?<!\w)(?:(?:of|from|among|out of|on) (?:those|these|them|the list|your list)|"
    r"(?:(?:di|tra|fra) |d')(?:quest[ieo]|quell[ie]|loro|essi)|dell'elenco|della lista|in elenco|"
    r"(?:из|среди) (?:них|этих|тех|списка|предложенн\w+)|ладно|alright|all right|vabb[èe]|"
    r"(?:that )?you (?:just )?(?:listed|showed|offered|gave|sent|wrote)(?: me)?|"
    r"i (?:guess|suppose|think|reckon|would say|'d say)|maybe|probably|perhaps|"
    r"(?:io )?(?:direi|credo|penso|suppongo)|forse|magari|probabilmente|"
    r"(?:я )?(?:думаю|полагаю)|наверное|наверно|пожалуй|видимо|вероятно|скорее всего|"
    r"(?:stop|quit|enough|no more)(?: asking)?(?: me)?(?: questions)?|basta(?: con le)? domande|"
    r"(?:хватит|довольно) (?:вопросов|спрашивать))(?!\w)",
    re.IGNORECASE,
)
#: "Is the first still free?": what asks whether, and what may stand beside it.
_FREE = re.compile(
    r"(?<!\w)(?:available|free|taken|gone|liber[aoie]|disponibil[ei]|pres[ao]|occupat[ao]|"
    r"свободн\w+|доступн\w+|занят\w*)(?!\w)",
    re.IGNORECASE,
)
_BESIDE_FREE = re.compile(
    r"(?<!\w)(?:is|it|still|è|ancora|ещ[её]|sorry|scusi|а|ma|but|и)(?!\w)", re.IGNORECASE
)
_FIRST_OF_THEM = ("earliest", "soonest", "раннее", "раньше", "prima")

_OF_AN_HOUR = frozenset({"am", "pm", "h", "ч"})
_MEANT = 0.35  # confidence below which nlu.times says: refused, or moved away from
Span = tuple[int, int]
_THE_LATER = (
    *("the later one", "the later", "later one", "the later visit", "the later of the two", "the latter"),
    *(
        "quella dopo",
        "quello dopo",
        "quella più avanti",
        "quella più tardi",
        "quello più tardi",
        "la più lontana",
    ),
    *(
        "который позже",
        "которая позже",
        "та что позже",
        "тот что позже",
        "более поздний",
        "поздний",
        "дальний",
    ),
)
_THE_EARLIER = (
    *("the earlier one", "the earlier", "earlier one", "the earlier visit", "the earlier of the two"),
    *("the sooner one", "the former", "quella prima", "quello prima", "quella più vicina", "la più vicina"),
    *(
        "который раньше",
        "которая раньше",
        "та что раньше",
        "тот что раньше",
        "более ранний",
        "ранний",
        "ближайший",
    ),
)


def find_choice(
    text: str,
    words: tuple[Word, ...],
    context: Context,
    *,
    language: str,
    times: Sequence[Entity],
    refused: Sequence[Span] = (),
) -> Entity | None:
    """The one choice that fits everything said. Two that fit are none: the patient is asked again.

    `refused` is where somebody is named who is not wanted.
    """
    choices = context.choices
    if not choices or not words or len(words) > 60:
        return None
    titled, words = _by_title(text, words, choices), _that_may_pick(text, words)
    names_a_date = _is_a_date(times) and not _is_of_no_time(context)
    picked = (
        titled
        or (
            None
            if names_a_date or _has_no_list(words, context)
            else _by_place(text, words, choices, language)
        )
        or _the_earliest(text, words, choices, language)
        or _of_two(text, words, choices, language)
        or _by_order(text, words, context, language, times)
    )
    if picked is not None:
        return picked
    evidence = [*_by_time(choices, times, language), *_by_practitioner(words, context, refused)]
    if not evidence:
        return None
    fitting = [choice for choice in choices if all(choice in fits for fits, _ in evidence)]
    if len(fitting) != 1:
        return None
    start = min(span[0] for _, span in evidence)
    end = max(span[1] for _, span in evidence)
    return _entity(fitting[0], text, start, end)


def _entity(choice: OfferedChoice, text: str, start: int, end: int) -> Entity:
    return Entity(entity="choice", value=choice.value, start=start, end=end, text=text[start:end])


def _by_title(text: str, words: tuple[Word, ...], choices: Sequence[OfferedChoice]) -> Entity | None:
    """The whole message is a title, or the title but for a slip in each long word."""
    spoken = tuple(word.text for word in words)
    exact = [c for c in choices if plain_words(c.title) == spoken]
    if len(exact) == 1:
        return _entity(exact[0], text, 0, len(text))
    if exact:
        return None
    near = [c for c in choices if _near(plain_words(c.title), spoken)]
    return _entity(near[0], text, 0, len(text)) if len(near) == 1 else None


def _near(title: tuple[str, ...], spoken: tuple[str, ...]) -> bool:
    return len(title) == len(spoken) > 0 and all(same_word(a, b) for a, b in zip(spoken, title, strict=True))


def _by_place(
    text: str, words: tuple[Word, ...], choices: Sequence[OfferedChoice], language: str
) -> Entity | None:
    """ "la seconda", "2", "the last one": only when nothing else is said beside courtesies."""
    if len(words) > 1 and words[-1].text == "no":  # "il primo no"; at the head it may be that of "no. 2"
        return None
    languages = (language, *(other for other in known_languages() if other != language))
    last = max((place for place, c in enumerate(choices, 1) if c.start), default=len(choices))
    read = (_places(_without_courtesies(words, lexicon(x)), lexicon(x), last=last) for x in languages)
    places = next((found for found in read if found), {})
    if len(set(places.values())) != 1:
        return None
    word, place = next(iter(places.items()))
    if not 1 <= place <= len(choices):
        return None
    return _entity(choices[place - 1], text, word.start, word.end)


def _has_no_list(words: tuple[Word, ...], context: Context) -> bool:
    """ "The first one", said to a time that waits for a yes, is of a list that is gone; only a number may be
    that of a line, where choices are numbered."""
    return context.asking == "yes_no" and not any(word.text.isdecimal() for word in words)


def _that_may_pick(text: str, words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words but for "of these", and for "is ... still free?"."""
    patterns = [_BESIDE, *([_FREE, _BESIDE_FREE] if "?" in text and _FREE.search(text) else [])]
    spans = [match.span() for pattern in patterns for match in pattern.finditer(text)]
    left = tuple(w for w in words if not any(start <= w.start < end for start, end in spans))
    return left or words


def _is_of_no_time(context: Context) -> bool:
    """ "Il primo", of kinds of visit: no day can be meant where none is asked for."""
    return context.asking == "visit_type" and not any(choice.start for choice in context.choices)


def _is_a_date(times: Sequence[Entity]) -> bool:
    """ "No, the 3rd then" is no third of the list, where nlu.times took it for a day."""
    return any(e.entity == "time" and e.grain == "day" and e.confidence >= _MEANT for e in times)


def _the_earliest(
    text: str, words: tuple[Word, ...], choices: Sequence[OfferedChoice], language: str
) -> Entity | None:
    """ "The soonest you have", "quello più presto": of times on offer, the one that comes first."""
    spoken = tuple(word.text for word in words)
    times = sorted((c for c in choices if c.start is not None), key=lambda c: str(c.start))
    known = lexicon(language)
    of_them = tuple((word,) for word in _FIRST_OF_THEM) if _BESIDE.search(text) else ()
    for phrase in (*known.earliest, *of_them) if times else ():
        for at in range(len(spoken) - len(phrase) + 1):
            beside = (*spoken[:at], *spoken[at + len(phrase) :])
            if spoken[at : at + len(phrase)] == phrase and all(
                word in known.around_choice for word in beside
            ):
                return _entity(times[0], text, words[at].start, words[at + len(phrase) - 1].end)
    return None


def _of_two(
    text: str, words: tuple[Word, ...], choices: Sequence[OfferedChoice], language: str
) -> Entity | None:
    """ "The later one", "quella dopo", "который позже": of two it is one of them, and no wish for others."""
    times = sorted((c for c in choices if c.start is not None), key=lambda c: str(c.start))
    known = lexicon(language)
    spoken = tuple(w.text for w in _without_courtesies(words, known) if w.text not in known.around_choice)
    whole = {spoken, tuple(word.text for word in words)}
    if len(times) != 2:
        return None
    for choice, phrases in zip(times, (_THE_EARLIER, _THE_LATER), strict=True):
        if any(plain_words(phrase) in whole for phrase in phrases):
            return _entity(choice, text, words[0].start, words[-1].end)
    return None


def _by_order(
    text: str, words: tuple[Word, ...], context: Context, language: str, times: Sequence[Entity]
) -> Entity | None:
    """ "The latest", "the latest on Thursday", "you choose": of those on offer, or of those of that day."""
    asks = "?" in text or not _is_offered(context)
    whole = tuple(word.text for word in words)
    picked = pick_by_order(whole, context.choices, language, may_leave_it=not asks)
    evidence = [] if picked else _by_time(context.choices, times, language)
    if evidence:
        fitting = [c for c in context.choices if all(c in fits for fits, _ in evidence)]
        spans = [span for _, span in evidence]
        left = tuple(w.text for w in words if not any(start <= w.start < end for start, end in spans))
        picked = pick_by_order(left, fitting, language, may_leave_it=False)
    return _entity(picked, text, words[0].start, words[-1].end) if picked else None


def _is_offered(context: Context) -> bool:
    return context.asking == "opening" and sum(c.start is not None for c in context.choices) > 1


def _without_courtesies(words: tuple[Word, ...], known: Lexicon) -> tuple[Word, ...]:
    """The words but for those of several that are only polite: "sorry for the late reply"."""
    left, at = list[Word](), 0
    while at < len(words):
        ahead = tuple(word.text for word in words[at : at + 8])
        polite = next((p for p in known.courtesies if len(p) > 1 and ahead[: len(p)] == p), ())
        left += [] if polite else [words[at]]
        at += len(polite) or 1
    return tuple(left)


def _places(words: tuple[Word, ...], known: Lexicon, *, last: int) -> dict[Word, int]:
    """The numbers and ordinals of a message; none when there is anything else."""
    places: dict[Word, int] = {}
    for word in words:
        if word.text.isdecimal():
            places[word] = int(word.text[:4])
        elif word.text in known.last:
            places[word] = last
        elif word.text in known.around_choice and places:
            continue  # "the first one" names its place once
        elif word.text in known.ordinals:
            places[word] = known.ordinals[word.text]
        elif word.text not in known.around_choice and not _ends(word, places):
            return {}
    return places


def _ends(word: Word, places: Mapping[Word, int]) -> bool:
    """The "a" of "2a", the "nd" of "2nd", the "я" of "2-я"; "4pm" is an hour."""
    return (
        word.text not in _OF_AN_HOUR
        and len(word.text) <= 2
        and any(0 <= word.start - place.end <= 1 for place in places)
    )


def _by_time(
    choices: Sequence[OfferedChoice], times: Sequence[Entity], language: str
) -> list[tuple[list[OfferedChoice], Span]]:
    """For each span that tells a time, the choices that one of its readings fits.

    An hour on the dot fits no other: "at three" is not half past. Where one time is to be confirmed, nothing
    but an hour fits: "see you on Friday" is no yes.
    """
    is_one = sum(choice.start is not None for choice in choices) == 1
    readings: dict[Span, list[Entity]] = {}
    for time in times:
        if time.entity in ("time", "part_of_day") and time.confidence >= _MEANT:
            readings.setdefault((time.start, time.end), []).append(time)
    evidence = []
    for span, entities in readings.items():
        undated = any(e.entity == "part_of_day" for e in entities)
        points = [e for e in entities if e.entity == "time" and not e.value.get("to")]
        if points or not is_one:
            evidence.append((_that_fit(choices, points or entities, language, undated=undated), span))
    return evidence


def _that_fit(
    choices: Sequence[OfferedChoice], readings: Sequence[Entity], language: str, *, undated: bool
) -> list[OfferedChoice]:
    fits = [_time_fits(reading, language, undated=undated) for reading in readings]
    return [c for c in choices if c.start is not None and any(fit(c.start) for fit in fits)]


def _time_fits(entity: Entity, language: str, *, undated: bool) -> Callable[[datetime], bool]:
    value = entity.value
    if entity.entity == "part_of_day":
        return lambda start: value["from"] <= f"{start:%H:%M}" < value["to"]
    since = datetime.fromisoformat(value["from"]) if value.get("from") else None
    until = datetime.fromisoformat(value["to"]) if value.get("to") else None
    dated = not undated and _names_a_date(entity.text, language)
    if since is not None and until is None and entity.grain in ("minute", "hour"):
        point = since
        if dated:
            return lambda start: start == point
        return lambda start: start.time() == point.time() or _half_a_day_off(start, point)
    if not dated and since is not None and until is not None and until - since < timedelta(hours=24):
        first, last = since.time(), until.time()
        return lambda start: first <= start.time() < last
    return lambda start: (since is None or start >= since) and (until is None or start < until)


def _half_a_day_off(start: datetime, point: datetime) -> bool:
    """ "at 4" was read as another half of the day than the one on offer."""
    return point.hour < 13 and start.hour == point.hour + 12 and start.minute == point.minute


def _names_a_date(text: str, language: str) -> bool:
    plain = fold_text(text)
    if _EXPLICIT_DATE.search(plain):
        return True
    beginnings = lexicon(language).date_words + lexicon("en").date_words
    return any(word.startswith(beginnings) for word in plain_words(text) if word.isalpha())


def _by_practitioner(
    words: tuple[Word, ...], context: Context, refused: Sequence[Span]
) -> list[tuple[list[OfferedChoice], Span]]:
    """A word of the practitioner that some choices carry, and only some."""
    evidence = []
    for word in words:
        if len(word.text) < 3 or not word.text.isalpha():
            continue
        fits = [
            c for c in context.choices if c.practitioner and _is_called(word.text, c.practitioner, context)
        ]
        if fits and any(start <= word.start < end for start, end in refused):
            fits = [c for c in context.choices if c.practitioner and c not in fits]
            evidence.append((fits, (word.start, word.end)))
        elif fits:
            evidence.append((fits, (word.start, word.end)))
    return evidence


def _is_called(word: str, practitioner: str, context: Context) -> bool:
    names = [practitioner, *(w for p in context.practitioners if p.id == practitioner for w in p.words)]
    for name in names:
        for part in plain_words(name):
            if (
                len(part) >= 4
                and not part.startswith(("dott", "doct", "prof", "докт"))
                and same_name(word, part)
            ):
                return True
    return False
