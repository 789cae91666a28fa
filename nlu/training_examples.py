"""Training examples in Rasa's nlu.yml format: nlu/examples/<language>/*.yml and what a practice adds."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from nlu.words import plain_words

_FOLDER = Path(__file__).parent / "examples"
_ANNOTATED = re.compile(r"\[([^\[\]]{1,200})\](?:\([^()]{1,100}\)|\{[^{}]{1,300}\})")


class BadExamples(Exception):
    """A file of examples cannot be read; the message says where and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A sentence and its intent. `named` are the folded words that were marked as entities."""

    text: str
    intent: str
    language: str
    named: frozenset[str] = frozenset()


def shipped_examples(languages: Sequence[str]) -> list[Example]:
    return [e for language in languages for e in read_examples([_FOLDER / language], language=language)]


def digest(lines: Iterable[str]) -> str:
    """The same for the same lines in the same order, and for no others."""
    return sha256("\n".join(lines).encode()).hexdigest()


def read_examples(paths: Iterable[Path], *, language: str) -> list[Example]:
    """Every intent example of these files and folders, in the order of file names."""
    examples: list[Example] = []
    for path in paths:
        files = sorted(path.rglob("*.y*ml")) if path.is_dir() else [path]
        for file in files:
            examples.extend(_read_file(file, language))
    return examples


def _read_file(file: Path, language: str) -> list[Example]:
    try:
        content = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise BadExamples(f"{file}: cannot be read: {error}") from error
    if not isinstance(content, dict) or not isinstance(content.get("nlu", []), list):
        raise BadExamples(f'{file}: expected a mapping with a list "nlu" (Rasa\'s nlu.yml format)')
    found: list[Example] = []
    for item in content.get("nlu", []):
        if not isinstance(item, dict):
            raise BadExamples(
                f'{file}: each item under "nlu" is a mapping, such as {{intent: greet, examples: |}}'
            )
        if "intent" in item:  # synonym, regex and lookup items are not ours to learn from
            intent = str(item["intent"])
            found.extend(
                _example(text, intent, language) for text in _texts(item.get("examples"), file, intent)
            )
    return found


def _texts(examples: Any, file: Path, intent: str) -> list[str]:
    if isinstance(examples, str):
        lines = [line.strip() for line in examples.splitlines() if line.strip()]
        wrong = next((line for line in lines if not line.startswith("-")), None)
        if wrong is not None:
            raise BadExamples(
                f'{file}: intent "{intent}": each example begins with "- ", but one is "{wrong}"'
            )
        return [text for line in lines if (text := line[1:].strip())]
    if isinstance(examples, list):
        return [str(e["text"] if isinstance(e, dict) and "text" in e else e).strip() for e in examples]
    raise BadExamples(
        f'{file}: intent "{intent}" has no examples; write "examples: |" and a line "- ..." for each'
    )


def _example(text: str, intent: str, language: str) -> Example:
    named = frozenset(word for found in _ANNOTATED.finditer(text) for word in plain_words(found.group(1)))
    return Example(text=_ANNOTATED.sub(r"\1", text), intent=intent, language=language, named=named)
