"""What patients write under a reminder, in more words than yes and no."""

import pytest
from outreach_kit import MOBILE, goes_on, known, reminded, rows
from sqlalchemy import text

from bot.domain.conversation import InboundKind
from bot.service.outreach.coming import Says, says_of_a_visit
from bot.testing import Patient, Surgery

HELLO = {"en": "Good morning", "it": "Buongiorno", "ru": "Здравствуйте"}
COMES = [
    *(("en", words) for words in ("coming", "we'll be there", "I'll be there with my son", "c u tmrw")),
    *(("it", words) for words in ("arrivo puntuale", "dicevo che vengo", "ci sarò con mio figlio")),
    *(("ru", words) for words in ("приедем", "приду с сыном", "помню, приду")),
]
ON_A_CONDITION = [
    ("en", "yes but only if it's Bianchi"),
    ("it", "sì se mi passa la febbre"),
    ("ru", "да, если температура спадёт"),
]
ANOTHER_DAY = [
    ("en", "no", "ok another day then, friday"),
    ("it", "no", "venerdì?"),
    ("ru", "нет", "в пятницу?"),
]
BOOKING = {
    "it": "controllo giovedì alle 10, Gina Volpe",
    "en": "check-up thursday at 10, Joe Ash",
    "ru": "осмотр в четверг в 10, Яна Лис",
}
YES = {"it": "sì", "en": "yes", "ru": "да"}
FRIDAY = {"it": "ven 6/3", "en": "Fri 6 Mar", "ru": "пт 6.03"}
DEATHS = [
    ("en", "Anna died last week", "sorry for your loss"),
    ("it", "Anna è morta la settimana scorsa", "condoglianze"),
    ("ru", "Анна умерла на прошлой неделе", "соболезнования"),
]
STRANGERS = [("en", "who is Anna? wrong number"), ("it", "non sono Anna"), ("ru", "я не Анна")]
NO_STRANGERS = [
    ("en", "Sorry, wrong chat"),
    ("en", "I have a new number now: 333 1234568"),
    ("en", "Who is Dr Smith"),
    ("it", "scusi, chat sbagliata"),
    ("it", "chi è la dottoressa Bruni"),
    ("it", "chi è Dott. Bruni?"),
    ("ru", "Ой, не туда нажала"),
    ("ru", "кто такой Доктор Белов"),
]
ALARMS_OF_OTHERS = [
    ("en", "my father collapsed and can't breathe", "wrong number, sorry"),
    ("it", "mio padre è svenuto e non respira", "scusi, ho sbagliato numero"),
    ("ru", "папа упал и не дышит", "извините, ошиблась номером"),
]
HUMAN = {"en": "human", "it": "operatore", "ru": "оператор"}
IN_THE_QUEUE = [
    *(("en", "yes"), ("en", "I'll be there")),
    *(("it", "sì"), ("it", "ci vediamo domani")),
    *(("ru", "да"), ("ru", "приду")),
]
ALSO = [
    ("en", "yes and also book my wife"),
    ("it", "sì e prenoti anche per mia moglie"),
    ("ru", "да, и запишите ещё мужа"),
]


def has_opted_out(surgery: Surgery, patient: Patient) -> bool:
    row = surgery.desk.books.database.read_now(
        lambda connection: connection.execute(
            text("SELECT opted_out_at FROM contact WHERE id = :id"), {"id": surgery.contact(patient)}
        ).scalar()
    )
    return row is not None


async def answers(surgery: Surgery) -> list[str | None]:
    return [row.answer for row in await rows(surgery) if row.rule == "visit_tomorrow"]


async def reasons(surgery: Surgery) -> list[str]:
    return [row.reason for row in await surgery.desk.staff.desk.handoffs()]


@pytest.mark.parametrize(("language", "words"), COMES)
async def test_who_says_that_they_come_comes(surgery: Surgery, language: str, words: str) -> None:
    anna = await reminded(surgery, greets=HELLO[language])
    await anna.says(words)

    assert await answers(surgery) == ["confirm_visit"]


@pytest.mark.parametrize(("language", "words"), ON_A_CONDITION)
async def test_a_yes_on_a_condition_is_for_a_person(surgery: Surgery, language: str, words: str) -> None:
    anna = await reminded(surgery, greets=HELLO[language])
    await anna.says(words)
    await anna.says("ok")

    assert await answers(surgery) == ["comes_if"]
    assert await reasons(surgery) == ["my_appointments"]


@pytest.mark.parametrize(("language", "words"), ALSO)
async def test_who_comes_and_brings_another_wish_is_asked_for_the_name(
    surgery: Surgery, language: str, words: str
) -> None:
    anna = await reminded(surgery, greets=HELLO[language])
    await anna.says(words)
    asks = {"en": "first and last name", "it": "nome e cognome", "ru": "имя и фамилию"}

    assert await answers(surgery) == ["confirm_visit"]
    assert asks[language] in anna.sees.text


@pytest.mark.parametrize(("language", "no", "day"), ANOTHER_DAY)
async def test_a_no_and_then_another_day_moves_that_visit(
    surgery: Surgery, language: str, no: str, day: str
) -> None:
    anna = surgery.patient()
    await anna.says(BOOKING[language])
    await anna.says(YES[language])
    await goes_on(surgery, days=2, hours=2)
    await anna.says(no)
    await anna.says(day)

    assert anna.sees.titles[0].startswith(FRIDAY[language])
    await anna.taps(anna.sees.titles[0])
    await anna.says(YES[language])
    assert [row["start_local"][:10] for row in await surgery.diary()] == ["2026-03-06"]


@pytest.mark.parametrize(("language", "words", "condolence"), DEATHS)
async def test_a_death_ends_the_messages_and_staff_hear(
    surgery: Surgery, language: str, words: str, condolence: str
) -> None:
    anna = await reminded(surgery, greets=HELLO[language])
    await anna.says(words)
    before = len(anna.screen)
    await goes_on(surgery, days=1)

    assert condolence in anna.screen[before - 1].text
    assert has_opted_out(surgery, anna)
    assert await reasons(surgery) == ["death"]
    assert len(anna.screen) == before


@pytest.mark.parametrize(("language", "words"), STRANGERS)
async def test_a_stranger_is_left_in_peace_and_staff_hear(
    surgery: Surgery, language: str, words: str
) -> None:
    anna = await reminded(surgery, greets=HELLO[language])
    await anna.says(words)

    assert has_opted_out(surgery, anna)
    assert await reasons(surgery) == ["wrong_person"]


async def test_who_is_of_another_tongue_is_no_stranger(surgery: Surgery) -> None:
    anna = await reminded(surgery)
    await anna.says("I'm not Italian, can we speak English?")

    assert not has_opted_out(surgery, anna)


@pytest.mark.parametrize(("language", "words"), NO_STRANGERS)
async def test_who_taps_amiss_or_asks_who_somebody_is_is_still_written_to(
    surgery: Surgery, language: str, words: str
) -> None:
    anna = await reminded(surgery, greets=HELLO[language])
    await anna.says(words)

    assert not has_opted_out(surgery, anna)


@pytest.mark.parametrize(("language", "alarm", "words"), ALARMS_OF_OTHERS)
async def test_who_takes_an_alarm_back_is_no_stranger(
    surgery: Surgery, language: str, alarm: str, words: str
) -> None:
    anna = await reminded(surgery, greets=HELLO[language])
    await anna.says(alarm)
    await anna.says(words)

    assert not has_opted_out(surgery, anna)


async def test_whoever_cannot_come_says_so_beneath_a_photo(surgery: Surgery) -> None:
    anna = await reminded(surgery, greets=HELLO["en"])
    await anna.sends(InboundKind.IMAGE, text="positive test, can't come")
    asked = anna.sees
    await anna.says("ok thanks")

    assert "another time" in asked.text
    assert "confirm_visit" not in await answers(surgery)


async def test_who_calls_off_what_was_just_confirmed_is_asked_whether_to_cancel(surgery: Surgery) -> None:
    anna = await reminded(surgery, greets=HELLO["en"])
    await anna.says("yes")
    await anna.says("cancel it actually")

    assert "nothing open" not in anna.sees.text


@pytest.mark.parametrize("words", ["non respiro", "I can't breathe", "не могу дышать"])
async def test_below_an_alarm_nobody_is_asked_whether_they_come(surgery: Surgery, words: str) -> None:
    anna = await known(surgery)
    await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone=MOBILE)
    await goes_on(surgery, days=2)
    await anna.says(words)
    before = len(anna.screen)
    await goes_on(surgery, hours=2)
    beneath = anna.screen[before:]
    [waiting] = [row for row in await rows(surgery) if row.rule == "visit_tomorrow"]

    assert beneath == []
    assert (waiting.state, waiting.reason) == ("planned", "with_a_person")


async def test_the_queue_is_no_reason_to_be_silent_about_tomorrow(surgery: Surgery) -> None:
    anna = await known(surgery, greets=HELLO["en"])
    await anna.says("human")
    await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone="+393331234567")
    await goes_on(surgery, days=2, hours=2)

    assert "reminder" in anna.sees.text


@pytest.mark.parametrize(("language", "words"), IN_THE_QUEUE)
async def test_a_yes_in_the_queue_is_a_yes(surgery: Surgery, language: str, words: str) -> None:
    anna = await known(surgery, greets=HELLO[language])
    await anna.says(HUMAN[language])
    await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone="+393331234567")
    await goes_on(surgery, days=2, hours=2)
    await anna.says(words)
    [visit] = await surgery.diary()
    confirmed = surgery.desk.books.database.read_now(
        lambda c: c.execute(text("SELECT confirmed_at FROM appointment")).scalar()
    )

    assert visit["status"] == "booked"
    assert await answers(surgery) == ["confirm_visit"]
    assert confirmed is not None


@pytest.mark.parametrize(("language", "words", "condolence"), DEATHS)
async def test_a_death_is_answered_while_a_person_has_the_chat(
    surgery: Surgery, language: str, words: str, condolence: str
) -> None:
    anna = await reminded(surgery, greets=HELLO[language])
    await surgery.desk.staff.desk.take(surgery.contact(anna), "maria")
    await anna.says(words)

    assert condolence in anna.sees.text
    assert has_opted_out(surgery, anna)


async def test_a_chat_that_nobody_gave_back_is_reminded_on_the_day_before(surgery: Surgery) -> None:
    anna = await known(surgery, greets=HELLO["en"])
    await surgery.staff_book("2026-03-05T10:00", name="Anna Verdi", phone="+393331234567")
    await surgery.desk.staff.desk.take(surgery.contact(anna), "maria")
    await goes_on(surgery, days=2, hours=2)
    at_first = anna.sees
    await goes_on(surgery, hours=2)
    await goes_on(surgery, hours=1, minutes=15)

    assert "reminder" not in at_first.text
    assert "reminder" in anna.sees.text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("see you at 10", Says.COMES),
        ("see you at 11", Says.AT_THAT_HOUR),
        ("no worries, I'll come", Says.COMES),
        ("I won't come", Says.CANNOT),
        ("приду обязательно, не забыла", Says.COMES),
        ("не приду", Says.CANNOT),
        ("non vengo", None),
        ("can I come with my dog?", None),
        ("running 10 minutes late, but coming", None),
        ("да, но чуть позже можно?", Says.AT_ANOTHER_TIME),
        ("sì ma un po' più tardi si può?", Says.AT_ANOTHER_TIME),
        ("not sure yet, I'll tell you tonight", Says.OPEN),
        ("Sì, ci vediamo domani", Says.COMES),
        ("ok ci vediamo", Says.COMES),
        ("vediamo, non so", Says.OPEN),
        ("see you tomorrow", Says.COMES),
        ("see you at the hospital", Says.COMES),
        ("ci vediamo in ospedale", Says.COMES),
        ("до встречи в больнице", Says.COMES),
        ("I'm in hospital", Says.CANNOT),
        ("sono in ospedale", Says.CANNOT),
        ("non ci sarò, sono in ospedale", Says.CANNOT),
        ("я в больнице", Says.CANNOT),
    ],
)
def test_what_is_said_of_a_visit_at_ten(words: str, said: Says | None) -> None:
    assert says_of_a_visit(words, hours={(10, 0)}) is said


YES_AND_MORE = [
    ("en", "yes! do I need to bring anything?", "identity document"),
    ("en", "yes, can I eat something beforehand?", "eat and drink as usual"),
    ("en", "ok, who is it with?", "Bianchi"),
    ("it", "sì! devo portare qualcosa?", "documento"),
    ("it", "sì ci sarò, devo venire a digiuno?", "mangiare e bere"),
    ("it", "sì, con chi è?", "Bianchi"),
    ("ru", "да! что взять с собой?", "документ"),
    ("ru", "Да, буду. А есть перед приёмом можно?", "есть и пить"),
    ("ru", "да, а к кому?", "Bianchi"),
]
OF_AN_HOUR = [
    ("en", "yes but my appt is at 10.30 right?"),
    ("it", "sì ma era alle 10.30 giusto?"),
    ("ru", "да, но я вроде на 10.30 записана?"),
]
WHO_WRITES = [("en", "hello who is this"), ("it", "chi è?"), ("ru", "кто это")]
MINUTES_LATE = [
    ("en", "yes, I might be 5 minutes late"),
    ("it", "sì, magari arrivo 5 minuti dopo perché porto i bimbi a scuola"),
    ("ru", "да, но могу минут на 5 опоздать"),
]


async def reminded_of_their_own(surgery: Surgery, language: str) -> Patient:
    """Of a visit that was booked in this chat: who booked it may be shown it."""
    patient = surgery.patient()
    await patient.says(BOOKING[language])
    await patient.says(YES[language])
    await goes_on(surgery, days=2, hours=2)
    return patient


@pytest.mark.parametrize(("language", "words", "answer"), YES_AND_MORE)
async def test_a_yes_with_a_question_is_noted_and_the_question_answered(
    surgery: Surgery, language: str, words: str, answer: str
) -> None:
    patient = await reminded_of_their_own(surgery, language)

    seen = " ".join(each.text for each in await patient.says(words))

    assert answer in seen
    assert await answers(surgery) == ["confirm_visit"]


@pytest.mark.parametrize(("language", "words"), OF_AN_HOUR)
async def test_who_thinks_of_another_hour_is_shown_the_visit(
    surgery: Surgery, language: str, words: str
) -> None:
    patient = await reminded_of_their_own(surgery, language)

    seen = " ".join(each.text for each in await patient.says(words))

    assert "10:00" in seen
    assert await answers(surgery) != ["confirm_visit"]
    assert await reasons(surgery) == []


@pytest.mark.parametrize(("language", "words"), WHO_WRITES)
async def test_who_asks_who_writes_is_told_and_still_written_to(
    surgery: Surgery, language: str, words: str
) -> None:
    patient = await reminded_of_their_own(surgery, language)

    seen = " ".join(each.text for each in await patient.says(words))

    assert "Studio Dentistico Demo" in seen
    assert {"en": "automated", "it": "automatico", "ru": "автоматический"}[language] in seen


@pytest.mark.parametrize(("language", "words"), MINUTES_LATE)
async def test_a_yes_some_minutes_late_tells_staff_the_minutes(
    surgery: Surgery, language: str, words: str
) -> None:
    patient = await reminded_of_their_own(surgery, language)

    seen = " ".join(each.text for each in await patient.says(words))

    assert "5" in seen
    assert await reasons(surgery) == ["running_late"]
