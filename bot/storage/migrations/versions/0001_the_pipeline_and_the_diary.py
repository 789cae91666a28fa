"""The pipeline and the diary."""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None

# Frozen here: a migration never changes with the code that came after it.
OVERLAP = """
CREATE TRIGGER {name} BEFORE {event} ON appointment
WHEN NEW.status IN ('held', 'requested', 'booked', 'arrived')
BEGIN
  SELECT RAISE(ABORT, 'opening_taken') WHERE EXISTS (
    SELECT 1 FROM appointment AS other
    WHERE other.practice = NEW.practice AND other.practitioner = NEW.practitioner
      AND other.id <> NEW.id AND other.status IN ('held', 'requested', 'booked', 'arrived')
      AND other.blocked_from < NEW.blocked_to AND other.blocked_from > NEW.blocked_from - 86400
      AND other.blocked_to > NEW.blocked_from
  );
END"""


def upgrade() -> None:
    op.create_table('alert',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('conversation', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('urgent', sa.Boolean(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('not_before', sa.BigInteger(), nullable=False),
    sa.Column('sent_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('alert', schema=None) as batch_op:
        batch_op.create_index('alert_waiting', ['practice'], unique=False, sqlite_where=sa.text('sent_at IS NULL'))

    op.create_table('appointment',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('practitioner', sa.String(), nullable=False),
    sa.Column('visit_type', sa.String(), nullable=False),
    sa.Column('starts_at', sa.BigInteger(), nullable=False),
    sa.Column('ends_at', sa.BigInteger(), nullable=False),
    sa.Column('blocked_from', sa.BigInteger(), nullable=False),
    sa.Column('blocked_to', sa.BigInteger(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('hold_until', sa.BigInteger(), nullable=True),
    sa.Column('hold_key', sa.String(), nullable=True),
    sa.Column('contact', sa.String(), nullable=True),
    sa.Column('patient_id', sa.String(), nullable=True),
    sa.Column('booking_key', sa.String(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("status <> 'held' OR hold_until IS NOT NULL", name='hold_runs_out'),
    sa.CheckConstraint("status IN ('held', 'requested', 'booked', 'arrived', 'done', 'cancelled', 'no_show')", name='status_is_known'),
    sa.CheckConstraint('blocked_from <= starts_at AND blocked_to >= ends_at', name='buffers_surround'),
    sa.CheckConstraint('blocked_to - blocked_from <= 86400', name='visit_fits_a_day'),
    sa.CheckConstraint('starts_at < ends_at', name='visit_has_length'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('practice', 'booking_key'),
    sa.UniqueConstraint('practice', 'hold_key')
    )
    with op.batch_alter_table('appointment', schema=None) as batch_op:
        batch_op.create_index('appointment_blocked', ['practice', 'practitioner', 'blocked_from'], unique=False)
        batch_op.create_index('appointment_contact', ['practice', 'contact'], unique=False)
        batch_op.create_index('appointment_holds', ['practice', 'hold_until'], unique=False, sqlite_where=sa.text("status = 'held'"))
        batch_op.create_index('appointment_starts', ['practice', 'starts_at'], unique=False)

    op.create_table('contact',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('informed_at', sa.BigInteger(), nullable=True),
    sa.Column('informed_of', sa.String(), nullable=True),
    sa.Column('informed_in', sa.String(), nullable=True),
    sa.Column('opted_out_at', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('contact_handle',
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('handle', sa.String(), nullable=False),
    sa.Column('contact', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('practice', 'handle')
    )
    op.create_table('conversation',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.Column('owner', sa.String(), nullable=False),
    sa.Column('owner_since', sa.BigInteger(), nullable=True),
    sa.Column('staff_wrote_at', sa.BigInteger(), nullable=True),
    sa.Column('claimed_by', sa.String(), nullable=True),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('handoff',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('conversation', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('urgent', sa.Boolean(), nullable=False),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.Column('taken_by', sa.String(), nullable=True),
    sa.Column('taken_at', sa.BigInteger(), nullable=True),
    sa.Column('closed_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('handoff', schema=None) as batch_op:
        batch_op.create_index('handoff_open', ['practice'], unique=False, sqlite_where=sa.text('closed_at IS NULL'))

    op.create_table('inbox',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('event', sa.String(), nullable=False),
    sa.Column('conversation', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('sent_at', sa.BigInteger(), nullable=False),
    sa.Column('received_at', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('turn', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('inbox', schema=None) as batch_op:
        batch_op.create_index('inbox_conversation', ['conversation'], unique=False)
        batch_op.create_index('inbox_once', ['practice', 'channel', 'account', 'event'], unique=True)
        batch_op.create_index('inbox_waiting', ['conversation'], unique=False, sqlite_where=sa.text("state = 'new'"))

    op.create_table('last_instant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('ledger',
    sa.Column('turn', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('conversation', sa.String(), nullable=False),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('arguments', sa.LargeBinary(), nullable=False),
    sa.Column('result', sa.LargeBinary(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('turn', 'number')
    )
    op.create_table('outbox',
    sa.Column('seq', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('conversation', sa.String(), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('exempt', sa.Boolean(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('not_before', sa.BigInteger(), nullable=False),
    sa.Column('sent_at', sa.BigInteger(), nullable=True),
    sa.Column('message_id', sa.String(), nullable=True),
    sa.Column('receipt', sa.Integer(), nullable=False),
    sa.Column('error_code', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('seq'),
    sa.UniqueConstraint('id'),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index('outbox_conversation', ['conversation'], unique=False)
        batch_op.create_index('outbox_message', ['message_id'], unique=False)
        batch_op.create_index('outbox_waiting', ['conversation', 'seq'], unique=False, sqlite_where=sa.text("state IN ('queued', 'sending', 'uncertain')"))

    op.create_table('patient',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('contact', sa.String(), nullable=True),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('patient', schema=None) as batch_op:
        batch_op.create_index('patient_contact', ['practice', 'contact'], unique=False)

    op.create_table('sealing_key',
    sa.Column('owner', sa.String(), nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('wrapped', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('owner')
    )
    op.create_table('turn',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('conversation', sa.String(), nullable=False),
    sa.Column('started_at', sa.BigInteger(), nullable=False),
    sa.Column('finished_at', sa.BigInteger(), nullable=True),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('turn', schema=None) as batch_op:
        batch_op.create_index('turn_conversation', ['conversation', 'started_at'], unique=False)

    if op.get_bind().dialect.name != 'sqlite':  # see 0010
        return
    for name, event in (
        ("appointment_overlap_insert", "INSERT"),
        ("appointment_overlap_update", "UPDATE OF id, practice, practitioner, blocked_from, blocked_to, status"),
    ):
        op.execute(OVERLAP.format(name=name, event=event))


def downgrade() -> None:
    with op.batch_alter_table('turn', schema=None) as batch_op:
        batch_op.drop_index('turn_conversation')

    op.drop_table('turn')
    op.drop_table('sealing_key')
    with op.batch_alter_table('patient', schema=None) as batch_op:
        batch_op.drop_index('patient_contact')

    op.drop_table('patient')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index('outbox_waiting', sqlite_where=sa.text("state IN ('queued', 'sending', 'uncertain')"))
        batch_op.drop_index('outbox_message')
        batch_op.drop_index('outbox_conversation')

    op.drop_table('outbox')
    op.drop_table('ledger')
    op.drop_table('last_instant')
    with op.batch_alter_table('inbox', schema=None) as batch_op:
        batch_op.drop_index('inbox_waiting', sqlite_where=sa.text("state = 'new'"))
        batch_op.drop_index('inbox_once')
        batch_op.drop_index('inbox_conversation')

    op.drop_table('inbox')
    with op.batch_alter_table('handoff', schema=None) as batch_op:
        batch_op.drop_index('handoff_open', sqlite_where=sa.text('closed_at IS NULL'))

    op.drop_table('handoff')
    op.drop_table('conversation')
    op.drop_table('contact_handle')
    op.drop_table('contact')
    with op.batch_alter_table('appointment', schema=None) as batch_op:
        batch_op.drop_index('appointment_starts')
        batch_op.drop_index('appointment_holds')
        batch_op.drop_index('appointment_contact')
        batch_op.drop_index('appointment_blocked')

    op.drop_table('appointment')
    with op.batch_alter_table('alert', schema=None) as batch_op:
        batch_op.drop_index('alert_waiting', sqlite_where=sa.text('sent_at IS NULL'))

    op.drop_table('alert')
