"""What a message is taken for, whatever its likeliest intent: the first row that holds, in this order.

A row counts only where the project has a flow or an answer for it; `None` takes the message for nothing but
what it names. Where no row holds, it stays what it was taken for. A section is read before the next because
its words are also the next one's, and mean less there: each says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from bot.dialogue import around_a_visit as around
from bot.dialogue import asides, cannot_come, gist, in_passing, lateness, opting_out, regret
from bot.dialogue import name_repairs as names
from bot.dialogue import who_writes_whom as whom
from bot.dialogue.another_visit_instead import OTHERWISE, wants_the_visit_otherwise
from bot.dialogue.first_look import wants_a_first_look
from bot.dialogue.gist import BOOK, CANCEL, MOVE, SOMETHING_ELSE
from bot.dialogue.message import Message
from bot.dialogue.needs_a_look import NEEDS_A_LOOK, needs_a_look
from bot.dialogue.records import RECORDS, asks_for_records
from bot.dialogue.standing import is_rather_to_be_arranged

#: Intents: the patient will decide later; what stands in the diary is not how the patient is called.
_THINK_IT_OVER, _WRONG_NAME = "think_it_over", "wrong_name"


class Row(NamedTuple):
    holds: Callable[[Message], bool]
    intent: str | None


#: What a project may have a flow for, or none.
MAY_START = frozenset(
    {
        _THINK_IT_OVER,
        _WRONG_NAME,
        around.AT_THE_DOOR,
        around.MISSED_FEE,
        around.MISSED,
        around.SOONER,
        NEEDS_A_LOOK,
        OTHERWISE,
        RECORDS,
        whom.WHO_WRITES,
    }
)


def _name_is_wrong_so_far(message: Message) -> bool:
    """Nothing is in the diary yet."""
    return names.says_name_is_wrong(message) and message.is_booking()


def _means_nothing(message: Message) -> bool:
    return not message.intent


def _will_think_of_nothing(message: Message) -> bool:
    """Where nothing is under way, "I'll think about it" takes leave."""
    return message.intent == _THINK_IT_OVER and not message.active


SECTIONS: Mapping[str, tuple[Row, ...]] = {
    # Nobody may be written to against their will: no other reading comes before that.
    "no more messages": (
        Row(opting_out.takes_it_back, opting_out.OPT_IN),
        Row(opting_out.is_told, opting_out.STOP),
        Row(opting_out.ends_what_is_under_way, "cancel_flow"),
    ),
    # Its words are those of a move, of a booking and of the visits that it names.
    "a visit otherwise": (Row(wants_the_visit_otherwise, OTHERWISE),),
    # Near the words of strangers, of services and of delays, and told by their own.
    "who we are": (
        Row(whom.asks_who_writes, whom.WHO_WRITES),
        Row(whom.asks_whom_it_is_that_answers, "bot_challenge"),
        Row(whom.asks_for_new_patients_of_a_fund, whom.NEW_PATIENTS_OF_FUND),
        Row(whom.asks_for_new_patients, whom.NEW_PATIENTS),
        Row(whom.works_nearby, whom.NEARBY),
    ),
    # What we just wrote tells what is meant, so it is asked before the words are read by themselves.
    "an answer to what we wrote": (
        Row(gist.greets_first, "greet"),
        Row(gist.thanks_for_a_reminder, "thanks"),
        Row(gist.calls_off_what_it_is_about, "cancel_visit"),
        Row(gist.names_another_day, MOVE),
        Row(gist.wants_one_more, BOOK),
    ),
    # Whoever is hurt is heard before anything is passed over as said by the way.
    "pain in other words": (Row(gist.bit_their_tongue, "urgent_pain"),),
    # The words of pain without one, and of a question for the dentist that a visit answers.
    "to be looked at": (Row(needs_a_look, NEEDS_A_LOOK),),
    # Decides nothing: what such words name must not reach the rows that book, move and mend.
    "asides in a booking": (
        Row(asides.asks_whether_free, None),
        Row(asides.asks_whether_all_are_free, asides.WHILE_FREE),
        Row(asides.asks_with_whom, asides.OF_WHOM),
        Row(asides.asks_whether_booked, asides.WHETHER_BOOKED),
        Row(asides.cries_for_help, asides.WHAT_HELP),
        Row(asides.is_tired_and_answers, None),
        Row(asides.is_tired_of_questions, "skip"),
        Row(asides.asks_to_be_reminded, "faq/reminders"),
        Row(asides.asks_whether_to_eat, asides.EATING),
        Row(asides.asks_for_the_floor, "faq/accessibility"),
        Row(asides.meant_no_number, None),
        Row(asides.tells_somebodys_number, None),
        Row(asides.is_new_here, None),
        Row(wants_a_first_look, None),
        Row(gist.chooses_with_a_doubt, None),
    ),
    # "Stop, wrong name" is about the name: before the stop is looked at.
    "a name that is wrong": (
        Row(_name_is_wrong_so_far, None),
        Row(names.says_name_is_wrong, _WRONG_NAME),
        Row(names.puts_name_right, _WRONG_NAME),
    ),
    # A stop that is none frees the words for whatever they are, a name among them.
    "a stop that is none": (Row(opting_out.is_none, None),),
    # A name may be any word ("Grace Day"), so it is one before its words are looked up anywhere.
    "a name alone": (
        Row(names.completes_name, None),
        Row(gist.is_just_a_name, None),
    ),
    # Somebody at the door waits now; and "I missed it, sorry" has the words of second thoughts.
    "around a visit": (
        Row(around.is_at_the_door, around.AT_THE_DOOR),
        Row(around.asks_what_if_late, around.LATE_PERHAPS),
        Row(around.asks_what_missing_costs, around.MISSED_FEE),
        Row(around.has_missed_a_visit, around.MISSED),
        Row(around.wants_something_sooner, around.SOONER),
        Row(around.takes_what_frees_up, MOVE),
    ),
    # About what was just done or is about to be: what it is about stands, so nothing is said in passing.
    "second thoughts": (
        Row(regret.takes_back_what_was_cancelled, regret.TAKE_BACK),
        Row(regret.regrets_the_time, MOVE),
        Row(regret.regrets_the_visit, CANCEL),
        Row(regret.wants_another_time_instead, MOVE),
    ),
    # For staff: told by words, before "I can't say now" is looked for in the same message.
    "in passing": (
        Row(in_passing.asks_for_a_call, in_passing.CALL_ME),
        Row(in_passing.is_late_for_another, in_passing.LATE),
        Row(asks_for_records, RECORDS),
        Row(in_passing.asks_for_papers, in_passing.PAPERS),
        Row(in_passing.grumbles, in_passing.SLOW_SERVICE),
        Row(in_passing.tells_of_health, in_passing.HEALTH_NOTE),
    ),
    # Nothing is decided: what was answered stays, where the project has a flow for that. So it comes before
    # whatever would take an answer from it.
    "not now": (
        Row(gist.thinks_it_over, _THINK_IT_OVER),
        Row(gist.thinks_it_over, "cancel_flow"),
        Row(lateness.comes_early, "faq/come_early"),
        Row(lateness.asks_for_a_moment, "faq/one_moment"),
    ),
    # "Why not?" has a no in it, which the rows of a no below would hear.
    "asks why": (
        Row(gist.asks_why_not_then, "faq/why_not_then"),
        Row(gist.asks_what_for, "skip"),
    ),
    # Its day is the one that does not suit: behind a booking it would be taken for a day to move to.
    "does not come": (
        Row(cannot_come.calls_off_in_a_word, CANCEL),
        Row(cannot_come.says_so, CANCEL),
    ),
    # The visit that now stands is meant, also where the words alone mean nothing.
    "right behind a booking": (
        Row(gist.corrects_what_was_just_fixed, MOVE),
        Row(gist.calls_off_what_was_just_fixed, CANCEL),
    ),
    # Every row above reads words; from here on there has to be an intent that is outweighed.
    "nothing is meant": (Row(_means_nothing, None),),
    # By the question that waits and by what is named.
    "another intent is meant": (
        Row(gist.agrees_to_be_booked, BOOK),
        Row(gist.keeps_it_to_themselves, "skip"),
        Row(gist.is_day_for_what_is_under_way, None),
        Row(is_rather_to_be_arranged, None),
        Row(gist.drops_what_is_booked, "cancel_flow"),
        Row(gist.insists, "skip"),
        Row(gist.is_for_something_else, SOMETHING_ELSE),
        Row(gist.turns_down_nothing, None),
        Row(gist.turns_down_what_is_offered, "other_openings"),
        Row(lateness.is_hardly_late, None),
        Row(gist.changes_what_is_offered, None),
        Row(gist.wants_other_offers, "other_openings"),
        Row(_will_think_of_nothing, "goodbye"),
        Row(gist.asks_for_somebody, None),
        Row(gist.means_a_visit, None),
    ),
}


def first_that_holds(message: Message) -> Row | None:
    for rows in SECTIONS.values():
        for row in rows:
            if _is_known(message, row.intent) and row.holds(message):
                return row
    return None


def may_be_unknown(intent: str | None) -> bool:
    """Whether there are projects in which a row for this intent is passed over."""
    return intent is not None and (intent.startswith("faq/") or intent in MAY_START)


def _is_known(message: Message, intent: str | None) -> bool:
    if intent is None or not may_be_unknown(intent):
        return True
    if intent.startswith("faq/"):
        return intent.removeprefix("faq/") in message.assistant.answers
    return intent in message.assistant.triggers
