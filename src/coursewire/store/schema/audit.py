"""The record of changes, written with them; the bounded call log; counters of failed log-ins."""

from sqlalchemy import Column, Index, Table, UniqueConstraint

from coursewire.store.schema.columns import (
    TEXT,
    flag,
    identity,
    metadata,
    number,
    table_options,
    text,
)

# Append only: triggers refuse UPDATE and DELETE (migration).
audit_records = Table(
    "audit_records",
    metadata,
    identity(),
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
    Index("ix_audit_records_time", "time_ms"),
    Index("ix_audit_records_action", "action"),
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
    Index("ix_calls_token", "token_handle", "time_ms"),
    **table_options(),
)

# One row per (rule, key) of AUTH-4: key is an account and network, a network, or an account.
login_failures = Table(
    "login_failures",
    metadata,
    Column("rule", TEXT, nullable=False),
    Column("key", TEXT, nullable=False),
    number("failures"),
    number("window_start"),
    number("refused_until"),
    UniqueConstraint("rule", "key"),
    Index("ix_login_failures_window", "window_start"),
)

login_networks = Table(
    "login_networks",
    metadata,
    Column("account", TEXT, nullable=False),
    Column("network", TEXT, nullable=False),
    number("last_success"),
    UniqueConstraint("account", "network"),
)
