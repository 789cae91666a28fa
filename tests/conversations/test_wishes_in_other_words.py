"""Words that resemble something else: a visit asked for, a goodbye with a day, second thoughts."""

import re

import pytest
from conversation_kit import House, Patient, to_the_confirmation, to_the_offer
from phrases import WORDS

from bot.dialogue import Assistant

Words = dict[str, str]

SEE_YOU_FRIDAY = {
    "it": "grazie mille, a venerdì!",
    "en": "thanks, see you on Friday!",
    "ru": "спасибо, до пятницы!",
}
BIANCHI_INSTEAD = {
    "it": ["meglio la dottoressa Bianchi", "avete qualcosa con la Bianchi?"],
    "en": ["can I see Dr Bianchi instead?", "do you have anything with Dr Bianchi?"],
    "ru": ["можно лучше к доктору Bianchi?"],
}
THINKS = {
    "it": ["non so, ci devo pensare", "ci penso"],
    "en": ["I need to think", "let me think"],
    "ru": ["мне надо подумать", "я подумаю"],
}
NO_HURRY = {"it": "con calma", "en": "Take your time", "ru": "Не спешите"}
WHY = {"it": "perché vi serve?", "en": "why?", "ru": "зачем вам это?"}
REASON = {"it": "chi aspettare", "en": "whom to expect", "ru": "кого ждать"}
PERFECT = {"it": ["perfetto", "ok"], "en": ["perfect", "great"], "ru": ["отлично", "хорошо"]}
ASKS_FOR_A_VISIT = {
    "it": [
        "prima visita non prima delle 16",
        "prima visita fra dieci giorni",
        "prima visita il sei di marzo dopo pranzo",
        "vorrei venire il 20 marzo",
        "vorrei spostarmi da un altro dentista, prima visita giovedì sera",
        "avete qualcosa sabato?",
    ],
    "en": ["do you have anything on saturday?", "first visit not before 4pm", "I'd like to come on 20 March"],
    "ru": ["хочу прийти 20 марта"],
}
ASKS_SOMETHING_ELSE = {
    "it": [
        "siete aperti sabato?",
        "cosa devo portare alla prima visita di martedì?",
        "vorrei spostare la prima visita a giovedì",
    ],
    "en": [
        "are you open on saturday?",
        "what do I bring to my first visit on Thursday?",
        "I need to move my cleaning to Thursday",
    ],
    "ru": ["вы открыты в субботу?"],
}
SOUNDS_BOOKED = {"it": "prenot", "en": r"\bbook", "ru": "запис"}


async def test_whoever_asks_for_a_visit_or_a_day_is_asked_for_the_rest(house: House, language: str) -> None:
    for number, words in enumerate(ASKS_FOR_A_VISIT[language]):
        anna = house.patient(f"anna{number}")
        await anna.says(WORDS[language]["hello"])
        await anna.says(words)

        assert (words, anna.slots.get("booking_under_way"), anna.handed_over) == (words, True, [])


async def test_a_question_that_names_a_day_stays_a_question(house: House, language: str) -> None:
    for number, words in enumerate(ASKS_SOMETHING_ELSE[language]):
        anna = house.patient(f"anna{number}")
        await anna.says(WORDS[language]["hello"])
        await anna.says(words)

        assert (words, anna.slots.get("booking_under_way")) == (words, None)


async def test_the_day_of_a_goodbye_is_no_wish(anna: Patient, words: Words, language: str) -> None:
    await to_the_confirmation(anna, words)
    confirmation, wish = anna.titles, anna.slots["wish"]
    await anna.says(SEE_YOU_FRIDAY[language])
    assert (anna.titles, anna.slots["wish"]) == (confirmation, wish)
    await anna.taps(anna.titles[0])
    await anna.says(SEE_YOU_FRIDAY[language])

    assert len(anna.sees) == 1
    assert anna.titles == ()
    assert anna.conversation.stack == ()


async def test_somebody_named_at_the_offer_is_searched_for(house: House, words: Words, language: str) -> None:
    for number, said in enumerate(BIANCHI_INSTEAD[language]):
        anna = house.patient(f"anna{number}")
        await to_the_offer(anna, words)
        await anna.says(said)

        assert (said, anna.slots["practitioner"]) == (said, "bianchi")
        assert "Rossi" not in anna.text
        assert anna.openings


async def test_a_question_about_somebody_changes_nothing(anna: Patient, words: Words, language: str) -> None:
    await to_the_offer(anna, words)
    offer = anna.titles
    await anna.says(
        {"it": "chi è il dottor Rossi?", "en": "who is Dr Rossi?", "ru": "кто такой доктор Rossi?"}[language]
    )

    assert "Bianchi" in anna.text
    assert (anna.slots["practitioner"], anna.titles) == ("anybody", offer)


async def test_whoever_needs_to_think_loses_nothing_and_keeps_nothing_from_others(
    house: House, words: Words, language: str
) -> None:
    for number, said in enumerate(THINKS[language]):
        anna = house.patient(f"anna{number}")
        await to_the_confirmation(anna, words)
        name, opening = anna.slots["patient_name"], anna.slots["opening"]
        await anna.says(said)
        assert NO_HURRY[language] in anna.text
        assert (said, len(anna.sees), len(anna.titles), anna.handed_over) == (said, 1, 2, [])
        assert await house.held() == []
        await anna.taps(anna.titles[0])

        assert (anna.slots["patient_name"], anna.slots["opening"]) == (name, opening)
        assert name in anna.text


async def test_whoever_thought_it_over_can_tap_the_yes_of_before(
    house: House, anna: Patient, words: Words, language: str
) -> None:
    await to_the_confirmation(anna, words)
    yes = anna.choice(anna.titles[0])
    await anna.says(THINKS[language][0])
    await anna.taps_old(yes)

    assert len(await house.booked()) == 1


async def test_whoever_asks_what_the_name_is_for_hears_it(anna: Patient, words: Words, language: str) -> None:
    await anna.says(words["book"])
    await anna.says(WHY[language])

    assert REASON[language] in anna.text
    assert anna.handed_over == []


async def test_a_pleased_word_after_the_booking_needs_no_menu(
    house: House, anna: Patient, words: Words, language: str
) -> None:
    await to_the_confirmation(anna, words)
    await anna.taps(anna.titles[0])
    for said in PERFECT[language]:
        await anna.says(said)

        assert (said, len(anna.sees), anna.titles) == (said, 1, ())

    assert len(await house.booked()) == 1


@pytest.mark.parametrize("spoken", ["it", "en", "ru"])
def test_nothing_sounds_booked_before_it_is(assistant: Assistant, spoken: str) -> None:
    has_choices = {"utter_booked", "utter_which_visit"}  # an action adds the choices of the latter
    # Not yet, they say; the last confirms a visit that stands in the diary.
    in_doubt = {"utter_booking_in_doubt", "utter_change_in_doubt", "utter_diary_silent"}
    in_doubt |= {"utter_contact_not_proved", "utter_visit_confirmed"}
    sounds = [
        response.name
        for response in [*assistant.responses.values(), *assistant.answers.values()]
        if response.name not in has_choices | in_doubt
        for variation in response.variations
        if not variation.buttons and re.search(SOUNDS_BOOKED[spoken], variation.texts[spoken].lower())
    ]

    assert sounds == []
