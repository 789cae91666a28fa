"""What the assistant only suggests, and the switches that silence it."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('draft',
    sa.Column('turn', sa.String(), nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('conversation', sa.String(), nullable=False),
    sa.Column('flow', sa.String(), nullable=False),
    sa.Column('before', sa.LargeBinary(), nullable=True),
    sa.Column('wrote', sa.Boolean(), nullable=False),
    sa.Column('informed', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('fate', sa.String(), nullable=True),
    sa.Column('decided_at', sa.BigInteger(), nullable=True),
    sa.Column('decided_by', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('turn')
    )
    op.create_index('draft_conversation', 'draft', ['conversation'], unique=False)
    op.create_index('draft_decided', 'draft', ['practice', 'flow', 'decided_at'], unique=False)
    op.create_table('switch',
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('is_on', sa.Boolean(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('practice', 'name')
    )
    op.add_column('conversation', sa.Column('draft', sa.String(), nullable=True))
    op.add_column('outbox', sa.Column('draft', sa.String(), nullable=True))
    op.add_column('outbox', sa.Column('notice', sa.Boolean(), nullable=False, server_default='0'))


def downgrade() -> None:
    op.drop_column('outbox', 'notice')
    op.drop_column('outbox', 'draft')
    op.drop_column('conversation', 'draft')
    op.drop_table('switch')
    op.drop_table('draft')
