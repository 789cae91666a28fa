"""What an SMS provider reports, as events: messages of patients, and what became of ours. Pure, and total.

A body is one event, form-encoded: a message has `MessageSid`, `From`, `To`, `Body`, and `MediaUrl0` and on
where pictures came along; a report on one of ours has `MessageStatus`. Reports go to an address that ends in
our outbox id (`?o=...`), which tells whose report it is even when the answer to our send was lost.

https://www.twilio.com/docs/messaging/guides/webhook-request
https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
"""

import json
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from bot.channels.lenient import fingerprint
from bot.channels.plain_text import clean
from bot.domain.channels import SMS
from bot.domain.conversation import Attachment, InboundEvent, InboundKind, SendStatus

#: The name in the address of our reports that carries the outbox id.
OUR_ID = "o"
_NUMBER = re.compile(r"\+[1-9][0-9]{5,14}")
_SID = re.compile(r"[A-Za-z0-9]{1,64}")
_OUTBOX_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOST_FIELDS = 200
_MOST_MEDIA = 10

# What a provider says of a message of ours, in the order of a message's life, in our words. What is on its
# way (accepted, scheduled, queued, sending) has no word of ours yet.
_STATES: Mapping[str, str] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}
_ON_ITS_WAY = frozenset({"accepted", "scheduled", "queued", "sending"})
_KINDS = {"image": InboundKind.IMAGE, "audio": InboundKind.AUDIO, "video": InboundKind.VIDEO}


def parse(body: bytes, *, target: str = "") -> tuple[InboundEvent, ...]:
    """The event of a body; () where there is none. `target`: path and query of the request."""
    form = read_form(body)
    sid = form.get("MessageSid") or form.get("SmsSid") or ""
    if not form:
        return ()
    state = (form.get("MessageStatus") or form.get("SmsStatus") or "").lower()
    if not _SID.fullmatch(sid):
        return (_event(InboundKind.OTHER, form, id=fingerprint(form), raw=json.dumps(sorted(form))),)
    if state in _ON_ITS_WAY:
        return ()
    if state in _STATES:
        return (_report(form, sid, _STATES[state], target),)
    return (_message(form, sid),)


def read_form(body: bytes) -> dict[str, str]:
    """The fields of a form; the last of a name counts, as with the provider's own libraries. {} for what is
    none."""
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:  # no UTF-8, or more fields than any of its forms has
        return {}
    return {name: clean(value) for name, value in pairs}


def _event(kind: InboundKind, form: Mapping[str, str], *, id: str, **known: object) -> InboundEvent:
    ours, theirs = form.get("To"), form.get("From")
    number = theirs if theirs and _NUMBER.fullmatch(theirs) else None
    return InboundEvent(
        kind=kind,
        channel=SMS,
        account=ours,
        id=id,
        sender=number,
        phone=number,  # answers reach this number and no other
        **known,  # type: ignore[arg-type]  # the fields of an event, by name
    )


def _message(form: Mapping[str, str], sid: str) -> InboundEvent:
    text = form.get("Body", "").strip() or None
    media = _media(form)
    kind = InboundKind.TEXT if text else InboundKind.OTHER
    if media:
        kind = _KINDS.get((media[0].mime_type or "").partition("/")[0], InboundKind.DOCUMENT)
    return _event(kind, form, id=sid, text=text, attachments=media)


def _media(form: Mapping[str, str]) -> tuple[Attachment, ...]:
    found = []
    for number in range(_MOST_MEDIA):
        url, mime = form.get(f"MediaUrl{number}"), form.get(f"MediaContentType{number}")
        if url:
            found.append(Attachment(kind=(mime or "").partition("/")[0] or "file", url=url, mime_type=mime))
    return tuple(found)


def _report(form: Mapping[str, str], sid: str, state: str, target: str) -> InboundEvent:
    """Here the practice is `From` and the patient `To`."""
    code = form.get("ErrorCode", "")
    swapped = {**form, "To": form.get("From", ""), "From": form.get("To", "")}
    named = dict(parse_qsl(urlsplit(target).query)).get(OUR_ID, "")
    status = SendStatus(
        state=state,
        message_id=sid,
        outbox_id=named if _OUTBOX_ID.fullmatch(named) else None,
        error_code=int(code) if code.isdecimal() and len(code) < 7 else None,
    )
    return _event(InboundKind.STATUS, swapped, id=f"{sid}:{state}", status=status)
