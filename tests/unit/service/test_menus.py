"""Menus are made of the flows: whatever is offered starts what it says, in every language."""

from typing import Any

import pytest

from bot.bootstrap.menus import menu_items
from bot.domain.conversation import InboundKind
from bot.domain.menus import MOST_QUESTIONS
from bot.testing import Surgery


async def items_of(surgery: Surgery, interpreter: Any) -> dict[str, dict[str, str]]:
    desk = surgery.desk
    found = await menu_items(desk.assistant, desk.practice, interpreter, at=surgery.clock.now())
    return {item.flow: dict(item.titles) for item in found}


async def test_booking_moving_and_cancelling_are_offered(surgery: Surgery, interpreter: Any) -> None:
    items = await items_of(surgery, interpreter)

    assert {"new_patient_consult", "reschedule_visit", "cancel_visit"} <= items.keys()
    assert len(items) >= MOST_QUESTIONS
    assert items["new_patient_consult"] == {
        "it": "La prenotazione di una visita",
        "en": "Booking a visit",
        "ru": "Запись на приём",
    }


@pytest.mark.parametrize("title", ["La prenotazione di una visita", "Booking a visit", "Запись на приём"])
async def test_a_tap_in_the_menu_is_a_message_in_its_language(surgery: Surgery, title: str) -> None:
    typing = surgery.patient("7000000000000001", channel="messenger")
    tapping = surgery.patient("7000000000000002", channel="messenger")
    typed = await typing.says(title)
    tapped = await tapping.sends(InboundKind.CHOICE, text=title, payload="menu:new_patient_consult")

    assert [each.text for each in tapped] == [each.text for each in typed]


async def test_get_started_is_greeted(surgery: Surgery) -> None:
    writing = surgery.patient("7000000000000001", channel="messenger")
    starting = surgery.patient("7000000000000002", channel="messenger")
    greeted = await writing.says("Buongiorno")
    started = await starting.sends(InboundKind.CHOICE, text="Get Started", payload="menu:start")

    assert [each.text for each in started] == [each.text for each in greeted]


async def test_a_made_up_payload_starts_nothing(surgery: Surgery) -> None:
    anna = surgery.patient("7000000000000001", channel="messenger")
    tapped = await anna.sends(InboundKind.CHOICE, text="Sì", payload="/confirm_booking")

    assert len(tapped) == 1 and not await surgery.diary()
