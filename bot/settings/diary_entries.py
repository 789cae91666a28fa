"""What may stand in practice.yml about the diary: visits, who works when and where, another system."""

from typing import Annotated

from pydantic import Field

from bot.settings.kinds import (
    AccountId,
    ClosedDay,
    Entry,
    Id,
    Language,
    Minutes,
    Secret,
    Span,
    Text,
)

LONGEST_VISIT = 720  # minutes


class HoursEntry(Entry):
    """Fields in the order of datetime.weekday()."""

    monday: list[Span] = []
    tuesday: list[Span] = []
    wednesday: list[Span] = []
    thursday: list[Span] = []
    friday: list[Span] = []
    saturday: list[Span] = []
    sunday: list[Span] = []


class VisitTypeEntry(Entry):
    id: Id
    names: dict[Language, Text]
    words: dict[Language, list[Text]] = {}
    duration_minutes: Annotated[int, Field(ge=5, le=LONGEST_VISIT)]
    buffer_before_minutes: Minutes = 0
    buffer_after_minutes: Minutes = 0
    lead_minutes: Annotated[int, Field(ge=0, le=60 * 24 * 365)] = 0
    for_new_patients: bool = True
    rooms: list[Id] = []
    per_day: Annotated[int, Field(ge=1, le=1000)] | None = None
    urgent: bool = False
    price_from: Annotated[float, Field(ge=0, le=1_000_000)] | None = None


class PlaceEntry(Entry):
    """Hours at one site."""

    site: str | None = None
    hours: HoursEntry = HoursEntry()
    odd_weeks: HoursEntry | None = None
    even_weeks: HoursEntry | None = None


class ExceptionEntry(Entry):
    """One day, or all from one to another, both included; no hours are days off."""

    on: ClosedDay | None = None
    first: Annotated[ClosedDay | None, Field(alias="from")] = None
    last: Annotated[ClosedDay | None, Field(alias="to")] = None
    hours: list[Span] = []
    site: str | None = None


class PractitionerEntry(PlaceEntry):
    id: Id
    name: Text
    does: dict[Language, Text] = {}
    visit_types: list[str]
    hours: HoursEntry
    also_at: list[PlaceEntry] = []
    exceptions: list[ExceptionEntry] = []
    kept_free: HoursEntry | None = None


class SiteEntry(Entry):
    id: Id
    name: Text
    address: Text
    closed_days: list[ClosedDay] = []
    words: list[Text] = []


class RoomEntry(Entry):
    id: Id
    name: Text
    site: str | None = None


class SystemEntry(Entry):
    """Where the diary is kept, when it is not here. What the options of a kind are, its adapter knows."""

    kind: Id
    options: dict[str, str | int | float | bool] = {}
    secrets: dict[str, Secret] = {}
    practitioners: dict[str, AccountId] = {}
    visit_types: dict[str, AccountId] = {}
