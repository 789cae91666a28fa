"""Which of the choices on the patient's screen a message picks: by place, hour, day, dentist or title."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from nlu.lexicon import lexicon
from nlu.practice_words import same_word
from nlu.understanding import Context, Entity, OfferedChoice
from nlu.words import Word, fold_text, plain_words

_EXPLICIT_DATE = re.compile(r"\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2,4}|\d{1,2}[/-]\d{1,2}")

_MEANT = 0.35  # confidence below which nlu.times says: refused, or moved away from
Span = tuple[int, int]


def find_choice(
    text: str, words: tuple[Word, ...], context: Context, *, language: str, times: Sequence[Entity]
) -> Entity | None:
    """The one choice that fits everything said. Two that fit are none: the patient is asked again."""
    choices = context.choices
    if not choices or not words or len(words) > 60:
        return None
    titled = _by_title(text, words, choices)
    if titled is not None:
        return titled
    evidence = [
        *_by_time(words, choices, times, language),
        *_by_practitioner(text, words, context),
    ]
    if not evidence:
        placed = _by_place(text, words, choices, language, times)
        return placed
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
    text: str,
    words: tuple[Word, ...],
    choices: Sequence[OfferedChoice],
    language: str,
    times: Sequence[Entity],
) -> Entity | None:
    """ "la seconda", "2", "the last one": only when nothing else is said beside courtesies."""
    places: list[tuple[int, Word]] = []
    for known in (lexicon(language), *(lexicon(other) for other in ("it", "en", "ru") if other != language)):
        places = []
        stray = False
        for index, word in enumerate(words):
            if word.text.isdigit():
                places.append((int(word.text[:4]), word))
            elif word.text in known.last:
                places.append((len(choices), word))
            elif word.text in known.ordinals and not (word.text in known.around_choice and places):
                if places and places[-1][1].text.isdigit() and index and words[index - 1] is places[-1][1]:
                    continue
                places.append((known.ordinals[word.text], word))
            elif word.text not in known.around_choice and not _ending(word, places):
                stray = True
        if places and not stray:
            break
        places = [] if stray else places
    # "the last one" and "the first one" name one place with two words
    if len(places) == 2 and places[1][1].text in ("one", "uno", "один"):
        places = places[:1]
    if len({place for place, _ in places}) != 1:
        return None
    place, word = places[0]
    if not 1 <= place <= len(choices):
        return None
    return _entity(choices[place - 1], text, word.start, word.end)


def _ending(word: Word, places: Sequence[tuple[int, Word]]) -> bool:
    """The "a" of "2a", the "nd" of "2nd", the "я" of "2-я"."""
    return bool(places) and len(word.text) <= 2 and word.start - places[-1][1].end <= 1


def _by_time(
    words: tuple[Word, ...], choices: Sequence[OfferedChoice], times: Sequence[Entity], language: str
) -> list[tuple[list[OfferedChoice], Span]]:
    """For each span that tells a time, the choices that one of its readings fits."""
    readings: dict[Span, list[Entity]] = {}
    for time in times:
        if time.entity in ("time", "part_of_day") and time.confidence >= _MEANT:
            readings.setdefault((time.start, time.end), []).append(time)
    evidence = []
    for span, entities in readings.items():
        undated = [e for e in entities if e.entity == "part_of_day"]
        fits = [_time_fits(e, language, undated=bool(undated)) for e in entities]
        evidence.append(
            ([c for c in choices if c.start is not None and any(fit(c.start) for fit in fits)], span)
        )
    return evidence


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
    text: str, words: tuple[Word, ...], context: Context
) -> list[tuple[list[OfferedChoice], Span]]:
    """A word of the practitioner that some choices carry, and only some."""
    evidence = []
    for word in words:
        if len(word.text) < 3 or not word.text.isalpha():
            continue
        fits = [
            c for c in context.choices if c.practitioner and _is_called(word.text, c.practitioner, context)
        ]
        if fits:
            evidence.append((fits, (word.start, word.end)))
    return evidence


def _is_called(word: str, practitioner: str, context: Context) -> bool:
    names = [practitioner, *(w for p in context.practitioners if p.id == practitioner for w in p.words)]
    for name in names:
        for part in plain_words(name):
            if (
                len(part) >= 4
                and not part.startswith(("dott", "doct", "prof", "докт"))
                and same_word(word, part)
            ):
                return True
    return False
