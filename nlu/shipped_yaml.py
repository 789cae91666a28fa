"""Reads the YAML that is shipped: by libyaml where it is there, since a start reads a megabyte of it.

Of plain scalars only true, false, null and decimal numbers are more than words ("no" is a word, as in
YAML 1.2). Nothing is checked: tests/nlu/test_shipped_yaml.py reads every file with a strict reader, too.
"""

import re
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

_TAG = "tag:yaml.org,2002:"
_PLAIN = (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+", "-+0123456789"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
)


#: A class of our own, so that what plain scalars mean here is changed for nobody else.
_Loader: Any = type(
    "_Loader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {"yaml_implicit_resolvers": {}}
)
for _kind, _written, _first in _PLAIN:
    _Loader.add_implicit_resolver(_TAG + _kind, re.compile(rf"^(?:{_written})$"), list(_first))


def shipped_yaml(path: Path | Traversable) -> Any:
    """Dicts, lists and scalars. Raises OSError, and YAMLError for what no libyaml reads."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
