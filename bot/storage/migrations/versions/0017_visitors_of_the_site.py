"""Visits that began in the chat on the practice's own site."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visitor",
        sa.Column("practice", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("practice", "id"),
    )
    op.create_index("visitor_origin", "visitor", ["practice", "origin", "began_at"])


def downgrade() -> None:
    op.drop_table("visitor")
