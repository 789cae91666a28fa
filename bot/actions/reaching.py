"""Where a patient wants to be reminded: what is possible here, and their word kept."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Protocol

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker

from bot.actions.desk import Event, NamedAction, set_slots
from bot.actions.turn import current_call
from bot.domain.channels import EMAIL, SMS, accounts_of
from bot.domain.outreach import BY_PHONE
from bot.domain.practice import Practice

#: How each is named in "from now on we remind you ...".
_WORDS: Mapping[str, Mapping[str, str]] = {
    SMS: {
        "en": "by text message to {address}",
        "it": "con un SMS al {address}",
        "ru": "по СМС на номер {address}",
    },
    EMAIL: {
        "en": "by e-mail to {address}",
        "it": "con un'e-mail a {address}",
        "ru": "по электронной почте {address}",
    },
    BY_PHONE: {"en": "by telephone", "it": "per telefono", "ru": "по телефону"},
}
_SHOWN = 3  # digits of a number


class Chooses(Protocol):
    async def choose(self, contact: str, channel: str, *, address: str | None, at: datetime) -> None:
        """Keeps it; the same again changes nothing."""


class CheckReminders(NamedAction):
    """Whether reminders may come as the patient wishes, and what is still to be asked for it."""

    called: ClassVar[str] = "action_check_reminders"

    def __init__(self, practice: Practice) -> None:
        self._accounts = accounts_of(practice)

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        call = current_call()
        wished = str(tracker.get_slot("reminders_by"))
        if wished in ("here", call.channel):
            return set_slots(reminders_result="here")
        address = _address(wished, tracker, call.phone)
        if wished != BY_PHONE and (wished not in (SMS, EMAIL) or wished not in self._accounts):
            return set_slots(reminders_result="impossible")
        if wished != BY_PHONE and not address:
            return set_slots(reminders_result="needs_email" if wished == EMAIL else "needs_phone")
        words = _WORDS[wished].get(call.language, _WORDS[wished]["en"])
        where = words.format(address=address if wished == EMAIL else _end(address))
        return set_slots(reminders_result="possible", reminders_where=where)


class NoteReminders(NamedAction):
    called: ClassVar[str] = "action_note_reminders"

    def __init__(self, chooses: Chooses) -> None:
        self._chooses = chooses

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        call = current_call()
        wished = str(tracker.get_slot("reminders_by"))
        elsewhere = wished in (SMS, EMAIL) and wished != call.channel
        await self._chooses.choose(
            call.contact,
            call.channel if wished == "here" else wished,
            address=_address(wished, tracker, call.phone) if elsewhere else None,
            at=call.at,
        )
        return set_slots(reminders_noted="noted")


def _address(wished: str, tracker: Tracker, phone: str | None) -> str | None:
    found = tracker.get_slot("reminders_email") if wished == EMAIL else tracker.get_slot("reminders_phone")
    return str(found) if found else phone if wished == SMS else None


def _end(number: str | None) -> str:
    """Enough to recognise one's own number by."""
    return f"…{number[-_SHOWN:]}" if number else ""


def reaching_actions(practice: Practice, chooses: Chooses) -> list[Action]:
    return [CheckReminders(practice), NoteReminders(chooses)]


def reaching_action_names() -> frozenset[str]:
    """What content may declare."""
    return frozenset({CheckReminders.called, NoteReminders.called})
