"""Several questions in one message: "how long does it take, and how much is it?" The whole of it shows one
intent; each part shows its own."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from nlu.understanding import Context, Intent, Understanding

_QUESTION, _BOOKS = "faq/", "book_visit"
#: What may be asked beside a wish to book. Of the rest the wish itself speaks: when, how long, with whom.
_BESIDE_A_WISH = frozenset(
    f"faq/{topic}"
    for topic in ("insurance", "payment", "prices", "parking", "accessibility", "location", "languages")
)
_SURE = 0.75  # from here on a part of a message is that question
_MOST = 4
_A_SENTENCE = 3  # words; "a cleaning" alone may still be what is asked about
_APART = re.compile(r"[?!.;,\n]+|\s(?:and|also|plus|e|ed|и)\s|\s(?:а|anche)\s", re.IGNORECASE)

_CLOSED = (
    (re.compile(r"\b(closed|shut)\b", re.IGNORECASE), "open"),
    (re.compile(r"\bchius[aoie]\b", re.IGNORECASE), "aperti"),
    (re.compile(r"\b(закрыт[аоы]?|не работаете|не принимаете)\b", re.IGNORECASE), "открыты"),
)

Read = Callable[[Sequence[tuple[str, Context]]], list[Understanding]]


def with_questions_beside(
    batch: Sequence[tuple[str, Context]], understood: Sequence[Understanding], read: Read
) -> list[Understanding]:
    """The same, with a question's other questions, and those beside a wish to book, as they were put:
    `details["asked_too"]`."""
    parts = [
        (index, part, replace(context, asking=None, choices=(), language=understood[index].language))
        for index, (text, context) in enumerate(batch)
        if _is_question(understood[index]) or _books(understood[index])
        for part in _parts(text)
    ]
    if not parts:
        return _with_days_of_closing(batch, understood, read)
    too: dict[int, dict[str, None]] = {}
    wished: dict[int, Intent] = {}
    for (index, _, _), meant in zip(
        parts, read([(part, context) for _, part, context in parts]), strict=True
    ):
        if meant.intent is None:
            continue
        fits = meant.intent.name in _BESIDE_A_WISH or not _books(understood[index])
        if _is_question(meant) and meant.intent.confidence >= _SURE and fits:
            too.setdefault(index, {})[meant.intent.name] = None
        elif batch[index][1].asking is None and _wishes_plainly(meant):
            wished[index] = meant.intent
    told = [_with(one, list(too.get(index, ()))) for index, one in enumerate(understood)]
    for index, wish in wished.items():
        if _is_question(told[index]):
            told[index] = _led_by(told[index], wish)
    return _with_days_of_closing(batch, told, read)


def _with_days_of_closing(
    batch: Sequence[tuple[str, Context]], understood: Sequence[Understanding], read: Read
) -> list[Understanding]:
    """ "Are you closed on Monday?" asks about a day that is else left out: `details["days_asked"]`."""
    asks = [
        (index, replace(context, asking=None, choices=()))
        for index, (text, context) in enumerate(batch)
        if _asks_for_hours(understood[index])
        and understood[index].first("wish") is None
        and any(pattern.search(text) for pattern, _ in _CLOSED)
    ]
    if not asks:
        return list(understood)
    told = list(understood)
    for (index, _), meant in zip(asks, read([(_opened(batch[i][0]), c) for i, c in asks]), strict=True):
        if (wish := meant.first("wish")) is not None:
            told[index] = replace(told[index], details={**told[index].details, "days_asked": wish.value})
    return told


def _opened(text: str) -> str:
    for pattern, instead in _CLOSED:
        text = pattern.sub(instead, text)
    return text


def _is_question(one: Understanding) -> bool:
    return one.intent is not None and one.red_flag is None and one.intent.name.startswith(_QUESTION)


def _books(one: Understanding) -> bool:
    """Whether a visit is wished for: "do you take my insurance? I'd like a check-up on Friday"."""
    wishes = one.intent.name == _BOOKS if one.intent else one.first("visit_type") or one.first("wish")
    return bool(wishes) and one.red_flag is None and "?" in one.text


def _wishes_plainly(part: Understanding) -> bool:
    """Whether a part by itself asks for a visit, and says which or when."""
    books = part.intent is not None and part.intent.name == _BOOKS and part.intent.confidence >= _SURE
    names = part.first("visit_type") is not None or part.first("wish") is not None
    return books and names and len(part.text.split()) >= _A_SENTENCE and part.red_flag is None


def _led_by(one: Understanding, wish: Intent) -> Understanding:
    """ "Vorrei un controllo venerdì, accettate assicurazioni?": the wish leads."""
    assert one.intent is not None
    asked = dict.fromkeys((one.intent.name, *one.details.get("asked_too", ())))
    rest = (each for each in one.intent_ranking if each.name != wish.name)
    return replace(
        one,
        intent=wish,
        intent_ranking=(wish, *rest),
        details={**one.details, "asked_too": tuple(asked)},
    )


def _asks_for_hours(one: Understanding) -> bool:
    return one.intent is not None and one.intent.name == "faq/hours"


def _parts(text: str) -> list[str]:
    """() where there is but one."""
    parts = [part.strip() for part in _APART.split(text)]
    parts = [part for part in parts if sum(char.isalpha() for char in part) > 3][:_MOST]
    return parts if len(parts) > 1 else []


def _with(one: Understanding, asked: Sequence[str]) -> Understanding:
    beside = tuple(name for name in asked if one.intent is None or name != one.intent.name)
    return replace(one, details={**one.details, "asked_too": beside}) if beside else one
