"""Mistakes that take two places of practice.yml to see. They are looked for in the YAML itself, so that they
are found whatever else is wrong; values of the wrong type are left to `bot.settings.entries`.
"""

from collections.abc import Collection, Iterable, Iterator

from bot.errors import Position, Problem
from bot.settings.diary_checks import diary_checks
from bot.settings.entries import AnswersEntry
from bot.settings.kinds import LANGUAGE
from bot.settings.spelling import did_you_mean
from bot.source import Node

Word = tuple[str, Position]


def cross_check(root: Node, languages_available: Collection[str] | None) -> Iterator[Problem]:
    visit_types = list(_ids(root, "visit_types", "id"))
    yield from _duplicates(visit_types, "visit type")
    yield from _duplicates(_ids(root, "practitioners", "id"), "practitioner")
    yield from _duplicates(_ids(root, "whatsapp", "phone_number_id"), "phone_number_id")
    yield from _duplicates(_ids(root, "messenger", "page_id"), "page_id")
    yield from _duplicates(_ids(root, "instagram", "account_id"), "account_id")
    yield from _duplicates(_ids(root, "sms", "number"), "number")
    languages = list(_words(root.get("languages")))
    yield from _duplicates(languages, "language")
    yield from _unavailable(languages, languages_available)
    spoken = [language for language, _ in languages if LANGUAGE.fullmatch(language)]
    yield from _unnamed(root, spoken)
    yield from _unanswered(root, spoken)
    yield from _who_does_what(root, visit_types)
    yield from _duplicates(_ids(root, "sites", "id"), "site")
    yield from _duplicates(_ids(root, "rooms", "id"), "room")
    yield from diary_checks(root)
    yield from _alerts(root)


def _duplicates(words: Iterable[Word], what: str) -> Iterator[Problem]:
    first: dict[str, Position] = {}
    for word, position in words:
        if word in first:
            yield Problem(
                position, "E-DUP", f'{what} "{word}" stands already in line {first[word].line}; keep one'
            )
        first.setdefault(word, position)


def _unavailable(languages: Iterable[Word], available: Collection[str] | None) -> Iterator[Problem]:
    for language, position in languages:
        if available is not None and language not in available:
            known = ", ".join(sorted(available))
            yield Problem(position, "E-LANG", f'there are no texts in "{language}"; there are: {known}')


def _unnamed(root: Node, languages: list[str]) -> Iterator[Problem]:
    for visit_type in _items(root, "visit_types"):
        names = visit_type.get("names")
        if names is None or names.kind != "mapping":
            continue
        for language in dict.fromkeys(languages):
            if names.get(language) is None:
                message = f'has no name in "{language}", a language of this practice; add it'
                yield Problem(visit_type.locate(["names"]), "E-LANG", message)


def _unanswered(root: Node, languages: list[str]) -> Iterator[Problem]:
    """A text that is given must be given in each language: half an answer would hide from some patients."""
    answers = root.get("answers")
    told = [(answers, tuple(AnswersEntry.model_fields))] if answers and answers.kind == "mapping" else []
    told += [(person, ("does",)) for person in _items(root, "practitioners")]
    for section, names in told:
        for name in names:
            texts = section.get(name)
            if texts is None or texts.kind != "mapping":
                continue
            for language in dict.fromkeys(languages):
                if texts.get(language) is None:
                    message = f'"{name}" has no text in "{language}", a language of this practice; add it'
                    yield Problem(section.locate([name]), "E-LANG", message)


def _who_does_what(root: Node, visit_types: list[Word]) -> Iterator[Problem]:
    known = {visit_type for visit_type, _ in visit_types}
    done: set[str] = set()
    people = list(_items(root, "practitioners"))
    for person in people:
        for visit_type, position in _words(person.get("visit_types")):
            done.add(visit_type)
            if visit_type not in known:
                hint = did_you_mean(visit_type, known) or f"; there are: {', '.join(sorted(known))}"
                yield Problem(position, "E-REF", f'visit type "{visit_type}" does not exist{hint}')
    for visit_type, position in visit_types:
        if people and visit_type not in done:
            message = f'nobody does visit type "{visit_type}"; add it to a practitioner, or delete it'
            yield Problem(position, "E-REF", message)


#: Where an alert may go, and what has to stand beside it.
_PLACES = {"webhook": None, "slack": None, "teams": None, "telegram": "chat", "email": "smtp"}


def _alerts(root: Node) -> Iterator[Problem]:
    node = root.get("alerts")
    for alert in () if node is None else node.items if node.kind == "sequence" else (node,):
        if alert.kind == "mapping":
            position = root.locate(["alerts"]) if alert is node else alert.position
            yield from _alert(alert, position)


def _alert(alert: Node, position: Position) -> Iterator[Problem]:
    given = [place for place in _PLACES if alert.get(place) is not None]
    for place, beside in _PLACES.items():
        have = [key for key in (place, beside) if key and alert.get(key) is not None]
        if beside and len(have) == 1 and len(given) < 2:
            lack = beside if have == [place] else place
            yield Problem(position, "E-KEY", f'"{have[0]}" needs "{lack}" beside it; add it')
            return
    if len(given) != 1:
        places = ", ".join(f'"{place}"' for place in _PLACES)
        message = f"an alert goes to exactly one place: {places}; write a list for several"
        yield Problem(position, "E-VALUE", message)


def _items(root: Node, key: str) -> Iterator[Node]:
    node = root.get(key)
    yield from (item for item in (node.items if node else ()) if item.kind == "mapping")


def _ids(root: Node, key: str, name: str) -> Iterator[Word]:
    for item in _items(root, key):
        node = item.get(name)
        if node is not None and isinstance(node.scalar, str | int):
            yield str(node.scalar), node.position


def _words(node: Node | None) -> Iterator[Word]:
    for item in node.items if node else ():
        if isinstance(item.scalar, str):
            yield item.scalar, item.position
