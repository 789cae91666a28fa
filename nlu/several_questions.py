"""Several questions in one message: "how long does it take, and how much is it?" The whole of it shows one
intent; each part shows its own."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from nlu.understanding import Context, Understanding

_QUESTION = "faq/"
_SURE = 0.75  # from here on a part of a message is that question
_MOST = 4
_APART = re.compile(r"[?!.;,\n]+|\s(?:and|also|plus|e|ed|и)\s|\s(?:а|anche)\s", re.IGNORECASE)

Read = Callable[[Sequence[tuple[str, Context]]], list[Understanding]]


def with_questions_beside(
    batch: Sequence[tuple[str, Context]], understood: Sequence[Understanding], read: Read
) -> list[Understanding]:
    """The same, with the other questions of a message that is one in `details["asked_too"]`, as they were put."""
    parts = [
        (index, part, replace(context, asking=None, choices=(), language=understood[index].language))
        for index, (text, context) in enumerate(batch)
        if _is_question(understood[index])
        for part in _parts(text)
    ]
    if not parts:
        return list(understood)
    too: dict[int, dict[str, None]] = {}
    for (index, _, _), meant in zip(parts, read([(part, context) for _, part, context in parts]), strict=True):
        if meant.intent is not None and _is_question(meant) and meant.intent.confidence >= _SURE:
            too.setdefault(index, {})[meant.intent.name] = None
    return [_with(one, list(too.get(index, ()))) for index, one in enumerate(understood)]


def _is_question(one: Understanding) -> bool:
    return one.intent is not None and one.red_flag is None and one.intent.name.startswith(_QUESTION)


def _parts(text: str) -> list[str]:
    """() where there is but one."""
    parts = [part.strip() for part in _APART.split(text)]
    parts = [part for part in parts if sum(char.isalpha() for char in part) > 3][:_MOST]
    return parts if len(parts) > 1 else []


def _with(one: Understanding, asked: Sequence[str]) -> Understanding:
    beside = tuple(name for name in asked if one.intent is None or name != one.intent.name)
    return replace(one, details={**one.details, "asked_too": beside}) if beside else one
