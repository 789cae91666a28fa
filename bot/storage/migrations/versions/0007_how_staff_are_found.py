"""Which languages people of the practice speak, whether they are away, and who they are for a sign-in service."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('staff', sa.Column('languages', sa.String(), nullable=False, server_default=''))
    op.add_column('staff', sa.Column('is_away', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('staff', sa.Column('subject', sa.String(), nullable=True))
    op.create_index('staff_subject', 'staff', ['practice', 'subject'], unique=True)


def downgrade() -> None:
    op.drop_index('staff_subject', table_name='staff')
    op.drop_column('staff', 'subject')
    op.drop_column('staff', 'is_away')
    op.drop_column('staff', 'languages')
