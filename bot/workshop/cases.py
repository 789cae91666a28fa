"""Conversation tests as they are written (flow format, section 16), read and checked against the content.

    cases = read_cases([Path("tests/booking.yml")], assistant)

Every mistake of every file is told at once. Fixtures and metadata may also stand in a conftest.yml beside
the tests or in a folder above them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.dialogue import Assistant
from bot.dialogue.commands import Command, command_from_json
from bot.dialogue.reading import Fields, Ledger, entries_of, items_of, nearest, plain
from bot.dialogue.values import WrongValue, coerce
from bot.errors import ChairsideError, ContentRefused, Position, Problem
from bot.source import Node, read_file
from bot.workshop.assertion_reading import NameCheck, read_assertion, read_expectation
from bot.workshop.assertions import Assertion, Expectation

_FILE_KEYS = ("version", "test_cases", "fixtures", "metadata", "stub_custom_actions")
_CASE_KEYS = ("test_case", "steps", "fixtures", "metadata")
_STEP_KEYS = ("user", "bot", "utter", "slot_was_set", "slot_was_not_set", "metadata")
_USER_KEYS = ("assertions", "assertion_order_enabled", "commands")
_SHARED = ("conftest.yml", "conftest.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stub:
    """What an action comes back with, without being run."""

    events: tuple[Mapping[str, Any], ...] = ()
    responses: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the patient says, and what must follow. `commands` stand in for understanding."""

    text: str
    position: Position
    commands: tuple[Command, ...] | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    assertions: tuple[Assertion, ...] = ()
    ordered: bool = False
    expectations: tuple[Expectation, ...] = ()  # old style; without effect where a case has assertions


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    name: str
    position: Position
    file: Path
    turns: tuple[Said, ...]
    slots: Mapping[str, Any] = field(default_factory=dict)  # of its fixtures
    stubs: Mapping[str, Stub] = field(default_factory=dict)  # by action
    before: tuple[Expectation, ...] = ()  # old-style steps that stand before the first message

    @property
    def checks(self) -> int:
        """How many things it asserts."""
        return len(self.before) + sum(len(turn.assertions) + len(turn.expectations) for turn in self.turns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """All cases in the order of files, and what is odd about the files."""

    cases: tuple[Case, ...]
    warnings: tuple[Problem, ...] = ()


def read_cases(paths: Sequence[Path], assistant: Assistant) -> Cases:
    """The cases of these files and folders; `FILE::NAME` is one case.

    Raises ContentRefused with every mistake, and ChairsideError when there is nothing to run.
    """
    ledger, found = Ledger(), []
    for file, only in _files(paths):
        reader = _Reader(assistant, ledger, file)
        try:
            cases = reader.read()
        except ContentRefused as refusal:
            ledger.problems.extend(refusal.problems)
            continue
        if only is not None and only not in [case.name for case in cases]:
            named = nearest(only, [case.name for case in cases])
            raise ChairsideError(f'{file} has no test case "{only}"{named}')
        found += [case for case in cases if only in (None, case.name)]
    if any(problem.is_error for problem in ledger.problems):
        raise ContentRefused(tuple(ledger.problems))
    if not found:
        raise ChairsideError(f"no test cases in {', '.join(map(str, paths))}; write a list under test_cases")
    return Cases(cases=tuple(found), warnings=tuple(sorted(ledger.problems)))


def _files(paths: Sequence[Path]) -> list[tuple[Path, str | None]]:
    """Named files as they are; of folders those that hold test cases."""
    found: dict[tuple[Path, str | None], None] = {}
    for path in paths:
        file, marked, only = str(path).partition("::")
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*.y*ml") if p.suffix in (".yml", ".yaml"))
            found |= dict.fromkeys((p, None) for p in inside if _has_cases(p))
        elif Path(file).is_file():
            found[Path(file), only if marked else None] = None
        else:
            raise ChairsideError(f"{file} does not exist; name a file of test cases or a folder of them")
    return list(found)


def _has_cases(path: Path) -> bool:
    return b"test_cases" in path.read_bytes()


class _Reader:
    """One file."""

    def __init__(self, assistant: Assistant, ledger: Ledger, file: Path) -> None:
        self._assistant = assistant
        self._ledger = ledger
        self._file = file
        self._names = NameCheck(assistant, ledger)
        self._fixtures: dict[str, Mapping[str, Any]] = {}
        self._metadata: dict[str, Mapping[str, Any]] = {}

    def read(self) -> list[Case]:
        for shared in _shared(self._file):
            self._read_shared(Fields(read_file(shared), self._ledger, "a test file", _FILE_KEYS))
        fields = Fields(read_file(self._file), self._ledger, "a test file", _FILE_KEYS)
        self._read_shared(fields)
        cases, known = [], dict[str, Position]()
        for node in fields.items("test_cases"):
            case = self._case(node)
            if case.name and case.name in known:
                self._ledger.add(
                    case.position,
                    "W-DUPTEST",
                    f'test case "{case.name}" is also at {known[case.name]}; give it a name of its own',
                )
            known.setdefault(case.name, case.position)
            cases.append(case)
        stubs = self._stubs(fields.get("stub_custom_actions"), list(known))
        return [replace(case, stubs=_stubs_of(case.name, stubs)) for case in cases]

    def _read_shared(self, fields: Fields) -> None:
        for name, node in _named(fields, "fixtures", self._ledger):
            self._fixtures[str(name.scalar)] = self._slots(node)
        for name, node in _named(fields, "metadata", self._ledger):
            entries_of(node, self._ledger, f'metadata "{name.scalar}"')
            self._metadata[str(name.scalar)] = plain(node) if node.kind == "mapping" else {}

    def _slots(self, node: Node) -> dict[str, Any]:
        """Slot values: one mapping, or a list of one-key mappings."""
        parts = node.items if node.kind == "sequence" else (node,)
        slots: dict[str, Any] = {}
        for part in parts:
            for name, value in entries_of(part, self._ledger, "a fixture"):
                slot = self._assistant.slots.get(self._names.slot(name))
                if slot is None:
                    continue
                try:
                    slots[slot.name] = coerce(slot, value.plain())
                except WrongValue as error:
                    self._ledger.add(value, "E-VALUE", f'slot "{slot.name}" is {slot.type}: this is {error}')
        return slots

    def _stubs(self, node: Node | None, cases: Sequence[str]) -> dict[tuple[str, str], Stub]:
        """By case ("" for all of them) and action."""
        stubs: dict[tuple[str, str], Stub] = {}
        for key, value in entries_of(node, self._ledger, '"stub_custom_actions"') if node else ():
            case, marked, action = str(key.scalar).rpartition("::")
            if marked and case not in cases:
                self._ledger.add(key, "E-REF", f'there is no test case "{case}" here{nearest(case, cases)}')
            self._names.action(key, action)
            fields = Fields(value, self._ledger, f'the stub of "{action}"', ("events", "responses"))
            stubs[case, action] = Stub(
                events=tuple(self._stub_items(fields, "events")),
                responses=tuple(self._stub_items(fields, "responses")),
            )
        return stubs

    def _stub_items(self, fields: Fields, key: str) -> list[Mapping[str, Any]]:
        found = []
        for item in fields.items(key):
            if item.kind != "mapping" or (key == "events" and not isinstance(plain(item.get("event")), str)):
                needs = 'with an "event"' if key == "events" else 'such as {text: "..."}'
                self._ledger.add(item, "E-TYPE", f'"{key}" of {fields.what} is a list of mappings {needs}')
                continue
            name = item.get("name")
            if plain(item.get("event")) == "slot" and name is not None:
                self._names.slot(name)
            found.append(item.plain())
        return found

    def _case(self, node: Node) -> Case:
        fields = Fields(node, self._ledger, "a test case", _CASE_KEYS)
        name = fields.text("test_case")
        if node.kind == "mapping" and node.get("test_case") is None:
            self._ledger.add(node, "E-KEY", 'a test case needs a name: "test_case"')
        slots: dict[str, Any] = {}
        for fixture in fields.names("fixtures"):
            where = node.get("fixtures") or node
            slots |= _known(fixture, self._fixtures, "fixture", where, self._ledger)
        before, turns = self._turns(fields, self._named_metadata(fields))
        if not turns:
            self._ledger.add(node, "E-KEY", f'test case "{name}" has no "user" step: nothing would be tested')
        asserting = any(turn.assertions for turn in turns)
        if asserting and (before or any(turn.expectations for turn in turns)):
            self._ledger.add(
                node,
                "W-LEGACY",
                f'test case "{name}" has assertions: its bot, utter and slot steps are ignored',
            )
            before, turns = (), tuple(replace(turn, expectations=()) for turn in turns)
        return Case(
            name=name, position=node.position, file=self._file, turns=turns, slots=slots, before=before
        )

    def _named_metadata(self, fields: Fields) -> Mapping[str, Any]:
        name = fields.maybe_text("metadata")
        if name is None:
            return {}
        where = fields.get("metadata") or fields.node
        return _known(name, self._metadata, "metadata", where, self._ledger)

    def _turns(
        self, fields: Fields, metadata: Mapping[str, Any]
    ) -> tuple[tuple[Expectation, ...], tuple[Said, ...]]:
        """What stands before the first message, and the messages with what follows each."""
        before: list[Expectation] = []
        turns: list[Said] = []
        for node in fields.items("steps"):
            step = Fields(node, self._ledger, "a step", (*_STEP_KEYS, *_USER_KEYS))
            if step.get("user") is not None:
                turns.append(self._said(step, metadata))
            elif any(step.get(key) is not None for key in _USER_KEYS):
                self._ledger.add(node, "E-KEY", f'{", ".join(_USER_KEYS)} belong to a "user" step')
            expectations = read_expectation(step, self._names)
            if not expectations and step.get("user") is None:
                self._ledger.add(node, "E-KEY", f"a step has one of {', '.join(_STEP_KEYS[:5])}")
            if turns:
                turns[-1] = replace(turns[-1], expectations=(*turns[-1].expectations, *expectations))
            else:
                before += expectations
        return tuple(before), tuple(turns)

    def _said(self, step: Fields, metadata: Mapping[str, Any]) -> Said:
        user = step.get("user")
        assert user is not None
        text = "" if user.scalar is None else str(user.scalar)
        if user.kind != "scalar" or not isinstance(user.scalar, str | None):
            self._ledger.add(user, "E-TYPE", '"user" is what the patient says; put it in quotes')
        return Said(
            text=text,
            position=step.node.position,
            commands=self._commands(step),
            metadata={**metadata, **self._named_metadata(step)},
            assertions=tuple(read_assertion(item, self._names) for item in step.items("assertions")),
            ordered=step.flag("assertion_order_enabled", False),
        )

    def _commands(self, step: Fields) -> tuple[Command, ...] | None:
        node = step.get("commands")
        if node is None:
            return None
        commands: list[Command] = []
        for item in items_of(node, self._ledger, '"commands"'):
            try:
                if item.kind != "mapping":
                    raise ValueError('a command is a mapping, such as {type: StartFlow, flow: "book"}')
                commands.append(command_from_json(item.plain()))
            except ValueError as error:
                self._ledger.add(item, "E-VALUE", str(error))
                continue
            self._names.command(item)
        return tuple(commands)


def _shared(file: Path) -> list[Path]:
    """conftest.yml of the test's folder and of those above it, up to where we stand; the outermost first."""
    here, resolved = Path.cwd(), file.resolve()
    above = [folder for folder in resolved.parents if folder.is_relative_to(here)] or [resolved.parent]
    paths = [folder / name for folder in reversed(above) for name in _SHARED]
    return [path for path in paths if path.is_file() and path != resolved]


def _named(fields: Fields, key: str, ledger: Ledger) -> list[tuple[Node, Node]]:
    """A list of one-key mappings, or one mapping, as pairs."""
    node = fields.get(key)
    if node is None:
        return []
    parts = node.items if node.kind == "sequence" else (node,)
    return [pair for part in parts for pair in entries_of(part, ledger, f'an entry of "{key}"')]


def _known(
    name: str, defined: Mapping[str, Mapping[str, Any]], what: str, where: Node, ledger: Ledger
) -> Mapping[str, Any]:
    if name in defined:
        return defined[name]
    ledger.add(where, "E-REF", f'there is no {what} "{name}"{nearest(name, defined)}')
    return {}


def _stubs_of(case: str, stubs: Mapping[tuple[str, str], Stub]) -> dict[str, Stub]:
    """The stub that names the case goes before the one for all."""
    everybody = {action: stub for (owner, action), stub in stubs.items() if not owner}
    own = {action: stub for (owner, action), stub in stubs.items() if owner == case}
    return everybody | own
