"""What FHIR servers of practices are like: signing in, slots that nobody keeps, people who share a phone."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from bot.domain.diary import AppointmentStatus, PatientDetails
from bot.domain.outside import PatientQuery, Stretch, SystemSettings, VisitRequest
from bot.errors import AuthFailed, OpeningTaken, ProtocolDrift, SetupError
from bot.practice_systems.fhir import open_fhir
from tests.contracts.fhir_world import FhirWorld
from tests.contracts.outside_system import books, front_of
from tests.contracts.practice_system import HALF_PAST_TEN, TEN
from tests.contracts.servers import sekmet
from tests.contracts.test_careless_servers import CarelessFhirWorld, listening
from tests.stand_ins.careless_fhir import CarelessFhir
from tests.studio import NOW, STUDIO

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ANOTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP384R1())


def pem(key: Any) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def public(key: Any) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that lets nobody in but SMART clients whose public keys it has; a token lasts 45 seconds."""
    folder = tmp_path_factory.mktemp("sekmet")
    for name, key in (("rsa", RSA), ("ec", EC)):
        (folder / f"{name}.pem").write_bytes(public(key))
    clients = [f"{{client_id: {name}, public_key_path: {folder / name}.pem}}" for name in ("rsa", "ec")]
    settings = f"server_auth: {{types: [smart], token_lifetime: 45, smart_clients: [{', '.join(clients)}]}}\n"
    with sekmet(folder, settings=settings) as url:
        yield url


class Clock:
    """The machine's own, as the server checks how long an assertion lasts; moved on by hand."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def smart(url: str, client: str, key: Any) -> SystemSettings:
    return SystemSettings(
        kind="fhir", options={"url": url, "client_id": client}, secrets={"private_key": pem(key)}
    )


@pytest.mark.parametrize(("client", "key"), [("rsa", RSA), ("ec", EC)])
async def test_a_key_that_the_server_knows_lets_us_in_again_and_again(
    guarded: str, client: str, key: Any
) -> None:
    clock, asked = Clock(), []

    async def listen(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        asked.append(request.url.path)
        return await handler(request)

    async with aiohttp.ClientSession(middlewares=(listen,)) as http:
        system = open_fhir(smart(guarded, client, key), practice=STUDIO, http=http, now=clock.now)
        await system.find_patients(PatientQuery(phone="+390200000001"))
        await system.find_patients(PatientQuery(phone="+390200000001"))
        clock.ahead = timedelta(seconds=20)
        found = await system.find_patients(PatientQuery(phone="+390200000001"))

    assert found == ()
    assert asked.count("/auth/token") == 2
    assert asked.count("/fhir/.well-known/smart-configuration") == 1


async def test_a_key_that_the_server_does_not_know_is_an_error_for_the_practice(guarded: str) -> None:
    async with aiohttp.ClientSession() as http:
        for settings in (
            smart(guarded, "rsa", ANOTHER),
            SystemSettings(kind="fhir", options={"url": guarded}),
        ):
            system = open_fhir(settings, practice=STUDIO, http=http, now=Clock().now)
            with pytest.raises(AuthFailed):
                await system.find_patients(PatientQuery(phone="+390200000001"))


@pytest.mark.parametrize(
    ("options", "secrets", "remedy"),
    [
        ({}, {}, "options.url is an address"),
        ({"url": "http://fhir.example.org"}, {}, "begins with https"),
        ({"url": "https://fhir.example.org", "openings": "any"}, {}, 'is "slots" .*or "hours"'),
        ({"url": "https://fhir.example.org", "colour": "blue"}, {}, 'does not know "colour"'),
        ({"url": "https://fhir.example.org", "client_id": "x"}, {}, "secrets.private_key"),
        ({"url": "https://fhir.example.org", "client_id": "x"}, {"private_key": "x"}, "openssl genrsa"),
    ],
)
async def test_settings_that_cannot_work_say_what_to_do(
    options: dict[str, str], secrets: dict[str, str], remedy: str
) -> None:
    settings = SystemSettings(kind="fhir", options=options, secrets=secrets)
    async with aiohttp.ClientSession() as http:
        with pytest.raises(SetupError, match=remedy):
            open_fhir(settings, practice=STUDIO, http=http, now=lambda: NOW)


# On a server that keeps nothing in order by itself


@pytest.fixture
async def world() -> AsyncIterator[CarelessFhirWorld]:
    server = CarelessFhir()
    async with listening(server.application()) as url:
        world = CarelessFhirWorld(url, server, openings="slots")
        await world.open()
        yield world
        await world.close()


async def free_at_ten(world: FhirWorld) -> bool:
    found = await world.system.availability(
        practitioner=world.people["rossi"],
        visit_type="check_up",
        duration=timedelta(minutes=30),
        start=datetime(2027, 3, 2, tzinfo=UTC),
        end=datetime(2027, 3, 3, tzinfo=UTC),
    )
    return TEN.start in {stretch.start for stretch in found}


def at_ten(world: FhirWorld) -> VisitRequest:
    stretch = Stretch(practitioner=world.people["rossi"], start=TEN.start, end=TEN.end)
    return VisitRequest(stretch=stretch, visit_type="check_up", details=PatientDetails(name="Ada Prova"))


async def test_a_slot_that_a_program_of_the_practice_did_not_mark_is_not_offered(
    world: CarelessFhirWorld,
) -> None:
    before = await free_at_ten(world)
    ref = await world.staff_enters(TEN.start, TEN.end)
    during = await free_at_ten(world)
    await world.staff_cancels(ref)

    assert (before, during, await free_at_ten(world)) == (True, False, True)


async def test_a_slot_whose_booking_broke_off_is_free_again_after_a_while(world: CarelessFhirWorld) -> None:
    """Its mark and its claim are there, and nobody comes back to them."""
    await world.system.create(at_ten(world), key="k1")
    for ref, one in list(world.server.resources.items()):
        if one["resourceType"] == "Appointment":
            mark = {"system": "urn:chairside:claimed-until", "value": "2027-03-01T07:02:00Z"}
            world.server.store({**one, "status": "proposed", "identifier": [*one["identifier"], mark]})
            left = ref
    at_once = await free_at_ten(world)
    world.at_call(0, "")

    assert (at_once, await free_at_ten(world)) == (False, True)
    assert (await world.system.create(at_ten(world), key="k2")).status is AppointmentStatus.BOOKED
    assert world.server.resources[left]["status"] == "entered-in-error"


async def test_what_is_cancelled_frees_its_slots(world: CarelessFhirWorld) -> None:
    visit = await world.system.create(at_ten(world), key="k1")
    booked = await free_at_ten(world)
    again = await world.system.cancel(await world.system.cancel(visit, None, key="c1"), "unwell", key="c2")

    assert (booked, again.status, await free_at_ten(world)) == (False, AppointmentStatus.CANCELLED, True)
    slots = [one for one in world.server.resources.values() if one["resourceType"] == "Slot"]
    assert {slot["status"] for slot in slots} == {"free"}


async def test_a_time_without_a_slot_is_not_booked(world: CarelessFhirWorld) -> None:
    late = VisitRequest(
        stretch=Stretch(
            practitioner=world.people["rossi"],
            start=TEN.start + timedelta(hours=12),
            end=TEN.end + timedelta(hours=12),
        ),
        visit_type="check_up",
        details=PatientDetails(name="Ada Prova"),
    )

    with pytest.raises(OpeningTaken):
        await world.system.create(late, key="k1")


async def test_what_staff_change_is_told_once(world: CarelessFhirWorld, tmp_path: Path) -> None:
    front = front_of(tmp_path / "one", world)
    for number, one in enumerate((TEN, HALF_PAST_TEN)):
        await books(front, one, key=f"b{number}")
    await front.diary.catch_up(at=NOW)
    nothing_new = await front.diary.catch_up(at=NOW)
    first, _ = await world.active()
    await world.staff_cancels(first.ref)
    [(known, now)] = await front.diary.catch_up(at=NOW)
    again = await front.diary.catch_up(at=NOW)
    await front.aclose()

    assert (nothing_new, again) == ((), ())
    assert (known.appointment.opening, now.status) == (TEN, AppointmentStatus.CANCELLED)


async def test_twins_under_one_phone_are_two_people(world: CarelessFhirWorld) -> None:
    born = date(2015, 1, 2)
    for name in ("Ada Prova", "Bice Prova"):
        details = PatientDetails(name=name, phone="+39 02 0000 0001", birth_date=born)
        await world.system.create_patient(details, key=name)

    async def found(**known: Any) -> list[str]:
        there = await world.system.find_patients(PatientQuery(**known))
        return sorted(one.details.name for one in there)

    assert await found(phone="+390200000001", birth_date=born) == ["Ada Prova", "Bice Prova"]
    assert await found(phone="+390200000001", name="bice") == ["Bice Prova"]
    assert await found(phone="+390200000002") == []
    assert await found(name="Ada Prova", birth_date=date(1990, 1, 1)) == []


@pytest.mark.parametrize(
    "odd", [{"status": "perhaps"}, {"start": "2027-03-02T10:00:00"}, {"start": "tomorrow"}]
)
async def test_an_appointment_that_fhir_does_not_know_is_a_drift_not_a_guess(
    world: CarelessFhirWorld, odd: dict[str, str]
) -> None:
    ref = await world.staff_enters(TEN.start, TEN.end)
    world.server.store({**world.server.resources[f"Appointment/{ref}"], **odd})

    with pytest.raises(ProtocolDrift):
        await world.system.visits(start=NOW, end=NOW + timedelta(days=3))
