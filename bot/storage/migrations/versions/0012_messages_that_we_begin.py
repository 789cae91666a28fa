"""Messages that the practice begins, patients to be called, and who said that they come."""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0013'
branch_labels = None
depends_on = None


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    op.create_table('outreach',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('rule', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('anchor', sa.BigInteger(), nullable=False),
    sa.Column('visits', sa.String(), nullable=False),
    sa.Column('contact', sa.String(), nullable=True),
    sa.Column('patient', sa.String(), nullable=True),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('too_late_at', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('leased_until', sa.BigInteger(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('outbox', sa.String(), nullable=True),
    sa.Column('channel', sa.String(), nullable=True),
    sa.Column('sent_at', sa.BigInteger(), nullable=True),
    sa.Column('answer', sa.String(), nullable=True),
    sa.Column('answered_at', sa.BigInteger(), nullable=True),
    sa.Column('answered_by', sa.BigInteger(), nullable=True),
    sa.Column('call_at', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('practice', 'rule', 'subject', 'version', name='outreach_once')
    )
    _partial('outreach_due', 'outreach', ['practice', 'due_at'], "state = 'planned'")
    op.create_index('outreach_planned', 'outreach', ['practice', 'rule', 'anchor'])
    op.create_index('outreach_sent', 'outreach', ['practice', 'rule', 'sent_at'])
    op.create_index('outreach_contact', 'outreach', ['contact', 'sent_at'])
    op.create_index('outreach_outbox', 'outreach', ['outbox'])
    _partial('outreach_silent', 'outreach', ['practice', 'call_at'], 'call_at IS NOT NULL')
    op.create_table('call_task',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('rule', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('contact', sa.String(), nullable=True),
    sa.Column('patient', sa.String(), nullable=True),
    sa.Column('visits', sa.String(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('settled_at', sa.BigInteger(), nullable=True),
    sa.Column('settled_by', sa.String(), nullable=True),
    sa.Column('outcome', sa.String(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('tried_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    _partial('call_task_open', 'call_task', ['practice', 'created_at'], 'settled_at IS NULL')
    op.create_index('call_task_settled', 'call_task', ['practice', 'settled_at'])
    op.create_table('never_write',
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('who', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('practice', 'who')
    )
    op.create_table('outreach_fact',
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('patient', sa.String(), nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint('practice', 'kind', 'patient')
    )
    op.create_index('outreach_fact_kind', 'outreach_fact', ['practice', 'kind', 'since'])
    op.add_column('appointment', sa.Column('confirmed_at', sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column('appointment', 'confirmed_at')
    for table in ('outreach_fact', 'never_write', 'call_task', 'outreach'):
        op.drop_table(table)
