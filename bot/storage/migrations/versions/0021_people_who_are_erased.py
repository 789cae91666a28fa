"""What is left where somebody was erased: a number, and for a week hashes of messages that may be repeated."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("practice", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("practice"),
    )
    op.create_table(
        "erased_event",
        sa.Column("practice", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("practice", "event"),
    )


def downgrade() -> None:
    op.drop_table("erased_event")
    op.drop_table("erasure")
