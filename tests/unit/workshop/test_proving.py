"""Whether `practice-system verify` sees what a practice's software keeps and breaks."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.diary import PatientDetails
from bot.domain.outside import Availability, OutsideVisit
from bot.errors import SetupError
from bot.ports import OutsideSystem
from bot.workshop.proving import Finding, Trial, prove, table
from tests.contracts.dentally_world import DentallyWorld
from tests.contracts.google_world import GoogleWorld
from tests.contracts.outside_system import World
from tests.contracts.test_lax_systems import LaxWorld
from tests.contracts.worlds import world_called
from tests.studio import NOW, STUDIO, opening


def trial_of(world: World | LaxWorld, folder: Path, system: OutsideSystem | None = None) -> Trial:
    async def sleep(seconds: float) -> None: ...

    return Trial(
        open_system=lambda: system or world.system,
        practice=STUDIO,
        settings=world.settings,
        practitioner="rossi",
        visit_type="check_up",
        patient=PatientDetails(name="Prova Chairside", phone="+390200000099"),
        folder=folder,
        now=lambda: NOW,
        sleep=sleep,
    )


def broken(findings: tuple[Finding, ...]) -> set[str]:
    return {one.promise for one in findings if one.holds is False}


@pytest.mark.parametrize("shape", [Availability.SLOTS])
async def test_what_keeps_its_promises_is_said_to_and_nothing_is_left_behind(
    shape: Availability, tmp_path: Path
) -> None:
    world = LaxWorld(shape, move=shape is not Availability.SLOTS)
    findings = await prove(trial_of(world, tmp_path))

    assert broken(findings) == set(), table(findings)
    assert len(findings) == 15
    assert list(world.system.active()) == []


@pytest.mark.parametrize("kind", [GoogleWorld, DentallyWorld], ids=["google", "dentally"])
async def test_the_stand_ins_of_other_peoples_software_pass(
    kind: type[GoogleWorld] | type[DentallyWorld], tmp_path: Path
) -> None:
    world = kind()
    await world.open()
    findings = await prove(trial_of(world, tmp_path))
    left = await world.active()
    await world.close()

    assert broken(findings) == set(), table(findings)
    assert list(left) == []


async def test_a_server_that_keeps_times_while_patients_think_passes(tmp_path: Path) -> None:
    async with world_called("fhir: stand-in with $find, $hold, $book", tmp_path) as world:
        findings = await prove(trial_of(world, tmp_path))
        left = await world.active()

    assert broken(findings) == set(), table(findings)
    assert "holds   keeps a time while a patient thinks\n" in table(findings)
    assert list(left) == []


async def test_a_promise_that_is_not_kept_is_seen(tmp_path: Path) -> None:
    """It says that it refuses all but one, and takes everybody."""
    world = LaxWorld(Availability.BUSY)
    world.system.capabilities = replace(world.system.capabilities, atomic_claim=True)
    world.system.booking_takes = 0.2
    findings = await prove(trial_of(world, tmp_path))

    assert broken(findings) == {
        "gives one of 5 desks a time that all want",
        "gives no two desks times that overlap in part",
    }
    assert "BROKEN  gives one of 5 desks" in table(findings)
    assert list(world.system.active()) == []


async def test_an_adapter_that_forgets_keys_is_seen(tmp_path: Path) -> None:
    world = LaxWorld(Availability.BUSY)

    class Forgetful:
        def __getattr__(self, name: str) -> Any:
            return getattr(world.system, name)

        async def by_key(self, key: str, **near: Any) -> OutsideVisit | None:
            return None

    findings = await prove(trial_of(world, tmp_path, Forgetful()))

    assert "books, and has what was booked" in broken(findings)


async def test_a_practitioner_who_has_patients_is_left_alone(tmp_path: Path) -> None:
    world = LaxWorld(Availability.BUSY)
    one = opening("2027-03-02 10:00")
    await world.staff_enters(one.start, one.start + timedelta(minutes=30))

    with pytest.raises(SetupError, match="for tests only"):
        await prove(trial_of(world, tmp_path))
    assert len(world.system.active()) == 1
