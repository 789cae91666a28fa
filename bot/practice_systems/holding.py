"""What every practice system does alike when it keeps an opening."""

import hashlib
from typing import Any

from bot.domain.diary import Opening
from bot.domain.openings import blocked_range, day_of, rooms_for
from bot.domain.practice import Practice


def hold_id(practice: str, contact: str, key: str) -> str:
    """The same for the same request, and the id of the visit that comes of it."""
    return "app_" + hashlib.sha256("\0".join((practice, contact, key)).encode()).hexdigest()[:32]


def hold_rules(practice: Practice, opening: Opening) -> dict[str, Any]:
    """What `DiaryStore.hold` has to know of the practice."""
    visit_type = practice.visit_type(opening.visit_type)
    per_day = visit_type.per_day if visit_type else None
    return {
        "blocked": blocked_range(practice, opening),
        "limit": practice.holds_per_contact,
        "rooms": rooms_for(practice, opening),
        "per_day": (*day_of(practice, opening), per_day) if per_day is not None else None,
    }
