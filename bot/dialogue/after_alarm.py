"""After an alarm, while a patient waits for a person: nobody may be reading, so each sentence is answered.

What is said is where help is, and that none was called from here; never when the desk opens. Who takes the
alarm back ("wrong chat, I'm fine") is asked once whether all is well, and is then back where they were.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.dialogue.commands import KnowledgeAnswer, MediaReceived, StaleTap
from bot.dialogue.events import PatientWrote
from bot.dialogue.state import Alarm, Conversation
from bot.dialogue.workbench import Workbench
from nlu.understanding import Understanding

#: After so long, what somebody writes is hardly about the emergency any more.
LASTS = timedelta(hours=12)
#: Topics: the alarm is taken back; whoever was asked says that all is well.
TAKEN_BACK, ALL_CLEAR = "taken_back", "all_clear"
_BARE_YES = 3  # words; a longer one may say more


def meant_after_alarm(understanding: Understanding, conversation: Conversation) -> str | None:
    """TAKEN_BACK or ALL_CLEAR, where an alarm stands and the message says so."""
    alarm = conversation.alarm
    if alarm is None or not conversation.paused:
        return None
    if understanding.details.get("taken_back"):
        return ALL_CLEAR if alarm.asked else TAKEN_BACK
    is_yes = understanding.intent is not None and understanding.intent.name == "affirm"
    is_bare = len(understanding.text.split()) <= _BARE_YES and "withheld" not in understanding.details
    return ALL_CLEAR if alarm.asked and is_yes and is_bare else None


def answer_after_alarm(bench: Workbench, event: PatientWrote) -> bool:
    """Whether this was somebody who waits after an alarm; then they have been answered."""
    alarm = bench.alarm
    if alarm is None or StaleTap() in event.commands:
        return False
    topics = {command.topic for command in event.commands if isinstance(command, KnowledgeAnswer)}
    if not topics.isdisjoint((TAKEN_BACK, ALL_CLEAR)):
        bench.record("emergency_taken_back", level=alarm.level, key=alarm.key)
        bench.say("utter_emergency_all_clear" if event.queued else "utter_emergency_taken_back")
        bench.alarm = replace(alarm, asked=True) if event.queued else None  # else a person sees to it
        return True
    wordless = not event.text.strip() and not any(isinstance(c, MediaReceived) for c in event.commands)
    if wordless or not is_fresh(alarm, event.at) or (alarm.level != "A" and "thanks" in topics):
        return False
    bench.say(text_while_waiting(bench, alarm))
    return True


def is_fresh(alarm: Alarm, at: datetime) -> bool:
    return at - datetime.fromisoformat(alarm.at) < LASTS


def text_while_waiting(bench: Workbench, alarm: Alarm) -> str:
    """The response of this kind of emergency where it has one, else of its level."""
    names = (f"utter_emergency_still_{alarm.level.lower()}_{alarm.key}", "utter_emergency_still_b")
    kinds = names if alarm.level == "B" else (names[0], "utter_emergency_still_a")
    return next((name for name in kinds if name in bench.assistant.responses), "utter_emergency_still_a")
