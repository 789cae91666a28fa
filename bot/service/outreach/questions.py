"""What is said in answer to a question of ours: "how are you today?" on the day after.

The question comes before everything that words may else be taken for. All is well where that is said and
nothing besides, which is the first button of the message; whatever else is written, and every picture, is for
a person, in the words of the patient. Only what is no answer at all is left to the rest of the front desk:
a courtesy, "who is this?", an opt-out, the wish for a person. An alarm is told as such, and a person gets it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.dialogue import Assistant, Conversation, asked, payload_commands
from bot.dialogue.began import put_aside
from bot.dialogue.commands import (
    Command,
    Emergency,
    HumanHandoff,
    KnowledgeAnswer,
    MediaReceived,
    SetSlot,
    StaleTap,
    StopMessages,
)
from bot.domain.outreach import GOOD, NOT_GOOD, Asks, Rule
from nlu.lexicon import known_languages, lexicon
from nlu.understanding import Understanding
from nlu.well_being import says_all_is_well
from nlu.words import cut

_NO_ANSWER = frozenset({"who_are_you", "faq/wrong_number", "bot_challenge", "change_language", "repeat"})
_SURELY = 0.8  # from here on it is one of these, in so few words
_FEW = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """`answer` GOOD or NOT_GOOD; None: the question is still open."""

    commands: tuple[Command, ...]
    conversation: Conversation
    answer: str | None = None


def to_a_question(
    rule: Rule,
    conversation: Conversation,
    commands: tuple[Command, ...],
    understanding: Understanding | None,
    assistant: Assistant,
    *,
    text: str,
    languages: Sequence[str],
    channel: str,
) -> Answered | None:
    """None where the question of this rule is not what the conversation waits at."""
    slot = question_of(rule, conversation, assistant)
    if slot is None:
        return None
    as_it_is = Answered(commands=commands, conversation=conversation)
    if any(isinstance(command, StopMessages | StaleTap) for command in commands):
        return as_it_is
    if any(isinstance(command, Emergency | HumanHandoff) for command in commands):
        return _to_a_person(commands, conversation, assistant, channel)
    good = _good(slot, conversation, assistant)
    media = [command.kind for command in commands if isinstance(command, MediaReceived)]
    if understanding is None and not media:  # a tap says what its button says
        taps = [command for command in commands if isinstance(command, SetSlot) and command.name == slot]
        answer = None if not taps else GOOD if taps[:1] == list(good[:1]) else NOT_GOOD
        return Answered(commands=commands, conversation=conversation, answer=answer)
    if good and not media and says_all_is_well(text, languages, of_a_visit=rule.asks is Asks.HOW_IT_WAS):
        return Answered(commands=good, conversation=conversation, answer=GOOD)
    if understanding is not None and not media and _is_no_answer(commands, understanding):
        return as_it_is
    said = text.strip() or (media[0] if media else "")
    return Answered(commands=(SetSlot(slot, said),), conversation=conversation, answer=NOT_GOOD)


def question_of(rule: Rule, conversation: Conversation, assistant: Assistant) -> str | None:
    """The slot that this rule's question fills, while the conversation waits for it."""
    if rule.flow is None or not any(frame.flow_id == rule.flow for frame in conversation.stack):
        return None
    waiting = asked(assistant, conversation)
    return waiting.slot if waiting is not None else None


def _good(slot: str, conversation: Conversation, assistant: Assistant) -> tuple[Command, ...]:
    """What the first of its buttons does."""
    for button in conversation.offered:
        commands = payload_commands(button.payload, assistant, conversation) or ()
        if any(isinstance(command, SetSlot) and command.name == slot for command in commands):
            return commands
    return ()


def _to_a_person(
    commands: tuple[Command, ...], conversation: Conversation, assistant: Assistant, channel: str
) -> Answered:
    """An alarm, or the wish for a person, answers the question: it is asked no more."""
    if not any(isinstance(command, HumanHandoff) for command in commands):
        commands = (*commands, HumanHandoff(reason="emergency"))
    ended = put_aside(assistant, conversation, channel=channel)
    return Answered(commands=commands, conversation=ended, answer=NOT_GOOD)


def _is_no_answer(commands: Sequence[Command], understanding: Understanding) -> bool:
    words = tuple(word.text for word in cut(understanding.text))
    if _are_courtesies(words):
        return all(isinstance(command, KnowledgeAnswer) for command in commands)
    intent = understanding.intent
    sure = intent is not None and intent.name in _NO_ANSWER and intent.confidence >= _SURELY
    if intent is not None and intent.name == "change_language":  # in Russian a numb tongue is one as well
        sure = sure and "wanted_language" in understanding.details
    return sure and len(words) <= _FEW


def _are_courtesies(words: tuple[str, ...]) -> bool:
    """ "Buongiorno, grazie!" and nothing else."""
    known, at = [lexicon(language).courtesies for language in known_languages()], 0
    while at < len(words):
        step = max(len(phrases.at(words, at) or ()) for phrases in known)
        if not step:
            return False
        at += step
    return True
