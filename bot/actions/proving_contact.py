"""A visitor of the site proves a phone before anything is booked: a code goes there, and comes back typed.

Nobody knows who writes in the chat of a site. The code is made from the visit, the number and a count, so
nothing of it is stored; three codes and five wrong answers are all that one visit has, then a person helps.
"""

import hashlib
import hmac
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import phonenumbers
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from bot.actions.desk import DeskAction, Event, set_slots
from bot.actions.turn import current_call
from bot.domain.practice import Practice
from bot.ports import PracticeSystem

MOST_CODES = 3
MOST_WRONG = 5
_CODE = re.compile(r"(?<![0-9])[0-9]{3}[ -]?[0-9]{3}(?![0-9])")
_TEXTS = {
    "en": "{code} is your code for the chat with {practice}. Nobody of ours will ever ask for it by phone.",
    "it": "{code} è il Suo codice per la chat con {practice}. Nessuno glielo chiederà mai al telefono.",
    "ru": "{code} — ваш код для чата с {practice}. Мы никогда не спросим его по телефону.",
}


@dataclass(frozen=True, kw_only=True)
class Codes:
    """`send(phone, text, key)` says whether an SMS went out; the same key again is the same message."""

    secret: bytes
    country: str
    send: Callable[[str, str, str], Awaitable[bool]]

    def code(self, contact: str, phone: str, number: int) -> str:
        """Six digits; never such as would be read as a telephone number of this country."""
        for attempt in count():
            seed = f"{contact}\x1f{phone}\x1f{number}\x1f{attempt}"
            signed = hmac.new(self.secret, seed.encode(), hashlib.sha256)
            code = f"{int.from_bytes(signed.digest()[:8]) % 1_000_000:06d}"
            if not self._is_phone(code):
                return code
        raise AssertionError("count() ends")

    def _is_phone(self, code: str) -> bool:
        try:
            number = phonenumbers.parse(code, self.country)
        except phonenumbers.NumberParseException:
            return False
        return bool(phonenumbers.is_possible_number(number) and phonenumbers.is_valid_number(number))


class _ContactAction(DeskAction):
    def __init__(self, practice: Practice, diary: PracticeSystem, codes: Codes | None) -> None:
        super().__init__(practice, diary)
        self.codes = codes


class SendContactCode(_ContactAction):
    """A code to the number that the patient gave; none where that number was proved already."""

    called = "action_send_contact_code"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        call, phone = current_call(), tracker.get_slot("phone")
        if phone and tracker.get_slot("proved_phone") == phone:
            return set_slots(contact_code_result="not_needed")
        number = int(tracker.get_slot("contact_codes") or 0) + 1
        if not phone or self.codes is None:
            return set_slots(contact_code_result="error")
        if number > MOST_CODES:
            return set_slots(contact_code_result="refused")
        words = _TEXTS.get(call.language, _TEXTS["en"])
        text = words.format(code=self.codes.code(call.contact, phone, number), practice=self.practice.name)
        sent = await self.codes.send(phone, text, call.key)
        return set_slots(contact_codes=number, contact_code_result="sent" if sent else "error")


class CheckContactCode(_ContactAction):
    """Whether the code that came back is the one that went out last."""

    called = "action_check_contact_code"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        call, phone = current_call(), tracker.get_slot("phone")
        wrong = int(tracker.get_slot("contact_code_wrong") or 0)
        if self.codes is None or not phone or wrong >= MOST_WRONG:
            return set_slots(contact_check_result="locked")
        given = _CODE.search(str(tracker.get_slot("contact_code") or ""))
        asked = self.codes.code(call.contact, phone, int(tracker.get_slot("contact_codes") or 0))
        typed = re.sub(r"[ -]", "", given.group()) if given else ""
        if hmac.compare_digest(typed, asked):
            return set_slots(contact_check_result="right", proved_phone=phone)
        result = "wrong" if wrong + 1 < MOST_WRONG else "locked"
        return set_slots(contact_check_result=result, contact_code_wrong=wrong + 1)
