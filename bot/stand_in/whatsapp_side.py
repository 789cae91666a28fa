"""One WhatsApp number, and the phones of patients behind it: what they do, and what the business is told."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.stand_in.control_account import Said, history_value
from bot.stand_in.faults import FaultPlan
from bot.stand_in.ledger import Ledger
from bot.stand_in.mailbag import Mailbag, Update
from bot.stand_in.media_shelf import MediaShelf, StoredFile
from bot.stand_in.messages import (
    Acquaintance,
    Acquaintances,
    Bounded,
    NotOffered,
    PatientMessage,
    UnknownMessage,
)
from bot.stand_in.options import StandInOptions
from bot.stand_in.pacing import Throughput
from bot.stand_in.patient_messages import read_patient_message
from bot.stand_in.postman import Postman, Sleep
from bot.stand_in.provider import proof
from bot.stand_in.sends import Sends
from bot.stand_in.statuses import StatusReports
from bot.stand_in.strict_json import StrictObject
from bot.stand_in.subscriptions import WHATSAPP_FIELDS, Subscription
from bot.stand_in.template_shelf import TemplateShelf
from bot.stand_in.whatsapp_webhooks import (
    Number,
    account_event,
    envelope,
    inbound,
    message_id,
    tapped,
)


class WhatsAppSide:
    """What is sent to it stands in `GraphStandIn`; here is what comes from the other side."""

    def __init__(
        self,
        *,
        webhook_url: str,
        app_secret: str,
        phone_number_id: str,
        display_number: str,
        now: Callable[[], datetime],
        options: StandInOptions,
        sleep: Sleep,
    ) -> None:
        self.options = options
        self.number = Number(
            account_id=options.business_account_id,
            phone_number_id=phone_number_id,
            display_number=display_number.removeprefix("+"),
        )
        self.app_secret = app_secret
        self._now = now
        self._sleep = sleep
        self._ledger = Ledger(now=now, keep=options.keep, history=options.history)
        self._postman = Postman(
            url=webhook_url,
            retry_delays=options.retry_delays,
            timeout=options.webhook_timeout,
            parallel=options.parallel_webhooks,
            keep=options.keep,
            sleep=sleep,
            report=self._note,
        )
        self.subscription = Subscription(WHATSAPP_FIELDS)
        self._mailbag = Mailbag(
            options=options,
            app_secret=app_secret,
            postman=self._postman,
            sleep=sleep,
            subscription=self.subscription,
            report=self._note,
            prove=(lambda _: proof(app_secret)) if options.is_behind_provider else None,
        )
        self.templates = TemplateShelf(
            for_page=False, known=options.templates, now=now, announce=self.announce
        )
        self.media = MediaShelf(now=now, keep=options.keep)
        self._patients = Acquaintances(
            country=options.country, names=options.profile_names, keep=2 * options.keep
        )
        self._received: Bounded[PatientMessage] = Bounded(options.keep)
        self._throughput = Throughput(per_second=_throughput(options))
        self._statuses = StatusReports(
            options=options,
            number=self.number,
            now=now,
            sleep=sleep,
            ledger=self._ledger,
            postman=self._postman,
            mailbag=self._mailbag,
        )
        self._faults = FaultPlan.of(options.faults)
        self._sends = Sends(
            options=options,
            own_number=self.number.display_number,
            now=now,
            ledger=self._ledger,
            patients=self._patients,
            received=self._received,
            throughput=self._throughput,
            statuses=self._statuses,
            new_message_id=_new_message_id,
            faults=self._faults,
            templates=self.templates,
        )
        self._inbound_webhooks = 0

    # Patients

    def says(
        self, who: str, texts: str | Sequence[str], *, name: str | None = None, reply_to: str | None = None
    ) -> tuple[str, ...]:
        """A patient writes; several texts travel in one webhook. The ids of the messages."""
        patient = self._patients.meet(who, name=name)
        context = {"context": {"from": self.number.display_number, "id": reply_to}} if reply_to else {}
        several = [texts] if isinstance(texts, str) else texts
        return self._write(patient, [("text", {**context, "text": {"body": text}}) for text in several])

    def taps(self, who: str, message_id: str, choice_id: str) -> tuple[str, ...]:
        """A patient taps a button or a row. Raises UnknownMessage, NotOffered."""
        patient = self._patients.meet(who)
        message = self._sends.sent.get(message_id)
        if message is None:
            raise UnknownMessage("no message of this id was sent")
        offered = [choice for choice in message.choices if choice.id == choice_id]
        if message.to.user_id != patient.person.user_id or not offered:
            raise NotOffered("this message did not offer that choice to this patient")
        return self._write(patient, [tapped(offered[0], message_id=message_id, number=self.number)])

    def prefers(self, who: str, value: str) -> None:
        """A patient stops or resumes marketing messages: "stop", "resume"."""
        person = self._patients.meet(who).person
        sender = {"wa_id": person.phone} if person.phone else {}
        wish = {
            **sender,
            "user_id": person.user_id,
            "detail": f"User requested to {value} marketing messages",
            "category": "marketing_messages",
            "value": value,
            "timestamp": int(self._now().timestamp()),
        }
        told = {**self._frame, "contacts": [person.as_contact()], "user_preferences": [wish]}
        self.announce("user_preferences", told)

    def staff_says(self, who: str, text: str) -> str:
        """Somebody at the practice writes on the phone that it kept: an echo."""
        person = self._patients.meet(who).person
        own_id = _new_message_id(person.phone or person.user_id)
        sent = {
            "from": self.number.display_number,
            **({"to": person.phone} if person.phone else {}),
            "to_user_id": person.user_id,
            "id": own_id,
            "timestamp": str(int(self._now().timestamp())),
            "type": "text",
            "text": {"body": text},
        }
        self._note("staff_wrote", {"channel": "whatsapp", "to": person.phone or person.user_id, "text": text})
        told = {**self._frame, "contacts": [person.as_contact()], "message_echoes": [sent]}
        self.announce("smb_message_echoes", told)
        return own_id

    def tell_history(self, threads: Sequence[tuple[str, Sequence[Said]]]) -> None:
        """What was written before the phone was connected; (patient, messages), oldest first."""
        frame = dict(self._frame["metadata"])
        self.announce("history", history_value(frame, threads, at=self._now(), new_id=_new_message_id))

    def tell_phone_book(self, contacts: Sequence[tuple[str, str]], action: str = "add") -> None:
        """Whom the practice has on its phone, and under what name: added there, or removed."""
        told = [
            {
                "type": "contact",
                "contact": {**({"full_name": name} if name else {}), "phone_number": who},
                "action": action,
                "metadata": {"timestamp": str(int(self._now().timestamp()))},
            }
            for who, name in contacts
        ]
        self.announce("smb_app_state_sync", {**self._frame, "state_sync": told})

    @property
    def _frame(self) -> dict[str, Any]:
        number = self.number
        metadata = {
            "display_phone_number": number.display_number,
            "phone_number_id": number.phone_number_id,
        }
        return {"messaging_product": "whatsapp", "metadata": metadata}

    def sends(self, who: str, wish: Mapping[str, Any]) -> tuple[str, ...]:
        """A patient sends something else: {"kind", "name"?, ...}, see `read_patient_message`.
        Raises Refused."""
        reader = StrictObject(wish)
        name = reader.optional_text("name", high=256)
        content = read_patient_message(reader, store=self._store, url=self.media.url)
        reader.end()
        return self._write(self._patients.meet(who, name=name), [content])

    def reads(self, who: str) -> tuple[str, ...]:
        """A patient looks at the chat. The ids of the messages that were not looked at before."""
        person = self._patients.meet(who).person
        sent = self._sends.sent.newest_first()
        mine = [message for message in sent if message.to.user_id == person.user_id]
        return tuple(message.message_id for message in reversed(mine) if self._statuses.look(message))

    def redeliver(self, message_ids: Sequence[str], *, times: int = 1) -> None:
        """Patients' messages again, all in one webhook, `times` over at once. Raises UnknownMessage."""
        found = [self._received.get(message_id) for message_id in message_ids]
        messages = [message for message in found if message is not None]
        if len(messages) != len(found):
            raise UnknownMessage("no patient's message of this id is remembered")
        for copy in range(times):
            self._post_messages(messages, key=f"redelivery {self._ledger.last} {copy}")

    def announce(self, field: str, value: Mapping[str, Any]) -> None:
        """A webhook about the account itself."""
        body = account_event(self.number, field=field, value=value)
        self._mailbag.add(Update(body=body, key=f"account {field}", field=field))

    def _note(self, name: str, facts: Mapping[str, object]) -> None:
        self._ledger.write(name, facts)

    def _store(self, content: bytes, mime_type: str, name: str) -> StoredFile:
        return self.media.put(content, mime_type=mime_type, name=name)

    def _write(
        self, patient: Acquaintance, contents: Sequence[tuple[str, Mapping[str, Any]]]
    ) -> tuple[str, ...]:
        at = self._now()
        patient.last_wrote = at
        person = patient.person
        messages = []
        for kind, content in contents:
            self._throughput.count(at)
            own_id = _new_message_id(person.phone or person.user_id)
            entry = inbound(person, message_id=own_id, at=at, kind=kind, content=content)
            messages.append(self._received.put(own_id, PatientMessage(sender=person, entry=entry)))
        entries = [message.entry for message in messages]
        self._ledger.write("patient_wrote", {"from": person.phone or person.user_id, "messages": entries})
        self._inbound_webhooks += 1
        every = self.options.double_inbound_every
        copies = 2 if every and self._inbound_webhooks % every == 0 else 1
        for _ in range(copies):
            self._post_messages(messages, key=person.user_id)
        return tuple(entry["id"] for entry in entries)

    def _post_messages(self, messages: Sequence[PatientMessage], *, key: str) -> None:
        entries = [message.entry for message in messages]
        body = envelope(self.number, people=[message.sender for message in messages], messages=entries)
        self._mailbag.add(Update(body=body, key=key, messages=[entry["id"] for entry in entries]))


def _new_message_id(party: str) -> str:
    return message_id(party, uuid.uuid4().bytes)


def _throughput(options: StandInOptions) -> int:
    """Messages a second; a number that stays in the Business app has a quarter."""
    return min(20, options.throughput) if options.is_coexistent else options.throughput
