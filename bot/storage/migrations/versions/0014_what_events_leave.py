"""Wishes about promotions, where people came from, what nobody could read, what was changed afterwards."""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('consent',
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('contact', sa.String(), nullable=False),
    sa.Column('topic', sa.String(), nullable=False),
    sa.Column('given', sa.Boolean(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('practice', 'contact', 'topic')
    )
    op.create_table('arrival',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('conversation', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('is_new', sa.Boolean(), nullable=False),
    sa.Column('ref', sa.String(), nullable=True),
    sa.Column('source', sa.String(), nullable=True),
    sa.Column('advert', sa.String(), nullable=True),
    sa.Column('headline', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index('arrival_at', 'arrival', ['practice', 'at'])
    op.create_table('unread_event',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('event', sa.String(), nullable=False),
    sa.Column('shape', sa.String(), nullable=False),
    sa.Column('owner', sa.String(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('received_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index('unread_event_once', 'unread_event', ['practice', 'channel', 'event'], unique=True)
    op.create_index('unread_event_at', 'unread_event', ['practice', 'received_at'])
    op.create_table('inbox_about',
    sa.Column('inbox', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('about', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('inbox')
    )
    op.create_index('inbox_about_message', 'inbox_about', ['practice', 'about'])
    op.create_table('account_notice',
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('event', sa.String(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('said', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('practice', 'channel', 'event')
    )


def downgrade() -> None:
    for table in ('account_notice', 'inbox_about', 'unread_event', 'arrival', 'consent'):
        op.drop_table(table)
