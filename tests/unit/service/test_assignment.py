"""A conversation goes to people who are there, and to whoever has the least to do."""

from datetime import timedelta

import pytest

from bot.domain.staff import Person, Role
from bot.service.inbox.assignment import Assignments, NobodyThere, freest, online
from bot.service.inbox.desk import Owner
from bot.service.inbox.staff import StoredSession
from tests.web.fakes import NOW, FakeDesk, MemoryStaffBook, conversation


def person(name: str, *languages: str, **more: object) -> Person:
    given = {"role": Role.AGENT, **more}
    return Person(id=name.lower(), name=name, languages=languages, **given)  # type: ignore[arg-type]


def session(of: Person, *, minutes: float = 0) -> StoredSession:
    active = NOW - timedelta(minutes=minutes)
    return StoredSession(
        key=of.id, person=of.id, who=of.name, role=of.role, language="it", opened=active, active=active
    )


def test_only_who_moved_lately_may_answer_and_is_not_away_is_there() -> None:
    there, quiet, away, gone, reader = (
        person("Giulia"),
        person("Marta"),
        person("Paolo", is_away=True),
        person("Sara", is_disabled=True),
        person("Luca", role=Role.READER),
    )
    people = (there, quiet, away, gone, reader, person("Nina"))
    sessions = [session(quiet, minutes=10), *(session(one, minutes=9) for one in people[:1] + people[2:5])]

    assert online(people, sessions, at=NOW) == (there,)


def test_the_least_loaded_of_those_who_speak_the_language_is_chosen() -> None:
    anna, ivan, marta = person("Anna", "it"), person("Ivan", "ru", "en"), person("Marta")
    load = {"Anna": 0, "Ivan": 3, "Marta": 2}

    assert freest([anna, ivan, marta], load=load, language="ru") == marta
    assert freest([anna, ivan], load=load, language="ru") == ivan
    assert freest([anna, ivan], load=load, language="de") == anna
    assert freest([], load=load, language="ru") is None


async def _desk(staff: MemoryStaffBook) -> FakeDesk:
    for one, minutes in ((person("Giulia"), 1), (person("Marta"), 2), (person("Paolo"), 30)):
        await staff.add(one, at=NOW)
        await staff.open_session(session(one, minutes=minutes))
    return FakeDesk(
        conversation("c-anna"),
        conversation("c-old", owner=Owner.STAFF, owned_by="Giulia"),
    )


async def test_whoever_is_freest_gets_it_and_never_somebody_who_is_not_there() -> None:
    staff = MemoryStaffBook()
    desk = await _desk(staff)
    assignments = Assignments(staff, desk, desk.clock)
    first = await assignments.give("c-anna", None, who="Nina")
    with pytest.raises(NobodyThere):
        await assignments.give("c-anna", "Paolo", who="Marta")

    assert first == "Marta"
    assert desk.views["c-anna"].owned_by == "Marta"


async def test_without_anybody_there_it_stays_where_it_is() -> None:
    staff = MemoryStaffBook()
    desk = await _desk(staff)
    desk.clock.pass_by(timedelta(hours=1))
    with pytest.raises(NobodyThere):
        await Assignments(staff, desk, desk.clock).give("c-anna", None, who="Nina")

    assert desk.views["c-anna"].owner is Owner.QUEUE
