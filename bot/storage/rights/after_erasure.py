"""What outlives a person who was erased, so that nothing brings them back against their will.

Their word that they want no messages stays with the keyed hashes of their ids, until they write again and it
stands with them as before. A message that was erased and is repeated by its channel is known by its hash.
"""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import Connection, bindparam, delete, select, update

from bot.storage.engine.statements import Prepared, upsert
from bot.storage.events.consents import SqlConsents
from bot.storage.outreach.tables import NEVER_WRITE
from bot.storage.rights.tables import ERASED_EVENT, ERASURE
from bot.storage.sealing.seal import Keyring
from bot.storage.tables import ContactRow

#: Of whatever we begin; and of promotions alone.
OPTED_OUT, NO_PROMOTIONS = "opted_out", "no_promotions"
#: Channels repeat for seven days at most; microseconds.
_REPEATED_FOR = timedelta(days=8) // timedelta(microseconds=1)

_contact = ContactRow.__table__  # type: ignore[attr-defined]
_NUMBER = Prepared(select(ERASURE.c.number).where(ERASURE.c.practice == bindparam("practice")))
_WAS_ERASED = Prepared(
    select(ERASED_EVENT.c.at).where(
        ERASED_EVENT.c.practice == bindparam("practice"), ERASED_EVENT.c.event == bindparam("event")
    )
)
_N = NEVER_WRITE.c


def never_write_key(keyring: Keyring, practice: str, phone: str) -> str:
    """Under which a number stands among those that no message of ours begins to."""
    return keyring.handle("never write", practice, phone)


class AfterErasure:
    """Of one practice; within somebody's unit of work."""

    def __init__(self, practice: str, consents: SqlConsents) -> None:
        self._practice = practice
        self._consents = consents

    def number(self, connection: Connection) -> int:
        """How many people were erased so far."""
        return _NUMBER.scalar(connection, practice=self._practice) or 0

    def count(self, connection: Connection, *, at: int) -> None:
        one_more = upsert(ERASURE).values(practice=self._practice, number=1, at=at)
        connection.execute(
            one_more.on_conflict_do_update(
                index_elements=["practice"], set_={"number": ERASURE.c.number + 1, "at": at}
            )
        )

    def was_erased(self, connection: Connection, event: str) -> bool:
        """`event`: the keyed hash of its id."""
        return _WAS_ERASED.scalar(connection, practice=self._practice, event=event) is not None

    def note_events(self, connection: Connection, events: Iterable[str], *, at: int) -> None:
        ours = ERASED_EVENT.c.practice == self._practice
        connection.execute(delete(ERASED_EVENT).where(ours, ERASED_EVENT.c.at < at - _REPEATED_FOR))
        rows = [{"practice": self._practice, "event": event, "at": at} for event in {*events} if event]
        if rows:
            connection.execute(upsert(ERASED_EVENT).on_conflict_do_nothing(), rows)

    def keep_wish(self, connection: Connection, names: Iterable[str], *, reason: str, at: int) -> None:
        """`names`: keyed hashes of their ids and their number."""
        for name in names:
            row = {"practice": self._practice, "who": name, "reason": reason, "at": at}
            connection.execute(upsert(NEVER_WRITE).on_conflict_do_nothing(), row)

    def give_wishes_back(self, connection: Connection, contact: str, names: Iterable[str]) -> None:
        """Somebody new has one of these names: what they wanted before stands."""
        own = (
            _N.practice == self._practice,
            _N.who.in_(list(names)),
            _N.reason.in_([OPTED_OUT, NO_PROMOTIONS]),
        )
        for row in connection.execute(select(NEVER_WRITE).where(*own)).all():
            if row.reason == OPTED_OUT:
                connection.execute(
                    update(_contact).where(_contact.c.id == contact).values(opted_out_at=row.at)
                )
            else:
                self._consents.say(connection, contact, promotions=False, by="patient", at=row.at)
        connection.execute(delete(NEVER_WRITE).where(*own))
