"""libyaml and the strict reader make the same of whatever both will read."""

import random
import unicodedata
from pathlib import Path

import pytest
import yaml

from bot import source
from bot.errors import ContentRefused

_SHIPPED = sorted(path for folder in ("flows", "bot") for path in Path(folder).rglob("*.yml"))
_PUT_IN = (
    *" \n-:,[]{}#\"'|>?!&*%@`\\abn01~",
    *("\n\n", "  ", "- ", ": ", "é", "ж", "😀", "\r\n", "...", "# x", "''", '""'),
    *("\\n", "\\x", "\\/", "\\u00e9", "\u00a0", "\u200b", "\t"),
)
_SEED, _SPOILT = 20260302, 1500


def read(text: str) -> source.Node | str:
    source.forget_what_was_read()
    try:
        return source.read_text(text, shown_as="f.yml")
    except ContentRefused as refused:
        return str(refused)


def both(text: str, monkeypatch: pytest.MonkeyPatch) -> tuple[object, object]:
    fast = read(text)
    with monkeypatch.context() as patched:
        patched.setattr(source, "_composed_fast", lambda text: None)
        return fast, read(text)


def test_there_are_two_readers() -> None:
    assert yaml.__with_libyaml__
    assert source._LIBYAML is not None


@pytest.mark.parametrize("written", ["a: |#c\n  x\n", '["a":b]\n', "a: [" + '"x":y,' * 3 + "]\n"])
def test_what_only_libyaml_would_read(written: str) -> None:
    assert str(read(written)).startswith("f.yml:1")


@pytest.mark.parametrize("written", ["[", "- ", "{a: ", "? ", "\n  - ["])
def test_nesting_without_end_is_refused_and_no_crash(written: str) -> None:
    assert str(read(written * 100_000)).startswith("f.yml:")  # refused, with a place


@pytest.mark.parametrize("path", _SHIPPED, ids=str)
def test_what_is_shipped(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fast, strict = both(path.read_text(encoding="utf-8"), monkeypatch)

    assert isinstance(fast, source.Node)
    assert fast == strict


def test_pieces_that_were_spoilt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some lines of a file with one to four letters put in, left out or changed."""
    chance = random.Random(_SEED)
    files = [path.read_text(encoding="utf-8") for path in _SHIPPED]
    read_alike = 0
    for _ in range(_SPOILT):
        lines = chance.choice(files).splitlines(keepends=True)
        first = chance.randrange(len(lines))
        text = "".join(lines[first : first + chance.randint(1, 12)])
        for _ in range(chance.randint(1, 4)):
            at, left_out = chance.randrange(len(text) + 1), chance.choice((0, 0, 1, 2))
            text = text[:at] + chance.choice(("", *_PUT_IN)) + text[at + left_out :]
        fast, strict = both(unicodedata.normalize("NFC", text), monkeypatch)
        assert fast == strict, text
        read_alike += isinstance(fast, source.Node)

    assert read_alike > _SPOILT / 5  # the others are refused, in the same words
