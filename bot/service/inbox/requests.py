"""Requests at the desk: what patients asked for, and staff's one tap that answers.

For practices whose software nobody gets into: a request is entered there by a person, then confirmed here,
and the patient hears at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from bot.domain.diary import (
    Appointment,
    AppointmentStatus,
    CancelBooked,
    ConfirmRequested,
    DiaryWrite,
    Hold,
    Opening,
    PatientDetails,
    Wish,
)
from bot.domain.openings import place_of
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime
from bot.errors import OpeningTaken, VisitChanged
from bot.ports import Clock, DiaryStore, PracticeSystem
from bot.service.turns.facts import day_in_words

PROPOSED_FOR = timedelta(hours=24)  # for which a time that staff propose is kept
PROPOSALS = 6

_CONFIRMED = {
    "en": "Your visit is confirmed: {what}, {when}, with {who}.\n{place}",
    "it": "La visita è confermata: {what}, {when}, con {who}.\n{place}",
    "ru": "Визит подтверждён: {what}, {when}, специалист: {who}.\n{place}",
}
_REFUSED = {
    "en": "I'm sorry, the practice can't take you at that time: {what}, {when}. Write to us here and we look"
    " for another one.",
    "it": "Mi dispiace, lo studio non può riceverLa a quell'ora: {what}, {when}. Ci scriva qui e ne"
    " cerchiamo un'altra.",
    "ru": "К сожалению, клиника не может принять вас в это время: {what}, {when}. Напишите нам здесь, и мы"
    " подберём другое.",
}
_PROPOSED = {
    "en": "{when_before} doesn't work for us, I'm sorry. We can offer you {when}, with {who} ({what}), and"
    " keep it for you for a day. Does it suit you? Answer here, a person reads it.",
    "it": "{when_before} purtroppo non è possibile. Possiamo proporLe {when}, con {who} ({what}), e glielo"
    " teniamo per un giorno. Va bene? Risponda qui, La legge una persona.",
    "ru": "{when_before}, к сожалению, не получается. Можем предложить {when}, специалист: {who} ({what}), и"
    " держим это время для вас сутки. Подойдёт? Ответьте здесь, вам ответит сотрудник.",
}
_WHEN = {"en": "{day} at {time}", "it": "{day} alle {time}", "ru": "{day}, {time}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a patient asked for. `replaces`: the visit that it moves. For the eyes of staff."""

    visit: Appointment
    conversation: str
    asked_at: datetime
    patient: PatientDetails | None
    replaces: Appointment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """A visit that its patient cancelled: to be taken out of the practice's software."""

    visit: Appointment
    patient: PatientDetails | None
    at: datetime


class RequestBook(Protocol):
    """Where requests are found."""

    async def requests(self, *, at: datetime) -> Sequence[Request]:
        """Those that nobody has answered and that have not passed, the nearest visit first."""

    async def withdrawn(self, *, since: datetime, at: datetime) -> Sequence[Withdrawn]:
        """What patients cancelled since then, of visits to come, by start."""

    async def confirmed(self, *, since: datetime, at: datetime) -> Sequence[Withdrawn]:
        """What patients said since then that they come to, by start; `at` is when they said so."""


class Notices(Protocol):
    async def tell(
        self, conversation: str, text: str, *, key: str, who: str, writes: Sequence[DiaryWrite] = ()
    ) -> bool: ...


class Languages(Protocol):
    async def language_of(self, conversation: str) -> str: ...


class RequestDesk:
    """One practice's requests. `system` finds other openings."""

    def __init__(
        self,
        practice: Practice,
        system: PracticeSystem,
        *,
        store: DiaryStore,
        book: RequestBook,
        notices: Notices,
        languages: Languages,
        clock: Clock,
    ) -> None:
        self._practice = practice
        self._system = system
        self._store = store
        self._book = book
        self._notices = notices
        self._languages = languages
        self._clock = clock
        self._time = PracticeTime(practice.time_zone)

    async def waiting(self) -> Sequence[Request]:
        return await self._book.requests(at=self._clock.now())

    async def sheet(self) -> "Sheet":
        return await morning_sheet(self._practice, self._book, at=self._clock.now())

    async def confirm(self, visit: str, *, who: str) -> bool:
        """Whether the patient could be told. Raises VisitChanged when it is no request (any more)."""
        request = await self._request(visit)
        key = f"confirm {visit} {request.visit.opening.ref}"
        write = ConfirmRequested(visit=request.visit, key=key, at=self._clock.now())
        return await self._tell(request, _CONFIRMED, request.visit.opening, who=who, key=key, write=write)

    async def refuse(self, visit: str, *, who: str) -> bool:
        """Frees the time; a visit that was to be moved stays. As `confirm`."""
        request = await self._request(visit)
        key = f"refuse {visit} {request.visit.opening.ref}"
        return await self._tell(
            request, _REFUSED, request.visit.opening, who=who, key=key, write=self._refusal(request, key)
        )

    async def proposals(self, visit: str) -> tuple[Opening, ...]:
        """Other times, the nearest to what was asked for."""
        opening = (await self._request(visit)).visit.opening
        start = self._time.wall(opening.start)
        wish = Wish(
            visit_type=opening.visit_type,
            windows=((start, start + timedelta(minutes=1)),),
            practitioner=opening.practitioner,
        )
        found = await self._system.find_openings(wish, at=self._clock.now(), limit=PROPOSALS)
        return tuple(one for one in found if one != opening)

    async def propose(self, visit: str, ref: str, *, who: str) -> bool:
        """Keeps another time for the patient, in the place of the one asked for. Raises OpeningTaken."""
        request = await self._request(visit)
        at, before = self._clock.now(), request.visit.opening
        other = Opening.parse_ref(ref)
        key = f"propose {visit} {ref}"
        hold: Hold = await self._system.hold(other, contact=request.conversation, key=key, at=at)
        # As long as a patient may take to answer, not as long as a tap takes.
        kept = Hold(id=hold.id, opening=other, contact=hold.contact, until=at + PROPOSED_FOR)
        if not await self._store.keep_longer(kept, at=at):
            raise OpeningTaken("this time is taken")
        return await self._tell(
            request,
            _PROPOSED,
            other,
            who=who,
            key=key,
            write=self._refusal(request, key),
            before=before,
        )

    def _refusal(self, request: Request, key: str) -> CancelBooked:
        return CancelBooked(visit=request.visit, reason="refused", key=key, at=self._clock.now())

    async def _request(self, visit: str) -> Request:
        for request in await self.waiting():
            if request.visit.id == visit and request.visit.status is AppointmentStatus.REQUESTED:
                return request
        raise VisitChanged("this request has been answered or withdrawn; look at the list again")

    async def _tell(
        self,
        request: Request,
        texts: Mapping[str, str],
        opening: Opening,
        *,
        who: str,
        key: str,
        write: DiaryWrite,
        before: Opening | None = None,
    ) -> bool:
        language = await self._languages.language_of(request.conversation)
        spoken = language if language in texts else "en"
        visit_type = self._practice.visit_type(opening.visit_type)
        practitioner = self._practice.practitioner(opening.practitioner)
        text = texts[spoken].format(
            what=visit_type.name(spoken) if visit_type else "",
            who=practitioner.name if practitioner else self._practice.name,
            when=self._when(opening, spoken),
            when_before=_upper(self._when(before, spoken)) if before else "",
            place=place_of(self._practice, opening),
        )
        return await self._notices.tell(request.conversation, text, key=key, who=who, writes=(write,))

    def _when(self, opening: Opening, language: str) -> str:
        start = self._time.wall(opening.start)
        return _WHEN[language].format(day=day_in_words(start.date(), language), time=f"{start:%H:%M}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The morning's list, for the person who enters it."""

    at: datetime
    day: date
    requests: tuple[Request, ...]
    withdrawn: tuple[Withdrawn, ...]
    confirmed: tuple[Withdrawn, ...] = ()  # to come, and their patients have said since that they do


async def morning_sheet(practice: Practice, book: RequestBook, *, at: datetime) -> Sheet:
    """What is to be entered and taken out by hand: open requests, what was cancelled since last evening."""
    clock = PracticeTime(practice.time_zone)
    today = clock.today(at)
    evening = clock.earliest(datetime.combine(today - timedelta(days=1), time(18)))
    return Sheet(
        at=at,
        day=today,
        requests=tuple(await book.requests(at=at)),
        withdrawn=tuple(await book.withdrawn(since=evening, at=at)),
        confirmed=tuple(await book.confirmed(since=evening, at=at)),
    )


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
