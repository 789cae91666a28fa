"""What WhatsApp's and Messenger's templates have in common, as Meta wants it."""

from collections.abc import Mapping
from typing import Any

from bot.channels.plain_text import clean, shorten
from bot.domain.templates import PARAMETER, one_line

_VALUE = 1024


def value_of(value: str) -> str:
    """A parameter's value: one line, within what Meta takes."""
    return shorten(one_line(clean(value)), _VALUE)


def text_component(kind: str, text: str, examples: Mapping[str, str]) -> dict[str, Any]:
    """HEADER or BODY of a template to be approved: parameters in double braces, with an example of each."""
    named = list(dict.fromkeys(PARAMETER.findall(text)))
    component: dict[str, Any] = {"type": kind, "text": PARAMETER.sub(r"{{\1}}", text)}
    if named:
        key = f"{kind.lower()}_text_named_params"
        component["example"] = {key: [{"param_name": name, "example": examples[name]} for name in named]}
    return component
