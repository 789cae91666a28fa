"""The whole of it in a real browser: patients book by typing and tapping what the phone shows them.

With CHAIRSIDE_SCREENSHOTS=DIR pictures are kept there.
"""

import re
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from bot import bootstrap
from tests.browser.people import leave, picture, signed_in

BOOKED = re.compile(r"prenotata|You're booked|Вы записаны")
ASKS_NAME = re.compile(r"nome|name|имя")
ASKS_PHONE = re.compile(r"telefono|phone number|телефон")
MOST_TURNS = 8


@dataclass(kw_only=True)
class Patient:
    """Somebody of the sandbox, who answers what is asked with what is at hand."""

    page: Page
    full_name: str
    did: list[str] = field(default_factory=list)  # the words written, and what stood on what was tapped
    said: list[str] = field(default_factory=list)  # what every answer of the practice was

    @classmethod
    async def opens(cls, page: Page, server: bootstrap.Server, full_name: str, *, channel: str) -> "Patient":
        await page.goto(server.url)
        await page.get_by_role("tab", name=channel).click()
        await page.get_by_role("tab", name=full_name.split()[0]).click()
        return cls(page=page, full_name=full_name)

    @property
    def heard(self) -> Locator:
        return self.page.locator(".from-practice[data-message]")

    async def writes(self, text: str) -> str:
        box = self.page.locator(".typed")
        await box.fill(text)
        self.did.append(text)
        return await self._hears(box.press("Enter"))

    async def taps(self, button: Locator) -> str:
        self.did.append((await button.inner_text()).splitlines()[0])
        return await self._hears(button.click())

    async def answers(self) -> str:
        """To the last question: a tap where something is offered, else words."""
        page, last = self.page, self.heard.last
        if await page.locator(".quick-reply").count():
            return await self.taps(page.locator(".quick-reply").nth(1))
        if await last.locator(".menu-button").count():
            await last.locator(".menu-button").click()
            return await self.taps(page.locator(".sheet-row").nth(1))
        if await last.locator(".tap").count():
            return await self.taps(last.locator(".tap").first)
        question = self.said[-1].rsplit("\n", 1)[-1]
        if ASKS_PHONE.search(question):
            return await self.writes("+39 333 765 4321")
        assert ASKS_NAME.search(question), question
        return await self.writes(self.full_name)

    async def books(self, first_words: str) -> None:
        """From the first words to the visit in the diary."""
        await self.writes(first_words)
        while not BOOKED.search(self.said[-1]):
            assert len(self.said) < MOST_TURNS, self.said
            await self.answers()

    async def _hears(self, doing: object) -> str:
        before = await self.heard.count()
        await doing  # type: ignore[misc]
        await expect(self.heard.nth(before)).to_be_visible()
        self.said.append(await self.heard.nth(before).locator(".paper-text").inner_text())
        return self.said[-1]


@pytest.mark.parametrize("channel", ["WhatsApp", "Messenger"])
@pytest.mark.parametrize(
    ("language", "full_name", "first_words"),
    [
        ("it-IT", "Anna Rossi", "Buonasera, vorrei prenotare una prima visita"),
        ("en-GB", "James Smith", "Hello, I would like to book a first visit"),
        ("ru-RU", "Елена Орлова", "Здравствуйте, хочу записаться на первичную консультацию"),
    ],
    ids=["it", "en", "ru"],
)
async def test_a_first_visit_is_booked_on_the_phone_and_stands_in_the_diary(
    browser: Browser,
    front_desk: bootstrap.Server,
    channel: str,
    language: str,
    full_name: str,
    first_words: str,
) -> None:
    visits_before = await _visits(front_desk, full_name)
    context = await browser.new_context(locale=language, viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    patient = await Patient.opens(page, front_desk, full_name, channel=channel)
    await patient.books(first_words)
    rows = [row for row in await _visits(front_desk, full_name) if row not in visits_before]
    visit = page.locator(f".visit.is-booked[title^='{rows[0]['start_local'][11:]}']", has_text=full_name)
    await expect(visit).to_be_visible()
    await expect(page.locator(".turn-words")).to_have_text(patient.did[::-1])
    await expect(page.locator(".visit.is-held")).to_have_count(0)
    await picture(page, f"booked-{channel}-{language}")
    read = await page.locator(".understood").inner_text()
    await leave(context)

    assert [row["status"] for row in rows] == ["booked"]
    assert rows[0]["start_local"][11:] in patient.said[-1]
    assert f"patient_name = {full_name}" in read
    assert not re.search(r"\w+\(\w+=|\{'", read), "Python shows through"


async def _visits(front_desk: bootstrap.Server, full_name: str) -> list[dict[str, str]]:
    assert front_desk.desk is not None
    return [dict(row) for row in await front_desk.desk.staff.desk.diary() if row["patient"] == full_name]


async def test_who_asks_for_a_person_is_answered_from_the_inbox_and_then_goes_on_booking(
    browser: Browser, front_desk: bootstrap.Server
) -> None:
    context = await browser.new_context(locale="it-IT", viewport={"width": 1440, "height": 900})
    phone = await context.new_page()
    patient = await Patient.opens(phone, front_desk, "Anna Rossi", channel="Messenger")
    asked = (await patient.writes("Salve, vorrei prenotare un'igiene")).rsplit("\n", 1)[-1]
    await patient.writes("operatore")
    at_the_desk = await browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900})
    inbox = await signed_in(at_the_desk, front_desk.url + front_desk.sign_in_path)
    row = inbox.locator(".row")
    await expect(row).to_contain_text("operatore")
    await row.click()
    await expect(inbox.locator(".details")).to_contain_text("Asked for a person")
    await expect(inbox.locator(".details")).to_contain_text("dental hygiene")
    await inbox.get_by_label("Write to the patient").fill("Buongiorno, sono Marta. Come posso aiutarLa?")
    await inbox.get_by_label("Write to the patient").press("Enter")
    await expect(patient.heard.last).to_contain_text("sono Marta")
    written = await phone.locator(".from-patient").count()
    await phone.locator(".typed").fill("Volevo sapere se è doloroso")
    await phone.locator(".typed").press("Enter")
    await expect(inbox.locator(".by-patient").last).to_contain_text("se è doloroso")
    await picture(inbox, "answered")
    await expect(phone.locator(".from-patient")).to_have_count(written + 1)
    heard = await patient.heard.count()
    await inbox.get_by_role("button", name="Give back to the assistant").click()
    await expect(patient.heard.nth(heard)).to_contain_text(asked)
    onward = await patient.writes("Anna Rossi")
    await picture(phone, "goes-on")
    await leave(at_the_desk)
    await leave(context)

    assert asked not in onward
