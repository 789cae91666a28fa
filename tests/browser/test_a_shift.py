"""A shift at the desk in a real browser; each test names the rows of the acceptance list that it shows."""

from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, expect

from bot.domain.staff import Role
from bot.service.inbox.desk import Author, MessageState, Owner
from bot.service.inbox.notes import CannedAnswer
from bot.web.sign_in.session import SignIn
from tests.browser.people import Witness, at_the_desk, leave, picture
from tests.web.fakes import FakeClock, FakeDesk, FakeNotes, MemoryStaffBook, conversation, said
from tests.web.people import PASSWORD, at_work, code, hired
from tests.web.serving import Serve, whole_inbox

SERIOUS = ("serious", "critical")


@pytest.fixture
def desk(clock: FakeClock) -> FakeDesk:
    return FakeDesk(
        conversation(
            "c-anna",
            said("Buonasera, vorrei prenotare", "m-1", minutes=9),
            said("Quando preferisce?", "m-2", author=Author.ASSISTANT, minutes=9, state=MessageState.READ),
            said("Ho molto male, aiuto", "m-3", minutes=6),
            reason="emergency",
            urgent=True,
            since=clock.now() - timedelta(minutes=6),
        ),
        conversation("c-james", said("Can I talk to a person?", "j-1"), label="James Smith", language="en"),
        conversation(
            "c-elena",
            said("Здравствуйте", "e-1"),
            label="Елена Орлова",
            language="ru",
            owner=Owner.STAFF,
            owned_by="Paolo",
        ),
        clock=clock,
    )


@pytest.fixture
def notes(desk: FakeDesk) -> FakeNotes:
    return FakeNotes(
        desk,
        CannedAnswer(id="hours", text="Siamo aperti dalle 9 alle 18."),
        CannedAnswer(id="parking", text="Parcheggio in {street}.", missing=("street",)),
    )


@pytest_asyncio.fixture(loop_scope="session")
async def url(serve: Serve, desk: FakeDesk, sign_in: SignIn, staff: MemoryStaffBook, notes: FakeNotes) -> str:
    await hired(staff, "Paolo", Role.AGENT)
    await at_work(staff, "Paolo")
    return await serve(whole_inbox(desk, sign_in, staff, notes=notes))


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext, url: str, sign_in: SignIn, witness: Witness) -> Page:
    return await at_the_desk(context, url, sign_in)


async def names(page: Page) -> list[str]:
    return await page.locator(".row-name").all_text_contents()


async def test_the_list_shows_what_one_asks_it_for(page: Page, desk: FakeDesk) -> None:
    """H1: urgent first; filters."""
    shown = {"All": await names(page)}
    for chosen in ("Mine", "Waiting", "Urgent"):
        await page.locator("#filters").get_by_role("button", name=chosen).click()
        shown[chosen] = await names(page)

    assert shown == {
        "All": ["Anna Rossi", "James Smith", "Елена Орлова"],
        "Mine": [],
        "Waiting": ["Anna Rossi", "James Smith"],
        "Urgent": ["Anna Rossi"],
    }


async def test_a_whole_shift_is_done_with_keys_alone(
    page: Page, desk: FakeDesk, notes: FakeNotes, witness: Witness
) -> None:
    """H13: claim, answer, note, prepared answer, next patient, settle, give back."""
    keys = page.keyboard
    await keys.press("Alt+ArrowDown")
    await expect(page.locator(".head h1")).to_have_text("Anna Rossi")
    await keys.press("Alt+KeyT")
    await expect(page.get_by_text("You are answering")).to_be_visible()
    await keys.press("Alt+KeyW")
    await keys.type("Buonasera Anna, come sta?")
    await keys.press("Enter")
    await expect(page.locator(".by-staff")).to_have_count(1)
    await keys.press("Alt+KeyN")
    await keys.type("@Paolo la richiami?")
    await keys.press("Enter")
    await expect(page.locator(".note.is-kept")).to_contain_text("@Paolo la richiami?")
    await keys.press("Alt+KeyN")
    await keys.type("/hou")
    await expect(page.locator(".canned-row")).to_have_count(1)
    await keys.press("Enter")
    await expect(page.get_by_label("Write to the patient")).to_have_value("Siamo aperti dalle 9 alle 18.")
    await keys.press("Enter")
    await expect(page.locator(".by-staff")).to_have_count(2)
    await page.get_by_role("button", name="More").focus()
    await keys.press("Enter")
    await expect(page.get_by_role("menuitem").first).to_be_focused()
    await keys.press("End")
    await keys.press("Enter")
    await expect(page.locator(".owner")).to_contain_text("Settled")
    await keys.press("Alt+ArrowDown")
    await expect(page.locator(".head h1")).not_to_have_text("Anna Rossi")
    await keys.press("Alt+KeyK")
    await expect(page.get_by_role("dialog")).to_contain_text("next conversation")
    await keys.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)

    assert [text for _, text, _, _ in desk.replies] == [
        "Buonasera Anna, come sta?",
        "Siamo aperti dalle 9 alle 18.",
    ]
    assert [(note.text, note.mentions) for note in notes.kept] == [("@Paolo la richiami?", ("Paolo",))]
    assert desk.views["c-anna"].owner is Owner.CLOSED
    assert witness.seen == []


async def test_a_note_goes_to_nobody_but_colleagues(page: Page, desk: FakeDesk, notes: FakeNotes) -> None:
    """H14: the way to colleagues is another one than the way to the patient."""
    await page.get_by_text("Anna Rossi").click()
    await page.get_by_role("button", name="Colleagues only").click()
    await page.get_by_label("A note for colleagues").fill("Paziente ansiosa")
    await page.keyboard.press("Enter")
    await expect(page.locator(".note.is-kept")).to_contain_text("Paziente ansiosa")
    await expect(page.locator(".note.is-kept")).to_contain_text("Marta")

    assert [note.text for note in notes.kept] == ["Paziente ansiosa"]
    assert desk.replies == []
    assert desk.views["c-anna"].owner is Owner.QUEUE


async def test_a_prepared_answer_with_a_gap_cannot_be_sent(page: Page, desk: FakeDesk) -> None:
    """H15."""
    await page.get_by_text("Anna Rossi").click()
    box = page.get_by_label("Write to the patient")
    await box.press_sequentially("/park")
    await expect(page.locator(".canned-row")).to_contain_text("Still missing: street")
    await box.press("Enter")
    await expect(box).to_have_value("/park")

    assert desk.replies == []


async def test_a_snoozed_conversation_is_out_of_sight_until_it_wakes(page: Page, desk: FakeDesk) -> None:
    """H17."""
    await page.get_by_text("James Smith").click()
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Snooze for an hour").click()
    await expect(page.locator(".row", has_text="James Smith")).to_have_count(0)
    await page.locator("#filters").get_by_role("button", name="Snoozed").click()
    await expect(page.locator(".row")).to_contain_text("James Smith")
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="End the snooze").click()
    await page.locator("#filters").get_by_role("button", name="All").click()

    await expect(page.locator(".row", has_text="James Smith")).to_have_count(1)


async def test_what_is_settled_is_found_again(page: Page, desk: FakeDesk) -> None:
    """H2: a conversation that came to an end is out of the way, and not lost."""
    await page.get_by_text("James Smith").click()
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Settle: by phone").click()
    await expect(page.locator(".owner")).to_contain_text("Settled")
    await expect(page.locator(".row", has_text="James Smith")).to_have_count(0)
    await page.locator("#filters").get_by_role("button", name="Settled").click()
    await page.locator(".row", has_text="James Smith").click()

    await expect(page.locator(".head h1")).to_have_text("James Smith")
    assert desk.views["c-james"].owner is Owner.CLOSED


async def test_a_conversation_is_given_to_a_colleague_and_taken_over_by_name(
    page: Page, desk: FakeDesk
) -> None:
    """H16, H3: who takes over sees from whom."""
    await page.get_by_text("Anna Rossi").click()
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Give to Paolo").click()
    await expect(page.locator(".owner")).to_contain_text("Paolo is answering.")
    given = desk.views["c-anna"].owned_by
    await page.get_by_role("button", name="Take over from Paolo").click()
    await expect(page.locator(".owner")).to_contain_text("You are answering")

    assert (given, desk.views["c-anna"].owned_by) == ("Paolo", "Marta")


async def test_what_was_withdrawn_is_shown_as_withdrawn(page: Page, desk: FakeDesk) -> None:
    """H2: a message of the assistant that a person's take-over stopped."""
    view = desk.views["c-anna"]
    late = said("Ecco gli orari", "m-9", author=Author.ASSISTANT, state=MessageState.WITHDRAWN)
    desk.opens(replace(view, messages=(*view.messages, late)))
    await page.get_by_text("Anna Rossi").click()

    await expect(page.locator(".was-withdrawn")).to_contain_text("Withdrawn, was not sent")


async def test_a_reader_sees_and_cannot_act(
    browser: Browser, url: str, staff: MemoryStaffBook, desk: FakeDesk
) -> None:
    """Roles: the page offers nothing that the server would refuse."""
    await hired(staff, "Nadia", Role.READER)
    context = await browser.new_context(locale="en-GB")
    page = await context.new_page()
    await page.goto(f"{url}/inbox?conversation=c-anna")
    await page.get_by_label("Your name").fill("nadia")
    await page.get_by_label("Password").fill("not this one, no")
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("status")).to_have_text("Name or password is not right.")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.locator(".head h1")).to_have_text("Anna Rossi")
    acts = [
        await page.get_by_role("button", name=name).count()
        for name in ("Take", "More", "Send", "Colleagues only")
    ]
    await leave(context)

    assert acts == [0, 0, 0, 0]


async def test_the_first_person_comes_in_with_a_password_and_a_code(
    browser: Browser, serve: Serve, desk: FakeDesk, clock: FakeClock, witness: Witness
) -> None:
    """No default account: the one-time link, a password, a code from the phone."""
    book = MemoryStaffBook()
    sign_in = SignIn(clock, book, practice="Studio Rossi")
    url = await serve(whole_inbox(desk, sign_in, book))
    context = await browser.new_context(locale="en-GB", viewport={"width": 360, "height": 740})
    await witness.watch(context)
    page = await context.new_page()
    await page.goto(url + sign_in.issue())
    await page.get_by_label("Your name").fill("Marta")
    await page.get_by_label("Choose a password").fill("short")
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("status")).to_contain_text("at least 12 characters")
    await page.get_by_label("Choose a password").fill(PASSWORD)
    await page.get_by_role("button", name="Continue").click()
    await expect(page.locator("#secret")).not_to_be_empty()
    secret = (await page.locator("#secret").text_content() or "").replace(" ", "")
    await expect(page.locator("#qr path")).to_have_count(1)
    await picture(page, "code")
    await page.get_by_label("6-digit code").fill(code(clock.now(), secret))
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_text("Anna Rossi")).to_be_visible()
    await leave(context)

    refusals = [seen for seen in witness.seen if "403 (Forbidden)" in seen]
    assert [(one.name, one.role) for one in await book.people()] == [("Marta", Role.ADMIN)]
    assert witness.seen == refusals


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious(
    browser: Browser, url: str, sign_in: SignIn, desk: FakeDesk, scheme: str
) -> None:
    """H13: WCAG rules of axe-core, on the list, a conversation with everything in it, and the door."""
    context = await browser.new_context(
        locale="en-GB", color_scheme=scheme, bypass_csp=True, viewport={"width": 1440, "height": 900}
    )
    page = await context.new_page()
    await page.goto(f"{url}/inbox/sign-in")
    found = [await serious(page)]
    await page.close()
    page = await at_the_desk(context, url, sign_in)
    found.append(await serious(page))
    await page.get_by_text("Anna Rossi").click()
    await page.get_by_role("button", name="Colleagues only").click()
    await page.get_by_label("A note for colleagues").fill("Nota")
    await page.keyboard.press("Enter")
    await expect(page.locator(".note.is-kept")).to_have_count(1)
    await page.get_by_role("button", name="Diary").click()
    await page.get_by_role("button", name="More").click()
    found.append(await serious(page))
    await picture(page, f"everything-{scheme}")
    await leave(context)

    assert found == [[], [], []]


async def serious(page: Page) -> list[str]:
    await page.evaluate(
        "() => Promise.all(document.getAnimations().filter((one) => one.effect.getTiming().iterations < 9)"
        ".map((one) => one.finished.catch(() => {})))"
    )
    results = await Axe().run(page)
    return [
        f"{violation['id']}: {node['target']}"
        for violation in results.response["violations"]
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]


async def test_a_conversation_is_tagged_and_the_tag_taken_off_by_keys(page: Page, desk: FakeDesk) -> None:
    """H23: colleagues see tags in the list; the patient never does."""
    await page.get_by_text("Anna Rossi").click()
    await page.get_by_label("Add a tag").focus()
    await page.keyboard.type("<b>call back</b>")
    await page.keyboard.press("Enter")
    await expect(
        page.locator("[data-conversation=c-anna] .chip", has_text="<b>call back</b>")
    ).to_be_visible()
    tagged = desk.views["c-anna"].tags
    await page.get_by_role("button", name="Take off: <b>call back</b>").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".chip", has_text="call back")).to_have_count(0)

    assert (tagged, desk.views["c-anna"].tags) == (("<b>call back</b>",), ())
