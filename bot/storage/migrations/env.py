"""Alembic's entry: migrations run on the connection that `upgrade` hands over."""

from alembic import context
from sqlmodel import SQLModel

from bot.storage import tables
from bot.storage.diary import tables as diary_tables
from bot.storage.events import tables as intake_tables
from bot.storage.events import visitor_tables
from bot.storage.inbox import staff_tables
from bot.storage.inbox import tables as desk_tables
from bot.storage.outreach import tables as outreach_tables
from bot.storage.rights import tables as rights_tables
from bot.storage.sending import tables as sending_tables

# Imported for their tables.
__all__ = [
    "desk_tables",
    "diary_tables",
    "intake_tables",
    "outreach_tables",
    "rights_tables",
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
