"""What a channel tells about the practice's own account: states of templates, and news for staff.

What says that nothing is wrong is only kept; what limits the practice becomes an alert, once for each notice.
"""

from sqlalchemy import Connection, insert

from bot.domain.conversation import InboundEvent
from bot.domain.handoff import AlertKind
from bot.domain.templates import Category, TemplateStatus, our_language, state_of
from bot.storage import tables as t
from bot.storage.engine.database import Database
from bot.storage.engine.statements import Prepared, upsert
from bot.storage.events.tables import ACCOUNT_NOTICE
from bot.storage.sealing.rows import SealedRows
from bot.storage.sending.templates import SqlTemplates
from bot.storage.tables import from_stamp

_alert = t.AlertRow.__table__  # type: ignore[attr-defined]

_SEE = Prepared(upsert(ACCOUNT_NOTICE).on_conflict_do_nothing())
#: Words of a notice by which nobody has to do anything.
_GOOD = frozenset(
    {
        *("APPROVED", "REINSTATED", "PENDING", "IN_APPEAL", "VERIFIED_ACCOUNT", "ACCOUNT_RECONNECTED"),
        *("UPGRADE", "ONBOARDING", "UNFLAGGED", "THROUGHPUT_UPGRADE", "GREEN", "CONNECTED", "REVOKED_APPEAL"),
        *("approved", "reserved", "DEFERRED", "PARTNER_ADDED", "AD_ACCOUNT_LINKED"),
    }
)
#: Where a notice says what happened, the most telling first.
_WORDS = (
    "event",
    "decision",
    "new_quality_score",
    "new_category",
    "alert_info.alert_type",
    "action",
    "status",
)
_NAMED = ("message_template_name", "restriction_info.0.restriction_type", "ban_info.waba_ban_state", "code")


class AccountNotices:
    """Of one practice; within somebody's unit of work."""

    def __init__(self, database: Database, rows: SealedRows) -> None:
        self._practice = rows.practice
        self._rows = rows
        self._templates = SqlTemplates(database, rows.practice)

    def take(self, connection: Connection, event: InboundEvent, at: int) -> bool:
        """Whether staff are to hear of it now. The same notice again changes nothing."""
        details = event.details
        said = next((details[name] for name in _WORDS if details.get(name)), "")
        named = [details[name] for name in _NAMED if details.get(name)]
        reason = " ".join([event.channel, details.get("field", "account"), said, *named])[:200]
        is_new = _SEE.run(
            connection,
            practice=self._practice,
            channel=event.channel,
            event=self._rows.hashed(event.id or ""),
            at=at,
            said=reason,
        )
        if not is_new:
            return False
        self._report_template(connection, event, at)
        if said in _GOOD:
            return False
        connection.execute(
            insert(_alert),
            {
                "practice": self._practice,
                "conversation": "",
                "reason": " ".join(reason.split()),
                "kind": AlertKind.ACCOUNT,
                "urgent": False,
                "attempts": 0,
                "begun": 0,
                "created_at": at,
                "not_before": at,
            },
        )
        return True

    def _report_template(self, connection: Connection, event: InboundEvent, at: int) -> None:
        details = event.details
        name, language = details.get("message_template_name"), details.get("message_template_language")
        state = state_of(details.get("event", ""))
        if details.get("field") != "message_template_status_update" or not (name and language and state):
            return
        category = details.get("message_template_category", "").lower()
        self._templates.report(
            connection,
            TemplateStatus(
                channel=event.channel,
                name=name,
                language=our_language(language),
                state=state,
                at=event.at or from_stamp(at),
                reason=details.get("reason", ""),
                category=Category(category) if category in set(Category) else None,
            ),
        )
