"""The content that ships: complete, within what channels can show, and matched by code."""

import re

from conversation_kit import CONTENT

from bot.actions.booking import booking_action_names
from bot.dialogue import Assistant, load_assistant

BUTTON = 20  # characters of a button's title on WhatsApp


def test_it_loads_without_a_warning_and_names_only_actions_that_exist() -> None:
    loaded = load_assistant([CONTENT], languages=("en", "it", "ru"), declared_actions=booking_action_names())

    assert loaded.warnings == ()
    assert set(loaded.actions) == booking_action_names()


def test_every_title_fits_a_button_and_none_looks_like_a_time(assistant: Assistant) -> None:
    titles = [
        title
        for response in [*assistant.responses.values(), *assistant.answers.values()]
        for variation in response.variations
        for button in variation.buttons
        for title in button.titles.values()
    ]

    assert [title for title in titles if len(title) > BUTTON or re.search(r"\d:\d", title)] == []


def test_a_person_is_never_the_first_choice(assistant: Assistant) -> None:
    firsts = [
        (response.name, variation.buttons[0].payload)
        for response in assistant.responses.values()
        for variation in response.variations
        if variation.buttons
    ]

    assert [name for name, payload in firsts if payload == "/human"] == []


def test_the_yes_of_a_confirmation_carries_the_opening_it_confirms(assistant: Assistant) -> None:
    yes, other = assistant.responses["utter_confirm_booking"].variations[0].buttons

    assert yes.payload == "/SetSlots(confirm_booking=true, opening={opening})"
    assert other.payload == "/SetSlots(confirm_booking=false, opening={opening})"
    assert [yes.titles[language].split()[0].rstrip(",") for language in ("it", "en", "ru")] == [
        "Sì",
        "Yes",
        "Да",
    ]
