"""Triggers that refuse to change or remove audit records (AUD-2)."""

from sqlalchemy import Connection

_SQLITE = (
    "CREATE TRIGGER audit_records_no_update BEFORE UPDATE ON audit_records"
    " BEGIN SELECT RAISE(ABORT, 'audit_records is append-only'); END",
    "CREATE TRIGGER audit_records_no_delete BEFORE DELETE ON audit_records"
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
    " BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_records"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_records_append_only()",
)
_POSTGRES_BACK = (
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
