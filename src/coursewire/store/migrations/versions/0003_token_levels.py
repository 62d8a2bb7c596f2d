"""What tokens with a rate may still call at once, for all processes and machines."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; until now each process kept this to itself."""
    op.create_table(
        "token_levels",
        sa.Column("token_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("full_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_token_levels")),
    )


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("token_levels")
