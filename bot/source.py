"""Reads all YAML: version 1.2 core schema, positions kept, and everything refused that invites mistakes.

Refused (flow format, 17.6): anchors, aliases, merge keys, tags, duplicate keys, several documents, tabs in
indentation, numbers with "_", files over 1 MiB, nesting over 40, CR-only line ends, unpaired surrogates.
Everybody else gets `Node`s: plain values that know where they were written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.tokens import AliasToken, AnchorToken, DirectiveToken, DocumentStartToken, TagToken

from bot.errors import ContentRefused, Position, Problem

#: Wherever one of these tokens may begin. Scanning takes as long as reading, and few files have any.
_MAY_BE_REFUSED = re.compile(
    r"(?:^|[\s\[\]{},:?\"'-])[&*!]|^(?:%|---|\.\.\.)|[\x85\u2028\u2029\ufeff]", re.MULTILINE
)

#: Where libyaml is more lenient than the standard, or would go down with the process: it nests on the stack.
_FOR_THE_STRICT_READER = re.compile(r"\t|[|>][-+0-9]*#|[\"']:\S|^[ ?:-]{400}", re.MULTILINE)
_MOST_BRACKETS = 5000
_LIBYAML = getattr(yaml, "CBaseLoader", None)  # a wheel without it reads slowly

#: What the reader says -> what to do about it.
_REMEDIES = {
    r"'\t' that cannot start": "a tab stands here: indent with spaces",
    "mapping values are not allowed": 'a text with ": " in it needs quotes around it',
    "but found '<block sequence start>'": "this line is indented otherwise than those above it",
    "but found '<block mapping start>'": "this line is indented otherwise than those above it",
    "expected <block end>": "above it a quote is not closed, or a line is indented otherwise",
    "could not find expected ':'": "a key lacks its colon, or above it a quote is not closed",
    "unexpected end of stream": "a quote that is opened is never closed",
    "expected ',' or": "above it a bracket is not closed",
}

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 40

Scalar = str | int | float | bool | None

_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
_UNDERSCORED = re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?")
_CONSTANTS: dict[str, Scalar] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_CONSTANTS |= dict.fromkeys(("true", "True", "TRUE"), True)
_CONSTANTS |= dict.fromkeys(("false", "False", "FALSE"), False)


@dataclass(frozen=True, slots=True)
class Node:
    """A YAML value and where it stands. A mapping's items keep their order and their keys' positions.

    `last_line` is where it ends, comments and blank lines behind it left aside.
    """

    kind: Literal["scalar", "sequence", "mapping"]
    position: Position
    scalar: Scalar = None
    items: tuple[Node, ...] = ()
    entries: tuple[tuple[Node, Node], ...] = ()
    last_line: int = 0

    def plain(self) -> Any:
        """The value as dicts, lists and scalars."""
        if self.kind == "mapping":
            return {key.scalar: value.plain() for key, value in self.entries}
        if self.kind == "sequence":
            return [item.plain() for item in self.items]
        return self.scalar

    def get(self, key: str) -> Node | None:
        return next((value for name, value in self.entries if name.scalar == key), None)

    def key(self, key: str) -> Node | None:
        return next((name for name, _ in self.entries if name.scalar == key), None)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.items)

    def locate(self, path: Sequence[str | int]) -> Position:
        """The position of the deepest existing node on a path such as pydantic's `loc`."""
        node, position = self, self.position
        for part in path:
            following: Node | None = None
            if node.kind == "mapping":
                name, following = node.key(str(part)), node.get(str(part))
                position = name.position if name else position
            elif node.kind == "sequence" and isinstance(part, int) and part < len(node.items):
                following = node.items[part]
                position = following.position
            if following is not None:
                node = following
        return position


def content(name: str) -> Path:
    """`flows` or `practice.yml`: of this checkout, or as they travel in the wheel."""
    here = Path(__file__).parent
    packaged = here / "_content" / name
    return packaged if packaged.exists() else here.parent / name


def read_file(path: Path, *, shown_as: str | None = None) -> Node:
    """One YAML file. Raises ContentRefused with file:line:col when it cannot be read as YAML 1.2."""
    shown = shown_as or str(path)
    return read_bytes(bytes_of(path, shown_as=shown), shown_as=shown)


def bytes_of(path: Path, *, shown_as: str) -> bytes:
    """A file's content, not looked at. Raises ContentRefused where it cannot be opened."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise _refusal(Position(shown_as, 1, 1), f"cannot be read: {error.strerror}") from error


def read_bytes(raw: bytes, *, shown_as: str) -> Node:
    start = Position(shown_as, 1, 1)
    if len(raw) > MAX_BYTES:
        raise _refusal(start, f"is larger than {MAX_BYTES} bytes; split it")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refusal(start, f"is not UTF-8 (byte {error.start})") from error
    return read_text(text, shown_as=shown_as)


def read_text(text: str, *, shown_as: str) -> Node:
    """YAML from a string; the same rules and errors as a file. While a process starts, several look for their
    parts in the same files: each is read once (`forget_what_was_read`)."""
    return _read(text, shown_as)


def forget_what_was_read() -> None:
    """Once everything is loaded, nobody reads the same again, and trees take memory."""
    _read.cache_clear()


@lru_cache(maxsize=256)
def _read(text: str, shown_as: str) -> Node:
    start = Position(shown_as, 1, 1)
    if "\r" in text.replace("\r\n", ""):
        raise _refusal(start, "has line ends that are a lone CR; save it with LF or CRLF")
    text = unicodedata.normalize("NFC", text)
    try:
        tokens = YAML(typ="rt", pure=True).scan(text) if _MAY_BE_REFUSED.search(text) else ()
        for token in tokens:
            if isinstance(token, (AliasToken, AnchorToken, TagToken, DirectiveToken)):
                what = type(token).__name__.removesuffix("Token").lower()
                several = f"{what}es" if what.endswith("s") else f"{what}s"
                raise _refusal(
                    _at(shown_as, token.start_mark), f"{several} are not allowed; write the value out"
                )
            if isinstance(token, DocumentStartToken) and _had_content(text, token):
                raise _refusal(_at(shown_as, token.start_mark), "holds several documents; use several files")
        tree = None if tokens else _composed_fast(text)
        tree = tree or YAML(typ="rt", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        position = _at(shown_as, mark) if mark else start
        problem = str(error.problem or error.context)
        remedy = next((told for sign, told in _REMEDIES.items() if sign in problem), None)
        raise _refusal(position, f"not YAML: {problem}{f'; {remedy}' if remedy else ''}") from error
    except RecursionError as error:
        raise _refusal(start, f"is nested more than {MAX_DEPTH} levels deep") from error
    except ReaderError as error:
        line = text.count("\n", 0, error.position)
        column = error.position - text.rfind("\n", 0, error.position)
        raise _refusal(
            Position(shown_as, line + 1, column),
            f"holds the control character U+{ord(text[error.position]):04X}; delete it",
        ) from error
    except (YAMLError, ValueError) as error:
        raise _refusal(start, f"not YAML: {error}") from error
    if tree is None:
        return Node("mapping", start)
    problems: list[Problem] = []
    node = _convert(tree, shown_as, 0, problems)
    if problems:
        raise ContentRefused(tuple(problems))
    return node


def _composed_fast(text: str) -> Any:
    """By libyaml, twenty times as fast; None where it is not there or shall not, or will not, read the text.

    What plain scalars mean is ours to say. What it refuses the strict reader reads, and says why in better
    words. tests/unit/test_source_twice.py compares the two.
    """
    brackets = text.count("[") + text.count("{")
    if _LIBYAML is None or brackets > _MOST_BRACKETS or _FOR_THE_STRICT_READER.search(text):
        return None
    try:
        return yaml.compose(text, Loader=_LIBYAML)
    except (yaml.YAMLError, UnicodeError):
        return None


def _convert(node: Any, path: str, depth: int, problems: list[Problem]) -> Node:
    position = _at(path, node.start_mark)
    if depth > MAX_DEPTH:
        raise _refusal(position, f"is nested more than {MAX_DEPTH} levels deep")
    if node.id == "scalar":
        scalar = _scalar(node, position, problems)
        return Node("scalar", position, scalar=scalar, last_line=_last_line(node, ()))
    if node.id == "sequence":
        items = tuple(_convert(v, path, depth + 1, problems) for v in node.value)
        return Node("sequence", position, items=items, last_line=_last_line(node, items))
    entries: list[tuple[Node, Node]] = []
    seen: set[str] = set()
    for raw_key, raw_value in node.value:
        key = _convert(raw_key, path, depth + 1, problems)
        if key.kind != "scalar" or not isinstance(raw_key.value, str):
            problems.append(Problem(key.position, "E-YAML", "a key must be text"))
            continue
        name = raw_key.value
        if not isinstance(key.scalar, str):
            problems.append(Problem(key.position, "E-YAML", f'key "{name}" is no text; put it in quotes'))
        if name == "<<":
            problems.append(
                Problem(key.position, "E-YAML", "merge keys are not allowed; write the values out")
            )
        if name in seen:
            problems.append(Problem(key.position, "E-YAML", f'key "{name}" appears twice; keep one'))
        seen.add(name)
        key = Node("scalar", key.position, scalar=name)
        value = _convert(raw_value, path, depth + 1, problems)
        if raw_value.value == "" and not raw_value.style:  # nothing was written: where it is missing
            value = Node("scalar", key.position, last_line=key.position.line)
        entries.append((key, value))
    last = _last_line(node, [value for _, value in entries])
    return Node("mapping", position, entries=tuple(entries), last_line=last)


def _last_line(node: Any, parts: Sequence[Node]) -> int:
    """A block ends with its last part; the library would count the blank lines behind it, too."""
    if parts and not node.flow_style:
        return max(part.last_line for part in parts)
    end = node.end_mark
    return max(int(end.line) + (1 if end.column else 0), int(node.start_mark.line) + 1)


def _scalar(node: Any, position: Position, problems: list[Problem]) -> Scalar:
    text: str = node.value
    if any("\ud800" <= c <= "\udfff" for c in text):
        problems.append(Problem(position, "E-YAML", "holds an unpaired surrogate; retype the character"))
        return ""
    if node.style == ">":
        return text.replace("\a", "")  # the library's mark of where it folded a line
    if node.style in ("'", '"', "|"):
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _UNDERSCORED.fullmatch(text):
        problems.append(Problem(position, "E-YAML", f'"{text}": write the number without "_", or quote it'))
        return text
    if _INT.fullmatch(text):
        if len(text) > 30:
            problems.append(Problem(position, "E-YAML", "is too long for a number; quote it"))
            return text
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.fullmatch(text):
        return float(text.replace(".inf", "inf").replace(".nan", "nan"))
    return text


def _had_content(text: str, token: Any) -> bool:
    before = text.splitlines()[: token.start_mark.line]
    return any(line.strip() and not line.lstrip().startswith(("#", "%")) for line in before)


def _at(path: str, mark: Any) -> Position:
    return Position(path, mark.line + 1, mark.column + 1)


def _refusal(position: Position, message: str) -> ContentRefused:
    return ContentRefused((Problem(position, "E-YAML", message),))
