"""The encoder's table of pieces of words: 65 MB, of which a practice's patients ever use a few rows.

It is kept in an unnamed file of the temporary folder and read row by row, some microseconds each: the process
stays smaller by all of it, and what is read often is in the system's cache. Where no file can be written, it
is kept in memory.
"""

import os
from collections.abc import Sequence
from tempfile import TemporaryFile
from typing import IO

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]


class PieceTable:
    """Rows of bytes by their number."""

    def __init__(self, table: Bytes, *, folder: str | None = None) -> None:
        """`folder` is where the file is; None: where temporary files are."""
        self._width = table.shape[1]
        self._kept: Bytes | IO[bytes] = table
        try:
            file = TemporaryFile(dir=folder)  # noqa: SIM115 - open as long as the table is
            np.ascontiguousarray(table).tofile(file)
            file.flush()
        except OSError:
            return
        self._kept = file

    @property
    def in_memory(self) -> bool:
        return isinstance(self._kept, np.ndarray)

    def rows(self, numbers: Sequence[int] | NDArray[np.int64]) -> Bytes:
        """One row a number, in that order."""
        if isinstance(self._kept, np.ndarray):
            return self._kept[np.asarray(numbers, dtype=np.int64)]
        found: Bytes = np.empty((len(numbers), self._width), dtype=np.uint8)
        file = self._kept.fileno()
        for place, number in enumerate(numbers):
            row = os.pread(file, self._width, int(number) * self._width)
            found[place] = np.frombuffer(row, dtype=np.uint8)
        return found
