"""From what a message means to what it asks of the engine (flow format, 14.1 to 14.3).

An answer to the waiting question outranks a weak guess about the intent: a name typed where a name is asked
is a name. Strong intents stand beside the answer. Words can only set what understanding may set; taps carry
their own button's payload, and are marked as taps.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.dialogue.after_alarm import meant_after_alarm
from bot.dialogue.around_a_visit import MISSED_FEE
from bot.dialogue.asides import tells_of_small_child
from bot.dialogue.asking import Asked
from bot.dialogue.commands import (
    DEATH,
    CancelFlow,
    Clarify,
    Command,
    Emergency,
    HumanHandoff,
    KnowledgeAnswer,
    SetSlot,
    SkipQuestion,
    StartFlow,
    StopMessages,
)
from bot.dialogue.first_look import TOPIC as FIRST_LOOK
from bot.dialogue.first_look import is_told_of_it
from bot.dialogue.gist import CLOSE, PLAIN, STRONG, UNSURE
from bot.dialogue.half_yes import is_half_a_yes, without_half_a_yes
from bot.dialogue.in_passing import BESIDE_A_YES
from bot.dialogue.message import Message
from bot.dialogue.model import Assistant
from bot.dialogue.opting_out import tells_of_a_death, wants_it_after_all
from bot.dialogue.records import RECORDS
from bot.dialogue.slot_values import filled, last_value, whole_text
from bot.dialogue.state import Conversation
from bot.dialogue.taps import act_of, payload_commands
from bot.dialogue.values import same
from bot.dialogue.weighing import weighed
from nlu.understanding import Entity, Understanding

#: Intents that an answer to the waiting question always outranks.
_WEAK = frozenset(
    {
        "out_of_scope",
        "chitchat",
        "greet",
        "thanks",
        "goodbye",
        "affirm",
        "deny",
        "skip",
        "repeat",
        "bot_challenge",
        "who_are_you",
    }
)

#: Intents that the words "the three o'clock one" are taken for, where a time waits for a yes.
_OF_A_TIME = frozenset(
    {"affirm", "book_visit", "other_openings", "my_appointments", *(_WEAK - {"deny", "skip", "repeat"})}
)

_FOR_ME = re.compile(
    r"\W*((yes|s[iì]|да)\W*)?(it'?s |it is |è |это )?((for|per|для|pour) )?"
    r"(me|myself|me stess[oa]|меня|себя|мне|sono io|я)\W*((thanks|please|grazie|спасибо)\W*)?",
    re.IGNORECASE,
)


def commands_for(
    understanding: Understanding, conversation: Conversation, assistant: Assistant
) -> tuple[Command, ...]:
    """() when the message means nothing here; the engine then says so."""
    flag = understanding.red_flag
    if flag is not None:
        emergency = Emergency(level=flag.level, key=flag.key)
        alone = flag.level in ("A", "B") or (conversation.paused and conversation.alarm is not None)
        return (emergency,) if alone else (emergency, HumanHandoff(reason="emergency"))
    if (meant := meant_after_alarm(understanding, conversation)) is not None:
        return (KnowledgeAnswer(topic=meant),)
    said = Message.of(understanding, conversation, assistant)
    message = weighed(said)
    is_half = is_half_a_yes(said) and message.intent not in BESIDE_A_YES | {RECORDS}
    message = weighed(without_half_a_yes(said)) if is_half else message
    if message.intent == "stop":
        return (StopMessages(scope=DEATH if tells_of_a_death(understanding.heard) else "all"),)
    dropped = conversation.dropped
    if dropped is not None and wants_it_after_all(message):
        told = (SetSlot(name, value, by_tap=True) for name, value in dropped.slots.items())
        return (StartFlow(dropped.flow, explicit=True), *told)
    tapped, spans = _chosen(message)
    sets = filled(message, without=spans, taken=frozenset(c.name for c in tapped if isinstance(c, SetSlot)))
    answered = bool(tapped) or any(c.name == message.asked_slot for c in sets)
    if not answered and not sets:
        tapped = _led_on(message)
        answered = bool(tapped)
    if not answered and not sets and _is_tied_yes(message):
        return (KnowledgeAnswer(topic=_what_it_is_tied_to(message)),)
    by_intent = any(c == SetSlot(message.asked_slot or "", message.intent, by_tap=True) for c in tapped)
    by_intent = by_intent or (answered and _is_answered_by_intent(message))
    acts = () if by_intent else _acts(message, answered=answered or _is_more_of_the_same(message, sets))
    if any(isinstance(command, (HumanHandoff, Clarify)) for command in acts):
        return acts
    if is_half and not acts and not any(_changes(message, command) for command in sets):
        return (KnowledgeAnswer(topic="half_a_yes"),)
    if not acts and not answered:
        sets = (*sets, *whole_text(message))
    return (*_with_questions_beside(message, acts), *tapped, *_without_hasty_yes(message, sets, tapped))


def _with_questions_beside(message: Message, acts: Sequence[Command]) -> tuple[Command, ...]:
    """ "How long does it take, and how much is it?": each question that has an answer is answered."""
    asked_too = () if message.intent == MISSED_FEE else message.understanding.details.get("asked_too", ())
    topics = [name.removeprefix("faq/") for name in asked_too]
    too = [KnowledgeAnswer(topic=topic) for topic in topics if topic in message.assistant.answers]
    told = {act.topic for act in acts if isinstance(act, KnowledgeAnswer)}
    asked = [each for each in too if each.topic not in told]
    starts = any(isinstance(act, StartFlow) for act in acts)
    beside = [*asked, *acts] if starts else [*acts, *asked]  # answered before the booking asks on
    if tells_of_small_child(message) and KnowledgeAnswer(topic="children") not in beside:
        beside.insert(0, KnowledgeAnswer(topic="children"))  # before the booking asks on
    if is_told_of_it(message):
        beside.append(KnowledgeAnswer(topic=FIRST_LOOK))
    return tuple(beside)


def _chosen(message: Message) -> tuple[tuple[Command, ...], list[tuple[int, int]]]:
    """The commands of a button that was named in words, and where in the text it was named."""
    stands_for = f"/SetSlots({message.asked_slot}={message.intent})"  # an intent that the question takes
    if message.intent and any(button.payload == stands_for for button in message.conversation.offered):
        return payload_commands(stands_for, message.assistant, message.conversation) or (), []
    choice = message.understanding.first("choice")
    if choice is not None and _is_no_yes(message, choice):
        return (), []
    if choice is None or all(button.payload != choice.value for button in message.conversation.offered):
        return (), []
    commands = payload_commands(choice.value, message.assistant, message.conversation) or ()
    return commands, [(choice.start, choice.end)] if commands else []


def _is_no_yes(message: Message, choice: Entity) -> bool:
    """Naming the time that waits for a yes is one, but not in a question, a no, or beside another wish."""
    said, waiting = message.understanding, message.asked
    if waiting is None or waiting.kind != "yes_no":
        return False
    if _is_told_by_place(message, choice, waiting):
        return True
    if choice.text == said.text.strip():
        return False
    refuses = any(e.entity == "yes_no" and e.value is False for e in said.entities)
    wants_else = message.confidence >= STRONG and message.intent not in _OF_A_TIME
    return refuses or wants_else or "?" in said.text or "withheld" in said.details


def _is_told_by_place(message: Message, choice: Entity, waiting: Asked) -> bool:
    """ "The first", where no list stands: it names neither a time nor a word of the button."""
    button = next((b for b in waiting.buttons if b.payload == choice.value), None)
    times = (e for e in message.understanding.entities if e.entity in ("time", "part_of_day"))
    names_time = any(e.start < choice.end and choice.start < e.end for e in times)
    if button is None or names_time or any(letter.isdigit() for letter in choice.text):
        return False
    begins = {word[:3] for word in re.findall(r"\w+", button.title.casefold())}
    return not any(word[:3] in begins for word in re.findall(r"\w+", choice.text.casefold()))


def _is_answered_by_intent(message: Message) -> bool:
    """Whether what the message is taken for answers the waiting question, and so begins nothing else."""
    if message.asked_slot is None or message.asked_kind != "yes_no":
        return False
    mappings = message.assistant.slots[message.asked_slot].mappings
    return any(message.intent in mapping.intents for mapping in mappings)


def _is_tied_yes(message: Message) -> bool:
    """ "Yes, if I can bring my dog": only a plain yes can be noted."""
    asks = message.asked is not None and message.asked.kind == "yes_no"
    tied = asks and message.understanding.details.get("withheld") == "condition"
    return tied and (message.intent in _WEAK or message.confidence < PLAIN)


def _what_it_is_tied_to(message: Message) -> str:
    """The answer of ours that the condition asks for, once the yes at its head no longer counts."""
    told = [i for i in message.understanding.intent_ranking if i.name not in _WEAK]
    topic = told[0].name.removeprefix("faq/") if told else ""
    is_likely = bool(told) and 2 * told[0].confidence >= sum(i.confidence for i in told)
    return topic if is_likely and topic in message.assistant.answers else "tied_yes"


def _without_hasty_yes(
    message: Message, sets: Sequence[SetSlot], tapped: Sequence[Command]
) -> tuple[SetSlot, ...]:
    """ "Yes, but at eleven": what was asked is about to change, so the yes does not count yet."""
    slot = message.asked_slot
    if message.asked is None or message.asked.kind != "yes_no" or tapped:
        return tuple(sets)
    slots = message.conversation.slots
    changes = [c for c in sets if c.name != slot and slots.get(c.name) is not None]
    speaks_of_language = message.intent == "change_language"  # "ok, let's go on in English"
    if speaks_of_language or any(not same(slots[c.name], c.value) for c in changes):
        return tuple(c for c in sets if c.name != slot or c.value is not True)
    return tuple(sets)


def _changes(message: Message, command: SetSlot) -> bool:
    return not same(message.conversation.slots.get(command.name), command.value)


def _is_more_of_the_same(message: Message, sets: Sequence[SetSlot]) -> bool:
    """ "Sorry, my mistake, I'm Gino": what the active flow has a use for, and hardly another intent."""
    known = {name for flow in message.active[:1] for name in message.assistant.fills[flow]}
    unlikely = message.confidence < UNSURE and message.intent != "human"
    return unlikely and any(command.name in known for command in sets)


def _acts(message: Message, *, answered: bool) -> tuple[Command, ...]:
    if answered and (message.intent in _WEAK or message.confidence < STRONG):
        return ()
    if message.understanding.details.get("insult"):
        return (KnowledgeAnswer(topic="insult"),)  # nothing to look after: no complaint, no flow
    if not message.intent and message.started:
        return (StartFlow(message.started),)
    clarify = _clarify(message)
    if clarify is not None:
        return (clarify,)
    if message.intent in message.assistant.triggers:
        if message.started and message.active and message.intent in message.assistant.answers:
            return (KnowledgeAnswer(topic=message.intent),)  # what is under way goes on
        return (StartFlow(message.started),) if message.started else ()
    match message.intent:
        case "cancel_flow":
            return (CancelFlow(),) if message.active else (KnowledgeAnswer(topic="nothing_to_cancel"),)
        case "skip":
            return (SkipQuestion(),) if message.asked_slot else ()
        case "affirm" | "deny":
            return _idle_yes_or_no(message)
        case "human" if message.names("practitioner"):
            return (HumanHandoff(reason="practitioner"),)
        case "change_language" if not message.language_is_ours() and "languages" in message.assistant.answers:
            return (KnowledgeAnswer(topic="languages"),)
    act = act_of(message.intent, message.assistant)
    return () if act is None else (act,)


def _led_on(message: Message) -> tuple[Command, ...]:
    """A bare "yes" to choices: the one that leads on. Of several openings none; of days the soonest."""
    if message.asked is None:
        return ()
    for_me = message.asked.kind == "name" and _FOR_ME.fullmatch(message.understanding.text) is not None
    if not for_me and last_value(message.understanding.entities, "yes_no") is not True:
        return ()
    buttons = list(message.asked.buttons)
    if message.asked.slot is not None:
        sets = f"/SetSlots({message.asked.slot}="
        buttons = [b for b in buttons if b.payload.startswith(sets)]
        if message.asked.kind == "opening":
            buttons = [b for b in buttons if b.start is not None]
        if message.asked.kind == "yes_no" or (message.asked.kind != "time" and len(buttons) != 1):
            return ()
    if not buttons:
        return ()
    return payload_commands(buttons[0].payload, message.assistant, message.conversation) or ()


def _idle_yes_or_no(message: Message) -> tuple[Command, ...]:
    """To "anything else?": yes asks what, no says goodbye. "Perfect" to what was told is a thank-you."""
    if message.asked_slot or message.active:
        return ()
    if message.intent == "deny":
        return (KnowledgeAnswer(topic="goodbye"),)
    said = message.conversation.said
    told = bool(said) and not said[-1].buttons and not said[-1].text.rstrip().endswith("?")
    return (KnowledgeAnswer(topic="thanks" if told else "greet"),)


def _clarify(message: Message) -> Command | None:
    """Two flows of which neither is likely enough."""
    ranking = [i for i in message.understanding.intent_ranking if i.name in message.assistant.triggers][:2]
    if message.active or message.intent not in message.assistant.triggers or len(ranking) < 2:
        return None
    first, second = ranking
    if first.name != message.intent or max(first.confidence, message.confidence) >= UNSURE:
        return None
    if first.confidence - second.confidence >= CLOSE:
        return None
    flows = tuple(dict.fromkeys(message.assistant.triggers[i.name] for i in ranking))
    return Clarify(options=flows) if len(flows) > 1 else None
