"""Several at the desk: who is there and who writes (H5), and a page that calls (H11)."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from bot.domain.drafts import Acceptance
from bot.service.inbox.desk import Author, Owner
from bot.web.sign_in.session import SignIn
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.people import Witness, at_the_desk, leave, picture
from tests.browser.test_a_shift import serious
from tests.web.assistant import FakeSuggestions
from tests.web.fakes import FakeClock, FakeDesk, MemoryStaffBook, conversation, said
from tests.web.serving import Serve, whole_inbox

#: A stand-in for the browser's own notification and sound: what they would have been is kept.
KEEPS_CALLS = """
  globalThis.called = [];
  globalThis.Notification = class extends EventTarget {
    static permission = "default";
    static async requestPermission() { Notification.permission = "granted"; return "granted"; }
    constructor(title, { body }) { super(); called.push(`${title}: ${body}`); }
    close() {}
  };
  const sound = OscillatorNode.prototype.start;
  globalThis.sounded = 0;
  OscillatorNode.prototype.start = function (...more) { sounded += 1; return sound.apply(this, more); };
  Document.prototype.hasFocus = () => false;
"""


@pytest.fixture
def desk(clock: FakeClock) -> FakeDesk:
    return FakeDesk(conversation("c-anna", said("Posso parlare con una persona?", "m-1")), clock=clock)


@pytest_asyncio.fixture(loop_scope="session")
async def url(serve: Serve, desk: FakeDesk, sign_in: SignIn, staff: MemoryStaffBook) -> str:
    return await serve(whole_inbox(desk, sign_in, staff))


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext, url: str, sign_in: SignIn, witness: Witness) -> Page:
    page = await at_the_desk(context, url, sign_in)
    await page.get_by_text("Anna Rossi").click()
    return page


async def test_who_is_there_and_writes_is_seen_and_gone_when_the_browser_dies(
    page: Page, url: str, sign_in: SignIn, clock: FakeClock, desk: FakeDesk
) -> None:
    """H5: Paolo's browser is killed, not closed."""
    async with async_playwright() as playwright:
        dying = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        paolo = await at_the_desk(await dying.new_context(locale="en-GB"), url, sign_in, who="Paolo")
        await paolo.get_by_text("Anna Rossi").click()
        await expect(page.locator(".others")).to_have_text("Paolo is here")
        await expect(page.locator(".row .presence")).to_have_text("Paolo is here")
        await paolo.get_by_label("Write to the patient").press_sequentially("Buon")
        await expect(page.locator(".others")).to_have_text("Paolo is writing …")
        await expect(page.locator(".row .presence.is-writing")).to_have_count(1)
        session = await dying.new_browser_cdp_session()
        asyncio.ensure_future(session.send("Browser.crash")).add_done_callback(lambda it: it.exception())
        await asyncio.wait_for(_gone(dying), 10)
    clock.pass_by(timedelta(seconds=13))
    desk.hears("c-anna", "Ci siete?")

    await expect(page.locator(".others")).to_be_hidden()
    await expect(page.locator(".row .presence")).to_have_count(0)


async def _gone(browser: Browser) -> None:
    gone = asyncio.Event()
    browser.on("disconnected", lambda _: gone.set())
    if browser.is_connected():
        await gone.wait()


async def test_a_colleague_s_newer_answer_stops_mine_and_is_shown(page: Page, desk: FakeDesk) -> None:
    """H5: Paolo answered and put it back, and the news has not reached this page."""
    await expect(page.locator(".by-patient")).to_have_count(1)
    theirs = said("Arrivo subito", "s-1", author=Author.STAFF, by="Paolo")
    view = desk.views["c-anna"]
    box = page.get_by_label("Write to the patient")
    await box.fill("Mi dica")
    desk.views["c-anna"] = replace(view, messages=(*view.messages, theirs), owner=Owner.QUEUE)
    await box.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("Paolo: Arrivo subito")
    stopped = list(desk.replies)
    await page.get_by_role("button", name="Send all the same").click()
    await expect(page.locator(".by-staff")).to_have_count(2)

    assert stopped == []
    assert [text for _, text, _, _ in desk.replies] == ["Mi dica"]


async def test_a_patient_who_begins_to_wait_calls_once_with_the_number(
    context: BrowserContext, url: str, sign_in: SignIn, desk: FakeDesk, witness: Witness
) -> None:
    """H11: a sound and a notification once leave was given; ten at once are one; nobody is named."""
    await context.add_init_script(KEEPS_CALLS)
    page = await at_the_desk(context, url, sign_in)
    desk.opens(conversation("c-first", said("Hello", "f-1"), label="Ugo Neri"))
    await expect(page.locator(".row")).to_have_count(2)
    await page.get_by_role("button", name="Turn on sound and notifications").click()
    await expect(page.get_by_role("button", name="Sound and notifications are on")).to_be_visible()
    for number in range(10):
        desk.opens(conversation(f"c-{number}", said("Aiuto", f"x-{number}"), label=f"Paziente {number}"))
    await expect(page.locator("html")).to_have_attribute("data-called", "10")
    desk.opens(conversation("c-last", said("Hello", "l-1"), label="Ada Bruni", reason="complaint"))
    await expect(page.locator("html")).to_have_attribute("data-called", "1")
    called, sounded = await page.evaluate("[called, sounded]")

    assert called == [
        "Studio Dentistico Rossi: 10 patients are waiting",
        "Studio Dentistico Rossi: Complaint",
    ]
    assert sounded == 6  # two notes when it was turned on, two for each call
    assert witness.seen == []


async def test_without_leave_nothing_sounds(
    context: BrowserContext, url: str, sign_in: SignIn, desk: FakeDesk
) -> None:
    await context.add_init_script(KEEPS_CALLS)
    page = await at_the_desk(context, url, sign_in)
    desk.opens(conversation("c-first", said("Hello", "f-1"), label="Ugo Neri"))
    await expect(page.locator(".row")).to_have_count(2)
    await page.wait_for_function("() => new Promise((done) => setTimeout(() => done(true), 1500))")

    assert await page.evaluate("[called, sounded]") == [[], 0]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
async def test_a_suggestion_and_the_switches_can_be_read_by_everybody(
    browser: Browser,
    serve: Serve,
    sign_in: SignIn,
    staff: MemoryStaffBook,
    desk: FakeDesk,
    scheme: Literal["light", "dark"],
    width: int,
) -> None:
    """H13: nothing serious for axe, and nothing sticks out at 360 px."""
    flow = Acceptance(flow="new_patient_consult", is_suggested=True, unchanged=19, changed=1, is_ready=True)
    suggestions = FakeSuggestions(desk, flow)
    suggestions.suggests("c-anna", "Quando preferisce venire?", choices=("mar 3 · 10:30", "mer 4 · 9:00"))
    url = await serve(whole_inbox(desk, sign_in, staff, suggestions=suggestions))
    context = await browser.new_context(
        locale="en-GB", color_scheme=scheme, bypass_csp=True, viewport={"width": width, "height": 740}
    )
    page = await at_the_desk(context, url, sign_in)
    await page.get_by_role("button", name="What the assistant may do").click()
    await expect(page.locator(".suggested li")).to_have_count(1)
    found = [await serious(page)]
    await picture(page, f"switches-{width}-{scheme}")
    await page.keyboard.press("Escape")
    await page.get_by_text("Anna Rossi").click()
    await expect(page.locator(".draft-does")).to_be_visible()
    found.append(await serious(page))
    await picture(page, f"draft-{width}-{scheme}")
    sticks_out = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    await leave(context)

    assert found == [[], []]
    assert sticks_out <= 0
