"""Triggers that refuse to change audit records, or to remove others than purged ones (AUD-3)."""

from sqlalchemy import Connection

_SQLITE = (
    "CREATE TRIGGER audit_records_no_update BEFORE UPDATE ON audit_records"
    " BEGIN SELECT RAISE(ABORT, 'audit_records is append-only'); END",
    "CREATE TRIGGER audit_records_no_delete BEFORE DELETE ON audit_records"
    " WHEN NOT EXISTS (SELECT 1 FROM audit_segments"
    " WHERE purged_ms > 0 AND OLD.id BETWEEN first_id AND last_id)"
    " BEGIN SELECT RAISE(ABORT, 'audit_records is append-only'); END",
)
_SQLITE_BACK = (
    "DROP TRIGGER audit_records_no_delete",
    "DROP TRIGGER audit_records_no_update",
)
_POSTGRES = (
    "CREATE FUNCTION audit_records_append_only() RETURNS trigger LANGUAGE plpgsql AS $$"
    " BEGIN RAISE EXCEPTION 'audit_records is append-only'"
    " USING ERRCODE = 'restrict_violation'; END $$",
    "CREATE TRIGGER audit_records_append_only"
    " BEFORE UPDATE OR TRUNCATE ON audit_records"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_records_append_only()",
    "CREATE FUNCTION audit_records_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$"
    " BEGIN IF EXISTS (SELECT 1 FROM audit_segments"
    " WHERE purged_ms > 0 AND OLD.id BETWEEN first_id AND last_id) THEN RETURN OLD; END IF;"
    " RAISE EXCEPTION 'audit_records is append-only'"
    " USING ERRCODE = 'restrict_violation'; END $$",
    "CREATE TRIGGER audit_records_no_delete BEFORE DELETE ON audit_records"
    " FOR EACH ROW EXECUTE FUNCTION audit_records_no_delete()",
    "ALTER TABLE audit_records ALTER COLUMN writer"
    " SET DEFAULT CAST(CAST(pg_current_xact_id() AS text) AS bigint)",
)
_POSTGRES_BACK = (
    "DROP TRIGGER audit_records_no_delete ON audit_records",
    "DROP FUNCTION audit_records_no_delete()",
    "DROP TRIGGER audit_records_append_only ON audit_records",
    "DROP FUNCTION audit_records_append_only()",
)


def protect(connection: Connection) -> None:
    """Refuse UPDATE and DELETE, on PostgreSQL TRUNCATE as well."""
    _run(connection, _SQLITE, _POSTGRES)


def release(connection: Connection) -> None:
    """Take the triggers away again."""
    _run(connection, _SQLITE_BACK, _POSTGRES_BACK)


def _run(connection: Connection, sqlite: tuple[str, ...], postgres: tuple[str, ...]) -> None:
    for statement in sqlite if connection.dialect.name == "sqlite" else postgres:
        connection.exec_driver_sql(statement)
