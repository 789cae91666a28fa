"""What every StaffBook does (bot.service.inbox.staff). Subclass it and give `book`."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.staff import Person, Role
from bot.service.inbox.staff import NameTaken, StaffBook, StoredSession

AT = datetime(2026, 11, 16, 9, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)


def person(name: str = "Marta", role: Role = Role.AGENT) -> Person:
    return Person(id=uuid.uuid4().hex, name=name, role=role)


def session(key: str, of: Person | None, *, active: datetime = AT) -> StoredSession:
    return StoredSession(
        key=key,
        person=of.id if of else None,
        who=of.name if of else "Reception",
        role=of.role if of else Role.ADMIN,
        language="it",
        opened=AT,
        active=active,
    )


class StaffBookContract:
    async def test_a_name_belongs_to_one_person_whatever_its_capitals(self, book: StaffBook) -> None:
        await book.add(person("Marta"), at=AT)
        with pytest.raises(NameTaken):
            await book.add(person("MARTA"), at=AT)

        assert [one.name for one in await book.people()] == ["Marta"]

    async def test_somebody_is_found_with_what_proves_them(self, book: StaffBook) -> None:
        marta = person()
        await book.add(marta, at=AT)
        await book.prove_by(marta.id, password="a hash", code_secret="BASE32")
        known = await book.credentials("marta")

        assert known is not None
        assert (known.password, known.code_secret) == ("a hash", "BASE32")
        assert (known.person.id, known.person.has_password, known.person.has_code) == (marta.id, True, True)
        assert await book.credentials("nobody") is None

    async def test_who_is_disabled_is_not_found_until_enabled_again(self, book: StaffBook) -> None:
        marta = person()
        await book.add(marta, at=AT)
        await book.disable(marta.id, at=AT)
        while_disabled = await book.credentials("Marta")
        await book.enable(marta.id)

        assert while_disabled is None
        assert await book.credentials("Marta") is not None

    async def test_disabling_ends_sessions_and_links(self, book: StaffBook) -> None:
        marta, paolo = person(), person("Paolo")
        for one in (marta, paolo):
            await book.add(one, at=AT)
            await book.open_session(session(f"session of {one.name}", one))
        await book.add_link("link", person=marta.id, until=AT + HOUR)
        await book.disable(marta.id, at=AT)

        assert await book.session("session of Marta") is None
        assert await book.session("session of Paolo") == session("session of Paolo", paolo)
        assert await book.link("link", at=AT) is None

    async def test_another_password_ends_every_session(self, book: StaffBook) -> None:
        marta = person()
        await book.add(marta, at=AT)
        await book.open_session(session("old", marta))
        await book.prove_by(marta.id, password="new", code_secret=None)

        assert await book.session("old") is None

    async def test_a_code_is_good_once_and_never_after_a_later_one(self, book: StaffBook) -> None:
        marta = person()
        await book.add(marta, at=AT)

        assert [await book.use_code(marta.id, step) for step in (7, 7, 6, 8)] == [True, False, False, True]

    async def test_a_link_works_once_and_for_a_while(self, book: StaffBook) -> None:
        marta = person()
        await book.add(marta, at=AT)
        await book.add_link("first", person=marta.id, until=AT + HOUR)
        await book.add_link("second", person=marta.id, until=AT + HOUR)
        seen = [await book.link("first", at=AT), await book.link("second", at=AT + HOUR)]
        used = [await book.use_link("second", at=AT) for _ in range(2)]

        assert seen == [None, None], "replaced, and too old"
        assert used == [marta, None]

    async def test_a_session_has_the_role_that_the_person_has_now(self, book: StaffBook) -> None:
        marta = person(role=Role.MANAGER)
        await book.add(marta, at=AT)
        await book.open_session(session("s", marta))
        await book.change_role(marta.id, Role.READER)
        await book.touch_session("s", at=AT + HOUR)
        await book.speak("s", "ru")
        found = await book.session("s")

        assert found is not None
        assert (found.role, found.active, found.language) == (Role.READER, AT + HOUR, "ru")

    async def test_people_speak_languages_and_may_be_away(self, book: StaffBook) -> None:
        marta = person()
        await book.add(marta, at=AT)
        await book.change_languages(marta.id, ("it", "en"))
        await book.change_away(marta.id, is_away=True)
        away = await book.people()
        await book.change_away(marta.id, is_away=False)

        assert [(one.languages, one.is_away) for one in away] == [(("it", "en"), True)]
        assert [one.is_away for one in await book.people()] == [False]

    async def test_somebody_is_remembered_as_a_sign_in_service_knows_them(self, book: StaffBook) -> None:
        marta = person()
        await book.add(marta, at=AT)
        await book.remember_as(marta.id, "subject-1")
        found = await book.known_as("subject-1")
        await book.disable(marta.id, at=AT)
        disabled = await book.known_as("subject-1")

        assert found is not None and disabled is not None
        assert (found.name, disabled.is_disabled) == ("Marta", True)
        assert await book.known_as("subject-2") is None

    async def test_every_session_is_listed_but_those_of_whoever_is_disabled(self, book: StaffBook) -> None:
        marta, paolo = person("Marta"), person("Paolo", Role.MANAGER)
        for one in (marta, paolo):
            await book.add(one, at=AT)
        await book.open_session(session("k-1", marta))
        await book.open_session(session("k-2", paolo, active=AT + HOUR))
        await book.open_session(session("k-3", None, active=AT - HOUR))
        listed = await book.sessions()
        await book.disable(paolo.id, at=AT)

        assert [(one.key, one.who, one.role) for one in listed] == [
            ("k-2", "Paolo", Role.MANAGER),
            ("k-1", "Marta", Role.AGENT),
            ("k-3", "Reception", Role.ADMIN),
        ]
        assert [one.key for one in await book.sessions()] == ["k-1", "k-3"]

    async def test_sessions_end(self, book: StaffBook) -> None:
        for key, active in (("left", AT), ("idle", AT - HOUR), ("busy", AT)):
            await book.open_session(session(key, None, active=active))
        await book.end_session("left")
        await book.sweep_sessions(opened_before=AT - HOUR, active_before=AT - HOUR / 2)

        assert await book.session("left") is None
        assert await book.session("idle") is None
        assert await book.session("busy") == session("busy", None)

    async def test_failures_are_counted_until_forgotten(self, book: StaffBook) -> None:
        await book.note_tries(["a", "b"], at=AT, forget_before=AT - HOUR)
        await book.note_tries(["a"], at=AT + HOUR / 2, forget_before=AT - HOUR)
        counted = dict(await book.tries(["a", "b", "c"]))
        await book.forget_tries(["a"])
        await book.note_tries(["b"], at=AT + 3 * HOUR, forget_before=AT + HOUR)

        assert counted == {"a": (2, AT + HOUR / 2), "b": (1, AT)}
        assert dict(await book.tries(["a", "b"])) == {"b": (1, AT + 3 * HOUR)}
