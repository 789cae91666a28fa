"""What staff can still send when 24 hours have gone by without a word from the patient."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.deeds import VisitChange
from bot.domain.practice import Practice
from bot.domain.templates import TemplateState, TemplateStatus, TemplateUnfit
from bot.domain.windows import Way
from bot.service.clock import FrozenClock
from bot.service.inbox.desk import WindowClosed
from bot.service.inbox.template_desk import TemplateGap
from bot.testing import Surgery
from nlu.understanding import Interpreter

NINE = datetime(2026, 3, 2, 8, tzinfo=UTC)
KEY = "0123456789abcdef"


def with_agent(practice: Practice) -> Practice:
    """Meta has approved the human agent tag for the Page."""
    return replace(practice, messenger=(replace(practice.messenger[0], human_agent=True),))


@pytest.fixture
async def surgery(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    opened = Surgery.open(tmp_path, interpreter=interpreter, clock=FrozenClock(NINE), change=with_agent)
    async with opened as surgery:
        yield surgery


async def closed_chat(surgery: Surgery, *, channel: str = "whatsapp", hours: float = 30) -> str:
    anna = surgery.patient("393331234567", channel=channel)
    await anna.says("Buonasera")
    clock = surgery.clock
    assert isinstance(clock, FrozenClock)
    clock.move(hours=hours)
    return surgery.contact(anna)


async def test_words_do_not_go_out_and_approved_messages_are_offered(surgery: Surgery) -> None:
    chat = await closed_chat(surgery)
    view = await surgery.desk.staff.template_desk.offered(chat)

    with pytest.raises(WindowClosed):
        await surgery.desk.staff.desk.reply(chat, "Buongiorno", who="Marta", client_message_id=KEY)
    assert (view.way, view.templates[0].name, view.templates[0].language, view.templates[0].gaps) == (
        Way.TEMPLATE,
        "message_from_practice",
        "it",
        (
            TemplateGap(name="practice_name", value="Studio Dentistico Demo"),
            TemplateGap(name="staff_text", value=""),
        ),
    )


async def test_what_a_person_typed_goes_out_inside_of_the_approved_message(surgery: Surgery) -> None:
    chat = await closed_chat(surgery)
    for _ in range(2):  # the same click twice
        await surgery.desk.staff.template_desk.send(
            chat,
            "message_from_practice",
            {"staff_text": "il dottore vorrebbe\nsentirLa domani"},
            who="Marta",
            client_message_id=KEY,
        )
    await surgery.settled()
    view = await surgery.desk.staff.desk.conversation(chat)

    assert [seen.text for seen in surgery.patient().screen[1:]] == [
        "Buongiorno, ecco un messaggio per Lei da Studio Dentistico Demo:\n"
        "il dottore vorrebbe sentirLa domani\n\nPuò rispondere direttamente qui."
    ]
    assert (view.owned_by, view.messages[-1].by) == ("Marta", "Marta")


async def test_a_message_that_meta_has_paused_is_offered_no_more(surgery: Surgery) -> None:
    chat = await closed_chat(surgery)
    paused = TemplateStatus(
        channel="whatsapp",
        name="message_from_practice",
        language="it",
        state=TemplateState.PAUSED,
        at=surgery.clock.now(),
    )
    await surgery.desk.templates.follow(paused)
    names = [each.name for each in (await surgery.desk.staff.template_desk.offered(chat)).templates]

    assert names and "message_from_practice" not in names
    with pytest.raises(TemplateUnfit, match="paused"):
        await surgery.desk.staff.template_desk.send(
            chat, "message_from_practice", {"staff_text": "x"}, who="Marta", client_message_id=KEY
        )


async def test_on_messenger_a_person_may_answer_for_a_week_and_the_assistant_may_not(
    surgery: Surgery,
) -> None:
    chat = await closed_chat(surgery, channel="messenger")
    await surgery.desk.staff.desk.reply(chat, "Scusi il ritardo", who="Marta", client_message_id=KEY)
    await surgery.settled()
    offered = await surgery.desk.staff.template_desk.offered(chat)

    assert (offered.way, surgery.patient().screen[-1].text) == (Way.HUMAN_AGENT, "Scusi il ritardo")


async def test_on_instagram_nothing_can_be_sent_and_staff_are_told_why(surgery: Surgery) -> None:
    chat = await closed_chat(surgery, channel="instagram")
    view = await surgery.desk.staff.template_desk.offered(chat)

    assert (view.way, view.obstacle, view.templates) == (Way.NEVER, "no_templates", ())


async def test_on_messenger_what_a_person_did_is_told_by_template_and_not_as_their_words(
    surgery: Surgery,
) -> None:
    chat = await closed_chat(surgery, channel="messenger")
    await surgery.desk.staff.desk.change_visits(
        chat,
        (),
        done=VisitChange.CANCELLED,
        text="La Sua visita è disdetta.",
        who="Marta",
        client_message_id=KEY,
    )
    await surgery.settled()

    assert surgery.patient().screen[-1].text.startswith("Buongiorno, ecco un messaggio per Lei")
    assert "La Sua visita è disdetta." in surgery.patient().screen[-1].text
