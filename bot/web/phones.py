"""The patients' phones of the sandbox: what the Graph API stand-in saw, as chats. Pure.

The stand-in's events are folded one by one; what a phone shows is exactly what reached the stand-in, within
the limits that it enforces.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_MOST_BUBBLES = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """A button under a message, or a row of its list."""

    id: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """A list that opens from a button of its own."""

    label: str
    sections: tuple[tuple[str, tuple[Tap, ...]], ...]  # (title, rows)


@dataclass(slots=True, kw_only=True)
class Bubble:
    """One message on the phone. `state` is sent | delivered | read | failed; `tapped` the choice taken."""

    id: str
    by_patient: bool
    at: str
    text: str
    kind: str = "text"
    header: str = ""
    footer: str = ""
    buttons: tuple[Tap, ...] = ()
    menu: Menu | None = None
    state: str = "sent"
    tapped: str | None = None


@dataclass(slots=True, kw_only=True)
class Chat:
    """One patient's chat with the practice. `typing_since` is when the assistant began to type."""

    bubbles: deque[Bubble] = field(default_factory=lambda: deque(maxlen=_MOST_BUBBLES))
    typing_since: str | None = None

    def find(self, message: str) -> Bubble | None:
        return next((bubble for bubble in reversed(self.bubbles) if bubble.id == message), None)


class Phones:
    """Every chat, by the digits of the patient's number."""

    def __init__(self) -> None:
        self._chats: dict[str, Chat] = {}
        self._numbers: dict[str, str] = {}  # user id -> digits: replies may be addressed to either
        self.last_event = 0

    def chat(self, digits: str) -> Chat:
        return self._chats.setdefault(digits, Chat())

    def see(self, event: Mapping[str, Any]) -> None:
        """Take in one event of the stand-in. Kinds that no phone shows change nothing."""
        self.last_event = event["seq"]
        match event["event"]:
            case "patient_wrote":
                self._patient_wrote(event)
            case "message_accepted":
                self._practice_wrote(event)
            case "webhook_delivered":
                self._mark(event.get("message_ids", ()), "delivered", by_patient=True)
            case "webhook_dropped":
                self._mark(event.get("message_ids", ()), "failed", by_patient=True)
            case "business_read":
                self._practice_read(event)
            case "status_changed":
                self._mark((event["message_id"],), event["status"], by_patient=False)

    def _patient_wrote(self, event: Mapping[str, Any]) -> None:
        chat = self.chat(event["from"])
        for entry in event["messages"]:
            self._numbers[entry["from_user_id"]] = event["from"]
            if chat.find(entry["id"]) is None:
                chat.bubbles.append(patient_bubble(entry, at=event["at"]))
            tapped = _tapped(entry)
            origin = chat.find(tapped[0]) if tapped else None
            if tapped and origin is not None:
                origin.tapped = tapped[1]

    def _practice_wrote(self, event: Mapping[str, Any]) -> None:
        chat = self.chat(self._numbers.get(event["to"], event["to"]))
        chat.typing_since = None
        chat.bubbles.append(practice_bubble(event["payload"], id=event["message_id"], at=event["at"]))

    def _practice_read(self, event: Mapping[str, Any]) -> None:
        """A read mark counts for that message and for all before it."""
        for chat in self._chats.values():
            ids = [bubble.id for bubble in chat.bubbles]
            if event["message_id"] not in ids:
                continue
            for bubble in list(chat.bubbles)[: ids.index(event["message_id"]) + 1]:
                if bubble.by_patient:
                    bubble.state = "read"
            if event.get("is_typing"):
                chat.typing_since = event["at"]

    def _mark(self, messages: Any, state: str, *, by_patient: bool) -> None:
        for chat in self._chats.values():
            for message in messages:
                bubble = chat.find(message)
                if bubble is not None and bubble.by_patient == by_patient:
                    bubble.state = _later(bubble.state, state)


_ORDER = ("sent", "delivered", "read", "failed")


def _later(known: str, said: str) -> str:
    """Statuses come in any order; what is known never goes back."""
    if said not in _ORDER:
        return known
    return max(known, said, key=_ORDER.index)


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


def _tapped(entry: Mapping[str, Any]) -> tuple[str, str] | None:
    """(message, choice) when the entry is a tap."""
    interactive = entry.get("interactive") or {}
    reply = interactive.get("button_reply") or interactive.get("list_reply")
    origin = (entry.get("context") or {}).get("id")
    return (origin, reply["id"]) if reply and origin else None
