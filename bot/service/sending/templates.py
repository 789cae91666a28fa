"""The templates that a practice may use: what is declared, and what the channels say of each."""

import time
from collections.abc import Mapping, Sequence
from typing import Protocol

import structlog

from bot.domain.conversation import Reply
from bot.domain.practice import Practice
from bot.domain.templates import (
    Category,
    Template,
    TemplateState,
    TemplateStatus,
    TemplateUnfit,
    one_line,
)

log = structlog.get_logger(__name__)

#: What opens a chat again when an answer could not go out, and the tap that asks for it.
REOPENS, SHOW_ANSWER = "chat_waits_for_you", "/show_answer"
#: What carries a person's words into a chat that is closed.
CARRIES = "message_from_practice"
_LONGEST_BODY = 1024
_FRESH = 5.0  # seconds: other processes hear of states, too


class Kept(Protocol):
    """Where states are kept."""

    def all_now(self) -> tuple[TemplateStatus, ...]: ...

    async def note(self, status: TemplateStatus) -> None: ...


def facts_of(practice: Practice) -> dict[str, str]:
    """What a practice says of itself in templates, by parameter."""
    return {
        "practice_name": practice.name,
        "practice_phone": practice.phone,
        "practice_address": practice.address,
    }


class TemplateBook:
    """One practice's."""

    def __init__(self, templates: Mapping[str, Template], *, practice: Practice, kept: Kept) -> None:
        self.templates = templates
        self._practice = practice
        self._kept = kept
        self._states: dict[tuple[str, str, str], TemplateStatus] = {}
        self._read_at: float | None = None

    def state(self, name: str, *, channel: str, language: str) -> TemplateState:
        known = self._known().get((channel, name, language))
        return known.state if known else TemplateState.UNKNOWN

    def category(self, name: str, *, channel: str) -> Category:
        """As Meta has it, which may put a template elsewhere than it was declared."""
        known = [each for (where, what, _), each in self._known().items() if (where, what) == (channel, name)]
        return next((each.category for each in known if each.category), self.templates[name].category)

    def usable(
        self, *, channel: str, language: str, categories: frozenset[Category] = frozenset(Category)
    ) -> tuple[Template, ...]:
        """Those that may go out on this channel in this language, by name."""
        return tuple(
            template
            for name, template in sorted(self.templates.items())
            if channel in template.channels
            and language in template.languages
            and self.category(name, channel=channel) in categories
            and self.state(name, channel=channel, language=language).may_be_sent
        )

    def reply(self, name: str, *, channel: str, language: str, values: Mapping[str, str]) -> Reply:
        """The template as a message; the practice's own facts need not be given. Raises TemplateUnfit, also
        when the channel has no such template, or has it paused or refused."""
        template = self.templates.get(name)
        if template is None or channel not in template.channels:
            raise TemplateUnfit(f'there is no template "{name}" for {channel}')
        state = self.state(name, channel=channel, language=language)
        if not state.may_be_sent:
            raise TemplateUnfit(f'template "{name}" ({language}) is {state} on {channel}')
        return template.reply(language, {**facts_of(self._practice), **values})

    def reopening(self, channel: str, language: str) -> Reply | None:
        """What asks the patient to tap, so that what waits can go out; None where there is nothing."""
        spoken = language if language in self._practice.languages else self._practice.languages[0]
        try:
            return self.reply(REOPENS, channel=channel, language=spoken, values={})
        except TemplateUnfit as reason:
            log.warning("chat_not_reopened", channel=channel, why=str(reason))
            return None

    def carrying(self, channel: str, language: str, words: str) -> Reply | None:
        """Words of ours within a template; None where there is no such template, or it is too short."""
        spoken = language if language in self._practice.languages else self._practice.languages[0]
        told = one_line(words)
        try:
            reply = self.reply(CARRIES, channel=channel, language=spoken, values={"staff_text": told})
        except TemplateUnfit as reason:
            log.warning("words_not_carried", channel=channel, why=str(reason))
            return None
        return reply if len(reply.text) <= _LONGEST_BODY else None

    async def follow(self, status: TemplateStatus) -> None:
        """A channel reports a template's state. What is older than what is known changes nothing."""
        await self._kept.note(status)
        self._read_at = None

    def statuses(self) -> Sequence[TemplateStatus]:
        return tuple(self._known().values())

    def _known(self) -> Mapping[tuple[str, str, str], TemplateStatus]:
        """Read again after a few seconds: a webhook or another process may have written."""
        now = time.monotonic()
        if self._read_at is None or now - self._read_at > _FRESH:
            rows = self._kept.all_now()
            self._states = {(row.channel, row.name, row.language): row for row in rows}
            self._read_at = now
        return self._states
