"""Visits from the inbox: openings, holds, booking, moving, cancelling; and the diary beside it all."""

from datetime import date
from typing import Any

import phonenumbers
import pydantic
from aiohttp import web

from bot.domain.diary import PatientDetails
from bot.domain.practice import Practice
from bot.errors import BookingError
from bot.service.inbox.desk import Observer
from bot.service.inbox.visits import Order, VisitDesk
from bot.web.access import SESSION, Handler, answer, refuse
from bot.web.bodies import MESSAGE_ID, Strict, read


class _Hold(Strict):
    opening: str = pydantic.Field(max_length=200)
    key: str = pydantic.Field(pattern=MESSAGE_ID)
    instead_of: str | None = pydantic.Field(default=None, max_length=100)  # a visit that is to be moved


class _Change(Strict):
    """`tells`: the patient hears of it, in the conversation."""

    client_message_id: str = pydantic.Field(pattern=MESSAGE_ID)
    tells: bool = True


class _Book(_Change):
    opening: str = pydantic.Field(max_length=200)
    name: str = pydantic.Field(min_length=2, max_length=120)
    phone: str = pydantic.Field(default="", max_length=40)
    birth_date: date | None = pydantic.Field(default=None, strict=False)


class _Move(_Change):
    visit: str = pydantic.Field(max_length=100)
    opening: str = pydantic.Field(max_length=200)


class _Cancel(_Change):
    visit: str = pydantic.Field(max_length=100)


class InboxVisits:
    """The handlers; `refusals` turns what the diary refuses into {"error": "booking_taken"} and so on."""

    def __init__(self, visits: VisitDesk, observer: Observer, practice: Practice) -> None:
        self._visits = visits
        self._observer = observer
        self._practice = practice

    def handlers(self) -> dict[str, Handler]:
        conversation = "/inbox/conversations/{id}"
        return {
            "GET /inbox/diary": self.diary,
            "GET /inbox/openings": self.openings,
            f"GET {conversation}/visits": self.show,
            f"POST {conversation}/hold": self.hold,
            f"POST {conversation}/release": self.release,
            f"POST {conversation}/book": self.book,
            f"POST {conversation}/move": self.move,
            f"POST {conversation}/cancel": self.cancel,
        }

    async def diary(self, request: web.Request) -> web.Response:
        return answer(await self._observer.diary())

    async def openings(self, request: web.Request) -> web.Response:
        """?visit_type=ID, and if wanted &practitioner=ID &from=YYYY-MM-DD &instead_of=VISIT"""
        asked = request.query
        try:
            first = date.fromisoformat(asked["from"]) if asked.get("from") else None
        except ValueError:
            return refuse(400, "malformed")
        found = await self._visits.openings(
            visit_type=asked.get("visit_type", ""),
            practitioner=asked.get("practitioner") or None,
            not_before=first,
            instead_of=asked.get("instead_of") or None,
        )
        return answer(found)

    async def show(self, request: web.Request) -> web.Response:
        return answer(await self._visits.visits(request.match_info["id"]))

    async def hold(self, request: web.Request) -> web.Response:
        given = await read(request, _Hold)
        held = await self._visits.hold(
            request.match_info["id"], given.opening, key=given.key, instead_of=given.instead_of
        )
        return answer(held)

    async def release(self, request: web.Request) -> web.Response:
        await self._visits.release(request.match_info["id"])
        return await self.show(request)

    async def book(self, request: web.Request) -> web.Response:
        given = await read(request, _Book)
        phone = self._phone(given.phone)
        if given.phone.strip() and phone is None:
            return refuse(400, "bad_phone")
        patient = PatientDetails(name=given.name.strip(), phone=phone, birth_date=given.birth_date)
        await self._visits.book(_order(request, given), given.opening, patient)
        return await self.show(request)

    async def move(self, request: web.Request) -> web.Response:
        given = await read(request, _Move)
        await self._visits.move(_order(request, given), given.visit, given.opening)
        return await self.show(request)

    async def cancel(self, request: web.Request) -> web.Response:
        given = await read(request, _Cancel)
        await self._visits.cancel(_order(request, given), given.visit)
        return await self.show(request)

    def _phone(self, given: str) -> str | None:
        """E.164, read as people of the practice's country write it."""
        try:
            number = phonenumbers.parse(given, self._practice.country)
        except phonenumbers.NumberParseException:
            return None
        if not phonenumbers.is_possible_number(number):
            return None
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def refused_booking(error: BookingError) -> web.Response:
    return refuse(409, f"booking_{error.outcome}")


def diary_facts(practice: Practice, language: str) -> dict[str, Any]:
    """What the page must know of the practice to draw its diary and to offer its visits."""
    return {
        "practitioners": [
            {
                "id": practitioner.id,
                "name": practitioner.name,
                "visit_types": list(practitioner.visit_types),
                "shifts": [
                    {
                        "weekday": shift.weekday,
                        "start": shift.start.hour * 60 + shift.start.minute,
                        "end": shift.end.hour * 60 + shift.end.minute,
                    }
                    for shift in practitioner.shifts
                ],
            }
            for practitioner in practice.practitioners
        ],
        "visit_types": {visit_type.id: visit_type.name(language) for visit_type in practice.visit_types},
        "closed_days": sorted(day.isoformat() for day in practice.closed_days),
        "wants_birth_date": practice.wants_birth_date,
    }


def _order(request: web.Request, given: _Change) -> Order:
    return Order(
        conversation=request.match_info["id"],
        who=request[SESSION].who,
        key=given.client_message_id,
        tells=given.tells,
    )
