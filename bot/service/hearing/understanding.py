"""Puts a patient's words before `nlu`, with everything that makes bare words understood.

Messages of many conversations that wait in the same moment are read together, some at a time: a crowd must
not keep webhooks waiting.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time

from bot.dialogue import Asked, Assistant, Conversation, asked, was_just_fixed
from bot.domain.diary import Opening
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime
from nlu.understanding import AskedKind, Context, Interpreter, Named, OfferedChoice, Understanding

#: Read without a pause, in some 30 milliseconds. Together they cost less than one by one, up to about here.
AT_ONCE = 16

#: A button that says yes carries the opening it says yes to.
_YES_TO_AN_OPENING = re.compile(r"/SetSlots\((?=[^)]*=true\b)[^)]*\b\w*opening=(?P<ref>[^,)\s]+)")

#: Typed in the grammar of button payloads: nobody's words, so nothing in it is read as an answer.
_LIKE_A_PAYLOAD = re.compile(r"\s*/\w+\s*[({]")


def practice_context(
    practice: Practice, *, now: datetime, language: str | None, asking: AskedKind | None
) -> Context:
    """What every message to this practice is read with. `now` is naive practice wall time."""
    shifts = [shift for practitioner in practice.practitioners for shift in practitioner.shifts]
    return Context(
        now=now,
        languages=practice.languages,
        language=language,
        country=practice.country,
        opens=min((shift.start for shift in shifts), default=time(9)),
        closes=max((shift.end for shift in shifts), default=time(19)),
        asking=asking,
        practitioners=tuple(Named(id=p.id, words=(p.name,)) for p in practice.practitioners),
        visit_types=tuple(
            Named(id=v.id, words=(*v.names.values(), *(word for words in v.words.values() for word in words)))
            for v in practice.visit_types
        ),
        sites=tuple(Named(id=s.id, words=(s.name, s.address, *s.words)) for s in practice.sites),
    )


class Reader:
    """Understands one message at a time for its callers, many at a time for the interpreter."""

    def __init__(self, *, interpreter: Interpreter | asyncio.Task[Interpreter], practice: Practice) -> None:
        self._coming = interpreter
        self._practice = practice
        self._clock = PracticeTime(practice.time_zone)
        whenever = datetime.combine(date.min, time.min)  # every message brings its own moment
        self._place = practice_context(practice, now=whenever, language=None, asking=None)
        self._waiting: list[tuple[str, Context, asyncio.Future[Understanding]]] = []

    @property
    def is_ready(self) -> bool:
        """Whether words can be read at once; before, turns wait for it."""
        return not isinstance(self._coming, asyncio.Task) or self._coming.done()

    async def be_ready(self) -> None:
        """Returns when words can be read at once. Raises what loading raised."""
        if isinstance(self._coming, asyncio.Task):
            self._coming = await asyncio.shield(self._coming)

    async def understand(
        self, text: str, assistant: Assistant, conversation: Conversation, *, at: datetime, known: bool
    ) -> Understanding:
        """`known` is false for a contact's first words: their language is not settled yet."""
        if _LIKE_A_PAYLOAD.match(text):
            return Understanding(text=text, language=conversation.language, intent=None)
        await self.be_ready()
        context = self.context(assistant, conversation, at=at, known=known)
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Understanding] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._read_some)
        self._waiting.append((text, context, done))
        return await done

    def context(
        self, assistant: Assistant, conversation: Conversation, *, at: datetime, known: bool
    ) -> Context:
        question = asked(assistant, conversation)
        return replace(
            self._place,
            now=self._clock.wall(at),
            language=conversation.language if known else None,
            asking=question.kind if question else None,
            choices=_choices(question, self._clock),
            just_fixed=was_just_fixed(conversation),
        )

    def _read_some(self) -> None:
        waiting, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._read_some)
        try:
            assert not isinstance(self._coming, asyncio.Task)
            meanings: Sequence[Understanding] = self._coming.understand_many(
                [(text, context) for text, context, _ in waiting]
            )
        except Exception as error:
            for _, _, done in waiting:
                if not done.done():
                    done.set_exception(error)
            return
        for (_, _, done), meaning in zip(waiting, meanings, strict=True):
            if not done.done():
                done.set_result(meaning)


def _choices(question: Asked | None, clock: PracticeTime) -> tuple[OfferedChoice, ...]:
    if question is None:
        return ()
    return tuple(
        OfferedChoice(
            title=button.title,
            value=button.payload,
            start=datetime.fromisoformat(button.start)
            if button.start
            else _agreed(button.payload, clock)
            if question.kind == "yes_no"
            else None,
            practitioner=button.practitioner,
        )
        for button in question.buttons
    )


def _agreed(payload: str, clock: PracticeTime) -> datetime | None:
    """When the visit begins that a yes would fix: "quello delle 15" is that yes."""
    said_yes = _YES_TO_AN_OPENING.search(payload)
    try:
        return clock.wall(Opening.parse_ref(said_yes["ref"]).start) if said_yes else None
    except ValueError:
        return None
