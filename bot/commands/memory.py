"""What a long-lived process asks of the C library's memory."""

import contextlib
import ctypes
from typing import Final

# <malloc.h> of glibc.
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
#: Bytes from which a block goes back to the system when it is freed.
_LARGE: Final = 64 * 1024


def give_back_what_is_freed() -> None:
    """glibc keeps what was freed for whoever asks next, in a heap for each thread: a tenth of what we hold,
    once it was busy. With another C library nothing happens."""
    with contextlib.suppress(OSError, AttributeError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(_ARENA_MAX, 1)
        library.mallopt(_MMAP_THRESHOLD, _LARGE)
