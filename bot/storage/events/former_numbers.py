"""Numbers that patients had: a visit on file under one of them is still theirs, and nobody else's.

Kept as keyed hashes. Who has the number now is somebody else, whatever they write from it.
"""

from sqlalchemy import Connection, select

from bot.storage.engine.statements import upsert
from bot.storage.outreach.tables import FACT
from bot.storage.sealing.seal import Keyring

_KIND = "former_number:"
_F = FACT.c


class FormerNumbers:
    """Of one practice; within somebody's unit of work."""

    def __init__(self, practice: str, keyring: Keyring) -> None:
        self._practice = practice
        self._keyring = keyring

    def note(self, connection: Connection, phone: str, contact: str, *, at: int) -> None:
        row = {"practice": self._practice, "kind": _KIND + contact, "patient": self._hash(phone)}
        noted = upsert(FACT).on_conflict_do_update(
            index_elements=["practice", "kind", "patient"], set_={"since": at}
        )
        connection.execute(noted, row | {"since": at, "sealed": None})

    def whose(self, connection: Connection, phone: str) -> str | None:
        """The contact who had this number last, and has another one now."""
        found = connection.execute(
            select(_F.kind)
            .where(_F.practice == self._practice, _F.patient == self._hash(phone))
            .where(_F.kind.startswith(_KIND, autoescape=True))
            .order_by(_F.since.desc())
            .limit(1)
        ).scalar()
        return None if found is None else str(found).removeprefix(_KIND)

    def _hash(self, phone: str) -> str:
        return self._keyring.handle("patient phone", self._practice, phone)
