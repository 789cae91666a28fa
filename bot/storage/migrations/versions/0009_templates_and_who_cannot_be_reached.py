"""What Meta says of templates, and which contacts a channel could not reach."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('template',
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('category', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('practice', 'channel', 'name', 'language')
    )
    op.add_column('contact', sa.Column('refused_at', sa.BigInteger(), nullable=True))
    op.add_column('contact', sa.Column('refused_for', sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column('contact', 'refused_for')
    op.drop_column('contact', 'refused_at')
    op.drop_table('template')
