"""Answers to messages that the practice began: a patient who says that they come."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Protocol

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker

from bot.actions.desk import Event, set_slots
from bot.actions.turn import current_call
from bot.service.facts import day_in_words, in_a_row


class Answers(Protocol):
    async def comes(
        self, messages: str, *, contact: str, at: datetime
    ) -> tuple[str, tuple[datetime, ...]]: ...


class ConfirmVisit(Action):  # type: ignore[misc]  # rasa_sdk is untyped
    """Notes in the diary that the patient comes to the visits that the answered messages are about."""

    called: ClassVar[str] = "action_confirm_visit"

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    def name(self) -> str:
        return self.called

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        call = current_call()
        messages = tracker.get_slot("outreach")
        result, starts = await self._answers.comes(str(messages or ""), contact=call.contact, at=call.at)
        return set_slots(confirm_result=result, visit_when=_in_words(starts, call.language))


def _in_words(starts: Sequence[datetime], language: str) -> str | None:
    """ "Tuesday 3 March 10:00 and 10:30"."""
    days: dict[str, list[str]] = {}
    for start in starts:
        days.setdefault(day_in_words(start.date(), language), []).append(f"{start:%H:%M}")
    told = [f"{day}, {in_a_row(list(dict.fromkeys(times)), language)}" for day, times in days.items()]
    return in_a_row(told, language) or None


def outreach_actions(answers: Answers) -> list[Action]:
    return [ConfirmVisit(answers)]


def outreach_action_names() -> frozenset[str]:
    """What content may declare."""
    return frozenset({ConfirmVisit.called})
