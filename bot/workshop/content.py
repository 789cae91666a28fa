"""Any folder in the flow format, opened for the bench: no practice, no diary, nothing of ours.

    content = open_content(Path("pizzeria"), actions="pizzeria.actions")
    content.assistant

Languages come from the folder's config.yml (`language`, `additional_languages`); without one it is English.
The practice's facts (`practice_name` ...) are empty there.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.actions.executor import InProcessActions
from bot.actions.loading import load_actions
from bot.dialogue import Assistant, load_assistant
from bot.dialogue.conditions import Literal
from bot.dialogue.model import CallStep, Flow, Slot, Trigger
from bot.dialogue.values import shown
from bot.errors import ContentRefused
from bot.source import Node, read_file
from nlu.own_examples import read_own_examples
from nlu.own_interpreter import own_interpreter
from nlu.understanding import Interpreter

_CONFIG = ("config.yml", "config.yaml")
_ENGLISH = ("en",)


@dataclass(frozen=True, kw_only=True)
class OpenedContent:
    """Content that loads. `actions` are those that were named; others that content declares fail."""

    folder: Path
    assistant: Assistant
    actions: InProcessActions

    @cached_property
    def interpreter(self) -> Interpreter:
        """Learns from the content's own examples when it is first needed."""
        taught = read_own_examples(_nlu_items(self.folder))
        return own_interpreter(
            taught,
            self.assistant.languages,
            values=_values_of_entities(self.assistant),
            described={
                flow.triggers[0].intent: (flow.name.replace("_", " "), flow.description)
                for flow in self.assistant.flows.values()
                if flow.triggers and flow.triggers[0].intent == _described(flow)
            },
        )


def open_content(folder: Path, *, actions: str | None = None) -> OpenedContent:
    """Raises ContentRefused with every mistake, SetupError where there are no such actions."""
    offered = load_actions(actions) if actions else ()
    assistant = read_content(folder)
    return OpenedContent(
        folder=folder, assistant=assistant, actions=InProcessActions(offered, assistant=assistant)
    )


def read_content(folder: Path) -> Assistant:
    """The dialogue content of a folder. Raises ContentRefused with every mistake in it."""
    assistant = load_assistant([folder], languages=languages_of(folder), for_practice=False)
    slots = {name: _asking_for_itself(slot) for name, slot in assistant.slots.items()}
    called = {s.flow for f in assistant.flows.values() for s in f.steps.values() if isinstance(s, CallStep)}
    flows = {name: flow if name in called else _startable(flow) for name, flow in assistant.flows.items()}
    triggers = {t.intent: flow.id for flow in flows.values() for t in flow.triggers}
    return replace(
        assistant,
        slots=slots,
        flows=flows,
        triggers=triggers,
        intents=assistant.intents | triggers.keys(),
    )


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


def _asking_for_itself(slot: Slot) -> Slot:
    """A slot called "phone" or "wish" means here what its type says, not what a practice asks for."""
    return replace(slot, asks_for="text") if slot.type == "text" and slot.asks_for is None else slot


def _startable(flow: Flow) -> Flow:
    """A flow that anybody may ask for, but without an intent: its name and description say what for."""
    never = flow.guard is not None and isinstance(flow.guard.tree, Literal)
    if flow.is_pattern or flow.triggers or never:
        return flow
    return replace(flow, triggers=(Trigger(intent=_described(flow)),))


def _described(flow: Flow) -> str:
    return f"flow/{flow.id}"


def _nlu_items(folder: Path) -> list[dict[str, Any]]:
    """Every `nlu` item, in the order of files. The content has been read before: its files are in order."""
    items: list[dict[str, Any]] = []
    for path in sorted(p for p in folder.rglob("*.y*ml") if p.suffix in (".yml", ".yaml")):
        node = read_file(path).get("nlu")
        items += [item.plain() for item in (node.items if node else ()) if item.kind == "mapping"]
    return items


def _values_of_entities(assistant: Assistant) -> dict[str, list[str]]:
    """What categorical slots that an entity fills can be: by mapping, or by bearing its name."""
    values: dict[str, list[str]] = {}
    for slot in assistant.slots.values():
        if slot.type != "categorical" or slot.name == "language":
            continue
        mapped = {m.entity for m in slot.mappings if m.type == "from_entity" and m.entity}
        own = {slot.name} & assistant.entities
        for entity in sorted(mapped | own):
            values.setdefault(entity, []).extend(shown(value) for value in slot.values)
    return values
