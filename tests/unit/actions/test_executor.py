"""Actions run by name; whatever they do, the turn gets an answer."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from front_desk import opening
from rasa_sdk import events
from rasa_sdk.events import SlotSet
from rasa_sdk.interfaces import Action

from bot.actions.executor import InProcessActions
from bot.actions.turn import current_call, stage
from bot.domain.diary import BookHeld, Hold, PatientDetails
from bot.errors import SetupError
from bot.ports import ActionCall, ActionResult

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


def call(name: str = "action_under_test", **tracker: Any) -> ActionCall:
    return ActionCall(
        name=name,
        tracker={"sender_id": "anna", **tracker},
        key="key",
        contact="anna",
        channel="messenger",
        phone=None,
        language="en",
        at=AT,
    )


class Does(Action):  # type: ignore[misc]
    """An asynchronous action that does what a test says."""

    def __init__(self, what: Callable[..., Any]) -> None:
        self._what = what

    def name(self) -> str:
        return "action_under_test"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> Any:
        result = self._what(dispatcher, tracker)
        return await result if asyncio.iscoroutine(result) else result


class DoesInThread(Does):
    """The same, written synchronously."""

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> Any:
        return self._what(dispatcher, tracker)


@pytest.mark.parametrize("kind", [Does, DoesInThread])
async def test_an_action_gives_its_events_and_messages(kind: type[Does]) -> None:
    def greet(dispatcher: Any, tracker: Any) -> list[Any]:
        dispatcher.utter_message(response="utter_hello", name=tracker.get_slot("patient_name"))
        return [SlotSet("channel_seen", current_call().channel)]

    result = await InProcessActions([kind(greet)]).run(call(slots={"patient_name": "Anna"}))

    assert result == ActionResult(
        events=({"event": "slot", "timestamp": None, "name": "channel_seen", "value": "messenger"},),
        responses=(
            {
                "text": None,
                "buttons": [],
                "elements": [],
                "custom": {},
                "template": "utter_hello",
                "response": "utter_hello",
                "image": None,
                "attachment": None,
                "name": "Anna",
            },
        ),
    )


@pytest.mark.parametrize("kind", [Does, DoesInThread])
async def test_a_staged_write_lands_in_the_result(kind: type[Does]) -> None:
    hold = Hold(id="h", opening=opening(3, 9), contact="anna", until=AT)
    write = BookHeld(hold=hold, patient=PatientDetails(name="Anna Verdi"), key="key", at=AT)

    def book(dispatcher: Any, tracker: Any) -> list[Any]:
        stage(write)
        return []

    result = await InProcessActions([kind(book)]).run(call())

    assert result == ActionResult(writes=(write,))


async def test_a_failing_action_leaves_nothing_but_its_failure() -> None:
    def fail(dispatcher: Any, tracker: Any) -> list[Any]:
        dispatcher.utter_message(text="half a")
        raise RuntimeError("of Anna Verdi")

    assert await InProcessActions([Does(fail)]).run(call()) == ActionResult(failed="exception")


async def test_an_overdue_action_is_given_up() -> None:
    async def wait(dispatcher: Any, tracker: Any) -> list[Any]:
        await asyncio.Event().wait()
        return []

    result = await InProcessActions([Does(wait)], time_limit=0.01).run(call())

    assert result == ActionResult(failed="timeout")


@pytest.mark.parametrize("returned", [{"event": "slot"}, ["slot"], [{"name": "x"}]])
async def test_what_is_no_list_of_events_is_malformed(returned: object) -> None:
    result = await InProcessActions([Does(lambda dispatcher, tracker: returned)]).run(call())

    assert result == ActionResult(failed="malformed")


async def test_an_action_that_nobody_registered_fails() -> None:
    assert await InProcessActions([]).run(call("action_unknown")) == ActionResult(failed="unknown")


async def test_an_action_cannot_change_the_recorded_call() -> None:
    def scribble(dispatcher: Any, tracker: Any) -> list[Any]:
        tracker.slots["wish"]["asap"] = False
        return []

    made = call(slots={"wish": {"asap": True}})
    await InProcessActions([Does(scribble)]).run(made)

    assert made.tracker["slots"] == {"wish": {"asap": True}}


async def test_calls_at_the_same_time_do_not_see_each_other() -> None:
    both = asyncio.Barrier(2)

    async def meet(dispatcher: Any, tracker: Any) -> list[Any]:
        await both.wait()
        return [SlotSet("who", current_call().contact)]

    actions = InProcessActions([Does(meet)])
    one, other = call(), ActionCall(**{**_fields(call()), "contact": "bruno"})
    results = await asyncio.gather(actions.run(one), actions.run(other))

    assert [r.events[0]["value"] for r in results] == ["anna", "bruno"]


def test_two_actions_of_one_name_are_refused() -> None:
    with pytest.raises(SetupError, match='two actions are called "action_under_test"'):
        InProcessActions([Does(print), Does(print)])


async def test_an_action_that_never_returns_holds_up_neither_patients_nor_the_end() -> None:
    go_on = threading.Event()

    def hang(dispatcher: Any, tracker: Any) -> list[Any]:
        go_on.wait()
        return []

    try:
        actions = InProcessActions([DoesInThread(hang)], time_limit=0.01)
        results = [await actions.run(call()) for _ in range(33)]
        threads = {thread.daemon for thread in threading.enumerate() if thread.name == "action"}
    finally:
        go_on.set()

    assert results == [ActionResult(failed="timeout")] * 32 + [ActionResult(failed="busy")]
    assert threads == {True}


async def test_an_action_that_will_not_be_cancelled_is_left_alone() -> None:
    go_on = asyncio.Event()

    async def cling(dispatcher: Any, tracker: Any) -> list[Any]:
        while not go_on.is_set():
            with suppress(asyncio.CancelledError):
                await go_on.wait()
        return []

    result = await InProcessActions([Does(cling)], time_limit=0.01).run(call())
    go_on.set()

    assert result == ActionResult(failed="timeout")


@pytest.mark.parametrize("kind", [Does, DoesInThread])
@pytest.mark.parametrize(
    "raised", [SystemExit(3), KeyboardInterrupt(), asyncio.CancelledError(), TimeoutError(), StopIteration()]
)
async def test_an_action_cannot_end_the_program(kind: type[Does], raised: BaseException) -> None:
    def leave(dispatcher: Any, tracker: Any) -> list[Any]:
        raise raised

    assert await InProcessActions([kind(leave)]).run(call()) == ActionResult(failed="exception")


async def test_a_form_class_of_rasa_leaves_no_notes() -> None:
    result = await InProcessActions(
        [Does(lambda dispatcher, tracker: [SlotSet("requested_slot", "phone"), SlotSet("phone", "1")])]
    ).run(call())

    assert [event["name"] for event in result.events] == ["phone"]


async def test_every_event_of_rasa_arrives() -> None:
    """As rasa-sdk writes them; which of them mean something is for the engine to say."""
    made = [
        events.SlotSet("a", 1),
        events.AllSlotsReset(),
        events.FollowupAction("action_x"),
        events.BotUttered("hello"),
        events.ConversationPaused(),
        events.ConversationResumed(),
        events.Restarted(),
        events.SessionStarted(),
        events.ReminderScheduled("call_back", AT),
        events.ReminderCancelled(),
        events.ActionExecuted("action_x"),
        events.UserUttered("hello"),
        events.AgentUttered("hello"),
        events.StoryExported(),
        events.UserUtteranceReverted(),
        events.ActionReverted(),
        events.ActiveLoop("form"),
        events.LoopInterrupted(True),
        events.ActionExecutionRejected("action_x"),
    ]
    result = await InProcessActions([Does(lambda dispatcher, tracker: made)]).run(call())

    assert result == ActionResult(events=tuple(made))
    assert [event["event"] for event in result.events] == [
        *("slot", "reset_slots", "followup", "bot", "pause", "resume", "restart", "session_started"),
        *("reminder", "cancel_reminder", "action", "user", "agent", "export", "rewind", "undo"),
        *("active_loop", "loop_interrupted", "action_execution_rejected"),
    ]


def _fields(made: ActionCall) -> dict[str, Any]:
    return {name: getattr(made, name) for name in made.__dataclass_fields__}
