"""Visits from the desk: staff find an opening, keep it while the patient thinks, book, move and cancel.

It is the assistant's own code that does it (`ports.PracticeSystem`): the same openings, the same holds, the
same locks. What is written in the diary and what the patient is told are one transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from bot.domain.deeds import VisitChange
from bot.domain.diary import Appointment, AppointmentStatus, Hold, Opening, PatientDetails, Wish
from bot.domain.offer_reasons import reason_of
from bot.domain.openings import place_of
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime
from bot.errors import PolicyRefused, VisitChanged
from bot.ports import Booking, Clock, PracticeSystem
from bot.service.inbox.desk import Desk
from bot.service.turns.facts import day_in_words

OFFERED = 8

_OFFER = {
    "en": "I can offer you: {what}, {when}, with {who}. I'm keeping this time for you until {until}."
    " Shall I book it?",
    "it": "Le posso proporre: {what}, {when}, con {who}. Tengo l'orario per Lei fino alle {until}."
    " Lo prenoto?",
    "ru": "Могу предложить: {what}, {when}, врач – {who}. Держу это время для вас до {until}. Записать вас?",
}
_BOOKED = {
    "en": "You're booked: {what}, {when}, with {who}.\n{place}\n"
    "If you need to change or cancel, just write to us here.",
    "it": "Prenotato: {what}, {when}, con {who}.\n{place}\nPer spostare o disdire, ci scriva qui.",
    "ru": "Вы записаны: {what}, {when}, врач – {who}.\n{place}\n"
    "Чтобы перенести или отменить, просто напишите нам здесь.",
}
_MOVED = {
    "en": "Your visit has moved to {when}, with {who}.\n{place}",
    "it": "La visita è spostata: {when}, con {who}.\n{place}",
    "ru": "Приём перенесён: {when}, врач – {who}.\n{place}",
}
_CANCELLED = {
    "en": "Your visit is cancelled: {what}, {when}. Write to us here whenever you need a new time.",
    "it": "La visita è disdetta: {what}, {when}. Quando Le serve un altro orario, ci scriva qui.",
    "ru": "Приём отменён: {what}, {when}. Когда понадобится новое время, напишите нам здесь.",
}
_TOLD = {
    VisitChange.BOOKED: _BOOKED,
    VisitChange.MOVED: _MOVED,
    VisitChange.CANCELLED: _CANCELLED,
}
_WHEN = {"en": "{day} at {time}", "it": "{day} alle {time}", "ru": "{day}, {time}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningView:
    """An opening, or the time of a visit. `ref` names it; instants are UTC."""

    ref: str
    start: datetime
    end: datetime
    practitioner: str  # id
    visit_type: str  # id
    #: Of an offer: a word of bot.domain.offer_reasons.Reason; None as wished. No part of what the opening is.
    why: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldView:
    """An opening that is kept for this patient. `text` offers it, in their language."""

    opening: OpeningView
    until: datetime
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitView:
    """A booked visit of this contact."""

    id: str
    opening: OpeningView
    confirmed: bool = False  # the patient has said that they come


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitsView:
    """What this contact has in the diary, by start."""

    visits: tuple[VisitView, ...] = ()
    held: tuple[HeldView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Who asks for a change, and under which name: the same `key` twice is one change. With `tells` false the
    patient is not written to (the channel no longer lets us)."""

    conversation: str
    who: str
    key: str
    tells: bool = True

    @property
    def change(self) -> str:
        """The same for the diary: two patients never share one, whatever their browsers make up."""
        return f"desk {self.conversation} {self.key}"


class VisitDesk:
    """One practice's diary, from the desk. Raises what PracticeSystem and Desk raise."""

    def __init__(self, practice: Practice, system: PracticeSystem, *, desk: Desk, clock: Clock) -> None:
        self._practice = practice
        self._system = system
        self._desk = desk
        self._clock = clock
        self._time = PracticeTime(practice.time_zone)

    async def openings(
        self,
        *,
        visit_type: str,
        practitioner: str | None = None,
        not_before: date | None = None,
        instead_of: str | None = None,
    ) -> tuple[OpeningView, ...]:
        """The best free ones, by start; for a visit that is to be moved, its own time counts as free."""
        wish = Wish(
            visit_type=visit_type, practitioner=practitioner, not_before=not_before, instead_of=instead_of
        )
        found = await self._system.find_openings(wish, at=self._clock.now(), limit=OFFERED)
        return tuple(
            replace(_view(one), why=reason_of(self._practice, one, wish, is_first=one == found[0]))
            for one in found
        )

    async def visits(self, conversation: str) -> VisitsView:
        """Raises UnknownConversation."""
        language = (await self._desk.conversation(conversation)).language
        at = self._clock.now()
        booked = await self._system.appointments_of(contact=conversation, at=at)
        held = []
        horizon = at + self._practice.horizon + timedelta(days=2)
        for row in await self._system.appointments(start=at, end=horizon, at=at):
            if row.status is AppointmentStatus.HELD:
                hold = await self._system.current_hold(contact=conversation, opening=row.opening, at=at)
                if hold is not None:
                    held.append(self._held(hold, language))
        return VisitsView(
            visits=tuple(
                VisitView(id=one.id, opening=_view(one.opening), confirmed=one.confirmed_at is not None)
                for one in booked
            ),
            held=tuple(held),
        )

    async def hold(self, conversation: str, ref: str, *, key: str, instead_of: str | None = None) -> HeldView:
        """Keep an opening for this patient, perhaps for a visit of theirs that is to be moved. Raises
        VisitChanged, OpeningTaken, PolicyRefused, Unavailable."""
        if instead_of is not None:
            await self._visit(conversation, instead_of)
        language = (await self._desk.conversation(conversation)).language
        order = Order(conversation=conversation, who="", key=key)
        hold = await self._keep(order, _opening(ref), instead_of=instead_of)
        return self._held(hold, language)

    async def release(self, conversation: str) -> None:
        await self._desk.conversation(conversation)
        await self._system.release(contact=conversation, at=self._clock.now())

    async def book(self, order: Order, ref: str, patient: PatientDetails) -> None:
        """A hold that ran out is taken again first. Raises OpeningTaken, PolicyRefused, HoldExpired."""
        at = self._clock.now()
        hold = await self._booked_already(order, ref) or await self._keep(order, _opening(ref))
        booking = await self._system.book(hold, patient, key=order.change, at=at)
        await self._settle(order, booking, VisitChange.BOOKED, hold.opening)

    async def move(self, order: Order, visit: str, ref: str) -> None:
        """Raises VisitChanged, OpeningTaken, PolicyRefused, HoldExpired."""
        at = self._clock.now()
        seen = await self._visit(order.conversation, visit)
        if seen.opening.ref == ref:
            return  # it has been moved there
        hold = await self._keep(order, _opening(ref), instead_of=seen.id)
        booking = await self._system.reschedule(seen, hold, key=order.change, at=at)
        await self._settle(order, booking, VisitChange.MOVED, hold.opening)

    async def cancel(self, order: Order, visit: str) -> None:
        """Raises VisitChanged."""
        seen = await self._visit(order.conversation, visit)
        booking = await self._system.cancel(seen, None, key=order.change, at=self._clock.now())
        await self._settle(order, booking, VisitChange.CANCELLED, seen.opening)

    async def _keep(self, order: Order, opening: Opening, *, instead_of: str | None = None) -> Hold:
        at, contact = self._clock.now(), order.conversation
        current = await self._system.current_hold(contact=contact, opening=opening, at=at)
        return current or await self._system.hold(
            opening, contact=contact, key=f"{order.change} hold", at=at, instead_of=instead_of
        )

    async def _booked_already(self, order: Order, ref: str) -> Hold | None:
        """The hold that a visit of this contact was before: of a booking that is sent once more."""
        await self._desk.conversation(order.conversation)
        at = self._clock.now()
        for one in await self._system.appointments_of(contact=order.conversation, at=at):
            if one.opening.ref == ref:
                return Hold(id=one.id, opening=one.opening, contact=order.conversation, until=at)
        return None

    async def _visit(self, conversation: str, visit: str) -> Appointment:
        """Only ever one of this contact's own."""
        await self._desk.conversation(conversation)
        for one in await self._system.appointments_of(contact=conversation, at=self._clock.now()):
            if one.id == visit:
                return one
        raise VisitChanged("the visit was moved or cancelled meanwhile; look it up again")

    async def _settle(self, order: Order, booking: Booking, done: VisitChange, opening: Opening) -> None:
        language = (await self._desk.conversation(order.conversation)).language
        await self._desk.change_visits(
            order.conversation,
            () if booking.write is None else (booking.write,),
            done=done,
            text=self._said(_TOLD[done], opening, language) if order.tells else None,
            who=order.who,
            client_message_id=order.key,
        )

    def _held(self, hold: Hold, language: str) -> HeldView:
        until = self._time.wall(hold.until)
        text = self._said(_OFFER, hold.opening, language, until=f"{until:%H:%M}")
        return HeldView(opening=_view(hold.opening), until=hold.until, text=text)

    def _said(self, texts: Mapping[str, str], opening: Opening, language: str, **more: str) -> str:
        spoken = language if language in texts else self._practice.languages[0]
        spoken = spoken if spoken in texts else "en"
        start = self._time.wall(opening.start)
        visit_type = self._practice.visit_type(opening.visit_type)
        practitioner = self._practice.practitioner(opening.practitioner)
        return texts[spoken].format(
            what=visit_type.name(spoken) if visit_type else "",
            who=practitioner.name if practitioner else self._practice.name,
            when=_WHEN[spoken].format(day=day_in_words(start.date(), spoken), time=f"{start:%H:%M}"),
            place=place_of(self._practice, opening),
            **more,
        )


def _opening(ref: str) -> Opening:
    try:
        return Opening.parse_ref(ref)
    except ValueError as error:
        raise PolicyRefused("this is no opening; offer those that the diary gives") from error


def _view(opening: Opening) -> OpeningView:
    return OpeningView(
        ref=opening.ref,
        start=opening.start,
        end=opening.end,
        practitioner=opening.practitioner,
        visit_type=opening.visit_type,
    )
