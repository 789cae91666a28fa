"""Where what a message names tells more about it than the likeliest intent does.

"Thanks, see you on Friday" wishes for no Friday; "how much is a cleaning?" asks about one, not for one;
"cancel" while a visit is being arranged drops that one. Each rule was a sentence said to a front desk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.dialogue import around_a_visit as around
from bot.dialogue import asides, gist, in_passing, lateness, opting_out
from bot.dialogue.additions import adds_a_visit, without_added_visit
from bot.dialogue.asking import kind_of
from bot.dialogue.denials import denied_trouble, denied_visit
from bot.dialogue.gist import ASKED_ABOUT, BOOK, CANCEL, MOVE, SOMETHING_ELSE, STRONG, TIMES
from bot.dialogue.message import Message
from bot.dialogue.name_repairs import completes_name, puts_name_right, says_name_is_wrong, spells_name
from bot.dialogue.regret import (
    TAKE_BACK,
    regrets_the_time,
    regrets_the_visit,
    takes_back_what_was_cancelled,
    wants_another_time_instead,
)
from bot.dialogue.standing import OF_STANDING_VISITS, is_rather_to_be_arranged
from bot.domain.relative_wish import is_relative
from nlu.understanding import Entity, Intent

_HARDLY_LIKELY = 0.2  # what a message may be taken for when its likeliest intent was denied
#: Intents: the patient will decide later; what stands in the diary is not how the patient is called.
_THINK_IT_OVER, _WRONG_NAME = "think_it_over", "wrong_name"
_PAIN = "urgent_pain"
#: What a project may have a flow for, or none.
_MAY_START = frozenset(
    {_THINK_IT_OVER, _WRONG_NAME, around.AT_THE_DOOR, around.MISSED_FEE, around.MISSED, around.SOONER}
)

#: What neither answers nor changes anything, in the middle of a booking.
_ASIDE: tuple[tuple[Callable[[Message], bool], str | None], ...] = (
    (asides.asks_whether_free, None),
    (asides.asks_whether_all_are_free, asides.WHILE_FREE),
    (asides.asks_with_whom, asides.OF_WHOM),
    (asides.asks_whether_booked, asides.WHETHER_BOOKED),
    (asides.cries_for_help, asides.WHAT_HELP),
    (asides.is_tired_and_answers, None),
    (asides.is_tired_of_questions, "skip"),
    (asides.asks_to_be_reminded, "faq/reminders"),
    (asides.asks_for_the_floor, "faq/accessibility"),
    (asides.meant_no_number, None),
    (asides.tells_somebodys_number, None),
    (asides.is_new_here, None),
)
#: What such a message names is asked about: it neither chooses nor changes anything.
_ASKS = (
    asides.asks_with_whom,
    asides.asks_whether_booked,
    asides.cries_for_help,
    asides.asks_whether_open,
)

#: What a message is taken for where the left side holds; the first that does, of those for which the project
#: has a flow or an answer. None: for nothing but what it names. Where none holds, it stays what it was taken
#: for.
_TAKEN_FOR: tuple[tuple[Callable[[Message], bool], str | None], ...] = (
    (opting_out.takes_it_back, opting_out.OPT_IN),
    (opting_out.is_told, opting_out.STOP),
    (opting_out.ends_what_is_under_way, "cancel_flow"),
    (gist.thanks_for_a_reminder, "thanks"),
    (gist.calls_off_what_it_is_about, "cancel_visit"),
    (gist.names_another_day, MOVE),
    (gist.wants_one_more, BOOK),
    (gist.bit_their_tongue, _PAIN),
    *_ASIDE,
    (lambda m: says_name_is_wrong(m) and m.is_booking(), None),  # nothing is in the diary yet
    (says_name_is_wrong, _WRONG_NAME),
    (puts_name_right, _WRONG_NAME),
    (opting_out.is_none, None),
    (completes_name, None),
    (gist.is_just_a_name, None),  # whatever else its words mean: "Grace Day"
    (around.is_at_the_door, around.AT_THE_DOOR),
    (around.asks_what_if_late, around.LATE_PERHAPS),
    (around.asks_what_missing_costs, around.MISSED_FEE),
    (around.has_missed_a_visit, around.MISSED),
    (around.wants_something_sooner, around.SOONER),
    (around.takes_what_frees_up, MOVE),
    (takes_back_what_was_cancelled, TAKE_BACK),
    (regrets_the_time, MOVE),
    (regrets_the_visit, CANCEL),
    (wants_another_time_instead, MOVE),
    (in_passing.asks_for_a_call, in_passing.CALL_ME),
    (in_passing.is_late_for_another, in_passing.LATE),
    (in_passing.asks_for_papers, in_passing.PAPERS),
    (in_passing.grumbles, in_passing.SLOW_SERVICE),
    (in_passing.tells_of_health, in_passing.HEALTH_NOTE),
    # Nothing is decided: what was answered stays, where the project has a flow for that.
    (gist.thinks_it_over, _THINK_IT_OVER),
    (gist.thinks_it_over, "cancel_flow"),
    (lateness.comes_early, "faq/come_early"),
    (lateness.asks_for_a_moment, "faq/one_moment"),
    (gist.asks_why_not_then, "faq/why_not_then"),
    (gist.asks_what_for, "skip"),
    (gist.corrects_what_was_just_fixed, MOVE),
    (gist.calls_off_what_was_just_fixed, CANCEL),
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
    if message.asked is not None and message.asked.kind == "yes_no":
        return _with_a_no(message)
    can_book = BOOK in message.assistant.triggers
    return _taken_as(message, Intent(name=BOOK, confidence=1.0), names) if can_book else message


def _with_a_no(message: Message) -> Message:
    said = message.understanding.text
    no = Entity(entity="yes_no", value=False, start=0, end=len(said), text=said)
    return _taken_as(message, Intent(name="deny", confidence=1.0), (no,))


def _is_known(message: Message, intent: str | None) -> bool:
    if intent is not None and intent.startswith("faq/"):
        return intent.removeprefix("faq/") in message.assistant.answers
    return intent not in _MAY_START or intent in message.assistant.triggers


def _outweighed(message: Message) -> Intent | None:
    asks = any(holds(message) for holds in _ASKS)
    if not asks and (parting := gist.parting(message)) is not None:
        return parting
    for holds, intent in _TAKEN_FOR:
        if _is_known(message, intent) and holds(message):
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
