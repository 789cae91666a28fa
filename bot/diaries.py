"""Opening a practice's diary: its own, one of requests, or one that is kept elsewhere. Part of the wiring."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import aiohttp

from bot.domain.diary import Appointment, AppointmentStatus
from bot.domain.practice import Practice
from bot.errors import SetupError
from bot.ports import PracticeSystem
from bot.practice_systems.embedded import EmbeddedDiary
from bot.practice_systems.misset import refuse_misset
from bot.practice_systems.outside_diary import OutsideDiary
from bot.practice_systems.registry import OURS, open_system
from bot.practice_systems.requests import RequestsDiary
from bot.service.following import Tell
from bot.service.inbox.requests import Languages, Notices
from bot.service.visit_news import visit_news
from bot.storage.diary.book import SqlDiary
from bot.storage.diary.outside import SqlOutsideBook
from bot.storage.engine.database import Database


@dataclass(frozen=True, kw_only=True)
class Diaries:
    """What patients book in; what staff book in from the inbox, which is final; and, where the diary is kept
    elsewhere, what keeps up with it."""

    of_patients: PracticeSystem
    of_staff: PracticeSystem
    outside: OutsideDiary | None = None

    @property
    def takes_requests(self) -> bool:
        return isinstance(self.of_patients, RequestsDiary)


def open_diaries(
    practice: Practice,
    *,
    database: Database,
    store: SqlDiary,
    http: aiohttp.ClientSession | None,
    now: Callable[[], datetime],
) -> Diaries:
    """Asks nothing of another system yet. Raises SetupError for what practice.yml says wrongly."""
    settings = practice.system
    if settings is not None and settings.kind in OURS:
        refuse_misset(settings)
    if settings is None or settings.kind == "embedded":
        embedded = EmbeddedDiary(practice, store)
        return Diaries(of_patients=embedded, of_staff=embedded)
    if settings.kind == "requests":
        # Brings a library of calendars along, which others need not load.
        from bot.practice_systems.feeds import PublishedCalendar

        calendars = {
            who: PublishedCalendar(_session(http), url, zone=practice.time_zone)
            for who, url in settings.practitioners.items()
        }
        requests = RequestsDiary(practice, store, calendars=calendars, now=now)
        return Diaries(of_patients=requests, of_staff=EmbeddedDiary(practice, store))
    system = open_system(settings, practice=practice, http=_session(http), now=now)
    book = SqlOutsideBook(database, practice.id, store, system=system.name)
    outside = OutsideDiary(practice, system, settings=settings, store=store, book=book, now=now)
    return Diaries(of_patients=outside, of_staff=outside, outside=outside)


async def refuse_what_cannot_open(practice: Practice, *, now: Callable[[], datetime]) -> None:
    """Opens what practice.yml names and closes it again; nothing is asked of it. Raises SetupError."""
    settings = practice.system
    if settings is None:
        return
    if settings.kind in OURS:
        refuse_misset(settings)
        return
    async with aiohttp.ClientSession() as http:
        await open_system(settings, practice=practice, http=http, now=now).close()


def telling(practice: Practice, notices: Notices, languages: Languages) -> Tell:
    """Tells a patient in their conversation what staff did with a visit in the practice's own software."""

    async def tell(contact: str, before: Appointment, now: Appointment) -> None:
        text = visit_news(practice, before, now, language=await languages.language_of(contact))
        state = "gone" if now.status is AppointmentStatus.CANCELLED else now.opening.ref
        await notices.tell(contact, text, key=f"elsewhere {now.id} {state}", who=practice.name)

    return tell


def _session(http: aiohttp.ClientSession | None) -> aiohttp.ClientSession:
    if http is None:
        raise SetupError("this command does not reach the practice's own software; run it with the server")
    return http
