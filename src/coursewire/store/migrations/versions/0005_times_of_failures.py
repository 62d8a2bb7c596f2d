"""When each failed log-in was, in place of how many there were since the first of them."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger()
_COUNTERS = "login_failures"
# All were as early as the first: they count as long as they would have.
_FROM_COUNT = """
UPDATE login_failures SET failed_at =
CASE WHEN failures > 0 THEN '[[' || window_start || ',' || failures || ']]' ELSE '[]' END
"""
_counters = sa.table(
    _COUNTERS,
    sa.column("rule", sa.Text()),
    sa.column("key", sa.Text()),
    sa.column("failed_at", sa.Text()),
    sa.column("failures", NUMBER),
    sa.column("window_start", NUMBER),
)


def upgrade() -> None:
    """Keep the times, and the last of them where the start of the count was."""
    op.add_column(_COUNTERS, sa.Column("failed_at", TEXT, server_default="[]", nullable=False))
    op.execute(_FROM_COUNT)
    op.drop_index("ix_login_failures_window", _COUNTERS)
    op.drop_column(_COUNTERS, "failures")
    op.alter_column(_COUNTERS, "window_start", new_column_name="last_failure")
    op.create_index("ix_login_failures_last", _COUNTERS, ["last_failure"], unique=False)


def downgrade() -> None:
    """Count the times again, from the first of them."""
    op.drop_index("ix_login_failures_last", _COUNTERS)
    op.alter_column(_COUNTERS, "last_failure", new_column_name="window_start")
    op.add_column(_COUNTERS, sa.Column("failures", NUMBER, server_default="0", nullable=False))
    connection = op.get_bind()
    old = _counters.c
    for rule, key, text in connection.execute(sa.select(old.rule, old.key, old.failed_at)).all():
        failed_at: list[tuple[int, int]] = json.loads(text)
        if failed_at:
            counted = {"failures": sum(n for _, n in failed_at), "window_start": failed_at[0][0]}
            here = sa.update(_counters).where(old.rule == rule, old.key == key)
            connection.execute(here.values(counted))
    op.drop_column(_COUNTERS, "failed_at")
    op.create_index("ix_login_failures_window", _COUNTERS, ["window_start"], unique=False)
