"""Messages that were set aside are found; who was told that we were late; when a database came from a copy."""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('conversation', sa.Column('told_late_at', sa.BigInteger(), nullable=True))
    op.add_column('inbox', sa.Column('replays', sa.Integer(), server_default='0', nullable=False))
    op.create_index(
        'inbox_set_aside',
        'inbox',
        ['practice'],
        sqlite_where=sa.text("state = 'dead'"),
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.create_table('restoration',
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('taken_at', sa.BigInteger(), nullable=False),
    sa.Column('restored_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('practice', 'restored_at')
    )


def downgrade() -> None:
    op.drop_table('restoration')
    op.drop_index('inbox_set_aside', 'inbox')
    op.drop_column('inbox', 'replays')
    op.drop_column('conversation', 'told_late_at')
