"""Who wants to be forgotten is: no table and no file has them any more, and nothing brings them back."""

import asyncio
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from bot.domain.conversation import InboundEvent, InboundKind
from bot.domain.deeds import Deed
from bot.errors import StaleConversation
from bot.service.clock import FrozenClock
from bot.storage.rights.finding import NobodyMeant
from bot.storage.rights.personal import BY_OTHER_WAYS, OF_A_CONTACT, OF_EITHER, OF_NOBODY, STAYS
from bot.testing import Surgery
from bot.web.copy_page import copy_page
from nlu.understanding import Interpreter
from tests.contracts.test_stores import turn_of
from tests.two_patients import ANNA, MARCO, Practice


def test_of_every_table_it_is_known_whether_it_holds_somebody() -> None:
    known = {*OF_A_CONTACT, *OF_EITHER, *BY_OTHER_WAYS, *OF_NOBODY, STAYS}

    assert {table.name for table in known} == SQLModel.metadata.tables.keys()


async def test_nothing_of_the_erased_is_left_and_all_of_the_other(practice: Practice) -> None:
    for told in (ANNA, MARCO):
        patient = await practice.knows(told)
        await practice.books(told, patient, days=3)
    anna = practice.surgery.patient(ANNA.number)
    sealed, before = practice.sealed(anna), practice.readable()
    clock = practice.surgery.clock
    assert isinstance(clock, FrozenClock)
    clock.move(days=5)
    rights = practice.rights
    erased = await asyncio.to_thread(
        rights.erase, rights.find(ANNA.number), at=clock.now(), by="Marta", with_visits=True
    )
    is_wiped = await asyncio.to_thread(rights.wipe)
    after, files = practice.readable(), practice.files()

    assert [each for each in ANNA.all if each not in before] == []
    assert [each for each in ANNA.all if each in after] == []
    assert [each for each in MARCO.all if each not in after] == []
    assert len(sealed) >= 5 and is_wiped
    assert [each for each in sealed if each in files] == []
    assert {table: erased.rows[table] for table in ("inbox", "media", "note", "tag", "appointment")} == {
        "inbox": 2,
        "media": 1,
        "note": 1,
        "tag": 1,
        "appointment": 1,
    }
    assert (erased.rows["patient"], erased.visits_kept, erased.keeps_wish) == (1, 0, False)


async def test_sealed_words_are_in_the_files_as_long_as_nobody_erases_them(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    """The twin: what the test before looks for would be found. A server's files are not ours to read."""
    async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
        practice = Practice(surgery=surgery, folder=tmp_path)
        anna = await practice.knows(ANNA)

        assert all(each in practice.files() for each in practice.sealed(anna))


async def test_the_copy_says_all_of_it_and_nothing_of_anybody_else(practice: Practice) -> None:
    for told in (ANNA, MARCO):
        await practice.books(told, await practice.knows(told), days=3)
    rights, clock = practice.rights, practice.surgery.clock
    copy = rights.copy(rights.find(ANNA.number), at=clock.now(), by="Marta")
    page = {
        language: copy_page(copy, practice=practice.surgery.desk.practice, language=language)
        for language in ("en", "it", "ru")
    }
    said = json.dumps(copy, ensure_ascii=False)
    heard = [message["by"] for message in copy["messages"]]
    [trail] = await practice.surgery.desk.audit.trail(deed=Deed.EXPORTED)

    assert [each for each in ANNA.all if each not in said and each != ANNA.file] == []
    assert [file["content"] for file in copy["files"]] == ["Q0FOQVJZLUZJTEUtQQ=="]  # CANARY-FILE-A
    assert [each for each in (*MARCO.all, "Q0FOQVJZLUZJTEUtTQ==") if each in said + page["it"]] == []
    assert {"patient", "bot"} == {*heard} and len(copy["visits"]) == 1 and copy["turns"]
    assert all(ANNA.words in each and ANNA.name in each and ANNA.note in each for each in page.values())
    assert ["Visits" in page["en"], "Visite" in page["it"], "Приёмы" in page["ru"]] == [True] * 3
    assert (trail.by, trail.conversation) == (
        "Marta",
        practice.surgery.contact(practice.surgery.patient(ANNA.number)),
    )


async def test_a_patient_s_words_are_no_markup_of_the_page(practice: Practice) -> None:
    anna = practice.surgery.patient(ANNA.number, name='<img src=x onerror="alert(1)">')
    await anna.says("<script>alert(1)</script>")
    rights = practice.rights
    copy = rights.copy(rights.find(ANNA.number), at=practice.surgery.clock.now(), by="Marta")
    page = copy_page(copy, practice=practice.surgery.desk.practice, language="en")

    assert "&lt;script&gt;alert(1)" in page
    assert "<script" not in page and "<img" not in page


async def test_visits_stay_in_the_diary_and_nobody_is_written_to_about_them(practice: Practice) -> None:
    anna = await practice.knows(ANNA)
    visit = await practice.books(ANNA, anna, days=4)
    rights = practice.rights
    erased = await asyncio.to_thread(
        rights.erase, rights.find(ANNA.number), at=practice.surgery.clock.now(), by="Marta", with_visits=True
    )
    books = practice.surgery.desk.books
    reference = books.database.read_now(
        lambda c: c.execute(
            text("SELECT patient_id FROM appointment WHERE id = :id AND contact IS NULL"), {"id": visit}
        ).scalar_one()
    )
    who = books.database.read_now(lambda c: books.diary.patients.details(c, reference))
    asked = {
        reason
        for (reason,) in books.database.read_now(
            lambda c: c.execute(
                text("SELECT reason FROM never_write WHERE who = :who"), {"who": reference}
            ).all()
        )
    }

    assert erased.visits_kept == 1
    assert who is not None and (who.name, who.birth_date) == (ANNA.name, date(1961, 3, 14))
    assert asked == {"do_not_contact"}
    assert ANNA.words not in practice.readable()


async def test_an_answer_that_waits_does_not_go_out(practice: Practice) -> None:
    """Beside the desk: two are on their way when the person is erased; the twin without it gets both."""
    screens = {}
    for told in (ANNA, MARCO):
        await practice.surgery.patient(told.number).says("buongiorno")
    for told in (ANNA, MARCO):
        patient = practice.surgery.patient(told.number)
        seen = len(patient.screen)
        await practice.queue(patient, "le rispondo subito", "ecco gli orari")
        if told is ANNA:
            rights = practice.rights
            await asyncio.to_thread(
                rights.erase, rights.find(told.number), at=practice.surgery.clock.now(), by="Marta"
            )
        practice.surgery.desk.delivery.wake(practice.surgery.contact(patient))
        await practice.surgery.settled()
        screens[told.name] = len(patient.screen) - seen

    assert screens[ANNA.name] == 0 < screens[MARCO.name]


async def test_a_turn_under_way_comes_to_nothing(practice: Practice) -> None:
    desk, anna = practice.surgery.desk, practice.surgery.patient(ANNA.number)
    await anna.says("buongiorno")
    event = replace(anna._event(InboundKind.TEXT), text=f"un'altra cosa: {ANNA.words}")
    await desk.store.accept([event], accounts=frozenset({(anna.channel, anna.account)}))
    snapshot = await desk.store.load(practice.surgery.contact(anna), worker=desk.worker)
    assert snapshot is not None
    rights = practice.rights
    await asyncio.to_thread(
        rights.erase, rights.find(ANNA.number), at=practice.surgery.clock.now(), by="Marta"
    )
    with pytest.raises(StaleConversation):
        await desk.store.commit(turn_of(snapshot, ANNA.words))
    after = await desk.store.load(practice.surgery.contact(anna), worker=desk.worker)

    assert after is None
    assert ANNA.words not in practice.readable() and ANNA.number not in practice.readable()


async def test_what_the_channel_repeats_brings_nobody_back(practice: Practice) -> None:
    desk, anna = practice.surgery.desk, practice.surgery.patient(ANNA.number)
    event = replace(anna._event(InboundKind.TEXT), text=ANNA.words)
    await desk.intake.accept([event])
    await practice.surgery.settled()
    rights, seen = practice.rights, len(anna.screen)
    await asyncio.to_thread(
        rights.erase, rights.find(ANNA.number), at=practice.surgery.clock.now(), by="Marta"
    )
    read = replace(event, kind=InboundKind.READ, id="read.1", text=None)
    await desk.intake.accept([event, read])
    await practice.surgery.settled()

    assert len(anna.screen) == seen
    assert ANNA.words not in practice.readable() and ANNA.number not in practice.readable()


async def test_whoever_writes_again_is_somebody_new(practice: Practice) -> None:
    anna = await practice.knows(ANNA)
    before = practice.surgery.contact(anna)
    rights = practice.rights
    await asyncio.to_thread(
        rights.erase, rights.find(ANNA.number), at=practice.surgery.clock.now(), by="Marta"
    )
    await anna.says("buongiorno")
    person = practice.rights.find(ANNA.number)

    assert anna.screen and person.contacts != (before,)
    assert ANNA.words not in practice.readable() and "buongiorno" in practice.readable()


async def test_who_wanted_no_messages_still_wants_none(practice: Practice) -> None:
    anna, marco = (practice.surgery.patient(told.number) for told in (ANNA, MARCO))
    await anna.says("buongiorno")
    await anna.says("STOP")
    await marco.says("buongiorno")
    rights = practice.rights
    erased = [
        await asyncio.to_thread(
            rights.erase, rights.find(told.number), at=practice.surgery.clock.now(), by="M"
        )
        for told in (ANNA, MARCO)
    ]
    kept = practice.readable()
    for patient in (anna, marco):
        await patient.says("buongiorno")
    desk = practice.surgery.desk
    opted_out = [
        bool((await desk.outreach.consents.of(rights.find(told.number).contacts[0])).has_opted_out)
        for told in (ANNA, MARCO)
    ]

    assert [each.keeps_wish for each in erased] == [True, False]
    assert "opted_out" in kept and ANNA.number not in kept
    assert opted_out == [True, False]


async def test_the_trail_says_that_somebody_was_erased_and_not_who(practice: Practice) -> None:
    anna = await practice.knows(ANNA)
    rights = practice.rights
    await asyncio.to_thread(
        rights.erase, rights.find(ANNA.number), at=practice.surgery.clock.now(), by="Marta"
    )
    audit = practice.surgery.desk.audit
    [line] = await audit.trail(deed=Deed.ERASED)

    assert (line.by, line.conversation, line.detail) == ("Marta", None, "")
    assert audit.verify() == ()
    with pytest.raises(NobodyMeant):
        rights.find(practice.surgery.contact(anna)[:8])


async def test_the_desk_forgets_whom_it_remembered(practice: Practice) -> None:
    desk, anna = practice.surgery.desk, await practice.knows(ANNA)
    finder = desk.staff.finder
    found = await finder.find("Quirina", who="Marta")
    rights = practice.rights
    await asyncio.to_thread(
        rights.erase, rights.find(ANNA.number), at=practice.surgery.clock.now(), by="Marta"
    )
    await desk.forgetting.look()
    remembered = (dict(finder._words), dict(desk.books.keyring._cache))
    again = await finder.find("Quirina", who="Marta")

    assert [row.id for row in found] == [practice.surgery.contact(anna)]
    assert (remembered, again) == (({}, {}), ())


async def test_events_that_nobody_could_read_go_too(practice: Practice) -> None:
    await practice.surgery.patient(ANNA.number).says("buongiorno")
    for number, told in enumerate((ANNA, MARCO)):
        raw = json.dumps({"from": told.number, "type": "novelty", "text": told.words})
        unread = InboundEvent(
            kind=InboundKind.OTHER,
            channel="whatsapp",
            account=practice.surgery.patient(told.number).account,
            id=f"unread.{number}",
            sender=None,
            raw=raw,
        )
        await practice.surgery.desk.intake.accept([unread])
    before, rights = practice.readable(), practice.rights
    await asyncio.to_thread(
        rights.erase, rights.find(ANNA.number), at=practice.surgery.clock.now(), by="Marta"
    )
    after = practice.readable()

    assert ANNA.words in before and MARCO.words in before
    assert ANNA.words not in after and MARCO.words in after
