"""Visits that patients move or cancel, and patients found by their phone."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Plain ALTER TABLE: rebuilding the table would drop the triggers that keep visits apart.
    op.add_column('appointment', sa.Column('change_key', sa.String(), nullable=True))
    op.add_column('appointment', sa.Column('cancel_reason', sa.String(), nullable=True))
    op.add_column('patient', sa.Column('phone_handle', sa.String(), nullable=True))
    op.create_index('patient_phone', 'patient', ['practice', 'phone_handle'], unique=False)


def downgrade() -> None:
    op.drop_index('patient_phone', 'patient')
    op.drop_column('patient', 'phone_handle')
    op.drop_column('appointment', 'cancel_reason')
    op.drop_column('appointment', 'change_key')
