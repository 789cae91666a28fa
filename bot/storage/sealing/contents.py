"""Dialogue content as it was when a conversation began (flow format, 17.5): a folder of the data, by hash.

`newest` names what runs now. What it took the place of stays as long as a conversation may still be under way
in it, counted from the day it was replaced.
"""

import os
import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bot.dialogue import Assistant

GRACE = timedelta(days=7)  # beyond the end of the last session that may run in it


class ContentFolder:
    """Keeps the YAML files of each content that ran here. Several processes may share one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def keep(self, assistant: Assistant, folders: Sequence[Path], *, at: datetime) -> None:
        """This is what runs from now on; forgets what nobody can be under way in any more."""
        self._root.mkdir(parents=True, exist_ok=True)
        newest = self._root / "newest"
        before = newest.read_text("utf-8").strip() if newest.exists() else None
        if not self._kept(assistant.version).exists():
            self._copy(folders, self._kept(assistant.version))
        _mark(self._kept(assistant.version), at)
        if before is not None and before != assistant.version and self._kept(before).exists():
            _mark(self._kept(before), at)  # replaced now
        unfinished = self._root / f"newest.{os.getpid()}"
        unfinished.write_text(assistant.version, "utf-8")
        unfinished.replace(newest)
        self._forget(assistant, at=at)

    def folders(self, version: str) -> list[Path] | None:
        """For `load_assistant`; None where that content is no longer kept."""
        kept = self._kept(version)
        return sorted(kept.iterdir()) if kept.is_dir() else None

    def _kept(self, version: str) -> Path:
        return self._root / (version if version.isalnum() else "unknown")

    def _copy(self, folders: Sequence[Path], to: Path) -> None:
        unfinished = to.with_name(f"{to.name}.{os.getpid()}")
        shutil.rmtree(unfinished, ignore_errors=True)
        for number, folder in enumerate(folders):
            files = [folder] if folder.is_file() else [p for p in folder.rglob("*.y*ml") if p.is_file()]
            for path in files:
                within = Path(path.name) if folder.is_file() else path.relative_to(folder)
                target = unfinished / f"{number:02}-{folder.stem}" / within
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
        try:
            unfinished.rename(to)
        except OSError:  # another process has kept it meanwhile
            shutil.rmtree(unfinished, ignore_errors=True)

    def _forget(self, assistant: Assistant, *, at: datetime) -> None:
        if not assistant.session_minutes:
            return  # sessions never end: neither does what they run in
        oldest = at - timedelta(minutes=assistant.session_minutes) - GRACE
        for kept in self._root.iterdir():
            is_old = kept.is_dir() and kept.stat().st_mtime < oldest.timestamp()
            if is_old and kept.name != assistant.version:
                shutil.rmtree(kept, ignore_errors=True)


def _mark(kept: Path, at: datetime) -> None:
    os.utime(kept, (at.timestamp(), at.timestamp()))
