"""Offering, booking, moving and cancelling from the inbox (H6, H20), with the whole front desk behind it.

With CHAIRSIDE_SCREENSHOTS=DIR pictures are kept there.
"""

import re
from typing import Any

from playwright.async_api import Browser, Page, expect

from bot import bootstrap
from tests.browser.people import picture, signed_in
from tests.browser.test_booking_in_the_browser import Patient


async def at_the_inbox(browser: Browser, front_desk: bootstrap.Server, **options: Any) -> Page:
    assert front_desk.sign_in is not None
    options = {"viewport": {"width": 1440, "height": 900}, **options}
    context = await browser.new_context(locale="en-GB", **options)
    return await signed_in(context, front_desk.url + front_desk.sign_in.issue())


async def check_ups(front_desk: bootstrap.Server) -> list[tuple[str, str]]:
    assert front_desk.desk is not None
    rows = await front_desk.desk.staff.desk.diary()
    return [(row["status"], row["start"]) for row in rows if row["visit_type"] == "check_up"]


async def test_a_time_is_offered_booked_moved_and_cancelled_from_the_inbox(
    browser: Browser, front_desk: bootstrap.Server
) -> None:
    context = await browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900})
    james = await Patient.opens(await context.new_page(), front_desk, "James Smith", channel="WhatsApp")
    await james.writes("Hello, I'd like to book a check-up")
    await james.writes("can I talk to a person please?")
    inbox = await at_the_inbox(browser, front_desk)
    await inbox.locator(".row", has_text="talk to a person").click()
    card = inbox.locator(".details .card")
    asked = card.locator("div", has=inbox.locator("dt", has_text="Asked for")).last
    await asked.locator("button", has_text="A visit").click()
    await expect(inbox.locator(".message.shines")).to_contain_text("I'd like to book a check-up")

    await expect(inbox.locator(".chip-button")).to_have_count(8)
    first = await inbox.locator(".chip-button").first.get_attribute("data-opening")
    await inbox.locator(".chip-button").first.click()
    box = inbox.get_by_label("Write to the patient")
    await expect(box).to_have_value(re.compile("I can offer you: check-up, .*Shall I book it"))
    await picture(inbox, "offer")
    await box.press("Enter")
    await expect(inbox.locator(".by-staff .text").last).to_contain_text("I can offer you")
    await expect(inbox.locator(".booked.is-held")).to_contain_text("Kept until")
    await expect(inbox.locator(f"[data-opening='{first}']")).to_have_count(1)

    await box.fill("Dear James,")
    await inbox.locator(".is-held").get_by_role("button", name="Offer again").click()
    await expect(box).to_have_value(re.compile("Dear James,\nI can offer you"))
    await inbox.get_by_role("button", name="Book …").click()
    form = inbox.locator(".write-down")
    await expect(form.get_by_label("Phone")).to_have_value("+447700900123")
    await form.get_by_label("Name").fill("James Smith")
    await picture(inbox, "book")
    await form.get_by_role("button", name="Book and tell the patient").click()
    await expect(inbox.locator(".by-staff .text").last).to_contain_text("You're booked: check-up")
    await expect(box).to_have_value("Dear James,")  # an offer of a time that is booked is not left to be sent
    visit = inbox.locator(".booked[data-visit]", has_text="check-up")
    await expect(visit).to_have_count(1)
    booked = await check_ups(front_desk)

    await visit.get_by_role("button", name="Move", exact=True).click()
    await inbox.locator(".chip-button").last.click()
    await inbox.get_by_role("button", name="Move here").click()
    await expect(inbox.locator(".by-staff .text").last).to_contain_text("Your visit has moved")
    await expect(inbox.locator(".booked.is-held")).to_have_count(0)
    moved = await check_ups(front_desk)

    await visit.get_by_role("button", name="Cancel", exact=True).click()
    await visit.get_by_role("button", name="Really cancel?").click()
    await expect(inbox.locator(".by-staff .text").last).to_contain_text("Your visit is cancelled")
    await expect(visit).to_have_count(0)
    cancelled = await check_ups(front_desk)
    await inbox.get_by_role("button", name="Diary").click()
    await expect(inbox.locator(".desk-diary .day-column")).to_have_count(8)
    await picture(inbox, "diary")
    await expect(james.heard.last).to_contain_text("Your visit is cancelled")
    await inbox.context.close()
    await context.close()

    assert [status for status, _ in booked] == ["booked"]
    assert [status for status, _ in moved] == ["booked"]
    assert moved != booked
    assert [status for status, _ in cancelled] == ["cancelled"]
