"""What the stand-in remembers: patients, and the messages of both directions. Bounded, oldest first out."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from bot.stand_in.whatsapp_requests import Choice
from bot.stand_in.whatsapp_webhooks import Person

T = TypeVar("T")

_RANK = {"accepted": 0, "sent": 1, "delivered": 2, "read": 3, "failed": 4}


class UnknownMessage(LookupError):
    """No message of this id is remembered."""


class NotOffered(ValueError):
    """A tap on something that this message did not offer to this patient."""


class Bounded(Generic[T]):
    """The last `keep` values, by key."""

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._values: OrderedDict[str, T] = OrderedDict()

    def put(self, key: str, value: T) -> T:
        self._values[key] = value
        self._values.move_to_end(key)
        if len(self._values) > self._keep:
            self._values.popitem(last=False)
        return value

    def get(self, key: str) -> T | None:
        return self._values.get(key)

    def newest_first(self) -> Iterator[T]:
        """Not to be used across an await: what is put meanwhile breaks it."""
        return reversed(self._values.values())


@dataclass(slots=True, kw_only=True)
class SentMessage:
    """A message that the business sent and Graph accepted."""

    seq: int
    to: Person
    message_id: str
    payload: Mapping[str, Any]
    choices: tuple[Choice, ...]
    callback_data: str | None
    by_phone: bool
    at: datetime
    category: str = "service"  # what it is billed as
    status: str = "accepted"
    has_statuses_to_come: bool = False
    is_looked_at: bool = False

    def advance(self, status: str) -> None:
        """Statuses may come in any order; what is known never goes back."""
        if _RANK[status] > _RANK[self.status]:
            self.status = status

    def as_json(self) -> dict[str, Any]:
        return {
            "seq": self.seq,
            "at": self.at.isoformat(),
            "to": self.to.phone or self.to.user_id,
            "message_id": self.message_id,
            "status": self.status,
            "callback_data": self.callback_data,
            "payload": self.payload,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientMessage:
    """A message that a patient wrote, as webhooks carry it."""

    sender: Person
    entry: Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Acquaintance:
    """A patient, and when this patient last wrote."""

    person: Person
    last_wrote: datetime | None = None


class Acquaintances:
    """Every patient who wrote or was written to, by phone number and by user id."""

    def __init__(self, *, country: str, names: Mapping[str, str], keep: int) -> None:
        self._country = country
        self._names = names
        self._people: Bounded[Acquaintance] = Bounded(keep)

    def meet(self, who: str, *, name: str | None = None) -> Acquaintance:
        """The patient of this phone number (digits) or user id; a new one when never seen.
        Raises UnknownPatientKind."""
        known = self._people.get(who)
        if known is None:
            made_up = name or self._names.get(who) or f"Patient {who[-4:]}"
            person = Person.known_as(who, country=self._country, name=made_up)
            known = self._keep(Acquaintance(person=person))
        elif name is not None and name != known.person.name:
            renamed = Person(phone=known.person.phone, user_id=known.person.user_id, name=name)
            known = self._keep(Acquaintance(person=renamed, last_wrote=known.last_wrote))
        return known

    def _keep(self, patient: Acquaintance) -> Acquaintance:
        if patient.person.phone is not None:
            self._people.put(patient.person.phone, patient)
        return self._people.put(patient.person.user_id, patient)
