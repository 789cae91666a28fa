"""Where what a message names tells more about it than the likeliest intent does.

"Thanks, see you on Friday" wishes for no Friday; "how much is a cleaning?" asks about one, not for one;
"cancel" while a visit is being arranged drops that one. Each rule was a sentence said to a front desk; in
which order they count: `bot.dialogue.taken_for`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.dialogue import around_a_visit as around
from bot.dialogue import asides, gist, in_passing, opting_out
from bot.dialogue.additions import adds_a_visit, without_added_visit
from bot.dialogue.asking import kind_of
from bot.dialogue.denials import denied_trouble, denied_visit
from bot.dialogue.gist import ASKED_ABOUT, BOOK, STRONG, TIMES
from bot.dialogue.message import Message
from bot.dialogue.name_repairs import spells_name
from bot.dialogue.needs_a_look import needs_a_look
from bot.dialogue.regret import wants_another_time_instead
from bot.dialogue.standing import OF_STANDING_VISITS
from bot.dialogue.taken_for import first_that_holds
from bot.domain.relative_wish import is_relative
from nlu.understanding import Entity, Intent

_HARDLY_LIKELY = 0.2  # what a message may be taken for when its likeliest intent was denied
_PAIN = "urgent_pain"
#: What such a message names is asked about: it neither chooses nor changes anything.
_ASKS = (
    asides.asks_with_whom,
    asides.asks_whether_booked,
    asides.cries_for_help,
    asides.asks_whether_open,
)


def weighed(message: Message) -> Message:
    """The same message, where what it names tells more about it than the likeliest intent does."""
    if adds_a_visit(message):
        return without_added_visit(message)
    message = _without_denied(message)
    if opting_out.is_a_no(message):
        return _with_a_no(message)
    if idle := gist.idle_mention(message):
        left = [e for e in message.understanding.entities if e not in idle]
        message = _taken_as(message, message.understanding.intent, left)
    intent, names = _outweighed(message), message.understanding.entities
    if not gist.wants_one_more(message):
        names = tuple(e for e in names if e.entity != "one_more")
    if opting_out.is_none(message):  # "write to me, not to my mother"
        names = tuple(e for e in names if e.entity != "relative")
    if any(asks(message) for asks in _ASKS):
        names = ()
    elif wants_another_time_instead(message):
        names = tuple(e for e in names if e.entity != "yes_no")  # the yes is to that time
    elif (
        spells_name(message)
        or gist.parting(message) is not None
        or asides.sees_us_then(message)
        or (intent is not None and intent.name in (around.AT_THE_DOOR, around.LATE_PERHAPS))
    ):
        names = tuple(e for e in names if e.entity not in TIMES)
    elif intent is not None and _asks_about(message, intent):
        names = tuple(e for e in names if e.entity not in ASKED_ABOUT)
    elif intent is not None and _is_of_something_else(message, intent):
        beside_it = TIMES if in_passing.is_of_what_is_passed_on(message) else ()
        names = tuple(e for e in names if e.entity not in (*ASKED_ABOUT, "relative", *beside_it))
    if asides.asks_whether_booked(message):
        names = tuple(e for e in names if e.entity != "yes_no")
    names = tuple(e for e in names if not _is_told_beside(message, e))
    if intent != message.understanding.intent or names != message.understanding.entities:
        message = _taken_as(message, intent, names)
    return _on_its_own_day(message) if gist.is_of_its_own_day(message) else message


def _on_its_own_day(message: Message) -> Message:
    """The visit tells the day, and its move is asked for before it is made: nothing is left in doubt."""
    names = [
        replace(e, value={**e.value, "same_day": True, "in_doubt": False}) if e.entity == "wish" else e
        for e in message.understanding.entities
    ]
    return _taken_as(message, message.understanding.intent, names)


def _is_told_beside(message: Message, named: Entity) -> bool:
    """What such words name by the way: another patient, or when to come, is not meant."""
    match message.intent:
        case "change_language":  # "my husband doesn't understand"
            return named.entity == "relative"
        case "opt_in" | "faq/reminders":  # "can you text me the day before?"
            return named.entity == "wish" and is_relative(named.value)
    if named.entity not in ("asap", "wish") or not asides.says_too_soon(message):
        return False
    return named.entity == "asap" or (isinstance(named.value, Mapping) and bool(named.value.get("asap")))


def _taken_as(message: Message, intent: Intent | None, names: Sequence[Entity]) -> Message:
    return replace(
        message, understanding=replace(message.understanding, intent=intent, entities=tuple(names))
    )


def _without_denied(message: Message) -> Message:
    """ "No pain", "I have no visit yet": what is denied is not what was meant, and the no answers nothing."""
    said = message.understanding
    denied = (denied_visit if message.intent in OF_STANDING_VISITS else denied_trouble)(said.text)
    if not denied or (not message.active and needs_a_look(message)):
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
    if message.asked is not None and message.asked.kind == "yes_no":
        return _with_a_no(message)
    can_book = BOOK in message.assistant.triggers
    return _taken_as(message, Intent(name=BOOK, confidence=1.0), names) if can_book else message


def _with_a_no(message: Message) -> Message:
    said = message.understanding.text
    no = Entity(entity="yes_no", value=False, start=0, end=len(said), text=said)
    return _taken_as(message, Intent(name="deny", confidence=1.0), (no,))


def _outweighed(message: Message) -> Intent | None:
    asks = any(holds(message) for holds in _ASKS)
    if not asks and (parting := gist.parting(message)) is not None:
        return parting
    row = first_that_holds(message)
    if row is None:
        return message.understanding.intent
    return None if row.intent is None else Intent(name=row.intent, confidence=1.0)


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
