"""Reads a JSON object the way a hostile server does: what is not taken by name is refused."""

from collections.abc import Mapping
from typing import Any

from bot.stand_in.refusals import bad_value, malformed, missing


class StrictObject:
    """One JSON object. Take every key that may be there, then call `end`: any other key is code 100.

    Lengths count code points. Missing keys are code 131008, wrong JSON types 100, wrong values 131009.
    """

    def __init__(self, value: object, path: str = "") -> None:
        if not isinstance(value, Mapping):
            raise malformed(f"Param {path or 'body'} must be a JSON object")
        self._value: Mapping[str, Any] = value
        self._path = path
        self._taken: set[str] = set()

    def has(self, key: str) -> bool:
        return key in self._value

    def text(self, key: str, *, low: int = 1, high: int) -> str:
        """A required string of low to high code points that is not blank."""
        value = self._required(key)
        name = self._name(key)
        if not isinstance(value, str):
            raise malformed(f"Param {name} must be a string")
        if not low <= len(value) <= high or (low and not value.strip()):
            raise bad_value(f"{name} length invalid. Min length: {low}, Max length: {high}")
        return value

    def optional_text(self, key: str, *, low: int = 1, high: int) -> str | None:
        return self.text(key, low=low, high=high) if self.has(key) else None

    def choice(self, key: str, *allowed: str) -> str:
        value = self.text(key, high=256)
        if value not in allowed:
            one_of = ", ".join(sorted(allowed))
            raise bad_value(f"Param {self._name(key)} must be one of {{{one_of}}}")
        return value

    def optional_boolean(self, key: str) -> bool:
        if not self.has(key):
            return False
        value = self._required(key)
        if not isinstance(value, bool):
            raise malformed(f"Param {self._name(key)} must be a boolean")
        return value

    def number(self, key: str, *, low: float, high: float) -> float:
        """A required number, also one written as a string, as Graph takes it."""
        value = self._required(key)
        name = self._name(key)
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise malformed(f"Param {name} must be a number")
        try:
            number = float(value)
        except ValueError:
            raise malformed(f"Param {name} must be a number") from None
        if not low <= number <= high:
            raise bad_value(f"Param {name} must be between {low} and {high}")
        return number

    def child(self, key: str) -> "StrictObject":
        return StrictObject(self._required(key), self._name(key))

    def children(self, key: str, *, low: int, high: int) -> list["StrictObject"]:
        value = self._required(key)
        name = self._name(key)
        if not isinstance(value, list):
            raise malformed(f"Param {name} must be an array")
        if not low <= len(value) <= high:
            raise bad_value(f"{name} count invalid. Min: {low}, Max: {high}")
        return [StrictObject(item, f"{name}[{index}]") for index, item in enumerate(value)]

    def anything(self, key: str) -> Any:
        """A value that is not looked into."""
        return self._required(key)

    def end(self) -> None:
        for key in self._value:
            if key not in self._taken:
                where = f' on param "{self._path}"' if self._path else ""
                raise malformed(f'Unexpected key "{key}"{where}.')

    def _required(self, key: str) -> Any:
        self._taken.add(key)
        if key not in self._value:
            raise missing(self._name(key))
        return self._value[key]

    def _name(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key
