"""What reaches the engine. Every wait of the engine ends in one of these."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.dialogue.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientWrote:
    """A turn of the patient: what was said, and the commands that it was understood as.

    `facts` are slots that the practice fills by itself (practice_name, privacy_url ...): set before anything
    runs, without slot events. `at` is aware UTC and comes from the service's clock.
    `latest_message` goes to actions as Rasa's tracker.latest_message (text, intent, entities, metadata).
    """

    at: datetime
    text: str
    commands: tuple[Command, ...]
    channel: str
    language: str | None = None  # switches the conversation's language when set
    facts: Mapping[str, Any] = field(default_factory=dict)
    latest_message: Mapping[str, Any] = field(default_factory=dict)
    queued: bool = False  # waits for a person whom nobody is yet
    hears_facts: bool = False  # the assistant may tell facts meanwhile
    comes_back: bool = False  # would rather go on with the assistant than wait, and says with what
    keeps_request: bool = False  # and a person still answers what they were called for


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionReturned:
    """The result of the RunAction effect with the same `call`. `failed` says why there is none."""

    at: datetime
    call: int
    events: tuple[Mapping[str, Any], ...] = ()
    responses: tuple[Mapping[str, Any], ...] = ()
    failed: str | None = None  # "exception" | "timeout" | "malformed"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedBack:
    """Nobody else has the conversation any more: say that it is the assistant again, ask what was waiting."""

    at: datetime
    channel: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    by_patient: bool = False  # who waited goes on with the assistant instead
    arranged: bool = False  # staff booked or moved a visit meanwhile: nothing of it is left to be asked


Event = PatientWrote | ActionReturned | HandedBack
