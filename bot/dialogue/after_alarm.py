"""After an alarm, while a patient waits for a person: nobody may be reading, so each sentence is answered.

What is said is where help is, and that none was called from here; never when the desk opens. Who takes the
alarm back ("wrong chat, I'm fine") is asked whether all is well, and is then back where they were. A wish
instead of an answer is kept, and they are asked again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.dialogue.commands import HumanHandoff, KnowledgeAnswer, MediaReceived, StaleTap, StartFlow
from bot.dialogue.events import PatientWrote
from bot.dialogue.state import Alarm, Conversation, PutOff
from bot.dialogue.waiting import led_on, put_off
from bot.dialogue.workbench import Workbench
from nlu.taken_back import gets_worse
from nlu.understanding import Understanding

#: After so long, what somebody writes is hardly about the emergency any more.
LASTS = timedelta(hours=12)
#: Topics: the alarm is taken back; whoever was asked says that all is well.
TAKEN_BACK, ALL_CLEAR = "taken_back", "all_clear"
_BARE_YES = 3  # words; a longer one may say more
_IS_ALL_WELL = "utter_emergency_all_clear"
_NO_WISHES = frozenset({"deny", "human", "urgent_pain"})
_OF_A_VISIT = frozenset(
    {"time", "part_of_day", "person", "phone", "email", "birth_date", "visit_type", "practitioner", "site"}
)


def meant_after_alarm(understanding: Understanding, conversation: Conversation) -> str | None:
    """TAKEN_BACK or ALL_CLEAR, where an alarm stands and the message says so."""
    alarm = conversation.alarm
    if alarm is None or not conversation.paused:
        return None
    asked = alarm.asked and any(said.response == _IS_ALL_WELL for said in conversation.said)
    if understanding.details.get("taken_back"):
        return ALL_CLEAR if asked else TAKEN_BACK
    is_yes = understanding.intent is not None and understanding.intent.name == "affirm"
    is_bare = len(understanding.text.split()) <= _BARE_YES and "withheld" not in understanding.details
    return ALL_CLEAR if asked and is_yes and is_bare else None


def answer_after_alarm(bench: Workbench, event: PatientWrote) -> bool:
    """Whether this was somebody who waits after an alarm; then they have been answered."""
    alarm = bench.alarm
    if alarm is None or StaleTap() in event.commands:
        return False
    topics = {command.topic for command in event.commands if isinstance(command, KnowledgeAnswer)}
    if not topics.isdisjoint((TAKEN_BACK, ALL_CLEAR)):
        bench.record("emergency_taken_back", level=alarm.level, key=alarm.key)
        bench.say(_IS_ALL_WELL if event.queued else "utter_emergency_taken_back")
        bench.alarm = replace(alarm, asked=True) if event.queued else None  # else a person sees to it
        return True
    wordless = not event.text.strip() and not any(isinstance(c, MediaReceived) for c in event.commands)
    if wordless or not is_fresh(alarm, event.at) or (alarm.level != "A" and "thanks" in topics):
        return False
    if alarm.asked and event.queued and _is_wish(bench, event):
        _keep(bench, event)
        bench.say(_IS_ALL_WELL)
        return True
    bench.say(text_while_waiting(bench, alarm))
    bench.alarm = replace(alarm, asked=False)  # a yes would be to something else now
    return True


def _is_wish(bench: Workbench, event: PatientWrote) -> bool:
    """ "I'd like a check-up": nobody says so who needs help, nor that they need none."""
    message = event.latest_message
    if (message.get("intent") or {}).get("name") in _NO_WISHES or gets_worse(event.text):
        return False
    led = led_on(bench, event)
    if any(isinstance(command, HumanHandoff) for command in event.commands) or not led:
        return False
    named = {entity.get("entity") for entity in message.get("entities") or ()}
    is_tap = any(getattr(command, "by_tap", False) for command in led)
    return is_tap or any(isinstance(c, StartFlow) for c in led) or not named.isdisjoint(_OF_A_VISIT)


def _keep(bench: Workbench, event: PatientWrote) -> None:
    """Beside what was kept before: "a check-up", then "thursday at 10"."""
    waiting = bench.waiting
    kept = None if waiting is None else put_off(bench, event, waiting.put_off)
    if waiting is None or kept is None:
        return
    before = waiting.put_off
    if before is not None and kept is not before and not (kept.tapped or before.tapped):
        kept = PutOff(text=f"{before.text}\n{kept.text}", at=kept.at)
    bench.waiting = replace(waiting, put_off=kept)


def is_fresh(alarm: Alarm, at: datetime) -> bool:
    return at - datetime.fromisoformat(alarm.at) < LASTS


def text_while_waiting(bench: Workbench, alarm: Alarm) -> str:
    """The response of this kind of emergency where it has one, else of its level."""
    names = (f"utter_emergency_still_{alarm.level.lower()}_{alarm.key}", "utter_emergency_still_b")
    kinds = names if alarm.level == "B" else (names[0], "utter_emergency_still_a")
    return next((name for name in kinds if name in bench.assistant.responses), "utter_emergency_still_a")
