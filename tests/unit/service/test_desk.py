"""What staff see of a conversation, and what the sandbox shows of its turns."""

from bot.testing import Surgery


async def test_the_card_says_who_comes_for_what_and_when(surgery: Surgery) -> None:
    anna, desk = surgery.patient(), surgery.desk.staff.desk
    await anna.says("Buonasera, vorrei prenotare una prima visita, sono Anna Rossi")
    await anna.taps("Prima possibile")
    await anna.brings(anna.sees.choices[0].payload)
    await anna.says("operatore")
    (waiting,) = await desk.handoffs()
    view = await desk.conversation(waiting.id)
    slots = dict(view.slots)

    assert (slots["patient_name"], slots["visit_type"]) == ("Anna Rossi", "new_patient_consult")
    assert slots["opening_words"] in anna.screen[2].text
    assert slots["practitioner_name"] in anna.screen[2].text


async def test_a_turn_is_told_in_words_to_whoever_looks_for_the_patient(surgery: Surgery) -> None:
    anna, desk = surgery.patient("393331234567"), surgery.desk.staff.desk
    await anna.says("Buonasera, sono Anna Rossi, vorrei prenotare una prima visita il 5 marzo alle 15")
    by_phone, by_id = await desk.turns("+393331234567"), await desk.turns(surgery.contact(anna))
    (turn,) = by_phone

    assert by_phone == by_id
    assert await desk.turns("393330000000") == ()
    assert turn.text.startswith("Buonasera")
    assert turn.intent == "book_visit"
    assert "start booking a visit" in turn.commands
    assert "patient_name = Anna Rossi" in turn.commands
    assert "visit_type = first visit" in turn.commands
    assert ("person", "Anna Rossi") in turn.entities
    assert ("visit_type", "first visit") in turn.entities
    assert ("time", "Thu 5 Mar 15:00") in turn.entities
    assert "wish" not in dict(turn.entities)
