"""A whole front desk with a clock that tests move, and its inbox in real browsers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Page

from bot.domain.conversation import InboundEvent, InboundKind
from bot.service.clock import FrozenClock
from bot.testing import Patient, Surgery
from bot.web.inbox.page import InboxParts, add_inbox
from bot.web.sign_in.session import SignIn
from nlu.understanding import Interpreter
from tests.browser.people import at_the_desk, leave
from tests.web.serving import Serve

MONDAY_TEN = "2026-03-02T10:00+01:00"


@dataclass(kw_only=True)
class WholeDesk:
    surgery: Surgery
    browser: Browser
    url: str
    sign_in: SignIn
    contexts: list[BrowserContext] = field(default_factory=list)

    @property
    def clock(self) -> FrozenClock:
        assert isinstance(self.surgery.clock, FrozenClock)
        return self.surgery.clock

    async def colleague(self, who: str = "Marta", **options: Any) -> Page:
        """Somebody in a browser of their own."""
        context = await self.browser.new_context(locale="en-GB", **options)
        self.contexts.append(context)
        return await at_the_desk(context, self.url, self.sign_in, who=who)

    async def opens(self, patient: Patient, who: str = "Marta", **options: Any) -> Page:
        """Somebody in a browser of their own, with this patient's conversation open."""
        page = await self.colleague(who, **options)
        await page.goto(f"{self.url}/inbox?conversation={self.surgery.contact(patient)}")
        await page.locator(".message, .draft:not([hidden])").first.wait_for()
        return page

    async def time_passes(self, **by: float) -> None:
        """And whoever watches over the waiting looks."""
        self.clock.move(**by)
        await self.surgery.desk.staff.promises.look()
        await self.surgery.settled()
        self.surgery.desk.changes.ring()

    async def echoes(self, patient: Patient, text: str, *, id: str) -> None:
        """Staff wrote this from the phone app or the Page's own inbox."""
        event = InboundEvent(
            kind=InboundKind.ECHO,
            channel=patient.channel,
            account=patient.account,
            id=id,
            sender=patient.wa_id,
            at=self.clock.now(),
            text=text,
        )
        await self.surgery.desk.intake.accept([event])
        await self.surgery.settled()


@asynccontextmanager
async def whole_desk(
    browser: Browser, serve: Serve, interpreter: Interpreter, data: Path, **options: Any
) -> AsyncIterator[WholeDesk]:
    options = {"at": MONDAY_TEN, **options}
    async with Surgery.open(data, interpreter=interpreter, **options) as surgery:
        front = surgery.desk
        sign_in = SignIn(front.clock, front.books.staff, announce=lambda path: None, opens_at_once=True)
        app = web.Application()
        parts = InboxParts(
            desk=front.staff.desk,
            sign_in=sign_in,
            staff=front.books.staff,
            practice=front.practice,
            cards=front.staff.cards,
            visits=front.staff.visits,
            observer=front.staff.desk,
            notes=front.staff.notes,
            clock=front.clock,
            trail=front.audit,
            switches=front.switches,
            suggestions=front.staff.suggestions,
            present=front.staff.present,
            finder=front.staff.finder,
            templates=front.staff.template_desk,
            set_aside=front.staff.set_aside,
        )
        add_inbox(app, parts)
        desk = WholeDesk(surgery=surgery, browser=browser, url=await serve(app), sign_in=sign_in)
        try:
            yield desk
        finally:
            for context in desk.contexts:
                await leave(context)
