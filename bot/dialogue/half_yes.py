"""A yes beside which something else is said, where a yes is the last word: it does nothing yet.

"Ok and how do I get there" is answered as the question that it is, and whatever was asked is asked again.
What repeats the words on the screen is no more than a yes: "yes, Jane Fox".
"""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.asking import kind_of
from bot.dialogue.gist import CANCEL
from bot.dialogue.message import Message
from bot.dialogue.regret import is_of_that_time
from bot.dialogue.told_of_oneself import cannot_come, tells_of_oneself
from nlu.understanding import Entity, Intent
from nlu.words import plain_words

#: From here on what is beside the yes is taken for a question of that kind, or for a deed of that kind.
_ASKS, _DOES = 0.6, 0.9
_DECIDES_LATER = "think_it_over"
#: They ask for nothing that could be done or answered before the yes.
_IDLE = frozenset(
    {"affirm", "deny", "greet", "thanks", "goodbye", "chitchat", "out_of_scope", "skip", "repeat"}
)
_STEM = 4  # letters from which on words that begin alike are one: "четверг", "четвергу"
_OF_MORE = ("relative", "several_people", "companion", "practitioner", "wish", "visit_type", "person")
_BEFORE_A_DAY = frozenset({"on", "the", "a", "il", "до", "в", "во"})
_OF_A_DAY = ("time", "part_of_day")


def is_half_a_yes(message: Message) -> bool:
    asked = message.asked
    if asked is None or not asked.is_final:
        return False
    if is_of_that_time(message) and "?" not in message.understanding.text:
        return False  # "yes, I'm away on Thursday": why it is cancelled
    calls_off = message.assistant.triggers.get(CANCEL) in message.active[:1]
    agrees = any(_agrees(e) for e in message.understanding.entities)
    if not calls_off and agrees and cannot_come(message.understanding.text):
        return True
    if tells_of_oneself(message.understanding.text, calls_off=calls_off) and not message.names(*_OF_MORE):
        return False
    screen = {word for said in message.conversation.said for word in plain_words(said.text)}
    beside = message.understanding.beside_yes
    if beside is not None and any(not _is_on(screen, word) for word in beside.words):
        return True
    agrees = any(e.entity == "yes_no" and e.value is True for e in message.understanding.entities)
    return agrees and not _takes_times(message) and _names_another_time(message, screen)


def without_half_a_yes(message: Message) -> Message:
    """The same message without its yes, taken for what is said beside it."""
    said = message.understanding
    beside = said.beside_yes.ranking if said.beside_yes is not None else said.intent_ranking
    ranking = tuple(i for i in beside if i.name not in _IDLE)
    likely = ranking[0] if ranking and ranking[0] == beside[0] and _is_taken(message, ranking[0]) else None
    names = tuple(e for e in said.entities if not _agrees(e))
    return replace(
        message, understanding=replace(said, intent=likely, intent_ranking=ranking, entities=names)
    )


def repeats_the_day(message: Message) -> bool:
    """ "Ok thanks, see you Thursday": a yes, and the day that is named is that on the screen."""
    said = message.understanding
    agrees = any(e.entity == "yes_no" and e.value is True for e in said.entities)
    screen = {word for shown in message.conversation.said for word in plain_words(shown.text)}
    named = [word for e in said.entities if e.entity in _OF_A_DAY for word in plain_words(e.text)]
    told = [word for word in named if word not in _BEFORE_A_DAY]
    return agrees and said.beside_yes is None and bool(told) and all(_is_on(screen, word) for word in told)


def _is_taken(message: Message, intent: Intent) -> bool:
    if message.assistant.triggers.get(intent.name) in message.active or message.names("several_people"):
        return False  # of what is under way only the yes is left to say
    asks = intent.name.startswith("faq/") or intent.name == _DECIDES_LATER
    return intent.confidence >= (_ASKS if asks else _DOES)


def _agrees(entity: Entity) -> bool:
    return entity.entity == "choice" or (entity.entity == "yes_no" and entity.value is True)


def _takes_times(message: Message) -> bool:
    slots = message.assistant.slots
    return any(
        kind_of(slots[name]) == "time"
        for flow in message.active[:1]
        for name in message.assistant.fills[flow]
    )


def _names_another_time(message: Message, screen: set[str]) -> bool:
    """ "Ok, Friday", said of a visit on Thursday where no day can be changed."""
    told = (e for e in message.understanding.entities if e.entity in _OF_A_DAY)
    words = (word for e in told for word in plain_words(e.text) if len(word) > _STEM)
    return any(not _is_on(screen, word) for word in words)


def _is_on(screen: set[str], word: str) -> bool:
    stem = word[: max(_STEM, len(word) - 2)]
    return word in screen or (len(word) > _STEM and any(each.startswith(stem) for each in screen))
