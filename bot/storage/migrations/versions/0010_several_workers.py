"""Several workers on one database, and what PostgreSQL itself sees to.

There, visits of one practitioner are kept apart by an exclusion constraint, and the audit trail only grows by a
trigger; SQLite has had its own triggers for both since 0001 and 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0007'
branch_labels = None
depends_on = None

# Frozen here: a migration never changes with the code that came after it.
ACTIVE = "status IN ('held', 'requested', 'booked', 'arrived')"
PARTIAL = (
    ('alert_waiting', 'alert', 'practice', 'sent_at IS NULL'),
    ('appointment_holds', 'appointment', 'practice, hold_until', "status = 'held'"),
    ('handoff_open', 'handoff', 'practice', 'closed_at IS NULL'),
    ('inbox_waiting', 'inbox', 'conversation', "state = 'new'"),
    ('outbox_waiting', 'outbox', 'conversation, seq', "state IN ('queued', 'sending', 'uncertain')"),
)


def upgrade() -> None:
    op.create_table('worker',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('started_at', sa.BigInteger(), nullable=False),
    sa.Column('seen_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', 'practice')
    )
    if op.get_bind().dialect.name != 'postgresql':
        return
    for name, table, columns, where in PARTIAL:
        op.execute(f'DROP INDEX {name}')
        op.execute(f'CREATE INDEX {name} ON {table} ({columns}) WHERE {where}')
    op.execute('CREATE EXTENSION IF NOT EXISTS btree_gist')
    op.execute(
        'ALTER TABLE appointment ADD CONSTRAINT opening_taken EXCLUDE USING gist (practice WITH =,'
        f' practitioner WITH =, int8range(blocked_from, blocked_to) WITH &&) WHERE ({ACTIVE})'
    )
    op.execute(
        'ALTER TABLE appointment ADD CONSTRAINT opening_taken_room EXCLUDE USING gist (practice WITH =,'
        f' room WITH =, int8range(blocked_from, blocked_to) WITH &&) WHERE ({ACTIVE} AND room IS NOT NULL)'
    )
    op.execute(
        "CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'the audit trail only grows'; END $$"
    )
    op.execute(
        'CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE ON audit'
        ' FOR EACH ROW EXECUTE FUNCTION audit_only_grows()'
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('DROP TRIGGER audit_only_grows ON audit')
        op.execute('DROP FUNCTION audit_only_grows')
        op.execute('ALTER TABLE appointment DROP CONSTRAINT opening_taken_room')
        op.execute('ALTER TABLE appointment DROP CONSTRAINT opening_taken')
    op.drop_table('worker')
