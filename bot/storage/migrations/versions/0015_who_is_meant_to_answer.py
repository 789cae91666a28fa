"""Who was chosen to answer first; who looks at what, where several servers have pages open."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("handoff", sa.Column("meant_for", sa.String(), nullable=True))
    op.add_column("handoff", sa.Column("meant_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "presence",
        sa.Column("practice", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("is_writing", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("practice", "who", "page"),
    )


def downgrade() -> None:
    op.drop_table("presence")
    op.drop_column("handoff", "meant_at")
    op.drop_column("handoff", "meant_for")
