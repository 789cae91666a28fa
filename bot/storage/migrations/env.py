"""Alembic's entry: migrations run on the connection that `upgrade` hands over."""

from alembic import context
from sqlmodel import SQLModel

from bot.storage import desk_tables, diary_tables, staff_tables, tables

__all__ = ["desk_tables", "diary_tables", "staff_tables", "tables"]  # imported for their tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
