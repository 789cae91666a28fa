"""Fits a reply into one of a channel's forms, whole, or shows it as numbered text.

One label that is too long makes Meta refuse the whole message, so a form is used only where all of it fits.
What did not fit and how it is shown instead is said in numbers, never in anybody's words: it is logged.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.channels.plain_text import ELLIPSIS, Measure, clean, length, numbered, one_line, shorten, size
from bot.domain.conversation import Choice, Place, Reply

Form = Callable[[Reply], dict[str, Any]]

_ROOM_FOR_WORDS = 512  # of a text whose choices are numbered, before the choices themselves are shortened


class DoesNotFit(Exception):
    """A form's limit that this reply passes."""


def cleaned(reply: Reply) -> Reply:
    """The same reply as it can go on the wire: stripped, titles and descriptions on one line."""
    return replace(
        reply,
        text=clean(reply.text).strip(),
        choices=tuple(
            Choice(
                title=one_line(choice.title),
                payload=clean(choice.payload).strip(),
                description=one_line(choice.description),
            )
            for choice in reply.choices
        ),
        menu=one_line(reply.menu),
    )


def in_words(reply: Reply) -> Reply:
    """What a form would show besides the text, as lines of the text: a file's address, a place, a link. A
    form to fill in and a button that shares a number have none: the text asks by itself."""
    lines: list[str] = []
    if reply.media is not None:
        lines.append(" ".join(part for part in (one_line(reply.media.filename), reply.media.link) if part))
    if reply.place is not None:
        place = reply.place
        where = ", ".join(part for part in (one_line(place.name), one_line(place.address)) if part)
        lines += [part for part in (where if where not in reply.text else "", _map_of(reply.place)) if part]
    if reply.link is not None:
        lines.append(f"{one_line(reply.link.label)}: {reply.link.url}")
    return replace(reply, text="\n\n".join(part for part in (reply.text, "\n".join(lines)) if part))


def _map_of(place: Place) -> str:
    return f"https://www.google.com/maps/search/?api=1&query={place.latitude:.6f},{place.longitude:.6f}"


def fit(
    reply: Reply,
    forms: Sequence[tuple[str, Form]],
    *,
    text: Callable[[str], dict[str, Any]],
    limit: int,
    measure: Measure = length,
) -> tuple[dict[str, Any], str | None]:
    """The first form that takes the cleaned reply, else `text` of up to `limit` as `measure` counts; and what
    kept it from the forms before."""
    obstacles: list[str] = []
    for name, form in forms:
        try:
            content = form(reply)
        except DoesNotFit as obstacle:
            obstacles.append(str(obstacle))
        else:
            return content, f"{'; '.join(obstacles)}; shown as {name}" if obstacles else None
    words, shortened = _numbered(in_words(reply), limit, measure)
    if reply.choices:
        obstacles.append("shown as numbered text")
    elif obstacles:
        obstacles.append("shown as text")
    return text(words), "; ".join([*obstacles, *shortened]) or None


def check_count(reply: Reply, limit: int, *, form: str) -> None:
    if len(reply.choices) > limit:
        raise DoesNotFit(f"{len(reply.choices)} choices, {form} has {limit}")


def check_text(text: str, limit: int, *, form: str, measure: Measure = length) -> None:
    if not text:
        raise DoesNotFit(f"no text above {form}")
    check_length(text, limit, f"the text above {form}", measure=measure)


def check_choices(reply: Reply, noun: str, plural: str, *, title: int, id: int) -> None:
    """That titles and payloads fit, and that no two payloads are the same."""
    for number, choice in enumerate(reply.choices, start=1):
        if not choice.title or not choice.payload:
            raise DoesNotFit(f"{noun} {number} is empty")
        check_length(choice.title, title, f"{noun} {number}'s title")
        check_length(choice.payload, id, f"{noun} {number}'s id")
    if len({choice.payload for choice in reply.choices}) < len(reply.choices):
        raise DoesNotFit(f"{plural} need different ids")


def check_titles_differ(reply: Reply, plural: str) -> None:
    if len({choice.title for choice in reply.choices}) < len(reply.choices):
        raise DoesNotFit(f"{plural} need different titles")


def check_bare(reply: Reply, *, form: str) -> None:
    """That nothing but the text goes with this form."""
    if reply.choices:
        raise DoesNotFit(f"{form} takes no choices")


def check_length(text: str, limit: int, what: str, *, measure: Measure = length) -> None:
    if measure(text) > limit:
        raise DoesNotFit(f"{what} has {measure(text)} of {limit} {_UNITS[measure]}")


_UNITS: Mapping[Measure, str] = {length: "characters", size: "bytes"}


def _numbered(reply: Reply, limit: int, measure: Measure) -> tuple[str, list[str]]:
    """The text with its choices below, and what had to be shortened: the words first, then the choices."""
    whole = numbered(reply.text, reply.choices)
    if measure(whole) <= limit:
        return whole or ELLIPSIS, [] if whole else ["an empty text"]
    said = [f"{measure(whole)} of {limit} {_UNITS[measure]}, shortened"]
    room = limit - measure(numbered("", reply.choices)) - len("\n\n")
    if reply.choices and room >= min(_ROOM_FOR_WORDS, limit // 3):
        return numbered(shorten(reply.text, room, measure=measure), reply.choices), said
    return shorten(whole, limit, measure=measure), said
