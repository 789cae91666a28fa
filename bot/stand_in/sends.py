"""What becomes of a send: held against the limits, hit by a fault, or accepted and reported on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.stand_in.answers import Answer, after_fault
from bot.stand_in.faults import Fault, FaultKind, FaultPlan
from bot.stand_in.ledger import Ledger
from bot.stand_in.messages import Acquaintance, Acquaintances, Bounded, PatientMessage, SentMessage
from bot.stand_in.options import StandInOptions
from bot.stand_in.pacing import PairLimit, Throughput
from bot.stand_in.refusals import Refused, bad_value
from bot.stand_in.statuses import StatusReports
from bot.stand_in.template_shelf import TemplateShelf
from bot.stand_in.whatsapp_requests import Choice, LookedAt, SendRequest, read_request

_LATE = "Message failed to send because more than 24 hours have passed since the customer last replied"


class Sends:
    """POST /messages behind its HTTP border."""

    def __init__(
        self,
        *,
        options: StandInOptions,
        own_number: str,
        now: Callable[[], datetime],
        ledger: Ledger,
        patients: Acquaintances,
        received: Bounded[PatientMessage],
        throughput: Throughput,
        statuses: StatusReports,
        new_message_id: Callable[[str], str],
        faults: FaultPlan,
        templates: TemplateShelf,
    ) -> None:
        self._options = options
        self._own_number = own_number
        self._now = now
        self._ledger = ledger
        self._patients = patients
        self._received = received
        self._throughput = throughput
        self._pairs = PairLimit(interval=options.pair_interval, burst=options.pair_burst, keep=options.keep)
        self._statuses = statuses
        self._new_message_id = new_message_id
        self._faults = faults
        self._templates = templates
        self.sent: Bounded[SentMessage] = Bounded(options.keep)

    def take(self, body: object) -> Answer:
        """Raises Refused; the refusal is in the ledger then."""
        try:
            request = read_request(body)
            if isinstance(request, LookedAt):
                return self._look(request)
            return self._send(self._with_titles(request), body)
        except Refused as refused:
            self._refuse(refused, body)
            raise

    def _look(self, request: LookedAt) -> Answer:
        if self._received.get(request.message_id) is None:
            raise bad_value("Param message_id is not a message of this business's patients")
        fault = self._faults.strike(on="action")
        if fault is not None:
            self._ledger.write("fault_struck", {"kind": fault.kind.value, "on": fault.on})
        if fault is not None and fault.kind is FaultKind.REFUSE:
            raise asked_for(fault)

        def look() -> Answer:
            facts = {"message_id": request.message_id, "is_typing": request.is_typing}
            self._ledger.write("business_read", facts)
            return Answer(body={"success": True})

        return after_fault(fault, look)

    def _send(self, request: SendRequest, body: object) -> Answer:
        patient = self._patients.meet(request.person)
        failure = self._hold_against_limits(request, patient)
        fault = self._faults.strike(patient.person.phone, patient.person.user_id)
        if fault is not None:
            self._ledger.write("fault_struck", {"kind": fault.kind.value, "on": fault.on})
            if fault.kind is FaultKind.REFUSE:
                raise asked_for(fault)
            if fault.kind is FaultKind.FAIL_LATER:
                failure = Refused(fault.code, "Failed because a test asked for it")
        is_silent = fault is not None and fault.kind is FaultKind.SILENCE
        answer = after_fault(
            fault,
            lambda: self._accept(request, body, patient, failure, is_silent=is_silent),
            without_id={"messaging_product": "whatsapp", "contacts": [], "messages": []},
        )
        if answer.is_broken:
            self._ledger.write("message_broken", {"http_status": answer.http_status, "payload": body})
        return answer

    def _with_titles(self, request: SendRequest) -> SendRequest:
        """Of a template that is known: what its buttons say. Raises Refused for a call that does not fit."""
        call = request.call
        if call is None:
            return request
        template = self._templates.check_call(
            call.name,
            call.language,
            header=call.header,
            body=call.body,
            header_format=call.header_format,
            buttons=call.buttons,
        )
        if template is None:
            return request
        titled = [replace(each, title=template.buttons[each.place].text) for each in request.choices]
        given = {choice.place for choice in titled}
        for place, button in enumerate(template.buttons):
            if button.kind == "QUICK_REPLY" and place not in given:
                titled.append(Choice(id=button.text, title=button.text, kind="template", place=place))
        return replace(request, choices=tuple(titled), category=template.category)

    def _hold_against_limits(self, request: SendRequest, patient: Acquaintance) -> Refused | None:
        """A refusal that comes later, as a status, is returned; one that comes now is raised."""
        at = self._now()
        options = self._options
        person = patient.person
        if person.phone == self._own_number:
            raise Refused(131021, "Sender and recipient phone number is the same")
        allowed = options.allowed_recipients
        if allowed is not None and not {person.phone, person.user_id} & allowed:
            raise Refused(131030, "Recipient phone number not in allowed list")
        late = self._is_late(request, patient, at)
        if late and not options.window_refusal_by_status:
            raise Refused(131047, _LATE)
        if not self._throughput.allows(at):
            raise Refused(130429, "Cloud API message throughput has been reached")
        if not self._pairs.allows(person.user_id, at):
            raise Refused(
                131056,
                "Message failed to send because there were too many messages sent from this phone number to "
                "the same phone number in a short period of time",
            )
        if late:
            return Refused(131047, _LATE)
        names = {person.phone, person.user_id}
        if names & options.unreachable:
            return Refused(131026, "Message undeliverable")
        if request.category == "MARKETING" and names & options.stopped_marketing:
            return Refused(131050, "The recipient has chosen to stop receiving marketing messages")
        return None

    def _is_late(self, request: SendRequest, patient: Acquaintance, at: datetime) -> bool:
        """The customer service window: 24 hours from the last message of the patient, templates excepted."""
        if request.kind == "template":
            return False
        if patient.last_wrote is None:
            return self._options.enforce_window
        return at - patient.last_wrote >= self._options.window

    def _accept(
        self,
        request: SendRequest,
        body: object,
        patient: Acquaintance,
        failure: Refused | None,
        *,
        is_silent: bool,
    ) -> Answer:
        assert isinstance(body, dict)
        message_id = self._new_message_id(request.person)
        facts = {"to": request.person, "message_id": message_id, "payload": body}
        message = SentMessage(
            seq=self._ledger.write("message_accepted", facts),
            to=patient.person,
            message_id=message_id,
            payload=body,
            choices=request.choices,
            callback_data=request.callback_data,
            by_phone=request.by_phone,
            at=self._now(),
            category=request.category.lower(),
        )
        self.sent.put(message_id, message)
        if not is_silent:
            self._statuses.begin(message, failure=failure)
        contact = {"input": request.addressed_as}
        contact["wa_id" if request.by_phone else "user_id"] = request.person
        accepted = {"id": message_id}
        if request.kind == "template":
            accepted["message_status"] = "accepted"
        return Answer(body={"messaging_product": "whatsapp", "contacts": [contact], "messages": [accepted]})

    def _refuse(self, refused: Refused, body: object) -> None:
        facts = {
            "code": refused.code,
            "details": refused.details,
            "http_status": refused.http_status,
            "payload": body,
        }
        self._ledger.write("message_refused", facts)


def asked_for(fault: Fault) -> Refused:
    """The refusal that a fault stands for."""
    return Refused(
        fault.code,
        "Refused because a test asked for it",
        asked_status=fault.http_status,
        retry_after=fault.retry_after,
    )
