"""Any folder in the flow format, opened for the bench: no practice, no diary, nothing of ours.

    content = open_content(Path("pizzeria"), actions="pizzeria.actions")
    content.assistant

Languages come from the folder's config.yml (`language`, `additional_languages`); without one it is English.
The practice's facts (`practice_name` ...) are empty there.
"""

from dataclasses import dataclass
from pathlib import Path

from bot.actions.executor import InProcessActions
from bot.actions.loading import load_actions
from bot.dialogue import Assistant, load_assistant
from bot.errors import ContentRefused
from bot.source import Node, read_file

_CONFIG = ("config.yml", "config.yaml")
_ENGLISH = ("en",)


@dataclass(frozen=True, kw_only=True)
class OpenedContent:
    """Content that loads. `actions` are those that were named; others that content declares fail."""

    folder: Path
    assistant: Assistant
    actions: InProcessActions


def open_content(folder: Path, *, actions: str | None = None) -> OpenedContent:
    """Raises ContentRefused with every mistake, SetupError where there are no such actions."""
    offered = InProcessActions(load_actions(actions) if actions else ())
    return OpenedContent(folder=folder, assistant=read_content(folder), actions=offered)


def read_content(folder: Path) -> Assistant:
    """The dialogue content of a folder. Raises ContentRefused with every mistake in it."""
    return load_assistant([folder], languages=languages_of(folder))


def languages_of(folder: Path) -> tuple[str, ...]:
    """What config.yml says, the primary language first. A config.yml that cannot be read is the loader's to
    tell about."""
    for path in sorted(folder.rglob("config.y*ml"), key=lambda p: (len(p.parts), p)):
        if path.name not in _CONFIG:
            continue
        try:
            config = read_file(path)
        except ContentRefused:
            continue
        more = config.get("additional_languages")
        named = [config.get("language"), *(more.items if more else ())]
        languages = [node.scalar for node in named if node is not None and _is_name(node)]
        if languages:
            return tuple(dict.fromkeys(str(language) for language in languages))
    return _ENGLISH


def _is_name(node: Node) -> bool:
    return isinstance(node.scalar, str) and bool(node.scalar.strip())
