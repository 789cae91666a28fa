"""The bank's actions, written for rasa-sdk."""

from typing import Any

from rasa_sdk import Action
from rasa_sdk.events import SlotSet


class ChecksLimits(Action):
    def name(self) -> str:
        return "action_limits"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        return [SlotSet("limit_result", "over" if tracker.get_slot("amount") > 100 else "ok")]


class AsksColour(Action):
    def name(self) -> str:
        return "action_ask_colour"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        dispatcher.utter_message(
            text="Colour?", buttons=[{"title": "Blue", "payload": "/SetSlots(colour=blue)"}]
        )
        return []


class CountsTurns(Action):
    def name(self) -> str:
        return "action_count"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        return [SlotSet("turns", tracker.get_slot("turns") + 1)]


ACTIONS = [ChecksLimits, AsksColour, CountsTurns]
