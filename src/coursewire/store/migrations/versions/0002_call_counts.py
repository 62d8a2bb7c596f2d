"""Counts of each token's calls, in place of an index of tokens in the call log."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger()
# What is in the log already is counted as `store/call_counts.py` counts what comes.
_COUNT = """
INSERT INTO call_counts (token_handle, period, calls, refused)
SELECT token_handle, time_ms / 10000, count(*), sum(CASE WHEN outcome = 'ok' THEN 0 ELSE 1 END)
FROM calls WHERE token_handle <> '' GROUP BY token_handle, time_ms / 10000
"""


def upgrade() -> None:
    """Create the table and fill it from the log."""
    op.create_table(
        "call_counts",
        sa.Column("token_handle", TEXT, nullable=False),
        sa.Column("period", NUMBER, autoincrement=False, nullable=False),
        sa.Column("calls", NUMBER, server_default="0", nullable=False),
        sa.Column("refused", NUMBER, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("token_handle", "period", name=op.f("pk_call_counts")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_call_counts_period", "call_counts", ["period"], unique=False)
    op.execute(_COUNT)
    op.drop_index("ix_calls_token", "calls")


def downgrade() -> None:
    """Put the index in the place of the counts."""
    op.create_index("ix_calls_token", "calls", ["token_handle", "time_ms"], unique=False)
    op.drop_table("call_counts")
