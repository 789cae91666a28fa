"""Runs rasa-sdk actions inside this process: `bot.ports.Actions`. Never raises for what they do."""

import asyncio
import copy
import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker

from bot.actions.turn import running
from bot.errors import SetupError
from bot.ports import ActionCall, ActionResult

log = structlog.get_logger(__name__)


class InProcessActions:
    """An explicit list of actions, each run with a time limit: coroutines on the loop, the rest in a thread.

    A thread cannot be stopped: an overdue synchronous action goes on, but nothing it does counts any more.
    """

    def __init__(self, actions: Sequence[Action], *, time_limit: float = 10.0) -> None:
        self._actions: dict[str, Action] = {}
        self._time_limit = time_limit
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
            log.error("action_missing", action=call.name, remedy="add it to the list of actions in bootstrap")
            return ActionResult(failed="exception")
        with running(call) as writes:
            dispatcher = CollectingDispatcher()
            try:
                async with asyncio.timeout(self._time_limit):
                    events = await _run(action, dispatcher, call)
            except TimeoutError:
                log.warning("action_overdue", action=call.name, seconds=self._time_limit)
                return ActionResult(failed="timeout")
            except Exception as error:  # an action is a stranger's code: the flow answers for it
                log.error("action_failed", action=call.name, error=type(error).__name__)
                return ActionResult(failed="exception")
        if not _are_events(events):
            log.error("action_malformed", action=call.name, remedy="run() must return a list of events")
            return ActionResult(failed="malformed")
        return ActionResult(events=tuple(events), responses=tuple(dispatcher.messages), writes=tuple(writes))


async def _run(action: Action, dispatcher: CollectingDispatcher, call: ActionCall) -> Any:
    # The call may be kept in the turn's ledger: an action that edits its slots must not edit the record.
    slots = copy.deepcopy(dict(call.tracker.get("slots") or {}))
    tracker = Tracker.from_dict({"sender_id": call.contact, **call.tracker, "slots": slots})
    domain: dict[str, Any] = dict(call.tracker.get("domain") or {})
    if inspect.iscoroutinefunction(action.run):
        return await action.run(dispatcher, tracker, domain)
    returned = await asyncio.to_thread(action.run, dispatcher, tracker, domain)
    return await returned if inspect.isawaitable(returned) else returned


def _are_events(returned: object) -> bool:
    return isinstance(returned, list) and all(
        isinstance(event, Mapping) and isinstance(event.get("event"), str) for event in returned
    )
