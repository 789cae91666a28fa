"""Conditions of flows and responses (flow format, section 8): parsed once, typed at load, total at run time.

    expr  := part (("and" | "or") part)*            mixing both without parentheses is refused
    part  := "not" part | term
    term  := factor OPERATOR factor | factor "matches" STRING | factor

A condition that cannot be evaluated raises ConditionFailed; it never counts as false. `matches` runs on RE2,
so its time grows with the length of the text and with nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import re2  # type: ignore[import-untyped]
from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.exceptions import VisitError

from bot.errors import ChairsideError, Position

_GRAMMAR = r"""
start: expr
expr: part ((AND | OR) part)*
?part: NOT part -> negation
     | term
?term: factor comparator factor -> comparison
     | factor MATCHES STRING -> matching
     | factor -> truth
comparator: OPERATOR | IS | IS NOT | CONTAINS
?factor: NUMBER -> number
       | STRING -> string
       | PATH -> path
       | CONSTANT -> constant
       | "(" expr ")" -> group
       | "{" factor* "}" -> members
AND.2: /and\b/i
OR.2: /or\b/i
NOT.2: /not\b/i
IS.2: /is\b/i
CONTAINS.2: /contains\b/i
MATCHES.2: /matches\b/i
CONSTANT.2: /(true|false|null|undefined|empty)\b/i
OPERATOR: "==" | "!=" | ">=" | "<=" | "=" | ">" | "<"
NUMBER: /-?[0-9]+(\.[0-9]+)?/
STRING: /"[^"]*"/ | /'[^']*'/
PATH: /(slots|context)(\.[A-Za-z0-9_]+)+/
COMMENT: /#[^\n]*/
%ignore /\s+/
%ignore COMMENT
"""

HOLE = "__hole__"
_HOLES = re.compile(r"\{\{\s*context\.(\w+)\s*\}\}")
MAX_LENGTH = 2000
MAX_DEPTH = 40  # what recursion can follow with ease

_parser = cache(lambda: Lark(_GRAMMAR, parser="lalr"))


class ConditionFailed(ChairsideError):
    """A condition met values that it cannot compare. The message names types, never values."""


class ConditionRefused(ChairsideError):
    """Text that is no condition: `code` is E-COND or E-MIX."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class _Undefined:
    def __repr__(self) -> str:
        return "undefined"


UNDEFINED = _Undefined()
_EMPTY = object()


@dataclass(frozen=True, slots=True)
class Literal:
    value: Any


@dataclass(frozen=True, slots=True)
class Path:
    """`slots.x` or `context.a.b`."""

    root: str
    parts: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.parts[0]

    def __str__(self) -> str:
        return ".".join((self.root, *self.parts))


@dataclass(frozen=True, slots=True)
class Members:
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    left: Expression
    operator: str  # = != < <= > >= contains
    right: Expression


@dataclass(frozen=True, slots=True)
class Matching:
    left: Expression
    pattern: str


@dataclass(frozen=True, slots=True)
class Negation:
    inner: Expression


@dataclass(frozen=True, slots=True)
class Joined:
    """`and` or `or` over its parts, evaluated from the left and no further than needed."""

    word: str
    parts: tuple[Expression, ...]


Expression = Literal | Path | Members | Comparison | Matching | Negation | Joined


@dataclass(frozen=True, slots=True)
class Condition:
    source: str
    position: Position
    tree: Expression = field(compare=False, repr=False)
    has_holes: bool = False  # {{context.NAME}}: filled in before it is parsed (8)

    def holds(self, slots: Mapping[str, Any], context: Mapping[str, Any]) -> bool:
        """Raises ConditionFailed when it compares what cannot be compared."""
        try:
            return _truth(_value(self._tree(context), {"slots": slots, "context": context}))
        except ConditionFailed as error:
            raise ConditionFailed(f'{self.position}: "{self.source}" {error}') from None

    def values(self, slots: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
        """What it looks at, by name, in the order in which it is named."""
        names = {"slots": slots, "context": context}
        found = {str(node): _look_up(node, names[node.root]) for node in _paths(self._tree(context))}
        return {name: None if value is UNDEFINED else value for name, value in found.items()}

    def _tree(self, context: Mapping[str, Any]) -> Expression:
        return _parsed_for(self.source, context) if self.has_holes else self.tree

    def paths(self) -> frozenset[Path]:
        """What it reads by name, without what its holes stand for."""
        return frozenset(path for path in _paths(self.tree) if HOLE not in path.parts)


def parse_condition(text: str | bool, position: Position) -> Condition:
    """Raises ConditionRefused. A YAML boolean is a condition too."""
    source = str(text).lower() if isinstance(text, bool) else text
    if len(source) > MAX_LENGTH or source.count("(") + source.lower().count("not ") > MAX_DEPTH:
        raise ConditionRefused(
            "E-COND",
            f"has over {MAX_LENGTH} characters or {MAX_DEPTH} parentheses; split it over several steps",
        )
    tree = _parsed(_HOLES.sub(HOLE, source), source)
    return Condition(source, position, tree, has_holes=_HOLES.search(source) is not None)


def holes(text: str) -> tuple[str, ...]:
    """The names in `{{context.NAME}}`."""
    return tuple(_HOLES.findall(text))


def filled(text: str, context: Mapping[str, Any]) -> str:
    """The text with its holes filled; what the context does not have is nothing."""
    return _HOLES.sub(lambda match: str(context.get(match[1]) or ""), text)


def _parsed_for(source: str, context: Mapping[str, Any]) -> Expression:
    try:
        return _parsed_once(filled(source, context))
    except ConditionRefused as error:
        raise ConditionFailed(f"is no condition once its holes are filled: {error}") from None


@cache
def _parsed_once(text: str) -> Expression:
    return _parsed(text, text)


def _parsed(text: str, source: str) -> Expression:
    try:
        tree: Expression = _Builder().transform(_parser().parse(text))
    except VisitError as error:
        if isinstance(error.orig_exc, ConditionRefused):
            raise error.orig_exc from None
        raise
    except UnexpectedInput as error:
        rest = text[error.pos_in_stream or 0 :].split()
        where = f'at "{rest[0]}"' if rest and not str(error).startswith("Unexpected end") else "at its end"
        raise ConditionRefused(
            "E-COND",
            f'"{source}" is not a condition: it breaks off {where}; write for example '
            f'slots.day is not null and slots.day != "monday"',
        ) from None
    return tree


def walk(tree: Expression) -> Iterator[Expression]:
    yield tree
    match tree:
        case Comparison():
            yield from walk(tree.left)
            yield from walk(tree.right)
        case Matching():
            yield from walk(tree.left)
        case Negation():
            yield from walk(tree.inner)
        case Joined():
            for part in tree.parts:
                yield from walk(part)
        case Members():
            for item in tree.items:
                yield from walk(item)


def _paths(tree: Expression) -> Iterator[Path]:
    return (node for node in walk(tree) if isinstance(node, Path))


def _value(tree: Expression, names: Mapping[str, Mapping[str, Any]]) -> Any:
    match tree:
        case Literal():
            return tree.value
        case Path():
            return _look_up(tree, names[tree.root])
        case Members():
            return [_value(item, names) for item in tree.items]
        case Negation():
            return not _truth(_value(tree.inner, names))
        case Joined():
            stop_at = tree.word == "or"
            for part in tree.parts:
                if _truth(_value(part, names)) is stop_at:
                    return stop_at
            return not stop_at
        case Matching():
            text = _value(tree.left, names)
            if not isinstance(text, str):
                return False
            readable = text.encode("utf-8", "replace").decode()  # RE2 reads UTF-8: no lone surrogates
            return compiled(tree.pattern).search(readable) is not None
        case Comparison():
            return _compare(_value(tree.left, names), tree.operator, _value(tree.right, names))


def _look_up(path: Path, names: Mapping[str, Any]) -> Any:
    value: Any = names
    for part in path.parts:
        if not isinstance(value, Mapping) or part not in value:
            return None if path.root == "slots" else UNDEFINED
        value = value[part]
    return value


def _compare(left: Any, operator: str, right: Any) -> bool:
    match operator:
        case "=":
            return _equal(left, right)
        case "!=":
            return not _equal(left, right)
        case "contains":
            return _contains(left, right)
        case _:
            return _ordered(left, operator, right)


def _equal(left: Any, right: Any) -> bool:
    if left is _EMPTY or right is _EMPTY:
        other = right if left is _EMPTY else left
        return other is _EMPTY or (isinstance(other, (str, list, tuple, Mapping)) and len(other) == 0)
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return left == right
    return type(left) is type(right) and bool(left == right)


def _contains(left: Any, right: Any) -> bool:
    if left is None:
        return False
    if isinstance(left, str):
        if not isinstance(right, str):
            raise ConditionFailed(f"looks for {_kind(right)} in a text")
        return right in left
    if isinstance(left, (list, tuple)):
        return any(_equal(item, right) for item in left)
    raise ConditionFailed(f"looks into {_kind(left)}")


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


def _ordered(left: Any, operator: str, right: Any) -> bool:
    kinds = {_kind(left), _kind(right)}
    if kinds not in ({"a number"}, {"a text"}):
        raise ConditionFailed(f"orders {_kind(left)} and {_kind(right)}; guard it with `is not null and`")
    return _ORDERS[operator](left, right)


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a bool"
    if isinstance(value, (int, float)):
        return "a number"
    return "a text" if isinstance(value, str) else "a value"


def _truth(value: Any) -> bool:
    return not (value is UNDEFINED or value is _EMPTY) and bool(value)


@cache
def compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


@v_args(inline=True)
class _Builder(Transformer[Token, Any]):
    """Parse tree -> Expression."""

    def start(self, tree: Expression) -> Expression:
        return tree

    def expr(self, *parts: Any) -> Expression:
        words = {str(part).lower() for part in parts if isinstance(part, Token)}
        if len(words) > 1:
            raise ConditionRefused(
                "E-MIX", "mixes `and` with `or`; put parentheses around the part that belongs together"
            )
        kept = tuple(part for part in parts if not isinstance(part, Token))
        return Joined(words.pop(), kept) if words else kept[0]

    def negation(self, _: Token, inner: Expression) -> Expression:
        return Negation(inner)

    def comparator(self, *words: Token) -> str:
        joined = " ".join(str(word).lower() for word in words)
        return {"is": "=", "==": "=", "is not": "!="}.get(joined, joined)

    def comparison(self, left: Expression, operator: str, right: Expression) -> Expression:
        return Comparison(left, operator, right)

    def matching(self, left: Expression, _: Token, pattern: Token) -> Expression:
        text = str(pattern)[1:-1]
        try:
            compiled(text)
        except re2.error as error:
            raise ConditionRefused(
                "E-COND", f'"{text}" is not a pattern that RE2 accepts: {_words(error)}'
            ) from None
        return Matching(left, text)

    def truth(self, inner: Expression) -> Expression:
        return inner

    def group(self, inner: Expression) -> Expression:
        return inner

    def members(self, *items: Expression) -> Expression:
        return Members(items)

    def number(self, token: Token) -> Expression:
        return Literal(float(token) if "." in token else int(token))

    def string(self, token: Token) -> Expression:
        return Literal(str(token)[1:-1])

    def path(self, token: Token) -> Expression:
        root, *parts = str(token).split(".")
        return Path(root, tuple(parts))

    def constant(self, token: Token) -> Expression:
        constants = {"true": True, "false": False, "null": None, "undefined": UNDEFINED, "empty": _EMPTY}
        return Literal(constants[token.lower()])


def is_discouraged(value: Any) -> bool:
    """`undefined` and `empty`: accepted, with a warning."""
    return value is UNDEFINED or value is _EMPTY


def _words(error: Exception) -> str:
    first = error.args[0] if error.args else ""
    return first.decode() if isinstance(first, bytes) else str(first)
