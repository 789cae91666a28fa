"""Whatever anybody writes stays words: in every place of both pages, in a real browser."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest_asyncio
from aiohttp import web
from playwright.async_api import BrowserContext, Page, expect

from bot.service.inbox.desk import Author, MessageState, MessageView, Owner, TurnTrace
from bot.web.sandbox.page import add_sandbox
from bot.web.sandbox.patients import SandboxPatient
from bot.web.sign_in.session import SignIn
from tests.browser.hostile_words import HOSTILE_WORDS
from tests.browser.people import Witness, at_the_desk
from tests.web.fakes import NOW, FakeDesk, FakeObserver, conversation, demo_practice, said
from tests.web.serving import Serve, inbox_application
from tests.web.stage import demo_assistant

FOREIGN = "iframe, object, embed, base, img, video, audio, math, form[action], style, meta[http-equiv]"

WHAT_RAN = f"""
() => ({{
  scripts: [...document.scripts].filter((one) => one.type !== "application/json").map((one) => one.src),
  handlers: [...document.querySelectorAll("*")].flatMap((one) => one.getAttributeNames())
    .filter((name) => name.startsWith("on")).length,
  foreign: document.querySelectorAll("{FOREIGN}").length,
}})
"""


async def test_the_witness_sees_what_these_tests_are_about(
    context: BrowserContext, serve: Serve, sign_in: SignIn, witness: Witness
) -> None:
    page = await at_the_desk(context, await serve(inbox_application(FakeDesk(), sign_in)), sign_in)
    before = list(witness.seen)
    await page.evaluate("() => canary()")
    await page.evaluate(
        """() => {
          const image = document.createElement("img");
          image.src = "https://elsewhere.example/x.png";
          document.body.append(image);
        }"""
    )
    await witness.sees("policy: img-src https://elsewhere.example/x.png")

    assert before == []
    assert "canary: a patient's words ran" in witness.seen
    assert (await page.evaluate(WHAT_RAN))["foreign"] == 1


async def test_hostile_words_stay_words_in_the_inbox(
    context: BrowserContext, serve: Serve, sign_in: SignIn, witness: Witness
) -> None:
    desk = FakeDesk(*(hostile_conversation(n, words) for n, words in enumerate(HOSTILE_WORDS)))
    practice = replace(demo_practice(), name=HOSTILE_WORDS[0])
    url = await serve(inbox_application(desk, sign_in, practice))
    page = await at_the_desk(context, url, sign_in, who=HOSTILE_WORDS[5])
    before = await page.evaluate(WHAT_RAN)
    shown = []
    for n, words in enumerate(HOSTILE_WORDS):
        await page.locator(f'[data-conversation="c-{n}"]').click()
        bubble = page.locator(".by-patient .text")
        await expect(bubble).to_have_text(words, use_inner_text=False)
        shown.append(
            [
                await page.locator(".head h1").text_content(),
                await bubble.text_content(),
                await page.locator(".choices li").text_content(),
                await page.locator(".facts dt").first.text_content(),
                await page.locator(".facts dd").first.text_content(),
                await page.locator(".note span").text_content(),
            ]
        )
    listed = await page.locator(".row-text").all_text_contents()
    after = await page.evaluate(WHAT_RAN)

    assert shown == [[words] * 6 for words in HOSTILE_WORDS]
    assert sorted(listed) == sorted(HOSTILE_WORDS)
    assert (
        before
        == after
        == {"scripts": [f"{url}/static/inbox.js", f"{url}/static/away.js"], "handlers": 0, "foreign": 0}
    )
    assert witness.seen == []


def hostile_conversation(n: int, words: str) -> Any:
    return conversation(
        f"c-{n}",
        said(words, "m-1", minutes=3, kind=words),
        said(words, "m-2", author=Author.NOTE, minutes=2),
        MessageView(
            id="m-3",
            at=NOW,
            author=Author.ASSISTANT,
            text=words,
            choices=(words,),
            state=MessageState.SENT,
            by=words,
        ),
        label=words,
        channel=words,
        language=words,
        reason=words,
        owner=Owner.STAFF,
        owned_by=words,
        slots=((words, words),),
        since=NOW - timedelta(minutes=n),
    )


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox(
    context: BrowserContext, serve: Serve, http: aiohttp.ClientSession, witness: Witness
) -> Page:
    """A sandbox in which everything that can be said is hostile."""
    digits = "393331234567"
    events = [event for n, words in enumerate(HOSTILE_WORDS) for event in hostile_events(n, words, digits)]
    observer = FakeObserver()
    observer.understands(digits, *(hostile_turn(words) for words in HOSTILE_WORDS[:30]))
    observer.books(*(hostile_row(n, words) for n, words in enumerate(HOSTILE_WORDS)))

    async def tell(request: web.Request) -> web.Response:
        since = int(request.query["since"])
        return web.json_response({"events": events[since:]})

    async def look(request: web.Request) -> web.Response:
        return web.json_response({"message_ids": []})

    stand_in = web.Application()
    stand_in.router.add_get("/stand-in/events", tell)
    stand_in.router.add_post("/stand-in/patients/{who}/reads", look)
    practice = demo_practice()
    practitioner = replace(practice.practitioners[0], name=HOSTILE_WORDS[7])
    app = web.Application()
    add_sandbox(
        app,
        observer=observer,
        practice=replace(practice, name=HOSTILE_WORDS[2], practitioners=(practitioner,)),
        assistant=demo_assistant(),
        stand_in_url=await serve(stand_in),
        http=http,
        patients=(
            SandboxPatient(
                digits=digits,
                psid="7000000000000001",
                name=HOSTILE_WORDS[4],
                language="it",
                suggestions=HOSTILE_WORDS[:6],
            ),
        ),
    )
    page = await context.new_page()
    await page.goto(await serve(app) + "/sandbox")
    return page


async def test_hostile_words_stay_words_in_the_sandbox(sandbox: Page, witness: Witness) -> None:
    page = sandbox
    await expect(page.locator(".said")).to_have_count(2 * len(HOSTILE_WORDS))
    await expect(page.locator(".visit")).to_have_count(len(HOSTILE_WORDS))
    await expect(page.locator(".turn-card")).to_have_count(30)
    patient = await page.locator(".from-patient .paper-text").all_text_contents()
    titles = await page.locator(".tap span").all_text_contents()
    labels = await page.locator(".menu-button span").all_text_contents()
    visits = await page.locator(".visit bdi").all_text_contents()
    turns = await page.locator(".turn-words").all_text_contents()
    suggestions = await page.locator(".suggestion").all_text_contents()
    practice = await page.locator(".contact h2").text_content()
    rows = []
    for n in range(0, len(HOSTILE_WORDS), 8):
        await page.locator(".menu-button").nth(n).click()
        rows.append(await page.locator(".sheet-row small").text_content())
        await page.locator(".sheet-head .tool").click()
    ran = await page.evaluate(WHAT_RAN)

    assert [strip_marks(text) for text in patient] == [strip_marks(words) for words in HOSTILE_WORDS]
    assert titles == labels == visits == list(HOSTILE_WORDS)
    assert turns == list(reversed(HOSTILE_WORDS[:30]))
    assert suggestions == list(HOSTILE_WORDS[:6])
    assert practice == HOSTILE_WORDS[2]
    assert rows == list(HOSTILE_WORDS[::8])
    assert (len(ran["scripts"]), ran["handlers"], ran["foreign"]) == (1, 0, 0)
    assert witness.seen == []


def strip_marks(text: str) -> str:
    """Without the signs that the channel turns into bold, italic and struck."""
    return "".join(letter for letter in text if letter not in "*_~")


def hostile_events(n: int, words: str, digits: str) -> list[dict[str, Any]]:
    entry = {
        "from": digits,
        "from_user_id": "IT.x",
        "id": f"in-{n}",
        "type": "text",
        "text": {"body": words},
    }
    row = {"id": words, "title": words, "description": words}
    interactive = {
        "type": "button",
        "header": {"type": "text", "text": words},
        "body": {"text": words},
        "footer": {"text": words},
        "action": {
            "buttons": [{"type": "reply", "reply": {"id": words, "title": words}}],
            "button": words,
            "sections": [{"title": words, "rows": [row]}],
        },
    }
    payload = {"type": "interactive", "interactive": interactive}
    return [
        {
            "seq": 2 * n + 1,
            "at": NOW.isoformat(),
            "event": "patient_wrote",
            "from": digits,
            "messages": [entry],
        },
        {
            "seq": 2 * n + 2,
            "at": NOW.isoformat(),
            "event": "message_accepted",
            "to": digits,
            "message_id": f"out-{n}",
            "payload": payload,
        },
    ]


def hostile_turn(words: str) -> TurnTrace:
    return TurnTrace(
        at=NOW,
        text=words,
        language=words,
        intent=words,
        confidence=0.5,
        entities=((words, words),),
        red_flag=words,
        commands=(words,),
        flow=words,
        step=words,
        actions=((words, words),),
        reply=words,
    )


def hostile_row(n: int, words: str) -> dict[str, Any]:
    start = NOW.replace(hour=8, minute=0) + timedelta(minutes=10 * n)
    local = start + timedelta(hours=1)
    return {
        "status": "booked",
        "start": start.isoformat(),
        "end": (start + timedelta(minutes=10)).isoformat(),
        "start_local": f"{local:%Y-%m-%dT%H:%M}",
        "practitioner": "rossi",
        "visit_type": words,
        "patient": words,
    }
