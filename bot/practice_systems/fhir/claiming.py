"""A claim on a time in a FHIR server (`bot.practice_systems.claims`): an Appointment, only proposed."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime

from bot.domain.outside import Stretch
from bot.practice_systems.claims import Rival
from bot.practice_systems.fhir.reading import KEY, claimed_until, visit
from bot.practice_systems.fhir.rest import Changed, FhirRest, Json, Resource
from bot.practice_systems.fhir.writing import never_was

#: Stands for whoever the server does not show yet.
_UNSEEN = Rival(ref="", key="\U0010ffff")


class AppointmentClaim:
    """`becoming` makes a visit of the claim, or moves another there; `besides` is the id of that other."""

    def __init__(
        self,
        rest: FhirRest,
        stretch: Stretch,
        *,
        key: str,
        becoming: Callable[[Resource], Awaitable[Resource]],
        appointments: Callable[[Stretch], Awaitable[Sequence[Resource]]],
        besides: str | None,
        now: Callable[[], datetime],
    ) -> None:
        self.key = key
        self._rest = rest
        self._stretch = stretch
        self._becoming = becoming
        self._appointments = appointments
        self._besides = besides
        self._now = now
        self._id = ""
        self._mine: Resource | None = None

    async def write(self, content: Json) -> None:
        """Step 1. A server that ignores the condition may keep two of an earlier try; one is enough."""
        known = [one for one in await with_key(self._rest, self.key) if claimed_until(one) is not None]
        if not known:
            try:
                known = [await self._rest.create(content, unless=(KEY, self.key))]
            except Changed:
                known = [one for one in await with_key(self._rest, self.key) if claimed_until(one)]
        first, *more = sorted(known, key=lambda one: one.id)
        self._id = first.id
        for one in more:
            await self._discard(one)
        if content["identifier"] != first.content.get("identifier"):  # an earlier try's: it lasts anew
            with suppress(Changed):
                await self._rest.update(first, {**first.content, "identifier": content["identifier"]})

    async def rivals(self) -> Sequence[Rival]:
        found: list[Rival] = []
        self._mine = None
        for one in await self._appointments(self._stretch):
            if one.id == self._id:
                self._mine = one
                continue
            there, until = visit(one), claimed_until(one)
            overlaps = there and there.start < self._stretch.end and there.end > self._stretch.start
            if not (there and there.blocks and overlaps) or one.id == self._besides:
                continue
            if there.key == self.key and until is not None:
                await self._discard(one)  # our own, committed late
                continue
            is_stale = until is not None and until < self._now()
            key = there.key if until is not None else None
            found.append(Rival(ref=one.ref, key=key, version=one.version, is_stale=is_stale))
        if self._mine is None:
            # A server that does not show what it has just taken may hide others, too.
            found.append(_UNSEEN)
        return found

    async def become_visit(self) -> Resource:
        assert self._mine is not None  # else there is a rival
        return await self._becoming(self._mine)

    async def withdraw(self) -> None:
        there = self._mine or await self._rest.read(f"Appointment/{self._id}")
        if there is not None:
            await self._discard(there)

    async def remove(self, stale: Rival) -> None:
        there = await self._rest.read(stale.ref) if stale.ref else None
        until = claimed_until(there) if there else None
        if there is not None and until is not None and until < self._now():
            with suppress(Changed):
                await self._rest.update(there, never_was(there))

    async def _discard(self, claim: Resource) -> None:
        if not await self._rest.delete(claim.ref):
            with suppress(Changed):
                await self._rest.update(claim, never_was(claim))


async def with_key(rest: FhirRest, key: str) -> list[Resource]:
    found = await rest.search("Appointment", [("identifier", f"{KEY}|{key}")])
    return [one for one in found if one.identifier(KEY) == key]
