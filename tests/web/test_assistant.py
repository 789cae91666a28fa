"""Switches and suggestions over HTTP."""

import aiohttp
import pytest

from bot.domain.drafts import Acceptance
from bot.domain.staff import Role
from bot.web.sign_in.session import SignIn
from tests.web.assistant import FakeSuggestions, FakeSwitches
from tests.web.fakes import FakeDesk, MemoryStaffBook
from tests.web.people import PASSWORD, hired
from tests.web.serving import Receptionist, Serve, whole_inbox


@pytest.fixture
def switches() -> FakeSwitches:
    return FakeSwitches()


@pytest.fixture
def suggestions(desk: FakeDesk) -> FakeSuggestions:
    return FakeSuggestions(desk, Acceptance(flow="new_patient_consult", is_suggested=True, unchanged=3))


@pytest.fixture
async def marta(
    serve: Serve,
    http: aiohttp.ClientSession,
    desk: FakeDesk,
    sign_in: SignIn,
    staff: MemoryStaffBook,
    switches: FakeSwitches,
    suggestions: FakeSuggestions,
) -> Receptionist:
    app = whole_inbox(desk, sign_in, staff, switches=switches, suggestions=suggestions)
    receptionist = Receptionist(http, await serve(app))
    assert await receptionist.signs_in(sign_in.issue()) == 200
    return receptionist


async def test_the_assistant_is_paused_and_answers_again(marta: Receptionist, switches: FakeSwitches) -> None:
    _, before = await marta.gets("/inbox/assistant")
    _, paused = await marta.posts("/inbox/assistant/switch", {"name": "pause", "on": True})
    _, resumed = await marta.posts("/inbox/assistant/switch", {"name": "pause", "on": False})

    assert [each["paused"] for each in (before, paused, resumed)] == [[], ["pause"], []]
    assert switches.turned == [("pause", True, "Marta"), ("pause", False, "Marta")]
    assert before["flows"][0]["unchanged"] == 3


@pytest.mark.parametrize("name", ["pause:telegraph", "ready:x", "pause:whatsapp", "", "suggest:../x"])
async def test_a_switch_that_is_none_is_refused(
    marta: Receptionist, switches: FakeSwitches, name: str
) -> None:
    status, _ = await marta.posts("/inbox/assistant/switch", {"name": name, "on": True})

    assert status in (400, 404)  # the demo practice has no channel of its own
    assert switches.turned == []


async def test_an_agent_sees_the_switches_and_cannot_turn_them(
    serve: Serve, http: aiohttp.ClientSession, desk: FakeDesk, sign_in: SignIn, staff: MemoryStaffBook
) -> None:
    paolo = Receptionist(http, await serve(whole_inbox(desk, sign_in, staff)))
    await hired(staff, "Paolo", Role.AGENT)
    await paolo.posts("/inbox/sign-in", {"name": "Paolo", "password": PASSWORD})
    await paolo.is_in()
    seen = await paolo.gets("/inbox/assistant")
    turned = await paolo.posts("/inbox/assistant/switch", {"name": "pause", "on": True})

    assert (seen[0], seen[1]["may"]) == (200, False)
    assert turned == (403, {"error": "not_allowed"})


async def test_a_suggestion_is_sent_as_it_is_or_in_other_words(
    marta: Receptionist, suggestions: FakeSuggestions
) -> None:
    suggestions.suggests("c-anna", "Quando preferisce?")
    suggestions.suggests("c-james", "When would suit you?", id="d-2")
    as_it_is = await marta.posts("/inbox/conversations/c-anna/draft/send", {"draft": "d-1"})
    again = await marta.posts("/inbox/conversations/c-anna/draft/send", {"draft": "d-1"})
    changed = await marta.posts(
        "/inbox/conversations/c-james/draft/send", {"draft": "d-2", "text": " Any day you like? "}
    )

    assert [each[0] for each in (as_it_is, again, changed)] == [200, 409, 200]
    assert again[1] == {"error": "draft_gone"}
    assert suggestions.decided == [
        ("sent", "d-1", None, "Marta"),
        ("sent", "d-2", "Any day you like?", "Marta"),
    ]
