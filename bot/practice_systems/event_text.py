"""What staff read in a calendar event that the desk writes, whichever calendar it is."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.outside import VisitRequest


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
