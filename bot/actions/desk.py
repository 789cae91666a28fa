"""What all booking actions share: the practice, its diary, and the reading of a patient's answers."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, ClassVar

from rasa_sdk.events import SlotSet
from rasa_sdk.interfaces import Action

from bot.actions.turn import current_call
from bot.domain.diary import Opening, Wish
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime
from bot.ports import PracticeSystem
from nlu.understanding import REFUSED

Event = dict[str, Any]

NOON = time(13)
ANYBODY = "anybody"
#: What the choices under the question for a day stand for.
_PARTS: Mapping[str, tuple[time, time]] = {"morning": (time(), NOON), "afternoon": (NOON, time(23, 59))}


class NamedAction(Action):  # type: ignore[misc]  # rasa_sdk is untyped
    """Its name is what domains declare."""

    called: ClassVar[str]

    def name(self) -> str:
        return self.called


class DeskAction(NamedAction):
    """An action of the front desk."""

    def __init__(self, practice: Practice, diary: PracticeSystem) -> None:
        self.practice = practice
        self.diary = diary
        self.clock = PracticeTime(practice.time_zone)

    def wall_now(self) -> datetime:
        return self.clock.wall(current_call().at)


def set_slots(**slots: Any) -> list[Event]:
    return [SlotSet(name, value) for name, value in slots.items()]


def read_opening(ref: object) -> Opening | None:
    """None for whatever is no reference to an opening."""
    try:
        return Opening.parse_ref(ref) if isinstance(ref, str) else None
    except ValueError:
        return None


def read_practitioner(slot: object) -> str | None:
    """The slot `practitioner`: an id, or the word for whoever is free."""
    is_named = isinstance(slot, str) and slot != ANYBODY and not slot.startswith(REFUSED)
    return slot if isinstance(slot, str) and is_named else None


def read_refused(slot: object) -> str | None:
    """The slot `practitioner`, where it tells with whom the patient does not want to be: that one's id."""
    return slot.removeprefix(REFUSED) if isinstance(slot, str) and slot.startswith(REFUSED) else None


def read_wish(slot: object, *, visit_type: str, practitioner: str | None) -> Wish:
    """The slot `wish`: as understood (windows, part, asap), or the word that a choice carries.

    A window without an end is a point in time: it becomes the minute that begins there.
    """
    if isinstance(slot, str):
        return Wish(visit_type=visit_type, part=_PARTS.get(slot), practitioner=practitioner)
    if not isinstance(slot, Mapping):
        return Wish(visit_type=visit_type, practitioner=practitioner)
    part = slot.get("part")
    return Wish(
        visit_type=visit_type,
        windows=tuple(_window(window) for window in slot.get("windows") or () if window[0]),
        part=(time.fromisoformat(part[0]), time.fromisoformat(part[1])) if part else None,
        practitioner=practitioner,
    )


def _window(window: list[str | None]) -> tuple[datetime, datetime]:
    start = datetime.fromisoformat(str(window[0]))
    end = datetime.fromisoformat(window[1]) if window[1] else start
    return start, max(end, start + timedelta(minutes=1))
