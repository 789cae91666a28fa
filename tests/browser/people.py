"""Who looks at the pages: people who click, and a witness of what must not happen."""

import asyncio
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import BrowserContext, ConsoleMessage, Dialog, Error, Page

from bot.web.sign_in.session import SignIn


@dataclass
class Witness:
    """Everything a page did that it must not do, in words."""

    seen: list[str] = field(default_factory=list)
    something: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, words: str) -> None:
        self.seen.append(words)
        self.something.set()

    async def sees(self, words: str) -> None:
        """Wait until it has seen exactly that."""
        async with asyncio.timeout(30):
            while words not in self.seen:
                self.something.clear()
                await self.something.wait()

    async def watch(self, context: BrowserContext) -> None:
        await context.expose_function("chairsideWitness", lambda words: self.note(words))
        await context.add_init_script(
            """
            addEventListener("securitypolicyviolation", (event) =>
              chairsideWitness(`policy: ${event.violatedDirective} ${event.blockedURI}`));
            globalThis.canary = () => chairsideWitness("canary: a patient's words ran");
            """
        )
        context.on("page", self._watch_page)

    def _watch_page(self, page: Page) -> None:
        async def dialog(dialog: Dialog) -> None:
            self.note(f"dialog: {dialog.message}")
            await dialog.dismiss()

        def console(message: ConsoleMessage) -> None:
            if message.type == "error" and "ERR_INTERNET_DISCONNECTED" not in message.text:
                self.note(f"console: {message.text}")

        def error(error: Error) -> None:
            self.note(f"error: {error.message}")

        page.on("dialog", dialog)
        page.on("console", console)
        page.on("pageerror", error)


async def leave(context: BrowserContext) -> None:
    """Chromium forgets that it was told to close what has just gone to another page, and never answers; such
    a one goes with the browser."""
    with suppress(TimeoutError):
        async with asyncio.timeout(20):
            await context.close()


async def picture(page: Page, name: str) -> None:
    """With CHAIRSIDE_SCREENSHOTS=DIR, what the page looks like now is kept there."""
    if folder := os.environ.get("CHAIRSIDE_SCREENSHOTS"):
        await page.screenshot(path=str(Path(folder) / f"{name}.png"), animations="disabled")


async def at_the_desk(context: BrowserContext, url: str, sign_in: SignIn, *, who: str = "Marta") -> Page:
    """Somebody signs in with a fresh link and sees the inbox."""
    return await signed_in(context, url + sign_in.issue(), who=who)


async def signed_in(context: BrowserContext, link: str, *, who: str = "Marta") -> Page:
    """Somebody opens the inbox with that link."""
    page = await context.new_page()
    await page.goto(link)
    await page.get_by_label("Your name").fill(who)
    await page.get_by_role("button", name="Open the inbox").click()
    await page.locator("#list > *").first.wait_for()
    return page
