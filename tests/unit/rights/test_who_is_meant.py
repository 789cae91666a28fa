"""A person is found by number, by a channel's id, by how their conversation's id begins; never by guess."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.practice import SmsAccount
from bot.storage.rights.finding import NobodyMeant, SeveralMeant
from bot.testing import Surgery
from nlu.understanding import Interpreter
from tests.two_patients import ANNA, MARCO, Practice


@pytest.mark.parametrize(
    "written", ["+393471112223", "+39 347 111 2223", "347 1112223", "393471112223", "0039 347 1112223"]
)
async def test_a_number_is_found_as_people_write_it(practice: Practice, written: str) -> None:
    anna = practice.surgery.patient(ANNA.number)
    await anna.says("buongiorno")
    await practice.surgery.patient(MARCO.number).says("buongiorno")

    assert practice.rights.find(written).contacts == (practice.surgery.contact(anna),)


async def test_a_conversation_is_found_by_how_its_id_begins(practice: Practice) -> None:
    anna = practice.surgery.patient(ANNA.number)
    await anna.says("buongiorno")
    contact = practice.surgery.contact(anna)

    assert practice.rights.find(contact[:8]).contacts == (contact,)
    assert practice.rights.find(f" {contact.upper()} ").contacts == (contact,)


async def test_somebody_on_messenger_is_found_by_the_id_that_messenger_gives(practice: Practice) -> None:
    ada = practice.surgery.patient("7712345678901234", channel="messenger")
    await ada.says("buongiorno")

    assert practice.rights.find("7712345678901234").contacts == (practice.surgery.contact(ada),)


async def test_nobody_is_taken_for_somebody(practice: Practice) -> None:
    await practice.surgery.patient(ANNA.number).says("buongiorno")

    for wanted in ("+393470000000", "abcdef12", "Quirina", "", "%"):
        with pytest.raises(NobodyMeant, match="write the number with its country"):
            practice.rights.find(wanted)


async def test_a_number_that_two_have_given_is_asked_about(practice: Practice) -> None:
    anna = practice.surgery.patient(ANNA.number)
    ada = practice.surgery.patient("7712345678901234", channel="messenger")
    for who in (anna, ada):
        await who.says("buongiorno")
        await practice.books(ANNA, who, days=3 if who is anna else 4)
    with pytest.raises(SeveralMeant) as asked:
        practice.rights.find("+393471112223")

    listed = {f"{practice.surgery.contact(who)[:8]} ({who.channel})" for who in (anna, ada)}
    assert all(each in str(asked.value) for each in listed)


async def test_whoever_staff_entered_under_the_number_is_theirs_only_by_name(practice: Practice) -> None:
    anna = await practice.knows(ANNA)
    await practice.books(ANNA, anna, days=3)
    await practice.surgery.staff_book("2026-03-05T15:00", name=ANNA.name, phone=f"+{ANNA.number}")
    await practice.surgery.staff_book("2026-03-06T15:00", name="Lindoro Altro", phone=f"+{ANNA.number}")
    person = practice.rights.find(f"+{ANNA.number}")
    copy = practice.rights.copy(person, at=practice.surgery.clock.now(), by="Marta")

    assert (len(person.patients), person.perhaps, len(copy["visits"])) == (2, 1, 2)
    assert "Lindoro" not in str(copy)


async def test_a_number_for_reminders_that_two_named_is_neither_s_alone(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    account = SmsAccount(
        number="+390200000000", account_sid="AC1", auth_token="t", webhook_url="https://example.org/sms"
    )
    async with Surgery.open(
        tmp_path, interpreter=interpreter, change=lambda practice: replace(practice, sms=(account,))
    ) as surgery:
        rights = Practice(surgery=surgery, folder=tmp_path).rights
        anna, marco = surgery.patient(ANNA.number), surgery.patient(MARCO.number)
        at, found = surgery.clock.now(), []
        for somebody in (anna, marco):
            await somebody.says("buongiorno")
            contact = surgery.contact(somebody)
            await surgery.desk.outreach.chosen.choose(contact, "sms", address="+393475556667", at=at)
            found.append(rights.find(surgery.contact(anna)[:8]).contacts)

        assert (len(found[0]), found[1]) == (2, (surgery.contact(anna),))
