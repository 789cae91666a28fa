"""Where the pipeline is, for whoever kills it: one byte in a shared file, written only when asked for.

`CHAIRSIDE_STAGE_FILE` names the file. It outlives a `kill -9`, so a crash test knows which stage it hit.
"""

import mmap
from pathlib import Path

STAGES = ("idle", "intake", "understanding", "action", "between action and commit", "commit", "sending")


class Probe:
    """`at("action")` notes the stage. Without a file it does nothing."""

    def __init__(self, path: str | None) -> None:
        self._map: mmap.mmap | None = None
        if path:
            file = Path(path)
            if not file.exists() or file.stat().st_size < 1:
                file.write_bytes(b"\0")
            with file.open("r+b") as opened:
                self._map = mmap.mmap(opened.fileno(), 1)

    def at(self, stage: str) -> None:
        if self._map is not None:
            self._map[0] = STAGES.index(stage)


def stage_in(path: Path) -> str:
    """The stage that a process (dead or alive) wrote last."""
    return STAGES[path.read_bytes()[0]]
