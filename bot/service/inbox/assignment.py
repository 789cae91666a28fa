"""Who a conversation goes to: only people who are there, and of them whoever has the least to do."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from bot.domain.staff import Person, Role
from bot.errors import ChairsideError
from bot.ports import Clock
from bot.service.inbox.desk import Desk, Owner
from bot.service.inbox.staff import StaffBook, StoredSession

#: Pages say at least every four minutes that somebody moves in them.
THERE = timedelta(minutes=10)


class NobodyThere(ChairsideError):
    """Nobody who may answer patients is at the desk (or: not the one who was named)."""


def online(
    people: Iterable[Person], sessions: Iterable[StoredSession], *, at: datetime
) -> tuple[Person, ...]:
    """Who may answer patients, did something in the inbox just now, and did not say that they are away."""
    there = {one.person for one in sessions if at - one.active < THERE}
    return tuple(
        person
        for person in people
        if person.id in there
        and not person.is_disabled
        and not person.is_away
        and person.role.may(Role.AGENT)
    )


def freest(people: Iterable[Person], *, load: Mapping[str, int], language: str) -> Person | None:
    """Of those who speak the patient's language, or else of all: who has the fewest conversations, then by
    name. `load` is by name."""
    several = tuple(people)
    speakers = [one for one in several if not one.languages or language in one.languages]
    ranked = sorted(speakers or several, key=lambda one: (load.get(one.name, 0), one.name.casefold()))
    return ranked[0] if ranked else None


class Assignments:
    """Gives conversations to people of one practice."""

    def __init__(self, staff: StaffBook, desk: Desk, clock: Clock) -> None:
        self._staff = staff
        self._desk = desk
        self._clock = clock

    async def there(self) -> tuple[Person, ...]:
        return online(await self._staff.people(), await self._staff.sessions(), at=self._clock.now())

    async def is_away(self, person: str | None) -> bool:
        return any(one.id == person and one.is_away for one in await self._staff.people())

    async def give(self, conversation: str, to: str | None, *, who: str) -> str:
        """To somebody by name, or to whoever of the others is freest; returns their name. Raises NobodyThere,
        and what Desk.assign raises."""
        language = await self.language_of(conversation)
        there = await self.there()
        if to is None:
            chosen = freest(
                (one for one in there if one.name != who), load=await self.load(), language=language
            )
        else:
            chosen = next((one for one in there if one.name == to), None)
        if chosen is None:
            raise NobodyThere("nobody to give it to is at the desk; it stays where it is")
        await self._desk.assign(conversation, chosen.name, who=who)
        return chosen.name

    async def language_of(self, conversation: str) -> str:
        return (await self._desk.conversation(conversation)).language

    async def load(self) -> Counter[str]:
        """How many conversations each has, or is meant to answer."""
        rows = await self._desk.handoffs()
        theirs = (row.owned_by if row.owner is Owner.STAFF else row.meant_for for row in rows)
        return Counter(name for name in theirs if name)
