"""Templates: messages whose words Meta has approved, and which may be sent when the window is closed.

A template is declared in YAML once, with its words in every language of the practice; Meta approves each
language by itself. Parameters stand in braces, `{visit_day}`, and have an example value for the reviewer.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.conversation import Choice, Reply, TemplateCall
from bot.errors import ChairsideError, Position

PARAMETER = re.compile(r"\{([A-Za-z_]\w*)\}")
_BLANKS = re.compile(r"\s+")


#: What a parameter may be called besides the slots that content has: what is known of a visit and its patient
#: when a message about it is begun, what a person typed, a code.
KNOWN_PARAMETERS = frozenset(
    {
        *("first_name", "visit_id", "visit_day", "visit_time", "visit_type_name", "practitioner_name"),
        *("staff_text", "code"),
    }
)


class Category(StrEnum):
    UTILITY = "utility"
    MARKETING = "marketing"
    AUTHENTICATION = "authentication"


class TemplateState(StrEnum):
    """What Meta says of one template in one language."""

    UNKNOWN = "unknown"  # never heard of
    PENDING = "pending"
    APPROVED = "approved"
    PAUSED = "paused"  # readers were annoyed; it comes back by itself
    REJECTED = "rejected"
    DISABLED = "disabled"

    @property
    def may_be_sent(self) -> bool:
        """What nobody told us of is tried: a provider may not pass these events on."""
        return self in (TemplateState.UNKNOWN, TemplateState.APPROVED)


class ButtonKind(StrEnum):
    REPLY = "reply"  # comes back as a tap
    LINK = "link"
    PHONE = "phone"
    CONTACT = "contact"  # asks for the patient's number; Meta writes the label
    CODE = "code"  # copies the code of an authentication template; Meta writes the label


class TemplateUnfit(ChairsideError):
    """This template cannot be sent so: a language or a value is missing, or a value is too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateButton:
    """`value`: a reply's payload, a link's address, a number. It may have parameters; a link's only at its
    end."""

    kind: ButtonKind
    titles: Mapping[str, str] = field(default_factory=dict)  # language -> what stands on it
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """Texts are by language. `parameters`: name -> language -> example."""

    name: str
    category: Category
    channels: frozenset[str]
    position: Position
    parameters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    body: Mapping[str, str] = field(default_factory=dict)
    header: Mapping[str, str] = field(default_factory=dict)
    footer: Mapping[str, str] = field(default_factory=dict)
    buttons: tuple[TemplateButton, ...] = ()
    description: str = ""

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.body)

    def named_in(self, text: str) -> tuple[str, ...]:
        """Names of the parameters of a text, each once, in their order."""
        return tuple(dict.fromkeys(PARAMETER.findall(text)))

    @property
    def used(self) -> frozenset[str]:
        """Every parameter that some text, link or payload names."""
        texts = [*self.body.values(), *self.header.values(), *(button.value for button in self.buttons)]
        return frozenset(name for text in texts for name in self.named_in(text))

    def examples(self, language: str) -> dict[str, str]:
        """An example under "" is that of every language."""
        return {
            name: told.get(language) or told.get("") or next(iter(told.values()), name)
            for name, told in self.parameters.items()
        }

    def reply(self, language: str, values: Mapping[str, str]) -> Reply:
        """This template with these values: to be sent as it was approved where it is a template, and with its
        words where a channel takes words. Payloads of its choices are plain: they become tokens as those of
        any reply. Raises TemplateUnfit."""
        if language not in self.body:
            raise TemplateUnfit(f'template "{self.name}" has no words in "{language}"; add them')
        given = {name: one_line(value) for name, value in values.items() if one_line(value)}
        missing = sorted(self.used - given.keys())
        if missing:
            raise TemplateUnfit(f'template "{self.name}" needs a value for {", ".join(missing)}')
        header, body = self.header.get(language, ""), self.body[language]
        words = [fill(text, given) for text in (header, body, self.footer.get(language, "")) if text]
        replies = [n for n, button in enumerate(self.buttons) if button.kind is ButtonKind.REPLY]
        links = [
            (n, fill(_suffix(button.value), given))
            for n, button in enumerate(self.buttons)
            if button.kind in (ButtonKind.LINK, ButtonKind.CODE) and PARAMETER.search(button.value)
        ]
        shown = [
            f"{button.titles[language]}: {fill(button.value, given)}"
            for button in self.buttons
            if button.kind in (ButtonKind.LINK, ButtonKind.PHONE)
        ]
        return Reply(
            text="\n\n".join([*words, *shown]),
            choices=tuple(
                Choice(title=self.buttons[n].titles[language], payload=fill(self.buttons[n].value, values))
                for n in replies
            ),
            template=TemplateCall(
                name=self.name,
                language=language,
                category=str(self.category),
                header={name: given[name] for name in self.named_in(header)},
                body={name: given[name] for name in self.named_in(body)},
                replies=tuple(replies),
                links=tuple(links),
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateStatus:
    """What a channel reports of one template in one language. `category` when Meta has put it elsewhere."""

    channel: str
    name: str
    language: str  # as we write it
    state: TemplateState
    at: datetime
    reason: str = ""
    category: Category | None = None


#: Meta's events and states in our words.
_STATES: Mapping[str, TemplateState] = {
    "APPROVED": TemplateState.APPROVED,
    "REINSTATED": TemplateState.APPROVED,
    "UNPAUSED": TemplateState.APPROVED,
    "UNARCHIVED": TemplateState.APPROVED,
    "PENDING": TemplateState.PENDING,
    "IN_APPEAL": TemplateState.PENDING,
    "IN_REVIEW": TemplateState.PENDING,
    "REJECTED": TemplateState.REJECTED,
    "PAUSED": TemplateState.PAUSED,
    "DISABLED": TemplateState.DISABLED,
    "LIMIT_EXCEEDED": TemplateState.DISABLED,
    "ARCHIVED": TemplateState.DISABLED,
    "DELETED": TemplateState.DISABLED,
    "PENDING_DELETION": TemplateState.DISABLED,
}


def state_of(word: str) -> TemplateState | None:
    """What one of Meta's words makes of a template; None for a word that changes nothing (FLAGGED: it will be
    paused when readers go on complaining) or that we do not know."""
    return _STATES.get(word.strip().upper())


def our_language(code: str) -> str:
    """Meta writes "pt_BR", we "pt-BR"."""
    return code.strip().replace("_", "-")


def their_language(language: str) -> str:
    return language.replace("-", "_")


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its parameters in place; one without a value stays as it is written."""
    return PARAMETER.sub(lambda found: values.get(found[1], found[0]), text)


def one_line(value: str) -> str:
    """Meta refuses values with line breaks, tabs, or more than four spaces in a row."""
    return _BLANKS.sub(" ", value).strip()


def _suffix(link: str) -> str:
    """What follows the fixed part of a link."""
    return link[link.index("{") :]
