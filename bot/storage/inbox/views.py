"""What a patient sent, as staff see it: words, what they answer to, what was changed, what a form says."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from bot.domain.channels import ELSEWHERE
from bot.domain.conversation import InboundKind
from bot.domain.pipeline import OWN_KINDS, PAST_KINDS
from bot.service.inbox.desk import Author, FileView, MessageView
from bot.storage.events.words import quoted
from bot.storage.sealing.rows import SealedRows
from bot.storage.tables import from_stamp

#: Nothing that somebody said.
_UNSEEN = frozenset(
    {InboundKind.OPTIN, InboundKind.HANDOVER, InboundKind.READ, InboundKind.DELETION, *OWN_KINDS}
)
_ONLY_WITH_WORDS = frozenset({InboundKind.SYSTEM})
_ANSWERS = "answers."
_KNOWN = frozenset(InboundKind)
_LONGEST_QUOTE = 200


def patient_view(
    connection: Connection, rows: SealedRows, row: Any, *, files: tuple[FileView, ...] = ()
) -> MessageView | None:
    """None for what is not to be seen: an edit of words that stand there as they are now, for one."""
    if row.kind in _UNSEEN:
        return None
    words = rows.open(connection, row.conversation, row.sealed)
    is_past = row.kind in PAST_KINDS
    kind = words["details"]["type"] if is_past else row.kind
    text = _text(kind, words)
    if row.kind in _ONLY_WITH_WORDS and not text:
        return None
    about = words.get("about")
    original = quoted(connection, rows, row.conversation, about) if about else None
    if row.kind == InboundKind.EDIT and (original is None or original.text == text):
        return None
    is_echo = words["details"]["from"] == "practice" if is_past else row.kind == InboundKind.ECHO
    return MessageView(
        id=f"in-{row.id}",
        at=from_stamp(row.sent_at if is_past else row.received_at),
        author=Author.STAFF if is_echo else Author.PATIENT,
        by=ELSEWHERE.get(row.channel, row.channel) if is_echo else None,
        text=text,
        kind=_kind(kind, words),
        files=files,
        quoted=original.text[:_LONGEST_QUOTE] if original else "",
        is_edited="before" in words,
    )


def _kind(kind: str, words: Mapping[str, Any]) -> str:
    if words.get("deleted"):
        return "deleted"
    if kind == InboundKind.PREFERENCES:
        wish = words.get("details", {}).get("value")
        return f"preferences_{'stop' if wish == 'stop' else 'resume'}"
    return kind if kind in _KNOWN else InboundKind.UNSUPPORTED


def _text(kind: str, words: Mapping[str, Any]) -> str:
    details: Mapping[str, str] = words.get("details", {})
    text = words.get("text") or ""
    match kind:
        case InboundKind.REACTION:
            return details.get("emoji", "")
        case InboundKind.FLOW_REPLY:
            answers = [(name.removeprefix(_ANSWERS), said) for name, said in details.items()]
            return "\n".join(f"{name}: {said}" for name, said in answers if name != "form")
        case InboundKind.ORDER:
            lines = [f"{name.removeprefix('product_items.')}: {said}" for name, said in details.items()]
            return "\n".join([text, *lines] if text else lines)
        case InboundKind.CONTACTS:
            return ", ".join(details[name] for name in ("names", "phones") if name in details)
        case InboundKind.LOCATION:
            place = [details[name] for name in ("name", "address") if name in details]
            spot = [details[name] for name in ("latitude", "longitude") if name in details]
            return ", ".join(place or spot)
    return text
