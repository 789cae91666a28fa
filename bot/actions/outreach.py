"""Answers to messages that the practice began: a patient who says that they come."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Protocol

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker

from bot.actions.desk import Event, NamedAction, set_slots
from bot.actions.turn import current_call
from bot.service.turns.facts import day_in_words, in_a_row


class Answers(Protocol):
    async def comes(
        self, messages: str, *, contact: str, at: datetime
    ) -> tuple[str, tuple[datetime, ...]]: ...


class Statement(Protocol):
    """What is open for one patient; `amount` None: nothing."""

    @property
    def birth_date(self) -> date | None: ...

    @property
    def amount(self) -> str | None: ...

    @property
    def link(self) -> str | None: ...


class Statements(Protocol):
    async def statement(self, message: str, *, contact: str) -> Statement | None: ...


class ConfirmVisit(NamedAction):
    """Notes in the diary that the patient comes to the visits that the answered messages are about."""

    called: ClassVar[str] = "action_confirm_visit"

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        call = current_call()
        messages = tracker.get_slot("outreach")
        result, starts = await self._answers.comes(str(messages or ""), contact=call.contact, at=call.at)
        return set_slots(confirm_result=result, visit_when=_in_words(starts, call.language))


class ReadStatement(NamedAction):
    """What is open for the patient whom the answered message is about, once they have said when they were
    born. The third wrong date is for a person."""

    called: ClassVar[str] = "action_read_statement"
    attempts = 3

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        failures = int(tracker.get_slot("statement_failures") or 0)
        if failures >= self.attempts:
            return set_slots(statement_result="person")
        message = str(tracker.get_slot("outreach") or "").partition(" ")[0]
        statement = await self._statements.statement(message, contact=current_call().contact)
        if statement is None or statement.birth_date is None:
            return set_slots(statement_result="person")
        if str(tracker.get_slot("account_birth_date")) != statement.birth_date.isoformat():
            result = "person" if failures + 1 >= self.attempts else "wrong"
            return set_slots(statement_result=result, statement_failures=failures + 1)
        if statement.amount is None:
            return set_slots(statement_result="settled", statement_failures=0)
        return set_slots(
            statement_result="open",
            statement_amount=statement.amount,
            statement_link=statement.link,
            statement_failures=0,
        )


def _in_words(starts: Sequence[datetime], language: str) -> str | None:
    """ "Tuesday 3 March 10:00 and 10:30"."""
    days: dict[str, list[str]] = {}
    for start in starts:
        days.setdefault(day_in_words(start.date(), language), []).append(f"{start:%H:%M}")
    told = [f"{day}, {in_a_row(list(dict.fromkeys(times)), language)}" for day, times in days.items()]
    return in_a_row(told, language) or None


def outreach_actions(answers: Answers, statements: Statements) -> list[Action]:
    return [ConfirmVisit(answers), ReadStatement(statements)]


def outreach_action_names() -> frozenset[str]:
    """What content may declare."""
    return frozenset({ConfirmVisit.called, ReadStatement.called})
