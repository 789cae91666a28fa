"""H9: 24 hours after the patient's last words, approved messages are what a person can still send."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from nlu.understanding import Interpreter
from tests.browser.people import picture
from tests.browser.whole_desk import WholeDesk, whole_desk
from tests.web.serving import Serve

WORDS = "il dottore ha visto la Sua radiografia, La chiamiamo domani"


@pytest_asyncio.fixture(loop_scope="session")
async def desk(
    browser: Browser, serve: Serve, interpreter: Interpreter, tmp_path: Path
) -> AsyncIterator[WholeDesk]:
    async with whole_desk(browser, serve, interpreter, tmp_path) as desk:
        yield desk


async def _late(desk: WholeDesk, **options: object) -> Page:
    anna = desk.surgery.patient()
    await anna.says("operatore")
    desk.clock.move(hours=30)
    return await desk.opens(anna, **options)


async def test_a_closed_chat_is_opened_again_by_an_approved_message_with_a_person_s_words(
    desk: WholeDesk,
) -> None:
    """The patient reads the very text of the preview; a second press sends nothing more."""
    page = await _late(desk)
    (anna,) = desk.surgery.patients.values()
    before = len(anna.screen)
    send = page.get_by_role("button", name="Send this message")
    await expect(page.get_by_text("only messages that were approved beforehand")).to_be_visible()
    await expect(send).to_be_disabled()
    await page.get_by_label("Your message").fill(WORDS)
    await picture(page, "templates")
    preview = await page.locator(".templates-preview").inner_text()
    await send.dblclick()
    await expect(page.locator(".message").last).to_contain_text(WORDS)
    await expect(page.get_by_role("status").filter(has_text="You are answering").first).to_be_visible()
    await desk.surgery.settled()

    assert [seen.text for seen in anna.screen[before:]] == [preview]
    assert WORDS in preview
    assert "{" not in preview


async def test_a_line_that_was_lost_keeps_what_was_typed(desk: WholeDesk) -> None:
    page = await _late(desk)
    (anna,) = desk.surgery.patients.values()
    await page.get_by_label("Your message").fill(WORDS)
    await page.context.set_offline(True)
    await page.get_by_role("button", name="Send this message").click()
    await expect(page.locator(".templates-problem")).not_to_be_empty()
    await page.context.set_offline(False)
    await page.get_by_role("button", name="Send this message").click()
    await expect(page.locator(".message").last).to_contain_text(WORDS)
    await desk.surgery.settled()

    assert sum(WORDS in seen.text for seen in anna.screen) == 1
