"""From what stands in practice.yml about the diary to what it means."""

from datetime import timedelta
from itertools import chain

from bot.domain.outside import SystemSettings
from bot.domain.practice import Exceptional, Practitioner, Room, Shift, Site, VisitType, Weeks
from bot.settings.diary_entries import (
    ExceptionEntry,
    HoursEntry,
    PlaceEntry,
    PractitionerEntry,
    RoomEntry,
    SiteEntry,
    SystemEntry,
    VisitTypeEntry,
)


def practitioner(entry: PractitionerEntry) -> Practitioner:
    return Practitioner(
        id=entry.id,
        name=entry.name,
        does=entry.does,
        shifts=tuple(chain.from_iterable(_place(place) for place in (entry, *entry.also_at))),
        visit_types=tuple(dict.fromkeys(entry.visit_types)),
        exceptions=tuple(_exceptional(one) for one in entry.exceptions),
        kept_free=shifts(entry.kept_free) if entry.kept_free else (),
    )


def shifts(hours: HoursEntry, *, site: str | None = None, weeks: Weeks = Weeks.EVERY) -> tuple[Shift, ...]:
    return tuple(
        Shift(weekday=weekday, start=start, end=end, site=site, weeks=weeks)
        for weekday, name in enumerate(HoursEntry.model_fields)
        for start, end in sorted(getattr(hours, name))
    )


def visit_type(entry: VisitTypeEntry) -> VisitType:
    return VisitType(
        id=entry.id,
        names=entry.names,
        words={language: tuple(words) for language, words in entry.words.items()},
        duration=timedelta(minutes=entry.duration_minutes),
        buffer_before=timedelta(minutes=entry.buffer_before_minutes),
        buffer_after=timedelta(minutes=entry.buffer_after_minutes),
        lead=timedelta(minutes=entry.lead_minutes),
        for_new_patients=entry.for_new_patients,
        price_from=entry.price_from,
        rooms=tuple(dict.fromkeys(entry.rooms)),
        per_day=entry.per_day,
        urgent=entry.urgent,
    )


def site(entry: SiteEntry) -> Site:
    return Site(
        id=entry.id,
        name=entry.name,
        address=entry.address,
        closed_days=frozenset(entry.closed_days),
        words=tuple(entry.words),
    )


def room(entry: RoomEntry) -> Room:
    return Room(id=entry.id, name=entry.name, site=entry.site)


def system(entry: SystemEntry, *, with_secrets: bool) -> SystemSettings:
    return SystemSettings(
        kind=entry.kind,
        options=entry.options,
        secrets=entry.secrets if with_secrets else {},
        practitioners=entry.practitioners,
        visit_types=entry.visit_types,
    )


def _place(entry: PlaceEntry) -> tuple[Shift, ...]:
    return (
        *shifts(entry.hours, site=entry.site),
        *(shifts(entry.odd_weeks, site=entry.site, weeks=Weeks.ODD) if entry.odd_weeks else ()),
        *(shifts(entry.even_weeks, site=entry.site, weeks=Weeks.EVEN) if entry.even_weeks else ()),
    )


def _exceptional(entry: ExceptionEntry) -> Exceptional:
    first, last = entry.first or entry.on, entry.last or entry.on
    assert first is not None and last is not None  # bot.settings.checks
    return Exceptional(first=first, last=last, spans=tuple(sorted(entry.hours)), site=entry.site)
