"""Three hundred ways to make words run, in every field that a patient fills and staff read: none runs."""

from dataclasses import replace
from datetime import timedelta

from playwright.async_api import BrowserContext, expect

from bot.domain.diary import Opening
from bot.service.inbox.card import CardLine
from bot.service.inbox.desk import Author, MessageState, MessageView
from bot.service.inbox.notes import CannedAnswer
from bot.service.inbox.visits import HeldView, OpeningView, VisitDesk, VisitsView, VisitView
from bot.web.sign_in.session import SignIn
from tests.browser.hostile_words import hostile_corpus
from tests.browser.people import Witness, at_the_desk
from tests.browser.test_hostile_words import WHAT_RAN
from tests.web.fakes import (
    NOW,
    FakeDesk,
    FakeNotes,
    FakeObserver,
    MemoryStaffBook,
    conversation,
    demo_practice,
)
from tests.web.serving import NoVisits, Serve, inbox_application

CORPUS = hostile_corpus()
KINDS = ("text", "image", "document", "location", "contacts", "reaction")
CARD = ("name", "profile", "phone", "birth_date", "vouched", "not_understood", "offer", "asked", "visit")


class HostileCards:
    async def card(self, conversation: str) -> tuple[CardLine, ...]:
        return tuple(
            CardLine(kind=CARD[n % len(CARD)], value=words, message=f"m-{n}")
            for n, words in enumerate(CORPUS)
        )


class HostileVisits(VisitDesk):
    async def visits(self, conversation: str) -> VisitsView:
        start = NOW + timedelta(days=1)
        views = [
            OpeningView(ref=words, start=start, end=start, practitioner=words, visit_type=words)
            for words in CORPUS[:20]
        ]
        return VisitsView(
            visits=tuple(VisitView(id=view.ref, opening=view) for view in views),
            held=tuple(HeldView(opening=view, until=start, text=view.ref) for view in views[:3]),
        )


def wrote(n: int, words: str) -> MessageView:
    """In turn what a patient wrote, a caption under a photo, a name of a file; buttons; notes."""
    if n % 7 == 6:
        return MessageView(id=f"m-{n}", at=NOW, author=Author.NOTE, text=words, by=words)
    if n % 7 == 5:
        sent = MessageState.SENT
        return MessageView(
            id=f"m-{n}", at=NOW, author=Author.ASSISTANT, text=words, choices=(words,), state=sent
        )
    return MessageView(id=f"m-{n}", at=NOW, author=Author.PATIENT, text=words, kind=KINDS[n % len(KINDS)])


async def test_none_of_three_hundred_payloads_runs_anywhere_in_the_inbox(
    context: BrowserContext, serve: Serve, sign_in: SignIn, staff: MemoryStaffBook, witness: Witness
) -> None:
    everything = conversation(
        "c-all", *(wrote(n, words) for n, words in enumerate(CORPUS)), label=CORPUS[1], tags=CORPUS[2:4]
    )
    listed = [
        conversation(f"c-{n}", wrote(0, words), label=words, channel=words, reason=words, tags=(words,))
        for n, words in enumerate(CORPUS)
    ]
    desk = FakeDesk(everything, *listed)
    practice = replace(demo_practice(), name=CORPUS[0])
    observer = FakeObserver()
    app = inbox_application(
        desk,
        sign_in,
        practice,
        staff=staff,
        cards=HostileCards(),
        visits=HostileVisits(practice, NoVisits(), desk=desk, clock=desk.clock),
        observer=observer,
        notes=FakeNotes(desk, *(CannedAnswer(id=words, text=words) for words in CORPUS[:40])),
        clock=desk.clock,
    )
    page = await at_the_desk(context, await serve(app), sign_in, who=CORPUS[5][:40])
    before = await page.evaluate(WHAT_RAN)
    rows = page.locator(".row")
    while (count := await rows.count()) < len(CORPUS) + 1:  # the list comes by pages
        await rows.last.scroll_into_view_if_needed()
        await expect(rows).not_to_have_count(count)
    names = await page.locator(".row:not([data-conversation=c-all]) .row-name").all_text_contents()
    await page.locator("[data-conversation=c-all]").click()
    await expect(page.locator("[data-message]")).to_have_count(len(CORPUS))
    await expect(page.locator(".facts dd")).not_to_have_count(0)
    said = await page.locator(".message .text, .note > span").all_text_contents()
    known = await page.locator(".card .from-message span").all_text_contents()
    visits = await page.locator(".booked").count()
    await page.get_by_label("Write to the patient").press_sequentially("/")
    await expect(page.locator(".canned-row")).not_to_have_count(0)
    for place in (0, 1):
        await page.locator(".card .from-message").nth(place).click()
        await page.locator(".booked.is-held").nth(place).get_by_role("button", name="Offer again").click()
    after = await page.evaluate(WHAT_RAN)

    assert len(CORPUS) == 300
    assert sorted(names) == sorted(CORPUS)
    assert said == list(CORPUS)
    assert {words.strip("“”") for words in known} >= {words for words in CORPUS if "“" not in words} - {
        words for n, words in enumerate(CORPUS) if CARD[n % len(CARD)] in ("asked", "birth_date")
    }
    assert visits == 23
    assert after == before
    assert witness.seen == []


def test_an_opening_of_the_corpus_is_none() -> None:
    """A hostile `ref` never names a time of the diary."""
    for words in CORPUS:
        try:
            Opening.parse_ref(words)
        except ValueError:
            continue
        raise AssertionError(words)
