"""What a patient means by a message that is more than its words: an answer to another message, a form that
was filled in, a number that was shared, a link that led here.

`as_said` turns these into what the patient could have typed or tapped instead, so that everything after it
holds for them, too: answers of a form are words and nothing more, and a choice from a quoted list counts only
as the token that went out with it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.dialogue import Asked, Assistant
from bot.dialogue.commands import (
    CannotHandle,
    ChitChat,
    Command,
    Emergency,
    HumanHandoff,
    KnowledgeAnswer,
    SetSlot,
    StaleTap,
    StartFlow,
    StopMessages,
)
from bot.domain.beginnings import flow_of_link, marked_flow
from bot.domain.conversation import InboundKind
from bot.domain.pipeline import InboxMessage
from bot.service.sending.tokens import is_token
from nlu.understanding import Understanding

_NUMBER = re.compile(r"\W*(?:n|no|nr|num|number|numero|номер|№|#)?\W*([0-9]{1,2})\W*", re.I)
_LONG = 40  # characters, of which none is a number in a list
_ANSWERS = "answers."
#: What says little by itself: whoever followed a link and writes so wants what the link is about.
_LITTLE = (CannotHandle, ChitChat)
_COURTESIES = tuple(KnowledgeAnswer(topic=topic) for topic in ("thanks", "greet", "goodbye"))
_AT_ONCE = (Emergency, HumanHandoff, StopMessages)
#: The answer to an edited message that asks for nothing that can be done at once.
EDITED = "edited"


def as_said(members: Sequence[InboxMessage]) -> tuple[InboxMessage, ...]:
    """The same messages as words and taps, wherever they can be."""
    return tuple(_as_said(message) for message in members)


def begins(members: Sequence[InboxMessage], links: Mapping[str, str], assistant: Assistant) -> str | None:
    """The flow that a link or an advert begins, "" for a greeting; None: nobody came by one. A tap on a
    button of ours is that tap, wherever its writer came from."""
    for message in members:
        if message.kind is InboundKind.CHOICE and is_token(message.payload or ""):
            continue
        flow = marked_flow(message.payload) if message.kind is InboundKind.REFERRAL else None
        if flow is None:
            flow = flow_of_link(message.beside.came_by, links)
        if flow == "" or (flow is not None and _is_open(flow, assistant)):
            return flow
    return None


def beginning(flow: str) -> tuple[Command, ...]:
    """Without any words."""
    return (StartFlow(flow),) if flow else (KnowledgeAnswer(topic="greet"),)


def with_beginning(commands: tuple[Command, ...], flow: str | None) -> tuple[Command, ...]:
    """Words that came by a link: they count before it, unless they say next to nothing."""
    if not flow or any(isinstance(command, StartFlow) for command in commands):
        return commands
    greets = commands == (KnowledgeAnswer(topic="greet"),)
    said = () if greets else tuple(each for each in commands if not isinstance(each, _LITTLE))
    return (StartFlow(flow),) if not said else commands


def about_something_older(
    members: Sequence[InboxMessage], understanding: Understanding, commands: tuple[Command, ...]
) -> tuple[Command, ...]:
    """A yes or no to a message of ours that is not our last one is no answer to what is asked now."""
    intent = understanding.intent.name if understanding.intent else ""
    quotes = [message.beside.quoted for message in members if message.beside.quoted]
    if intent in ("affirm", "deny") and any(quote.is_ours and not quote.is_latest for quote in quotes):
        return (StaleTap(),)
    return commands


def said_anew(
    message: InboxMessage,
    commands: tuple[Command, ...],
    *,
    waiting: Asked | None,
    is_under_way: bool,
    booking: str | None,
) -> tuple[Command, ...]:
    """What an edited message asks for. It corrects what is under way; what was done by it stays, and a yes
    that was edited in answers no question of now. `booking`: the flow that would book a second visit."""
    if message.kind is not InboundKind.EDIT or any(isinstance(each, _AT_ONCE) for each in commands):
        return commands
    slot = waiting.slot if waiting is not None and waiting.kind in ("yes_no", "name") else None
    kept = tuple(each for each in commands if not (isinstance(each, SetSlot) and each.name == slot))
    if not is_under_way:
        seen = any(isinstance(each, StartFlow) and each.flow == booking for each in kept)
        idle = all(isinstance(each, _LITTLE) or each in _COURTESIES[1:] for each in kept)
        kept = () if seen or idle else tuple(each for each in kept if not isinstance(each, SetSlot))
    return kept or (KnowledgeAnswer(topic=EDITED),)


def beneath_a_picture(commands: tuple[Command, ...], seen: tuple[Command, ...]) -> tuple[Command, ...]:
    """What is written beneath a picture counts like any words; the picture itself is answered as well. What
    says nothing by itself ("look at this") goes with the picture."""
    if any(isinstance(each, (Emergency, StopMessages)) for each in commands):
        return commands
    wanted = tuple(each for each in commands if not isinstance(each, _LITTLE) and each not in _COURTESIES)
    return (*seen, *wanted)


def wordless(message: InboxMessage) -> tuple[Command, ...] | None:
    """What a message without words asks for, where that is more than to be told that it was seen."""
    return (HumanHandoff(reason="order"),) if message.kind is InboundKind.ORDER else None


def _is_open(flow: str, assistant: Assistant) -> bool:
    known = assistant.flows.get(flow)
    return known is not None and not known.is_pattern


def _as_said(message: InboxMessage) -> InboxMessage:
    match message.kind:
        case InboundKind.TEXT:
            return _quoting(message)
        case InboundKind.EDIT:
            return _typed(message, message.text or "")
        case InboundKind.CHOICE if message.text and message.payload == message.text:
            return _typed(message, message.text)  # a number or an address that the channel filled in
        case InboundKind.FLOW_REPLY:
            answers = [text for name, text in message.beside.details.items() if name.startswith(_ANSWERS)]
            return _typed(message, "\n".join(answers))
        case InboundKind.CONTACTS:
            details = message.beside.details
            own = details.get("origin") == "contact_request"
            return _typed(message, details.get("phones", "") if own else "")
    return message


def _typed(message: InboxMessage, words: str) -> InboxMessage:
    return replace(message, kind=InboundKind.TEXT, text=words) if words.strip() else message


def _quoting(message: InboxMessage) -> InboxMessage:
    """A number, or the name of a choice, in answer to the list that offered it is a tap; a message of nothing
    but signs in answer to one's own asks that again."""
    quote, text = message.beside.quoted, (message.text or "").strip()
    if quote is None:
        return message
    if not quote.is_ours:
        return message if any(char.isalnum() for char in text) else _typed(message, quote.text)
    number = _NUMBER.fullmatch(text) if len(text) < _LONG else None
    chosen = int(number[1]) - 1 if number else None
    for index, choice in enumerate(quote.choices):
        if index == chosen or choice.title.casefold() == text.casefold():
            return replace(message, kind=InboundKind.CHOICE, text=choice.title, payload=choice.payload)
    return message
