"""Words that were once taken for something else."""

from conversation_kit import House, Patient, offered, to_the_confirmation

Words = dict[str, str]

THAT_ONE = {"it": "quello delle {hour}", "en": "the {hour} o'clock one", "ru": "в {hour} часов, да"}
NOT_THAT_ONE = {"it": "no, non alle {hour}", "en": "no, not at {hour}", "ru": "нет, не в {hour}"}
IS_THERE_ANYBODY = {
    "it": "salve, c'è qualcuno dello studio?",
    "en": "hello, is there anybody from the office?",
    "ru": "здравствуйте, есть кто из клиники?",
}
I_MEANT_FRIDAY = {
    "it": "no scusi, intendevo venerdì",
    "en": "no sorry, I meant Friday",
    "ru": "ой нет, я имела в виду пятницу",
}
REMINDERS = {"it": "mandate promemoria?", "en": "do you send reminders?", "ru": "вы присылаете напоминания?"}
STOP = {"it": "«stop»", "en": "“stop”", "ru": "«стоп»"}


async def test_a_question_about_reminders_is_answered_and_changes_nothing(
    anna: Patient, language: str
) -> None:
    await anna.says(REMINDERS[language])

    assert STOP[language] in anna.text
    assert [entry for entry in anna.journal if entry.get("event") == "opt_in"] == []


async def test_naming_the_time_at_the_confirmation_is_a_yes(
    house: House, anna: Patient, words: Words, language: str
) -> None:
    await to_the_confirmation(anna, words)
    [held] = await house.held()
    await anna.says(THAT_ONE[language].format(hour=offered(held.opening.ref).hour))

    [(visit, _)] = await house.booked()
    assert visit.opening == held.opening


async def test_naming_it_with_a_no_is_none(house: House, anna: Patient, words: Words, language: str) -> None:
    await to_the_confirmation(anna, words)
    [held] = await house.held()
    await anna.says(NOT_THAT_ONE[language].format(hour=offered(held.opening.ref).hour))

    assert await house.booked() == []


async def test_whoever_asks_for_somebody_of_the_practice_gets_a_person(anna: Patient, language: str) -> None:
    await anna.says(IS_THERE_ANYBODY[language])

    assert anna.handed_over


async def test_another_day_right_after_a_booking_moves_it(
    house: House, anna: Patient, words: Words, language: str
) -> None:
    await to_the_confirmation(anna, words)
    await anna.taps(anna.titles[0])
    await anna.says(I_MEANT_FRIDAY[language])

    assert anna.conversation.stack[0].flow_id == "reschedule_visit"
    assert anna.slots["new_wish"]["windows"] == [["2026-03-06T00:00", "2026-03-07T00:00"]]
    assert len(await house.booked()) == 1
