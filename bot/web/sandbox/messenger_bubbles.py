"""Messenger messages as they look on the phone. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.web.sandbox.bubbles import Bubble, Tap


def patient_bubble(event: Mapping[str, Any], *, at: str) -> Bubble | None:
    """What a patient wrote: one event of a webhook's `messaging`. None for what is no message of its own."""
    if "postback" in event:
        postback = event["postback"]
        return Bubble(id=postback["mid"], by_patient=True, at=at, text=postback.get("title", ""))
    message = event.get("message")
    if not isinstance(message, dict) or "mid" not in message or message.get("is_deleted"):
        return None
    attached = [attachment.get("type", "unsupported") for attachment in message.get("attachments", ())]
    kind = attached[0] if attached else "unsupported" if message.get("is_unsupported") else "text"
    return Bubble(
        id=message["mid"],
        by_patient=True,
        at=at,
        text=message.get("text", ""),
        kind=_KINDS.get(kind, kind),
    )


def tapped(event: Mapping[str, Any]) -> str | None:
    """The payload of what was tapped; which message had it Messenger does not tell."""
    reply = event.get("postback") or (event.get("message") or {}).get("quick_reply") or {}
    payload: str | None = reply.get("payload")
    return payload


def practice_bubble(payload: Mapping[str, Any], *, id: str, at: str) -> Bubble:
    """What the Page sent: the JSON of a send."""
    message = payload["message"]
    bubble = Bubble(id=id, by_patient=False, at=at, text=message.get("text", ""))
    bubble.chips = tuple(
        Tap(id=reply["payload"], title=reply["title"])
        for reply in message.get("quick_replies", ())
        if reply.get("content_type", "text") == "text"
    )
    attachment = message.get("attachment")
    if attachment and attachment["type"] == "template":
        _fill_template(bubble, attachment["payload"])
    elif attachment:
        bubble.kind = _KINDS.get(attachment["type"], attachment["type"])
    return bubble


def _fill_template(bubble: Bubble, template: Mapping[str, Any]) -> None:
    elements = template.get("elements", ())
    if elements:  # a row of cards: the sandbox shows the first
        bubble.header, bubble.text = elements[0]["title"], elements[0].get("subtitle", "")
        bubble.buttons = _postbacks(elements[0].get("buttons", ()))
    else:
        bubble.text = template.get("text", "")
        bubble.buttons = _postbacks(template.get("buttons", ()))


def _postbacks(buttons: Sequence[Mapping[str, Any]]) -> tuple[Tap, ...]:
    return tuple(
        Tap(id=button["payload"], title=button["title"]) for button in buttons if button["type"] == "postback"
    )


_KINDS = {"file": "document", "fallback": "text"}
