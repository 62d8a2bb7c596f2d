"""The record of changes, written with them; the bounded call log; counters of failed log-ins."""

from sqlalchemy import BigInteger, Column, Index, Table, UniqueConstraint
from sqlalchemy import text as sql_text

from coursewire.store.schema.columns import (
    TEXT,
    binary,
    flag,
    identity,
    metadata,
    number,
    table_options,
    text,
)

# Append only: triggers refuse UPDATE, and DELETE but of purged segments (migration). `writer` is
# PostgreSQL's number of the transaction (migration): it tells the sealer which rows are complete.
# Every change writes a record, and people look at them now and then, the newest first: an index on
# what they filter by would cost each change more than it saves them.
audit_records = Table(
    "audit_records",
    metadata,
    identity(),
    number("writer"),
    number("time_ms"),
    number("monotonic_ms"),
    number("actor_id"),
    text("actor"),
    text("token_handle"),
    text("address"),
    text("request_id"),
    text("action"),
    text("target"),
    text("outcome"),
    text("reason"),
    text("details"),
    # Empty on SQLite, where nothing looks for it.
    Index("ix_audit_records_writer", "writer", sqlite_where=sql_text("writer > 0")),
    **table_options(),
)

# Sealed runs of audit records (AUD-3): `record_ids` in their order, such as "1-998,1001". The
# records of a purged segment are gone; `purge_mark` proves that it was us.
audit_segments = Table(
    "audit_segments",
    metadata,
    identity(),
    number("first_sequence"),
    number("record_count"),
    number("first_id"),
    number("last_id"),
    text("record_ids"),
    binary("digest"),
    number("sealed_ms"),
    number("newest_ms"),
    number("horizon"),
    number("purged_ms"),
    binary("purge_mark", nullable=True),
    **table_options(),
)

calls = Table(
    "calls",
    metadata,
    identity(),
    number("time_ms"),
    text("request_id"),
    text("function"),
    text("token_handle"),
    number("user_id"),
    text("address"),
    text("outcome"),
    text("failed_check"),
    text("reason"),
    flag("token_in_query"),
    number("microseconds"),
    Index("ix_calls_request", "request_id"),
    # What the counts by the hour need, without reading the rows.
    Index("ix_calls_time", "time_ms"),
    Index(
        "ix_calls_refused",
        "time_ms",
        sqlite_where=sql_text("outcome <> 'ok'"),
        postgresql_where=sql_text("outcome <> 'ok'"),
    ),
    **table_options(),
)

# The calls of a token in each ten seconds (`store/call_counts.py`).
call_counts = Table(
    "call_counts",
    metadata,
    Column("token_handle", TEXT, primary_key=True),
    Column("period", BigInteger, primary_key=True, autoincrement=False),
    number("calls"),
    number("refused"),
    Index("ix_call_counts_period", "period"),
    sqlite_with_rowid=False,
)

# One row per (rule, key) of AUTH-4: key is an account and network, a network, or an account.
# `failed_at` is JSON: pairs of a time in Unix seconds and how many failed then, oldest first.
login_failures = Table(
    "login_failures",
    metadata,
    Column("rule", TEXT, nullable=False),
    Column("key", TEXT, nullable=False),
    text("failed_at", "[]"),
    number("last_failure"),
    number("refused_until"),
    UniqueConstraint("rule", "key"),
    Index("ix_login_failures_last", "last_failure"),
)

login_networks = Table(
    "login_networks",
    metadata,
    Column("account", TEXT, nullable=False),
    Column("network", TEXT, nullable=False),
    number("last_success"),
    UniqueConstraint("account", "network"),
)
