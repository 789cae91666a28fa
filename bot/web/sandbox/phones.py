"""The patients' phones of the sandbox: what the Graph API stand-in saw, as chats. Pure.

The stand-in's events are folded one by one; what a phone shows is exactly what reached the stand-in, within
the limits that it enforces. A contact is a number's digits on WhatsApp, a Page-scoped id on Messenger.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.web.sandbox import messenger_bubbles, whatsapp_bubbles
from bot.web.sandbox.bubbles import Bubble

_MOST_BUBBLES = 300


@dataclass(slots=True, kw_only=True)
class Chat:
    """One patient's chat with the practice. `typing_since` is when the assistant began to type."""

    bubbles: deque[Bubble] = field(default_factory=lambda: deque(maxlen=_MOST_BUBBLES))
    typing_since: str | None = None

    def find(self, message: str) -> Bubble | None:
        return next((bubble for bubble in reversed(self.bubbles) if bubble.id == message), None)


class Phones:
    """Every chat, by contact."""

    def __init__(self) -> None:
        self._chats: dict[str, Chat] = {}
        self._places: dict[str, Chat] = {}  # the chat of each message that is still shown
        self._numbers: dict[str, str] = {}  # user id -> digits: replies may be addressed to either
        self.last_event = 0

    def chat(self, contact: str) -> Chat:
        return self._chats.setdefault(contact, Chat())

    def _show(self, bubble: Bubble, chat: Chat) -> None:
        if len(chat.bubbles) == _MOST_BUBBLES:
            self._places.pop(chat.bubbles[0].id, None)
        chat.bubbles.append(bubble)
        self._places[bubble.id] = chat

    def see(self, event: Mapping[str, Any]) -> None:
        """Take in one event of the stand-in. Kinds that no phone shows change nothing."""
        self.last_event = event["seq"]
        match event["event"]:
            case "patient_wrote":
                self._patient_wrote(event)
            case "message_accepted":
                self._practice_wrote(event)
            case "messenger_patient_wrote":
                self._visitor_wrote(event)
            case "messenger_message_accepted":
                self._page_wrote(event)
            case "staff_wrote":
                bubble = Bubble(
                    id=f"staff {event['seq']}", by_patient=False, at=event["at"], text=event["text"]
                )
                self._show(bubble, self.chat(event["to"]))
            case "sender_acted":
                self._page_acted(event)
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
                self._show(whatsapp_bubbles.patient_bubble(entry, at=event["at"]), chat)
            tapped = whatsapp_bubbles.tapped(entry)
            origin = chat.find(tapped[0]) if tapped else None
            if tapped and origin is not None:
                origin.tapped = tapped[1]

    def _practice_wrote(self, event: Mapping[str, Any]) -> None:
        chat = self.chat(self._numbers.get(event["to"], event["to"]))
        chat.typing_since = None
        bubble = whatsapp_bubbles.practice_bubble(event["payload"], id=event["message_id"], at=event["at"])
        self._show(bubble, chat)

    def _visitor_wrote(self, event: Mapping[str, Any]) -> None:
        chat = self.chat(event["from"])
        for each in event["events"]:
            payload = messenger_bubbles.tapped(each)
            origin = next((b for b in reversed(chat.bubbles) if payload and b.offers(payload)), None)
            if origin is not None:
                origin.tapped = payload
            bubble = messenger_bubbles.patient_bubble(each, at=event["at"])
            if bubble is not None and chat.find(bubble.id) is None:
                self._show(bubble, chat)

    def _page_wrote(self, event: Mapping[str, Any]) -> None:
        chat = self.chat(event["to"])
        chat.typing_since = None
        bubble = messenger_bubbles.practice_bubble(event["payload"], id=event["message_id"], at=event["at"])
        self._show(bubble, chat)

    def _page_acted(self, event: Mapping[str, Any]) -> None:
        chat = self.chat(event["to"])
        if event["action"] == "mark_seen":
            for bubble in chat.bubbles:
                bubble.state = "read" if bubble.by_patient else bubble.state
        else:
            chat.typing_since = event["at"] if event["action"] == "typing_on" else None

    def _practice_read(self, event: Mapping[str, Any]) -> None:
        """A read mark counts for that message and for all before it."""
        chat = self._places.get(event["message_id"])
        if chat is None:
            return
        ids = [bubble.id for bubble in chat.bubbles]
        for bubble in list(chat.bubbles)[: ids.index(event["message_id"]) + 1]:
            if bubble.by_patient:
                bubble.state = "read"
        if event.get("is_typing"):
            chat.typing_since = event["at"]

    def _mark(self, messages: Any, state: str, *, by_patient: bool) -> None:
        for message in messages:
            chat = self._places.get(message)
            bubble = chat.find(message) if chat else None
            if bubble is not None and bubble.by_patient == by_patient:
                bubble.state = _later(bubble.state, state)


_ORDER = ("sent", "delivered", "read", "failed")


def _later(known: str, said: str) -> str:
    """Statuses come in any order; what is known never goes back."""
    if said not in _ORDER:
        return known
    return max(known, said, key=_ORDER.index)
