"""Words of patients are sealed: AES-256-GCM with a key per contact, wrapped by a master key that is never in
the database. Forgetting a person is destroying a key; finding one is a keyed hash.
"""

import hashlib
import hmac
import os
import secrets
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from sqlalchemy import Connection, bindparam, insert, select

from bot.errors import SetupError
from bot.storage.tables import SealingKey

_NONCE = 12
_CACHED = 2_000
_KEYS = SealingKey.__table__  # type: ignore[attr-defined]
_LOAD = select(_KEYS.c.wrapped).where(_KEYS.c.owner == bindparam("owner"))
_STORE = insert(_KEYS)


class Forgotten(Exception):
    """The key of this person was destroyed, or never existed: what it sealed cannot be read."""


class Keyring:
    """Seals and opens for one practice. Methods take the unit's connection: keys live beside the data."""

    def __init__(self, master_key: bytes, practice: str) -> None:
        if len(master_key) != 32:
            raise SetupError(
                "CHAIRSIDE_MASTER_KEY must be 64 hex digits (32 bytes); make one: openssl rand -hex 32"
            )
        self._practice = practice
        self._wrap = AESGCM(derive(master_key, b"wrap"))
        self._index = derive(master_key, b"index")
        self._cache: OrderedDict[str, AESGCM] = OrderedDict()

    def prove(self, connection: Connection) -> None:
        """Raises SetupError when the database was sealed under another master key: nobody would be known."""
        row = connection.execute(select(_KEYS).where(_KEYS.c.practice == self._practice).limit(1)).first()
        if row is None:
            return
        try:
            self._unwrap(row.owner, row.wrapped)
        except InvalidTag as error:
            raise SetupError(
                "this master key does not open this database: give CHAIRSIDE_MASTER_KEY, or master.key beside"
                " the database, as it was; or choose another folder with --data"
            ) from error

    def create(self, connection: Connection, owner: str) -> None:
        """A fresh key for somebody new, in the same transaction as their first row.

        Not idempotent on purpose: a unit that runs a second time makes a second key and forgets the first.
        """
        key = secrets.token_bytes(32)
        nonce = os.urandom(_NONCE)
        wrapped = nonce + self._wrap.encrypt(nonce, key, owner.encode())
        connection.execute(_STORE, {"owner": owner, "practice": self._practice, "wrapped": wrapped})
        self._remember(owner, AESGCM(key))

    def seal(self, connection: Connection, owner: str, plaintext: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._key(connection, owner).encrypt(nonce, plaintext, owner.encode())

    def open(self, connection: Connection, owner: str, sealed: bytes) -> bytes:
        """Raises Forgotten when the key is gone or does not fit."""
        try:
            return self._key(connection, owner).decrypt(sealed[:_NONCE], sealed[_NONCE:], owner.encode())
        except InvalidTag as error:
            raise Forgotten(owner) from error

    def handle(self, *parts: str) -> str:
        """A keyed hash to look somebody up by (channel, account, id): useless without the master key."""
        return hmac.new(
            self._index, "\x1f".join(parts).encode("utf-8", "replace"), hashlib.sha256
        ).hexdigest()

    def let_go(self) -> None:
        """Keys are looked up again from now on: somebody has destroyed one."""
        self._cache.clear()

    def _key(self, connection: Connection, owner: str) -> AESGCM:
        known = self._cache.get(owner)
        if known is not None:
            with suppress(KeyError):  # another thread has just let go of it
                self._cache.move_to_end(owner)
            return known
        wrapped = connection.execute(_LOAD, {"owner": owner}).scalar()
        if wrapped is None:
            raise Forgotten(owner)
        key = self._unwrap(owner, wrapped)
        self._remember(owner, key)
        return key

    def _unwrap(self, owner: str, wrapped: bytes) -> AESGCM:
        return AESGCM(self._wrap.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], owner.encode()))

    def _remember(self, owner: str, key: AESGCM) -> None:
        self._cache[owner] = key
        if len(self._cache) > _CACHED:
            self._cache.popitem(last=False)


def derive(master_key: bytes, purpose: bytes) -> bytes:
    """A key for one purpose, so that no two uses share one."""
    return HKDFExpand(algorithm=SHA256(), length=32, info=b"chairside " + purpose).derive(master_key)


def master_key_from(environment: str | None, folder: Path | None) -> bytes:
    """The key from CHAIRSIDE_MASTER_KEY (hex), else kept in the data folder beside, not in, the database."""
    if environment:
        try:
            return bytes.fromhex(environment.strip())
        except ValueError as error:
            raise SetupError(
                "CHAIRSIDE_MASTER_KEY is not hexadecimal; make one with: openssl rand -hex 32"
            ) from error
    if folder is None:
        raise SetupError("CHAIRSIDE_MASTER_KEY is not set; make one with: openssl rand -hex 32")
    path = folder / "master.key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
    return bytes.fromhex(path.read_text().strip())
