"""A hand-off: a patient who waits for a person, from the queue to its outcome."""

from datetime import timedelta
from enum import StrEnum

#: A person who wrote this recently deals with an emergency better than a fixed text.
JUST_NOW = timedelta(minutes=2)


class Outcome(StrEnum):
    """What a hand-off came to. Every one has an outcome in the end."""

    ANSWERED = "answered"  # a person wrote, and it is settled
    PHONED = "phoned"  # settled on the telephone
    NO_REPLY_NEEDED = "no_reply_needed"
    RETURNED = "returned"  # staff gave the conversation back to the assistant
    WENT_ON = "went_on"  # the patient went on with the assistant instead
