"""What each contact wants to hear from us (`bot.domain.consent`)."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, select, text

from bot.domain.consent import Consent
from bot.storage.engine.database import Database
from bot.storage.engine.statements import Prepared, upsert
from bot.storage.events.tables import CONSENT
from bot.storage.tables import ContactRow, from_stamp, to_stamp

PROMOTIONS = "promotions"

_contact = ContactRow.__table__  # type: ignore[attr-defined]
_READ = Prepared(
    select(_contact.c.opted_out_at, CONSENT.c.given, CONSENT.c.at)
    .outerjoin(
        CONSENT,
        (CONSENT.c.practice == _contact.c.practice)
        & (CONSENT.c.contact == _contact.c.id)
        & (CONSENT.c.topic == bindparam("topic")),
    )
    .where(_contact.c.practice == bindparam("practice"), _contact.c.id == bindparam("contact"))
)
_SAID = upsert(CONSENT)
_SAY = Prepared(
    _SAID.on_conflict_do_update(
        index_elements=["practice", "contact", "topic"],
        set_={"given": _SAID.excluded.given, "by": _SAID.excluded.by, "at": _SAID.excluded.at},
        where=text("consent.at <= excluded.at"),  # an older word never replaces a newer one
    )
)


class SqlConsents:
    """Of one practice. `read` and `say` work within somebody's unit of work."""

    def __init__(self, database: Database, practice: str) -> None:
        self._database = database
        self._practice = practice

    def read(self, connection: Connection, contact: str) -> Consent:
        """Of a contact that nobody knows: nothing was said."""
        row = _READ.first(connection, practice=self._practice, contact=contact, topic=PROMOTIONS)
        if row is None:
            return Consent()
        return Consent(
            opted_out_at=from_stamp(row.opted_out_at) if row.opted_out_at else None,
            promotions=None if row.given is None else bool(row.given),
            promotions_at=from_stamp(row.at) if row.at else None,
        )

    def say(self, connection: Connection, contact: str, *, promotions: bool, by: str, at: int) -> None:
        _SAY.run(
            connection,
            practice=self._practice,
            contact=contact,
            topic=PROMOTIONS,
            given=promotions,
            by=by,
            at=at,
        )

    async def of(self, contact: str) -> Consent:
        return await self._database.read(lambda connection: self.read(connection, contact))

    async def note(self, contact: str, *, promotions: bool, by: str, at: datetime) -> None:
        """`by`: channel, patient, or the person who heard it."""
        await self._database.write(
            lambda connection: self.say(connection, contact, promotions=promotions, by=by, at=to_stamp(at))
        )
