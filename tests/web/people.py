"""People of a practice who sign in with a password, for tests."""

import uuid
from datetime import datetime

import pyotp

from bot.domain.staff import Person, Role
from bot.service.inbox.passwords import hash_password
from bot.service.inbox.staff import StaffBook, StoredSession
from tests.web.fakes import NOW

PASSWORD = "nine green umbrellas in a row"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_HASHED: list[str] = []


async def hired(book: StaffBook, name: str, role: Role, *, with_code: bool = False) -> Person:
    """Somebody in the book who can sign in with PASSWORD, and with codes of SECRET."""
    person = Person(id=uuid.uuid4().hex, name=name, role=role)
    await book.add(person, at=NOW)
    secret = SECRET if with_code else None
    if not _HASHED:  # it costs much on purpose, and is the same for all
        _HASHED.append(await hash_password(PASSWORD))
    await book.prove_by(person.id, password=_HASHED[0], code_secret=secret)
    return person


def code(at: datetime, secret: str = SECRET) -> str:
    """What the app shows at that moment."""
    return pyotp.TOTP(secret).at(int(at.timestamp()))


async def at_work(book: StaffBook, name: str, *, at: datetime = NOW) -> None:
    """Somebody of the book moves in a browser of their own."""
    person = next(one for one in await book.people() if one.name == name)
    session = StoredSession(
        key=uuid.uuid4().hex,
        person=person.id,
        who=name,
        role=person.role,
        language="en",
        opened=at,
        active=at,
    )
    await book.open_session(session)
