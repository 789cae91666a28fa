"""What staff read in a calendar event that the desk writes, whichever calendar it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.diary import PatientDetails
from bot.domain.outside import VisitRequest

#: A line of an event's text that says whom it is for: "tel: +39 333 1234567 Anna Verdi". No other number of
#: a text is anybody's: it may be the laboratory's.
_WHO = re.compile(
    r"^\W*(?:tel|phone|mobile|cell|cellulare|telefono|тел|телефон)\b[ .:,=-]{1,3}"
    r"(?P<phone>\+?[\d ()./-]{6,24}\d)"
    r"(?P<name>[^\d\n]*)$",
    re.IGNORECASE | re.MULTILINE,
)


def who_comes(text: str) -> PatientDetails | None:
    """Of an event that staff wrote; the number as they wrote it."""
    found = _WHO.search(text)
    if found is None:
        return None
    return PatientDetails(name=found["name"].strip(" ,;-\t\r"), phone=found["phone"].strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class EventText:
    """What staff read in the calendar."""

    titles: Mapping[str, str]  # the system's visit type -> title
    note: str
    moving: str = "..."  # on the new time, for the moment that it takes to move a visit there
    names_patients: bool = False

    def title(self, request: VisitRequest) -> str:
        title = self.titles.get(request.visit_type, request.visit_type)
        return f"{title}: {request.details.name}" if self.names_patients else title

    def written(self, request: VisitRequest) -> str:
        if self.names_patients and request.details.phone:
            return f"{self.note}\n{request.details.phone}"
        return self.note
