"""An index of pieces of whole names on PostgreSQL: searches for people read all of them before."""

from alembic import op

from coursewire.store.migrations import search_indexes

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index where PostgreSQL can have it."""
    search_indexes.make_of_names(op.get_bind())


def downgrade() -> None:
    """Remove the index."""
    search_indexes.drop_of_names(op.get_bind())
