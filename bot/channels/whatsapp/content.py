"""What stands in one WhatsApp message: its kind, the patient's words, and all that a type says besides.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.channels.lenient import flat, identifier, mapping, objects, raw, read_object, words
from bot.channels.whatsapp.people import identity, phone_of
from bot.domain.conversation import Attachment, InboundKind, Referral

# Message type -> kind. The key of a message's content is its type; where `type` is missing, the key tells.
_KINDS: Mapping[str, InboundKind] = {
    "text": InboundKind.TEXT,
    "interactive": InboundKind.CHOICE,
    "button": InboundKind.CHOICE,  # the quick reply of a template
    "image": InboundKind.IMAGE,
    "audio": InboundKind.AUDIO,
    "voice": InboundKind.AUDIO,
    "video": InboundKind.VIDEO,
    "document": InboundKind.DOCUMENT,
    "sticker": InboundKind.STICKER,
    "location": InboundKind.LOCATION,
    "contacts": InboundKind.CONTACTS,
    "reaction": InboundKind.REACTION,
    "system": InboundKind.SYSTEM,
    "unsupported": InboundKind.UNSUPPORTED,
    "unknown": InboundKind.UNSUPPORTED,
    "order": InboundKind.ORDER,
    "edit": InboundKind.EDIT,
    "revoke": InboundKind.DELETION,
    "request_welcome": InboundKind.REFERRAL,  # the chat was opened for the first time; nothing was written
    "errors": InboundKind.UNSUPPORTED,  # no type and nothing but the reason
}
_FILES = frozenset({"image", "audio", "voice", "video", "document", "sticker"})
# Answers to what is neither our button nor our row.
_INTERACTIVE: Mapping[str, InboundKind] = {
    "nfm_reply": InboundKind.FLOW_REPLY,
    "call_permission_reply": InboundKind.CALL,
    "payment_method": InboundKind.ORDER,
}
_PHONE_LINE = re.compile(
    r"^TEL[^:\r\n]*?(?:;waid=([0-9]{7,15}))?[^:\r\n]*:([+0-9 ().-]{7,30})\s*$", re.M | re.I
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Named as in InboundEvent."""

    kind: InboundKind
    text: str | None = None
    payload: str | None = None
    phone: str | None = None
    about: str | None = None
    referral: Referral | None = None
    attachments: tuple[Attachment, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    raw: str | None = None


def read(message: Mapping[str, Any]) -> Content:
    """The content of one message, echoes and edits included."""
    named = message.get("type")
    found = named if isinstance(named, str) else next((key for key in _KINDS if message.get(key)), "")
    content = _of_type(found, message)
    if content.kind is InboundKind.TEXT and content.text is None:
        content = replace(content, kind=InboundKind.OTHER)
    if content.kind is InboundKind.CHOICE and content.payload is None:
        content = replace(content, kind=InboundKind.OTHER)
    context, group = mapping(message.get("context")), identifier(message.get("group_id"))
    more = {name: "true" for name in ("forwarded", "frequently_forwarded") if context.get(name) is True}
    more |= {f"product.{name}": text for name, text in flat(context.get("referred_product")).items()}
    more |= {"group": group} if group else {}
    return replace(
        content,
        about=content.about or identifier(context.get("id")),
        referral=_referral(mapping(message.get("referral"))),
        details={**content.details, **more},
        raw=raw(message) if content.kind is InboundKind.OTHER else None,
    )


def _of_type(found: str, message: Mapping[str, Any]) -> Content:
    kind, content = _KINDS.get(found, InboundKind.OTHER), mapping(message.get(found))
    match found:
        case "text":
            return Content(kind=kind, text=words(content.get("body")))
        case "button":
            return Content(kind=kind, text=words(content.get("text")), payload=words(content.get("payload")))
        case "interactive":
            return _interactive(content)
        case "location":
            return Content(kind=kind, details=flat(content))
        case "contacts":
            return _contacts(message)
        case "order":
            text = words(content.get("text"))
            return Content(kind=kind, text=text, details=flat({**content, "text": None}))
        case "reaction":
            sign = words(content.get("emoji"))
            about = identifier(content.get("message_id"))
            return Content(kind=kind, about=about, details={"emoji": sign} if sign else {})
        case "edit":
            inner = mapping(content.get("message"))
            again = "edit" in (inner.get("type"), *inner)  # nobody edits an edit, however deep it nests
            edited = Content(kind=kind) if again else replace(read(inner), kind=kind, raw=None)
            return replace(edited, about=identifier(content.get("original_message_id")))
        case "revoke":
            return Content(kind=kind, about=identifier(content.get("original_message_id")))
        case "system":
            return Content(kind=kind, details=_system(content))
        case "unsupported" | "unknown" | "errors":
            return Content(kind=kind, details=_unsupported(message))
        case "request_welcome":
            return Content(kind=kind, details={"type": found})
        case _ if found in _FILES:
            return _file(kind, found, content)
    return Content(kind=kind)


def _interactive(content: Mapping[str, Any]) -> Content:
    reply = mapping(content.get("button_reply")) or mapping(content.get("list_reply"))
    if reply:
        return Content(
            kind=InboundKind.CHOICE, text=words(reply.get("title")), payload=words(reply.get("id"))
        )
    named = next((key for key in _INTERACTIVE if key in content or content.get("type") == key), None)
    if named is None:
        return Content(kind=InboundKind.OTHER)
    given = mapping(content.get(named))
    if named != "nfm_reply":
        return Content(kind=_INTERACTIVE[named], details={"type": named} | flat(given))
    return _form(given)


def _form(given: Mapping[str, Any]) -> Content:
    """A form's answers come as JSON in a string. It may be broken, null, a list, or have no token."""
    written = given.get("response_json")
    answers = (
        read_object(written.encode("utf-8", "replace")) if isinstance(written, str) else mapping(written)
    )
    token = words(answers.get("flow_token")) or None
    said = flat({"form": given.get("name"), "answers": {**answers, "flow_token": None}})
    return Content(kind=InboundKind.FLOW_REPLY, payload=token, details=said)


def _contacts(message: Mapping[str, Any]) -> Content:
    """Cards of people. One that was sent because we asked for the sender's own number has it: WhatsApp makes
    that card itself. Any other card may be anybody's."""
    cards = objects(message.get("contacts"))
    phones = list(dict.fromkeys(phone for card in cards for phone in _phones(card)))
    origin = next((words(card.get("origin")) for card in cards if words(card.get("origin"))), None)
    names = [words(mapping(card.get("name")).get("formatted_name")) for card in cards]
    details = {
        "origin": origin,
        "phones": ", ".join(phones[:10]),
        "names": ", ".join(name for name in names[:10] if name)[:300],
    }
    own = origin == "contact_request" and len(phones) == 1
    return Content(
        kind=InboundKind.CONTACTS,
        phone=phones[0] if own else None,
        details={name: text for name, text in details.items() if text},
    )


def _phones(card: Mapping[str, Any]) -> list[str]:
    """E.164, of the fields, or else of the vCard's lines."""
    listed = [
        phone
        for each in objects(card.get("phones"))
        if (phone := _phone(each.get("wa_id"), each.get("phone")))
    ]
    lines = _PHONE_LINE.findall((words(card.get("vcard")) or "")[:20_000])
    return listed or [phone for known, written in lines if (phone := _phone(known, written))]


def _phone(known: object, written: object) -> str | None:
    """WhatsApp's own id of a number, or the number as it is written, where that names its country."""
    own = phone_of(identity(known) or "")
    number = re.sub(r"[ ().-]", "", words(written) or "")
    return own or (phone_of(number) if number.startswith("+") else None)


def _system(content: Mapping[str, Any]) -> dict[str, str]:
    """`moved_to` is the number that the person has now. Its sentence names people, and is left out."""
    details = flat({**content, "body": None})
    now = identity(content.get("wa_id") or content.get("new_wa_id"))
    if now and str(content.get("type", "")).endswith("changed_number"):
        details["moved_to"] = now
    return details


def _unsupported(message: Mapping[str, Any]) -> dict[str, str]:
    """What it would have been, and Meta's reason."""
    code = next((error.get("code") for error in objects(message.get("errors"))), None)
    return flat({"type": mapping(message.get("unsupported")).get("type"), "code": code})


def _file(kind: InboundKind, found: str, content: Mapping[str, Any]) -> Content:
    file = Attachment(
        kind=found,
        id=identifier(content.get("id")),
        url=words(content.get("url")),
        mime_type=words(content.get("mime_type")),
        sha256=identifier(content.get("sha256")),
        filename=words(content.get("filename")),
        voice=content.get("voice") is True or found == "voice",
    )
    return Content(
        kind=kind,
        text=words(content.get("caption")),
        attachments=(file,) if file.id or file.url else (),
    )


def _referral(content: Mapping[str, Any]) -> Referral | None:
    """An advert that opens a chat. There is no `ref`: what was promised stands in `welcome_message`."""
    found = Referral(
        ref=words(content.get("ref")) or None,
        source=words(content.get("source_type")) or None,
        advert=identifier(content.get("source_id")),
        link=(words(content.get("source_url")) or "")[:1000] or None,
        headline=(words(content.get("headline")) or "")[:300] or None,
        click=identifier(content.get("ctwa_clid")),
    )
    return found if found != Referral() else None
