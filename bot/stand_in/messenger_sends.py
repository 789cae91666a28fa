"""What becomes of a send on Messenger: held against the limits, hit by a fault, or accepted and echoed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from bot.stand_in.ledger import Ledger
from bot.stand_in.messages import Bounded
from bot.stand_in.messenger_requests import PageChoice, PageSend, SenderAction, invalid, read_page_request
from bot.stand_in.options import Fault, FaultKind, StandInOptions
from bot.stand_in.pacing import Throughput
from bot.stand_in.refusals import GraphRefused
from bot.stand_in.sends import Answer, server_error

MESSENGER_ERRORS: Mapping[int, tuple[str, int]] = MappingProxyType(
    {
        1: ("An unknown error occurred", 500),
        2: ("Service temporarily unavailable", 503),
        4: ("Application request limit reached", 400),
        10: ("Application does not have permission for this action", 403),
        32: ("Page request limit reached", 400),
        100: ("Invalid parameter", 400),
        190: ("Invalid OAuth access token.", 401),
        200: ("Permissions error", 403),
        368: ("The action attempted has been deemed abusive or is otherwise disallowed", 403),
        551: ("This person isn't available right now.", 400),
        613: ("Calls to this API have exceeded the rate limit.", 400),
        1200: ("Temporary send message failure. Please try again later.", 400),
    }
)

_HUMAN_AGENT_WINDOW = timedelta(days=7)
_LATE = "This message is sent outside of allowed window."
_RANK = {"accepted": 0, "sent": 1, "delivered": 2, "read": 3}


@dataclass(slots=True, kw_only=True)
class Visitor:
    """A patient on Messenger. `last_mid` is the newest message of the thread, whoever wrote it."""

    psid: str
    last_wrote: datetime | None = None
    last_mid: str | None = None


@dataclass(slots=True, kw_only=True)
class PageMessage:
    """A message that the Page sent and Graph accepted."""

    seq: int
    visitor: Visitor
    message_id: str
    payload: Mapping[str, Any]
    choices: tuple[PageChoice, ...]
    metadata: str | None
    at: datetime
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
            "channel": "messenger",
            "to": self.visitor.psid,
            "message_id": self.message_id,
            "status": self.status,
            "callback_data": self.metadata,
            "payload": self.payload,
        }


class MessengerSends:
    """POST /{page}/messages behind its HTTP border. `report` hears of each message that was accepted."""

    def __init__(
        self,
        *,
        options: StandInOptions,
        now: Callable[[], datetime],
        ledger: Ledger,
        visitors: Bounded[Visitor],
        report: Callable[[PageMessage], None],
        new_mid: Callable[[], str],
    ) -> None:
        self._options = options
        self._now = now
        self._ledger = ledger
        self._visitors = visitors
        self._report = report
        self._new_mid = new_mid
        self._throughput = Throughput(per_second=options.page_throughput)
        self._count = 0
        self._faults: list[tuple[int, Fault]] = []
        self.sent: Bounded[PageMessage] = Bounded(options.keep)

    def set_fault(self, fault: Fault) -> None:
        """Counts from now. Raises GraphRefused for what cannot happen there."""
        if fault.kind is FaultKind.FAIL_LATER:
            raise invalid("Messenger tells of no failure later: a message is refused at once, or sent")
        self._faults.append((self._count, fault))

    def clear_faults(self) -> None:
        self._faults.clear()

    def take(self, body: object) -> Answer:
        """Raises GraphRefused; the refusal is in the ledger then."""
        try:
            request = read_page_request(body)
            visitor = self._find(request.psid)
            if isinstance(request, SenderAction):
                acted = {"channel": "messenger", "to": visitor.psid, "action": request.action}
                self._ledger.write("sender_acted", acted)
                return Answer(body={"recipient_id": visitor.psid})
            return self._send(request, body, visitor)
        except GraphRefused as refused:
            facts = {
                "channel": "messenger",
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
            raise invalid("No matching user found", subcode=2018001)
        return visitor

    def _send(self, request: PageSend, body: object, visitor: Visitor) -> Answer:
        self._hold_against_limits(request, visitor)
        self._count += 1
        fault = next((fault for since, fault in self._faults if fault.strikes(self._count - since)), None)
        if fault is None:
            return self._accept(request, body, visitor)
        facts = {"channel": "messenger", "kind": fault.kind.value, "send": self._count}
        self._ledger.write("fault_struck", facts)
        if fault.kind is FaultKind.REFUSE:
            title, http_status = MESSENGER_ERRORS.get(
                fault.code, ("Refused because a test asked for it", 400)
            )
            raise GraphRefused(http_status, fault.code, f"(#{fault.code}) {title}", subcode=fault.subcode)
        if fault.kind in (FaultKind.SERVER_ERROR, FaultKind.BAD_GATEWAY):
            answer = _BROKEN[fault.kind]
            broken = {"channel": "messenger", "http_status": answer.http_status, "payload": body}
            self._ledger.write("message_broken", broken)
            return answer
        accepted = self._accept(request, body, visitor)
        match fault.kind:
            case FaultKind.DROP:
                return Answer()
            case FaultKind.ERROR_AFTER_SENDING:
                return Answer(http_status=500, body=server_error())
            case FaultKind.SLOW:
                return Answer(body=accepted.body, after_seconds=fault.seconds)
            case _:  # NO_ID
                return Answer(body={"recipient_id": visitor.psid})

    def _hold_against_limits(self, request: PageSend, visitor: Visitor) -> None:
        at = self._now()
        assert visitor.last_wrote is not None
        is_human = request.messaging_type == "MESSAGE_TAG"
        if at - visitor.last_wrote >= (_HUMAN_AGENT_WINDOW if is_human else self._options.window):
            raise GraphRefused(400, 10, f"(#10) {_LATE}", subcode=2018278)
        if visitor.psid in self._options.unreachable:
            title, http_status = MESSENGER_ERRORS[551]
            raise GraphRefused(http_status, 551, f"(#551) {title}", subcode=1545041)
        if not self._throughput.allows(at):
            title, http_status = MESSENGER_ERRORS[613]
            raise GraphRefused(http_status, 613, f"(#613) {title}")

    def _accept(self, request: PageSend, body: object, visitor: Visitor) -> Answer:
        assert isinstance(body, dict)
        mid = self._new_mid()
        facts = {"to": visitor.psid, "message_id": mid, "payload": body}
        message = PageMessage(
            seq=self._ledger.write("messenger_message_accepted", facts),
            visitor=visitor,
            message_id=mid,
            payload=body,
            choices=request.choices,
            metadata=request.metadata,
            at=self._now(),
        )
        visitor.last_mid = mid
        self.sent.put(mid, message)
        self._report(message)
        return Answer(body={"recipient_id": visitor.psid, "message_id": mid})


_BROKEN = {
    FaultKind.SERVER_ERROR: Answer(http_status=500, body=server_error()),
    FaultKind.BAD_GATEWAY: Answer(http_status=502, body="<html><body>Bad gateway</body></html>"),
}
