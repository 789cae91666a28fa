"""Keeps what was learnt in a file, and reads it again."""

from collections.abc import Mapping
from os import getpid
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray


def keep(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Written beside and moved into place: another process never reads half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{getpid()}")
    with unfinished.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    unfinished.replace(path)


def kept(path: Path) -> dict[str, NDArray[Any]] | None:
    """None when there is no such file, or it is damaged: learning again costs seconds."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            return dict(stored)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None
