"""A patient who waits for a person goes on with the assistant instead, by a button or in words: with what
they said before, or say now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.dialogue import Conversation, commands_for
from bot.dialogue.after_alarm import LASTS, is_fresh
from bot.dialogue.commands import Command, Emergency, HumanHandoff, StartFlow, StopMessages
from bot.dialogue.state import as_left
from bot.dialogue.waiting import leads_on
from bot.domain.conversation import InboundKind
from bot.domain.pipeline import QUEUE, InboxMessage, Snapshot
from bot.service.hearing.understanding import Reader
from bot.service.turns.turn import Progress
from bot.service.waiting.going_on import goes_on
from bot.service.waiting.truth import SAFE, WAYS_BACK
from nlu.understanding import Understanding

#: Reasons for which a person answers whatever else is arranged meanwhile.
_ANSWERED_APART = frozenset(
    {
        *("clinical_question", "my_data", "invoices", "records", "wrong_name", "media", "recall_later"),
        "visit_otherwise",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """Who comes back, and with what; without commands there is nothing to go on with.

    `keeps_request`: a visit is wished for meanwhile, and what a person was called for is still theirs.
    """

    text: str = ""
    commands: tuple[Command, ...] = ()
    understanding: Understanding | None = None
    keeps_request: bool = False


def may_go_on(snapshot: Snapshot, progress: Progress) -> bool:
    """Whether the assistant may speak for itself to who waits: it is neither paused nor only suggests."""
    return snapshot.owner == QUEUE and not progress.paused and snapshot.draft is None


def left_standing(snapshot: Snapshot, conversation: Conversation, at: datetime) -> Conversation:
    """What somebody in the queue says may answer what was asked before; not after an alarm."""
    waits = snapshot.owner == QUEUE and conversation.paused
    return as_left(conversation) if waits and not is_alarmed(conversation, at) else conversation


def is_alarmed(conversation: Conversation, at: datetime) -> bool:
    return conversation.alarm is not None and is_fresh(conversation.alarm, at)


def _is_for_a_person(back: Back) -> bool:
    return any(isinstance(c, (HumanHandoff, Emergency, StopMessages)) for c in back.commands)


class Returning:
    """Tells it from what is said to the person who will answer."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def of(
        self, snapshot: Snapshot, members: Sequence[InboxMessage], progress: Progress, *, chosen: str | None
    ) -> Back | None:
        """None: it is for the person who will answer. `chosen`: the way on that the message names."""
        alarm = progress.conversation.alarm
        if alarm is not None and is_fresh(alarm, progress.at):
            safe = chosen == SAFE and alarm.asked
            return await self.with_what_was_put_off(progress) if safe else None
        if chosen in WAYS_BACK:
            return await self.with_what_was_put_off(progress)
        if not may_go_on(snapshot, progress) or members[0].kind is not InboundKind.TEXT:
            return None
        text = "\n".join(member.text or "" for member in members)
        said = goes_on(text)
        if said is None:
            return await self._wishing_for_a_visit(text, progress)
        if not said.rest:
            return Back()
        back = await self._read(said.rest, progress, at=progress.at)
        if _is_for_a_person(back) or not (said.apart or any(leads_on(command) for command in back.commands)):
            return None
        return back

    async def _wishing_for_a_visit(self, text: str, progress: Progress) -> Back | None:
        """ "Ok, book me in then": nobody needs a person for that, unless they asked for one."""
        waiting = progress.conversation.waiting
        if waiting is None or waiting.reason not in _ANSWERED_APART:
            return None
        back = await self._read(text, progress, at=progress.at)
        booking = progress.assistant.triggers.get("book_visit")
        wishes = any(isinstance(c, StartFlow) and c.flow == booking for c in back.commands)
        return replace(back, keeps_request=True) if wishes and not _is_for_a_person(back) else None

    async def with_what_was_put_off(self, progress: Progress) -> Back:
        """Back() where that was nothing, or is long ago."""
        waiting = progress.conversation.waiting
        put_off = waiting.put_off if waiting is not None else None
        if put_off is None:
            return Back()
        said_at = datetime.fromisoformat(put_off.at)
        if progress.at - said_at > LASTS:
            return Back()
        if put_off.tapped:
            return Back(text=put_off.text, commands=put_off.tapped)
        back = await self._read(put_off.text, progress, at=said_at)
        return back if any(leads_on(command) for command in back.commands) else Back()

    async def _read(self, text: str, progress: Progress, *, at: datetime) -> Back:
        left = as_left(progress.conversation)
        meaning = await self._reader.understand(text, progress.assistant, left, at=at, known=True)
        return Back(
            text=text, commands=commands_for(meaning, left, progress.assistant), understanding=meaning
        )
