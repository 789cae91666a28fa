"""Every string of our pages: words/<language>/<page>.yml, one file a page, one key a line.

`{name}` in a string is filled in by the page. A key that a page asks for and that is not there stops it; one
that stands in two files, or in one language alone, is refused when the words are read.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from aiohttp import web

from bot.errors import SetupError
from bot.source import Node, read_file

LANGUAGES = {"en": "English", "it": "Italiano", "ru": "Русский"}
_WORDS = Path(__file__).parent / "words"


def wording(language: str) -> Mapping[str, str]:
    """Every string in one language. Raises SetupError where the files do not agree."""
    return _all_words(_WORDS)[language]


@cache
def _all_words(folder: Path) -> Mapping[str, Mapping[str, str]]:
    return read_words(folder)


def read_words(folder: Path) -> Mapping[str, Mapping[str, str]]:
    """By language, then by key."""
    found = {language: _entries(folder, language) for language in LANGUAGES}
    every = {key: node for entries in reversed(found.values()) for key, node in entries.items()}
    problems = [
        f"{node.position}: {key} has no words in {LANGUAGES[language]}; add it to words/{language}"
        for key, node in every.items()
        for language, entries in found.items()
        if key not in entries
    ]
    if problems:
        raise SetupError("\n".join(problems))
    return {
        language: {key: str(node.scalar) for key, node in entries.items()}
        for language, entries in found.items()
    }


def _entries(folder: Path, language: str) -> dict[str, Node]:
    entries: dict[str, Node] = {}
    for path in sorted((folder / language).glob("*.yml")):
        for name, words in read_file(path, shown_as=f"words/{language}/{path.name}").entries:
            key = str(name.scalar)
            if key in entries:
                raise SetupError(
                    f"{name.position}: {key} stands in {entries[key].position.path} too; leave one"
                )
            if not isinstance(words.scalar, str) or not words.scalar.strip():
                raise SetupError(f'{name.position}: {key} needs words: {key}: "…"')
            entries[key] = words
    return entries


def preferred_language(request: web.Request, *, default: str = "en") -> str:
    """The first of the browser's languages that we have; `?language=` goes before them."""
    asked = [request.query.get("language", "")]
    ranked = []
    for place, part in enumerate(request.headers.get("Accept-Language", "").split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            ranked.append((-float(weight or 1), place, tag))
        except ValueError:
            continue
    asked += [tag for _, _, tag in sorted(ranked)]
    ours = (tag.split("-")[0].lower() for tag in asked)
    return next((tag for tag in ours if tag in LANGUAGES), default)
