"""Through which channel a patient wants to be reminded, as they told us: kept until they say otherwise.

A choice is a note (`OutreachFactRow`) of the contact who made it. Where it leads to another address, a text
message or an e-mail, that address is a contact of its own, whose id the note keeps sealed.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from sqlalchemy import Connection, select

from bot.domain.channels import EMAIL, SMS, accounts_of
from bot.domain.conversation import InboundEvent, InboundKind
from bot.domain.outreach import Chosen
from bot.domain.practice import Practice
from bot.storage.engine.database import Database
from bot.storage.engine.statements import upsert
from bot.storage.events.consents import SqlConsents
from bot.storage.events.contacts import Contacts
from bot.storage.outreach.tables import FACT
from bot.storage.sealing.rows import SealedRows
from bot.storage.sealing.seal import Forgotten, Keyring
from bot.storage.tables import from_stamp, to_stamp

_KIND = "reached_by"
_F = FACT.c


class SqlChosenChannels:
    """Of one practice. `read` and `latest` work within somebody's unit of work."""

    def __init__(self, database: Database, practice: Practice, *, keyring: Keyring) -> None:
        self._database = database
        self._practice = practice.id
        self._keyring = keyring
        self._people = Contacts(SealedRows(practice.id, keyring), SqlConsents(database, practice.id))
        self._accounts = accounts_of(practice)

    async def choose(self, contact: str, channel: str, *, address: str | None, at: datetime) -> None:
        """`address`: the number or the e-mail address, where that is another channel than they write on."""

        def unit(connection: Connection) -> None:
            via = self._contact_at(connection, channel, address, at) if address else None
            said = json.dumps({"channel": channel, "via": via}).encode()
            sealed = self._keyring.seal(connection, contact, said)
            row = {"practice": self._practice, "kind": _KIND, "patient": contact}
            kept = {"since": to_stamp(at), "sealed": sealed}
            noted = upsert(FACT).on_conflict_do_update(
                index_elements=["practice", "kind", "patient"], set_=kept
            )
            connection.execute(noted, row | kept)

        await self._database.write(unit)

    async def of(self, contact: str) -> Chosen | None:
        return await self._database.read(lambda connection: self.read(connection, contact))

    def read(self, connection: Connection, contact: str) -> Chosen | None:
        row = connection.execute(
            select(_F.since, _F.sealed).where(
                _F.practice == self._practice, _F.kind == _KIND, _F.patient == contact
            )
        ).first()
        if row is None:
            return None
        with suppress(Forgotten):
            said = json.loads(self._keyring.open(connection, contact, row.sealed))
            return Chosen(channel=said["channel"], via=said["via"], by=contact, at=from_stamp(row.since))
        return None

    def latest(self, connection: Connection, contacts: Iterable[str]) -> Chosen | None:
        """The last word of all of these."""
        found = [self.read(connection, contact) for contact in contacts]
        return max((one for one in found if one is not None), key=lambda one: one.at, default=None)

    def _contact_at(self, connection: Connection, channel: str, address: str, at: datetime) -> str | None:
        accounts = self._accounts.get(channel, ())
        if not accounts or channel not in (SMS, EMAIL):
            return None
        event = InboundEvent(
            kind=InboundKind.OTHER,
            channel=channel,
            account=accounts[0],
            id=None,
            sender=address,
            phone=address if channel == SMS else None,
        )
        return self._people.of(connection, event, to_stamp(at))[0]
