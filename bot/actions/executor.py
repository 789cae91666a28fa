"""Runs rasa-sdk actions inside this process: `bot.ports.Actions`. Never raises for what they do.

What a run comes to besides events and messages (`ActionResult.failed`): "exception", "timeout", "rejected"
(ActionExecutionRejection), "malformed" (no list of events), "too_large", "unknown" (no such action), "busy".
"""

import asyncio
import inspect
from collections.abc import Awaitable, Sequence
from typing import Any

import structlog
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, ActionExecutionRejection, Tracker

from bot.actions.answers import NoAnswer, read_answer
from bot.actions.rasa import rasa_domain, tracker_state, validated_slots
from bot.actions.threads import AllBusy, SpareThreads
from bot.actions.turn import running
from bot.dialogue.model import Assistant
from bot.errors import SetupError
from bot.ports import ActionCall, ActionResult

log = structlog.get_logger(__name__)

TIME_LIMIT = 10.0  # seconds, where content declares none


class InProcessActions:
    """An explicit list of actions, each with its time limit: coroutines on the loop, the rest in threads.

    A thread cannot be stopped: an overdue synchronous action goes on, but nothing it does counts any more.
    A coroutine must not block: while it does, no patient is answered.
    """

    def __init__(
        self,
        actions: Sequence[Action],
        *,
        assistant: Assistant | None = None,
        time_limit: float = TIME_LIMIT,
    ) -> None:
        self._actions: dict[str, Action] = {}
        self._time_limit = time_limit
        self._declared = assistant.actions if assistant else {}
        self._domain = rasa_domain(assistant) if assistant else {}
        self._validated = validated_slots(assistant) if assistant else {}
        self._threads = SpareThreads()
        self._left_alone: set[asyncio.Future[Any]] = set()
        for action in actions:
            name = action.name()
            if name in self._actions:
                raise SetupError(f'two actions are called "{name}"; rename or leave out one of them')
            self._actions[name] = action

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._actions)

    async def run(self, call: ActionCall) -> ActionResult:
        action = self._actions.get(call.name)
        if action is None:
            log.error("action_missing", action=call.name, remedy="add it to the list of actions")
            return ActionResult(failed="unknown")
        with running(call) as writes:
            result = await self._answer(action, call)
        if result.failed is not None:
            return result
        return ActionResult(events=result.events, responses=result.responses, writes=tuple(writes))

    async def _answer(self, action: Action, call: ActionCall) -> ActionResult:
        declared = self._declared.get(call.name)
        limit = declared.timeout if declared and declared.timeout is not None else self._time_limit
        dispatcher = CollectingDispatcher()
        try:
            events = await self._within(limit, self._returned(action, dispatcher, call))
            return read_answer([] if events is None else events, dispatcher.messages)
        except NoAnswer as unusable:
            remedy = "run() must return a short list of events, all of it JSON"
            log.error("action_malformed", action=call.name, reason=unusable.reason, remedy=remedy)
            return ActionResult(failed=unusable.reason)
        except ActionExecutionRejection:
            log.info("action_rejected", action=call.name)
            return ActionResult(failed="rejected")
        except _Overdue:
            log.warning("action_overdue", action=call.name, seconds=limit)
            return ActionResult(failed="timeout")
        except AllBusy:
            log.error(
                "action_not_run", action=call.name, remedy="earlier actions hang: give them time limits"
            )
            return ActionResult(failed="busy")
        except Exception as error:  # an action is a stranger's code: the flow answers for it
            log.error("action_failed", action=call.name, error=type(error).__name__)
            return ActionResult(failed="exception")

    async def _returned(self, action: Action, dispatcher: CollectingDispatcher, call: ActionCall) -> Any:
        tracker = Tracker.from_dict(tracker_state(call, validates=self._validated.get(call.name)))
        domain = dict(self._domain)
        try:
            if inspect.iscoroutinefunction(action.run):
                returned = await action.run(dispatcher, tracker, domain)
            else:
                returned = await self._threads.run(lambda: action.run(dispatcher, tracker, domain))
                returned = await returned if inspect.isawaitable(returned) else returned
            if dispatcher.is_streaming_active:
                await dispatcher.stream_end()  # as rasa-sdk does for whoever forgot it
        except (SystemExit, KeyboardInterrupt) as ended:  # out of a task, these would end the program
            raise _Left from ended
        return returned

    async def _within(self, limit: float, work: Awaitable[Any]) -> Any:
        """Waits no longer, whatever the work makes of being cancelled. Raises _Overdue."""
        task = asyncio.ensure_future(work)
        try:
            await asyncio.wait({task}, timeout=limit)
        finally:
            if not task.done():
                task.cancel()
                self._left_alone.add(task)
                task.add_done_callback(self._forget)
        if not task.done():
            raise _Overdue
        if task.cancelled():
            raise _Left
        return task.result()

    def _forget(self, task: asyncio.Future[Any]) -> None:
        self._left_alone.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that the loop does not report what no longer matters


class _Overdue(Exception):
    """The time limit has passed. An action's own TimeoutError is a failure like any other."""


class _Left(Exception):
    """An action called exit(), or let itself be cancelled: a failure like any other."""
