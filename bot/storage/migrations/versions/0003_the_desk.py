"""The desk: promises, reminders, notes, tags, snoozing, and the trail of who did what."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

# Frozen here: a migration never changes with the code that came after it.
TRIGGER = """
CREATE TRIGGER {name} BEFORE {event} ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit trail only grows');
END"""

COLUMNS: 'tuple[tuple[str, sa.Column[Any]], ...]' = (
    ('conversation', sa.Column('snoozed_until', sa.BigInteger(), nullable=True)),
    ('outbox', sa.Column('emergency', sa.Boolean(), nullable=False, server_default='0')),
    ('handoff', sa.Column('due_at', sa.BigInteger(), nullable=True)),
    ('handoff', sa.Column('apologised_at', sa.BigInteger(), nullable=True)),
    ('handoff', sa.Column('answered_at', sa.BigInteger(), nullable=True)),
    ('handoff', sa.Column('answered_by', sa.String(), nullable=True)),
    ('handoff', sa.Column('closed_by', sa.String(), nullable=True)),
    ('handoff', sa.Column('outcome', sa.String(), nullable=True)),
    ('alert', sa.Column('handoff', sa.Integer(), nullable=True)),
    ('alert', sa.Column('kind', sa.String(), nullable=False, server_default='new')),
    ('alert', sa.Column('begun', sa.Integer(), nullable=False, server_default='0')),
    ('alert', sa.Column('void_at', sa.BigInteger(), nullable=True)),
)


def upgrade() -> None:
    for table, column in COLUMNS:
        op.add_column(table, column)
    op.create_table('note',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('conversation', sa.String(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('mentions', sa.String(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('note_conversation', 'note', ['conversation'], unique=False)
    op.create_table('tag',
    sa.Column('conversation', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('conversation', 'name')
    )
    op.create_table('audit',
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('deed', sa.String(), nullable=False),
    sa.Column('conversation', sa.String(), nullable=True),
    sa.Column('detail', sa.String(), nullable=False),
    sa.Column('seal', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('practice', 'number')
    )
    op.create_index('audit_conversation', 'audit', ['conversation'], unique=False)
    op.create_table('audit_end',
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('seal', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('practice')
    )
    if op.get_bind().dialect.name != 'sqlite':  # see 0010
        return
    op.execute(TRIGGER.format(name='audit_is_not_changed', event='UPDATE'))
    op.execute(TRIGGER.format(name='audit_is_not_shortened', event='DELETE'))


def downgrade() -> None:
    for name in ('audit_end', 'audit', 'tag', 'note'):
        op.drop_table(name)
    for table, column in COLUMNS:
        op.drop_column(table, column.name)
