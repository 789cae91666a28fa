"""The actions of a turn: each run once, its arguments and result durable before the dialogue goes on.

A re-run reads what is recorded, and recomputes nothing. Writes to the embedded diary ride in the turn's own
transaction: when the database refuses one there, the refusal is recorded as the action's result, and the turn
runs again with it.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.dialogue import Assistant, advance
from bot.dialogue.effects import RunAction
from bot.dialogue.events import ActionReturned, Event
from bot.domain.diary import DiaryWrite
from bot.domain.pipeline import InboxMessage, LedgerEntry, Snapshot
from bot.errors import BookingError, ChairsideError
from bot.ports import ActionCall, Actions, Store
from bot.service.turns.turn import Progress, as_json
from bot.service.upkeep.measures import Measures
from bot.service.upkeep.probe import Probe

_ACTIONS_A_TURN = 40


class TurnDoesNotSettle(ChairsideError):
    """The flow runs action after action and never asks or ends."""


class ActionRuns:
    """Moves a turn on, from action to action."""

    def __init__(
        self, *, store: Store, actions: Actions, probe: Probe, measures: Measures, keep_ledger: bool = True
    ) -> None:
        self._store = store
        self.actions = actions
        self._probe = probe
        self._measures = measures
        self._keep_ledger = keep_ledger  # off only in the crash test's twin

    async def advance(
        self, snapshot: Snapshot, members: Sequence[InboxMessage], progress: Progress, event: Event
    ) -> None:
        """To where the dialogue waits or ends. Raises TurnDoesNotSettle, StaleConversation, BookingError."""
        known = {entry.number: entry for entry in snapshot.begun.entries} if snapshot.begun else {}
        number = 0
        while True:
            progress.conversation, effects = advance(progress.assistant, progress.conversation, event)
            progress.effects += effects
            call = effects[-1] if effects and isinstance(effects[-1], RunAction) else None
            if call is None:
                return
            number += 1
            if number > _ACTIONS_A_TURN:
                raise TurnDoesNotSettle(call.name)
            entry = known.get(number)
            if entry is None or entry.result is None or not self._keep_ledger:
                entry = await self._perform(snapshot, members, progress, call, number, entry)
            assert entry.result is not None
            result = entry.result
            progress.outcomes.append((call.name, _outcome_of(call.name, result, progress.assistant)))
            event = ActionReturned(
                at=progress.at,
                call=call.call,
                events=tuple(result["events"]),
                responses=tuple(result["responses"]),
                failed=result["failed"],
            )

    async def _perform(
        self,
        snapshot: Snapshot,
        members: Sequence[InboxMessage],
        progress: Progress,
        call: RunAction,
        number: int,
        recorded: LedgerEntry | None,
    ) -> LedgerEntry:
        """Runs an action and makes its result durable, unless it wrote to the embedded diary: that commits
        with the turn, or before the next action."""
        await self._flush(snapshot, members, progress)
        key = recorded.key if recorded else uuid.uuid5(uuid.UUID(progress.turn), f"action {number}").hex
        if not self._keep_ledger:
            key = uuid.uuid4().hex
        self._probe.at("action")
        asked = ActionCall(
            name=call.name,
            tracker=call.tracker,
            key=key,
            contact=snapshot.contact.id,
            channel=snapshot.contact.address.channel,
            phone=snapshot.contact.address.phone,
            language=progress.conversation.language,
            at=progress.at,
            handed_back=progress.handed_back,
        )
        with self._measures.timed("action", turn=progress.turn, action=call.name):
            result = await self.actions.run(asked)
        self._probe.at("between action and commit")
        entry = LedgerEntry(
            number=number,
            action=call.name,
            key=key,
            arguments={"slots": _set_ones(call.tracker)},
            result=as_json(result),
        )
        if not self._keep_ledger:
            await self._store.write_diary(result.writes)
        elif result.writes:
            progress.writes += result.writes
            progress.riding.append(entry)
        else:
            await self._record(snapshot, members, progress, entry)
        return entry

    async def _flush(self, snapshot: Snapshot, members: Sequence[InboxMessage], progress: Progress) -> None:
        """Nothing may follow a diary write before it is durable."""
        if progress.riding:
            entry = progress.riding[-1]
            await self._record(snapshot, members, progress, entry, tuple(progress.writes))
            progress.riding.clear()
            progress.writes.clear()

    async def _record(
        self,
        snapshot: Snapshot,
        members: Sequence[InboxMessage],
        progress: Progress,
        entry: LedgerEntry,
        writes: tuple[DiaryWrite, ...] = (),
    ) -> None:
        await self._store.record(
            snapshot,
            turn=progress.turn,
            at=progress.at,
            members=[m.id for m in members],
            entry=entry,
            writes=writes,
        )

    async def refused(
        self,
        snapshot: Snapshot,
        members: Sequence[InboxMessage],
        progress: Progress,
        refusal: BookingError,
    ) -> None:
        """The database refused a staged diary write: that is what the action came to."""
        entry = progress.riding[-1]
        declared = progress.assistant.actions[entry.action].outcome
        event = {"event": "slot", "name": declared.slot, "value": refusal.outcome} if declared else None
        result = {
            "events": [event] if event else [],
            "responses": [],
            "failed": None if event else "exception",
        }
        await self._record(snapshot, members, progress, replace(entry, result=result))


def _set_ones(tracker: Mapping[str, Any]) -> dict[str, Any]:
    """Most slots are empty most of the time, and what is recorded is sealed with every action."""
    return {name: value for name, value in tracker.get("slots", {}).items() if value is not None}


def _outcome_of(action: str, result: Mapping[str, Any], assistant: Assistant) -> str:
    if result["failed"]:
        return str(result["failed"])
    declared = assistant.actions.get(action)
    slot = declared.outcome.slot if declared and declared.outcome else None
    values = [e.get("value") for e in result["events"] if slot and e.get("name") == slot]
    return str(values[-1]) if values else "done"
