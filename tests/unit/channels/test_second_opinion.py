"""A second opinion on WhatsApp's payloads: pywa (github.com/david-lev/pywa), which knows nothing of ours.

What we write it would write in the same way; what we read it reads as the same. It takes the first item of a
body alone, and none whose contact has no business-scoped id: so those ids are filled in, for it and for us.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from pywa import WhatsApp, handlers, types

from bot.channels.whatsapp import parse, render
from bot.domain.conversation import (
    Address,
    Choice,
    FormCall,
    LinkButton,
    Media,
    MediaKind,
    Place,
    Reply,
)

ACCOUNT, ANNA = "100000000000001", "+393331234567"
OUTBOX = "6f0d7c1e-7a0f-5c53-9c51-3a4f8d1f4b60"
PHOTO, SHEET = "https://example.org/a.jpg", "https://example.org/a.pdf"
WIRE = Path(__file__).parents[2] / "wire" / "whatsapp"
Sends = Callable[[WhatsApp], object]


def theirs(send: Sends) -> dict[str, Any]:
    """The body that pywa posts."""
    posted: list[dict[str, Any]] = []

    def take(request: httpx.Request) -> httpx.Response:
        posted.append(json.loads(request.content))
        contact = {"input": ANNA, "wa_id": ANNA[1:]}
        return httpx.Response(200, json={"messages": [{"id": "wamid.1"}], "contacts": [contact]})

    with httpx.Client(transport=httpx.MockTransport(take)) as session:
        send(WhatsApp(phone_id=ACCOUNT, token="t", session=session, server=None))
    return posted[-1]


def full(value: Any) -> Any:
    """Without what says nothing: an empty title, a preview that is not wanted, what is so by itself."""
    if isinstance(value, dict):
        return {key: full(each) for key, each in value.items() if each not in (None, "", False, "published")}
    return [full(each) for each in value] if isinstance(value, list) else value


def choices(number: int) -> tuple[Choice, ...]:
    return tuple(
        Choice(title=f"Slot {each}", payload=f"tok_{each}", description="Dr Green" if number > 3 else "")
        for each in range(number)
    )


BUTTONS = [types.Button(title=f"Slot {each}", callback_data=f"tok_{each}") for each in range(3)]
ROWS = [
    types.SectionRow(title=f"Slot {each}", callback_data=f"tok_{each}", description="Dr Green")
    for each in range(7)
]
MESSAGES: Mapping[str, tuple[Reply, Sends]] = {
    "text": (
        Reply(text="Buongiorno, come sta? 🦷"),
        lambda wa: wa.send_message(to=ANNA, text="Buongiorno, come sta? 🦷", tracker=OUTBOX),
    ),
    "buttons": (
        Reply(text="Which one?", choices=choices(3)),
        lambda wa: wa.send_message(to=ANNA, text="Which one?", buttons=BUTTONS, tracker=OUTBOX),
    ),
    "list": (
        Reply(text="Which one?", choices=choices(7), menu="Times"),
        lambda wa: wa.send_message(
            to=ANNA,
            text="Which one?",
            buttons=types.SectionList(button_title="Times", sections=[types.Section(title="", rows=ROWS)]),
            tracker=OUTBOX,
        ),
    ),
    "link": (
        Reply(text="The form", link=LinkButton(label="Open", url="https://example.org/f")),
        lambda wa: wa.send_message(
            to=ANNA,
            text="The form",
            buttons=types.URLButton(title="Open", url="https://example.org/f"),
            tracker=OUTBOX,
        ),
    ),
    "request for the number": (
        Reply(text="Your number?", asks_phone=True),
        lambda wa: wa.request_contact_info(to=ANNA, text="Your number?", tracker=OUTBOX),
    ),
    "form": (
        Reply(
            text="Please fill in",
            form=FormCall(id="77", token="t", label="Fill in", screen="FIRST", values={"name": "Anna"}),
        ),
        lambda wa: wa.send_message(
            to=ANNA,
            text="Please fill in",
            buttons=types.FlowButton(
                title="Fill in",
                flow_id="77",
                flow_token="t",
                flow_action_type=types.FlowActionType.NAVIGATE,
                flow_action_screen="FIRST",
                flow_action_payload={"name": "Anna"},
            ),
            tracker=OUTBOX,
        ),
    ),
    "picture": (
        Reply(text="The place", media=Media(kind=MediaKind.IMAGE, link=PHOTO)),
        lambda wa: wa.send_image(to=ANNA, image=PHOTO, caption="The place", tracker=OUTBOX),
    ),
    "picture above buttons": (
        Reply(text="The place", media=Media(kind=MediaKind.IMAGE, link=PHOTO), choices=choices(3)),
        lambda wa: wa.send_image(to=ANNA, image=PHOTO, caption="The place", buttons=BUTTONS, tracker=OUTBOX),
    ),
    "document": (
        Reply(text="Estimate", media=Media(kind=MediaKind.DOCUMENT, link=SHEET, filename="a.pdf")),
        lambda wa: wa.send_document(
            to=ANNA, document=SHEET, filename="a.pdf", caption="Estimate", tracker=OUTBOX
        ),
    ),
    "place": (
        Reply(text="", place=Place(latitude=45.46, longitude=9.19, name="Studio", address="Via Roma 1")),
        lambda wa: wa.send_location(
            to=ANNA, latitude=45.46, longitude=9.19, name="Studio", address="Via Roma 1", tracker=OUTBOX
        ),
    ),
}


@pytest.mark.parametrize("shape", MESSAGES)
def test_what_we_write_another_library_writes_in_the_same_way(shape: str) -> None:
    reply, send = MESSAGES[shape]
    to = Address(channel="whatsapp", account=ACCOUNT, recipient=ANNA[1:], phone=ANNA)
    ours = render(reply, to, outbox_id=OUTBOX)

    assert ours.fallback is None
    assert full(ours.body) == full(theirs(send))


#: Our kind, and what pywa makes of it.
NAMES = {
    "choice": "CallbackButton",
    "flow_reply": "FlowCompletion",
    "edit": "EditedMessage",
    "deletion": "DeletedMessage",
    "status": "MessageStatus",
    "echo": "OutgoingMessage",
    "system": "PhoneNumberChange",
}
READ = (
    *("patient_writes", "patient_writes_lines_and_emoji", "patient_writes_in_a_group"),
    *("patient_types_a_command", "patient_without_a_phone_number_writes"),
    *("patient_with_user_id_and_number_writes", "patient_of_several_portfolios_writes"),
    *("patient_whose_number_was_rewritten_writes", "patient_with_a_plus_in_the_number_writes"),
    *("patient_comes_from_an_advert", "patient_forwards_and_quotes", "patient_asks_about_a_product"),
    *("two_patients_write_at_once", "patient_taps_a_button", "patient_taps_a_template_button"),
    *("patient_submits_a_form", "patient_sends_a_photo", "patient_sends_a_photo_with_words"),
    *("patient_sends_a_document", "patient_sends_a_video", "patient_sends_a_voice_message"),
    *("patient_sends_a_sticker", "patient_sends_a_location", "patient_sends_a_contact_card"),
    *("patient_shares_their_own_number", "patient_reacts", "patient_takes_a_reaction_back"),
    *("patient_orders_from_the_catalogue", "patient_sends_a_poll", "patient_edits_a_message"),
    *("patient_deletes_a_message", "patient_changes_number", "our_message_is_sent_delivered_and_read"),
    *("our_message_fails", "our_voice_message_is_played"),
    "our_message_reaches_a_patient_without_a_phone_number",
    *("staff_write_to_a_patient_without_a_phone_number",),
)


def first_of(name: str) -> bytes:
    """The first item of a recorded body, of a patient who has a business-scoped id."""
    body = json.loads((WIRE / f"{name}.json").read_bytes())
    entry = body["entry"][0]
    value = entry["changes"][0]["value"]
    for key in ("messages", "statuses"):
        value[key] = value.get(key, [])[:1]
        if not value[key]:
            del value[key]
    contacts = value.setdefault("contacts", [{"wa_id": "447700900101"}])
    for contact in contacts:
        contact.setdefault("user_id", "GB.1")
    for message in value.get("messages", ()):
        message.setdefault("from_user_id", contacts[0]["user_id"])
    for status in value.get("statuses", ()):
        status.setdefault("recipient_user_id", "GB.1")
    return json.dumps({**body, "entry": [{**entry, "changes": entry["changes"][:1]}]}).encode()


def read_by_them(body: bytes) -> Any:
    found: list[Any] = []

    def collect(_: WhatsApp, update: Any) -> None:
        found.append(update)

    with httpx.Client() as session:
        reader = WhatsApp(phone_id=ACCOUNT, token="t", session=session, server=None, filter_updates=False)
        for handler in (
            *(handlers.MessageHandler, handlers.CallbackButtonHandler, handlers.FlowCompletionHandler),
            *(handlers.EditedMessageHandler, handlers.DeletedMessageHandler, handlers.MessageStatusHandler),
            *(handlers.OutgoingMessageHandler, handlers.PhoneNumberChangeHandler),
        ):
            reader.add_handlers(handler(collect))
        reader.webhook_update_handler(body)
    [update] = found
    return update


def words_of(update: Any) -> str | None:
    words: str | None = update.text or update.caption or (update.order.text if update.order else None)
    return words


@pytest.mark.parametrize("name", READ)
def test_what_we_read_another_library_reads_as_the_same(name: str) -> None:
    body = first_of(name)
    ours, update = parse(body)[0], read_by_them(body)
    kind = type(update).__name__
    says: dict[str, Any]
    match kind:
        case "Message":
            says = {"id": ours.id, "kind": ours.kind.value, "words": ours.text}
            they_say = {"id": update.id, "kind": update.type.value, "words": words_of(update)}
        case "MessageStatus":
            assert ours.status is not None
            says = {"id": ours.status.message_id, "state": ours.status.state}
            they_say = {"id": update.id, "state": update.status.value}
        case "CallbackButton":
            says = {"id": ours.id, "words": ours.text, "token": ours.payload}
            they_say = {"id": update.id, "words": update.title, "token": update.data}
        case _:
            says, they_say = {"id": ours.id}, {"id": update.id}

    assert kind == NAMES.get(ours.kind.value, "Message")
    assert says == they_say
