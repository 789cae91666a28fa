"""Choosing a response's variation and filling it in (flow format, 6.1 to 6.4)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.dialogue.effects import Button
from bot.dialogue.model import ButtonText, Response, Variation
from bot.dialogue.state import Said
from bot.dialogue.values import shown

SEED = "0"

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_]*)\}")
_IF = re.compile(
    r"\{%\s*if\s+context\.([\w.]+)\s*%\}(.*?)(?:\{%\s*else\s*%\}(.*?))?\{%\s*endif\s*%\}", re.DOTALL
)
_VALUE = re.compile(
    r"\{\{\s*(?:(value)|context\.([\w.]+?)(\.keys\(\))?(?:\s*\|\s*join\(\s*(?:'([^']*)'|\"([^\"]*)\")\s*\))?)\s*\}\}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a text is filled in for. `words`, an action's own arguments, go before slots."""

    conversation_id: str
    turn_number: int
    language: str
    channel: str
    slots: Mapping[str, Any]
    context: Mapping[str, Any]
    words: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """A message, and the placeholders that had nothing to show."""

    said: Said
    empty: tuple[str, ...] = ()


def word(response: Response, setting: Setting) -> Worded | None:
    """None when no variation fits. Raises ConditionFailed."""
    variation = _choose(response, setting)
    if variation is None:
        return None
    empty: list[str] = []
    text = in_language(variation.texts, setting.language, response.primary)
    buttons = tuple(_button(button, response, setting, empty) for button in variation.buttons)
    filled = _fill_template(text, setting) if variation.is_template else _fill(text, setting, empty)
    data = {key: _fill_all(value, setting, empty) for key, value in variation.data.items()}
    said = Said(text=filled.strip(), buttons=buttons, response=response.name, data=data)
    return Worded(said=said, empty=tuple(dict.fromkeys(empty)))


def in_language(texts: Mapping[str, str], language: str, primary: str) -> str:
    """The language itself, its base (it-CH -> it), then the primary one."""
    for candidate in (language, language.split("-")[0], primary):
        if candidate in texts:
            return texts[candidate]
    return next(iter(texts.values()), "")


def placeholders(text: str) -> frozenset[str]:
    return frozenset(match[1] for match in _PLACEHOLDER.finditer(text) if match[1])


def template_faults(text: str) -> str | None:
    """What is left of a template after everything allowed is taken out of it."""
    left = _VALUE.sub("", _IF.sub(r"\2\3", text))
    fault = re.search(r"\{[{%#].*?[}%#]\}", left, re.DOTALL)
    return fault[0] if fault else None


def _choose(response: Response, setting: Setting) -> Variation | None:
    holds = {
        number: variation.condition is None or variation.condition.holds(setting.slots, setting.context)
        for number, variation in enumerate(response.variations)
    }
    fitting = [v for number, v in enumerate(response.variations) if holds[number]]
    groups: Sequence[list[Variation]] = (
        [v for v in fitting if v.condition is not None and v.channel == setting.channel],
        [v for v in fitting if v.condition is None and v.channel == setting.channel],
        [v for v in fitting if v.condition is not None and v.channel is None],
        [v for v in fitting if v.condition is None and v.channel is None],
    )
    group = next((group for group in groups if group), None)
    if group is None:
        return None
    key = "\0".join((SEED, setting.conversation_id, response.name, str(setting.turn_number)))
    return group[int.from_bytes(hashlib.sha256(key.encode("utf-8", "replace")).digest()) % len(group)]


def _button(button: ButtonText, response: Response, setting: Setting, empty: list[str]) -> Button:
    title = in_language(button.titles, setting.language, response.primary)
    return Button(
        title=_fill(title, setting, empty).strip(), payload=_fill(button.payload, setting, empty).strip()
    )


def _fill(text: str, setting: Setting, empty: list[str]) -> str:
    def put(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return match[0][0]
        value = setting.words[name] if name in setting.words else setting.slots.get(name)
        if value is None:
            empty.append(name)
        return shown(value)

    return _PLACEHOLDER.sub(put, text)


def _fill_all(value: Any, setting: Setting, empty: list[str]) -> Any:
    """Every text within an image's address, a card or a custom message."""
    if isinstance(value, str):
        return _fill(value, setting, empty)
    if isinstance(value, Mapping):
        return {key: _fill_all(each, setting, empty) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_fill_all(each, setting, empty) for each in value]
    return value


def _fill_template(text: str, setting: Setting) -> str:
    def choose(match: re.Match[str]) -> str:
        return match[2] if _look_up(setting.context, match[1]) else match[3] or ""

    def put(match: re.Match[str]) -> str:
        if match[1]:
            return shown(setting.words.get("value"))
        value = _look_up(setting.context, match[2])
        if match[3] and isinstance(value, Mapping):
            value = list(value)
        joint = match[4] if match[4] is not None else match[5]
        if joint is not None and isinstance(value, (list, tuple)):
            return joint.join(shown(item) for item in value)
        return shown(value)

    return _VALUE.sub(put, _IF.sub(choose, text))


def _look_up(context: Mapping[str, Any], path: str) -> Any:
    value: Any = context
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
