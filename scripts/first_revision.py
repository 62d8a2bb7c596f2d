"""Writes the first revision of the schema from the tables; only until the first release.

A released revision never changes: from then on a change of the tables is a revision of its own.
"""

import subprocess
import sys
from pathlib import Path
from typing import Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations.ops import UpgradeOps
from sqlalchemy import BigInteger, SmallInteger, create_engine

from coursewire.store.schema import columns, metadata

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "src/coursewire/store/migrations/versions/0001_tables.py"
HEAD = '''\
"""Every table of the first release, and the triggers on audit records and on facts."""

import sqlalchemy as sa
from alembic import op

from coursewire.store.migrations import append_only, facts_watched, search_indexes

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger()
FLAG = sa.SmallInteger()


def upgrade() -> None:
    """Create everything."""
    {upgrade}
    append_only.protect(op.get_bind())
    facts_watched.watch(op.get_bind())
    search_indexes.make(op.get_bind())


def downgrade() -> None:
    """Remove everything; indexes go with their tables."""
    facts_watched.release(op.get_bind())
    append_only.release(op.get_bind())
    for table in {tables}:
        op.drop_table(table)
'''


def named(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write a type by a short name, so that a column is a line; all else as Alembic does."""
    if kind != "type":
        return False
    if item is columns.TEXT or item is columns.ID:
        return "TEXT" if item is columns.TEXT else "ID"
    if type(item) is BigInteger:
        return "NUMBER"
    return "FLAG" if type(item) is SmallInteger else False


def rendered(steps: UpgradeOps, context: MigrationContext) -> str:
    """Write steps as Python, without Alembic's remarks."""
    code = render_python_code(steps, render_item=named, migration_context=context)
    return "\n".join(line for line in code.splitlines() if "# ###" not in line).strip()


def main() -> int:
    """Write the file and put it into the house's format."""
    with create_engine("sqlite://").connect() as connection:
        context = MigrationContext.configure(connection, opts={"render_item": named})
        made = produce_migrations(context, metadata)
    if made.upgrade_ops is None:
        print("Alembic found no tables.", file=sys.stderr)
        return 1
    FILE.write_text(
        HEAD.format(
            upgrade=rendered(made.upgrade_ops, context),
            tables=tuple(table.name for table in reversed(metadata.sorted_tables)),
        )
    )
    ruff = Path(sys.executable).with_name("ruff")
    subprocess.run([ruff, "format", "-q", FILE], check=True)
    return subprocess.run([ruff, "check", "--fix", "-q", FILE], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
