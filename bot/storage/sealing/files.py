"""A file that nobody reads without the master key: AES-256-GCM over chunks of a compressed stream.

Each chunk is bound to the file, to its place in it, and to whether it is the last: a file that was cut off,
reordered or put together from two does not open.
"""

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import SetupError
from bot.storage.sealing.seal import derive

_MAGIC = b"chairside backup 1\n"
_SALT, _CHUNK = 16, 1024 * 1024


class SealedWriter:
    """Lines go in; the file is complete, and on the disk, when `close` returns."""

    def __init__(self, path: Path, master_key: bytes) -> None:
        salt = os.urandom(_SALT)
        self._cipher = AESGCM(derive(master_key, b"backup " + salt))
        self._path = path
        self._partial = path.with_name(path.name + ".partial")
        self._file: IO[bytes] = self._partial.open("wb")
        self._partial.chmod(0o600)
        self._file.write(_MAGIC + salt)
        self._squeezed = zlib.compressobj(6)
        self._waiting = bytearray()
        self._number = 0

    def write(self, line: str) -> None:
        self._waiting += self._squeezed.compress(line.encode() + b"\n")
        while len(self._waiting) > _CHUNK:
            self._put(bytes(self._waiting[:_CHUNK]), is_last=False)
            del self._waiting[:_CHUNK]

    def close(self) -> None:
        self._waiting += self._squeezed.flush()
        self._put(bytes(self._waiting), is_last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._partial.rename(self._path)

    def give_up(self) -> None:
        self._file.close()
        self._partial.unlink(missing_ok=True)

    def _put(self, chunk: bytes, *, is_last: bool) -> None:
        place = struct.pack(">IQ", is_last, self._number)
        sealed = self._cipher.encrypt(place, chunk, place)
        self._file.write(struct.pack(">I?", len(sealed), is_last) + sealed)
        self._number += 1


class SealedReader:
    """The lines of a file that SealedWriter closed. Raises SetupError where it is damaged."""

    def __init__(self, path: Path, master_key: bytes) -> None:
        self._file: IO[bytes] = path.open("rb")
        if self._file.read(len(_MAGIC)) != _MAGIC:
            self._file.close()
            raise SetupError(f"{path} is no backup of Chairside")
        self._cipher = AESGCM(derive(master_key, b"backup " + self._file.read(_SALT)))
        self._path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def lines(self) -> Iterator[str]:
        squeezed, waiting = zlib.decompressobj(), b""
        for chunk in self._chunks():
            *whole, waiting = (waiting + squeezed.decompress(chunk)).split(b"\n")
            for line in whole:
                yield line.decode()

    def _chunks(self) -> Iterator[bytes]:
        number, is_last = 0, False
        while not is_last:
            head = self._file.read(5)
            if len(head) < 5:
                raise SetupError(f"{self._path} ends too early: it was cut off, take another backup")
            size, is_last = struct.unpack(">I?", head)
            place = struct.pack(">IQ", is_last, number)
            try:
                yield self._cipher.decrypt(place, self._file.read(size), place)
            except InvalidTag as error:
                raise SetupError(
                    f"{self._path} does not open: it is damaged, or CHAIRSIDE_MASTER_KEY is not the one with"
                    " which it was made"
                ) from error
            number += 1
