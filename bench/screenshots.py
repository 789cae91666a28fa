"""The inbox in pictures, for docs/images: a practice, patients and colleagues that do not exist.

`make pictures`. Needs Chromium; each picture stays below 120 kB.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from bot.domain.deeds import Deed
from bot.domain.staff import Role
from bot.service.inbox.desk import Author, MessageState, Owner
from bot.web.sign_in.session import SignIn
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.people import at_the_desk
from tests.web.backstage import FakeTrail, busy_month
from tests.web.fakes import NOW, FakeClock, FakeDesk, MemoryStaffBook, conversation, said
from tests.web.people import at_work, hired
from tests.web.serving import serving, whole_inbox

FOLDER = Path(__file__).parent.parent / "docs" / "images"
MOST = 120_000
DESKTOP: Mapping[str, Any] = {"viewport": {"width": 1120, "height": 700}}
PHONE: Mapping[str, Any] = {"viewport": {"width": 360, "height": 720}, "has_touch": True}


def patients(clock: FakeClock) -> FakeDesk:
    anna = conversation(
        "c-anna",
        said("Buongiorno, vorrei spostare la visita di giovedì", "m-1", minutes=14),
        said(
            "Certo. Quale orario preferisce?",
            "m-2",
            author=Author.ASSISTANT,
            minutes=14,
            state=MessageState.READ,
            choices=("ven 20 · 09:00", "ven 20 · 15:30", "Altri orari"),
        ),
        said("Nessuno di questi. Posso parlare con una persona?", "m-3", minutes=8),
        said(
            "Eccomi, sono Marta. Mattina o pomeriggio?",
            "m-4",
            author=Author.STAFF,
            minutes=5,
            by="Marta",
            state=MessageState.READ,
        ),
        said("Meglio la mattina, grazie", "m-5", minutes=2),
        owner=Owner.STAFF,
        owned_by="Marta",
        reason="asked",
        slots=(("patient_name", "Anna Rossi"), ("visit_type", "Visita di controllo")),
        window_until=clock.now() + timedelta(hours=23, minutes=58),
        tags=("richiamare",),
    )
    james = conversation(
        "c-james",
        said("My crown came off, is that urgent?", "j-1", minutes=3),
        label="James Smith",
        language="en",
        reason="clinical_question",
        since=clock.now() - timedelta(minutes=3),
        channel="messenger",
    )
    olga = conversation(
        "c-olga",
        said("Очень болит, щека опухла", "o-1", minutes=1),
        label="Ольга Петрова",
        language="ru",
        reason="emergency",
        urgent=True,
        since=clock.now() - timedelta(minutes=1),
    )
    luca = conversation(
        "c-luca",
        said("Mi serve la fattura di marzo", "l-1", minutes=40),
        label="Luca Verdi",
        reason="invoices",
        since=clock.now() - timedelta(minutes=40),
        owner=Owner.STAFF,
        owned_by="Paolo",
    )
    return FakeDesk(anna, james, olga, luca, clock=clock)


async def main() -> None:
    clock, staff = FakeClock(), MemoryStaffBook()
    sign_in, trail = SignIn(clock, staff, opens_at_once=True), FakeTrail(clock=clock)
    for name, role in (("Giulia", Role.AGENT), ("Paolo", Role.MANAGER), ("Sara", Role.READER)):
        await hired(staff, name, role)
    await at_work(staff, "Paolo")
    for deed in (Deed.SIGNED_IN, Deed.VIEWED, Deed.TOOK, Deed.SENT, Deed.SIGN_IN_FAILED, Deed.CLOSED):
        await trail.note_now(deed, by="Giulia", conversation="c-anna")
    FOLDER.mkdir(exist_ok=True)
    desk = patients(clock)
    async with serving() as start, async_playwright() as playwright:
        url = await start(whole_inbox(desk, sign_in, staff, facts=busy_month(), trail=trail))
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        await _at_a_desk(browser, url, sign_in)
        await _on_a_phone(browser, url, sign_in)
        await browser.close()


async def _at_a_desk(browser: Browser, url: str, sign_in: SignIn) -> None:
    for scheme in ("light", "dark"):
        page = await _page(browser, url, sign_in, color_scheme=scheme, **DESKTOP)
        await page.locator("[data-conversation=c-anna]").click()
        await page.locator(".message").first.wait_for()
        await _keep(page, f"conversation-{scheme}")
        if scheme == "light":
            for name in ("figures", "trail", "team"):
                await page.goto(f"{url}/inbox/{name}")
                await page.wait_for_load_state("networkidle")
                await _keep(page, name)
        await page.context.close()


async def _on_a_phone(browser: Browser, url: str, sign_in: SignIn) -> None:
    page = await _page(browser, url, sign_in, color_scheme="light", **PHONE)
    await _keep(page, "phone-list")
    await page.locator("[data-conversation=c-anna]").click()
    await page.locator(".message").first.wait_for()
    await _keep(page, "phone-conversation")
    await page.get_by_role("button", name="What the assistant knows").first.click()
    await _keep(page, "phone-card")
    await page.context.close()


async def _page(browser: Browser, url: str, sign_in: SignIn, **options: Any) -> Page:
    context = await browser.new_context(locale="en-GB", timezone_id="Europe/Rome", **options)
    await context.clock.set_fixed_time(NOW)
    return await at_the_desk(context, url, sign_in)


async def _keep(page: Page, name: str) -> None:
    path = FOLDER / f"{name}.png"
    await page.screenshot(path=str(path), animations="disabled")
    size = path.stat().st_size
    print(f"{path.name}: {size // 1000} kB")
    if size > MOST:
        raise SystemExit(f"{path.name} is above {MOST // 1000} kB; show less on it")


if __name__ == "__main__":
    asyncio.run(main())
