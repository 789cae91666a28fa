"""Where what a message names tells more about it than the likeliest intent does.

"Thanks, see you on Friday" wishes for no Friday; "how much is a cleaning?" asks about one, not for one;
"cancel" while a visit is being arranged drops that one. Each rule was a sentence said to a front desk.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.dialogue.asking import kind_of
from bot.dialogue.message import Message
from nlu.understanding import Intent

STRONG = 0.6  # from here on an intent counts beside an answer to the waiting question
UNSURE = 0.45  # below this, two flows that are nearly as likely are put to the patient
CLOSE = 0.1
PLAIN = 0.95  # from here on a question about something is that question, whatever it names beside

#: An intent: the patient will decide later.
THINK_IT_OVER = "think_it_over"

_PARTING = frozenset({"thanks", "goodbye"})

#: What a visit type or a day with a time is mistaken for, and up to which confidence.
_MISTAKEN_FOR_A_VISIT: Mapping[str, float] = {
    "faq/first_visit": PLAIN,
    "faq/services": PLAIN,
    "reschedule_visit": STRONG,
}
_MISTAKEN_FOR_A_DAY: Mapping[str, float] = {
    "out_of_scope": PLAIN,
    "other_openings": PLAIN,
    "faq/hours": STRONG,
}
_TIMES = ("wish", "time", "part_of_day", "asap")
_ASKED_ABOUT = ("visit_type", "practitioner", "site")
_MOVE = "reschedule_visit"
#: Answers after which a visit stands: another day named right behind them is where it should be.
_FIXED = frozenset({"utter_booked", "utter_visit_moved"})
_BEFORE_AN_OFFER = frozenset({"name", "phone", "birth_date", "visit_type"})  # no times to turn down yet

_THINKS_IT_OVER = re.compile(
    r"\b(let me think|(need|have|want|like) to think|think (about it|it over)|pensarci|ci (penso|penserò)"
    r"|(devo|vorrei|fammi|mi lasci|lasciami) pensare|подумать|подумаю)\b",
    re.IGNORECASE,
)
_SEE_YOU_THEN = re.compile(
    r"\W*(\w+\W+){0,2}?(grazie|thanks|thank you|спасибо)\b(\W+\w+){0,2}?\W+"
    r"(a|ci vediamo|see you|see you on|until|до|увидимся во?)\s+(\w+\W*){1,2}",
    re.IGNORECASE,
)
_CANCEL = re.compile(
    r"\W*(cancel|annull\w+|cancell\w+|отмен\w+)( it| this| that| tutto| всё| все)?\W*", re.IGNORECASE
)
_WHY = re.compile(
    r"\W*((but|and|ma|e|а|но)\s+)?(why|what for|perch[eéè]|a che (vi )?serve|зачем|почему|для чего)\b.{0,60}",
    re.I | re.S,
)


def weighed(message: Message) -> Message:
    """The same message, where what it names tells more about it than the likeliest intent does."""
    intent, names = _outweighed(message), message.understanding.entities
    if _parting(message) is not None:
        names = tuple(e for e in names if e.entity not in _TIMES)
    elif intent is not None and _asks_about(message, intent):
        names = tuple(e for e in names if e.entity not in _ASKED_ABOUT)
    elif intent is not None and _is_of_something_else(message, intent):
        names = tuple(e for e in names if e.entity not in (*_ASKED_ABOUT, "relative"))
    if intent == message.understanding.intent and names == message.understanding.entities:
        return message
    return replace(message, understanding=replace(message.understanding, intent=intent, entities=names))


def _outweighed(message: Message) -> Intent | None:
    intent = message.understanding.intent
    kind = message.asked.kind if message.asked else ""
    parting = _parting(message)
    if parting is not None:
        return parting
    if _thinks_it_over(message):
        return Intent(name=_for_later(message), confidence=1.0)
    personal = kind in ("name", "phone", "birth_date")
    if personal and _WHY.fullmatch(message.understanding.text):
        return Intent(name="skip", confidence=1.0)
    if _corrects_what_was_just_fixed(message):
        return Intent(name=_MOVE, confidence=1.0)
    if intent is None:
        return None
    if personal and intent.name == "deny" and message.names_only("yes_no"):
        return Intent(name="skip", confidence=1.0)
    if _is_day_for_what_is_under_way(message, intent):
        return None
    if (
        intent.name == "cancel_visit"
        and message.is_booking()
        and _CANCEL.fullmatch(message.understanding.text)
    ):
        return Intent(name="cancel_flow", confidence=1.0)
    if intent.name == "other_openings" and (kind in _BEFORE_AN_OFFER or message.wishes_by_another_time()):
        return None
    if intent.name == "deny" and kind == "opening":
        return Intent(name="other_openings", confidence=1.0)  # "no, not those"
    if intent.name == "reschedule_visit" and message.is_on_offer():
        if message.names(*_TIMES, *_ASKED_ABOUT):
            return None
        # Plainly said, it is a visit that stands: "I'd like to move my appointment".
        return intent if intent.confidence >= PLAIN else Intent(name="other_openings", confidence=1.0)
    if intent.name == THINK_IT_OVER and not message.active:
        return Intent(name="goodbye", confidence=1.0)
    if intent.name == "human" and intent.confidence < STRONG and message.names("practitioner"):
        return None  # "do you have anything with Bianchi?"
    if message.active and intent.name == "faq/practitioners" and message.names("practitioner"):
        return intent if intent.confidence >= PLAIN else None
    return None if _means_a_visit(message, intent) else intent


def _corrects_what_was_just_fixed(message: Message) -> bool:
    """ "No sorry, I meant Thursday", right after "You're booked": the visit that now stands is moved."""
    if message.active or message.asked_slot or _MOVE not in message.assistant.triggers:
        return False
    fixed = any(said.response in _FIXED for said in message.conversation.said)
    # "and one for my son on Friday"
    another = message.intent == "book_visit" and message.confidence >= STRONG
    if not fixed or another or message.names("relative", "visit_type"):
        return False
    corrects = message.intent in ("", "deny", "skip", "other_openings", "book_visit", _MOVE)
    return corrects and message.names("wish") and "?" not in message.understanding.text


def _asks_about(message: Message, intent: Intent) -> bool:
    """Whether what is named is asked about, not asked for: "how much is a cleaning?" changes nothing."""
    if intent.name == "faq/practitioners":
        return True
    asks_visit_type = message.asked is not None and message.asked.kind == "visit_type"
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


def _is_day_for_what_is_under_way(message: Message, intent: Intent) -> bool:
    """ "Monday afternoon" and nothing else, where the active flow has a use for it, begins no other."""
    slots, triggers = message.assistant.slots, message.assistant.triggers
    if not message.active or intent.name not in triggers or not message.names_only(*_TIMES):
        return False
    return any(kind_of(slots[name]) == "time" for name in message.assistant.fills[message.active[0]])


def _parting(message: Message) -> Intent | None:
    """ "Thanks, see you on Friday": the day is no wish, unless a time is what was asked."""
    asks_time = message.asked is not None and message.asked.kind in ("time", "opening")
    if asks_time or not message.names(*_TIMES) or message.names("visit_type", "practitioner"):
        return None
    if message.intent not in _PARTING and _SEE_YOU_THEN.fullmatch(message.understanding.text):
        return Intent(name="goodbye", confidence=1.0)
    likely = [i for i in message.understanding.intent_ranking if i.name in _PARTING]
    if message.intent in _PARTING or not likely:
        return message.understanding.intent if message.intent in _PARTING else None
    together = sum(i.confidence for i in likely)
    unsure = message.intent in message.assistant.triggers and message.confidence < UNSURE
    return likely[0] if unsure and together > message.confidence - CLOSE else None


def _thinks_it_over(message: Message) -> bool:
    said = message.understanding
    if not message.asked_slot or any(e.entity != "yes_no" for e in said.entities):
        return False
    return message.confidence < STRONG and _THINKS_IT_OVER.search(said.text) is not None


def _for_later(message: Message) -> str:
    """Nothing is decided: what was answered stays, where the project has a flow for that."""
    return THINK_IT_OVER if THINK_IT_OVER in message.assistant.triggers else "cancel_flow"


def _means_a_visit(message: Message, intent: Intent) -> bool:
    """ "First visit, not before four" asks for one, whatever else it resembles."""
    question = intent.name.startswith("faq/") and "?" in message.understanding.text
    if message.names("visit_type"):
        limit = _MISTAKEN_FOR_A_VISIT.get(intent.name, 0.0)
        mistaken = message.names(*_TIMES) and intent.confidence < (min(limit, STRONG) if question else limit)
    else:
        mistaken = intent.confidence < _MISTAKEN_FOR_A_DAY.get(intent.name, 0.0)
    return mistaken and message.visit_flow() is not None
