"""Visits in another practice system: which is which, and writes by their keys."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('appointment', sa.Column('outside_ref', sa.String(), nullable=True))
    op.add_column('appointment', sa.Column('pinned_by', sa.String(), nullable=True))
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
    op.drop_column('appointment', 'pinned_by')
    op.drop_column('appointment', 'outside_ref')
