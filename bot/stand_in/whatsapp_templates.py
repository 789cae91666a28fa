"""How a WhatsApp message calls a template, checked to the letter. Pure.

Source: the pages templates/* of the Cloud API documentation.
"""

import re
from dataclasses import dataclass

from bot.stand_in.refusals import malformed
from bot.stand_in.strict_json import StrictObject

SHORT_BODY_LIMIT = 1024

_TEMPLATE_SPACE = re.compile(r"[\n\t]| {5,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something that a patient can tap in a message. `kind`: "button", "list" or "template"."""

    id: str
    title: str
    kind: str
    description: str | None = None
    place: int = 0  # among the buttons of a template


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateCall:
    """A template, called. Parameters as (name or None, value); `buttons`: the places that got one."""

    name: str
    language: str
    header_format: str = ""
    header: tuple[tuple[str | None, str], ...] = ()
    body: tuple[tuple[str | None, str], ...] = ()
    buttons: tuple[int, ...] = ()


def read_template_call(template: StrictObject) -> tuple[tuple[Choice, ...], TemplateCall]:
    """A quick reply offers a choice; its title belongs to the template, so the payload stands for it."""
    name = template.text("name", high=512)
    language = template.child("language")
    code = language.text("code", high=16)
    if language.has("policy"):
        language.choice("policy", "deterministic")
    language.end()
    parts = _Parts()
    if template.has("components"):
        for component in template.children("components", low=0, high=13):
            parts.read(component)
    template.end()
    call = TemplateCall(
        name=name,
        language=code,
        header_format=parts.header_format,
        header=parts.header,
        body=parts.body,
        buttons=tuple(parts.places),
    )
    return tuple(parts.choices), call


class _Parts:
    def __init__(self) -> None:
        self.header_format = ""
        self.header: tuple[tuple[str | None, str], ...] = ()
        self.body: tuple[tuple[str | None, str], ...] = ()
        self.places: list[int] = []
        self.choices: list[Choice] = []

    def read(self, component: StrictObject) -> None:
        match component.choice("type", "header", "body", "button"):
            case "button":
                self._read_button(component)
            case "header":
                self._read_header(component)
            case _:
                self.body = tuple(map(_text, component.children("parameters", low=1, high=50)))
        component.end()

    def _read_header(self, component: StrictObject) -> None:
        parameters = component.children("parameters", low=1, high=1)
        kind = parameters[0].choice("type", "text", "image", "document", "video", "location")
        self.header_format = kind.upper()
        if kind == "text":
            self.header = (_text(parameters[0]),)
        else:
            parameters[0].anything(kind)
            parameters[0].end()

    def _read_button(self, component: StrictObject) -> None:
        sub_type = component.choice("sub_type", "quick_reply", "url")
        place = int(component.number("index", low=0, high=9))
        parameters = component.children("parameters", low=1, high=1)
        wanted = "payload" if sub_type == "quick_reply" else "text"
        parameters[0].choice("type", wanted)
        payload = parameters[0].text(wanted, high=256)
        parameters[0].end()
        self.places.append(place)
        if sub_type == "quick_reply":
            self.choices.append(Choice(id=payload, title=payload, kind="template", place=place))


def _text(parameter: StrictObject) -> tuple[str | None, str]:
    parameter.choice("type", "text")
    text = parameter.text("text", high=SHORT_BODY_LIMIT)
    if _TEMPLATE_SPACE.search(text):
        raise malformed("Param text cannot have new-line/tab characters or more than 4 consecutive spaces")
    name = parameter.optional_text("parameter_name", high=64)
    parameter.end()
    return name, text
