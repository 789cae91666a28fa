"""A day at the desk, in a real browser."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from bot.service.inbox.desk import Author, MessageState, Owner
from bot.web.sign_in.session import SignIn
from tests.browser.people import Witness, at_the_desk, leave
from tests.web.fakes import NOW, FakeClock, FakeDesk, conversation, demo_practice, said
from tests.web.serving import Serve, inbox_application


@pytest.fixture
def desk(clock: FakeClock) -> FakeDesk:
    return FakeDesk(
        conversation(
            "c-anna",
            said("Buonasera, vorrei prenotare", "m-1", minutes=9),
            said("Quando preferisce?", "m-2", author=Author.ASSISTANT, minutes=9, state=MessageState.READ),
            said("Posso parlare con una persona?", "m-3", minutes=6),
            reason="asked",
            slots=(("visit_type", "first_visit"), ("patient_name", "Anna Rossi"), ("language", "it")),
        ),
        clock=clock,
    )


@pytest_asyncio.fixture(loop_scope="session")
async def url(serve: Serve, desk: FakeDesk, sign_in: SignIn) -> str:
    return await serve(inbox_application(desk, sign_in, demo_practice()))


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext, url: str, sign_in: SignIn, witness: Witness) -> Page:
    return await at_the_desk(context, url, sign_in)


async def test_who_asks_for_a_person_appears_without_a_reload_and_is_answered(
    page: Page, desk: FakeDesk, witness: Witness
) -> None:
    desk.opens(conversation("c-james", said("Can I talk to a person?", "j-1"), label="James Smith"))
    await page.get_by_text("James Smith").click()
    await page.get_by_role("button", name="Take", exact=True).click()
    await expect(page.get_by_text("You are answering")).to_be_visible()
    box = page.get_by_label("Write to the patient")
    await box.press_sequentially("Good morning!")
    await box.press("Shift+Enter")
    await box.press_sequentially("How can I help?")
    await box.press("Enter")
    await expect(page.locator(".by-staff .text")).to_have_text("Good morning!\nHow can I help?")
    await expect(page.locator(".state-queued")).to_have_count(1)
    desk.advance("c-james", "staff-1", MessageState.READ)
    await expect(page.locator(".state-read")).to_have_count(1)
    await page.get_by_role("button", name="Give back to the assistant").click()
    await expect(page.locator(".owner").get_by_text("The assistant is answering")).to_be_visible()

    assert [(text, who) for _, text, who, _ in desk.replies] == [("Good morning!\nHow can I help?", "Marta")]
    assert desk.views["c-james"].owner is Owner.BOT
    assert witness.seen == []


async def test_whoever_gave_no_name_is_called_patient_in_the_reader_s_language(
    browser: Browser, url: str, sign_in: SignIn, desk: FakeDesk
) -> None:
    desk.opens(conversation("c-nobody", said("Здравствуйте", "n-1"), label="Patient 3F2A", reason="my_data"))
    russian = await browser.new_context(locale="ru-RU")
    page = await russian.new_page()
    await page.goto(url + sign_in.issue())
    await page.get_by_role("button").click()
    await page.locator("[data-conversation=c-nobody]").click()
    await expect(page.locator(".head h1")).to_have_text("Пациент 3F2A")
    shown = await page.locator("[data-conversation=c-nobody]").inner_text()
    await leave(russian)

    assert "Пациент 3F2A" in shown
    assert "Спрашивает о своих данных" in shown


async def test_what_the_patient_adds_appears_in_the_open_conversation(page: Page, desk: FakeDesk) -> None:
    await page.get_by_text("Anna Rossi").click()
    await expect(page.locator(".by-patient")).to_have_count(2)
    desk.hears("c-anna", "È per domani")

    await expect(page.locator(".by-patient")).to_have_count(3)
    await expect(page.locator(".row-text")).to_have_text("È per domani")


async def test_whoever_hears_the_page_hears_who_wrote_each_message_and_how_many_are_unread(
    page: Page, desk: FakeDesk
) -> None:
    desk.unread["c-james"] = 1
    desk.opens(conversation("c-james", said("Can I talk to a person?", "j-1"), label="James Smith"))
    unread = page.get_by_role("button", name="James Smith")
    await expect(unread).to_have_accessible_name(re.compile(r"\b1 unread$"))
    await page.get_by_text("Anna Rossi").click()
    await expect(page.locator(".by-patient")).to_have_count(2)
    heard = await page.locator(".by-patient").first.aria_snapshot()

    assert heard.index("Patient:") < heard.index("Buonasera, vorrei prenotare")
    assert await page.locator(".by-assistant .author").inner_text() == "Assistant"


async def test_an_enter_that_is_hit_many_times_sends_once(page: Page, desk: FakeDesk) -> None:
    await page.get_by_text("Anna Rossi").click()
    box = page.get_by_label("Write to the patient")
    await box.fill("Buongiorno")
    for _ in range(5):
        await box.press("Enter")
    await expect(page.locator(".by-staff")).to_have_count(1)
    await expect(page.locator(".state-queued")).to_have_count(1)

    assert [text for _, text, _, _ in desk.replies] == ["Buongiorno"]


async def test_an_answer_without_a_connection_is_tried_again_and_sent_once(
    page: Page, desk: FakeDesk, context: BrowserContext
) -> None:
    await page.get_by_text("Anna Rossi").click()
    box = page.get_by_label("Write to the patient")
    await box.fill("Buongiorno")
    await context.set_offline(True)
    await box.press("Enter")
    await expect(page.get_by_role("button", name="Try again")).to_be_visible()
    before = list(desk.replies)
    await context.set_offline(False)
    await page.get_by_role("button", name="Try again").click()
    await expect(page.locator(".state-queued")).to_have_count(1)
    await expect(page.locator(".by-staff")).to_have_count(1)

    assert before == []
    assert [text for _, text, _, _ in desk.replies] == ["Buongiorno"]


async def test_two_at_the_desk_cannot_answer_the_same_patient(
    page: Page, browser: Browser, url: str, sign_in: SignIn, desk: FakeDesk
) -> None:
    other = await browser.new_context(locale="en-GB")
    paolo = await at_the_desk(other, url, sign_in, who="Paolo")
    await page.get_by_text("Anna Rossi").click()
    await page.get_by_role("button", name="Take", exact=True).click()
    await expect(page.get_by_text("You are answering")).to_be_visible()
    await paolo.get_by_text("Anna Rossi").click()
    await expect(paolo.locator(".owner").get_by_text("Marta is answering.")).to_be_visible()
    await expect(paolo.get_by_label("Write to the patient")).to_be_disabled()
    await expect(paolo.get_by_role("button", name="Take", exact=True)).to_have_count(0)
    await leave(other)

    assert desk.views["c-anna"].owned_by == "Marta"


async def test_an_answer_to_words_not_seen_yet_is_stopped(page: Page, desk: FakeDesk) -> None:
    await page.get_by_text("Anna Rossi").click()
    await expect(page.locator(".by-patient")).to_have_count(2)
    # Straight into the view: no tick, as if the line to this page were slow.
    view = desk.views["c-anna"]
    desk.views["c-anna"] = replace(view, messages=(*view.messages, said("Anzi, no", "m-4")))
    box = page.get_by_label("Write to the patient")
    await box.fill("Venga alle 15")
    await box.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("Something new has come meanwhile")
    stopped = list(desk.replies)
    await expect(box).to_have_value("Venga alle 15")
    await page.get_by_role("button", name="Send all the same").click()
    await expect(page.locator(".by-staff")).to_have_count(1)

    assert stopped == []
    assert [text for _, text, _, _ in desk.replies] == ["Venga alle 15"]


async def test_nobody_can_write_when_the_window_is_closed(page: Page, desk: FakeDesk) -> None:
    desk.opens(replace(desk.views["c-anna"], window_open=False))
    await page.get_by_text("Anna Rossi").click()

    await expect(page.get_by_text("More than 24 hours").filter(visible=True)).to_be_visible()
    await expect(page.get_by_label("Write to the patient")).to_be_hidden()


async def test_a_session_that_ends_leads_to_the_door(page: Page, desk: FakeDesk, clock: FakeClock) -> None:
    await page.get_by_text("Anna Rossi").click()
    await expect(page.locator(".by-patient")).to_have_count(2)
    clock.pass_by(timedelta(minutes=31))
    desk.hears("c-anna", "Ci siete?")

    await expect(page.get_by_text("The inbox opens with a one-time link")).to_be_visible()


async def test_the_whole_job_can_be_done_with_keys_alone(page: Page, desk: FakeDesk) -> None:
    await page.locator("body").focus()
    for _ in range(10):
        if await page.evaluate("document.activeElement.dataset.conversation") == "c-anna":
            break
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Write to the patient")).to_be_focused()
    await page.keyboard.type("Buongiorno, eccomi")
    await page.keyboard.press("Enter")
    await expect(page.locator(".state-queued")).to_have_count(1)
    await page.keyboard.press("Escape")

    await expect(page.get_by_text("Choose a conversation")).to_be_visible()
    assert [text for _, text, _, _ in desk.replies] == ["Buongiorno, eccomi"]


async def test_a_link_to_a_conversation_opens_it_and_back_leaves_it(page: Page, url: str) -> None:
    await page.goto(f"{url}/inbox?conversation=c-anna")
    await expect(page.locator(".by-patient")).to_have_count(2)
    await page.goto(f"{url}/inbox?conversation=c-nobody")
    await expect(page.get_by_text("This conversation is not here.")).to_be_visible()
    await page.go_back()

    await expect(page.locator(".by-patient")).to_have_count(2)


async def test_what_the_assistant_knows_is_said_in_words(page: Page) -> None:
    await page.get_by_text("Anna Rossi").click()

    await expect(page.locator(".facts").first.locator("div")).to_have_text(
        ["VisitFirst visit", "NameAnna Rossi"]
    )


async def test_a_failed_message_is_plain_to_see(page: Page, desk: FakeDesk) -> None:
    failed = said("Venga alle 15", "s-1", author=Author.STAFF, state=MessageState.FAILED, by="Marta")
    view = desk.views["c-anna"]
    desk.opens(replace(view, messages=(*view.messages, failed), since=NOW))
    await page.get_by_text("Anna Rossi").click()

    await expect(page.locator(".has-failed")).to_contain_text("Not delivered")
