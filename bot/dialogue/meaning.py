"""From what a message means to what it asks of the engine (flow format, 14.1 to 14.3).

An answer to the waiting question outranks a weak guess about the intent: a name typed where a name is asked
is a name. Strong intents stand beside the answer. Words can only set what understanding may set; taps carry
their own button's payload, and are marked as taps.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.dialogue.asking import Asked, asked, kind_of
from bot.dialogue.commands import (
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
from bot.dialogue.model import Assistant, Mapped, Slot
from bot.dialogue.stacking import active_chain
from bot.dialogue.state import Conversation
from bot.dialogue.taps import ENTITY_OF_KIND, act_of, intent_fits, payload_commands
from bot.dialogue.values import same, shown
from nlu.understanding import Entity, Intent, Understanding

STRONG = 0.6  # from here on an intent counts beside an answer to the waiting question
UNSURE = 0.45  # below this, two flows that are nearly as likely are put to the patient
CLOSE = 0.1
PLAIN = 0.95  # from here on a question about something is that question, whatever it names beside

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
_ASKED_ABOUT = ("visit_type", "practitioner")
#: Intents that the words "the three o'clock one" are taken for, where a time waits for a yes.
_OF_A_TIME = frozenset(
    {"affirm", "book_visit", "other_openings", "my_appointments", *(_WEAK - {"deny", "skip", "repeat"})}
)
_MOVE = "reschedule_visit"
#: Answers after which a visit stands: another day named right behind them is where it should be.
_FIXED = frozenset({"utter_booked", "utter_visit_moved"})
_BEFORE_AN_OFFER = frozenset({"name", "phone", "birth_date", "visit_type"})  # no times to turn down yet
_HARDLY = 3  # letters: "on", "в"

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
_FOR_ME = re.compile(
    r"\W*(yes|s[iì]|да)?\W*(it'?s |it is |è |это )?((for|per|для|pour) )?"
    r"(me|myself|me stess[oa]|меня|себя|мне|sono io|я)\W*((thanks|please|grazie|спасибо)\W*)?",
    re.IGNORECASE,
)
_CANCEL = re.compile(
    r"\W*(cancel|annull\w+|cancell\w+|отмен\w+)( it| this| that| tutto| всё| все)?\W*", re.IGNORECASE
)
_WHY = re.compile(
    r"\W*((but|and|ma|e|а|но)\s+)?(why|what for|perch[eéè]|a che (vi )?serve|зачем|почему|для чего)\b.{0,60}",
    re.I | re.S,
)


def commands_for(
    understanding: Understanding, conversation: Conversation, assistant: Assistant
) -> tuple[Command, ...]:
    """() when the message means nothing here; the engine then says so."""
    flag = understanding.red_flag
    if flag is not None:
        emergency = Emergency(level=flag.level, key=flag.key)
        return (emergency,) if flag.level in ("A", "B") else (emergency, HumanHandoff(reason="emergency"))
    reading = _Reading.of(understanding, conversation, assistant).weighed()
    understanding = reading.understanding
    if reading.intent == "stop":
        return (StopMessages(),)
    tapped, spans = _chosen(understanding, conversation, assistant)
    sets = reading.sets(without=spans, taken=frozenset(c.name for c in tapped if isinstance(c, SetSlot)))
    answered = bool(tapped) or any(c.name == reading.asked_slot for c in sets)
    if not answered and not sets:
        tapped = reading.led_on()
        answered = bool(tapped)
    acts = reading.acts(answered=answered or reading.is_more_of_the_same(sets))
    if any(isinstance(command, (HumanHandoff, Clarify)) for command in acts):
        return acts
    if not acts and not answered:
        sets = (*sets, *reading.whole_text())
    return (*acts, *tapped, *_without_hasty_yes(reading, sets, tapped))


def _chosen(
    understanding: Understanding, conversation: Conversation, assistant: Assistant
) -> tuple[tuple[Command, ...], list[tuple[int, int]]]:
    """The commands of a button that was named in words, and where in the text it was named."""
    choice = understanding.first("choice")
    if choice is not None and _is_no_yes(understanding, choice, conversation, assistant):
        return (), []
    if choice is None or all(button.payload != choice.value for button in conversation.offered):
        return (), []
    commands = payload_commands(choice.value, assistant, conversation) or ()
    return commands, [(choice.start, choice.end)] if commands else []


def _is_no_yes(
    understanding: Understanding, choice: Entity, conversation: Conversation, assistant: Assistant
) -> bool:
    """Naming the time that waits for a yes is one, but not in a question, a no, or beside another wish."""
    waiting = asked(assistant, conversation)
    if waiting is None or waiting.kind != "yes_no" or choice.text == understanding.text.strip():
        return False
    refuses = any(e.entity == "yes_no" and e.value is False for e in understanding.entities)
    intent = understanding.intent
    wants_else = intent is not None and intent.confidence >= STRONG and intent.name not in _OF_A_TIME
    return refuses or wants_else or "?" in understanding.text


def _without_hasty_yes(
    reading: _Reading, sets: Sequence[SetSlot], tapped: Sequence[Command]
) -> tuple[SetSlot, ...]:
    """ "Yes, but at eleven": what was asked is about to change, so the yes does not count yet."""
    slot = reading.asked_slot
    if reading.asked is None or reading.asked.kind != "yes_no" or tapped:
        return tuple(sets)
    slots = reading.conversation.slots
    changes = [c for c in sets if c.name != slot and slots.get(c.name) is not None]
    speaks_of_language = reading.intent == "change_language"  # "ok, let's go on in English"
    if speaks_of_language or any(not same(slots[c.name], c.value) for c in changes):
        return tuple(c for c in sets if c.name != slot or c.value is not True)
    return tuple(sets)


@dataclass(frozen=True, slots=True)
class _Reading:
    understanding: Understanding
    conversation: Conversation
    assistant: Assistant
    asked: Asked | None
    active: tuple[str, ...]  # flows of the active chain, the root first

    @classmethod
    def of(cls, understanding: Understanding, conversation: Conversation, assistant: Assistant) -> _Reading:
        chain = active_chain(conversation.stack)
        return cls(
            understanding=understanding,
            conversation=conversation,
            assistant=assistant,
            asked=asked(assistant, conversation),
            active=tuple(f.flow_id for f in chain.user_frames if f.flow_id in assistant.flows)
            if chain
            else (),
        )

    def weighed(self) -> _Reading:
        """The same message, where what it names tells more about it than the likeliest intent does."""
        intent, names = self._outweighed(), self.understanding.entities
        if self._parting() is not None:
            names = tuple(e for e in names if e.entity not in _TIMES)
        elif intent is not None and self._asks_about(intent):
            names = tuple(e for e in names if e.entity not in _ASKED_ABOUT)
        elif intent is not None and self._is_of_something_else(intent):
            names = tuple(e for e in names if e.entity not in (*_ASKED_ABOUT, "relative"))
        if intent == self.understanding.intent and names == self.understanding.entities:
            return self
        return replace(self, understanding=replace(self.understanding, intent=intent, entities=names))

    def _outweighed(self) -> Intent | None:
        intent = self.understanding.intent
        parting = self._parting()
        if parting is not None:
            return parting
        if self._thinks_it_over():
            return Intent(name=self._for_later(), confidence=1.0)
        personal = self.asked is not None and self.asked.kind in ("name", "phone", "birth_date")
        if personal and _WHY.fullmatch(self.understanding.text):
            return Intent(name="skip", confidence=1.0)
        if self._corrects_what_was_just_fixed():
            return Intent(name=_MOVE, confidence=1.0)
        if intent is None:
            return None
        if personal and intent.name == "deny" and self._names_only("yes_no"):
            return Intent(name="skip", confidence=1.0)
        if self._is_day_for_what_is_under_way(intent):
            return None
        if (
            intent.name == "cancel_visit"
            and self._is_booking()
            and _CANCEL.fullmatch(self.understanding.text)
        ):
            return Intent(name="cancel_flow", confidence=1.0)
        if intent.name == "other_openings" and self.asked is not None and self.asked.kind in _BEFORE_AN_OFFER:
            return None
        if intent.name == "deny" and self.asked is not None and self.asked.kind == "opening":
            return Intent(name="other_openings", confidence=1.0)  # "no, not those"
        if intent.name == "reschedule_visit" and self._is_on_offer():
            if self._names(*_TIMES, *_ASKED_ABOUT):
                return None
            # Plainly said, it is a visit that stands: "I'd like to move my appointment".
            return intent if intent.confidence >= PLAIN else Intent(name="other_openings", confidence=1.0)
        if intent.name == THINK_IT_OVER and not self.active:
            return Intent(name="goodbye", confidence=1.0)
        if intent.name == "human" and intent.confidence < STRONG and self._names("practitioner"):
            return None  # "do you have anything with Bianchi?"
        if self.active and intent.name == "faq/practitioners" and self._names("practitioner"):
            return intent if intent.confidence >= PLAIN else None
        return None if self._means_a_visit(intent) else intent

    def _corrects_what_was_just_fixed(self) -> bool:
        """ "No sorry, I meant Thursday", right after "You're booked": the visit that now stands is moved."""
        if self.active or self.asked_slot or _MOVE not in self.assistant.triggers:
            return False
        fixed = any(said.response in _FIXED for said in self.conversation.said)
        another = self.intent == "book_visit" and self.confidence >= STRONG  # "and one for my son on Friday"
        if not fixed or another or self._names("relative", "visit_type"):
            return False
        corrects = self.intent in ("", "deny", "skip", "other_openings", "book_visit", _MOVE)
        return corrects and self._names("wish") and "?" not in self.understanding.text

    def _asks_about(self, intent: Intent) -> bool:
        """Whether what is named is asked about, not asked for: "how much is a cleaning?" changes nothing."""
        if intent.name == "faq/practitioners":
            return True
        asks_visit_type = self.asked is not None and self.asked.kind == "visit_type"
        return (
            intent.name.startswith("faq/")
            and bool(self.active)
            and not asks_visit_type
            and intent.confidence >= STRONG
        )

    def _is_of_something_else(self, intent: Intent) -> bool:
        """ "When is my check-up?", "I'll ask my wife first": what is named is not of what is under way."""
        flow = self.assistant.triggers.get(intent.name)
        if not self.active or flow is None or flow in self.active or intent.confidence < STRONG:
            return False
        kinds = {kind_of(self.assistant.slots[name]) for name in self.assistant.fills[flow]}
        return "visit_type" not in kinds and intent.name not in self.assistant.answers

    def _is_day_for_what_is_under_way(self, intent: Intent) -> bool:
        """ "Monday afternoon" and nothing else, where the active flow has a use for it, begins no other."""
        slots, triggers = self.assistant.slots, self.assistant.triggers
        if not self.active or intent.name not in triggers or not self._names_only(*_TIMES):
            return False
        return any(kind_of(slots[name]) == "time" for name in self.assistant.fills[self.active[0]])

    def _is_booking(self) -> bool:
        """Whether a visit is being arranged that does not exist yet: a bare "cancel" drops that one."""
        fills = self.assistant.fills[self.active[0]] if self.active else ()
        return {"visit_type", "time"} <= {kind_of(self.assistant.slots[name]) for name in fills}

    def _is_on_offer(self) -> bool:
        """ "Could we make it Thursday?" of a time that is on offer and not booked yet moves no visit."""
        if not self.active or self.asked is None or self.asked.kind not in ("opening", "yes_no"):
            return False
        kinds = {kind_of(self.assistant.slots[name]) for name in self.assistant.fills[self.active[0]]}
        return {"time", "opening"} <= kinds

    def _names_only(self, *entities: str) -> bool:
        """Whether hardly a letter of the message is outside these."""
        said, read = self.understanding, set[int]()
        for entity in said.entities:
            if entity.entity in entities:
                read.update(range(entity.start, entity.end))
        unread = sum(1 for at, letter in enumerate(said.text) if letter.isalpha() and at not in read)
        return bool(read) and unread <= _HARDLY

    def _parting(self) -> Intent | None:
        """ "Thanks, see you on Friday": the day is no wish, unless a time is what was asked."""
        asks_time = self.asked is not None and self.asked.kind in ("time", "opening")
        if asks_time or not self._names(*_TIMES) or self._names("visit_type", "practitioner"):
            return None
        if self.intent not in _PARTING and _SEE_YOU_THEN.fullmatch(self.understanding.text):
            return Intent(name="goodbye", confidence=1.0)
        likely = [i for i in self.understanding.intent_ranking if i.name in _PARTING]
        if self.intent in _PARTING or not likely:
            return self.understanding.intent if self.intent in _PARTING else None
        together = sum(i.confidence for i in likely)
        unsure = self.intent in self.assistant.triggers and self.confidence < UNSURE
        return likely[0] if unsure and together > self.confidence - CLOSE else None

    def _thinks_it_over(self) -> bool:
        said = self.understanding
        if not self.asked_slot or any(e.entity != "yes_no" for e in said.entities):
            return False
        return self.confidence < STRONG and _THINKS_IT_OVER.search(said.text) is not None

    def _for_later(self) -> str:
        """Nothing is decided: what was answered stays, where the project has a flow for that."""
        return THINK_IT_OVER if THINK_IT_OVER in self.assistant.triggers else "cancel_flow"

    def _means_a_visit(self, intent: Intent) -> bool:
        """ "First visit, not before four" asks for one, whatever else it resembles."""
        question = intent.name.startswith("faq/") and "?" in self.understanding.text
        if self._names("visit_type"):
            limit = _MISTAKEN_FOR_A_VISIT.get(intent.name, 0.0)
            mistaken = self._names(*_TIMES) and intent.confidence < (
                min(limit, STRONG) if question else limit
            )
        else:
            mistaken = intent.confidence < _MISTAKEN_FOR_A_DAY.get(intent.name, 0.0)
        return mistaken and self._visit_flow() is not None

    def _names(self, *entities: str) -> bool:
        return any(e.entity in entities for e in self.understanding.entities)

    @property
    def intent(self) -> str:
        return self.understanding.intent.name if self.understanding.intent else ""

    @property
    def confidence(self) -> float:
        return self.understanding.intent.confidence if self.understanding.intent else 0.0

    @property
    def asked_slot(self) -> str | None:
        return self.asked.slot if self.asked else None

    @property
    def started(self) -> str | None:
        """The flow that this message starts."""
        flow = self.assistant.triggers.get(self.intent)
        if flow is None:
            return self._implied()
        return flow if self.confidence >= self.assistant.threshold(self.intent) else None

    def _implied(self) -> str | None:
        """Who names a visit or a day and nothing else wants it: "first visit, Tuesday afternoon"."""
        return None if self.intent else self._visit_flow()

    def _visit_flow(self) -> str | None:
        """The one flow that asks for what is named here, where nothing is under way."""
        if self.active or self.asked_slot:
            return None
        wish = self.understanding.first("wish")
        names_day = wish is not None and isinstance(wish.value, Mapping) and bool(wish.value.get("windows"))
        if self._names("visit_type"):
            kinds = {"visit_type"}
        elif names_day:
            kinds = {"visit_type", "time"}
        else:
            return None
        slots = self.assistant.slots
        flows = [
            flow
            for flow in dict.fromkeys(self.assistant.triggers.values())
            if kinds <= {kind_of(slots[name]) for name in self.assistant.fills[flow]}
        ]
        return flows[0] if len(flows) == 1 else None

    def is_more_of_the_same(self, sets: Sequence[SetSlot]) -> bool:
        """ "Sorry, my mistake, I'm Gino": what the active flow has a use for, and hardly another intent."""
        known = {name for flow in self.active[:1] for name in self.assistant.fills[flow]}
        unlikely = self.confidence < UNSURE and self.intent != "human"
        return unlikely and any(command.name in known for command in sets)

    def acts(self, *, answered: bool) -> tuple[Command, ...]:
        if answered and (self.intent in _WEAK or self.confidence < STRONG):
            return ()
        if not self.intent and self.started:
            return (StartFlow(self.started),)
        clarify = self._clarify()
        if clarify is not None:
            return (clarify,)
        if self.intent in self.assistant.triggers:
            if self.started and self.active and self.intent in self.assistant.answers:
                return (KnowledgeAnswer(topic=self.intent),)  # what is under way goes on
            return (StartFlow(self.started),) if self.started else ()
        match self.intent:
            case "cancel_flow":
                return (CancelFlow(),) if self.active else (KnowledgeAnswer(topic="nothing_to_cancel"),)
            case "skip":
                return (SkipQuestion(),) if self.asked_slot else ()
            case "affirm" | "deny":
                return self._idle_yes_or_no()
            case "human" if self._names("practitioner"):
                return (HumanHandoff(reason="practitioner"),)
            case "change_language" if not self._language_is_ours() and "languages" in self.assistant.answers:
                return (KnowledgeAnswer(topic="languages"),)
        act = act_of(self.intent, self.assistant)
        return () if act is None else (act,)

    def _language_is_ours(self) -> bool:
        """Whether the language that was named is one to go on in."""
        return self.understanding.details.get("wanted_language") == self.understanding.language

    def led_on(self) -> tuple[Command, ...]:
        """A bare "yes" to choices: the one that leads on. Of several openings none; of days the soonest."""
        if self.asked is None:
            return ()
        for_me = self.asked.kind == "name" and _FOR_ME.fullmatch(self.understanding.text) is not None
        if not for_me and _last_value(self.understanding.entities, "yes_no") is not True:
            return ()
        buttons = list(self.asked.buttons)
        if self.asked.slot is not None:
            sets = f"/SetSlots({self.asked.slot}="
            buttons = [b for b in buttons if b.payload.startswith(sets)]
            if self.asked.kind == "opening":
                buttons = [b for b in buttons if b.start is not None]
            if self.asked.kind == "yes_no" or (self.asked.kind != "time" and len(buttons) != 1):
                return ()
        if not buttons:
            return ()
        return payload_commands(buttons[0].payload, self.assistant, self.conversation) or ()

    def _idle_yes_or_no(self) -> tuple[Command, ...]:
        """To "anything else?": yes asks what, no says goodbye. "Perfect" to what was told is a thank-you."""
        if self.asked_slot or self.active:
            return ()
        if self.intent == "deny":
            return (KnowledgeAnswer(topic="goodbye"),)
        said = self.conversation.said
        told = bool(said) and not said[-1].buttons and not said[-1].text.rstrip().endswith("?")
        return (KnowledgeAnswer(topic="thanks" if told else "greet"),)

    def _clarify(self) -> Command | None:
        """Two flows of which neither is likely enough."""
        ranking = [i for i in self.understanding.intent_ranking if i.name in self.assistant.triggers][:2]
        if self.active or self.intent not in self.assistant.triggers or len(ranking) < 2:
            return None
        first, second = ranking
        if first.name != self.intent or max(first.confidence, self.confidence) >= UNSURE:
            return None
        if first.confidence - second.confidence >= CLOSE:
            return None
        flows = tuple(dict.fromkeys(self.assistant.triggers[i.name] for i in ranking))
        return Clarify(options=flows) if len(flows) > 1 else None

    def sets(self, *, without: Sequence[tuple[int, int]], taken: frozenset[str]) -> tuple[SetSlot, ...]:
        """What the message fills: slots of the active flow, of the one it starts, and the asked one."""
        entities = [e for e in self.understanding.entities if not any(_overlap(e, span) for span in without)]
        if without:
            entities = [e for e in entities if e.entity != "wish"]  # "the 10:30 one" is no new wish
        found = []
        names = [name for name in self._fillable() if name not in taken]
        if self.asked_slot in names:
            names = [self.asked_slot, *(name for name in names if name != self.asked_slot)]
            answer = self._value(self.assistant.slots[names[0]], entities)
            if answer is not None and self.asked is not None and self.asked.kind in ENTITY_OF_KIND:
                span = _span(entities, ENTITY_OF_KIND[self.asked.kind])
                entities = [
                    e for e in entities if e.entity != "wish" or not span or not _overlap(e, span)
                ] + [e for e in entities if e.entity == "wish" and self.asked.kind == "time"]
        for name in names:
            value = self._value(self.assistant.slots[name], entities)
            if value is not None:
                found.append(SetSlot(name, value))
        return tuple(found)

    def _fillable(self) -> list[str]:
        fills = self.assistant.fills
        names: dict[str, None] = {}
        if self.asked_slot:
            names[self.asked_slot] = None
        for flow in (*self.active[:1], *((self.started,) if self.started else ())):
            names |= dict.fromkeys(sorted(fills[flow]))
        return list(names)

    def _value(self, slot: Slot, entities: Sequence[Entity]) -> Any:
        for mapping in sorted(slot.mappings, key=lambda m: m.type == "from_llm"):
            if mapping.active_flows and not any(
                flow in (*self.active, self.started) for flow in mapping.active_flows
            ):
                continue
            if not intent_fits(mapping, self.intent):
                continue
            value = self._mapped(slot, mapping, entities)
            if value is not None:
                return value
        return None

    def _mapped(self, slot: Slot, mapping: Mapped, entities: Sequence[Entity]) -> Any:
        match mapping.type:
            case "from_entity":
                if mapping.entity == "yes_no" and slot.name != self.asked_slot:
                    return None
                is_asked = slot.name == self.asked_slot
                fitting = [e for e in entities if _fits_role(e, mapping, is_asked=is_asked)]
                return _last_value(fitting, mapping.entity or "")
            case "from_intent":
                return mapping.value
            case "from_trigger_intent":
                starts = self.started is not None and self.started not in self.active[:1]
                return mapping.value if starts else None
            case "from_llm":
                return self._extracted(slot, entities)
        return None

    def _extracted(self, slot: Slot, entities: Sequence[Entity]) -> Any:
        """Our own reading of a slot without mappings: by what it asks for, or by an entity of its name."""
        kind = kind_of(slot)
        if kind in ENTITY_OF_KIND:
            return _last_value(entities, ENTITY_OF_KIND[kind])
        if slot.name in self.assistant.entities:
            return _last_value(entities, slot.name)
        if slot.name != self.asked_slot:
            return None
        text = self.understanding.text.strip()
        match slot.type:
            case "bool":
                value = _last_value(entities, "yes_no")
                return {"affirm": True, "deny": False}.get(self.intent) if value is None else value
            case "categorical":
                return _named_value(slot, text)
            case "float":
                number = re.search(r"-?\d+(?:[.,]\d+)?", text)
                return number[0] if number else None
        return None

    def whole_text(self) -> tuple[SetSlot, ...]:
        """The asked slot takes the message as it is, where nothing else can be made of it."""
        slot = self.assistant.slots[self.asked_slot] if self.asked_slot else None
        text = self.understanding.text.strip()
        if slot is None or not text:
            return ()
        explicit = [m for m in slot.mappings if m.type == "from_text" and intent_fits(m, self.intent)]
        free = slot.type in ("text", "any") and kind_of(slot) == "text"
        default = free and any(m.type == "from_llm" for m in slot.mappings)
        return (SetSlot(slot.name, text),) if explicit or default else ()


def _fits_role(entity: Entity, mapping: Mapped, *, is_asked: bool) -> bool:
    """A mapping without role or group takes any; the asked slot takes what was named without either."""
    if is_asked and entity.role is None and entity.group is None:
        return True
    return mapping.role in (None, entity.role) and mapping.group in (None, entity.group)


def _last_value(entities: Sequence[Entity], name: str) -> Any:
    return next((e.value for e in reversed(entities) if e.entity == name), None)


def _span(entities: Sequence[Entity], name: str) -> tuple[int, int] | None:
    return next(((e.start, e.end) for e in reversed(entities) if e.entity == name), None)


def _overlap(entity: Entity, span: tuple[int, int]) -> bool:
    return entity.start < span[1] and span[0] < entity.end


def _named_value(slot: Slot, text: str) -> Any:
    """The one value that the text names, alone or among other words."""
    folded = text.casefold()
    named = [v for v in slot.values if re.search(rf"(?<!\w){re.escape(shown(v).casefold())}(?!\w)", folded)]
    return named[0] if len(named) == 1 else None
