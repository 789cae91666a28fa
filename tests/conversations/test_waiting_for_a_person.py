"""The first words of an emergency, and what patients hear while they wait for a person."""

from pathlib import Path

import pytest
from phrases import WORDS

from bot.testing import Patient, Surgery
from nlu.understanding import Interpreter

MORNING, NIGHT = "2026-03-02T10:00+01:00", "2026-03-02T23:40+01:00"
AUTOMATIC = {"it": "messaggio automatico", "en": "automatic message", "ru": "автоматическое сообщение"}
KNOCKED_OUT = {
    "it": "mi è saltato via un dente per un colpo",
    "en": "my tooth got knocked out",
    "ru": "мне выбили зуб",
}
WHEN_OPEN = {"it": "al più presto", "en": "as soon as possible", "ru": "как можно скорее"}
WHEN_CLOSED = {"it": "domani dalle 9:00", "en": "tomorrow from 9:00", "ru": "завтра с 9:00"}
A_PERSON = {
    "it": "vorrei parlare con una persona",
    "en": "I want to talk to a person",
    "ru": "хочу поговорить с человеком",
}


@pytest.mark.parametrize("language", ["it", "en", "ru"])
@pytest.mark.parametrize("words", ["cannot breathe", "knocked out"])
async def test_the_first_words_of_an_emergency_hear_who_answers_after_what_to_do(
    tmp_path: Path, interpreter: Interpreter, language: str, words: str
) -> None:
    said = {**WORDS[language], "knocked out": KNOCKED_OUT[language]}[words]
    async with Surgery.open(tmp_path, interpreter=interpreter) as surgery:
        what_to_do, who_answers = await surgery.patient().says(said)

    assert "112" in what_to_do.text
    assert AUTOMATIC[language] in who_answers.text


@pytest.mark.parametrize("language", ["it", "en", "ru"])
@pytest.mark.parametrize(
    ("at", "when"), [("2026-03-02T10:00+01:00", WHEN_OPEN), ("2026-03-02T20:00+01:00", WHEN_CLOSED)]
)
async def test_who_asks_again_while_waiting_hears_when_somebody_answers(
    tmp_path: Path, interpreter: Interpreter, language: str, at: str, when: dict[str, str]
) -> None:
    async with Surgery.open(tmp_path, interpreter=interpreter, at=at) as surgery:
        anna = surgery.patient()
        await anna.says(A_PERSON[language])
        [again] = await anna.says(A_PERSON[language])
        after = await anna.says(WORDS[language]["thanks"])

    assert when[language] in again.text
    assert "+39 02 0000 0000" in again.text
    assert after == []


BOOKS = {
    "it": "controllo giovedì mattina, sono Carla Poli",
    "en": "check-up thursday morning, Tom Reed",
    "ru": "осмотр в четверг утром, Ева Котова",
}
BACK = {"it": "Continuo con Lei", "en": "Go on with you", "ru": "Продолжить с вами"}
TAKES_BACK = {
    "it": ["lasci perdere", "anzi no, continuiamo qui", "non serve più", "andiamo avanti"],
    "en": ["never mind", "actually it's ok, I'll continue here", "no need anymore", "let's just carry on"],
    "ru": ["не надо", "передумала", "продолжим без него", "оператор уже не нужен"],
}
TAKES_BACK_AND_ANSWERS = {
    "it": [
        "lasci perdere il collega, prendo le 9:30",
        "ci ho ripensato, la seconda va bene",
        "non c'è bisogno, mi prenoti le 9:30",
    ],
    "en": ["never mind, 9:30", "cancel that, the second one please", "doesn't matter, book 9:30"],
    "ru": ["не нужен оператор, запишите на 9:30", "передумала, второе время", "не надо 9:30"],
}
FACTS = {
    "it": ["che orari fate?", "dove siete?"],
    "en": ["what are your opening hours?", "can I pay by card?"],
    "ru": ["во сколько вы открываетесь?", "можно картой?"],
}
HOW_LONG = {
    "it": "quanto devo aspettare?",
    "en": "how long do I have to wait?",
    "ru": "сколько ждать?",
}


async def waiting(surgery: Surgery, language: str) -> Patient:
    """With the times of Thursday on offer."""
    anna = surgery.patient("393331234567")
    await anna.says(BOOKS[language])
    await anna.says(A_PERSON[language])
    return anna


async def owners(surgery: Surgery) -> list[str]:
    return [row.owner.value for row in await surgery.desk.staff.desk.handoffs()]


@pytest.mark.parametrize("language", ["it", "en", "ru"])
@pytest.mark.parametrize("number", range(4))
async def test_who_takes_it_back_is_asked_again_what_was_open(
    tmp_path: Path, interpreter: Interpreter, language: str, number: int
) -> None:
    async with Surgery.open(tmp_path, at=MORNING, interpreter=interpreter) as surgery:
        anna = await waiting(surgery, language)
        await anna.says(TAKES_BACK[language][number])
        times = [title for title in anna.sees.titles if ":" in title]
        left = await owners(surgery)

    assert len(times) == 6
    assert left == []


@pytest.mark.parametrize("language", ["it", "en", "ru"])
@pytest.mark.parametrize("number", range(3))
async def test_an_answer_beside_it_counts(
    tmp_path: Path, interpreter: Interpreter, language: str, number: int
) -> None:
    async with Surgery.open(tmp_path, at=MORNING, interpreter=interpreter) as surgery:
        anna = await waiting(surgery, language)
        await anna.says(TAKES_BACK_AND_ANSWERS[language][number])
        [visit] = await surgery.diary()

    assert (visit["status"], visit["start_local"]) == ("held", "2026-03-05T09:30")


@pytest.mark.parametrize("language", ["it", "en", "ru"])
async def test_the_way_back_takes_up_the_message_above_it(
    tmp_path: Path, interpreter: Interpreter, language: str
) -> None:
    async with Surgery.open(tmp_path, at=MORNING, interpreter=interpreter) as surgery:
        anna = await waiting(surgery, language)
        await anna.says("9:30")
        before = await surgery.diary()
        await anna.taps(BACK[language])
        [visit] = await surgery.diary()

    assert before == []
    assert (visit["status"], visit["start_local"]) == ("held", "2026-03-05T09:30")


async def test_a_time_tapped_while_waiting_is_taken_up_and_a_bare_yes_is_not(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    async with Surgery.open(tmp_path, at=MORNING, interpreter=interpreter) as surgery:
        anna = surgery.patient("393331234567")
        await anna.says(BOOKS["en"])
        second = anna.sees.choices[1]
        await anna.says(A_PERSON["en"])
        [told] = await anna.brings(second.payload, title=second.title)
        await anna.says("yes")
        await anna.taps(BACK["en"])
        [visit] = await surgery.diary()

    assert "no visit is arranged yet" in told.text
    assert (visit["status"], visit["start_local"]) == ("held", "2026-03-05T09:30")


@pytest.mark.parametrize("language", ["it", "en", "ru"])
async def test_where_nothing_was_open_they_hear_what_there_is(
    tmp_path: Path, interpreter: Interpreter, language: str
) -> None:
    async with Surgery.open(tmp_path, at=MORNING, interpreter=interpreter) as surgery:
        anna = surgery.patient()
        await anna.says(A_PERSON[language])
        await anna.says(TAKES_BACK[language][0])

    assert len(anna.sees.titles) == 3


@pytest.mark.parametrize("language", ["it", "en", "ru"])
async def test_who_wants_a_person_all_the_same_keeps_waiting(
    tmp_path: Path, interpreter: Interpreter, language: str
) -> None:
    async with Surgery.open(tmp_path, at=MORNING, interpreter=interpreter) as surgery:
        anna = await waiting(surgery, language)
        await anna.says(f"{TAKES_BACK[language][0]}, {A_PERSON[language]}")
        left = await owners(surgery)

    assert left == ["queue"]


@pytest.mark.parametrize("language", ["it", "en", "ru"])
async def test_facts_are_told_and_the_conversation_stays_with_the_colleague(
    tmp_path: Path, interpreter: Interpreter, language: str
) -> None:
    async with Surgery.open(tmp_path, at=NIGHT, interpreter=interpreter) as surgery:
        anna = await waiting(surgery, language)
        told = [await anna.says(question) for question in FACTS[language]]
        [how_long] = await anna.says(HOW_LONG[language])
        left = await owners(surgery)

    assert [len(seen) for seen in told] == [1, 1]
    assert not any(BACK[language] in seen.titles for [seen] in told)
    assert WHEN_CLOSED[language] in how_long.text
    assert left == ["queue"]


@pytest.mark.parametrize("language", ["it", "en", "ru"])
async def test_further_messages_are_answered_once_an_hour(
    tmp_path: Path, interpreter: Interpreter, language: str
) -> None:
    details = {"it": "è per mia zia Pina", "en": "it's about the blue folder", "ru": "это про синюю папку"}
    async with Surgery.open(tmp_path, at=MORNING, interpreter=interpreter) as surgery:
        anna = surgery.patient()
        await anna.says(A_PERSON[language])
        at_once = await anna.says(details[language])
        surgery.clock.move(hours=1)
        [later] = await anna.says(details[language])
        after = await anna.says(details[language])

    assert (at_once, after) == ([], [])
    assert later.titles == (BACK[language],)


@pytest.mark.parametrize("language", ["it", "en", "ru"])
async def test_after_a_day_the_assistant_offers_itself(
    tmp_path: Path, interpreter: Interpreter, language: str
) -> None:
    sorry = {"it": "lunga attesa", "en": "waited so long", "ru": "долгое ожидание"}
    friday = {
        "it": "mi prenota venerdì alle 10",
        "en": "book me friday at 10",
        "ru": "запишите в пятницу в 10",
    }
    async with Surgery.open(tmp_path, at=MORNING, interpreter=interpreter) as surgery:
        anna = await waiting(surgery, language)
        surgery.clock.move(hours=30)
        said = await anna.says(friday[language])
        await anna.taps(BACK[language])
        [visit] = await surgery.diary()

    assert sorry[language] in said[-1].text
    assert (visit["status"], visit["start_local"]) == ("held", "2026-03-06T10:00")


@pytest.mark.parametrize("language", ["it", "en", "ru"])
async def test_a_yes_tapped_while_waiting_is_asked_again(
    tmp_path: Path, interpreter: Interpreter, language: str
) -> None:
    async with Surgery.open(tmp_path, at=MORNING, interpreter=interpreter) as surgery:
        anna = surgery.patient("393331234567")
        await anna.says(BOOKS[language])
        await anna.brings(anna.sees.choices[0].payload)
        yes = anna.sees.choices[0]
        await anna.says(A_PERSON[language])
        await anna.brings(yes.payload, title=yes.title)
        await anna.taps(BACK[language])
        booked = [row for row in await surgery.diary() if row["status"] == "booked"]
        asked = anna.sees.titles
        await anna.taps(yes.title)
        after = [row for row in await surgery.diary() if row["status"] == "booked"]

    assert booked == []
    assert yes.title in asked
    assert len(after) == 1
