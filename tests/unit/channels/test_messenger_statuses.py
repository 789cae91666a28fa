"""What Messenger says of our own messages: an echo proves a send, receipts name what they can."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.messenger import parse
from bot.domain.conversation import InboundEvent, InboundKind, SendStatus

PAGE, ADA = "105554443332221", "7000000000000001"
OUTBOX = "6f0d7c1e-7a0f-5c53-9c51-3a4f8d1f4b60"


def read(*events: dict[str, Any], key: str = "messaging") -> tuple[InboundEvent, ...]:
    return parse(json.dumps({"object": "page", "entry": [{"id": PAGE, key: list(events)}]}).encode())


def echo(**message: Any) -> dict[str, Any]:
    message = {"mid": "m_1", "is_echo": True, "text": "When?"} | message
    return {"sender": {"id": PAGE}, "recipient": {"id": ADA}, "timestamp": 1795082400000, "message": message}


def receipt(**content: Any) -> dict[str, Any]:
    return {
        "sender": {"id": ADA},
        "recipient": {"id": PAGE},
        "timestamp": 1795082400000,
        **content,
    }


@pytest.mark.parametrize("key", ["messaging", "standby"])
def test_an_echo_with_our_outbox_id_proves_that_the_message_was_sent(key: str) -> None:
    (event,) = read(echo(metadata=OUTBOX), key=key)

    assert (event.kind, event.sender, event.text) == (InboundKind.STATUS, ADA, None)
    assert event.status == SendStatus(state="sent", message_id="m_1", outbox_id=OUTBOX)


@pytest.mark.parametrize(
    "metadata", [None, "", "campaign-7", OUTBOX.upper(), OUTBOX + "0", 7, {"id": OUTBOX}]
)
def test_any_other_echo_says_that_staff_or_another_app_wrote(metadata: object) -> None:
    (event,) = read(echo(metadata=metadata))

    assert (event.kind, event.sender, event.text, event.status) == (InboundKind.ECHO, ADA, "When?", None)


def test_what_the_page_sends_is_never_taken_for_the_patient() -> None:
    (event,) = read(echo(is_echo=None))

    assert (event.kind, event.sender) == (InboundKind.ECHO, ADA)


def test_a_delivery_is_a_status_for_each_message_that_it_names() -> None:
    events = read(receipt(delivery={"mids": ["m_1", None, "m_2"], "watermark": 1795082399000}))

    assert [event.status for event in events] == [
        SendStatus(state="delivered", message_id="m_1"),
        SendStatus(state="delivered", message_id="m_2"),
    ]


def test_a_watermark_is_a_status_of_no_message_in_particular() -> None:
    delivered, seen = read(
        receipt(delivery={"watermark": 1795082399000}), receipt(read={"watermark": 1795082399000})
    )

    until = datetime(2026, 11, 19, 9, 59, 59, tzinfo=UTC)

    assert delivered.status == SendStatus(state="delivered", message_id="", until=until)
    assert seen.status == SendStatus(state="read", message_id="", until=until)
    assert delivered.id != seen.id


def test_a_patient_on_messenger_has_neither_phone_nor_name_nor_alias() -> None:
    (event,) = read(receipt(message={"mid": "m_1", "text": "Hello"}))

    assert (event.sender, event.phone, event.profile_name, event.aliases) == (ADA, None, None, ())
