"""Both pages at a desk and on a phone, by day and by night: nothing sticks out.

With CHAIRSIDE_SCREENSHOTS=DIR the pictures are kept there.
"""

from typing import Literal

import aiohttp
import pytest
from playwright.async_api import Browser, expect

from bot.service.inbox.desk import Author, MessageState, Owner, TurnTrace
from bot.web.sign_in.session import SignIn
from tests.browser.people import at_the_desk, leave, picture
from tests.browser.test_sandbox_page import ANNA, ANNA_ON_MESSENGER, row
from tests.web.fakes import NOW, FakeDesk, conversation, demo_practice, said
from tests.web.serving import Serve, inbox_application
from tests.web.stage import set_up

LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" * 3
STICKS_OUT = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"

Scheme = Literal["light", "dark"]
sizes = pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (360, 740)])
schemes = pytest.mark.parametrize("scheme", ["light", "dark"])


@sizes
@schemes
async def test_the_inbox_fits(
    browser: Browser, serve: Serve, sign_in: SignIn, width: int, height: int, scheme: Scheme
) -> None:
    desk = FakeDesk(
        conversation(
            "c-anna",
            said("Buonasera, vorrei prenotare una prima visita", "m-1", minutes=26),
            said(
                "Quale preferisce?",
                "m-2",
                author=Author.ASSISTANT,
                minutes=25,
                choices=("gio 19 · 15:00", LONG),
                state=MessageState.READ,
            ),
            said(LONG, "m-3", minutes=6),
            said("Handed over: asked for a person", "m-4", author=Author.NOTE, minutes=6),
            reason="asked",
            slots=(("Visita", "Prima visita"), ("Nome", LONG)),
        ),
        conversation("c-long", said(LONG), label=LONG, owner=Owner.STAFF, owned_by=LONG, urgent=True),
    )
    url = await serve(inbox_application(desk, sign_in, demo_practice()))
    context = await browser.new_context(
        locale="en-GB", color_scheme=scheme, viewport={"width": width, "height": height}
    )
    await context.clock.set_fixed_time(NOW)
    page = await at_the_desk(context, url, sign_in)
    out = [await page.evaluate(STICKS_OUT)]
    out.append(await page.locator(".list-rows").evaluate("(it) => it.scrollWidth - it.clientWidth"))
    await picture(page, f"inbox-{width}-{scheme}-list")
    for chosen in ("c-long", "c-anna"):
        if width == 360 and chosen == "c-anna":
            await page.get_by_label("Back").click()
        await page.locator(f"[data-conversation={chosen}]").click()
        await expect(page.locator(".message").first).to_be_visible()
        out.append(await page.evaluate(STICKS_OUT))
        out.append(await page.locator(".scroller").evaluate("(it) => it.scrollWidth - it.clientWidth"))
        await picture(page, f"inbox-{width}-{scheme}-{chosen}")
    await expect(page.get_by_label("Write to the patient")).to_be_in_viewport(ratio=1)
    await expect(page.get_by_role("button", name="Take", exact=True)).to_be_in_viewport(ratio=1)
    await leave(context)

    assert out == [0] * 6


@sizes
@schemes
async def test_the_sandbox_fits(
    browser: Browser, serve: Serve, http: aiohttp.ClientSession, width: int, height: int, scheme: Scheme
) -> None:
    stage = await set_up(serve, http)
    stage.observer.books(row("booked", patient="Luca Bianchi"), row("held", days=3))
    stage.observer.understands(
        ANNA,
        TurnTrace(
            at=NOW,
            text=LONG,
            language="it",
            intent=LONG,
            confidence=0.9,
            entities=(("time", LONG),),
            commands=(LONG,),
            flow=LONG,
            step=LONG,
            actions=((LONG, "ok"),),
            reply=LONG,
        ),
    )
    await stage.says(ANNA, LONG)
    await stage.offers(ANNA, "Quale preferisce?", a="gio 19 · 15:00", b="Altri orari")
    context = await browser.new_context(
        locale="it-IT", color_scheme=scheme, viewport={"width": width, "height": height}
    )
    await context.clock.set_fixed_time(NOW)
    page = await context.new_page()
    await page.goto(stage.url)
    await expect(page.locator(".tap")).to_have_count(2)
    await expect(page.locator(".turn-card")).to_have_count(1)
    out = [await page.evaluate(STICKS_OUT)]
    await picture(page, f"sandbox-{width}-{scheme}")
    await expect(page.get_by_label("Messaggio", exact=True)).to_be_in_viewport(ratio=1)
    for part in (".wallpaper", ".turns-frame"):
        if width == 360 and part == ".turns-frame":
            await page.locator("#tabs [data-tab=understood]").click()
            await picture(page, f"sandbox-{width}-{scheme}-understood")
        out.append(await page.locator(part).evaluate("(it) => it.scrollWidth - it.clientWidth"))
    await leave(context)

    assert out == [0] * 3


@sizes
@schemes
async def test_messenger_fits(
    browser: Browser, serve: Serve, http: aiohttp.ClientSession, width: int, height: int, scheme: Scheme
) -> None:
    stage = await set_up(serve, http)
    context = await browser.new_context(
        locale="it-IT", color_scheme=scheme, viewport={"width": width, "height": height}
    )
    await context.clock.set_fixed_time(NOW)
    page = await context.new_page()
    await page.goto(stage.url)
    await page.get_by_role("tab", name="Messenger").click()
    await page.locator(".typed").fill(LONG)
    await page.locator(".typed").press("Enter")
    await expect(page.locator(".from-patient")).to_have_count(1)
    yes_or_no = [{"type": "postback", "title": title, "payload": title} for title in ("Sì", "W" * 20)]
    template = {"template_type": "button", "text": LONG, "buttons": yes_or_no}
    await stage.page_sends(ANNA_ON_MESSENGER, attachment={"type": "template", "payload": template})
    await stage.page_sends(ANNA_ON_MESSENGER, text="Ecco gli orari liberi (prima visita). Quale preferisce?")
    times = [f"lun {day} · 15:00" for day in range(10, 22)] + ["Wwwwwwwwwwwwwwwwwwww"]
    chips = [{"content_type": "text", "title": title, "payload": title} for title in times]
    await stage.page_sends(ANNA_ON_MESSENGER, text="Oppure:", quick_replies=chips)
    await expect(page.locator(".quick-reply")).to_have_count(13)
    await picture(page, f"messenger-{width}-{scheme}")
    parts = (page.locator("html"), page.locator(".wallpaper"), page.locator(".chips"))
    out = [await part.evaluate("(it) => it.scrollWidth - it.clientWidth") for part in parts]
    await expect(page.locator(".quick-reply").first).to_be_in_viewport(ratio=1)
    await expect(page.get_by_label("Messaggio", exact=True)).to_be_in_viewport(ratio=1)
    await leave(context)

    assert out == [0] * 3
