"""What a dentist has to look at, and hurts nobody: a visit is looked for, in the ordinary way."""

from pathlib import Path

import pytest

from bot.testing import Surgery
from nlu.understanding import Interpreter

MORNING = "2026-03-02T08:00"
PAIN = ("in pain", "abbia dolore", "вам больно")
TO_BE_SEEN = {"en": "a dentist has to see", "it": "deve vederlo il dentista", "ru": "должен посмотреть врач"}
NAME = {"en": "first and last name", "it": "nome e cognome", "ru": "имя и фамилию"}
THINGS = {
    "en": (
        "my retainer snapped in two",
        "I chipped a front tooth, it doesn't hurt, when can someone see it?",
        "a crown came off last night, no pain",
        "my daughter has a wobbly milk tooth",
        "front tooth",
        "I broke my denture, nothing urgent",
    ),
    "it": (
        "si è rotta la mascherina",
        "mi si è scheggiato un dente, nessun dolore, quando potete vederlo?",
        "è caduta una capsula ieri sera, non fa male",
        "mia figlia ha un dentino da latte che dondola",
        "dente davanti",
        "si è rotta la dentiera, non è urgente",
    ),
    "ru": (
        "треснула капа",
        "откололся кусочек зуба, не болит, когда можно показать?",
        "коронка слетела, боли нет",
        "у дочки шатается молочный зуб",
        "передний зуб",
        "сломался протез, не срочно",
    ),
}
COMPLAINTS = {
    "en": (
        "my gums bleed a little when I floss, is it bad?",
        "one of my teeth went black, should I come?",
        "my son needs braces, where do we start?",
        "my teeth are so yellow",
        "I think there is a cavity",
    ),
    "it": (
        "mi sanguinano le gengive quando uso il filo, è grave?",
        "un dente è diventato nero, devo venire?",
        "mio figlio ha bisogno dell'apparecchio, cosa facciamo?",
        "ho i denti gialli",
        "i denti sono sensibili quando bevo freddo",
    ),
    "ru": (
        "дёсны кровят, когда чищу зубы, это плохо?",
        "зуб потемнел, мне приходить?",
        "сыну нужны брекеты, что делать?",
        "у меня жёлтые зубы",
        "кажется, у меня кариес",
    ),
}
AGREES = {"en": "ok book me in then", "it": "ok allora mi prenoti", "ru": "ок, запишите меня тогда"}
GOES_AHEAD = {"en": "yes let's do that", "it": "sì, facciamo così", "ru": "да, давайте так"}
HURTS = {
    "en": "my retainer broke and it hurts a lot",
    "it": "si è rotta la mascherina e mi fa molto male",
    "ru": "капа треснула, и очень больно",
}
MEDICINE = {
    "en": "can I take ibuprofen with amoxicillin?",
    "it": "posso prendere l'ibuprofene con l'amoxicillina?",
    "ru": "можно ли пить ибупрофен с амоксициллином?",
}
WISHES = {
    "en": "then book me a check-up",
    "it": "vorrei prenotare una visita",
    "ru": "запишите меня на осмотр",
}
A_PERSON = {"en": "I want a human", "it": "voglio un operatore", "ru": "позовите оператора"}


@pytest.mark.parametrize("language", ["en", "it", "ru"])
async def test_who_is_in_no_pain_is_told_of_none_and_booked_by_nobody_else(
    tmp_path: Path, interpreter: Interpreter, language: str
) -> None:
    async with Surgery.open(tmp_path, at=MORNING, interpreter=interpreter) as surgery:
        for number, said in enumerate((*THINGS[language], *COMPLAINTS[language])):
            anna = surgery.patient(f"3933312345{number:02}")
            told = "\n".join(seen.text for seen in await anna.says(said))

            assert NAME[language] in told, said
            assert not any(pain in told for pain in PAIN), said
        assert surgery.staff.told == []


@pytest.mark.parametrize("language", ["en", "it", "ru"])
@pytest.mark.parametrize("agrees", [AGREES, GOES_AHEAD])
async def test_who_agrees_is_asked_for_the_name_again_and_not_misunderstood(
    tmp_path: Path, interpreter: Interpreter, language: str, agrees: dict[str, str]
) -> None:
    async with Surgery.open(tmp_path, at=MORNING, interpreter=interpreter) as surgery:
        anna = surgery.patient()
        told = (await anna.says(COMPLAINTS[language][0]))[-1].text
        [asks] = await anna.says(agrees[language])

    assert TO_BE_SEEN[language] in told
    assert NAME[language] in asks.text
    assert "\n" not in asks.text


@pytest.mark.parametrize("language", ["en", "it", "ru"])
async def test_who_is_in_pain_as_well_hears_so(
    tmp_path: Path, interpreter: Interpreter, language: str
) -> None:
    async with Surgery.open(tmp_path, at=MORNING, interpreter=interpreter) as surgery:
        anna = surgery.patient()
        told = "\n".join(seen.text for seen in await anna.says(HURTS[language]))

    assert any(pain in told for pain in PAIN)


@pytest.mark.parametrize("language", ["en", "it", "ru"])
@pytest.mark.parametrize("wishes", [AGREES, WISHES])
async def test_who_waits_for_an_answer_and_wants_a_visit_is_booked_and_still_answered(
    tmp_path: Path, interpreter: Interpreter, language: str, wishes: dict[str, str]
) -> None:
    async with Surgery.open(tmp_path, at=MORNING, interpreter=interpreter) as surgery:
        anna = surgery.patient()
        await anna.says(MEDICINE[language])
        seen = await anna.says(wishes[language])
        [left] = await surgery.desk.staff.desk.handoffs()

    assert NAME[language] in seen[-1].text
    assert (left.reason, left.owner.value) == ("clinical_question", "bot")


@pytest.mark.parametrize("language", ["en", "it", "ru"])
async def test_who_asked_for_a_person_and_wants_a_visit_hears_how_to_go_on(
    tmp_path: Path, interpreter: Interpreter, language: str
) -> None:
    async with Surgery.open(tmp_path, at=MORNING, interpreter=interpreter) as surgery:
        anna = surgery.patient()
        await anna.says(A_PERSON[language])
        [told] = await anna.says(AGREES[language])

    assert len(told.titles) == 1


TOMORROW_AT_TEN = {
    "en": "filling fell out, can I come tomorrow at 10?",
    "it": "mi è saltata un'otturazione, posso venire domani alle 10?",
    "ru": "выпала пломба, можно завтра в 10?",
}
FELL_OUT_THEN = {
    "en": "my filling fell out yesterday evening",
    "it": "mi è saltata un'otturazione ieri sera",
    "ru": "вчера вечером выпала пломба",
}
CHECK_UP = {"en": "check-up", "it": "visita di controllo", "ru": "осмотр"}
WHO = {"en": "Anna Verdi", "it": "Anna Verdi", "ru": "Анна Верди"}
ASKS_WHEN = {"en": "When would you like", "it": "Quando preferisce venire", "ru": "Когда вам удобно"}


async def asked_last(surgery: Surgery, language: str, first: dict[str, str]) -> str:
    """What somebody hears who begins so and then tells who comes and for what."""
    anna = surgery.patient()
    await anna.says(first[language])
    await anna.says(WHO[language])
    return (await anna.says(CHECK_UP[language]))[-1].text


async def test_when_somebody_with_a_lost_filling_can_come_is_kept_through_the_questions(
    surgery: Surgery, language: str
) -> None:
    told = await asked_last(surgery, language, TOMORROW_AT_TEN)

    assert "10:00" in told and ASKS_WHEN[language] not in told


async def test_when_a_filling_fell_out_is_no_time_to_come(surgery: Surgery, language: str) -> None:
    assert ASKS_WHEN[language] in await asked_last(surgery, language, FELL_OUT_THEN)


@pytest.mark.parametrize("number", range(4))
async def test_one_thing_named_alone_is_seen_by_a_dentist(
    surgery: Surgery, language: str, number: int
) -> None:
    named = {
        "en": ("crown", "braces", "gums", "bridge"),
        "it": ("impianto", "apparecchio", "gengiva", "denti"),
        "ru": ("мост", "зубы", "имплант", "брекеты"),
    }
    seen = await surgery.patient().says(named[language][number])

    assert TO_BE_SEEN[language] in " ".join(one.text for one in seen)


async def test_one_thing_asked_about_is_no_visit(surgery: Surgery, language: str) -> None:
    asked = {"en": "how much is a crown?", "it": "quanto costa un impianto?", "ru": "сколько стоит имплант?"}
    seen = await surgery.patient().says(asked[language])

    assert TO_BE_SEEN[language] not in " ".join(one.text for one in seen)
