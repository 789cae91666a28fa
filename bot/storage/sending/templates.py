"""What channels report of templates, and what is known of each (`bot.domain.templates`)."""

from sqlalchemy import Connection, select, text

from bot.domain.templates import Category, TemplateState, TemplateStatus
from bot.storage.engine.database import Database
from bot.storage.engine.statements import Prepared, upsert
from bot.storage.sending.tables import TEMPLATE
from bot.storage.tables import from_stamp, to_stamp

_REPORTED = upsert(TEMPLATE)
_REPORT = Prepared(
    _REPORTED.on_conflict_do_update(
        index_elements=["practice", "channel", "name", "language"],
        set_={
            "state": _REPORTED.excluded.state,
            "at": _REPORTED.excluded.at,
            "reason": _REPORTED.excluded.reason,
            "category": text("coalesce(excluded.category, template.category)"),
        },
        where=text("template.at <= excluded.at"),  # events come in any order
    )
)


class SqlTemplates:
    """Of one practice."""

    def __init__(self, database: Database, practice: str) -> None:
        self._database = database
        self._practice = practice

    def known(self, connection: Connection) -> tuple[TemplateStatus, ...]:
        rows = connection.execute(select(TEMPLATE).where(TEMPLATE.c.practice == self._practice))
        return tuple(
            TemplateStatus(
                channel=row.channel,
                name=row.name,
                language=row.language,
                state=TemplateState(row.state),
                at=from_stamp(row.at),
                reason=row.reason,
                category=Category(row.category) if row.category else None,
            )
            for row in rows
        )

    def report(self, connection: Connection, status: TemplateStatus) -> None:
        """Unless something newer is known."""
        _REPORT.run(
            connection,
            practice=self._practice,
            channel=status.channel,
            name=status.name,
            language=status.language,
            state=status.state.value,
            at=to_stamp(status.at),
            reason=status.reason,
            category=status.category.value if status.category else None,
        )

    async def all(self) -> tuple[TemplateStatus, ...]:
        return await self._database.read(self.known)

    def all_now(self) -> tuple[TemplateStatus, ...]:
        """As `all`, for a start: blocks."""
        return self._database.read_now(self.known)

    async def note(self, status: TemplateStatus) -> None:
        await self._database.write(lambda connection: self.report(connection, status))

    def note_now(self, status: TemplateStatus) -> None:
        """As `note`, for the command line: blocks."""
        self._database.write_now(lambda connection: self.report(connection, status))
