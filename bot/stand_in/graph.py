"""The stand-in itself: Meta's side of one WhatsApp number, and the patients' phones behind it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from itertools import takewhile
from typing import Any

from aiohttp import web

from bot.stand_in import by_hand
from bot.stand_in.account import AccountFacts
from bot.stand_in.answers import Answer
from bot.stand_in.control import control_routes
from bot.stand_in.faults import Fault, Strikes
from bot.stand_in.files_api import file_routes
from bot.stand_in.graph_api import answer_refusals, graph_routes
from bot.stand_in.management import management_routes
from bot.stand_in.messenger_webhooks import PageAccount
from bot.stand_in.options import StandInOptions
from bot.stand_in.pages import PageSide
from bot.stand_in.platforms import INSTAGRAM, MESSENGER, Platform
from bot.stand_in.postman import Sleep
from bot.stand_in.provider import provider_routes
from bot.stand_in.whatsapp_side import WhatsAppSide


class GraphStandIn(WhatsAppSide):
    """Meta's Graph API for one WhatsApp number. Patients act through `says`, `taps`, `sends` and `reads`.

    `now` tells the present (aware); `sleep` waits for delays and retries. `webhook_url` may be changed at any
    time. Patients are named by the digits of a phone number, or by a business-scoped user id (those hide
    their number). Everything that happens is in `events`; the file `options.history` keeps it for good.
    With a `page`, `messenger` plays that Page's side of Messenger in the same way; with an `instagram`
    account, `instagram` does.
    """

    def __init__(
        self,
        *,
        webhook_url: str,
        app_secret: str,
        access_token: str,
        phone_number_id: str,
        display_number: str,
        now: Callable[[], datetime],
        options: StandInOptions | None = None,
        page: PageAccount | None = None,
        instagram: PageAccount | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(
            webhook_url=webhook_url,
            app_secret=app_secret,
            phone_number_id=phone_number_id,
            display_number=display_number,
            now=now,
            options=options or StandInOptions(),
            sleep=sleep,
        )
        self.access_token = access_token
        self.account = AccountFacts()
        self.messenger = self._side(page, MESSENGER)
        self.instagram = self._side(instagram, INSTAGRAM)

    @property
    def webhook_url(self) -> str:
        return self._postman.url

    @webhook_url.setter
    def webhook_url(self, url: str) -> None:
        self._postman.url = url

    # Webhooks by hand

    async def deliver(self, raw: bytes, *, signature: str = "right") -> int:
        """Post these very bytes once. `signature`: "right", "wrong", "missing". The receiver's HTTP status,
        0 without one."""
        return await by_hand.deliver(
            raw,
            signature=signature,
            app_secret=self.app_secret,
            postman=self._postman,
            ledger=self._ledger,
        )

    async def subscribe(self, verify_token: str) -> bool:
        """What Meta does when the webhook is set up: whether the receiver gives the challenge back."""
        return await by_hand.subscribe(verify_token, postman=self._postman, ledger=self._ledger)

    # Pages

    @property
    def pages(self) -> tuple[PageSide, ...]:
        """The sides on Messenger and on Instagram, as far as there are any."""
        return tuple(side for side in (self.messenger, self.instagram) if side is not None)

    def _side(self, account: PageAccount | None, platform: Platform) -> PageSide | None:
        if account is None:
            return None
        return PageSide(
            account,
            platform,
            options=self.options,
            now=self._now,
            sleep=self._sleep,
            ledger=self._ledger,
            report=self._note,
            media=self.media,
        )

    def run(self, work: Awaitable[None]) -> None:
        """Keep some work alive until it is done or the stand-in closes."""
        self._postman.run(work)

    # What happened

    def messages(self, *, since: int = 0, to: str | None = None) -> list[dict[str, Any]]:
        """The accepted messages of the business, in order, with what became of them; of the pages, too."""
        newer = takewhile(lambda message: message.seq > since, self._sends.sent.newest_first())
        theirs = [message for message in newer if to in (None, message.to.phone, message.to.user_id)]
        found = [message.as_json() for message in reversed(theirs)]
        for side in self.pages:
            found += side.messages(since=since, to=to)
        return sorted(found, key=lambda message: int(message["seq"]))

    def events(self, *, since: int = 0) -> list[dict[str, Any]]:
        return self._ledger.since(since)

    async def wait_for_events(self, *, since: int, seconds: float) -> list[dict[str, Any]]:
        """As `events`, waiting up to `seconds` for the first."""
        return await self._ledger.wait(since, seconds=seconds)

    @property
    def under_way(self) -> int:
        """Webhooks and statuses that are still to come."""
        return self._postman.under_way + sum(side.under_way for side in self.pages)

    @property
    def last_event(self) -> int:
        """The number of the newest event; 0 before the first."""
        return self._ledger.last

    @property
    def is_closing(self) -> bool:
        return self._ledger.is_closing

    async def settled(self) -> None:
        """Returns when every status and webhook is delivered or given up."""
        while self.under_way:
            await self._postman.settled()
            for side in self.pages:
                await side.settled()

    # Misbehaviour

    def set_fault(self, fault: Fault) -> None:
        """Counts from now: nth=1 strikes the next send."""
        self._faults.add(fault)

    def clear_faults(self) -> None:
        self._faults.clear()

    # Serving

    def take(self, body: object) -> Answer:
        """POST /messages, past the HTTP border. Raises Refused."""
        return self._sends.take(body)

    async def pause(self, seconds: float) -> None:
        await self._sleep(seconds)

    def strike(self, on: Strikes) -> Fault | None:
        """The fault that hits a request beside sending; the ledger has it then."""
        fault = self._faults.strike(on=on)
        if fault is not None:
            self._note("fault_struck", {"kind": fault.kind.value, "on": on})
        return fault

    def note_refusal(self, *, code: int, http_status: int) -> None:
        """A request that did not get as far as `take`."""
        self._note("request_refused", {"code": code, "http_status": http_status})

    def application(self) -> web.Application:
        """The Graph API under /v{N}.0/ and the control API under /stand-in/."""
        application = web.Application(client_max_size=4 * 2**20, middlewares=[answer_refusals])
        application.add_routes(
            [
                *control_routes(self),
                *file_routes(self),
                *(provider_routes(self) if self.options.is_behind_provider else management_routes(self)),
                *graph_routes(self, is_open=not self.options.is_behind_provider),
            ]
        )
        application.on_shutdown.append(self._release_waiters)
        application.cleanup_ctx.append(self._serve)
        return application

    async def close(self) -> None:
        """Stops deliveries under way and closes the history file."""
        await self._postman.close()
        for side in self.pages:
            await side.close()
        self._ledger.close()

    async def _release_waiters(self, _: web.Application) -> None:
        self._ledger.release_waiters()

    async def _serve(self, _: web.Application) -> AsyncIterator[None]:
        yield
        await self.close()
