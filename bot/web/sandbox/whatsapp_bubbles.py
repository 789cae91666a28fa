"""WhatsApp messages as they look on the phone. Pure."""

from collections.abc import Mapping
from typing import Any

from bot.web.sandbox.bubbles import Bubble, Menu, Tap


def patient_bubble(entry: Mapping[str, Any], *, at: str) -> Bubble:
    """What a patient wrote: one entry of a webhook's `messages`."""
    kind = entry["type"]
    match kind:
        case "text":
            text = entry["text"]["body"]
        case "interactive":
            interactive = entry["interactive"]
            reply = interactive.get("button_reply") or interactive.get("list_reply") or {}
            text = reply.get("title", "")
        case "button":
            text = entry["button"]["text"]
        case "reaction":
            text = entry["reaction"].get("emoji", "")
        case _:
            text = (entry.get(kind) or {}).get("caption", "") if isinstance(entry.get(kind), dict) else ""
    shown = "text" if kind in ("interactive", "button") else kind
    return Bubble(id=entry["id"], by_patient=True, at=at, text=text, kind=shown)


def practice_bubble(payload: Mapping[str, Any], *, id: str, at: str) -> Bubble:
    """What the practice sent: the JSON of a Graph send."""
    kind = payload.get("type", "text")
    bubble = Bubble(id=id, by_patient=False, at=at, text="", kind=kind)
    match kind:
        case "text":
            bubble.text = payload["text"]["body"]
        case "interactive":
            _fill_interactive(bubble, payload["interactive"])
        case "template":
            bubble.kind, bubble.text = "text", f"[{payload['template']['name']}]"
        case _:
            bubble.text = (payload.get(kind) or {}).get("caption", "")
    return bubble


def _fill_interactive(bubble: Bubble, interactive: Mapping[str, Any]) -> None:
    bubble.kind = "text"
    bubble.text = interactive.get("body", {}).get("text", "")
    bubble.header = interactive.get("header", {}).get("text", "")
    bubble.footer = interactive.get("footer", {}).get("text", "")
    action = interactive.get("action", {})
    bubble.buttons = tuple(
        Tap(id=button["reply"]["id"], title=button["reply"]["title"]) for button in action.get("buttons", ())
    )
    if "sections" in action:
        sections = tuple(
            (
                section.get("title", ""),
                tuple(
                    Tap(id=row["id"], title=row["title"], description=row.get("description", ""))
                    for row in section["rows"]
                ),
            )
            for section in action["sections"]
        )
        bubble.menu = Menu(label=action.get("button", ""), sections=sections)


def tapped(entry: Mapping[str, Any]) -> tuple[str, str] | None:
    """(message, choice) when the entry is a tap."""
    interactive = entry.get("interactive") or {}
    reply = interactive.get("button_reply") or interactive.get("list_reply")
    origin = (entry.get("context") or {}).get("id")
    return (origin, reply["id"]) if reply and origin else None
