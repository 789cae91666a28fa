"""People of the practice who sign in."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('staff',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('folded_name', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('password', sa.String(), nullable=True),
    sa.Column('sealed_code', sa.LargeBinary(), nullable=True),
    sa.Column('code_step', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('disabled_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('staff_name', 'staff', ['practice', 'folded_name'], unique=True)
    op.create_table('staff_link',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('key')
    )
    op.create_table('staff_session',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=True),
    sa.Column('who', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.Column('active_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('key')
    )
    op.create_index('staff_session_person', 'staff_session', ['person'], unique=False)
    op.create_table('staff_try',
    sa.Column('practice', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('last_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('practice', 'key')
    )


def downgrade() -> None:
    for name in ('staff_try', 'staff_session', 'staff_link', 'staff'):
        op.drop_table(name)
