"""Triggers that refuse to change audit records, or to remove others than purged ones (AUD-3)."""

from sqlalchemy import Connection

# As the engine keeps each of them: their statements on SQLite, on PostgreSQL what they run and the
# sum of when: 1 each row, 2 before, 8 DELETE, 16 UPDATE, 32 TRUNCATE.
_SQLITE_TRIGGERS = {
    "audit_records_no_update": (
        "CREATE TRIGGER audit_records_no_update BEFORE UPDATE ON audit_records"
        " BEGIN SELECT RAISE(ABORT, 'audit_records is append-only'); END"
    ),
    "audit_records_no_delete": (
        "CREATE TRIGGER audit_records_no_delete BEFORE DELETE ON audit_records"
        " WHEN NOT EXISTS (SELECT 1 FROM audit_segments"
        " WHERE purged_ms > 0 AND OLD.id BETWEEN first_id AND last_id)"
        " BEGIN SELECT RAISE(ABORT, 'audit_records is append-only'); END"
    ),
}
_POSTGRES_TRIGGERS = {
    "audit_records_append_only": (
        " BEGIN RAISE EXCEPTION 'audit_records is append-only'"
        " USING ERRCODE = 'restrict_violation'; END ",
        2 + 16 + 32,
    ),
    "audit_records_no_delete": (
        " BEGIN IF EXISTS (SELECT 1 FROM audit_segments"
        " WHERE purged_ms > 0 AND OLD.id BETWEEN first_id AND last_id) THEN RETURN OLD; END IF;"
        " RAISE EXCEPTION 'audit_records is append-only'"
        " USING ERRCODE = 'restrict_violation'; END ",
        1 + 2 + 8,
    ),
}
_SQLITE = tuple(_SQLITE_TRIGGERS.values())
_SQLITE_BACK = (
    "DROP TRIGGER IF EXISTS audit_records_no_delete",
    "DROP TRIGGER IF EXISTS audit_records_no_update",
)
_POSTGRES = (
    *(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
        for name, (body, _) in _POSTGRES_TRIGGERS.items()
    ),
    "CREATE TRIGGER audit_records_append_only"
    " BEFORE UPDATE OR TRUNCATE ON audit_records"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_records_append_only()",
    "CREATE TRIGGER audit_records_no_delete BEFORE DELETE ON audit_records"
    " FOR EACH ROW EXECUTE FUNCTION audit_records_no_delete()",
    "ALTER TABLE audit_records ALTER COLUMN writer"
    " SET DEFAULT CAST(CAST(pg_current_xact_id() AS text) AS bigint)",
)
_POSTGRES_BACK = (
    "DROP TRIGGER IF EXISTS audit_records_no_delete ON audit_records",
    "DROP FUNCTION IF EXISTS audit_records_no_delete()",
    "DROP TRIGGER IF EXISTS audit_records_append_only ON audit_records",
    "DROP FUNCTION IF EXISTS audit_records_append_only()",
)
_SQLITE_WANTED: tuple[tuple[str, ...], ...] = tuple(_SQLITE_TRIGGERS.items())
_POSTGRES_WANTED = tuple((name, body, when) for name, (body, when) in _POSTGRES_TRIGGERS.items())
_SQLITE_FOUND = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_records'"
)
# Those that act in an ordinary session, on every row and column.
_POSTGRES_FOUND = (
    "SELECT tgname, prosrc, tgtype FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
    " WHERE tgrelid = 'audit_records'::regclass AND tgenabled IN ('O', 'A')"
    " AND tgqual IS NULL AND cardinality(tgattr::int2[]) = 0"
)


def protect(connection: Connection) -> None:
    """Refuse UPDATE and DELETE, on PostgreSQL TRUNCATE as well."""
    _run(connection, _SQLITE, _POSTGRES)


def release(connection: Connection) -> None:
    """Take the triggers away again."""
    _run(connection, _SQLITE_BACK, _POSTGRES_BACK)


def missing(connection: Connection) -> list[str]:
    """Return the names of triggers that are not there, are switched off, or do something else."""
    on_sqlite = connection.dialect.name == "sqlite"
    wanted = _SQLITE_WANTED if on_sqlite else _POSTGRES_WANTED
    question = _SQLITE_FOUND if on_sqlite else _POSTGRES_FOUND
    found = {tuple(row) for row in connection.exec_driver_sql(question)}
    return [each[0] for each in wanted if each not in found]


def _run(connection: Connection, sqlite: tuple[str, ...], postgres: tuple[str, ...]) -> None:
    for statement in sqlite if connection.dialect.name == "sqlite" else postgres:
        connection.exec_driver_sql(statement)
