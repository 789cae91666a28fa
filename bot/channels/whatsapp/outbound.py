"""Replies as WhatsApp messages within Meta's limits: reply buttons, else a list, else numbered text.

A file's caption is the text; a link, a form and a request for the number are buttons below it. Whatever does
not fit is shown in words: a message more would be billed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.channels.fitting import (
    DoesNotFit,
    Form,
    check_bare,
    check_choices,
    check_count,
    check_length,
    check_text,
    check_titles_differ,
    cleaned,
    fit,
    in_words,
)
from bot.channels.plain_text import length, shorten
from bot.channels.whatsapp.people import phone_of
from bot.channels.whatsapp.templates import called
from bot.domain.conversation import Address, FormCall, LinkButton, Media, MediaKind, Place, Rendered, Reply

# On the button that opens a list, where the reply does not say what is to stand there.
LIST_LABEL = "☰ …"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Lengths in UTF-16 units, and counts.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-reply-buttons-messages
    https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-list-messages
    """

    text: int = 4096
    buttons: int = 3
    button_body: int = 1024
    button_title: int = 20
    button_id: int = 256
    rows: int = 10
    list_body: int = 4096
    list_label: int = 20
    row_title: int = 24
    row_description: int = 72
    row_id: int = 200
    caption: int = 1024
    link: int = 2000
    link_label: int = 20
    form_label: int = 30
    place: int = 1000
    filename: int = 240


LIMITS = Limits()


def render(reply: Reply, to: Address, *, outbox_id: str, list_label: str = LIST_LABEL) -> Rendered:
    """The body of a POST to /messages. Meta sends `outbox_id` back with every status of this message."""
    fitting = cleaned(reply)
    content: dict[str, Any]
    fallback = None
    if fitting.template is not None:
        content = called(fitting.template, fitting.choices)
    else:
        content, fallback = fit(fitting, _forms(fitting, list_label), text=_text, limit=LIMITS.text)
    return Rendered(
        body={
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            **_recipient(to),
            "biz_opaque_callback_data": outbox_id,
            **content,
        },
        fallback=fallback,
    )


def _recipient(to: Address) -> dict[str, str]:
    """A number goes out with "+": without it Meta may prepend the business's own country code, and a stranger
    would read the message. A BSUID goes into a field of its own."""
    number = phone_of(to.phone or "") or phone_of(to.recipient)
    return {"to": number} if number else {"recipient": to.recipient}


def _forms(reply: Reply, list_label: str) -> Sequence[tuple[str, Form]]:
    """From the one that shows most to the one that shows least."""
    forms: list[tuple[str, Form]] = []
    if reply.media is not None:
        forms.append((f"a message with {reply.media.kind}", partial(_media, reply.media)))
    if reply.place is not None:
        forms.append(("a location", partial(_place, reply.place)))
    if reply.link is not None:
        forms.append(("a link button", partial(_link, reply.link)))
    if reply.form is not None:
        forms.append(("a form", partial(_form, reply.form)))
    if reply.asks_phone:
        forms.append(("a request for the number", _phone_request))
    if not reply.choices:
        return forms
    if len(reply.choices) <= LIMITS.buttons:
        forms.append(("buttons", lambda whole: _buttons(in_words(whole))))
    says_it_all = 0 < length(reply.menu) <= LIMITS.list_label
    as_list = partial(_list, reply.menu if says_it_all else list_label)
    forms.append(("a list", lambda whole: as_list(in_words(whole))))
    return forms


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": text}}


def _media(media: Media, reply: Reply) -> dict[str, Any]:
    """With choices it is the head of a message with buttons."""
    check_length(media.link, LIMITS.link, "the file's address")
    source = {"link": media.link} | (
        {"filename": shorten(media.filename, LIMITS.filename)}
        if media.filename and media.kind is MediaKind.DOCUMENT
        else {}
    )
    kind = str(media.kind)
    if media.kind is MediaKind.AUDIO:
        if reply.text or reply.choices:
            raise DoesNotFit("a recording takes no words")
        return {"type": kind, kind: source}
    if reply.choices:
        check_count(reply, LIMITS.buttons, form="a message with a file")
        made = _buttons(reply)
        made["interactive"]["header"] = {"type": kind, kind: source}
        return made
    check_length(reply.text, LIMITS.caption, "the caption")
    return {"type": kind, kind: source | ({"caption": reply.text} if reply.text else {})}


def _place(place: Place, reply: Reply) -> dict[str, Any]:
    """A location has no caption."""
    if reply.text or reply.choices:
        raise DoesNotFit("a location takes no words")
    named = {"name": shorten(place.name, LIMITS.place), "address": shorten(place.address, LIMITS.place)}
    pin: dict[str, Any] = {"latitude": place.latitude, "longitude": place.longitude}
    return {"type": "location", "location": pin | {key: value for key, value in named.items() if value}}


def _link(link: LinkButton, reply: Reply) -> dict[str, Any]:
    check_bare(reply, form="a link button")
    check_text(reply.text, LIMITS.button_body, form="a link button")
    check_length(link.label, LIMITS.link_label, "the link button's label")
    check_length(link.url, LIMITS.link, "the link")
    parameters = {"display_text": link.label, "url": link.url}
    return _interactive("cta_url", reply.text, name="cta_url", parameters=parameters)


def _form(form: FormCall, reply: Reply) -> dict[str, Any]:
    check_bare(reply, form="a form")
    check_text(reply.text, LIMITS.button_body, form="a form")
    check_length(form.label, LIMITS.form_label, "the form's label")
    parameters: dict[str, Any] = {
        "flow_message_version": "3",
        "flow_id": form.id,
        "flow_token": form.token,
        "flow_cta": form.label,
        "flow_action": "navigate" if form.screen else "data_exchange",
    }
    if form.screen:
        values = {"data": dict(form.values)} if form.values else {}
        parameters["flow_action_payload"] = {"screen": form.screen, **values}
    return _interactive("flow", reply.text, name="flow", parameters=parameters)


def _phone_request(reply: Reply) -> dict[str, Any]:
    """The patient taps, and their contact comes back, even from somebody whose number is hidden."""
    check_bare(reply, form="a request for the number")
    check_text(reply.text, LIMITS.button_body, form="a request for the number")
    return _interactive("request_contact_info", reply.text, name="request_contact_info")


def _buttons(reply: Reply) -> dict[str, Any]:
    check_text(reply.text, LIMITS.button_body, form="buttons")
    check_choices(reply, "button", "buttons", title=LIMITS.button_title, id=LIMITS.button_id)
    check_titles_differ(reply, "buttons")
    if any(choice.description for choice in reply.choices):
        raise DoesNotFit("buttons have no descriptions")
    return _interactive(
        "button",
        reply.text,
        buttons=[
            {"type": "reply", "reply": {"id": choice.payload, "title": choice.title}}
            for choice in reply.choices
        ],
    )


def _list(label: str, reply: Reply) -> dict[str, Any]:
    check_count(reply, LIMITS.rows, form="a list")
    check_text(reply.text, LIMITS.list_body, form="a list")
    check_choices(reply, "row", "rows", title=LIMITS.row_title, id=LIMITS.row_id)
    for number, choice in enumerate(reply.choices, start=1):
        check_length(choice.description, LIMITS.row_description, f"row {number}'s description")
    rows = [
        {"id": choice.payload, "title": choice.title}
        | ({"description": choice.description} if choice.description else {})
        for choice in reply.choices
    ]
    return _interactive("list", reply.text, button=label, sections=[{"rows": rows}])


def _interactive(kind: str, text: str, **action: Any) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": text}, "action": action}}
