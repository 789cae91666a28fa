"""Everything that a message names: people, phones, times, the practice's own words, yes and no, a choice."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

from nlu.company import find_one_more, find_several
from nlu.contacts import find_codes, find_emails, find_phones
from nlu.couples import find_couple
from nlu.durations import find_minutes
from nlu.first_looks import find_both, find_first_look
from nlu.later_earlier import find_time_beside
from nlu.lexicon import known_languages, lexicon
from nlu.names import find_person, may_begin_name
from nlu.newcomers import find_newcomer
from nlu.offers import find_choice
from nlu.places import find_places
from nlu.practice_words import find_named, without_those_beside
from nlu.refused_people import refused_words, without_refused
from nlu.relatives import find_relative
from nlu.times import find_times, is_in_doubt, wish_from
from nlu.times.years_in_words import with_year_in_digits
from nlu.told_by import (
    in_so_many_days,
    is_a_week_after,
    off_the_hour,
    tells_how_far,
    told_beside,
    told_by_another,
    without_how_far,
)
from nlu.transcription import same_name
from nlu.transliteration import is_in_latin
from nlu.understanding import Context, Entity, Named
from nlu.which_visit import find_which_visit
from nlu.withheld_yes import thinks_again
from nlu.words import Word, plain_words
from nlu.yes_no import Answer

_ANSWERED_BY = frozenset({"phone", "birth_date"})  # entities that answer the question of that name
_DAY_AND_MONTH = re.compile(r"\D{0,4}\d{1,2}\D{1,4}(\d{1,2}|[^\W\d]+)")
_OF_A_TIME = frozenset({"time", "opening", "yes_no"})  # questions that "the same hour" may answer
_WISHED = 0.35  # confidence below which nlu.times says: refused, or moved away from
_SIGNED_TOO = frozenset(
    {"choice", "visit_type", "time"}
)  # questions that a whole wish may answer: "..., Ann Fox"
_NO_WISH = frozenset({"name", "phone", "birth_date", "code"})  # a date that answers these is no wish


def find_entities(
    text: str,
    words: tuple[Word, ...],
    context: Context,
    *,
    languages: Sequence[str],
    may_be_name: bool,
    ordinary: Callable[[str], bool],
    answer: Answer | None,
) -> tuple[Entity, ...]:
    """In order of where they stand. `languages` are those in which times are tried, the likeliest first.

    `may_be_name` says that a whole message may be a name; `ordinary` words are not.
    """
    codes = find_codes(text) if context.asking == "code" else []
    phones = find_phones(text, country=context.country, asked=context.asking == "phone")
    contacts = [*codes, *find_emails(text), *(phone for phone in phones if not _overlaps(phone, codes))]
    read = _times(text, _as_offered(context), languages)
    read = read or _of_what_was_fixed(text, words, context, languages)
    times = [e for e in read if not _overlaps(e, contacts)]
    lasting = find_minutes(text, words)
    if lasting is not None and tells_how_far(words, languages[0], lasting):
        # "на" of "на два часа позже" is read with the hour
        times = [e for e in times if not (lasting.start - 3 <= e.start and e.end <= lasting.end)]
        apart = _times(without_how_far(text, words, languages[0], lasting), _as_offered(context), languages)
        if times and apart and all(e.entity == "time" and e.grain == "day" for e in apart):
            times = list(apart)
    beside = None if times else find_time_beside(words, _as_offered(context))
    times = [beside] if beside else times
    times = _without_what_is_offered(times, context) if thinks_again(words, languages) else times
    if context.asking == "birth_date" and not any(e.entity == "birth_date" for e in times):
        times = _born_in_words(text, context, languages) or times
    if context.asking in _ANSWERED_BY and not any(
        e.entity == context.asking for e in (*contacts, *times)
    ):  # something else was said instead: "Monday afternoon" where a date of birth was asked
        unasked = replace(context, asking=None)
        told = [e for e in _times(text, unasked, languages) if not _overlaps(e, contacts)]
        if not any(_DAY_AND_MONTH.fullmatch(e.text) for e in told):  # half a date of birth
            context, times = unasked, told
    visit_types = find_named("visit_type", context.visit_types, words, text, taken=contacts)
    newcomer = find_newcomer(text, context, visit_types=visit_types)
    visit_types = without_those_beside([*visit_types, *([newcomer] if newcomer else [])], text)
    mentioned = find_named(
        "practitioner",
        _by_surname(context.practitioners),
        words,
        text,
        taken=[*contacts, *times],
        same=same_name,
    )
    titled = [found for found in mentioned if _introduced_as_practitioner(found, words)]
    person = _person(
        text,
        words,
        language=languages[0],
        asked=may_be_name,
        may_sign=context.asking is None or context.asking in _SIGNED_TOO,
        ordinary=ordinary,
        taken=[*contacts, *titled, *visit_types],
        times=times,
        staff=mentioned,
    )
    taken = [*contacts, *times, *titled, *visit_types]
    staff = [] if may_be_name else mentioned
    several = find_several(text, words)
    couple = find_couple(
        text,
        person,
        asked=may_be_name,
        ordinary=ordinary,
        taken=taken,
        staff=staff,
        several=several is not None,
    )
    people = list(couple or ([person] if person else []))
    practitioners = titled if may_be_name else [p for p in mentioned if not _overlaps(p, people)]
    refused = refused_words(practitioners, words)
    practitioners = without_refused(practitioners, words)
    choice = find_choice(text, words, context, language=languages[0], times=times, refused=refused)
    visit_types += find_both(text, context, named=visit_types)
    look = find_first_look(text, context, named=[*visit_types, *([choice] if choice else [])])
    visit_types += [look] if look else []
    told = [*contacts, *visit_types, *practitioners, *people, *([choice] if choice else [])]
    places = find_places(context.sites, words, text, taken=told, ordinary=ordinary)
    plain = [replace(e, role=None) for e in times]  # how they hang on what was said before, the wish tells
    found = [*contacts, *plain, *visit_types, *_once(practitioners), *people, *places]
    found += [choice] if choice else []
    found += [one for one in (lasting, find_relative(text, words)) if one]
    found += [yes_or_no(answer, text)] if answer else []
    found += [several] if several else []
    if context.asking is None and couple is None:
        told = [*(e for e in found if e not in people and e.value is not True), *mentioned]
        more = find_one_more(text, words, ordinary=ordinary, taken=told)
        found += [e for e in more if e.entity != "person" or not people]
    unsaid = not any(e.entity in ("person", "companion") for e in found)
    which = find_which_visit(text, context, [*visit_types, *mentioned, *times], named=not unsaid)
    found += [] if choice else which
    if answer is None and any(e.entity == "not_this_one" for e in which):
        found.append(Entity(entity="yes_no", value=False, start=0, end=len(text), text=text))
    if choice is None and context.asking not in _NO_WISH - {"name"}:
        far = lasting if all(e.confidence < _WISHED for e in times) else None
        if context.asking == "name" and people:
            times = list(_times(_blanked(text, people), context, languages))  # "April Day" is no day
        found += _wish(times, context, text, words, language=languages[0], far=far, lasting=lasting)
    return tuple(sorted(found, key=lambda e: (e.start, e.end, e.entity)))


def _without_what_is_offered(times: list[Entity], context: Context) -> list[Entity]:
    """ "I meant next Thursday", of a time on Thursday: of two readings the one that is not on offer."""
    offered = [f"{c.start:%Y-%m-%dT%H:%M}" for c in context.choices if c.start is not None]
    if context.asking != "yes_no" or len(offered) != 1:
        return times
    other = [
        e
        for e in times
        if e.entity == "time" and not (str(e.value.get("from")) <= offered[0] < str(e.value.get("to") or ""))
    ]
    meant = {(e.start, e.end): e for e in reversed(other) if e.grain == "day"}
    return [e for e in times if meant.get((e.start, e.end), e) is e or e.grain != "day"]


def _of_what_was_fixed(
    text: str, words: tuple[Word, ...], context: Context, languages: Sequence[str]
) -> tuple[Entity, ...]:
    """ "11 actually", said of a time that was fixed just now; "una visita" is no one o'clock."""
    if context.asking is not None or not (
        context.just_fixed and any(word.text.isdecimal() for word in words)
    ):
        return ()
    return _times(text, replace(context, asking="opening"), languages)


def _born_in_words(text: str, context: Context, languages: Sequence[str]) -> list[Entity]:
    """ "The fourth of May nineteen eighty"."""
    written = with_year_in_digits(text)
    found = _times(written, context, languages) if written != text else ()
    born = [e.value for e in found if e.entity == "birth_date"]
    return [Entity(entity="birth_date", value=one, start=0, end=len(text), text=text) for one in born[-1:]]


def _person(
    text: str,
    words: tuple[Word, ...],
    *,
    language: str,
    asked: bool,
    may_sign: bool,
    ordinary: Callable[[str], bool],
    taken: Sequence[Entity],
    times: Sequence[Entity],
    staff: Sequence[Entity],
) -> Entity | None:
    """Where a name was asked for, it is what is left beside day and hour; else a day may be part of it."""

    def find(taken: Sequence[Entity]) -> Entity | None:
        return find_person(
            text,
            words,
            language=language,
            asked=asked,
            may_sign=may_sign,
            ordinary=ordinary,
            taken=taken,
            staff=staff,
        )

    if not asked:
        return find([*taken, *times])
    told = [e for e in times if not may_begin_name(text, e)]
    return (find([*taken, *told]) if told else None) or find(taken)


def _as_offered(context: Context) -> Context:
    """Where a time waits for a yes, "the three o'clock one" is said of it as of one on offer."""
    waits = context.asking == "yes_no" and any(choice.start is not None for choice in context.choices)
    return replace(context, asking="opening") if waits else context


def _times(text: str, context: Context, languages: Sequence[str]) -> tuple[Entity, ...]:
    """In the first language that finds any; Russian in Latin letters only where it is spoken."""
    tried = [
        language
        for place, language in enumerate(languages)
        if language != "ru" or place == 0 or context.language == "ru" or not is_in_latin(text)
    ]
    found = (find_times(text, language=language, context=context) for language in tried)
    return next((times for times in found if times), ())


def _wish(
    times: Sequence[Entity],
    context: Context,
    text: str,
    words: tuple[Word, ...],
    *,
    language: str,
    far: Entity | None,
    lasting: Entity | None,
) -> list[Entity]:
    """`lasting`: minutes that were told; `far`: those, where no time was wished for."""
    wish = wish_from(tuple(times), context)
    same_hour = _names_the_same_hour(words) and not (wish and wish["part"])
    marks = {} if wish and wish["windows"] else told_by_another(words, language, context, far)
    if wish is None and not marks and not (same_hour and context.asking in _OF_A_TIME):
        return []
    if wish is None:
        wish = {"windows": [], "part": None, "asap": False}
        start, end = words[0].start, words[-1].end
    else:
        start, end = min(e.start for e in times), max(e.end for e in times)
        if context.asking is not None:  # else nothing was wished for before
            wish |= told_beside(times, words, language)
            left = wish.get("left_hours", ())
            if len(left) == 1 and not wish["part"] and "without" not in wish:
                wish |= {"windows": [], "part": left[0]}
    if any(e.entity == "time" and e.grain == "minute" and not e.value.get("to") for e in times):
        wish["exact"] = True  # "at three": not some time between three and four
    if is_in_doubt(times):
        wish["in_doubt"] = True
    if same_hour:
        wish["same_hour"] = True
        on = in_so_many_days(words, language) if len(wish["windows"]) == 1 else None
        if on is not None:  # of the visit, and not of today
            wish, marks = {"windows": [], "part": None, "asap": False, "same_hour": True}, {"far": on}
        if len(wish["windows"]) == 1 and is_a_week_after(words, language):
            wish, marks = wish | {"windows": []}, {"weeks_on": 1}
        wish.pop("in_doubt", None)  # whose hour it is, the visit tells
    elif wish["windows"] and not wish["part"]:
        off = off_the_hour(words, language, lasting)
        if off is not None:
            marks = {"hour_off": off}
            wish.pop("in_doubt", None)
    return [Entity(entity="wish", value=wish | marks, start=start, end=end, text=text[start:end])]


def _blanked(text: str, taken: Sequence[Entity]) -> str:
    for entity in taken:
        text = text[: entity.start] + " " * (entity.end - entity.start) + text[entity.end :]
    return text


def _names_the_same_hour(words: tuple[Word, ...]) -> bool:
    """ "Same time on Wednesday": which hour that is, only whoever knows the visit can tell."""
    spoken = tuple(word.text for word in words[:60])
    phrases = [lexicon(language).same_hour for language in known_languages()]
    return any(each.at(spoken, at) for each in phrases for at in range(len(spoken)))


def yes_or_no(answer: Answer, text: str) -> Entity:
    start, end = answer.words[0].start, answer.words[-1].end
    return Entity(entity="yes_no", value=answer.value, start=start, end=end, text=text[start:end])


def _overlaps(entity: Entity, others: Sequence[Entity]) -> bool:
    return any(entity.start < other.end and other.start < entity.end for other in others)


def _once(entities: Sequence[Entity]) -> list[Entity]:
    return list({entity.value: entity for entity in entities}.values())


@lru_cache(maxsize=256)
def _by_surname(practitioners: tuple[Named, ...]) -> tuple[Named, ...]:
    """Practitioners are also called by what follows their first name: "Rossi" for "dott. Marco Rossi"."""
    return tuple(
        replace(one, words=tuple(dict.fromkeys((*one.words, *(s for w in one.words for s in _surnames(w))))))
        for one in practitioners
    )


def _surnames(name: str) -> list[str]:
    titles = ("dott", "doct", "prof", "докт", "ssa", "dr")
    words = [word for word in plain_words(name) if not word.startswith(titles)]
    return [" ".join(words[at:]) for at in range(1, len(words)) if len(words[-1]) > 2]


def _introduced_as_practitioner(found: Entity, words: tuple[Word, ...]) -> bool:
    """ "con il dottor Rossi", when a name was asked for: not the patient's."""
    before = [word.text for word in words if word.end <= found.start][-2:]
    inside = [word.text for word in words if found.start <= word.start < found.end]
    known = [lexicon(language) for language in known_languages()]
    return any(word in x.titles or word in x.by for word in (*before, *inside) for x in known)
