"""Actions as people write them for rasa-sdk, well and badly. Knows nothing of Chairside."""

import asyncio

from rasa_sdk import Action, FormValidationAction, ValidationAction
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.interfaces import ActionExecutionRejection


class Greets(Action):
    def name(self):
        return "action_greets"

    async def run(self, dispatcher, tracker, domain):
        name = tracker.get_slot("patient_name")
        dispatcher.utter_message(response="utter_hello", name=name)
        dispatcher.utter_message(text=f"Привет, {name} 🦷", buttons=[{"title": "Sì", "payload": "/affirm"}])
        return [SlotSet("seen", {"name": name, "emoji": "👩‍⚕️"}), FollowupAction("action_quiet")]


class Looks(Action):
    """Synchronous. What it sees, it tells."""

    def name(self):
        return "action_looks"

    def run(self, dispatcher, tracker, domain):
        seen = {
            "sender_id": tracker.sender_id,
            "user_id": tracker.user_id,
            "slots": tracker.current_slot_values(),
            "text": tracker.latest_message.get("text"),
            "intent": tracker.get_intent_of_latest_message(),
            "days": list(tracker.get_latest_entity_values("day")),
            "channel": tracker.get_latest_input_channel(),
            "is_paused": tracker.is_paused(),
            "followup_action": tracker.followup_action,
            "active_loop": tracker.active_loop_name,
            "latest_action": tracker.latest_action_name,
            "steps": [frame["step_id"] for frame in tracker.stack],
        }
        return [SlotSet("seen", seen)]


class Quiet(Action):
    def name(self):
        return "action_quiet"

    def run(self, dispatcher, tracker, domain):
        return None


class ValidateName(FormValidationAction):
    def name(self):
        return "validate_patient_name"

    def validate_patient_name(self, value, dispatcher, tracker, domain):
        if len(value) < 2:
            dispatcher.utter_message(text="That is short.")
            return {"patient_name": None}
        return {"patient_name": value.title()}


class ValidatePhone(ValidationAction):
    """Looks into the domain, so content sends it."""

    def name(self):
        return "validate_phone"

    async def validate_phone(self, value, dispatcher, tracker, domain):
        return {"phone": value.replace(" ", "")}


class Fails(Action):
    def name(self):
        return "action_fails"

    def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(text="half a")
        raise RuntimeError("of Anna Verdi")


class Rejects(Action):
    def name(self):
        return "action_rejects"

    def run(self, dispatcher, tracker, domain):
        raise ActionExecutionRejection(self.name())


class Hangs(Action):
    def name(self):
        return "action_hangs"

    async def run(self, dispatcher, tracker, domain):
        await asyncio.Event().wait()


class ReturnsMapping(Action):
    def name(self):
        return "action_mapping"

    def run(self, dispatcher, tracker, domain):
        return {"event": "slot", "name": "seen", "value": 1}


class ReturnsNaN(Action):
    def name(self):
        return "action_nan"

    def run(self, dispatcher, tracker, domain):
        return [SlotSet("seen", float("nan"))]


class ReturnsObject(Action):
    def name(self):
        return "action_object"

    def run(self, dispatcher, tracker, domain):
        return [SlotSet("seen", object())]


class ReturnsHalfACharacter(Action):
    def name(self):
        return "action_surrogate"

    def run(self, dispatcher, tracker, domain):
        return [SlotSet("seen", "\ud83e")]


class ReturnsTooMuch(Action):
    def name(self):
        return "action_giant"

    def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(text="ж" * 3_000_000)
        return []


class SetsStrangerSlot(Action):
    def name(self):
        return "action_stranger_slot"

    def run(self, dispatcher, tracker, domain):
        return [SlotSet("no_such_slot", 1)]
