"""Replies as Messenger messages within Meta's limits: buttons, else quick replies, else numbered text.

Quick replies vanish with the next message in the chat and buttons stay, so up to three choices are buttons.
Neither has descriptions: those become lines of the text, where nothing of them is lost. A file has no caption
here: with words it goes as a link in them.
"""

from collections.abc import Mapping, Sequence
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
from bot.channels.messenger.templates import called
from bot.domain.conversation import Address, LinkButton, Media, MediaKind, Rendered, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Lengths in UTF-16 units, and counts.

    https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/quick-replies
    https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/template/button
    """

    text: int = 1999  # Meta: "less than 2000"
    buttons: int = 3
    button_text: int = 640
    quick_replies: int = 13
    title: int = 20
    payload: int = 1000

    link: int = 2000


LIMITS = Limits()


def render(reply: Reply, to: Address, *, outbox_id: str) -> Rendered:
    """The body of a POST to /messages. Meta sends `outbox_id` back with the echo of this message."""
    fitting = cleaned(reply)
    content: dict[str, Any]
    fallback = None
    if fitting.template is not None:
        content = {"template": called(fitting.template, fitting.choices)}
    else:
        content, fallback = fit(fitting, _forms(fitting), text=_text, limit=LIMITS.text)
    return Rendered(
        body={
            "recipient": {"id": to.recipient},
            **messaging_type(reply),
            "message": {**content, "metadata": outbox_id},
        },
        fallback=fallback,
    )


def messaging_type(reply: Reply) -> dict[str, str]:
    """By what right a message goes out. The human agent tag is for what a person typed, and nothing else."""
    if reply.template is not None:
        return {"messaging_type": "UTILITY"}
    if reply.by_human_agent:
        return {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    return {"messaging_type": "RESPONSE"}


def _forms(reply: Reply) -> Sequence[tuple[str, Form]]:
    forms: list[tuple[str, Form]] = []
    if reply.media is not None:
        forms.append((f"a message with {reply.media.kind}", partial(attached, reply.media)))
    if reply.link is not None:
        forms.append(("a link button", partial(_link, reply.link)))
    if reply.asks_phone:
        forms.append(("a request for the number", _phone_request))
    if 1 <= len(reply.choices) <= LIMITS.buttons:
        forms.append(("buttons", lambda whole: buttons(in_words(whole), text=LIMITS.button_text)))
    if reply.choices:
        forms.append(("quick replies", lambda whole: _quick_replies(in_words(whole))))
    return forms


def _text(text: str) -> dict[str, Any]:
    return {"text": text}


_ATTACHED: Mapping[MediaKind, str] = {
    MediaKind.IMAGE: "image",
    MediaKind.VIDEO: "video",
    MediaKind.AUDIO: "audio",
    MediaKind.DOCUMENT: "file",
}


def attached(media: Media, reply: Reply) -> dict[str, Any]:
    """An attachment takes no words: with words its address goes into them."""
    if reply.text or reply.choices:
        raise DoesNotFit("an attachment takes no words")
    check_length(media.link, LIMITS.link, "the file's address")
    return {"attachment": {"type": _ATTACHED[media.kind], "payload": {"url": media.link}}}


def _link(link: LinkButton, reply: Reply) -> dict[str, Any]:
    check_bare(reply, form="a link button")
    check_text(reply.text, LIMITS.button_text, form="a link button")
    return link_button(link, reply)


def link_button(link: LinkButton, reply: Reply) -> dict[str, Any]:
    check_length(link.label, LIMITS.title, "the link button's label")
    check_length(link.url, LIMITS.link, "the link")
    return _template(reply.text, [{"type": "web_url", "title": link.label, "url": link.url}])


def _phone_request(reply: Reply) -> dict[str, Any]:
    """A quick reply that sends the number of the patient's profile, where there is one."""
    check_bare(reply, form="a request for the number")
    check_text(reply.text, LIMITS.text, form="a request for the number")
    return {"text": reply.text, "quick_replies": [{"content_type": "user_phone_number"}]}


def buttons(reply: Reply, *, text: int) -> dict[str, Any]:
    """A template of its own kind, whose taps come back as postbacks."""
    words = told(reply)
    check_text(words, text, form="buttons")
    check_choices(reply, "button", "buttons", title=LIMITS.title, id=LIMITS.payload)
    check_titles_differ(reply, "buttons")
    return _template(
        words,
        [{"type": "postback", "title": choice.title, "payload": choice.payload} for choice in reply.choices],
    )


def _template(text: str, shown: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    payload = {"template_type": "button", "text": text, "buttons": list(shown)}
    return {"attachment": {"type": "template", "payload": payload}}


def _quick_replies(reply: Reply) -> dict[str, Any]:
    text = told(reply)
    check_text(text, LIMITS.text, form="quick replies")
    return quick_replies(reply, text)


def quick_replies(reply: Reply, text: str) -> dict[str, Any]:
    """`text` has been found to fit."""
    check_count(reply, LIMITS.quick_replies, form="a message of quick replies")
    check_choices(reply, "quick reply", "quick replies", title=LIMITS.title, id=LIMITS.payload)
    check_titles_differ(reply, "quick replies")
    offered = [
        {"content_type": "text", "title": choice.title, "payload": choice.payload} for choice in reply.choices
    ]
    return {"text": text, "quick_replies": offered}


def told(reply: Reply) -> str:
    """The text, and below it a line for each choice that has more to say than its title."""
    lines = [f"{choice.title}: {choice.description}" for choice in reply.choices if choice.description]
    return "\n\n".join(part for part in (reply.text, "\n".join(lines)) if part)
