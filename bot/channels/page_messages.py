"""Replies as messages of a Page, on Messenger and on Instagram: buttons, quick replies, or numbered text.

Quick replies vanish with the next message in the chat and buttons stay, so up to three choices are buttons.
Neither has descriptions: those become lines of the text, where nothing of them is lost. A file has no caption
here: with words it goes as a link in them. How the two differ is in their `Limits`.
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
    fit,
    in_words,
)
from bot.channels.plain_text import Measure
from bot.domain.conversation import LinkButton, Media, MediaKind, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`text` as `measure` counts; lengths above and of buttons in UTF-16 units; counts."""

    text: int
    measure: Measure
    asks_phone: bool  # whether a button may ask for the number of the profile
    buttons: int = 3
    button_text: int = 640
    quick_replies: int = 13
    title: int = 20
    payload: int = 1000
    link: int = 2000


_ATTACHED: Mapping[MediaKind, str] = {
    MediaKind.IMAGE: "image",
    MediaKind.VIDEO: "video",
    MediaKind.AUDIO: "audio",
    MediaKind.DOCUMENT: "file",
}


def message(reply: Reply, limits: Limits) -> tuple[dict[str, Any], str | None]:
    """What stands under `message`, and what kept the cleaned reply from showing more."""
    return fit(
        reply,
        _forms(reply, limits),
        text=lambda text: {"text": text},
        limit=limits.text,
        measure=limits.measure,
    )


def messaging_type(reply: Reply) -> dict[str, str]:
    """By what right a message goes out. The human agent tag is for what a person typed, and nothing else."""
    if reply.template is not None:
        return {"messaging_type": "UTILITY"}
    if reply.by_human_agent:
        return {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    return {"messaging_type": "RESPONSE"}


def _forms(reply: Reply, limits: Limits) -> Sequence[tuple[str, Form]]:
    """From the one that shows most to the one that shows least."""
    forms: list[tuple[str, Form]] = []
    if reply.media is not None:
        forms.append((f"a message with {reply.media.kind}", partial(_attached, reply.media, limits)))
    if reply.link is not None:
        forms.append(("a link button", partial(_link, reply.link, limits)))
    if reply.asks_phone and limits.asks_phone:
        forms.append(("a request for the number", partial(_phone_request, limits)))
    if 1 <= len(reply.choices) <= limits.buttons:
        forms.append(("buttons", lambda whole: _buttons(limits, in_words(whole))))
    if reply.choices:
        forms.append(("quick replies", lambda whole: _quick_replies(limits, in_words(whole))))
    return forms


def _attached(media: Media, limits: Limits, reply: Reply) -> dict[str, Any]:
    """An attachment takes no words: with words its address goes into them."""
    if reply.text or reply.choices:
        raise DoesNotFit("an attachment takes no words")
    check_length(media.link, limits.link, "the file's address")
    return {"attachment": {"type": _ATTACHED[media.kind], "payload": {"url": media.link}}}


def _link(link: LinkButton, limits: Limits, reply: Reply) -> dict[str, Any]:
    check_bare(reply, form="a link button")
    check_text(reply.text, limits.button_text, form="a link button")
    check_length(link.label, limits.title, "the link button's label")
    check_length(link.url, limits.link, "the link")
    return _template(reply.text, [{"type": "web_url", "title": link.label, "url": link.url}])


def _phone_request(limits: Limits, reply: Reply) -> dict[str, Any]:
    """A quick reply that sends the number of the patient's profile, where there is one."""
    check_bare(reply, form="a request for the number")
    check_text(reply.text, limits.text, form="a request for the number", measure=limits.measure)
    return {"text": reply.text, "quick_replies": [{"content_type": "user_phone_number"}]}


def _buttons(limits: Limits, reply: Reply) -> dict[str, Any]:
    """A template of its own kind, whose taps come back as postbacks."""
    words = _told(reply)
    check_text(words, limits.button_text, form="buttons")
    check_choices(reply, "button", "buttons", title=limits.title, id=limits.payload)
    check_titles_differ(reply, "buttons")
    return _template(
        words,
        [{"type": "postback", "title": choice.title, "payload": choice.payload} for choice in reply.choices],
    )


def _template(text: str, shown: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    payload = {"template_type": "button", "text": text, "buttons": list(shown)}
    return {"attachment": {"type": "template", "payload": payload}}


def _quick_replies(limits: Limits, reply: Reply) -> dict[str, Any]:
    text = _told(reply)
    check_text(text, limits.text, form="quick replies", measure=limits.measure)
    check_count(reply, limits.quick_replies, form="a message of quick replies")
    check_choices(reply, "quick reply", "quick replies", title=limits.title, id=limits.payload)
    check_titles_differ(reply, "quick replies")
    offered = [
        {"content_type": "text", "title": choice.title, "payload": choice.payload} for choice in reply.choices
    ]
    return {"text": text, "quick_replies": offered}


def _told(reply: Reply) -> str:
    """The text, and below it a line for each choice that has more to say than its title."""
    lines = [f"{choice.title}: {choice.description}" for choice in reply.choices if choice.description]
    return "\n\n".join(part for part in (reply.text, "\n".join(lines)) if part)
