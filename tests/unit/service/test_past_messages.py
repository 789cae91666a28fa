"""A number that stays in the WhatsApp Business app brings its past along: staff see it, nobody answers."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.channels.whatsapp import parse
from bot.service.clock import FrozenClock
from bot.testing import ACCOUNT, Surgery
from nlu.understanding import Interpreter

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
ANNA, PRACTICE = "393331234567", "390200000001"
MONDAY = int(datetime(2026, 2, 23, 9, tzinfo=UTC).timestamp())


@pytest.fixture
async def surgery(tmp_path: Path, interpreter: Interpreter) -> AsyncIterator[Surgery]:
    async with Surgery.open(tmp_path, interpreter=interpreter, clock=FrozenClock(NOW)) as surgery:
        yield surgery


def message(number: int, *, of: str = ANNA, type: str = "text", content: Any = None) -> dict[str, Any]:
    to = {"to": ANNA} if of == PRACTICE else {}
    what = {type: content} if content else {}
    return {
        "id": f"wamid.past.{number}",
        "from": of,
        **to,
        "timestamp": str(MONDAY + number),
        "type": type,
        **what,
    }


def said(number: int, words: str, *, of: str = ANNA) -> dict[str, Any]:
    return message(number, of=of, content={"body": words})


async def hands_over(surgery: Surgery, field: str = "history", **value: Any) -> None:
    frame = {"display_phone_number": PRACTICE, "phone_number_id": ACCOUNT}
    content = {"messaging_product": "whatsapp", "metadata": frame, **value}
    body = {"entry": [{"id": "1", "changes": [{"field": field, "value": content}]}]}
    await surgery.desk.intake.accept(parse(json.dumps(body).encode()))
    await surgery.settled()


def chat(*messages: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [{"metadata": {"phase": 1}, "threads": [{"id": ANNA, "messages": list(messages)}]}]


async def seen(surgery: Surgery) -> list[tuple[str, str, str, str]]:
    view = await surgery.desk.staff.desk.conversation(surgery.contact(surgery.patient()))
    return [
        (f"{each.at:%Y-%m-%d %H:%M:%S}", str(each.author), str(each.kind), each.text)
        for each in view.messages
    ]


async def test_old_chats_are_seen_as_they_were_and_nobody_is_answered(surgery: Surgery) -> None:
    await hands_over(
        surgery, history=chat(said(1, "Posso venire martedì?"), said(2, "Sì, alle dieci", of=PRACTICE))
    )

    assert await seen(surgery) == [
        ("2026-02-23 09:00:01", "patient", "text", "Posso venire martedì?"),
        ("2026-02-23 09:00:02", "staff", "text", "Sì, alle dieci"),
    ]
    assert (surgery.channel.ids, await surgery.desk.staff.desk.handoffs()) == ([], ())


async def test_an_old_message_opens_no_window_and_takes_no_chat_over(surgery: Surgery) -> None:
    await hands_over(surgery, history=chat(said(1, "Ciao", of=PRACTICE), said(2, "Buongiorno")))
    view = await surgery.desk.staff.desk.conversation(surgery.contact(surgery.patient()))

    assert (view.window_open, str(view.owner)) == (False, "bot")


async def test_the_patient_who_writes_now_is_answered_once_below_the_past(surgery: Surgery) -> None:
    await hands_over(surgery, history=chat(said(1, "Posso venire martedì?")))
    answers = await surgery.patient().says("Buonasera")
    await hands_over(surgery, history=chat(said(1, "Posso venire martedì?")))

    assert len(answers) == 1
    assert [text for _, author, _, text in await seen(surgery) if author == "patient"] == [
        "Posso venire martedì?",
        "Buonasera",
    ]
    assert len(surgery.channel.ids) == 1


async def test_a_file_takes_the_place_that_was_kept_for_it(surgery: Surgery) -> None:
    await hands_over(surgery, history=chat(message(1, type="media_placeholder")))
    before = await seen(surgery)
    photo = message(1, type="image", content={"id": "77", "mime_type": "image/jpeg", "caption": "Il dente"})
    await hands_over(surgery, messages=[photo])
    await hands_over(surgery, history=chat(message(1, type="media_placeholder")))

    assert (before, await seen(surgery)) == (
        [("2026-02-23 09:00:01", "patient", "unsupported", "")],
        [("2026-02-23 09:00:01", "patient", "image", "Il dente")],
    )


async def test_a_message_that_comes_live_after_all_is_answered_and_stands_there_once(
    surgery: Surgery,
) -> None:
    anna = surgery.patient()
    live = {**said(1, "Buonasera"), "id": f"wamid.{ANNA}.1"}
    await hands_over(surgery, history=chat(live))
    answers = await anna.says("Buonasera")

    assert len(answers) == 1
    assert [text for _, author, _, text in await seen(surgery) if author == "patient"] == ["Buonasera"]


async def test_whom_the_practice_has_on_its_phone_is_known_by_that_name_until_it_is_removed(
    surgery: Surgery,
) -> None:
    contact = {"full_name": "Anna Prova", "phone_number": ANNA}
    sync = {"type": "contact", "contact": contact, "action": "add"}
    await hands_over(surgery, "smb_app_state_sync", state_sync=[sync])
    await hands_over(surgery, history=chat(said(1, "Posso venire martedì?")))
    named = (await surgery.desk.staff.desk.conversation(surgery.contact(surgery.patient()))).label
    await hands_over(surgery, "smb_app_state_sync", state_sync=[{**sync, "action": "remove"}])
    unnamed = (await surgery.desk.staff.desk.conversation(surgery.contact(surgery.patient()))).label

    assert (named, unnamed.split()[0]) == ("Anna Prova", "Patient")
    assert surgery.channel.ids == []


async def test_thousands_of_old_messages_are_each_kept_once(surgery: Surgery) -> None:
    many = chat(*[said(number, f"messaggio {number}") for number in range(1000)])
    await hands_over(surgery, history=many)
    await hands_over(surgery, history=many)

    assert [text for *_, text in await seen(surgery)] == [f"messaggio {number}" for number in range(1000)]
