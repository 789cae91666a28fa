"""What a patient hears who waits for a person and writes: facts, who answers and when, and the way back.

Told whenever something is asked for, wished or answered, and otherwise once in a while: not at each message,
and never with silence for ever. Whoever says "ok, thanks" has been told and needs no more words.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from bot.dialogue.commands import (
    CancelFlow,
    Command,
    CorrectSlots,
    HumanHandoff,
    KnowledgeAnswer,
    SetSlot,
    StaleTap,
    StartFlow,
)
from bot.dialogue.events import PatientWrote
from bot.dialogue.gist import PARTING
from bot.dialogue.state import PutOff, Waiting
from bot.dialogue.workbench import Workbench

STILL_QUEUED = "pattern_still_queued"
_TELL_AGAIN = timedelta(hours=1)
_LONG = timedelta(hours=24)

#: Answers that mean nothing but beside what was on offer.
_OF_AN_OFFER = frozenset({"why_not_then"})
#: "How long do I have to wait?" asks about the wait, not about how long a visit takes.
_THE_WAIT = re.compile(
    r"\b(wait\w*|aspett\w*|attend\w*|attes[ae]|rispond\w+|ждать|жду|ждём|ожида\w+|ответ\w+|answer\w*"
    r"|repl\w+)\b",
    re.IGNORECASE,
)
_ACKNOWLEDGED = re.compile(
    r"(ok|okay|fine|great|good|perfect|all right|alright|sure|got it|understood|thanks|thank you"
    r"|i'll wait|no problem"
    r"|va bene|bene|perfetto|d'accordo|capito|ricevuto|grazie( mille)?|aspetto|attendo|certo"
    r"|хорошо|ладно|ок|окей|поняла?|понятно|спасибо|жду|подожду|отлично|\W)+",
    re.IGNORECASE,
)
_BARE_YES = re.compile(
    r"\W*(yes|yeah|yep|s[iì]|да|ага|угу)\W*(please|per favore|пожалуйста)?\W*", re.IGNORECASE
)


def hear_while_waiting(bench: Workbench, event: PatientWrote) -> None:
    """Nothing is done but told; the conversation stays with whoever answers."""
    waiting = bench.waiting or _since(bench, event)
    told = _tell_facts(bench, event)
    if _ACKNOWLEDGED.fullmatch(event.text) and StaleTap() not in event.commands:
        bench.waiting = waiting
        return
    if any(_wishes(command, told) for command in event.commands) or _is_due(waiting, event, told):
        waits_long = event.hears_facts and event.at - datetime.fromisoformat(waiting.since) >= _LONG
        bench.push(STILL_QUEUED, {"waits_long": waits_long})
        kept = put_off(bench, event, waiting.put_off)
        waiting = replace(waiting, told_at=event.at.isoformat(), put_off=kept)
    bench.waiting = waiting


def leads_on(command: Command) -> bool:
    """Whether the assistant has something to go on with."""
    return isinstance(command, (StartFlow, SetSlot, CorrectSlots))


def _since(bench: Workbench, event: PatientWrote) -> Waiting:
    """Who came into the queue in another way than by the dialogue."""
    before = bench.base.last_message_at or event.at.isoformat()
    return Waiting(since=before, reason="", told_at=before, view=bench.base.said)


def _tell_facts(bench: Workbench, event: PatientWrote) -> frozenset[str]:
    """The topics that were answered. After an alarm "which hospital?" does not ask where the practice is."""
    alarmed = bench.waiting is not None and bench.waiting.reason == "emergency"
    if alarmed or not event.hears_facts or _THE_WAIT.search(event.text):
        return frozenset()
    asked = [command.topic for command in event.commands if isinstance(command, KnowledgeAnswer)]
    topics = [(topic or "").removeprefix("faq/") for topic in asked]
    known = [t for t in topics if t in bench.assistant.answers and t not in _OF_AN_OFFER]
    for topic in known:
        bench.say(f"utter_faq/{topic}")
    return frozenset(known)


def _wishes(command: Command, told: frozenset[str]) -> bool:
    if isinstance(command, KnowledgeAnswer):
        return command.topic == "nothing_to_cancel"
    return isinstance(command, (HumanHandoff, StartFlow, CancelFlow, StaleTap)) or (
        not told and isinstance(command, (SetSlot, CorrectSlots))
    )


def _is_due(waiting: Waiting, event: PatientWrote, told: frozenset[str]) -> bool:
    parting = any(isinstance(c, KnowledgeAnswer) and c.topic in PARTING for c in event.commands)
    if told or parting:
        return False
    asks = event.hears_facts and "?" in event.text  # a pause of the assistant was told of: once is enough
    return asks or event.at - datetime.fromisoformat(waiting.told_at) >= _TELL_AGAIN


def led_on(bench: Workbench, event: PatientWrote) -> list[Command]:
    """What the message has that the assistant can go on with. A yes or no is none of it."""
    slots = bench.assistant.slots
    return [
        command
        for command in event.commands
        if leads_on(command)
        and not (
            isinstance(command, SetSlot) and command.name in slots and slots[command.name].type == "bool"
        )
    ]


def put_off(bench: Workbench, event: PatientWrote, before: PutOff | None) -> PutOff | None:
    """What the way back takes up: this message, or what was put off before one that asks for nothing.
    A bare yes is not kept: by then it may be said to something else."""
    led = led_on(bench, event)
    if any(isinstance(command, HumanHandoff) for command in event.commands):
        return None
    if not led or _BARE_YES.fullmatch(event.text):
        return before
    by_tap = any(isinstance(command, SetSlot) and command.by_tap for command in led)
    return PutOff(text=event.text, at=event.at.isoformat(), tapped=tuple(led) if by_tap else ())
