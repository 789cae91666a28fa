"""Where what a message names tells more about it than the likeliest intent does.

"Thanks, see you on Friday" wishes for no Friday; "how much is a cleaning?" asks about one, not for one;
"cancel" while a visit is being arranged drops that one. Each rule was a sentence said to a front desk.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.dialogue import gist, lateness
from bot.dialogue.additions import adds_a_visit, without_added_visit
from bot.dialogue.asking import kind_of
from bot.dialogue.denials import denied_trouble, denied_visit
from bot.dialogue.gist import ASKED_ABOUT, BOOK, MOVE, SOMETHING_ELSE, STRONG, TIMES
from bot.dialogue.message import Message
from bot.dialogue.name_repairs import completes_name, says_name_is_wrong
from bot.dialogue.standing import OF_STANDING_VISITS, is_rather_to_be_arranged
from nlu.understanding import Entity, Intent

_HARDLY_LIKELY = 0.2  # what a message may be taken for when its likeliest intent was denied
#: Intents: the patient will decide later; what stands in the diary is not how the patient is called.
_THINK_IT_OVER, _WRONG_NAME = "think_it_over", "wrong_name"
_PAIN = "urgent_pain"
#: Answers: to "we might be five minutes early", to "I'm in a meeting, 1 sec".
_COME_EARLY, _ONE_MOMENT = "come_early", "one_moment"

#: What a message is taken for where the left side holds; the first that does. None: for nothing but what it
#: names. Where none holds, it stays what it was taken for.
_TAKEN_FOR: tuple[tuple[Callable[[Message], bool], str | None], ...] = (
    (gist.wants_one_more, BOOK),
    (lambda m: says_name_is_wrong(m) and m.is_booking(), None),  # nothing is in the diary yet
    (lambda m: says_name_is_wrong(m) and _WRONG_NAME in m.assistant.triggers, _WRONG_NAME),
    (completes_name, None),
    # Nothing is decided: what was answered stays, where the project has a flow for that.
    (lambda m: gist.thinks_it_over(m) and _THINK_IT_OVER in m.assistant.triggers, _THINK_IT_OVER),
    (gist.thinks_it_over, "cancel_flow"),
    (lambda m: lateness.comes_early(m) and _COME_EARLY in m.assistant.answers, f"faq/{_COME_EARLY}"),
    (lambda m: lateness.asks_for_a_moment(m) and _ONE_MOMENT in m.assistant.answers, f"faq/{_ONE_MOMENT}"),
    (gist.asks_why_not_then, "faq/why_not_then"),
    (gist.asks_what_for, "skip"),
    (gist.corrects_what_was_just_fixed, MOVE),
    (lambda m: not m.intent, None),
    (gist.keeps_it_to_themselves, "skip"),
    (gist.is_day_for_what_is_under_way, None),
    (is_rather_to_be_arranged, None),
    (gist.drops_what_is_booked, "cancel_flow"),
    (gist.insists, "skip"),
    (gist.is_for_something_else, SOMETHING_ELSE),
    (gist.turns_down_nothing, None),
    (gist.turns_down_what_is_offered, "other_openings"),
    (lateness.is_hardly_late, None),
    (gist.changes_what_is_offered, None),
    (gist.wants_other_offers, "other_openings"),
    (lambda m: m.intent == _THINK_IT_OVER and not m.active, "goodbye"),
    (gist.asks_for_somebody, None),
    (gist.means_a_visit, None),
)


def weighed(message: Message) -> Message:
    """The same message, where what it names tells more about it than the likeliest intent does."""
    if adds_a_visit(message):
        return without_added_visit(message)
    message = _without_denied(message)
    intent, names = _outweighed(message), message.understanding.entities
    if not gist.wants_one_more(message):
        names = tuple(e for e in names if e.entity != "one_more")
    if gist.parting(message) is not None:
        names = tuple(e for e in names if e.entity not in TIMES)
    elif intent is not None and _asks_about(message, intent):
        names = tuple(e for e in names if e.entity not in ASKED_ABOUT)
    elif intent is not None and _is_of_something_else(message, intent):
        names = tuple(e for e in names if e.entity not in (*ASKED_ABOUT, "relative"))
    if intent == message.understanding.intent and names == message.understanding.entities:
        return message
    return _taken_as(message, intent, names)


def _taken_as(message: Message, intent: Intent | None, names: Sequence[Entity]) -> Message:
    return replace(
        message, understanding=replace(message.understanding, intent=intent, entities=tuple(names))
    )


def _without_denied(message: Message) -> Message:
    """ "No pain", "I have no visit yet": what is denied is not what was meant, and the no answers nothing."""
    said = message.understanding
    denied = (denied_visit if message.intent in OF_STANDING_VISITS else denied_trouble)(said.text)
    if not denied:
        return message
    names = [e for e in said.entities if not any(a < e.end and e.start < b for a, b in denied)]
    if message.intent not in (_PAIN, "deny", *OF_STANDING_VISITS):
        return _taken_as(message, said.intent, names)
    under_way = [i for i, flow in message.assistant.triggers.items() if flow in message.active[:1]]
    of_visit = message.intent in OF_STANDING_VISITS
    if under_way and (message.is_booking() or not of_visit):
        return _taken_as(message, Intent(name=under_way[0], confidence=1.0), names)  # it goes on
    if of_visit:
        return _without_denied_visit(message, names)
    if message.asked_slot:
        return _taken_as(message, None, said.entities)  # it may be the answer: "how are you?"
    # Who denies pain before anything else has come for something else.
    rest = (i for i in said.intent_ranking if i.name not in (_PAIN, "deny") and i.confidence > _HARDLY_LIKELY)
    other = next(rest, Intent(name="greet", confidence=1.0))
    return _taken_as(message, None if message.names(*TIMES, "visit_type") else other, names)


def _without_denied_visit(message: Message, names: Sequence[Entity]) -> Message:
    said = message.understanding
    if message.asked is not None and message.asked.kind == "yes_no":
        no = Entity(entity="yes_no", value=False, start=0, end=len(said.text), text=said.text)
        return _taken_as(message, Intent(name="deny", confidence=1.0), (no,))
    can_book = BOOK in message.assistant.triggers
    return _taken_as(message, Intent(name=BOOK, confidence=1.0), names) if can_book else message


def _outweighed(message: Message) -> Intent | None:
    if (parting := gist.parting(message)) is not None:
        return parting
    for holds, intent in _TAKEN_FOR:
        if holds(message):
            return None if intent is None else Intent(name=intent, confidence=1.0)
    return message.understanding.intent


def _asks_about(message: Message, intent: Intent) -> bool:
    """Whether what is named is asked about, not asked for: "how much is a cleaning?" changes nothing."""
    if intent.name == "faq/practitioners":
        return True
    asks_visit_type = message.asked_kind == "visit_type"
    return (
        intent.name.startswith("faq/")
        and bool(message.active)
        and not asks_visit_type
        and intent.confidence >= STRONG
    )


def _is_of_something_else(message: Message, intent: Intent) -> bool:
    """ "When is my check-up?", "I'll ask my wife first": what is named is not of what is under way."""
    flow = message.assistant.triggers.get(intent.name)
    if not message.active or flow is None or flow in message.active or intent.confidence < STRONG:
        return False
    kinds = {kind_of(message.assistant.slots[name]) for name in message.assistant.fills[flow]}
    return "visit_type" not in kinds and intent.name not in message.assistant.answers
