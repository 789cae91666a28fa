"""A wish belongs to the booking under way, what is denied is not so, and nobody is asked for ever about a
visit that does not exist."""

import pytest
from conversation_kit import House, Patient, to_the_confirmation

Words = dict[str, str]

BARE_WISHES = {
    "it": [
        "pulizia, sono Carla Poli, solo non di mattina e non di mercoledì",
        "controllo lunedì o martedì, sono Ivo Grigi",
    ],
    "en": [
        "check-up tuesday morning not with Rossi, I'm Kim Poe",
        "check-up on Friday 10 March, I'm Kim Poe",
        "this kills me but next monday 9am?",
    ],
    "ru": ["гигиена в среду или субботу", "осмотр в понедельник или вторник"],
}
OF_A_VISIT = {
    "it": [
        "la pulizia di mercoledì non la faccio più",
        "niente pulizia venerdì",
        "disdico la pulizia di giovedì",
    ],
    "en": [
        "cancel my check-up on Thursday",
        "move my cleaning to friday",
        "when is my check-up on Tuesday?",
    ],
    "ru": ["перенесите чистку на четверг", "у меня чистка в среду или в четверг?", "отмените чистку в среду"],
}
OTHER_DAYS = {
    "it": "scusi intendevo il 10",
    "en": "oh sorry i meant the 10th",
    "ru": "ой, простите, я имела в виду 10-е",
}
NO_VISIT = {
    "it": "non ho ancora nessun appuntamento",
    "en": "I don't have any appointment yet",
    "ru": "у меня ещё нет записи",
}
NO_PAIN = {
    "it": ["non ho dolore", "dente devitalizzato? non mi fa male"],
    "en": ["no pain at all", "dead tooth? no pain"],
    "ru": ["ничего не болит", "мёртвый зуб? не болит"],
}
STOPPED = {
    "it": "il sangue si è fermato, vorrei solo un controllo domani",
    "en": "the bleeding has stopped, I just want a check-up tomorrow",
    "ru": "кровь остановилась, хочу просто осмотр завтра",
}
PAIN_STILL = {
    "it": "non è urgente ma il dente mi fa molto male",
    "en": "no rush, but my tooth hurts a lot",
    "ru": "не срочно, но очень болит зуб",
}
MOVE = {
    "it": "vorrei spostare il mio appuntamento",
    "en": "move my appointment",
    "ru": "перенесите мой визит",
}
BORN = {"it": "3 maggio 1980", "en": "3 May 1980", "ru": "3 мая 1980"}
BY_PHONE = {
    "it": "ma ho prenotato per telefono",
    "en": "but I booked by phone",
    "ru": "но я записывалась по телефону",
}
BY_PHONE_TOO = {
    "it": "anche se è stata fissata per telefono",
    "en": "also one made by phone",
    "ru": "даже если",
}
BOOK_ONE = {"it": "prenotane una nuova", "en": "book a new one please", "ru": "запишите заново"}
LET_ME_ASK = {
    "it": "devo sentire mio marito",
    "en": "let me ask my husband",
    "ru": "мне надо спросить у мужа",
}
HALF_PAST = {"it": "dice alle 10:30", "en": "ok I checked, 10:30 works", "ru": "спросила, 10:30 подходит"}
FILLING = {"it": "mi serve un'otturazione", "en": "I need a filling", "ru": "нужна пломба"}
AS_SAID = {"it": "ho detto otturazione", "en": "I said filling", "ru": "я сказала пломба"}
NONE_OF_THOSE = {
    "it": "nessuna di queste, un'otturazione",
    "en": "none of those, a filling",
    "ru": "ничего из этого, пломба",
}
A_COLLEAGUE = {"it": "«operatore»", "en": "“human”", "ru": "«оператор»"}
CHECK_UP = {"it": "il controllo", "en": "the check-up then", "ru": "тогда осмотр"}


def under_way(patient: Patient) -> str:
    return patient.conversation.stack[0].flow_id


async def test_a_bare_wish_in_the_first_message_books(house: House, language: str) -> None:
    for number, wish in enumerate(BARE_WISHES[language]):
        patient = house.patient(f"patient {number}")
        await patient.says(wish)

        assert under_way(patient) == "new_patient_consult", wish


async def test_a_visit_that_stands_is_still_heard_of(house: House, language: str) -> None:
    for number, said in enumerate(OF_A_VISIT[language]):
        patient = house.patient(f"patient {number}")
        await patient.says(said)

        assert under_way(patient) in ("cancel_visit", "reschedule_visit", "my_appointments"), said


async def test_a_day_said_while_the_name_is_asked_is_the_bookings(
    anna: Patient, words: Words, language: str
) -> None:
    await anna.says(words["book"])
    await anna.says(OTHER_DAYS[language])

    assert [frame.flow_id for frame in anna.conversation.stack] == ["new_patient_consult"]
    assert anna.slots["wish"]["windows"] == [["2026-03-10T00:00", "2026-03-11T00:00"]]


async def test_who_says_that_there_is_no_visit_yet_goes_on_booking(
    house: House, anna: Patient, words: Words, language: str
) -> None:
    await to_the_confirmation(anna, words)
    asked = anna.sees[-1]
    await anna.says(NO_VISIT[language])

    assert anna.sees[-1].text == asked.text
    assert len(await house.held()) == 1


async def test_no_pain_is_no_pain(house: House, words: Words, language: str) -> None:
    for number, said in enumerate(NO_PAIN[language]):
        patient = house.patient(f"patient {number}")
        await to_the_confirmation(patient, words)
        asked, wish = patient.sees[-1], patient.slots["wish"]
        await patient.says(said)

        assert [seen.text for seen in patient.sees] == [asked.text], said
        assert patient.slots["wish"] == wish


async def test_what_has_stopped_takes_no_first_free_time(anna: Patient, language: str) -> None:
    await anna.says(STOPPED[language])

    assert anna.slots["wish"]["windows"] == [["2026-03-03T00:00", "2026-03-04T00:00"]]


async def test_pain_without_a_hurry_is_pain(anna: Patient, language: str) -> None:
    await anna.says(PAIN_STILL[language])

    assert anna.slots["wish"] == "asap"


async def test_who_has_no_visit_books_one_instead(anna: Patient, words: Words, language: str) -> None:
    for said in (NO_VISIT[language], BOOK_ONE[language]):
        await anna.says(MOVE[language])
        await anna.says(said)

        assert [frame.flow_id for frame in anna.conversation.stack] == ["new_patient_consult"], said
        await anna.says(words["forget it"])
        assert anna.conversation.stack == ()


async def test_a_look_up_has_ways_out_and_says_the_same_to_everybody(anna: Patient, language: str) -> None:
    await anna.says(MOVE[language])
    book, colleague = anna.titles
    await anna.says(BY_PHONE[language])
    assert BY_PHONE_TOO[language] in anna.text
    await anna.says(BORN[language])
    assert anna.titles == (book, colleague)
    await anna.taps(colleague)

    assert anna.handed_over == ["reschedule_visit"]


async def test_a_booking_begun_from_a_look_up_leaves_nothing_behind(anna: Patient, language: str) -> None:
    await anna.says(MOVE[language])
    await anna.taps(anna.titles[0])

    assert [frame.flow_id for frame in anna.conversation.stack] == ["new_patient_consult"]
    assert anna.slots.get("visitor_birth_date") is None


@pytest.mark.parametrize("step", ["the offer", "the confirmation"])
async def test_a_time_in_words_goes_on_after_take_your_time(
    house: House, anna: Patient, words: Words, language: str, step: str
) -> None:
    await to_the_confirmation(anna, words)
    if step == "the offer":
        await anna.taps(anna.titles[1])
    await anna.says(LET_ME_ASK[language])
    await anna.says(HALF_PAST[language])

    assert not any(frame.flow_id == "pattern_continue_interrupted" for frame in anna.conversation.stack)
    assert anna.slots.get("thinking_it_over") is None
    assert any("10:30" in shown for shown in (anna.text, *anna.titles))


async def test_a_visit_that_is_not_listed_goes_to_a_colleague_or_begins_with_a_look(
    anna: Patient, words: Words, language: str
) -> None:
    await anna.says(FILLING[language])
    await anna.says(words["name"])
    for said in (NONE_OF_THOSE[language], AS_SAID[language]):
        await anna.says(said)

        assert A_COLLEAGUE[language] in anna.text, said
        assert not anna.handed_over
    await anna.says(CHECK_UP[language])

    assert anna.slots["visit_type"] == "first_visit"
