"""Files that patients send."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('media',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('conversation', sa.String(), nullable=False),
    sa.Column('inbox', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('why', sa.String(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_at', sa.BigInteger(), nullable=False),
    sa.Column('received_at', sa.BigInteger(), nullable=False),
    sa.Column('facts', sa.LargeBinary(), nullable=True),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('media_once', 'media', ['practice', 'inbox', 'place'], unique=True)
    waiting, kept = sa.text("state = 'waiting'"), sa.text("state = 'kept'")
    op.create_index('media_waiting', 'media', ['practice', 'next_at'],
    sqlite_where=waiting, postgresql_where=waiting)
    op.create_index('media_kept', 'media', ['practice', 'received_at'],
    sqlite_where=kept, postgresql_where=kept)
    op.create_index('media_conversation', 'media', ['conversation'])
    files = sa.text("kind IN ('image', 'audio', 'video', 'document', 'sticker')")
    op.create_index('inbox_files', 'inbox', ['practice', 'received_at'],
    sqlite_where=files, postgresql_where=files)


def downgrade() -> None:
    op.drop_index('inbox_files', 'inbox')
    op.drop_table('media')
