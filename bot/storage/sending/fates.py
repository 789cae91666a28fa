"""What becomes of messages that a channel refused, in rows (`bot.domain.verdicts`): whether the refusal came
as an answer or, later, as a status. One transaction each: nothing of it is lost.
"""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, text, update

from bot.domain.conversation import Reply, SendAction, TemplateCall
from bot.domain.pipeline import OutboxState, StagedHandoff
from bot.domain.send_errors import action_of
from bot.domain.templates import Category, TemplateStatus
from bot.domain.verdicts import STOPPED_FOR, Verdict, verdict
from bot.domain.windows import Writer, writer_of
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.engine.statements import Prepared, upsert
from bot.storage.events.consents import SqlConsents
from bot.storage.sealing.rows import SealedRows, reply_from, reply_to_json
from bot.storage.sending.reaching import Reaching, wrote_at
from bot.storage.sending.templates import SqlTemplates
from bot.storage.tables import from_stamp, to_stamp
from bot.storage.turns.handoffs import SqlHandoffs

_contact = t.ContactRow.__table__  # type: ignore[attr-defined]
_conversation = t.ConversationRow.__table__  # type: ignore[attr-defined]
_outbox = t.OutboxRow.__table__  # type: ignore[attr-defined]

#: Why staff hear of a message that did not reach a patient.
NOT_DELIVERED, WINDOW_CLOSED = "not_delivered", "window_closed"
#: A message that waited longer than this for the patient to write has nothing to do with what they write.
_KEPT_FOR = timedelta(days=7)

#: What opens a chat again: contact, channel, language, moment -> a template, or None where there is none.
Reopening = Callable[[str, str, str, int], Reply | None]
#: What carries words into a chat that is closed: channel, language, words -> a template, or None.
Carrying = Callable[[str, str, str], Reply | None]

_MESSAGE = Prepared(
    select(_outbox, _contact.c.channel, _conversation.c.sealed.label("state_of_talk"))
    .join(_contact, _contact.c.id == _outbox.c.conversation)
    .join(_conversation, _conversation.c.id == _outbox.c.conversation)
    .where(_outbox.c.id == bindparam("row"))
)
_TALK = Prepared(
    select(_contact.c.channel, _conversation.c.sealed)
    .join(_conversation, _conversation.c.id == _contact.c.id)
    .where(_contact.c.id == bindparam("conversation"))
)
_SET = Prepared(
    update(_outbox)
    .where(
        _outbox.c.id == bindparam("row"),
        text("outbox.state IN ('queued', 'sending', 'uncertain', 'sent', 'failed')"),
    )
    .values(
        state=bindparam("new_state"),
        not_before=bindparam("at"),
        error_code=bindparam("code"),
        attempts=_outbox.c.attempts - bindparam("undone", type_=_outbox.c.attempts.type),
        # What comes of the next attempt has another id; nothing that is still said of this one counts for it.
        message_id=text("CASE WHEN :new_state IN ('queued', 'waiting') THEN NULL ELSE message_id END"),
        receipt=text("CASE WHEN :new_state IN ('queued', 'waiting') THEN 0 ELSE receipt END"),
    )
)
_RELEASE = Prepared(
    update(_outbox)
    .where(_outbox.c.conversation == bindparam("conversation"), text("outbox.state = 'waiting'"))
    .values(
        state=text("CASE WHEN outbox.created_at >= :oldest THEN 'queued' ELSE 'dropped' END"),
        not_before=bindparam("at"),
    )
)
_REOPEN = Prepared(upsert(_outbox).on_conflict_do_nothing(index_elements=["id"]))


class Fates:
    """Of one practice."""

    def __init__(
        self,
        database: Database,
        rows: SealedRows,
        *,
        handoffs: SqlHandoffs,
        reaching: Reaching,
        reopening: Reopening = lambda contact, channel, language, at: None,
    ) -> None:
        self._rows = rows
        self._practice = rows.practice
        self._handoffs = handoffs
        self._reaching = reaching
        self._consents = SqlConsents(database, rows.practice)
        self._templates = SqlTemplates(database, rows.practice)
        self.reopening = reopening
        self.carrying: Carrying = lambda channel, language, words: None

    def refused(
        self,
        connection: Connection,
        message: str,
        action: SendAction,
        *,
        at: int,
        code: int | None = None,
        retry_after: float | None = None,
    ) -> Verdict:
        row = _MESSAGE.first(connection, row=message)
        decided = verdict(action, attempts=row.attempts, code=code, retry_after=retry_after)
        _SET.run(
            connection,
            row=message,
            new_state=decided.state.value,
            at=at + _stamp(decided.after),
            code=code,
            undone=0 if decided.counts else 1,
        )
        reply = reply_from(self._rows.open(connection, row.conversation, row.sealed))
        if decided.marks_contact:
            self._reaching.refused(connection, row.conversation, at=at, code=code)
        if decided.stops_promotions:
            self._consents.say(connection, row.conversation, promotions=False, by=row.channel, at=at)
        if decided.template and reply.template:
            self._report(connection, row.channel, reply.template, decided, at)
        if decided.state is OutboxState.WAITING:
            self._reopen(connection, row, reply, at)
        elif decided.tell_staff:
            self._tell(connection, row, NOT_DELIVERED, at)
        return decided

    def failed_later(self, connection: Connection, message: str, code: int | None, *, at: int) -> Verdict:
        """A status says that a message which was accepted did not arrive. What is wrong with the account is
        not over in a second."""
        row = _MESSAGE.first(connection, row=message)
        action = action_of(row.channel, code) or SendAction.OUR_BUG
        concerns_all = action in (SendAction.STOP, SendAction.SLOW_DOWN)
        pause = STOPPED_FOR[0] if concerns_all else None
        return self.refused(connection, message, action, at=at, code=code, retry_after=pause)

    def given_up(self, connection: Connection, message: str, *, at: int) -> None:
        """Nobody knows whether it arrived, and nothing more is tried."""
        self._tell(connection, _MESSAGE.first(connection, row=message), NOT_DELIVERED, at)

    def carried(self, connection: Connection, conversation: str, words: str, *, at: int) -> Reply | None:
        """Words of ours within a template, for a chat that takes no others; None where there is none."""
        row = _TALK.first(connection, conversation=conversation)
        allowed = self._reaching.may(connection, conversation, writer=Writer.ASSISTANT, at=from_stamp(at))
        if Category.UTILITY not in allowed.templates:
            return None
        return self.carrying(row.channel, self._language(connection, conversation, row.sealed), words)

    def _language(self, connection: Connection, conversation: str, sealed: bytes | None) -> str:
        state = self._rows.open(connection, conversation, sealed) if sealed else {}
        return str(state.get("language") or "")

    def release(self, connection: Connection, conversation: str, *, at: int) -> bool:
        """The patient has written: what waited for that goes out. Whether there was anything."""
        oldest = at - _stamp(_KEPT_FOR)
        return _RELEASE.run(connection, conversation=conversation, at=at, oldest=oldest) > 0

    def _report(
        self, connection: Connection, channel: str, call: TemplateCall, decided: Verdict, at: int
    ) -> None:
        assert decided.template is not None
        status = TemplateStatus(
            channel=channel,
            name=call.name,
            language=call.language,
            state=decided.template,
            at=from_stamp(at),
            reason="refused when it was sent",
        )
        self._templates.report(connection, status)

    def _reopen(self, connection: Connection, row: Any, reply: Reply, at: int) -> None:
        """One template asks the patient to write, once for each window; where there is none, staff hear. A
        template that is itself refused so can only be our mistake."""
        language = self._language(connection, row.conversation, row.state_of_talk)
        template = None
        allowed = self._reaching.may(
            connection, row.conversation, writer=writer_of(row.author), at=from_stamp(at)
        )
        if reply.template is None and Category.UTILITY in allowed.templates:
            template = self.reopening(row.conversation, row.channel, language, at)
        if template is None:
            self._tell(connection, row, WINDOW_CLOSED, at)
            return
        opened = wrote_at(connection, row.conversation)
        id = uuid.uuid5(uuid.UUID(row.conversation), f"reopen {to_stamp(opened) if opened else 0}")
        _REOPEN.run(
            connection,
            id=str(id),
            practice=self._practice,
            conversation=row.conversation,
            author=row.author,
            exempt=True,
            emergency=False,
            notice=True,
            draft=None,
            sealed=self._rows.seal(connection, row.conversation, reply_to_json(template)),
            state=OutboxState.QUEUED.value,
            attempts=0,
            created_at=at,
            not_before=at,
            receipt=0,
        )

    def _tell(self, connection: Connection, row: Any, reason: str, at: int) -> None:
        """A note in the list, and one alert: a storm of them is told as one (`waiting.alerts`)."""
        staged = StagedHandoff(reason=reason, urgent=bool(row.emergency))
        self._handoffs.open(connection, row.conversation, staged, at=at)


def _stamp(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
