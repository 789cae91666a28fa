"""What becomes of a send of a Page or of an Instagram account: held against the limits, hit by a fault, or
accepted and echoed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.stand_in.answers import Answer, after_fault
from bot.stand_in.faults import Fault, FaultKind, FaultPlan, Strikes
from bot.stand_in.ledger import Ledger
from bot.stand_in.messages import Bounded
from bot.stand_in.messenger_requests import PageChoice, PageSend, SenderAction, invalid
from bot.stand_in.options import StandInOptions
from bot.stand_in.pacing import DailyShare, Throughput
from bot.stand_in.page_errors import asked_for, page_refusal
from bot.stand_in.platforms import Platform
from bot.stand_in.refusals import GraphRefused, Refused
from bot.stand_in.template_shelf import TemplateShelf
from bot.stand_in.threads import Threads

_HUMAN_AGENT_WINDOW = timedelta(days=7)
_RANK = {"accepted": 0, "sent": 1, "delivered": 2, "read": 3}


@dataclass(slots=True, kw_only=True)
class Visitor:
    """A patient on Messenger. `last_mid` is the newest message of the thread, whoever wrote it."""

    psid: str
    last_wrote: datetime | None = None
    last_mid: str | None = None


@dataclass(slots=True, kw_only=True)
class PageMessage:
    """A message that the Page sent and Graph accepted. `is_silent`: nothing is ever told of it."""

    channel: str
    seq: int
    visitor: Visitor
    message_id: str
    payload: Mapping[str, Any]
    choices: tuple[PageChoice, ...]
    metadata: str | None
    at: datetime
    is_silent: bool = False
    status: str = "accepted"

    def advance(self, status: str) -> bool:
        """Whether this is news: what is known never goes back."""
        is_news = _RANK[status] > _RANK[self.status]
        if is_news:
            self.status = status
        return is_news

    def as_json(self) -> dict[str, Any]:
        return {
            "seq": self.seq,
            "at": self.at.isoformat(),
            "channel": self.channel,
            "to": self.visitor.psid,
            "message_id": self.message_id,
            "status": self.status,
            "callback_data": self.metadata,
            "payload": self.payload,
        }


class PageSends:
    """POST /{page}/messages behind its HTTP border. `report` hears of each message that was accepted."""

    def __init__(
        self,
        platform: Platform,
        *,
        options: StandInOptions,
        now: Callable[[], datetime],
        ledger: Ledger,
        visitors: Bounded[Visitor],
        report: Callable[[PageMessage], None],
        new_mid: Callable[[], str],
        templates: TemplateShelf,
        threads: Threads,
    ) -> None:
        self._platform = platform
        self._options = options
        self._now = now
        self._ledger = ledger
        self._visitors = visitors
        self._report = report
        self._new_mid = new_mid
        self._templates = templates
        self._threads = threads
        self._throughput = Throughput(per_second=options.page_throughput)
        self._share = DailyShare(per_person=options.page_sends_per_person)
        self._faults = FaultPlan()
        self.sent: Bounded[PageMessage] = Bounded(options.keep)

    def set_fault(self, fault: Fault) -> None:
        """Counts from now. Raises GraphRefused for what cannot happen there."""
        if fault.kind is FaultKind.FAIL_LATER:
            raise invalid("Messenger tells of no failure later: a message is refused at once, or sent")
        self._faults.add(fault)

    def clear_faults(self) -> None:
        self._faults.clear()

    def wrote(self, visitor: Visitor, at: datetime) -> None:
        """A patient wrote: the window is open, and there is one more to write to."""
        visitor.last_wrote = at
        self._share.engaged(visitor.psid, at)

    def take(self, body: object) -> Answer:
        """Raises GraphRefused; the refusal is in the ledger then."""
        try:
            request = self._platform.read_request(body)
            visitor = self._find(request.psid)
            if isinstance(request, SenderAction):
                return self._act(request, visitor)
            return self._send(request, body, visitor)
        except GraphRefused as refused:
            facts = {
                "channel": self._platform.name,
                "code": refused.code,
                "subcode": refused.subcode,
                "details": refused.message,
                "http_status": refused.http_status,
                "payload": body,
            }
            self._ledger.write("message_refused", facts)
            raise

    def _find(self, psid: str) -> Visitor:
        visitor = self._visitors.get(psid)
        if visitor is None or visitor.last_wrote is None:
            raise page_refusal(100, self._platform.nobody_subcode)
        return visitor

    def _act(self, request: SenderAction, visitor: Visitor) -> Answer:
        fault = self._struck(visitor, on="action")

        def act() -> Answer:
            facts = {"channel": self._platform.name, "to": visitor.psid, "action": request.action}
            self._ledger.write("sender_acted", facts)
            return Answer(body={"recipient_id": visitor.psid})

        return after_fault(fault, act)

    def _send(self, request: PageSend, body: object, visitor: Visitor) -> Answer:
        self._check_template(request)
        self._hold_against_limits(request, visitor)
        fault = self._struck(visitor, on="message")
        is_silent = fault is not None and fault.kind is FaultKind.SILENCE
        answer = after_fault(
            fault,
            lambda: self._accept(request, body, visitor, is_silent=is_silent),
            without_id={"recipient_id": visitor.psid},
        )
        if answer.is_broken:
            broken = {"channel": self._platform.name, "http_status": answer.http_status, "payload": body}
            self._ledger.write("message_broken", broken)
        return answer

    def _check_template(self, request: PageSend) -> None:
        call = request.template
        if call is None:
            return
        try:
            self._templates.check_call(
                call.name,
                call.language,
                header=call.header,
                body=call.body,
                buttons=range(len(call.payloads)),
            )
        except Refused as refused:  # WhatsApp's codes; Messenger has one for whatever is wrong with a call
            raise invalid(refused.details) from None

    def _struck(self, visitor: Visitor, *, on: Strikes) -> Fault | None:
        """The fault that hits; a refusal is raised."""
        fault = self._faults.strike(visitor.psid, on=on)
        if fault is None:
            return None
        facts = {"channel": self._platform.name, "kind": fault.kind.value, "on": fault.on}
        self._ledger.write("fault_struck", facts)
        if fault.kind is FaultKind.REFUSE:
            raise asked_for(fault)
        return fault

    def _hold_against_limits(self, request: PageSend, visitor: Visitor) -> None:
        at = self._now()
        assert visitor.last_wrote is not None
        if not self._threads.is_ours(visitor.psid):
            raise page_refusal(10, 2018300)
        window = self._options.window
        if request.messaging_type == "MESSAGE_TAG":
            window = _HUMAN_AGENT_WINDOW
        if request.messaging_type != "UTILITY" and at - visitor.last_wrote >= window:
            raise page_refusal(10, self._platform.late_subcode)
        if visitor.psid in self._options.unreachable:
            raise page_refusal(551, 1545041)
        if not self._throughput.allows(at):
            raise page_refusal(613)
        if not self._share.allows(at):
            raise page_refusal(32)

    def _accept(self, request: PageSend, body: object, visitor: Visitor, *, is_silent: bool) -> Answer:
        assert isinstance(body, dict)
        mid = self._new_mid()
        facts = {"to": visitor.psid, "message_id": mid, "payload": body}
        message = PageMessage(
            channel=self._platform.name,
            seq=self._ledger.write(f"{self._platform.name}_message_accepted", facts),
            visitor=visitor,
            message_id=mid,
            payload=body,
            choices=request.choices,
            metadata=request.metadata,
            at=self._now(),
            is_silent=is_silent,
        )
        visitor.last_mid = mid
        self.sent.put(mid, message)
        self._report(message)
        return Answer(body={"recipient_id": visitor.psid, "message_id": mid})
