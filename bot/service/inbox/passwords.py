"""Passwords and time-based codes.

argon2id with 46 MiB and one pass, one of OWASP's equal choices (Password Storage Cheat Sheet); length before
composition (ASVS 5.0.0 V6.2.1, V6.2.4, V6.2.5); codes by RFC 6238, each good once (V6.5.1).
"""

import asyncio
import base64
import hashlib
import itertools
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 128
_CODE = re.compile(r"\d{6}")
_SECONDS = 30  # of a code, RFC 6238
_HASHER = PasswordHasher(time_cost=1, memory_cost=47104, parallelism=1)
#: Each check takes 46 MiB: a crowd of guesses waits in line instead of taking the machine's memory.
_WORKERS = ThreadPoolExecutor(2, thread_name_prefix="passwords")
_COMMON = """
    123456789012 1234567890123 12345678901234 123456789abc 123123123123 121212121212 111111111111 qwertyuiop12
    qwertyuiop123 qwerty123456 qwertyuiop[] 1q2w3e4r5t6y 1qaz2wsx3edc 1qazxsw23edc zaq12wsxcde3 asdfghjkl123
    asdfghjkl;' zxcvbnm12345 password1234 password12345 password123456 passwordpassword mypassword123
    letmeinletmein iloveyou1234 welcome12345 welcome123456 administrator adminadminadmin changeme1234
    changemechangeme trustno1trustno1 superman1234 princess1234 football1234 baseball1234 liverpool123
    sunshine1234 ciaociaociao password1234! juventus1897 forzainter12 francesco123 alessandro123 giuseppe1234
    andrea123456 buongiorno12 benvenuto123 йцукенгшщзхъ йцукен123456 пароль123456 парольпароль фывапролджэ
    qwertyqwerty qazwsxedcrfv abcdefghijkl abcd1234abcd abc123abc123 dentist12345 dentista1234 dentistry123
    chairside123 chairsidechairside receptionist reception123 segreteria12 segreteria123
    """


def why_weak(password: str, *, known: tuple[str, ...] = ()) -> str | None:
    """short | long | common | known (holds a name that everybody knows) | None when it may be used."""
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    folded = password.casefold()
    if folded in _COMMON.split() or len(set(folded)) < 5 or _is_repeated(folded) or _is_a_run(folded):
        return "common"
    rest = folded
    for word in known:
        for part in word.casefold().split():
            if len(part) > 2:
                rest = rest.replace(part, "")
    return "known" if len(rest) < SHORTEST // 2 else None


def _is_repeated(text: str) -> bool:
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, len(text) // 2 + 1))


def _is_a_run(text: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in itertools.pairwise(text)}
    return steps in ({1}, {-1}, {0})


async def hash_password(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_WORKERS, _HASHER.hash, password)


async def is_password(password: str, hashed: str | None) -> bool:
    """Takes as long when there is no hash to compare with."""
    return await asyncio.get_running_loop().run_in_executor(_WORKERS, _verify, password, hashed)


def _verify(password: str, hashed: str | None) -> bool:
    if hashed is None:
        _verify(password, _nobodys())
        return False
    try:
        return _HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    """A password that nobody has: checking it takes as long as checking somebody's (ASVS 5.0.0 V6.3.8)."""
    return _HASHER.hash("a password that nobody has")


def code_secret_of(token: str) -> str:
    """The secret that a one-time link brings along: nothing is stored before its first code was right."""
    digest = hashlib.sha256(b"chairside code\0" + token.encode()).digest()
    return base64.b32encode(digest[:20]).decode()


def code_step(code: str, secret: str, *, at: datetime) -> int | None:
    """The time step of this code, one step early or late allowed; None when it is wrong."""
    digits = code.replace(" ", "")
    if not _CODE.fullmatch(digits):
        return None
    now = int(at.timestamp()) // _SECONDS
    totp = pyotp.TOTP(secret)
    right = [
        step for step in (now - 1, now, now + 1) if pyotp.utils.strings_equal(totp.generate_otp(step), digits)
    ]
    return right[-1] if right else None


def code_uri(secret: str, *, who: str, practice: str) -> str:
    """What an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=who, issuer_name=practice)
