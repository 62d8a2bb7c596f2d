"""Every table of the first release, and the triggers that keep audit records as they are."""

from alembic import op

from coursewire.store.migrations import append_only
from coursewire.store.schema import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything."""
    metadata.create_all(op.get_bind(), checkfirst=False)
    append_only.protect(op.get_bind(), "audit_records")


def downgrade() -> None:
    """Remove everything."""
    append_only.release(op.get_bind(), "audit_records")
    metadata.drop_all(op.get_bind(), checkfirst=False)
