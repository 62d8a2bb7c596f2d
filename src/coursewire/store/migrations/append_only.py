"""Triggers that refuse to change or remove rows of a table."""

from sqlalchemy import Connection

_SQLITE = """
CREATE TRIGGER {table}_no_{event} BEFORE {event} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_FUNCTION = """
CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'restrict_violation'; END $$
"""
_POSTGRES = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()
"""


def protect(connection: Connection, table: str) -> None:
    """Refuse UPDATE and DELETE, on PostgreSQL TRUNCATE as well."""
    if connection.dialect.name == "sqlite":
        for event in ("update", "delete"):
            connection.exec_driver_sql(_SQLITE.format(table=table, event=event))
        return
    connection.exec_driver_sql(_FUNCTION.format(table=table))
    connection.exec_driver_sql(_POSTGRES.format(table=table))


def release(connection: Connection, table: str) -> None:
    """Take the triggers away again."""
    if connection.dialect.name == "sqlite":
        for event in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{event}")
        return
    connection.exec_driver_sql(f"DROP TRIGGER {table}_append_only ON {table}")
    connection.exec_driver_sql(f"DROP FUNCTION {table}_append_only()")
