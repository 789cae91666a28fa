"""What people of a practice do with conversations, as the audit trail keeps it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Deed(StrEnum):
    VIEWED = "viewed"
    SEARCHED = "searched"  # the detail says how many were found
    REVEALED = "revealed"
    SENT = "sent"
    TOOK = "took"
    TOOK_OVER = "took_over"  # from a colleague: the detail says from whom
    ASSIGNED = "assigned"
    PUT_BACK = "put_back"
    GAVE_BACK = "gave_back"
    TRIED_AGAIN = "tried_again"  # messages that had been set aside
    CLOSED = "closed"
    NOTED = "noted"
    TAGGED = "tagged"
    UNTAGGED = "untagged"
    SNOOZED = "snoozed"
    CHANGED_VISIT = "changed_visit"  # the detail is a VisitChange, where it was done in the inbox
    CALLED = "called"  # a patient of the call list; the detail says what it came to
    EXPORTED = "exported"
    ERASED = "erased"  # somebody's data, at their wish; the line does not say whose
    SIGNED_IN = "signed_in"  # the detail says how
    SIGN_IN_FAILED = "sign_in_failed"
    LOCKED_OUT = "locked_out"  # for a while, after too many failures
    SIGNED_OUT = "signed_out"
    INVITED = "invited"
    CHANGED_PERSON = "changed_person"  # their role, skills, or whether they may sign in
    CHANGED_SETTING = "changed_setting"


class VisitChange(StrEnum):
    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneBy:
    """One row of the trail."""

    number: int
    at: datetime
    by: str
    deed: Deed
    conversation: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tampering:
    """Where the trail is not as it was written."""

    number: int
    what: str  # "missing" | "changed"
