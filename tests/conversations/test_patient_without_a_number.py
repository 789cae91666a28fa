"""Somebody whom WhatsApp knows by a user id alone books, too: the number is asked for, never assumed."""

from bot.domain.conversation import InboundKind
from bot.testing import Patient, Surgery

NUMBER = "+393331234567"


async def until_asked_for_the_number(anna: Patient) -> None:
    await anna.says("Buonasera, vorrei prenotare una prima visita")
    await anna.says("Anna Rossi")


async def test_the_number_is_asked_for_by_a_button_and_taken_from_the_answer(surgery: Surgery) -> None:
    anna = surgery.patient("IT.1349185", name="Anna")
    await until_asked_for_the_number(anna)
    asked = anna.sees
    shared = {"origin": "contact_request", "phones": NUMBER}
    await anna.sends(InboundKind.CONTACTS, phone=NUMBER, details=shared)
    after = anna.sees
    await anna.taps(after.titles[0])
    while anna.sees.titles and not await booked(surgery, anna):
        await anna.taps(anna.sees.titles[0])

    assert asked.asks_phone
    assert not after.asks_phone
    [visit] = await booked(surgery, anna)
    assert visit == ("Anna Rossi", NUMBER)


async def test_a_card_of_somebody_elses_is_not_taken_for_the_number(surgery: Surgery) -> None:
    anna = surgery.patient("IT.1349185", name="Anna")
    await until_asked_for_the_number(anna)
    await anna.sends(InboundKind.CONTACTS, details={"phones": "+393330000001", "names": "Bo Example"})

    assert await booked(surgery, anna) == []
    assert "telefono" in anna.sees.text


async def test_who_wrote_from_a_new_number_before_we_heard_of_it_keeps_the_visits(surgery: Surgery) -> None:
    anna = surgery.patient("393331234567", name="Anna Rossi")
    await anna.says("Buonasera, vorrei prenotare una prima visita")
    await anna.says("Anna Rossi")
    while anna.sees.titles and not await booked(surgery, anna):
        await anna.taps(anna.sees.titles[0])
    again = surgery.patient("393470009999", name="Anna Rossi")
    await again.says("Dove siete?")
    moved = {"type": "user_changed_number", "moved_to": "393470009999"}
    await anna.sends(InboundKind.SYSTEM, details=moved)

    assert await booked(surgery, again) == [("Anna Rossi", NUMBER)]
    assert await booked(surgery, anna) == []


async def booked(surgery: Surgery, anna: Patient) -> list[tuple[str, str | None]]:
    since = surgery.clock.now()
    people = await surgery.desk.books.diary.booked_for(contact=surgery.contact(anna), since=since)
    return [(who.name, who.phone) for who in people]
