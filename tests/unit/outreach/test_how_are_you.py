"""The day after a treatment: whatever is not plainly "fine" reaches a person, with the patient's words."""

from pathlib import Path
from typing import Any

import pytest
from outreach_kit import goes_on, known, rows
from ruamel.yaml import YAML

from bot.domain.conversation import InboundKind
from bot.testing import Patient, Surgery

SAID: dict[str, Any] = YAML(typ="safe", pure=True).load(
    (Path(__file__).parents[2] / "nlu" / "how_are_you.yml").read_text(encoding="utf-8")
)
HELLO = {"en": "Good morning", "it": "Buongiorno", "ru": "Здравствуйте"}
GLAD = {"en": "glad to hear it", "it": "Ne siamo felici", "ru": "Рады это слышать"}
READ = {"en": "treatment team reads this", "it": "una persona dell'équipe", "ru": "который вас лечит"}


async def asked(surgery: Surgery, number: int, language: str) -> list[Patient]:
    """So many people had a tooth taken out on Tuesday; on Wednesday each is asked how they are."""
    people = []
    for n in range(number):
        wa_id = f"39333123{n:04}"
        people.append(await known(surgery, wa_id=wa_id, greets=HELLO[language]))
        who, place = ("rossi", n) if n < 12 else ("bianchi", n - 12)
        start = f"2026-03-03T{9 + place // 2:02}:{place % 2 * 30:02}"
        await surgery.staff_book(
            start, name=f"Anna Verdi{n}", phone=f"+{wa_id}", visit_type="extraction", practitioner=who
        )
    await goes_on(surgery, days=2, hours=4)
    return people


@pytest.mark.parametrize("language", ["en", "it", "ru"])
async def test_words_that_nobody_tuned_on_go_where_they_belong(treating: Surgery, language: str) -> None:
    worrying, fine = SAID[language]["apart"]["worrying"], SAID[language]["apart"]["fine"]
    people = await asked(treating, len(worrying) + len(fine), language)
    for person, words in zip(people, (*worrying, *fine), strict=True):
        await person.says(words)

    cases = {row.id: row.reason for row in await treating.desk.staff.desk.handoffs()}
    worried, well = people[: len(worrying)], people[len(worrying) :]
    assert [
        cases.get(treating.contact(person)) in ("clinical_question", "emergency") for person in worried
    ] == ([True] * len(worrying))
    for person, words in zip(worried, worrying, strict=True):
        view = await treating.desk.staff.desk.conversation(treating.contact(person))
        assert any(words in message.text for message in view.messages)
        assert READ[language] in person.sees.text or cases[treating.contact(person)] == "emergency"
    assert sum(GLAD[language] in person.sees.text for person in well) >= len(fine) - 2
    answers = [row.answer for row in await rows(treating) if row.rule == "how_are_you" and row.answer]
    assert answers.count("not_good") >= len(worrying)
    assert answers.count("good") >= len(fine) - 2


async def test_a_question_of_a_list_is_an_answer_first(treating: Surgery) -> None:
    """What an answer about the practice would have taken, or a fear, or an opening."""
    said = [
        "How much does it cost if it bleeds again?",
        "I'm scared of the needle now",
        "Can I come in today?",
    ]
    people = await asked(treating, len(said), "en")
    for person, words in zip(people, said, strict=True):
        await person.says(words)

    assert {row.reason for row in await treating.desk.staff.desk.handoffs()} == {"clinical_question"}
    assert len(await treating.desk.staff.desk.handoffs()) == len(said)


async def test_an_alarm_is_told_first_and_is_the_answer_as_well(treating: Surgery) -> None:
    [anna] = await asked(treating, 1, "en")

    told = await anna.says("the bleeding won't stop and I can't breathe")

    assert "112" in told[0].text
    assert [row.reason for row in await treating.desk.staff.desk.handoffs()] == ["emergency"]
    [row] = [row for row in await rows(treating) if row.rule == "how_are_you"]
    assert row.answer == "not_good"


async def test_a_photo_is_an_answer_with_and_without_words(treating: Surgery) -> None:
    anna, boris = await asked(treating, 2, "en")

    await anna.sends(InboundKind.IMAGE)
    await boris.sends(InboundKind.IMAGE, text="it looks like this")

    assert {row.reason for row in await treating.desk.staff.desk.handoffs()} == {"clinical_question"}
    assert [READ["en"] in person.sees.text for person in (anna, boris)] == [True, True]
    for person in (anna, boris):
        view = await treating.desk.staff.desk.conversation(treating.contact(person))
        assert any(message.kind == "image" for message in view.messages)


async def test_who_thanks_or_asks_who_this_is_has_not_answered_yet(treating: Surgery) -> None:
    [anna] = await asked(treating, 1, "en")

    await anna.says("thank you!")
    await anna.says("who is this?")
    nobody = await treating.desk.staff.desk.handoffs()
    await anna.says("the stitches look strange")

    assert nobody == ()
    assert [row.reason for row in await treating.desk.staff.desk.handoffs()] == ["clinical_question"]


async def test_stop_is_an_opt_out_and_human_a_person_in_answer_to_it_too(treating: Surgery) -> None:
    anna, boris = await asked(treating, 2, "en")

    await anna.says("stop")
    await boris.says("human")

    assert "won't" in anna.sees.text or "no more" in anna.sees.text
    assert [row.reason for row in await treating.desk.staff.desk.handoffs()] == ["asked"]


async def test_the_question_is_not_asked_again_when_a_person_gives_the_chat_back(treating: Surgery) -> None:
    [anna] = await asked(treating, 1, "en")
    await anna.says("I have a high fever and my face is swollen")
    contact = treating.contact(anna)
    await treating.desk.staff.desk.take(contact, "maria")
    await treating.desk.staff.desk.give_back(contact, "maria")
    await treating.settled()

    await anna.says("what are your opening hours?")

    assert await treating.desk.staff.desk.handoffs() == ()
    assert "How are you today" not in anna.sees.text


async def test_who_praises_a_visit_is_thanked_and_nobody_says_sorry(asking: Surgery) -> None:
    anna = await known(asking, greets="Good morning")
    await asking.staff_book("2026-03-03T10:00", name="Anna Verdi", phone="+393331234567")
    await goes_on(asking, days=1, hours=6)

    await anna.says("It was great, thank you!")

    assert "we're glad" in anna.sees.text
    assert await asking.desk.staff.desk.handoffs() == ()
