"""Folders of YAML -> an Assistant, or every mistake in them at once (flow format, sections 1, 6.4 and 17)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path

from bot.dialogue.action_reading import read_action
from bot.dialogue.builtin_actions import BUILT_IN_ACTIONS, IRREPLACEABLE_ACTIONS
from bot.dialogue.checker import check
from bot.dialogue.flow_reading import read_flow
from bot.dialogue.keys import SECTIONS, SESSION, TEST_SECTIONS
from bot.dialogue.model import ActionDeclaration, Assistant, CallStep, CollectStep, Flow, Response
from bot.dialogue.names import Names
from bot.dialogue.payloads import IntentPayload, read_payload
from bot.dialogue.reading import Fields, Ledger, entries_of, items_of, nearest, plain, text_of
from bot.dialogue.response_reading import read_response
from bot.dialogue.slot_reading import finish_slot, read_slot
from bot.dialogue.training_reading import read_training
from bot.errors import ContentRefused, Position, Problem
from bot.source import Node, bytes_of, read_bytes, read_file

BUILT_IN = Path(__file__).with_name("builtin.yml")
BUILT_IN_LANGUAGE = "en"
SESSION_MINUTES = 10_080  # people answer at 08:00 what was asked at 23:00
_CONFIGURING = ("config.yml", "config.yaml")


@dataclass(frozen=True, slots=True)
class _File:
    shown: str
    raw: bytes
    may_configure: bool


@dataclass(slots=True)
class _Shelf:
    """Definitions of one kind. A project's own replaces a built-in one; two different ones are a mistake."""

    kind: str
    entries: dict[str, tuple[Node, Node]] = field(default_factory=dict)
    built_in: set[str] = field(default_factory=set)
    replaced: set[str] = field(default_factory=set)

    def add(self, key: Node, node: Node, ledger: Ledger, *, built_in: bool) -> None:
        name = str(key.scalar)
        known = self.entries.get(name)
        if built_in:
            self.built_in.add(name)
        elif known is not None and name not in self.built_in:
            if known[1].plain() != node.plain():
                ledger.add(
                    key, "E-DUP", f'{self.kind} "{name}" is also defined at {known[0].position}; keep one'
                )
            return
        elif name in self.built_in:
            self.built_in.discard(name)
            self.replaced.add(name)
        self.entries[name] = (key, node)


@dataclass(slots=True)
class _Content:
    """All files merged, still as nodes."""

    ledger: Ledger
    flows: _Shelf = field(default_factory=lambda: _Shelf("flow"))
    slots: _Shelf = field(default_factory=lambda: _Shelf("slot"))
    responses: _Shelf = field(default_factory=lambda: _Shelf("response"))
    answers: _Shelf = field(default_factory=lambda: _Shelf("answer"))
    actions: _Shelf = field(default_factory=lambda: _Shelf("action"))
    intents: dict[str, Node] = field(default_factory=dict)
    entities: dict[str, Node] = field(default_factory=dict)
    session: Node | None = None
    language: Node | None = None
    additional: Node | None = None

    def add_file(self, node: Node, *, built_in: bool, may_configure: bool) -> None:
        if any(node.get(section) is not None for section in ("test_cases", "stub_custom_actions")):
            return  # conversation tests: content of another kind
        sections = Fields(node, self.ledger, "a content file", (*SECTIONS, *TEST_SECTIONS))
        shelves = (self.flows, self.slots, self.responses, self.answers)
        for shelf in shelves:
            section = node.get(f"{shelf.kind}s")
            for key, value in entries_of(section, self.ledger, f'"{shelf.kind}s"') if section else ():
                shelf.add(key, value, self.ledger, built_in=built_in)
        for item in sections.items("actions"):
            key = item.entries[0][0] if item.kind == "mapping" and item.entries else item
            self.actions.add(key, item, self.ledger, built_in=built_in)
        self._vocabulary(sections)
        version = node.get("version")
        if version is not None and not str(version.scalar).startswith("3."):
            self.ledger.add(version, "E-VALUE", 'the format\'s version is "3.x"')
        self.session = node.get("session_config") or self.session
        for setting in ("language", "additional_languages"):
            if node.get(setting) is not None and not may_configure:
                self.ledger.add(node.key(setting) or node, "E-KEY", f'"{setting}" belongs into config.yml')
        self.language = node.get("language") or self.language
        self.additional = node.get("additional_languages") or self.additional

    def _vocabulary(self, sections: Fields) -> None:
        for key, found in (("intents", self.intents), ("entities", self.entities)):
            for item in sections.items(key):
                name = item.entries[0][0] if item.kind == "mapping" and item.entries else item
                found[text_of(name, self.ledger, f'a name in "{key}"')] = name
        for item in sections.items("nlu"):
            read_training(item, self.ledger)
            intent = item.get("intent")
            if intent is not None:
                self.intents[text_of(intent, self.ledger, '"intent"')] = intent

    def version(self) -> str:
        shelves = (self.flows, self.slots, self.responses, self.answers, self.actions)
        merged = {
            shelf.kind: {name: node.plain() for name, (_, node) in shelf.entries.items()} for shelf in shelves
        }
        settings = {"language": plain(self.language), "session": plain(self.session)}
        return hashlib.sha256(json.dumps([merged, settings], sort_keys=True).encode()).hexdigest()


def load_assistant(
    folders: Sequence[Path],
    *,
    languages: Sequence[str],
    declared_actions: Collection[str] | None = None,
    for_practice: bool = True,
) -> Assistant:
    """Everything in these folders (or files), ready to run in these languages.

    Raises ContentRefused with all mistakes. `declared_actions`: the custom actions that code offers; content
    that lists another one is refused. Without `for_practice` built-in texts may be missing in a language:
    they are said in English.
    """
    files: list[_File] = []
    unreadable: list[Problem] = []
    for path, shown in _files(folders):
        try:
            files.append(_File(shown, bytes_of(path, shown_as=shown), path.name in _CONFIGURING))
        except ContentRefused as error:
            unreadable.extend(error.problems)
    declared = None if declared_actions is None else frozenset(declared_actions)
    return _loaded(tuple(files), tuple(unreadable), tuple(languages), declared, for_practice)


@lru_cache(maxsize=8)
def _loaded(
    files: tuple[_File, ...],
    unreadable: tuple[Problem, ...],
    languages: tuple[str, ...],
    declared: frozenset[str] | None,
    for_practice: bool,
) -> Assistant:
    """Practices with the same flows share what was made of them: reading is most of a start."""
    ledger = Ledger()
    ledger.problems.extend(unreadable)
    content = _Content(ledger)
    content.add_file(_built_in(), built_in=True, may_configure=False)
    for file in files:
        try:
            node = read_bytes(file.raw, shown_as=file.shown)
        except ContentRefused as error:
            ledger.problems.extend(error.problems)
            continue
        content.add_file(node, built_in=False, may_configure=file.may_configure)
    assistant, broken = _assemble(content, languages, declared)
    check(assistant, ledger, broken=broken, for_practice=for_practice)
    if any(problem.is_error for problem in ledger.problems):
        raise ContentRefused(tuple(ledger.problems))
    return replace(assistant, warnings=tuple(sorted(ledger.problems)))


@cache
def _built_in() -> Node:
    return read_file(BUILT_IN, shown_as="builtin.yml")


def _files(folders: Sequence[Path]) -> list[tuple[Path, str]]:
    found: list[tuple[Path, str]] = []
    for folder in folders:
        if not folder.exists():
            missing = Problem(Position(str(folder), 1, 1), "E-YAML", "does not exist; name a folder of flows")
            raise ContentRefused((missing,))
        if folder.is_file():
            found.append((folder, folder.name))
            continue
        paths = sorted(path for path in folder.rglob("*") if path.suffix in (".yml", ".yaml"))
        found.extend((path, str(Path(folder.name) / path.relative_to(folder))) for path in paths)
    return found


def _assemble(
    content: _Content, languages: tuple[str, ...], declared: Collection[str] | None
) -> tuple[Assistant, frozenset[str]]:
    """The assistant, and the flows in which mistakes were found."""
    ledger = content.ledger
    primary = _primary_language(content, languages)
    slots = {name: read_slot(key, node, ledger) for name, (key, node) in content.slots.entries.items()}
    slots["language"] = replace(slots["language"], type="categorical", values=languages)
    names = Names(
        languages=languages,
        slots=slots,
        responses=content.responses.entries,
        flows=content.flows.entries,
        actions={*content.actions.entries, *BUILT_IN_ACTIONS},
        intents={*content.intents, *(f"faq/{topic}" for topic in content.answers.entries)},
        entities={*content.entities},
    )
    for name, (_, node) in content.slots.entries.items():
        if name != "language":
            finished = finish_slot(slots[name], node, ledger, names)
            slots[name] = replace(finished, is_built_in=name in content.slots.built_in)
    actions = _actions(content, names, declared)
    responses = _responses(content, content.responses, names, primary)
    answers = _responses(content, content.answers, names, primary)
    flows, broken = _flows(content, names, primary)
    minutes, carries = _session(content)
    assistant = Assistant(
        flows=flows,
        slots=slots,
        responses=responses,
        answers=answers,
        actions=actions,
        intents=frozenset(names.intents),
        entities=frozenset(names.entities),
        languages=languages,
        session_minutes=minutes,
        carries_slots_over=carries,
        version=content.version(),
        last_words=_last_words(names),
        replaced=frozenset(content.responses.replaced),
        every_turn=tuple(
            dict.fromkeys(
                m.every_turn for s in slots.values() for m in s.mappings if m.every_turn is not None
            )
        ),
        triggers=_triggers(flows, ledger),
        fills=_fills(flows),
    )
    pruned = {name: _without_dead_buttons(r, assistant) for name, r in responses.items()}
    return replace(assistant, responses=pruned), broken


def _primary_language(content: _Content, languages: tuple[str, ...]) -> str:
    """The language of untranslated texts. Every language of the practice must be one that content has."""
    if content.language is None:
        return languages[0]
    primary = text_of(content.language, content.ledger, '"language"')
    more = (
        items_of(content.additional, content.ledger, '"additional_languages"') if content.additional else ()
    )
    known = [primary, *(text_of(item, content.ledger, "a language") for item in more)]
    for language in languages:
        if language not in known and language.split("-")[0] not in known:
            content.ledger.add(
                content.language,
                "E-LANG",
                f'the practice speaks "{language}", these flows only {", ".join(known)}; translate them, '
                f'or take "{language}" out of the practice\'s languages',
            )
    return primary


def _responses(content: _Content, shelf: _Shelf, names: Names, primary: str) -> dict[str, Response]:
    found: dict[str, Response] = {}
    for name, (key, node) in shelf.entries.items():
        built_in = name in shelf.built_in
        language = BUILT_IN_LANGUAGE if built_in else primary
        is_answer = shelf is content.answers
        read = read_response(key, node, content.ledger, names, primary=language, is_answer=is_answer)
        found[name] = replace(read, is_built_in=built_in)
    return found


def _last_words(names: Names) -> Response:
    responses = _built_in().get("responses")
    assert responses is not None
    key, node = next(entry for entry in responses.entries if entry[0].scalar == "utter_internal_error_rasa")
    return read_response(key, node, Ledger(), names, primary=BUILT_IN_LANGUAGE)


def _actions(
    content: _Content, names: Names, declared: Collection[str] | None
) -> dict[str, ActionDeclaration]:
    found: dict[str, ActionDeclaration] = {}
    for name, (key, node) in content.actions.entries.items():
        if name.startswith("utter_"):
            if name not in names.responses:
                content.ledger.add(
                    key, "E-REF", f'there is no response "{name}"{nearest(name, names.responses)}'
                )
            continue
        if name in IRREPLACEABLE_ACTIONS:
            content.ledger.add(key, "E-DUP", f'"{name}" is the engine\'s own and cannot be replaced')
        if declared is not None and name not in declared:
            content.ledger.add(
                key,
                "E-REF",
                f'no code offers the action "{name}"{nearest(name, declared)}; name its module in '
                "CHAIRSIDE_ACTIONS, or an action_server in practice.yml",
            )
        found[name] = read_action(node, content.ledger, names)
    return found


def _flows(content: _Content, names: Names, primary: str) -> tuple[dict[str, Flow], frozenset[str]]:
    flows: dict[str, Flow] = {}
    broken: set[str] = set()
    for name, (key, node) in content.flows.entries.items():
        before = len(content.ledger.problems)
        language = BUILT_IN_LANGUAGE if name in content.flows.built_in else primary
        flow = read_flow(key, node, content.ledger, names, primary=language)
        if any(problem.is_error for problem in content.ledger.problems[before:]) or flow is None:
            broken.add(name)
        if flow is not None:
            flows[name] = flow
    return flows, frozenset(broken)


def _triggers(flows: Mapping[str, Flow], ledger: Ledger) -> dict[str, str]:
    found: dict[str, str] = {}
    for flow in flows.values():
        for trigger in flow.triggers:
            other = found.setdefault(trigger.intent, flow.id)
            if other != flow.id:
                ledger.add(
                    flow.position,
                    "E-DUP",
                    f'flows "{other}" and "{flow.id}" both start by intent "{trigger.intent}"; keep one',
                )
    return found


def _fills(flows: Mapping[str, Flow]) -> dict[str, frozenset[str]]:
    """For each flow the slots that it collects, itself or by what it calls."""
    found: dict[str, frozenset[str]] = {}

    def visit(name: str, above: frozenset[str]) -> frozenset[str]:
        if name in found or name in above or name not in flows:
            return found.get(name, frozenset())
        steps = flows[name].steps.values()
        own = frozenset(step.slot for step in steps if isinstance(step, CollectStep))
        called = dict.fromkeys(step.flow for step in steps if isinstance(step, CallStep))
        found[name] = own.union(*(visit(callee, above | {name}) for callee in called))
        return found[name]

    for name in flows:
        visit(name, frozenset())
    return found


def _session(content: _Content) -> tuple[int, bool]:
    if content.session is None:
        return SESSION_MINUTES, True
    fields = Fields(content.session, content.ledger, "session_config", SESSION)
    minutes = fields.number("session_expiration_time")
    if minutes is not None and minutes < 0:
        content.ledger.add(
            content.session, "E-VALUE", '"session_expiration_time" is in minutes; 0 means never'
        )
    return (
        SESSION_MINUTES if minutes is None else int(minutes),
        fields.flag("carry_over_slots_to_new_session", True),
    )


def _without_dead_buttons(response: Response, assistant: Assistant) -> Response:
    """Built-in menus offer what the project can do: a button whose intent nothing handles is left out."""
    if not response.is_built_in:
        return response
    variations = tuple(
        replace(v, buttons=tuple(b for b in v.buttons if _leads_somewhere(b.payload, assistant)))
        for v in response.variations
    )
    return replace(response, variations=variations)


def _leads_somewhere(payload: str, assistant: Assistant) -> bool:
    read = read_payload(payload)
    if not isinstance(read, IntentPayload):
        return True
    topic = read.intent.removeprefix("faq/")
    if read.intent.startswith("faq/"):
        return topic in assistant.answers
    return read.intent in assistant.triggers or read.intent in ("human", "ask_something")
