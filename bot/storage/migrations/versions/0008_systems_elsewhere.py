"""Visits in another practice system, and their keys; rooms; requests that replace visits."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0004'
branch_labels = None
depends_on = None

ACTIVE = "'held', 'requested', 'booked', 'arrived'"
ROOMS = """
CREATE TRIGGER {name} BEFORE {event} ON appointment
WHEN NEW.status IN ({active}) AND NEW.room IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'opening_taken') WHERE EXISTS (
    SELECT 1 FROM appointment AS other
    WHERE other.practice = NEW.practice AND other.room = NEW.room
      AND other.id <> NEW.id AND other.status IN ({active})
      AND other.blocked_from < NEW.blocked_to AND other.blocked_from > NEW.blocked_from - 86400
      AND other.blocked_to > NEW.blocked_from
  );
END"""
EVENTS = {
    'appointment_overlap_room_insert': 'INSERT',
    'appointment_overlap_room_update': 'UPDATE OF id, practice, room, blocked_from, blocked_to, status',
}


def upgrade() -> None:
    op.add_column('appointment', sa.Column('outside_ref', sa.String(), nullable=True))
    op.add_column('appointment', sa.Column('pinned_by', sa.String(), nullable=True))
    op.add_column('appointment', sa.Column('room', sa.String(), nullable=True))
    op.add_column('appointment', sa.Column('replaces', sa.String(), nullable=True))
    op.create_index('appointment_room', 'appointment', ['practice', 'room', 'blocked_from'], unique=False)
    if op.get_bind().dialect.name == 'sqlite':
        for name, event in EVENTS.items():
            op.execute(ROOMS.format(name=name, event=event, active=ACTIVE))
    op.create_index('appointment_outside', 'appointment', ['practice', 'outside_ref'], unique=False)
    op.create_table('outside_deed',
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('ref', sa.String(), nullable=True),
    sa.Column('about', sa.String(), nullable=True),
    sa.Column('hold', sa.String(), nullable=True),
    sa.Column('refusal', sa.String(), nullable=True),
    sa.Column('begun_at', sa.BigInteger(), nullable=False),
    sa.Column('settled_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('practice', 'key')
    )
    op.create_table('outside_cursor',
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('system', sa.String(), nullable=False),
    sa.Column('cursor', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('practice', 'system')
    )


def downgrade() -> None:
    op.drop_table('outside_cursor')
    op.drop_table('outside_deed')
    op.drop_index('appointment_outside', table_name='appointment')
    if op.get_bind().dialect.name == 'sqlite':
        for name in EVENTS:
            op.execute(f'DROP TRIGGER {name}')
    op.drop_index('appointment_room', table_name='appointment')
    for column in ('replaces', 'room', 'pinned_by'):
        op.drop_column('appointment', column)
    op.drop_column('appointment', 'outside_ref')
