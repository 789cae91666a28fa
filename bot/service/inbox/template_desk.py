"""What staff may send to a patient whose chat is closed: approved templates, shown filled in before they go.

Words of patients travel here in the clear, for the eyes of staff.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.conversation import Reply
from bot.domain.diary import Appointment
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime
from bot.domain.templates import Category, Template, one_line
from bot.domain.windows import Permission, Way
from bot.ports import Clock
from bot.service.inbox.desk import Desk
from bot.service.sending.templates import CARRIES, REOPENS, TemplateBook, facts_of
from bot.service.sending.tokens import TapTokens
from bot.service.sending.wording import with_tokens
from bot.service.turns.facts import day_in_words

#: The next visit of a contact; None without one.
NextVisit = Callable[[str, datetime], Awaitable[Appointment | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateGap:
    """A parameter; `value` is what is known, "" what somebody has to write."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedTemplate:
    """`text` in the patient's language, parameters in braces."""

    name: str
    language: str
    text: str
    gaps: tuple[TemplateGap, ...]
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingView:
    """How this patient may be written to by a person now; `obstacle` is a word of bot.domain.windows."""

    way: Way
    until: datetime | None
    obstacle: str | None
    templates: tuple[OfferedTemplate, ...] = ()


class Sending(Protocol):
    async def allowed(self, conversation: str) -> Permission:
        """Raises UnknownConversation."""

    async def send(self, conversation: str, reply: Reply, *, who: str, client_message_id: str) -> None:
        """As `Desk.reply`, for a template: WindowClosed when not even that may go out."""


class TemplateDesk:
    """Of one practice."""

    def __init__(
        self,
        book: TemplateBook,
        sending: Sending,
        *,
        desk: Desk,
        practice: Practice,
        clock: Clock,
        tokens: TapTokens,
        next_visit: NextVisit,
    ) -> None:
        self._book = book
        self._sending = sending
        self._desk = desk
        self._practice = practice
        self._clock = clock
        self._tokens = tokens
        self._next_visit = next_visit

    async def offered(self, conversation: str) -> SendingView:
        """Raises UnknownConversation."""
        allowed = await self._sending.allowed(conversation)
        view = await self._desk.conversation(conversation)
        language = self._spoken(view.language)
        found = self._book.usable(channel=view.channel, language=language, categories=allowed.templates)
        known = await self._known(conversation, language) if found else {}
        # What carries somebody's own words first; what goes out by itself not at all.
        offered = [each for each in found if each.name != REOPENS and each.category is Category.UTILITY]
        offered.sort(key=lambda each: (each.name != CARRIES, each.name))
        return SendingView(
            way=allowed.way,
            until=allowed.until,
            obstacle=str(allowed.obstacle) if allowed.obstacle else None,
            templates=tuple(_offered(each, language, known) for each in offered),
        )

    async def send(
        self,
        conversation: str,
        name: str,
        values: Mapping[str, str],
        *,
        who: str,
        client_message_id: str,
    ) -> None:
        """Raises UnknownConversation, AlreadyTaken, WindowClosed, TemplateUnfit (a value is missing, or the
        channel does not take this template now)."""
        view = await self._desk.conversation(conversation)
        language = self._spoken(view.language)
        told = {key: one_line(value) for key, value in values.items() if one_line(value)}
        known = await self._known(conversation, language)
        reply = self._book.reply(name, channel=view.channel, language=language, values={**known, **told})
        now = self._clock.now()
        tapped = with_tokens(reply, conversation, self._tokens, at=now)
        await self._sending.send(conversation, tapped, who=who, client_message_id=client_message_id)

    def _spoken(self, language: str) -> str:
        return language if language in self._practice.languages else self._practice.languages[0]

    async def _known(self, conversation: str, language: str) -> dict[str, str]:
        """What a template can be filled with by itself."""
        facts = facts_of(self._practice)
        view = await self._desk.conversation(conversation)
        name = dict(view.slots).get("patient_name", "").split(" ")[0]
        if name:
            facts["first_name"] = name
        visit = await self._next_visit(conversation, self._clock.now())
        return facts | (self._of_visit(visit, language) if visit else {})

    def _of_visit(self, visit: Appointment, language: str) -> dict[str, str]:
        start = PracticeTime(self._practice.time_zone).wall(visit.opening.start)
        kind = self._practice.visit_type(visit.opening.visit_type)
        person = self._practice.practitioner(visit.opening.practitioner)
        return {
            "visit_id": visit.id,
            "visit_day": day_in_words(start.date(), language),
            "visit_time": f"{start:%H:%M}",
            "visit_type_name": kind.name(language) if kind else self._practice.name,
            "practitioner_name": person.name if person else self._practice.name,
        }


def _offered(template: Template, language: str, known: Mapping[str, str]) -> OfferedTemplate:
    text = "\n\n".join(
        part
        for part in (template.header.get(language), template.body[language], template.footer.get(language))
        if part
    )
    return OfferedTemplate(
        name=template.name,
        language=language,
        text=text,
        gaps=tuple(
            TemplateGap(name=name, value=known.get(name, ""))
            for name in template.parameters
            if name in template.used
        ),
        choices=tuple(
            title for button in template.buttons if (title := button.titles.get(language)) is not None
        ),
    )
