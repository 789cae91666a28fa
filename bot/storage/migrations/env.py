"""Alembic's entry: migrations run on the connection that `upgrade` hands over."""

from alembic import context
from sqlmodel import SQLModel

from bot.storage import (
    desk_tables,
    diary_tables,
    intake_tables,
    outreach_tables,
    sending_tables,
    staff_tables,
    tables,
    visitor_tables,
)

# Imported for their tables.
__all__ = [
    "desk_tables",
    "diary_tables",
    "intake_tables",
    "outreach_tables",
    "sending_tables",
    "staff_tables",
    "tables",
    "visitor_tables",
]

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
