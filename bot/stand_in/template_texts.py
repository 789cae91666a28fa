"""What a message template may be, checked as Meta checks it when one is created, and filled in. Pure.

Sources: the pages templates/* of the Cloud API documentation, and send-messages/utility-messages of the
Messenger Platform's. That a variable needs two words of its own is what Meta's refusal 2388293 comes to;
nobody has published the exact rule.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.stand_in.refusals import GraphRefused, Refused
from bot.stand_in.strict_json import StrictObject

BODY_LIMIT, HEADER_LIMIT, FOOTER_LIMIT, BUTTON_LIMIT = 1024, 60, 60, 25
_NAME = re.compile(r"[a-z0-9_]{1,512}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2,4})?")
_VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_VARIABLE_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_AT_AN_END = re.compile(r"^\s*\{\{|\}\}\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateButton:
    """`kind` as Meta writes it: QUICK_REPLY, URL, PHONE_NUMBER, REQUEST_CONTACT_INFO, POSTBACK."""

    kind: str
    text: str
    has_variable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateText:
    """One template in one language. `header_format` is "TEXT" or a kind of media; "" without a header."""

    name: str
    language: str
    category: str
    named: bool
    body: str
    header_format: str = ""
    header: str = ""
    footer: str = ""
    buttons: tuple[TemplateButton, ...] = ()
    components: Sequence[Mapping[str, Any]] = field(default=(), repr=False)  # as they were handed in

    @property
    def body_variables(self) -> tuple[str, ...]:
        return variables(self.body)

    @property
    def header_variables(self) -> tuple[str, ...]:
        return variables(self.header)


def variables(text: str) -> tuple[str, ...]:
    """The names in a text, each once, in order."""
    return tuple(dict.fromkeys(_VARIABLE.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda match: values.get(match[1], match[0]), text)


def refused(details: str, subcode: int | None = None) -> GraphRefused:
    return GraphRefused(400, 100, f"Invalid parameter: {details}", subcode=subcode)


def read_template(body: object, *, for_page: bool) -> TemplateText:
    """The template that a request to create one describes. Raises GraphRefused."""
    try:
        return _read(StrictObject(body), for_page=for_page)
    except Refused as problem:
        raise refused(problem.details) from None


def _read(request: StrictObject, *, for_page: bool) -> TemplateText:
    name = request.text("name", high=512)
    if not _NAME.fullmatch(name):
        raise refused("name has lower-case letters, digits and underscores only")
    language = request.text("language", high=16)
    if not _LANGUAGE.fullmatch(language):
        raise refused("language is not a language code, such as it or en_US")
    category = request.text("category", high=32).upper()
    allowed = ("UTILITY",) if for_page else ("UTILITY", "MARKETING", "AUTHENTICATION")
    if category not in allowed:
        raise refused(f"category must be one of {{{', '.join(allowed)}}}")
    named = False
    if request.has("parameter_format"):
        kind = request.text("parameter_format", high=16).upper()
        if kind not in ("NAMED", "POSITIONAL"):
            raise refused("parameter_format must be one of {NAMED, POSITIONAL}")
        named = kind == "NAMED"
    if request.has("allow_category_change"):
        request.optional_boolean("allow_category_change")
    if category == "AUTHENTICATION":
        return _read_code_template(request, name=name, language=language)
    parts = _Parts(named=named, for_page=for_page)
    for component in request.children("components", low=1, high=4):
        parts.read(component)
    components = request.anything("components")
    request.end()
    if not parts.body:
        raise refused("components must have a BODY")
    return TemplateText(
        name=name,
        language=language,
        category=category,
        named=named,
        body=parts.body,
        header_format=parts.header_format,
        header=parts.header,
        footer=parts.footer,
        buttons=tuple(parts.buttons),
        components=components,
    )


def _read_code_template(request: StrictObject, *, name: str, language: str) -> TemplateText:
    """A one-time code: Meta writes the words, the business says which of them it wants."""
    seen: set[str] = set()
    for component in request.children("components", low=2, high=3):
        kind = component.text("type", high=16).upper()
        seen.add(kind)
        match kind:
            case "BODY":
                component.optional_boolean("add_security_recommendation")
            case "FOOTER":
                component.number("code_expiration_minutes", low=1, high=90)
            case "BUTTONS":
                [button] = component.children("buttons", low=1, high=1)
                button.choice("type", "OTP", "otp")
                button.choice("otp_type", "COPY_CODE", "ONE_TAP", "ZERO_TAP")
                button.optional_text("text", high=BUTTON_LIMIT)
                button.end()
            case _:
                raise refused("an AUTHENTICATION template has BODY, FOOTER and BUTTONS")
        component.end()
    components = request.anything("components")
    request.end()
    if not {"BODY", "BUTTONS"} <= seen:
        raise refused("an AUTHENTICATION template needs BODY and BUTTONS")
    return TemplateText(
        name=name,
        language=language,
        category="AUTHENTICATION",
        named=False,
        body="*{{1}}* is your verification code.",
        buttons=(TemplateButton(kind="URL", text="Copy code", has_variable=True),),
        components=components,
    )


class _Parts:
    def __init__(self, *, named: bool, for_page: bool) -> None:
        self._named = named
        self._for_page = for_page
        self._seen: set[str] = set()
        self.body = self.header_format = self.header = self.footer = ""
        self.buttons: list[TemplateButton] = []

    def read(self, component: StrictObject) -> None:
        kind = component.text("type", high=16).upper()
        if kind in self._seen:
            raise refused(f"components has two of type {kind}")
        self._seen.add(kind)
        match kind:
            case "HEADER":
                self._read_header(component)
            case "BODY":
                self.body = _limited(component, "text", BODY_LIMIT)
                self._check_variables(component, self.body, part="body")
            case "FOOTER":
                self.footer = _limited(component, "text", FOOTER_LIMIT)
                if variables(self.footer):
                    raise refused("a FOOTER has no variables")
            case "BUTTONS":
                most = 3 if self._for_page else 10
                self.buttons = [
                    self._button(each) for each in component.children("buttons", low=1, high=most)
                ]
                _check_buttons(self.buttons)
            case _:
                raise refused("component type must be one of {BODY, BUTTONS, FOOTER, HEADER}")
        component.end()

    def _read_header(self, component: StrictObject) -> None:
        self.header_format = component.text("format", high=16).upper()
        if self.header_format not in ("TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION"):
            raise refused("header format must be one of {DOCUMENT, IMAGE, LOCATION, TEXT, VIDEO}")
        if self.header_format != "TEXT":
            if component.has("example"):
                component.anything("example")
            return
        self.header = _limited(component, "text", HEADER_LIMIT)
        if len(variables(self.header)) > 1:
            raise refused("a HEADER has at most one variable", 2388047)
        self._check_variables(component, self.header, part="header")

    def _check_variables(self, component: StrictObject, text: str, *, part: str) -> None:
        found = variables(text)
        example = component.anything("example") if component.has("example") else None
        if not found:
            return
        if self._named and not all(_VARIABLE_NAME.fullmatch(each) for each in found):
            raise refused("a named variable has lower-case letters, digits and underscores", 2388293)
        if not self._named and list(found) != [str(number) for number in range(1, len(found) + 1)]:
            raise refused("positional variables count from {{1}} on without a gap", 2388293)
        if part == "body":
            if _AT_AN_END.search(text) and not self._for_page:
                raise refused("variables can't be at the start or end of the template", 2388299)
            if len(_VARIABLE.sub(" ", text).split()) < 2 * len(found) + 1:
                raise refused("this template has too many variables for its length", 2388293)
        if _examples(example, part=part, named=self._named) != (set(found) if self._named else len(found)):
            raise refused(f"every variable of the {part} needs an example", 2388043)

    def _button(self, button: StrictObject) -> TemplateButton:
        kind = button.text("type", high=32).upper()
        known = ("POSTBACK", "URL") if self._for_page else _WHATSAPP_BUTTONS
        if kind not in known:
            raise refused(f"button type must be one of {{{', '.join(sorted(known))}}}")
        if kind == "REQUEST_CONTACT_INFO":
            button.optional_text("text", high=BUTTON_LIMIT)
            button.end()
            return TemplateButton(kind=kind, text="")
        text = _limited(button, "text", BUTTON_LIMIT)
        has_variable = False
        if kind == "URL":
            url = button.text("url", high=2000)
            has_variable = bool(variables(url))
            if has_variable and (not url.endswith("}}") or not button.has("example")):
                raise refused("a URL has one variable, at its end, and an example")
            if button.has("example"):
                button.anything("example")
        if kind == "PHONE_NUMBER":
            button.text("phone_number", high=20)
        if kind == "POSTBACK" and button.has("payload"):
            has_variable = bool(variables(button.text("payload", high=1000)))
        button.end()
        return TemplateButton(kind=kind, text=text, has_variable=has_variable)


def _check_buttons(buttons: Sequence[TemplateButton]) -> None:
    for kind, most in (("URL", 2), ("PHONE_NUMBER", 1), ("REQUEST_CONTACT_INFO", 1)):
        if sum(button.kind == kind for button in buttons) > most:
            raise refused(f"at most {most} buttons of type {kind}")
    if len({button.text for button in buttons}) != len(buttons):
        raise refused("button texts must differ")


def _examples(example: Any, *, part: str, named: bool) -> set[str] | int:
    """How many values an example gives, or whose; 0 or nobody's when its shape is another."""
    content = example if isinstance(example, dict) else {}
    if named:
        pairs = content.get(f"{part}_text_named_params")
        listed = pairs if isinstance(pairs, list) else []
        return {
            str(each.get("param_name")) for each in listed if isinstance(each, dict) and each.get("example")
        }
    values = content.get(f"{part}_text")
    if part == "body" and isinstance(values, list) and values and isinstance(values[0], list):
        values = values[0]
    return len(values) if isinstance(values, list) and all(isinstance(each, str) for each in values) else 0


def _limited(component: StrictObject, key: str, limit: int) -> str:
    text = component.text(key, high=10**6)
    if len(text) > limit:
        raise refused(f"{key} is longer than {limit} characters", 2388040)
    return text


_WHATSAPP_BUTTONS = ("QUICK_REPLY", "URL", "PHONE_NUMBER", "REQUEST_CONTACT_INFO")
