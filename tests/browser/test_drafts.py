"""What a receptionist began to write is there again after the session ended, and for nobody else."""

from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Locator, Page, Route, expect

from bot.domain.staff import Role
from bot.web.sign_in.session import SignIn
from tests.browser.people import picture
from tests.web.fakes import FakeClock, FakeDesk, FakeNotes, MemoryStaffBook, two_wait
from tests.web.people import PASSWORD, hired
from tests.web.serving import Serve, whole_inbox

BEGUN = "Giovedì alle 15 andrebbe"


@pytest.fixture
def desk(clock: FakeClock) -> FakeDesk:
    return two_wait(clock)


@pytest_asyncio.fixture(loop_scope="session")
async def page(
    context: BrowserContext, serve: Serve, desk: FakeDesk, sign_in: SignIn, staff: MemoryStaffBook
) -> Page:
    """Marta at the desk, in the middle of a sentence to Anna."""
    await hired(staff, "Marta", Role.AGENT)
    await hired(staff, "Paolo", Role.AGENT)
    url = await serve(whole_inbox(desk, sign_in, staff, notes=FakeNotes(desk)))
    page = await context.new_page()
    await page.goto(f"{url}/inbox/sign-in")
    await enters(page, "Marta")
    await page.get_by_text("Anna Rossi").first.click()
    await writing(page).fill(BEGUN)
    return page


async def enters(page: Page, name: str) -> None:
    await page.locator("#name").fill(name)
    await page.locator("#password").fill(PASSWORD)
    await page.locator("#sign-in button[type=submit]").click()
    await page.wait_for_url("**/inbox*")
    await page.locator("#list > *").first.wait_for()


def writing(page: Page) -> Locator:
    return page.locator(".composer textarea")


async def test_a_session_that_ends_takes_nothing_along(page: Page, clock: FakeClock) -> None:
    clock.pass_by(timedelta(hours=13))
    await page.wait_for_url("**/inbox/sign-in?conversation=c-anna")
    await enters(page, "Marta")

    await expect(writing(page)).to_have_value(BEGUN)
    await picture(page, "draft-is-back")
    await page.get_by_text("James Smith").first.click()
    await expect(writing(page)).to_have_value("")


async def test_what_was_sent_when_the_session_had_ended_is_not_lost(page: Page) -> None:
    async def signed_out(route: Route) -> None:
        await route.fulfill(status=401, json={"error": "signed_out"})

    await page.route("**/reply", signed_out)
    await writing(page).press("Enter")
    await page.wait_for_url("**/inbox/sign-in?conversation=c-anna")
    await enters(page, "Marta")

    await expect(writing(page)).to_have_value(BEGUN)


async def test_a_colleague_who_signs_in_here_does_not_see_it(page: Page, clock: FakeClock) -> None:
    clock.pass_by(timedelta(hours=13))
    await page.wait_for_url("**/inbox/sign-in?conversation=c-anna")
    await enters(page, "Paolo")

    await expect(writing(page)).to_have_value("")
    assert BEGUN not in await page.evaluate("JSON.stringify(sessionStorage)")


async def test_signing_out_by_hand_leaves_nothing(page: Page) -> None:
    await page.locator("#sign-out").click()
    await page.wait_for_url("**/inbox/sign-in")

    assert BEGUN not in await page.evaluate("JSON.stringify(sessionStorage)")


async def test_what_was_sent_is_no_draft_any_more(page: Page) -> None:
    await writing(page).press("Enter")
    await expect(page.locator(".by-staff")).to_have_count(1)

    assert BEGUN not in await page.evaluate("JSON.stringify(sessionStorage)")
