"""Who looks at the pages: people who click, and a witness of what must not happen."""

import asyncio
from dataclasses import dataclass, field

from playwright.async_api import BrowserContext, ConsoleMessage, Dialog, Error, Page

from bot.web.session import SignIn


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
        async with asyncio.timeout(10):
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


async def at_the_desk(context: BrowserContext, url: str, sign_in: SignIn, *, who: str = "Marta") -> Page:
    """Somebody signs in with a fresh link and sees the inbox."""
    page = await context.new_page()
    await page.goto(url + sign_in.issue())
    await page.get_by_label("Your name").fill(who)
    await page.get_by_role("button", name="Open the inbox").click()
    await page.locator("#list > *").first.wait_for()
    return page
