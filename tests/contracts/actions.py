"""What every way of running actions promises (`bot.ports.Actions`), as tests.

A way's test class inherits from ActionsContract and gives the fixture `actions`: something that runs
tests/contracts/somebodys_actions.py for the content `assistant`. `comes_to` says what it makes of answers
that only the process in which the action runs can see for what they are.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest

from bot.dialogue import Assistant, load_assistant
from bot.ports import ActionCall, ActionResult, Actions

SOMEBODYS_ACTIONS = Path(__file__).with_name("somebodys_actions.py")

CONTENT = """
actions:
  - action_greets: {sends: [patient_name]}
  - action_looks: {sends: [patient_name, phone], sends_message: true}
  - action_quiet
  - action_hangs: {timeout: 0.05}
  - action_fails
  - action_rejects
  - action_mapping
  - action_nan
  - action_object
  - action_surrogate
  - action_giant
  - action_stranger_slot
  - action_nobody_has
  - validate_patient_name
  - validate_phone: {send_domain: true}
slots:
  patient_name: {type: text, mappings: [{type: from_text}]}
  phone: {type: text, mappings: [{type: from_text}]}
  seen: {type: any, mappings: [{type: controlled}]}
responses:
  utter_ask_patient_name: [{text: "What is your name?"}]
  utter_ask_phone: [{text: "What is your number?"}]
  utter_hello: [{text: "Hello {name}"}]
intents: [hello]
flows:
  say_hello:
    description: say hello
    nlu_trigger: [{intent: hello}]
    steps:
      - collect: patient_name
      - collect: phone
"""


def assistant(folder: Path) -> Assistant:
    (folder / "flows.yml").write_text(CONTENT)
    return load_assistant([folder], languages=("en",))


def call(name: str, **slots: Any) -> ActionCall:
    """One run for Anna, who is asked for her name."""
    return ActionCall(
        name=name,
        tracker={
            "sender_id": "anna",
            "user_id": "anna",
            "slots": {"patient_name": None, "phone": None, "seen": None, **slots},
            "latest_message": {
                "text": "Friday — пятница",
                "intent": {"name": "hello", "confidence": 0.9},
                "intent_ranking": [{"name": "hello", "confidence": 0.9}],
                "entities": [{"entity": "day", "value": "Friday", "start": 0, "end": 6}],
                "metadata": {},
            },
            "events": [{"event": "user", "text": "Friday — пятница", "input_channel": "whatsapp"}],
            "paused": False,
            "followup_action": None,
            "active_loop": {},
            "latest_action_name": "utter_hello",
            "stack": [{"frame_id": "f1", "flow_id": "say_hello", "step_id": "1_collect", "context": {}}],
        },
        key="key",
        contact="anna",
        channel="whatsapp",
        phone=None,
        language="en",
        at=datetime(2026, 3, 2, 8, tzinfo=UTC),
    )


def message(**said: Any) -> dict[str, Any]:
    """As rasa-sdk's dispatcher collects it."""
    empty = {"text": None, "buttons": [], "elements": [], "custom": {}, "template": None, "response": None}
    return {**empty, "image": None, "attachment": None, **said}


def slot(name: str, value: Any) -> dict[str, Any]:
    return {"event": "slot", "timestamp": None, "name": name, "value": value}


class ActionsContract:
    #: What a mapping instead of a list, NaN, an object, half a character and three million letters come to.
    comes_to: ClassVar[Mapping[str, ActionResult]]

    @pytest.fixture
    def actions(self) -> Actions:
        raise NotImplementedError

    # Actions that do as they should

    async def test_an_action_speaks_and_sets_slots_in_every_script(self, actions: Actions) -> None:
        result = await actions.run(call("action_greets", patient_name="Žofie Łęcka"))

        assert result == ActionResult(
            events=(
                slot("seen", {"name": "Žofie Łęcka", "emoji": "👩‍⚕️"}),
                {"event": "followup", "timestamp": None, "name": "action_quiet"},
            ),
            responses=(
                message(response="utter_hello", template="utter_hello", name="Žofie Łęcka"),
                message(text="Привет, Žofie Łęcka 🦷", buttons=[{"title": "Sì", "payload": "/affirm"}]),
            ),
        )

    async def test_an_action_sees_where_the_conversation_stands(self, actions: Actions) -> None:
        result = await actions.run(call("action_looks", patient_name="Anna"))

        [seen] = [event["value"] for event in result.events]
        assert {key: seen["slots"].get(key) for key in ("patient_name", "phone")} == {
            "patient_name": "Anna",
            "phone": None,
        }
        assert {key: value for key, value in seen.items() if key != "slots"} == {
            "sender_id": "anna",
            "user_id": "anna",
            "text": "Friday — пятница",
            "intent": "hello",
            "days": ["Friday"],
            "channel": "whatsapp",
            "is_paused": False,
            "followup_action": None,
            "active_loop": None,
            "latest_action": "utter_hello",
            "steps": ["1_collect"],
        }

    async def test_an_action_that_returns_nothing_has_done_its_work(self, actions: Actions) -> None:
        assert await actions.run(call("action_quiet")) == ActionResult()

    async def test_a_validation_class_of_rasa_mends_an_answer(self, actions: Actions) -> None:
        result = await actions.run(call("validate_patient_name", patient_name="anna verdi"))

        assert result == ActionResult(events=(slot("patient_name", "Anna Verdi"),))

    async def test_a_validation_class_of_rasa_refuses_an_answer(self, actions: Actions) -> None:
        result = await actions.run(call("validate_patient_name", patient_name="A"))

        assert result == ActionResult(
            events=(slot("patient_name", None),), responses=(message(text="That is short."),)
        )

    async def test_a_validation_class_is_not_asked_about_an_empty_slot(self, actions: Actions) -> None:
        assert await actions.run(call("validate_patient_name")) == ActionResult()

    async def test_a_validation_class_may_look_into_the_domain(self, actions: Actions) -> None:
        result = await actions.run(call("validate_phone", phone="+39 02 0000"))

        assert result == ActionResult(events=(slot("phone", "+39020000"),))

    async def test_a_slot_that_nobody_knows_is_for_the_flow_to_refuse(self, actions: Actions) -> None:
        result = await actions.run(call("action_stranger_slot"))

        assert result == ActionResult(events=(slot("no_such_slot", 1),))

    async def test_a_run_does_not_change_the_call_that_is_on_record(self, actions: Actions) -> None:
        made = call("validate_patient_name", patient_name="anna verdi")
        await actions.run(made)

        assert made == call("validate_patient_name", patient_name="anna verdi")

    # Actions that do not

    @pytest.mark.parametrize(
        ("name", "failed"),
        [
            ("action_fails", "exception"),
            ("action_rejects", "rejected"),
            ("action_hangs", "timeout"),
            ("action_nobody_has", "unknown"),
        ],
    )
    async def test_a_failure_has_a_name_and_leaves_nothing(
        self, actions: Actions, name: str, failed: str
    ) -> None:
        assert await actions.run(call(name)) == ActionResult(failed=failed)

    @pytest.mark.parametrize(
        "name", ["action_mapping", "action_nan", "action_object", "action_surrogate", "action_giant"]
    )
    async def test_what_cannot_be_used_is_not_passed_on(self, actions: Actions, name: str) -> None:
        assert await actions.run(call(name)) == self.comes_to[name]

    async def test_a_failure_does_not_reach_the_next_patient(self, actions: Actions) -> None:
        for name in ("action_fails", "action_hangs", "action_giant"):
            await actions.run(call(name))
        result = await actions.run(replace(call("action_greets", patient_name="Bruno"), contact="bruno"))

        assert result.failed is None
