"""What of an event is sealed in its inbox row, and read from there again."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, bindparam, select

from bot.domain.conversation import Attachment, Choice, InboundEvent
from bot.domain.heard import NOTHING_BESIDE, Beside, Quoted
from bot.storage import tables as t
from bot.storage.engine.statements import Prepared
from bot.storage.sealing.rows import SealedRows

_inbox = t.InboxRow.__table__  # type: ignore[attr-defined]
_outbox = t.OutboxRow.__table__  # type: ignore[attr-defined]

_OURS = Prepared(
    select(_outbox.c.seq, _outbox.c.sealed).where(
        _outbox.c.message_id == bindparam("message"), _outbox.c.conversation == bindparam("conversation")
    )
)
_NEXT_OF_OURS = Prepared(
    select(_outbox.c.seq)
    .where(
        _outbox.c.conversation == bindparam("conversation"),
        _outbox.c.seq > bindparam("seq"),
        _outbox.c.message_id.is_not(None),
    )
    .limit(1)
)
_THEIRS = Prepared(
    select(_inbox.c.sealed).where(
        _inbox.c.event == bindparam("message"), _inbox.c.conversation == bindparam("conversation")
    )
)


def words_of(event: InboundEvent, *, about: str | None) -> dict[str, Any]:
    """Ready for JSON; what is empty is left out. `about` is the keyed hash of a message's id."""
    referral = event.referral
    more: dict[str, Any] = {
        "about": about,
        "came_by": [name for name in (referral.ref, referral.advert) if name] if referral else [],
        "details": dict(event.details),
        "files": [_full(asdict(each)) for each in event.attachments],
        "message": event.id if event.attachments else None,  # by which some channels give the files
    }
    return {"text": event.text, "payload": event.payload} | {k: each for k, each in more.items() if each}


def files_of(words: Mapping[str, Any]) -> tuple[Attachment, ...]:
    return tuple(Attachment(**each) for each in words.get("files", ()))


def beside(connection: Connection, rows: SealedRows, conversation: str, words: Mapping[str, Any]) -> Beside:
    """What stood beside the words of this inbox row."""
    if not words.keys() & {"about", "came_by", "details"}:
        return NOTHING_BESIDE
    about = words.get("about")
    return Beside(
        quoted=quoted(connection, rows, conversation, about) if about else None,
        came_by=tuple(words.get("came_by", ())),
        details=words.get("details", {}),
    )


def quoted(connection: Connection, rows: SealedRows, conversation: str, about: str) -> Quoted | None:
    """The message of this conversation with that hash; None when it is not known, or its words are gone."""
    ours = _OURS.first(connection, message=about, conversation=conversation)
    if ours is not None:
        content = rows.open(connection, conversation, ours.sealed)
        later = _NEXT_OF_OURS.scalar(connection, conversation=conversation, seq=ours.seq)
        choices = (Choice(title=each[0], payload=each[1], description=each[2]) for each in content["choices"])
        return Quoted(is_ours=True, text=content["text"], choices=tuple(choices), is_latest=later is None)
    theirs = _THEIRS.scalar(connection, message=about, conversation=conversation)
    if theirs is None:
        return None
    text = rows.open(connection, conversation, theirs).get("text")
    return Quoted(is_ours=False, text=text) if text else None


def _full(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in values.items() if each}
