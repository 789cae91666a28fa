"""Commands and values as people read them, for whoever looks over the assistant's shoulder.

Short and in English, whatever the conversation's language: flows, slots and intents have English names, too.
Pure.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, assert_never

from bot.dialogue import Assistant
from bot.dialogue.commands import (
    CancelFlow,
    CannotHandle,
    ChitChat,
    Clarify,
    Command,
    CorrectSlots,
    DataRequest,
    Emergency,
    HumanHandoff,
    InternalError,
    KnowledgeAnswer,
    MediaReceived,
    ReminderReply,
    RepeatBotMessages,
    Restart,
    SessionEnd,
    SessionStart,
    SetSlot,
    SkipQuestion,
    StaleTap,
    StartFlow,
    StopMessages,
    UserSilence,
)
from bot.domain.diary import Opening
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class InWords:
    """Says things with the names that this practice, if there is one, and these flows gave them."""

    def __init__(self, practice: Practice | None, assistant: Assistant) -> None:
        self._clock = PracticeTime(practice.time_zone) if practice else None
        self._flows = {flow.id: flow.name for flow in assistant.flows.values()}
        self._names: dict[str, str] = {}
        if practice is not None:
            self._names |= {v.id: v.name("en") for v in practice.visit_types}
            self._names |= {p.id: p.name for p in practice.practitioners}

    def command(self, command: Command) -> str:
        """ "start booking a visit", "patient_name = Anna Rossi"."""
        match command:
            case StartFlow(flow):
                return f"start {self._flows.get(flow, flow)}"
            case SetSlot(name, value):
                return f"{name} = {self.value(value)}"
            case CorrectSlots(slots):
                return "correct " + ", ".join(
                    f"{name} = {self.value(value)}" for name, value in slots.items()
                )
            case CancelFlow():
                return "stop this"
            case Clarify(options):
                return "ask which: " + " / ".join(self._flows.get(flow, flow) for flow in options)
            case SkipQuestion():
                return "skip the question"
            case ChitChat():
                return "small talk"
            case KnowledgeAnswer(topic):
                return f"answer about {topic}" if topic else "answer a question"
            case HumanHandoff(reason):
                return "call a person" if reason == "asked" else f"call a person ({_spaced(reason)})"
            case RepeatBotMessages():
                return "say it again"
            case CannotHandle():
                return "not understood"
            case InternalError():
                return "something went wrong"
            case Emergency(level, key):
                return f"emergency: {level} {_spaced(key)}"
            case StopMessages():
                return "no more messages"
            case MediaReceived(kind):
                return f"received: {kind}"
            case DataRequest(request):
                return f"what we know of the patient: {request}"
            case ReminderReply(_, _, reply):
                return f"answers a reminder: {reply}"
            case StaleTap():
                return "tapped what is no longer offered"
            case Restart():
                return "start over"
            case SessionStart():
                return "begin a session"
            case SessionEnd():
                return "end the session"
            case UserSilence():
                return "the patient is silent"
            case _:
                assert_never(command)

    def value(self, value: Any) -> str:
        """ "Tue 3 Mar 14:00-19:00" for a time, names for ids of the practice, "yes" for True."""
        match value:
            case None:
                return "nothing"
            case bool():
                return "yes" if value else "no"
            case str():
                return self._text(value)
            case Mapping():
                return self._time(value)
            case list() | tuple():
                return ", ".join(self.value(each) for each in value)
            case _:
                return str(value)

    def _text(self, text: str) -> str:
        if text in ("true", "false"):  # as the payload of a button writes it
            return self.value(text == "true")
        if self._clock is None:
            return text
        try:
            opening = Opening.parse_ref(text)
        except ValueError:
            return self._names.get(text, text)
        who = self._names.get(opening.practitioner, opening.practitioner)
        return f"{_moment(self._clock.wall(opening.start))}, {who}"

    def _time(self, value: Mapping[str, Any]) -> str:
        """A time or part of day that was found, or the wish that such times make."""
        if "from" in value:
            return _span(value["from"], value.get("to"))
        days = " or ".join(_span(*window) for window in value.get("windows") or () if len(window) == 2)
        part = _span(*value["part"]) if value.get("part") else ""
        soon = "as soon as possible" if value.get("asap") else ""
        said = ", ".join(part for part in (days, part, soon) if part)
        return said or ", ".join(f"{key}: {self.value(each)}" for key, each in value.items())


def _span(start: str | None, end: str | None) -> str:
    """Of local times as `nlu` writes them: "YYYY-MM-DDTHH:MM", or "HH:MM" on any day."""
    if start is None or end is None:
        known = start or end
        return "any time" if known is None else f"{'' if start else 'until '}{_written(known)}"
    if "T" not in start or "T" not in end:
        return f"{start}-{end}"
    return _between(datetime.fromisoformat(start), datetime.fromisoformat(end))


def _between(begin: datetime, end: datetime) -> str:
    midnight = time(0)
    if begin.time() == midnight and end.time() in (midnight, time(23, 59)):  # whole days
        last = (end - timedelta(minutes=1)).date()
        return _day(begin) if last <= begin.date() else f"{_day(begin)} - {_day(last)}"
    if begin.date() == (end - timedelta(minutes=1)).date():
        return f"{_moment(begin)}-{end:%H:%M}"
    return f"{_moment(begin)} - {_moment(end)}"


def _written(text: str) -> str:
    return _moment(datetime.fromisoformat(text)) if "T" in text else text


def _moment(at: datetime) -> str:
    return f"{_day(at)} {at:%H:%M}"


def _day(day: date) -> str:
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


def _spaced(word: str) -> str:
    return word.replace("_", " ")
