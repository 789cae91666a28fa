"""Meta's side of one Facebook Page on Messenger, or of one Instagram account, and the patients who write."""

import random
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from bot.stand_in import by_hand
from bot.stand_in.answers import Answer
from bot.stand_in.faults import Fault
from bot.stand_in.ledger import Ledger
from bot.stand_in.mailbag import Mailbag, Update
from bot.stand_in.media_shelf import MediaShelf
from bot.stand_in.messages import Bounded, NotOffered, UnknownMessage
from bot.stand_in.messenger_webhooks import (
    PageAccount,
    as_attachment,
    echo,
    echoed,
    envelope,
    from_patient,
    is_psid,
    message_id,
    milliseconds,
    read_patient_wish,
    tapped,
)
from bot.stand_in.options import StandInOptions
from bot.stand_in.page_sends import PageMessage, PageSends, Visitor
from bot.stand_in.platforms import Platform
from bot.stand_in.postman import Postman, Report, Sleep
from bot.stand_in.strict_json import StrictObject
from bot.stand_in.subscriptions import INSTAGRAM_FIELDS, PAGE_FIELDS, Subscription, field_of
from bot.stand_in.template_shelf import TemplateShelf
from bot.stand_in.threads import Threads
from bot.stand_in.whatsapp_webhooks import UnknownPatientKind


class PageSide:
    """Patients act through `says`, `taps`, `sends` and `reads`; each is named by a Page-scoped id (digits).

    `platform` is Messenger or Instagram. Every accepted message is echoed, with its metadata, and on
    Messenger delivered; options for statuses hold for both.
    """

    def __init__(
        self,
        page: PageAccount,
        platform: Platform,
        *,
        options: StandInOptions,
        now: Callable[[], datetime],
        sleep: Sleep,
        ledger: Ledger,
        report: Report,
        media: MediaShelf,
    ) -> None:
        self.page = page
        self.platform = platform
        self._media = media
        self._files_of: Bounded[tuple[str, ...]] = Bounded(options.keep)
        self._own_files: set[str] = set()
        self._options = options
        self._now = now
        self._sleep = sleep
        self._ledger = ledger
        self._postman = Postman(
            url=page.webhook_url,
            retry_delays=options.retry_delays,
            timeout=options.webhook_timeout,
            parallel=options.parallel_webhooks,
            keep=options.keep,
            sleep=sleep,
            report=report,
        )
        fields = PAGE_FIELDS if platform.name == "messenger" else INSTAGRAM_FIELDS
        self.subscription = Subscription(fields)
        self._mailbag = Mailbag(
            options=options,
            app_secret=page.app_secret,
            postman=self._postman,
            sleep=sleep,
            subscription=self.subscription,
            report=report,
        )
        self.templates = TemplateShelf(
            for_page=True, known=options.templates, now=now, announce=self.announce
        )
        self.profile: dict[str, Any] = {}
        self.threads = Threads(own_app=page.app_id, now=now, announce=self._announce_in)
        self._visitors: Bounded[Visitor] = Bounded(options.keep)
        self._received: Bounded[Mapping[str, Any]] = Bounded(options.keep)
        self._random = random.Random(options.seed)
        self._reports = self._inbound_webhooks = 0
        self._sends = PageSends(
            platform,
            options=options,
            now=now,
            ledger=ledger,
            visitors=self._visitors,
            report=lambda message: self._postman.run(self._follow(message)),
            new_mid=_new_mid,
            templates=self.templates,
            threads=self.threads,
        )

    # Patients

    def says(
        self, who: str, texts: str | Sequence[str], *, name: str | None = None, reply_to: str | None = None
    ) -> tuple[str, ...]:
        """A patient writes; several texts travel in one webhook. Messenger tells no name."""
        quoted = {"reply_to": {"mid": reply_to}} if reply_to else {}
        several = [texts] if isinstance(texts, str) else texts
        return self._write(
            self._meet(who),
            [{"message": {"mid": _new_mid(), "text": text, **quoted}} for text in several],
        )

    def taps(self, who: str, message_id: str, choice_id: str) -> tuple[str, ...]:
        """A patient taps a button or a quick reply. Raises UnknownMessage, NotOffered."""
        visitor = self._meet(who)
        message = self._sends.sent.get(message_id)
        if message is None:
            raise UnknownMessage("no message of this id was sent")
        offered = [choice for choice in message.choices if choice.payload == choice_id]
        if message.visitor is not visitor or not offered:
            raise NotOffered("this message did not offer that choice to this patient")
        if offered[0].kind != "postback" and visitor.last_mid != message_id:
            raise NotOffered("quick replies are gone once another message is in the chat")
        return self._write(visitor, [tapped(offered[0], psid=visitor.psid, mid=_new_mid())])

    def sends(self, who: str, wish: Mapping[str, Any]) -> tuple[str, ...]:
        """A patient sends something else: {"kind", ...}, see `read_patient_wish`. Raises Refused."""
        reader = StrictObject(wish)
        mid = _new_mid()
        content = read_patient_wish(reader, mid=mid, store=partial(self._store, mid))
        reader.end()
        return self._write(self._meet(who), [content])

    def reads(self, who: str) -> tuple[str, ...]:
        """A patient looks at the chat: one watermark for all. The ids of what was not looked at before."""
        visitor, at = self._meet(who), self._now()
        mine = [message for message in self._sends.sent.newest_first() if message.visitor is visitor]
        unseen = [message.message_id for message in reversed(mine) if message.advance("read")]
        if unseen:
            for each in unseen:
                facts = {"channel": self.platform.name, "message_id": each, "status": "read", "copies": 1}
                self._ledger.write("status_changed", facts)
            by_watermark = self.platform.reads_by_watermark
            look = {"watermark": milliseconds(at)} if by_watermark else {"mid": unseen[-1]}
            event = from_patient(self.page, visitor.psid, at=at, content={"read": look})
            self._post([event], key=visitor.psid, statuses=[(each, "read") for each in unseen])
        return tuple(unseen)

    def staff_says(self, who: str, text: str) -> str:
        """Somebody at the practice writes from the Page's own inbox: an echo without our metadata."""
        visitor, mid = self._meet(who), _new_mid()
        visitor.last_mid = mid
        self.threads.taken_by_staff(visitor.psid, self.platform.inbox_app)
        self._ledger.write("staff_wrote", {"channel": self.platform.name, "to": visitor.psid, "text": text})
        event = echo(
            self.page,
            visitor.psid,
            mid=mid,
            at=self._now(),
            app_id=self.platform.inbox_app,
            content={"text": text},
        )
        self._post([event], key=visitor.psid, messages=[mid])
        return mid

    # Webhooks by hand

    def redeliver(self, message_ids: Sequence[str], *, times: int = 1) -> None:
        """Patients' messages again, all in one webhook, `times` over at once. Raises UnknownMessage."""
        found = [self._received.get(each) for each in message_ids]
        events = [event for event in found if event is not None]
        if len(events) != len(found):
            raise UnknownMessage("no patient's message of this id is remembered")
        for copy in range(times):
            self._post(events, key=f"redelivery {self._ledger.last} {copy}", messages=message_ids)

    async def deliver(self, raw: bytes, *, signature: str = "right") -> int:
        """Post these very bytes once, see `by_hand.deliver`."""
        return await by_hand.deliver(
            raw,
            signature=signature,
            app_secret=self.page.app_secret,
            postman=self._postman,
            ledger=self._ledger,
        )

    async def subscribe(self, verify_token: str) -> bool:
        return await by_hand.subscribe(verify_token, postman=self._postman, ledger=self._ledger)

    def _announce_in(self, psid: str, content: Mapping[str, Any]) -> None:
        self._post([from_patient(self.page, psid, at=self._now(), content=content)], key=psid)

    def announce(self, field: str, value: Mapping[str, Any]) -> None:
        """A webhook about the page itself."""
        change = {"field": field, "value": dict(value)}
        entry = {"id": self.page.page_id, "time": milliseconds(self._now()), "changes": [change]}
        body = {"object": self.platform.envelope, "entry": [entry]}
        self._mailbag.add(Update(body=body, key=f"account {field}", field=field))

    @property
    def webhook_url(self) -> str:
        return self._postman.url

    @webhook_url.setter
    def webhook_url(self, url: str) -> None:
        self._postman.url = url

    def knows(self, psid: str) -> bool:
        """Whether somebody of this id wrote to the page."""
        return self._visitors.get(psid) is not None

    def attachments(self, mid: str, *, base: str) -> dict[str, Any] | None:
        """What a patient's message carried, as Graph shows it by the message's id; None for none of ours."""
        if self._received.get(mid) is None:
            return None
        files = [self._media.find(id) for id in self._files_of.get(mid) or ()]
        shown = [as_attachment(file, self._media.url(file, base=base)) for file in files if file is not None]
        return {"attachments": {"data": shown}} if shown else {}

    def owns_file(self, id: str) -> bool:
        """A file of the page's patients: whoever has its URL may have it."""
        return id in self._own_files

    def run(self, work: Awaitable[None]) -> None:
        """Keep some work alive until it is done or the stand-in closes."""
        self._postman.run(work)

    # What happened

    def messages(self, *, since: int = 0, to: str | None = None) -> list[dict[str, Any]]:
        """The accepted messages of the Page, in order, with what became of them."""
        newest_first = [
            message.as_json()
            for message in self._sends.sent.newest_first()
            if message.seq > since and to in (None, message.visitor.psid)
        ]
        return newest_first[::-1]

    @property
    def under_way(self) -> int:
        return self._postman.under_way

    async def settled(self) -> None:
        await self._postman.settled()

    # Misbehaviour

    def set_fault(self, fault: Fault) -> None:
        """Counts from now: nth=1 strikes the next send."""
        self._sends.set_fault(fault)

    def clear_faults(self) -> None:
        self._sends.clear_faults()

    # Serving

    def take(self, body: object) -> Answer:
        """POST /{page}/messages, past the HTTP border. Raises GraphRefused."""
        return self._sends.take(body)

    async def close(self) -> None:
        await self._postman.close()

    def _meet(self, who: str) -> Visitor:
        if not is_psid(who):
            raise UnknownPatientKind("a patient on Messenger is a Page-scoped id of 10 to 20 digits")
        return self._visitors.get(who) or self._visitors.put(who, Visitor(psid=who))

    def _write(self, visitor: Visitor, contents: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
        at = self._now()
        self._sends.wrote(visitor, at)
        events = [from_patient(self.page, visitor.psid, at=at, content=content) for content in contents]
        mids = tuple(_mid_of(content) for content in contents)
        for mid, event in zip(mids, events, strict=True):
            self._received.put(mid, event)
            if "message" in event or "postback" in event:
                visitor.last_mid = mid
        self._ledger.write(f"{self.platform.name}_patient_wrote", {"from": visitor.psid, "events": events})
        self._inbound_webhooks += 1
        every = self._options.double_inbound_every
        for _ in range(2 if every and self._inbound_webhooks % every == 0 else 1):
            self._post(events, key=visitor.psid, messages=mids)
        return mids

    def _store(self, mid: str, content: bytes, mime_type: str) -> str:
        """Keeps a patient's file; its URL."""
        file = self._media.put(content, mime_type=mime_type)
        self._files_of.put(mid, (*(self._files_of.get(mid) or ()), file.id))
        self._own_files.add(file.id)
        return self._media.url(file)

    async def _follow(self, message: PageMessage) -> None:
        """Echo and delivery of a message in order, delayed, lost, doubled or reordered as the options say."""
        if message.is_silent:
            return
        words = ["sent", "delivered"] if self.platform.tells_deliveries else ["sent"]
        if self._options.reorder_statuses:
            self._random.shuffle(words)
        for word in words:
            await self._sleep(self._random.uniform(*self._options.status_delay))
            self._tell(message, word)
        if self._options.read_by_itself:
            self.reads(message.visitor.psid)

    def _tell(self, message: PageMessage, word: str) -> None:
        self._reports += 1
        options, psid, at = self._options, message.visitor.psid, self._now()
        is_lost = bool(options.lose_status_every) and self._reports % options.lose_status_every == 0
        is_doubled = bool(options.double_status_every) and self._reports % options.double_status_every == 0
        copies = 0 if is_lost else 2 if is_doubled else 1
        message.advance(word)
        facts = {
            "channel": self.platform.name,
            "message_id": message.message_id,
            "status": word,
            "copies": copies,
        }
        self._ledger.write("status_changed", facts)
        if word == "sent":
            event = echo(
                self.page,
                psid,
                mid=message.message_id,
                at=at,
                app_id=self.page.app_id,
                content=echoed(message.payload["message"]),
                metadata=None if options.echoes_without_metadata else message.metadata,
            )
        else:
            delivery = {"mids": [message.message_id], "watermark": milliseconds(at)}
            event = from_patient(self.page, psid, at=at, content={"delivery": delivery})
        for _ in range(copies):
            self._post([event], key=psid, statuses=[(message.message_id, word)])

    def _post(
        self,
        events: Sequence[Mapping[str, Any]],
        *,
        key: str,
        messages: Sequence[str] = (),
        statuses: Sequence[tuple[str, str]] = (),
    ) -> None:
        stands_by = "message" in events[0] and not self.threads.is_ours(key)
        body = envelope(
            self.page,
            events,
            at=self._now(),
            envelope_object=self.platform.envelope,
            key="standby" if stands_by else "messaging",
        )
        field = "standby" if stands_by else field_of(events[0], self.platform.name)
        self._mailbag.add(Update(body=body, key=key, field=field, messages=messages, statuses=statuses))


def _new_mid() -> str:
    return message_id(uuid.uuid4().bytes)


def _mid_of(content: Mapping[str, Any]) -> str:
    """The id of what a patient did; reactions and the like get one for redelivery only."""
    for key in ("message", "postback"):
        found = content.get(key)
        if isinstance(found, dict) and isinstance(found.get("mid"), str):
            mid: str = found["mid"]
            return mid
    return _new_mid()
