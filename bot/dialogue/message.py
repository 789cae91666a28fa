"""A message where it was said: what was understood of it, beside what was asked and what is under way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.dialogue.asking import Asked, asked, kind_of
from bot.dialogue.model import Assistant
from bot.dialogue.stacking import active_chain
from bot.dialogue.state import Conversation
from bot.domain.relative_wish import is_relative
from nlu.understanding import Understanding

_HARDLY = 3  # letters: "on", "в"


@dataclass(frozen=True, slots=True)
class Message:
    understanding: Understanding
    conversation: Conversation
    assistant: Assistant
    asked: Asked | None
    active: tuple[str, ...]  # flows of the active chain, the root first
    text: str  # all of it; what was understood has its beginning (`Understanding.heard`)

    @classmethod
    def of(cls, understanding: Understanding, conversation: Conversation, assistant: Assistant) -> Message:
        chain = active_chain(conversation.stack)
        return cls(
            understanding=replace(understanding, text=understanding.heard),
            text=understanding.text,
            conversation=conversation,
            assistant=assistant,
            asked=asked(assistant, conversation),
            active=tuple(f.flow_id for f in chain.user_frames if f.flow_id in assistant.flows)
            if chain
            else (),
        )

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
    def asked_kind(self) -> str:
        """What kind of answer is waited for; "" for none."""
        return self.asked.kind if self.asked else ""

    @property
    def started(self) -> str | None:
        """The flow that this message starts."""
        flow = self.assistant.triggers.get(self.intent)
        if flow is None:
            return self._implied()
        return flow if self.confidence >= self.assistant.threshold(self.intent) else None

    def _implied(self) -> str | None:
        """Who names a visit or a day and nothing else wants it: "first visit, Tuesday afternoon"."""
        return None if self.intent else self.visit_flow()

    def visit_flow(self) -> str | None:
        """The one flow that asks for what is named here, where nothing is under way."""
        if self.active or self.asked_slot:
            return None
        wish = self.understanding.first("wish")
        names_day = wish is not None and isinstance(wish.value, Mapping) and bool(wish.value.get("windows"))
        if self.names("visit_type"):
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

    def is_booking(self) -> bool:
        """Whether a visit is being arranged that does not exist yet: a bare "cancel" drops that one."""
        return bool(self.active) and self._books(self.active[0])

    def is_of_a_booking(self, slot: str) -> bool:
        """Whether the slot is one of a flow that arranges a visit that does not exist yet."""
        flows = (*self.active[:1], *((self.started,) if self.started else ()))
        return any(slot in self.assistant.fills[flow] and self._books(flow) for flow in flows)

    def _books(self, flow: str) -> bool:
        return {"visit_type", "time"} <= {
            kind_of(self.assistant.slots[name]) for name in self.assistant.fills[flow]
        }

    def is_on_offer(self) -> bool:
        """ "Could we make it Thursday?" of a time that is on offer and not booked yet moves no visit."""
        if not self.active or self.asked is None or self.asked.kind not in ("opening", "yes_no"):
            return False
        kinds = {kind_of(self.assistant.slots[name]) for name in self.assistant.fills[self.active[0]]}
        return {"time", "opening"} <= kinds

    def wishes_by_another_time(self) -> bool:
        """ "A day later": which of other times are meant is said."""
        wish = self.understanding.first("wish")
        return wish is not None and is_relative(wish.value)

    def names(self, *entities: str) -> bool:
        return any(e.entity in entities for e in self.understanding.entities)

    def names_only(self, *entities: str) -> bool:
        """Whether hardly a letter of the message is outside these."""
        said, read = self.understanding, set[int]()
        for entity in said.entities:
            if entity.entity in entities:
                read.update(range(entity.start, entity.end))
        unread = sum(1 for at, letter in enumerate(said.text) if letter.isalpha() and at not in read)
        return bool(read) and unread <= _HARDLY

    def language_is_ours(self) -> bool:
        """Whether the language that was named is one to go on in."""
        return self.understanding.details.get("wanted_language") == self.understanding.language
