"""Somebody tries Chairside out, in a real browser with the real stand-in."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, expect

from bot.service.inbox.desk import TurnTrace
from tests.browser.people import Witness
from tests.web.fakes import NOW, FakeClock
from tests.web.serving import Serve
from tests.web.stage import Stage, set_up

ANNA, JAMES = "393331234567", "447700900123"
ANNA_ON_MESSENGER = "7204918365027741"


@pytest_asyncio.fixture(loop_scope="session")
async def stage(serve: Serve, http: aiohttp.ClientSession) -> Stage:
    return await set_up(serve, http)


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext, stage: Stage, witness: Witness) -> Page:
    page = await context.new_page()
    await page.goto(stage.url)
    await expect(page.locator(".suggestion").first).to_be_visible()
    return page


def row(
    status: str, *, practitioner: str = "rossi", days: int = 0, patient: str | None = None
) -> dict[str, Any]:
    start = datetime(2026, 11, 16, 14, 0, tzinfo=UTC) + timedelta(days=days)
    return {
        "status": status,
        "start": start.isoformat(),
        "end": (start + timedelta(minutes=40)).isoformat(),
        "start_local": f"{start + timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "practitioner": practitioner,
        "visit_type": "first_visit",
        "patient": patient,
    }


async def test_a_suggestion_is_written_sent_read_and_answered(
    page: Page, stage: Stage, witness: Witness
) -> None:
    await page.get_by_role("button", name="Buonasera, vorrei prenotare una prima visita").click()
    await expect(page.locator(".from-patient .ticks-delivered")).to_have_count(1)
    [webhook] = stage.webhooks
    message = webhook["entry"][0]["changes"][0]["value"]["messages"][0]
    await stage.reads(message["id"], typing=True)
    await expect(page.locator(".from-patient .ticks-read")).to_have_count(1)
    await expect(page.locator(".contact-state")).to_have_text("typing …")
    await stage.says(ANNA, "Buonasera! Sono l'*assistente automatico*.")
    await expect(page.locator(".from-practice strong")).to_have_text("assistente automatico")
    await expect(page.locator(".contact-state")).to_have_text("online")

    assert message["text"]["body"] == "Buonasera, vorrei prenotare una prima visita"
    assert witness.seen == []


async def test_buttons_and_lists_can_be_tapped(page: Page, stage: Stage) -> None:
    await stage.offers(ANNA, "Quando preferisce?", a="gio 19 · 15:00", b="Altri orari")
    await page.get_by_role("button", name="Altri orari").click()
    await expect(page.locator(".from-patient .paper-text")).to_have_text("Altri orari")
    await stage.lists(
        ANNA, "Oppure:", "Vedi gli orari", x=("ven 20 · 09:00", "dott. Rossi"), y=("Altro", "più in là")
    )
    await page.get_by_role("button", name="Vedi gli orari").click()
    sheet = page.get_by_role("dialog", name="Vedi gli orari")
    await sheet.press("Escape")
    await expect(sheet).to_have_count(0)
    await page.get_by_role("button", name="Vedi gli orari").click()
    await page.get_by_role("button", name="ven 20 · 09:00").click()
    await expect(page.locator(".from-patient .paper-text").last).to_have_text("ven 20 · 09:00")
    await expect(page.locator(".from-patient .ticks-delivered")).to_have_count(2)
    replies = [
        message["interactive"]
        for webhook in stage.webhooks
        for message in webhook["entry"][0]["changes"][0]["value"].get("messages", [])
    ]

    assert [(reply.get("button_reply") or reply["list_reply"])["id"] for reply in replies] == ["b", "x"]


async def test_two_patients_have_two_phones(page: Page, stage: Stage) -> None:
    await page.get_by_label("Message", exact=True).fill("Buonasera")
    await page.get_by_label("Message", exact=True).press("Enter")
    await expect(page.locator(".from-patient")).to_have_count(1)
    await stage.says(JAMES, "Good morning, James.")
    await expect(page.locator(".patient .dot")).to_have_text("1")
    await page.get_by_role("tab", name="James").click()
    await expect(page.locator(".from-practice .paper-text")).to_have_text("Good morning, James.")
    await expect(page.locator(".from-patient")).to_have_count(0)

    await expect(page.locator(".patient .dot")).to_have_count(0)
    await expect(page.get_by_role("button", name="Hello, I'd like to book a check-up")).to_be_visible()


async def test_quick_replies_are_there_until_the_next_message_and_buttons_stay(
    page: Page, stage: Stage, witness: Witness
) -> None:
    await page.get_by_role("tab", name="Messenger").click()
    await page.get_by_role("button", name="Buonasera, vorrei prenotare una prima visita").click()
    await expect(page.locator(".receipt")).to_have_text("Delivered")
    buttons = [{"type": "postback", "title": title, "payload": title} for title in ("Sì", "No")]
    template = {"template_type": "button", "text": "È la prima volta?", "buttons": buttons}
    await stage.page_sends(ANNA_ON_MESSENGER, attachment={"type": "template", "payload": template})
    replies = [{"content_type": "text", "title": title, "payload": title} for title in ("Alle 15", "Alle 16")]
    await stage.page_sends(ANNA_ON_MESSENGER, text="Quando?", quick_replies=replies)
    await page.get_by_role("button", name="Alle 16").click()
    await expect(page.locator(".from-patient .paper-text").last).to_have_text("Alle 16")
    await expect(page.locator(".quick-reply")).to_have_count(0)
    await page.get_by_role("button", name="Sì").click()
    await expect(page.locator(".tap.is-tapped")).to_have_text("Sì")
    await page.get_by_role("tab", name="WhatsApp").click()
    await expect(page.locator(".said")).to_have_count(0)
    await stage.stand_in.settled()
    said = [
        event.get("message", {}).get("quick_reply") or event["postback"]
        for webhook in stage.webhooks
        for event in webhook["entry"][0]["messaging"]
        if event.get("message", {}).get("quick_reply") or "postback" in event
    ]

    assert [each["payload"] for each in said] == ["Alle 16", "Sì"]
    assert witness.seen == []


async def test_a_photo_and_a_voice_message_can_be_sent(page: Page) -> None:
    await page.get_by_role("button", name="Send a photo").click()
    await expect(page.locator(".from-patient .photo")).to_have_count(1)
    await page.get_by_role("button", name="Send a voice message").click()

    await expect(page.locator(".from-patient .voice")).to_have_count(1)


async def test_the_diary_shows_a_hold_and_then_the_booking_wherever_it_is(page: Page, stage: Stage) -> None:
    stage.observer.books(row("held"))
    await expect(page.locator(".visit.is-held")).to_contain_text("Held")
    stage.observer.rows = []
    stage.observer.books(row("booked", patient="Anna Rossi"))
    await expect(page.locator(".visit.is-booked")).to_contain_text("Anna Rossi")
    await expect(page.locator(".visit")).to_have_count(1)
    stage.observer.books(row("booked", practitioner="conti", days=9, patient="James Smith"))

    await expect(page.locator(".diary .segment[aria-selected=true]")).to_have_text("dott.ssa Giulia Conti")
    await expect(page.locator(".visit")).to_contain_text("James Smith")
    await expect(page.locator(".day-name").nth(1)).to_contain_text("23")
    await page.get_by_role("button", name="Today").click()
    await expect(page.locator(".visit")).to_have_count(0)


async def test_a_demo_that_starts_on_another_day_shows_that_day(
    context: BrowserContext, serve: Serve, http: aiohttp.ClientSession
) -> None:
    elsewhere = FakeClock(datetime(2026, 3, 2, 7, 0, tzinfo=UTC))
    stage = await set_up(serve, http, clock=elsewhere)
    page = await context.new_page()
    await page.goto(stage.url)

    await expect(page.locator(".is-today .day-name")).to_have_text("Mon2")
    await expect(page.locator(".range")).to_have_text(re.compile(r"^2\s*–\s*8 March$"))


async def test_cancelled_visits_leave_the_diary(page: Page, stage: Stage) -> None:
    stage.observer.books(row("booked", patient="Anna Rossi"))
    await expect(page.locator(".visit")).to_have_count(1)
    stage.observer.rows = []
    stage.observer.books(row("cancelled", patient="Anna Rossi"))

    await expect(page.locator(".visit")).to_have_count(0)


async def test_each_turn_is_explained(page: Page, stage: Stage) -> None:
    stage.observer.understands(
        ANNA,
        TurnTrace(
            at=NOW,
            text="giovedì pomeriggio",
            language="it",
            intent="inform",
            confidence=0.88,
            entities=(("time", "Thu 19 Nov 14:00-19:00"),),
            commands=("wish = Thu 19 Nov 14:00-19:00",),
            flow="book_appointment",
            step="ask_opening",
            actions=(("action_find_openings", "found"),),
            reply="Ho questi orari.",
        ),
    )
    card = page.locator(".turn-card")
    await expect(card).to_have_count(1)
    for words in (
        "giovedì pomeriggio",
        "inform",
        "88 %",
        "Thu 19 Nov 14:00-19:00",
        "wish =",
        "ask_opening",
        "find openings",
        "found",
    ):
        await expect(card).to_contain_text(words)
    await page.get_by_role("tab", name="James").click()

    await expect(card).to_have_count(0)
    await expect(page.get_by_text("Write something on the phone")).to_be_visible()
