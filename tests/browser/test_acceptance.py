"""The rows of the acceptance list that need the whole front desk: browsers, patients, a clock that is moved.

Which test shows which row stands in docs/inbox.md.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.domain.deeds import Deed
from bot.service.inbox.desk import Author, Owner
from nlu.understanding import Interpreter
from tests.browser.people import picture
from tests.browser.whole_desk import WholeDesk, whole_desk
from tests.web.serving import Serve


@pytest_asyncio.fixture(loop_scope="session")
async def desk(
    browser: Browser, serve: Serve, interpreter: Interpreter, tmp_path: Path
) -> AsyncIterator[WholeDesk]:
    async with whole_desk(browser, serve, interpreter, tmp_path) as desk:
        yield desk


@pytest_asyncio.fixture(loop_scope="session")
async def suggesting(
    browser: Browser, serve: Serve, interpreter: Interpreter, tmp_path: Path
) -> AsyncIterator[WholeDesk]:
    """A practice that reads every answer before the patient does."""
    change = lambda practice: replace(practice, suggest=None)  # noqa: E731
    async with whole_desk(browser, serve, interpreter, tmp_path, change=change) as desk:
        yield desk


def answering(page: Page) -> Any:
    return page.locator(".owner")


async def test_who_asks_for_a_person_is_on_every_screen_without_a_reload(desk: WholeDesk) -> None:
    """H1."""
    pages = [await desk.colleague("Marta"), await desk.colleague("Paolo")]
    await desk.surgery.patient().says("operatore")
    for page in pages:
        await expect(page.locator(".row")).to_contain_text("operatore")
        await expect(page).to_have_title(re.compile(r"^\(1\)"))


async def test_what_the_assistant_was_about_to_say_never_shows_after_take(desk: WholeDesk) -> None:
    """H2: the diary takes its time; a person is faster."""
    anna, slow = desk.surgery.patient(), asyncio.Event()
    await anna.says("Buonasera, vorrei prenotare una prima visita")
    page = await desk.opens(anna)
    actions, asked = desk.surgery.desk.turns.runs.actions, asyncio.Event()

    class Slow:
        async def run(self, call: Any) -> Any:
            asked.set()
            await slow.wait()
            return await actions.run(call)

    desk.surgery.desk.turns.runs.actions = Slow()
    before = list(anna.screen)
    under_way = asyncio.ensure_future(anna.says("sono Anna Rossi"))
    await asked.wait()
    await page.get_by_role("button", name="Take", exact=True).click()
    await expect(answering(page)).to_contain_text("You are answering")
    slow.set()
    await under_way
    view = await desk.surgery.desk.staff.desk.conversation(desk.surgery.contact(anna))

    assert anna.screen == before
    assert [message.author for message in view.messages].count(Author.ASSISTANT) == len(before)


async def test_five_click_together_and_one_has_it(desk: WholeDesk) -> None:
    """H3: the others are told who."""
    anna = desk.surgery.patient()
    await anna.says("operatore")
    names = ("Marta", "Paolo", "Nadia", "Luca", "Irina")
    pages = [await desk.opens(anna, who) for who in names]
    buttons = [
        await page.get_by_role("button", name="Take", exact=True).element_handle(timeout=15_000)
        for page in pages
    ]
    # At once, also where somebody else's success has just replaced the button.
    await asyncio.gather(*[button.evaluate("button => button.click()") for button in buttons])
    await expect(answering(pages[0])).to_contain_text("answering")
    view = await desk.surgery.desk.staff.desk.conversation(desk.surgery.contact(anna))
    for who, page in zip(names, pages, strict=True):
        said = "You are answering" if who == view.owned_by else f"{view.owned_by} is answering."
        await expect(answering(page)).to_contain_text(said)


@pytest.mark.parametrize(
    ("channel", "number", "who"),
    [("whatsapp", "393331234567", "WhatsApp app"), ("messenger", "7701", "Page inbox")],
)
async def test_a_reply_from_elsewhere_silences_the_assistant_within_a_second(
    desk: WholeDesk, channel: str, number: str, who: str
) -> None:
    """H4: and the echo of what we sent ourselves does not."""
    anna = desk.surgery.patient(number, channel=channel)
    await anna.says("Buonasera, vorrei prenotare una prima visita")
    await desk.echoes(anna, anna.sees.text, id=f"wamid.{desk.surgery.channel.ids[-1]}")
    own = await desk.surgery.desk.staff.desk.conversation(desk.surgery.contact(anna))
    page = await desk.opens(anna)
    await desk.echoes(anna, "Buonasera Anna, la chiamo io", id="wamid.from-the-phone")
    await expect(answering(page)).to_contain_text(f"{who} is answering.")
    await expect(page.locator(".by-staff .text")).to_have_text("Buonasera Anna, la chiamo io")
    before = len(anna.screen)
    await anna.says("domani mattina")

    assert own.owner is Owner.BOT
    assert len(anna.screen) == before


async def test_nobody_answers_and_the_patient_is_never_left_without_a_word(desk: WholeDesk) -> None:
    """H7: the truth at once, staff reminded at 2, 5 and 15 minutes, then an apology with choices; a day later
    every conversation has an outcome."""
    anna = desk.surgery.patient()
    (promised,) = await anna.says("operatore")
    page = await desk.colleague()
    await expect(page.locator(".row")).to_contain_text("by 10:15")
    told = []
    for minutes in (2, 3, 10):
        await desk.time_passes(minutes=minutes)
        await desk.surgery.desk.alerts.look()
        told.append(len(desk.surgery.staff.told))
    await expect(page.locator(".row")).to_contain_text("Overdue")
    apology = anna.sees
    await anna.taps("Aspetto")
    await desk.time_passes(hours=24)
    await page.wait_for_url("**/inbox/sign-in")  # nobody is signed in for a day

    assert "al più presto" in promised.text
    assert told == [2, 3, 6]  # new, 2 min; 5 min; 15 min, the promise, and that the answer is late
    assert apology.titles == ("Aspetto ancora", "Preferisco chiamare", "Continuo con Lei")
    assert desk.surgery.desk.staff.facts.without_outcome(at=desk.clock.now()) == ()


async def test_given_back_three_times_the_assistant_goes_on_at_its_very_step(desk: WholeDesk) -> None:
    """H8: it says that it is automated again, what it was about, and asks what was waiting; nothing stale."""
    anna = desk.surgery.patient()
    await anna.says("Buonasera, vorrei prenotare una prima visita")
    question = anna.sees.text.rsplit("\n", 1)[-1]
    page = await desk.opens(anna)
    heard = []
    for number in range(3):
        await page.get_by_role("button", name="Take", exact=True).click()
        await page.get_by_label("Write to the patient").fill(f"Eccomi, {number}")
        await page.keyboard.press("Enter")
        await expect(page.locator(".by-staff")).to_have_count(number + 1)
        await page.get_by_role("button", name="Give back to the assistant").click()
        await expect(answering(page)).to_contain_text("The assistant is answering")
        await desk.surgery.settled()
        heard.append(anna.sees.text)
    onward = await anna.says("Anna Rossi")

    assert all("assistente automatico" in text and question in text for text in heard)
    assert len(set(heard)) == 1
    assert [question in seen.text for seen in onward] == [False]


async def test_given_back_late_the_days_on_offer_are_looked_up_again(desk: WholeDesk) -> None:
    """H8: nobody is offered a time that has passed meanwhile."""
    anna = desk.surgery.patient()
    for words in ("Buonasera, vorrei prenotare una prima visita", "Anna Rossi", "oggi pomeriggio"):
        await anna.says(words)
    offered = anna.sees.titles
    page = await desk.opens(anna)
    await page.get_by_role("button", name="Take", exact=True).click()
    await expect(answering(page)).to_contain_text("You are answering")
    await page.close()
    await desk.time_passes(hours=8)
    page = await desk.opens(anna)
    await page.get_by_role("button", name="Give back to the assistant").click()
    await expect(answering(page)).to_contain_text("The assistant is answering")
    await desk.surgery.settled()
    again = {title for title in anna.sees.titles if re.search(r"\d", title)}

    assert any("lun" in title for title in offered)
    assert again
    assert not again & set(offered)


async def test_the_window_closes_at_its_minute(desk: WholeDesk) -> None:
    """H9: 23:59 after the patient's last words one can write; at 24:00 nobody can, and nothing is sent."""
    anna = desk.surgery.patient()
    await anna.says("operatore")
    desk.clock.move(hours=23, minutes=58)
    page = await desk.colleague()
    await page.clock.install(time=desk.clock.now())
    await page.goto(f"{desk.url}/inbox?conversation={desk.surgery.contact(anna)}")
    box = page.get_by_label("Write to the patient")
    await expect(page.locator(".hint")).to_contain_text("Your answer takes the conversation over")
    await page.get_by_role("button", name="Take", exact=True).click()
    await expect(page.locator(".hint")).to_contain_text("Free to write until 10:00")
    await page.clock.fast_forward(100_000)
    await expect(box).to_be_visible()
    await page.clock.fast_forward(21_000)
    await expect(box).to_be_hidden()
    await expect(page.get_by_text("More than 24 hours").filter(visible=True)).to_be_visible()
    before = len(anna.screen)
    desk.clock.move(minutes=2)
    answer = {"text": "Troppo tardi", "client_message_id": "0123456789abcdef"}
    refused = await page.evaluate(
        """async ([id, answer]) => {
          const csrf = document.querySelector('meta[name="csrf"]').content;
          const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
          const url = `/inbox/conversations/${id}/reply`;
          const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(answer) });
          return [response.status, (await response.json()).error];
        }""",
        [desk.surgery.contact(anna), answer],
    )

    assert refused == [409, "window_closed"]
    assert len(anna.screen) == before


async def test_double_clicks_enter_mash_and_a_lost_line_send_one_message(desk: WholeDesk) -> None:
    """H10: at the patient's phone, not only on the page."""
    anna = desk.surgery.patient()
    await anna.says("operatore")
    before = len(anna.screen)
    page = await desk.opens(anna)
    box = page.get_by_label("Write to the patient")
    await box.fill("Uno")
    for _ in range(6):
        await box.press("Enter")
    await box.fill("Due")
    await page.get_by_role("button", name="Send", exact=True).dblclick()
    await expect(page.locator(".by-staff")).to_have_count(2)
    await page.context.set_offline(True)
    await box.fill("Tre")
    await box.press("Enter")
    await expect(page.get_by_role("button", name="Try again")).to_be_visible()
    await page.context.set_offline(False)
    await page.get_by_role("button", name="Try again").dblclick()
    await expect(page.locator(".by-staff .state-sent")).to_have_count(3)
    await desk.surgery.settled()

    assert [seen.text for seen in anna.screen[before:]] == ["Uno", "Due", "Tre"]


async def test_every_view_send_claim_and_switch_is_a_line_in_the_trail(desk: WholeDesk) -> None:
    """H12: a line for each click, and the trail is whole."""
    anna = desk.surgery.patient()
    await anna.says("operatore")
    page = await desk.opens(anna)
    await page.get_by_role("button", name="Take", exact=True).click()
    await page.get_by_label("Write to the patient").fill("Eccomi")
    await page.keyboard.press("Enter")
    await expect(page.locator(".by-staff")).to_have_count(1)
    await page.get_by_role("button", name="What the assistant may do").click()
    await page.get_by_role("switch", name="Pause the assistant everywhere").click()
    await expect(page.locator("#silent")).to_be_visible()
    lines = [line.deed for line in await desk.surgery.desk.audit.trail() if line.by == "Marta"]

    assert {Deed.VIEWED, Deed.TOOK, Deed.SENT, Deed.CHANGED_SETTING} <= set(lines)
    assert desk.surgery.desk.audit.verify() == ()


async def test_a_supervisor_pauses_everything_and_patients_hear_the_truth(desk: WholeDesk) -> None:
    """H21: within a second, on every screen; and back, at the exact step."""
    anna = desk.surgery.patient()
    await anna.says("Buonasera, vorrei prenotare una prima visita")
    question = anna.sees.text.rsplit("\n", 1)[-1]
    marta, paolo = await desk.colleague("Marta"), await desk.colleague("Paolo")
    await marta.get_by_role("button", name="What the assistant may do").click()
    pause = marta.get_by_role("switch", name="Pause the assistant everywhere")
    await pause.click()
    await expect(pause).to_be_checked()
    await expect(paolo.locator("#silent")).to_contain_text("The assistant is paused.")
    (notice,) = await anna.says("Anna Rossi")
    await expect(paolo.locator(".row")).to_contain_text("Assistant is paused")
    await picture(marta, "switches")
    await pause.click()
    await expect(paolo.locator("#silent")).to_be_hidden()
    await desk.surgery.until(lambda: "di nuovo l'assistente" in anna.sees.text)

    assert "Le risponderà qui un collega al più presto" in notice.text
    assert question in anna.sees.text


async def test_what_the_assistant_suggests_goes_out_when_a_person_sends_it(suggesting: WholeDesk) -> None:
    """Suggest mode, with keys alone: as it is, in other words, discarded."""
    anna = suggesting.surgery.patient()
    await anna.says("Buonasera, vorrei prenotare una prima visita")
    page = await suggesting.opens(anna)
    await expect(answering(page)).to_contain_text("Nothing goes out until you send it")
    await picture(page, "draft")
    await page.keyboard.press("Alt+KeyS")
    await expect(page.locator(".by-assistant .author")).to_contain_text("sent by You")
    await anna.says("Anna Rossi")
    await expect(page.locator(".draft")).to_be_visible()
    await page.keyboard.press("Alt+KeyE")
    await page.get_by_label("Change").fill("Grazie Anna! Quando preferisce venire?")
    await page.keyboard.press("Enter")
    await expect(page.locator(".by-assistant").last).to_contain_text("Grazie Anna!")
    await anna.says("domani mattina")
    await expect(page.locator(".draft")).to_be_visible()
    await anna.says("anzi, dopodomani")
    await expect(page.locator(".draft .chip")).to_have_text("new")
    await page.keyboard.press("Alt+KeyX")
    await expect(answering(page)).to_contain_text("You are answering")
    await suggesting.surgery.settled()
    (flow,) = [
        one
        for one in await suggesting.surgery.desk.staff.suggestions.acceptance()
        if one.unchanged or one.changed
    ]

    assert [seen.text for seen in anna.screen][1:] == ["Grazie Anna! Quando preferisce venire?"]
    assert (flow.unchanged, flow.changed, flow.discarded) == (1, 1, 1)
