"""The flow that a conversation is in, beside the phone: its current step is lit, turn after turn."""

import re

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from bot import bootstrap
from bot.service.inbox.desk import TurnTrace
from tests.browser.people import Witness, picture
from tests.browser.test_looks import STICKS_OUT, Scheme
from tests.browser.test_sandbox_page import ANNA, JAMES
from tests.web.fakes import NOW
from tests.web.serving import Serve
from tests.web.stage import Stage, demo_assistant, set_up

BOOKING = "new_patient_consult"
STEPS = list(demo_assistant().flows[BOOKING].steps)


def turn(*stack: tuple[str, str, bool], steps: tuple[tuple[str, str], ...] = ()) -> TurnTrace:
    return TurnTrace(at=NOW, text="…", language="it", intent=None, confidence=None, stack=stack, steps=steps)


def asks(step: str, *passed: str) -> TurnTrace:
    return turn((BOOKING, step, False), steps=tuple((BOOKING, each) for each in (*passed, step)))


@pytest_asyncio.fixture(loop_scope="session")
async def stage(serve: Serve, http: aiohttp.ClientSession) -> Stage:
    return await set_up(serve, http)


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext, stage: Stage, witness: Witness) -> Page:
    page = await context.new_page()
    await page.goto(stage.url)
    await page.get_by_role("tab", name="Flow").press("Enter")
    return page


async def test_the_step_that_waits_for_the_patient_is_lit(page: Page, stage: Stage, witness: Witness) -> None:
    await expect(page.get_by_text("After the first message the flow is drawn here")).to_be_visible()
    stage.observer.understands(ANNA, asks("name", *STEPS[: STEPS.index("name")]))
    lit = page.locator("#flow .is-here")
    await expect(lit).to_have_attribute("data-step", "name")
    await expect(page.locator("#flow .was-here")).to_have_count(STEPS.index("name"))
    await expect(page.locator(".flow-state")).to_have_text("Now: ask patient_name")
    stage.observer.understands(ANNA, asks("day"))
    await expect(lit).to_have_attribute("data-step", "day")

    await expect(lit).to_be_in_viewport(ratio=1)
    await expect(page.locator("#flow .node")).to_have_count(len(STEPS) + 2)
    assert witness.seen == []


async def test_what_is_under_way_is_listed_and_each_can_be_looked_at(page: Page, stage: Stage) -> None:
    stage.observer.understands(
        ANNA,
        turn((BOOKING, "day", True), ("pattern_continue_interrupted", "ask", False)),
    )
    flows = page.get_by_role("list", name="What is under way").get_by_role("button")
    await expect(flows).to_have_count(2)
    await expect(flows.nth(0)).to_have_text(re.compile("booking a visit.*interrupted"))
    await expect(flows.nth(1)).to_have_attribute("aria-pressed", "true")
    await flows.nth(0).press("Enter")

    await expect(flows.nth(0)).to_have_attribute("aria-pressed", "true")
    await expect(page.locator("#flow .is-here")).to_have_attribute("data-step", "day")


async def test_a_flow_that_ended_is_shown_to_its_end(page: Page, stage: Stage) -> None:
    stage.observer.understands(ANNA, turn(steps=((BOOKING, "book"), (BOOKING, STEPS[-1]))))
    await expect(page.locator(".flow-state")).to_have_text("Finished")

    await expect(page.locator("#flow .is-here")).to_have_attribute("data-step", "END")


async def test_each_patient_has_a_flow_of_their_own(page: Page, stage: Stage) -> None:
    stage.observer.understands(ANNA, asks("name"))
    stage.observer.understands(JAMES, asks("day"))
    await expect(page.locator("#flow .is-here")).to_have_attribute("data-step", "name")
    await page.get_by_role("tab", name="James").click()

    await expect(page.locator("#flow .is-here")).to_have_attribute("data-step", "day")


async def test_a_real_conversation_lights_its_way(
    context: BrowserContext, witness: Witness, front_desk: bootstrap.Server
) -> None:
    page = await context.new_page()
    await page.goto(front_desk.url)
    await page.get_by_role("tab", name="Flow").click()
    await page.get_by_role("tab", name="James").click()
    await page.locator(".typed").fill("Hello, I'd like to book a check-up")
    await page.locator(".typed").press("Enter")
    await expect(page.get_by_role("button", name="booking a visit")).to_be_visible()

    await expect(page.locator("#flow .is-here")).to_have_count(1)
    await expect(page.locator(".flow-state")).to_have_text(re.compile("^Now: ask "))
    await expect(page.locator("#flow .was-taken").first).to_be_attached()
    assert witness.seen == []


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (360, 740)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_flow_fits(
    browser: Browser, serve: Serve, http: aiohttp.ClientSession, width: int, height: int, scheme: Scheme
) -> None:
    stage = await set_up(serve, http)
    stage.observer.understands(ANNA, asks("offer", *STEPS[: STEPS.index("offer")]))
    context = await browser.new_context(
        locale="it-IT", color_scheme=scheme, viewport={"width": width, "height": height}
    )
    await context.clock.set_fixed_time(NOW)
    page = await context.new_page()
    await page.goto(stage.url)
    if width == 360:
        await page.locator("#tabs [data-tab=flow]").click()
    else:
        await page.get_by_role("tab", name="Percorso").click()
    await expect(page.locator("#flow .is-here")).to_be_in_viewport(ratio=0.99)
    sticks_out = await page.evaluate(STICKS_OUT)
    await picture(page, f"flow-{width}-{scheme}")
    await context.close()

    assert sticks_out == 0
