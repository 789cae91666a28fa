"""Where what a message names tells more about it than the likeliest intent does.

"Thanks, see you on Friday" wishes for no Friday; "how much is a cleaning?" asks about one, not for one;
"cancel" while a visit is being arranged drops that one. Each rule was a sentence said to a front desk.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.dialogue.asking import kind_of
from bot.dialogue.denials import denied_trouble, denied_visit
from bot.dialogue.message import Message
from bot.dialogue.name_repairs import completes_name, says_name_is_wrong
from bot.dialogue.standing import OF_STANDING_VISITS, is_rather_to_be_arranged
from nlu.understanding import REFUSED, Entity, Intent

STRONG = 0.6  # from here on an intent counts beside an answer to the waiting question
UNSURE = 0.45  # below this, two flows that are nearly as likely are put to the patient
CLOSE = 0.1
_HARDLY_LIKELY = 0.2  # what a message may be taken for when its likeliest intent was denied
PLAIN = 0.95  # from here on a question about something is that question, whatever it names beside

#: An intent: the patient will decide later.
THINK_IT_OVER = "think_it_over"

#: An intent that nothing is learnt of: none of the kinds of visit that can be booked.
SOMETHING_ELSE = "something_else"

_PARTING = frozenset({"thanks", "goodbye"})

_MOVE, _BOOK, _PAIN = "reschedule_visit", "book_visit", "urgent_pain"

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
#: What a visit "not with Rossi" is mistaken for: the no is to him.
_MISTAKEN_FOR_A_REFUSAL = frozenset({"faq/wrong_number", "cancel_visit", "deny", _MOVE})
_TIMES = ("wish", "time", "part_of_day", "asap")
_ASKED_ABOUT = ("visit_type", "practitioner", "site")
#: Answers after which a visit stands: another day named right behind them is where it should be.
_FIXED = frozenset({"utter_booked", "utter_visit_moved"})
#: Answers after which "and for my husband?" wants a visit, too.
_BOOKED = frozenset({"utter_booked", "utter_requested"})
#: An intent: what stands in the diary is not how the patient is called.
_WRONG_NAME = "wrong_name"
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
_AS_I_SAID = re.compile(
    r"\b(i('ve)?( just| already)? (said|told|wrote)|(l'?)?ho( già| appena)? (detto|scritto)|"
    r"я( же| уже)* (сказал|говорил|писал|написал)а?|говорю же)\b",
    re.IGNORECASE,
)
_WHY = re.compile(
    r"\W*((but|and|ma|e|а|но)\s+)?(why|what for|perch[eéè]|a che (vi )?serve|зачем|почему|для чего)\b.{0,60}",
    re.I | re.S,
)


_WHY_NOT = re.compile(
    r"\W*((but|and|ma|e|а|но|и)\s+)?"
    r"(why( not)?( then)?|how come|come mai( no)?|perch[eéè]( no)?|(а )?почему( нет| нельзя| так| не)?)\W*",
    re.IGNORECASE,
)


def weighed(message: Message) -> Message:
    """The same message, where what it names tells more about it than the likeliest intent does."""
    message = _without_denied(message)
    intent, names = _outweighed(message), message.understanding.entities
    if not _wants_one_more(message):
        names = tuple(e for e in names if e.entity != "one_more")
    if _parting(message) is not None:
        names = tuple(e for e in names if e.entity not in _TIMES)
    elif intent is not None and _asks_about(message, intent):
        names = tuple(e for e in names if e.entity not in _ASKED_ABOUT)
    elif intent is not None and _is_of_something_else(message, intent):
        names = tuple(e for e in names if e.entity not in (*_ASKED_ABOUT, "relative"))
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
    return _taken_as(message, None if message.names(*_TIMES, "visit_type") else other, names)


def _without_denied_visit(message: Message, names: Sequence[Entity]) -> Message:
    said = message.understanding
    if message.asked is not None and message.asked.kind == "yes_no":
        no = Entity(entity="yes_no", value=False, start=0, end=len(said.text), text=said.text)
        return _taken_as(message, Intent(name="deny", confidence=1.0), (no,))
    can_book = _BOOK in message.assistant.triggers
    return _taken_as(message, Intent(name=_BOOK, confidence=1.0), names) if can_book else message


def _outweighed(message: Message) -> Intent | None:
    intent = message.understanding.intent
    kind = message.asked.kind if message.asked else ""
    parting = _parting(message)
    if parting is not None:
        return parting
    if _wants_one_more(message):
        return Intent(name=_BOOK, confidence=1.0)
    if says_name_is_wrong(message):
        if message.is_booking():  # nothing is in the diary yet
            return None
        if _WRONG_NAME in message.assistant.triggers:
            return Intent(name=_WRONG_NAME, confidence=1.0)
    if completes_name(message):
        return None
    if _thinks_it_over(message):
        return Intent(name=_for_later(message), confidence=1.0)
    if kind == "opening" and "why_not_then" in message.assistant.answers and _asks_why(message):
        return Intent(name="faq/why_not_then", confidence=1.0)
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
    if is_rather_to_be_arranged(message):
        return None
    if (
        intent.name == "cancel_visit"
        and message.is_booking()
        and _CANCEL.fullmatch(message.understanding.text)
    ):
        return Intent(name="cancel_flow", confidence=1.0)
    if kind == "birth_date" and _insists(message):
        return Intent(name="skip", confidence=1.0)
    if kind == "visit_type" and _is_for_something_else(message):
        return Intent(name=SOMETHING_ELSE, confidence=1.0)
    if intent.name == "other_openings" and (kind in _BEFORE_AN_OFFER or message.wishes_by_another_time()):
        return None
    of_an_offer = kind == "opening" and message.names(*_TIMES) and not message.names("minutes")
    if intent.name == "running_late" and of_an_offer:
        return Intent(name="other_openings", confidence=1.0)  # "11:30 is too late": said of what is on offer
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


def _asks_why(message: Message) -> bool:
    """ "Why not?", said to other times than those that were asked for."""
    return _WHY_NOT.fullmatch(message.understanding.text) is not None


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


def _wants_one_more(message: Message) -> bool:
    """ "And for my husband?", right after "You're booked": words that mean little elsewhere."""
    if message.active or message.asked_slot or not message.names("one_more"):
        return False
    return _BOOK in message.assistant.triggers and any(
        said.response in _BOOKED for said in message.conversation.said
    )


def _is_for_something_else(message: Message) -> bool:
    """ "None of those, a filling", "I said a filling": what the visit is for is not listed."""
    slot = message.assistant.slots[message.asked_slot] if message.asked_slot else None
    takes_it = slot is not None and any(SOMETHING_ELSE in mapping.intents for mapping in slot.mappings)
    if not takes_it or message.names("visit_type"):
        return False
    flow = message.assistant.triggers.get(message.intent)
    says_again = message.confidence < PLAIN and _AS_I_SAID.search(message.understanding.text) is not None
    told_else = message.names(*_TIMES, *_ASKED_ABOUT, "person")
    denies = denied_trouble(message.understanding.text) or denied_visit(message.understanding.text)
    asks_again = flow in message.active[:1] and not told_else and not denies
    return message.intent in ("other_openings", "deny", "skip") or says_again or asks_again


def _insists(message: Message) -> bool:
    """ "Yes, move it", "but I booked by phone", where a visit cannot be looked up before it is answered."""
    flow = message.assistant.triggers.get(message.intent)
    same = message.intent in OF_STANDING_VISITS and flow in message.active[:1]
    looks_up = any(message.assistant.triggers.get(i) in message.active[:1] for i in OF_STANDING_VISITS)
    return same or (looks_up and message.intent == "my_appointments")


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
    if said.details.get("withheld") == "later" and message.asked is not None:  # "ok wait"
        return message.asked.kind == "yes_no" and "?" not in said.text
    return message.confidence < STRONG and _THINKS_IT_OVER.search(said.text) is not None


def _for_later(message: Message) -> str:
    """Nothing is decided: what was answered stays, where the project has a flow for that."""
    return THINK_IT_OVER if THINK_IT_OVER in message.assistant.triggers else "cancel_flow"


def _refuses_somebody(message: Message) -> bool:
    named = [e.value for e in message.understanding.entities if e.entity == "practitioner"]
    return any(isinstance(value, str) and value.startswith(REFUSED) for value in named)


def _means_a_visit(message: Message, intent: Intent) -> bool:
    """ "First visit, not before four" asks for one, whatever else it resembles."""
    if intent.name in _MISTAKEN_FOR_A_REFUSAL and message.names("visit_type") and _refuses_somebody(message):
        return message.visit_flow() is not None
    question = intent.name.startswith("faq/") and "?" in message.understanding.text
    if message.names("visit_type"):
        limit = _MISTAKEN_FOR_A_VISIT.get(intent.name, 0.0)
        mistaken = message.names(*_TIMES) and intent.confidence < (min(limit, STRONG) if question else limit)
    else:
        mistaken = intent.confidence < _MISTAKEN_FOR_A_DAY.get(intent.name, 0.0)
    return mistaken and message.visit_flow() is not None
