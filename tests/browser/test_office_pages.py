"""The pages behind the desk in a real browser: figures, the trail, the people."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, expect

from bot.domain.deeds import Deed, Tampering
from bot.domain.staff import Role
from bot.web.sign_in.session import SignIn
from tests.browser.people import Witness, at_the_desk, leave, picture
from tests.web.backstage import FakeFacts, FakeTrail, busy_month
from tests.web.fakes import NOW, FakeClock, FakeDesk, MemoryStaffBook, conversation, said
from tests.web.people import hired
from tests.web.serving import Serve, whole_inbox

PAGES = ("figures", "trail", "team")
SERIOUS = ("serious", "critical")
#: How far a table of what was done, or of who is signed in, has to be pushed aside to be read.
ASIDE = "() => Math.max(0, ...[...document.querySelectorAll('.wide:has(#trail, #sessions)')].map((one) => one.scrollWidth - one.clientWidth))"  # noqa: E501
STICKS_OUT = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def facts() -> FakeFacts:
    return busy_month()


@pytest.fixture
def trail(clock: FakeClock) -> FakeTrail:
    return FakeTrail(clock=clock)


@pytest_asyncio.fixture(loop_scope="session")
async def office(
    serve: Serve,
    clock: FakeClock,
    staff: MemoryStaffBook,
    sign_in: SignIn,
    facts: FakeFacts,
    trail: FakeTrail,
) -> AsyncIterator[str]:
    """The address of an inbox with a month of work behind it."""
    await hired(staff, "Giulia", Role.AGENT)
    await hired(staff, "Paolo <b>Verdi</b>", Role.MANAGER, with_code=True)
    for deed in Deed:
        await trail.note_now(deed, by="Giulia", conversation="c-anna", detail="m-1")
    desk = FakeDesk(conversation("c-anna", said("Posso parlare con una persona?", "m-1", minutes=12)))
    yield await serve(whole_inbox(desk, sign_in, staff, facts=facts, trail=trail))


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext, witness: Witness, office: str, sign_in: SignIn) -> Page:
    return await at_the_desk(context, office, sign_in)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_hinders_anybody_and_nothing_sticks_out(
    browser: Browser, office: str, sign_in: SignIn, scheme: str
) -> None:
    context = await browser.new_context(locale="it-IT", color_scheme=scheme)  # type: ignore[arg-type]
    await context.clock.set_fixed_time(NOW)
    first = await context.new_page()
    await first.goto(office + sign_in.issue())
    await first.locator("#who").fill("Marta")
    await first.locator("button[type=submit]").click()
    await first.locator("#list > *").first.wait_for()
    found = {}
    for width, height in ((1280, 900), (360, 740)):
        await first.set_viewport_size({"width": width, "height": height})
        for name in PAGES:
            await first.goto(f"{office}/inbox/{name}")
            await first.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
            if name == "trail":
                await expect(first.locator("#verdict")).to_have_class("verdict is-good")
            await picture(first, f"{name}-{width}-{scheme}")
            results = await Axe().run(first)
            found[name, width] = (
                [v["id"] for v in results.response["violations"] if v["impact"] in SERIOUS],
                await first.evaluate(STICKS_OUT),
                await first.evaluate(ASIDE),
            )
    await leave(context)

    assert found == {(name, width): ([], 0, 0) for name in PAGES for width in (1280, 360)}


async def test_whoever_waits_is_one_press_away(page: Page, office: str) -> None:
    await page.get_by_role("link", name="Figures").click()
    await expect(page.get_by_role("heading", name="Figures")).to_be_visible()
    await page.locator("#waiting a").first.click()

    await expect(page.locator(".text", has_text="Posso parlare con una persona?").first).to_be_visible()
    await expect(page).to_have_url(f"{office}/inbox?conversation=c-anna")


async def test_other_days_are_chosen_by_keys_and_kept_in_a_file(page: Page, office: str) -> None:
    await page.goto(f"{office}/inbox/figures")
    await page.get_by_role("link", name="7 days").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name="7 days")).to_have_attribute("aria-current", "true")
    async with page.expect_download() as saved:
        await page.locator("#csv").focus()
        await page.keyboard.press("Enter")

    first = NOW - timedelta(days=6)
    assert (await saved.value).suggested_filename == f"figures-{first:%Y-%m-%d}-{NOW:%Y-%m-%d}.csv"


async def test_a_trail_that_was_touched_is_told_at_once(page: Page, office: str, trail: FakeTrail) -> None:
    trail.touched = (Tampering(number=3, what="changed"), Tampering(number=7, what="missing"))
    await page.goto(f"{office}/inbox/trail")

    await expect(page.get_by_role("status").first).to_have_text(
        "Touched! See rows 3, 7, and compare with your last backup"
    )


async def test_a_colleague_is_invited_given_rights_and_let_in_no_more_by_keys(
    page: Page, office: str, staff: MemoryStaffBook, trail: FakeTrail, witness: Witness
) -> None:
    await page.goto(f"{office}/inbox/team")
    await page.get_by_label("Name of somebody new").focus()
    await page.keyboard.type("Sara")
    await page.keyboard.press("Enter")
    await expect(page.locator("#link")).to_contain_text(f"{office}/inbox/sign-in/")
    await page.reload()
    sara = page.locator("[data-name=Sara]")
    await sara.get_by_role("combobox").select_option("manager")
    await expect(page.locator("[data-name=Sara] option[value=manager]")).to_have_attribute("selected", "")
    await page.wait_for_load_state()  # the page was written anew: its script has to be there, too
    await sara.get_by_label("it", exact=True).focus()
    await page.keyboard.press("Space")
    await expect(page.get_by_text("Kept.")).to_be_visible()
    await sara.get_by_role("button", name="Let in no more").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-name=Sara]")).to_have_class("is-disabled")

    assert [detail for _, deed, detail in trail.told if deed in ("invited", "changed_person")][2:] == [
        "Sara: agent",
        "Sara: agent to manager",
        "Sara: speaks it",
        "Sara: disabled",
    ]
    assert witness.seen == []
