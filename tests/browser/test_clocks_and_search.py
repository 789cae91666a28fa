"""Clocks of answers (H18) and finding a patient (H23), with the front desk behind the page."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, expect

from nlu.understanding import Interpreter
from tests.browser.test_a_shift import serious
from tests.browser.whole_desk import WholeDesk, whole_desk
from tests.web.serving import Serve


@pytest_asyncio.fixture(loop_scope="session")
async def desk(
    browser: Browser, serve: Serve, interpreter: Interpreter, tmp_path: Path
) -> AsyncIterator[WholeDesk]:
    async with whole_desk(browser, serve, interpreter, tmp_path / "desk") as desk:
        yield desk


async def test_the_clock_of_each_answer_shows_turns_red_and_calls_staff(desk: WholeDesk) -> None:
    """H18: first answer, next answer, red flag."""
    anna, bruno = desk.surgery.patient("393331111111", name="Anna"), desk.surgery.patient("393332222222")
    await anna.says("operatore")
    await bruno.says("Non respiro, ho la gola gonfia")
    page = await desk.opens(anna)
    row = page.locator(f'[data-conversation="{desk.surgery.contact(anna)}"] [data-clock]')
    danger = page.locator(f'[data-conversation="{desk.surgery.contact(bruno)}"] [data-clock]')
    await expect(danger).to_have_attribute("data-clock", "red_flag")
    await expect(row).to_have_attribute("data-clock", "first")
    await expect(row).to_contain_text("10:15")
    await desk.time_passes(minutes=3)
    await expect(danger).to_have_class("chip red")
    await expect(row).to_have_class("chip")
    await page.get_by_label("Write to the patient").fill("Buongiorno, mi dica.")
    await page.keyboard.press("Enter")
    await expect(row).to_have_count(0)
    await desk.time_passes(seconds=30)
    await anna.says("Quanto costa?")
    await expect(row).to_have_attribute("data-clock", "next")
    await desk.time_passes(minutes=16)
    await expect(row).to_have_class("chip red")
    told = {alert.kind.value for alert in desk.surgery.staff.told}
    await desk.surgery.desk.alerts.look()

    assert "late" in told | {alert.kind.value for alert in desk.surgery.staff.told}


async def test_a_patient_is_found_by_name_and_the_list_narrowed_to_a_tag(desk: WholeDesk) -> None:
    """With keys; also somebody whom no person ever had; the name stands in no address."""
    anna, elise = (
        desk.surgery.patient("393331111111", name="Anna Verdi"),
        desk.surgery.patient("393332222222", name="Élise Dupont"),
    )
    await anna.says("operatore")
    await elise.says("Buongiorno")
    await desk.surgery.desk.staff.notes.tag(desk.surgery.contact(anna), "call back", by="Paolo")
    page = await desk.colleague()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    rows = page.locator("#list .row-name")
    await expect(rows).to_have_text(["Anna Verdi"])
    await page.keyboard.press("Alt+KeyF")
    await page.keyboard.type("elise dup")
    await expect(rows).to_have_text(["Élise Dupont"])
    problems = await serious(page)
    await page.keyboard.press("Escape")
    await expect(rows).to_have_text(["Anna Verdi"])
    await page.keyboard.type("nobody")
    await expect(page.get_by_text("Nobody of that name or number.")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.get_by_label("Tags").select_option("call back")
    await expect(rows).to_have_text(["Anna Verdi"])
    await desk.surgery.desk.staff.notes.untag(desk.surgery.contact(anna), "call back", by="Paolo")
    await expect(rows).to_have_count(0)

    assert problems == []
    assert not any("dup" in url or "elise" in url for url in asked)
