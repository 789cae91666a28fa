"""Mistakes about hours, sites and rooms that take two places of practice.yml to see."""

from collections.abc import Collection, Iterator
from datetime import time
from itertools import pairwise

import holidays
from pydantic_core import PydanticCustomError

from bot.domain.practice_time import known_countries
from bot.errors import Position, Problem
from bot.settings.diary_entries import LONGEST_VISIT, HoursEntry
from bot.settings.kinds import read_hours
from bot.settings.spelling import did_you_mean
from bot.source import Node


def diary_checks(root: Node) -> Iterator[Problem]:
    sites = _ids(root, "sites")
    rooms = _ids(root, "rooms")
    yield from _region(root)
    for room in _items(root, "rooms"):
        yield from _reference(room.get("site"), "site", sites)
    for kind in _items(root, "visit_types"):
        for node in _list(kind.get("rooms")):
            yield from _reference(node, "room", rooms)
    for person in _items(root, "practitioners"):
        places = [person, *_items(person, "also_at")]
        for place in [*places, *_items(person, "exceptions")]:
            yield from _reference(place.get("site"), "site", sites)
        yield from _overlaps(places)
        for exception in _items(person, "exceptions"):
            yield from _days(exception)
    system = root.get("practice_system")
    if system is None:
        yield from _never_free(root)
    if system is not None and system.kind == "mapping":
        yield from _mapped(system, "practitioners", _ids(root, "practitioners"))
        yield from _mapped(system, "visit_types", _ids(root, "visit_types"))


def _region(root: Node) -> Iterator[Problem]:
    region, country = root.get("holidays_region"), root.get("country")
    if region is None or country is None or country.scalar not in known_countries():
        return  # a country that is none is told as such
    known = holidays.list_supported_countries(include_aliases=True).get(country.scalar, [])
    if region.scalar not in known:
        there = ", ".join(known) or "none; leave it out"
        message = (
            f'"{region.scalar}" is no region of {country.scalar} with holidays of its own; there are: {there}'
        )
        yield Problem(region.position, "E-VALUE", message)


def _never_free(root: Node) -> Iterator[Problem]:
    """A visit that is longer than anybody works at a stretch is never offered, and nobody sees why."""
    for kind in _items(root, "visit_types"):
        name, minutes = kind.get("id"), kind.get("duration_minutes")
        if name is None or minutes is None or not isinstance(minutes.scalar, int):
            continue
        people = [p for p in _items(root, "practitioners") if _does(p, name.scalar)]
        longest = max((_longest(person) for person in people), default=0)
        if 0 < longest < minutes.scalar <= LONGEST_VISIT:
            message = (
                f"takes {minutes.scalar} minutes, and whoever does it works {longest} at a stretch: it would"
                " never be offered; make the hours longer, or the visit shorter"
            )
            yield Problem(minutes.position, "E-VALUE", message)


def _does(person: Node, visit_type: object) -> bool:
    return any(node.scalar == visit_type for node in _list(person.get("visit_types")))


def _longest(person: Node) -> int:
    """Minutes."""
    places = [person, *_items(person, "also_at")]
    weeks = [place.get(key) for place in places for key in ("hours", "odd_weeks", "even_weeks")]
    spans = [span for hours in weeks for day in HoursEntry.model_fields for span in _spans(hours, day)]
    spans += [span for exception in _items(person, "exceptions") for span in _spans(exception, "hours")]
    return max((_minutes(end) - _minutes(start) for start, end, _ in spans), default=0)


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _reference(node: Node | None, what: str, known: Collection[str]) -> Iterator[Problem]:
    if node is not None and isinstance(node.scalar, str) and node.scalar not in known:
        there = f"; there are: {', '.join(known)}" if known else f'; list it under "{what}s"'
        hint = did_you_mean(node.scalar, known) or there
        yield Problem(node.position, "E-REF", f'{what} "{node.scalar}" does not exist{hint}')


def _mapped(system: Node, section: str, known: Collection[str]) -> Iterator[Problem]:
    node = system.get(section)
    for key in node.plain() if node is not None and node.kind == "mapping" else {}:
        if key not in known:
            there = f"; there are: {', '.join(known)}" if known else f'; list it under "{section}"'
            hint = did_you_mean(str(key), known) or f"{there}."
            message = f'"{key}" is none of your {section}{hint} Write our id first, then theirs'
            yield Problem(system.locate([section, key]), "E-REF", message)


def _days(exception: Node) -> Iterator[Problem]:
    on, first, last = (_told(exception.get(key)) for key in ("on", "from", "to"))
    if (on is None) == (first is None) or (first is None) != (last is None):
        message = 'an exception is for one day ("on") or for several ("from" and "to"); write one of these'
        yield Problem(exception.position, "E-KEY", message)
    elif first is not None and last is not None and str(last.scalar) < str(first.scalar):
        yield Problem(last.position, "E-VALUE", '"to" lies before "from"; exchange them')


def _told(node: Node | None) -> Node | None:
    """None also for a key with nothing behind it."""
    return None if node is None or (node.kind == "scalar" and node.scalar is None) else node


def _overlaps(places: list[Node]) -> Iterator[Problem]:
    """Nobody works twice at one time, wherever: in odd weeks, in even weeks."""
    seen: set[tuple[Position, Position]] = set()
    for weeks in ("odd_weeks", "even_weeks"):
        for weekday in HoursEntry.model_fields:
            spans = sorted(
                span
                for place in places
                for key in ("hours", weeks)
                for span in _spans(place.get(key), weekday)
            )
            for (_, end, before), (start, _, position) in pairwise(spans):
                if start < end and (before, position) not in seen:
                    seen.add((before, position))
                    message = f"overlaps the hours before it on {weekday}; begin at {end:%H:%M} or later"
                    yield Problem(position, "E-VALUE", message)


def _spans(hours: Node | None, weekday: str) -> Iterator[tuple[time, time, Position]]:
    for node in _list(hours.get(weekday) if hours and hours.kind == "mapping" else None):
        try:
            yield (*read_hours(node.scalar), node.position)
        except PydanticCustomError:
            continue  # reported with the value itself


def _ids(root: Node, key: str) -> list[str]:
    found = (item.get("id") for item in _items(root, key))
    return [str(node.scalar) for node in found if node is not None and isinstance(node.scalar, str | int)]


def _items(node: Node, key: str) -> Iterator[Node]:
    yield from (item for item in _list(node.get(key)) if item.kind == "mapping")


def _list(node: Node | None) -> tuple[Node, ...]:
    return tuple(node.items) if node is not None and node.kind == "sequence" else ()
