"""`chairside practice-system new`: a package with an adapter, a stand-in and tests that pass, to begin from.

What is written is a copy of `bot.workshop.example_system` under another name, so that what it begins with is
checked with everything else here.
"""

import re
from importlib.resources import files
from pathlib import Path

from bot.errors import SetupError
from bot.practice_systems.registry import known_kinds

_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")
_EXAMPLE = "bot.workshop.example_system"

_PROJECT = """\
[project]
name = "chairside-{dashed}"
version = "0.1.0"
description = "Chairside books in {title}."
requires-python = ">=3.11"
dependencies = ["chairside"]

# This is how Chairside finds it: practice_system: {{kind: {name}}}
[project.entry-points."chairside.practice_systems"]
{name} = "chairside_{name}:open_{name}"

[dependency-groups]
dev = ["pytest>=9", "pytest-asyncio>=1.3", "ruff"]

[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[tool.pytest.ini_options]
asyncio_mode = "auto"
pythonpath = ["."]

[tool.ruff]
line-length = 110

[tool.ruff.lint.isort]
known-first-party = ["bot", "chairside_{name}", "tests"]
"""

_README = """\
# Chairside books in {title}

    pip install chairside pytest pytest-asyncio && pip install -e .
    pytest

1. Make `tests/stand_in.py` answer as the documentation of {title} says, unkindly where that leaves room.
2. Make each method of `chairside_{name}/adapter.py` ask it; promise in `capabilities` what is always true.
3. On a sandbox, with a practitioner who is for tests only:

       chairside practice-system verify --practitioner ID

What each method and error means: docs/add-a-practice-system.md of Chairside.
"""


def write_adapter(name: str, to: Path) -> tuple[Path, ...]:
    """The files written, in a new folder. Raises SetupError."""
    if not _NAME.fullmatch(name):
        raise SetupError(f'"{name}" is no name for an adapter; use lower-case letters, digits and "_"')
    if name in known_kinds():
        raise SetupError(f'there is an adapter "{name}" already; choose another name')
    if to.exists():
        raise SetupError(f"{to} is there already; choose another folder with --to")
    title = "".join(part.capitalize() for part in name.split("_"))
    words = {"name": name, "dashed": name.replace("_", "-"), "title": title}
    package = f"chairside_{name}"
    contents = {
        "pyproject.toml": _PROJECT.format(**words),
        "README.md": _README.format(**words),
        f"{package}/__init__.py": _entry(name, package),
        f"{package}/adapter.py": _copied("adapter.py", name, title, package),
        f"{package}/py.typed": "",
        "tests/__init__.py": "",
        "tests/stand_in.py": _copied("stand_in.py", name, title, package),
        f"tests/test_{name}.py": _copied("checks.py", name, title, package),
    }
    for path, content in contents.items():
        target = to / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")
    return tuple(to / path for path in contents)


def _entry(name: str, package: str) -> str:
    return (
        f'"""`practice_system: {{kind: {name}}}`."""\n\n'
        f"from {package}.adapter import open_{name}\n\n"
        f'__all__ = ["open_{name}"]\n'
    )


def _copied(file: str, name: str, title: str, package: str) -> str:
    text = files(_EXAMPLE).joinpath(file).read_text(encoding="utf-8")
    text = text.replace(f"{_EXAMPLE}.adapter", f"{package}.adapter")
    text = text.replace(f"{_EXAMPLE}.stand_in", "tests.stand_in")
    text = text.replace("example", name).replace("Example", title).replace("EXAMPLE", name.upper())
    return _with_imports_in_order(text)


def _with_imports_in_order(text: str) -> str:
    """The package's own imports come after Chairside's, as linters want them."""
    lines = text.split("\n")
    own = [line for line in lines if line.startswith(("from chairside_", "from tests."))]
    if not own:
        return text
    rest = [line for line in lines if line not in own]
    last = max(n for n, line in enumerate(rest) if line.startswith("from bot"))
    return "\n".join([*rest[: last + 1], *own, *rest[last + 1 :]])
