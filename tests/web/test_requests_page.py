"""Requests, as staff see them: one tap, the morning's sheet, and what nobody may do."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import aiohttp
import pytest

from bot.domain.diary import (
    Appointment,
    AppointmentStatus,
    ConfirmRequested,
    DiaryWrite,
    Opening,
    PatientDetails,
)
from bot.service.inbox.requests import Request, Withdrawn
from bot.web.sign_in.session import SignIn
from tests.web.fakes import FakeClock, FakeDesk, MemoryStaffBook
from tests.web.serving import NoRequests, Receptionist, Serve, whole_inbox

REF = "rossi~check_up~20991117T0900Z~20991117T0930Z"
OTHER = "rossi~check_up~20991118T0900Z~20991118T0930Z"
HOSTILE = PatientDetails(name="<script>alert(1)</script>", phone="+390200000001")
VISIT = Appointment(
    id="app_1", opening=Opening.parse_ref(REF), status=AppointmentStatus.REQUESTED, patient="pat_1"
)


class OneRequest(NoRequests):
    """Somebody has asked for a time, in the place of another; somebody else has cancelled."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.is_waiting = True
        self.told: list[tuple[str, str, str]] = []
        self.writes: list[DiaryWrite] = []

    async def requests(self, *, at: datetime) -> tuple[Request, ...]:  # type: ignore[override]
        old = replace(VISIT, id="app_0", opening=Opening.parse_ref(OTHER), status=AppointmentStatus.BOOKED)
        request = Request(visit=VISIT, conversation="c-anna", asked_at=self.at, patient=HOSTILE, replaces=old)
        return (request,) if self.is_waiting else ()

    async def withdrawn(self, *, since: datetime, at: datetime) -> tuple[Withdrawn, ...]:  # type: ignore[override]
        gone = replace(VISIT, id="app_2", opening=Opening.parse_ref(OTHER))
        return (Withdrawn(visit=gone, patient=None, at=self.at),)

    async def confirmed(self, *, since: datetime, at: datetime) -> tuple[Withdrawn, ...]:  # type: ignore[override]
        return (Withdrawn(visit=replace(VISIT, id="app_3"), patient=None, at=self.at),)

    async def language_of(self, conversation: str) -> str:
        return "it"

    async def tell(
        self, conversation: str, text: str, *, key: str, who: str, writes: Sequence[DiaryWrite] = ()
    ) -> bool:
        self.told.append((conversation, text.partition(":")[0], who))
        self.writes += writes
        self.is_waiting = False
        return True


@pytest.fixture
def requests(clock: FakeClock) -> OneRequest:
    return OneRequest(clock.now())


@pytest.fixture
async def marta(
    serve: Serve,
    http: aiohttp.ClientSession,
    desk: FakeDesk,
    sign_in: SignIn,
    staff: MemoryStaffBook,
    requests: OneRequest,
) -> Receptionist:
    door = Receptionist(http, await serve(whole_inbox(desk, sign_in, staff, requests=requests)))
    assert await door.signs_in(sign_in.issue()) == 200
    await door.is_in()
    return door


async def page(marta: Receptionist, path: str) -> str:
    async with marta.http.get(marta.url + path) as response:
        assert response.status == 200
        return await response.text()


async def test_a_request_stands_there_with_all_that_is_needed_to_enter_it(marta: Receptionist) -> None:
    shown = await page(marta, "/inbox/requests")

    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert 'data-visit="app_1"' in shown
    assert 'href="tel:+390200000001"' in shown
    assert 'href="/inbox/c-anna"' in shown


async def test_the_sheet_lists_what_to_enter_and_what_to_take_out(marta: Receptionist) -> None:
    shown = await page(marta, "/inbox/requests/sheet")

    assert shown.count("☐") == 3  # the head of the first list, and a row in each
    assert "<button" not in shown.partition("<main")[2]


async def test_one_tap_confirms_and_the_patient_hears_at_once(
    marta: Receptionist, requests: OneRequest
) -> None:
    once = await marta.posts("/inbox/requests/confirm", {"visit": "app_1"})
    again = await marta.posts("/inbox/requests/confirm", {"visit": "app_1"})

    assert once == (200, {"told": True})
    assert again == (409, {"error": "request_gone"})
    assert [(to, said) for to, said, _ in requests.told] == [("c-anna", "La visita è confermata")]
    assert [type(write) for write in requests.writes] == [ConfirmRequested]


@pytest.mark.parametrize(
    ("path", "body", "refused"),
    [
        ("confirm", {"visit": "app_9"}, (409, {"error": "request_gone"})),
        ("refuse", {"visit": 7}, (400, {"error": "malformed"})),
        ("propose", {"visit": "app_1", "opening": "nonsense"}, (400, {"error": "malformed"})),
    ],
)
async def test_what_cannot_be_is_refused_and_nobody_is_told(
    marta: Receptionist,
    requests: OneRequest,
    path: str,
    body: dict[str, object],
    refused: tuple[int, dict[str, str]],
) -> None:
    answered = await marta.posts(f"/inbox/requests/{path}", body)

    assert answered == refused
    assert requests.told == []
