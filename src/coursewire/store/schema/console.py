"""Console sessions, one-time links, second factors and their recovery codes."""

from sqlalchemy import Table, UniqueConstraint

from coursewire.store.schema.columns import (
    binary,
    flag,
    identity,
    metadata,
    number,
    owner,
    table_options,
    text,
)

console_sessions = Table(
    "console_sessions",
    metadata,
    identity(),
    binary("digest"),
    owner("user_id", "users.id"),
    binary("csrf"),
    text("address"),
    number("timecreated"),
    number("lastseen"),
    number("authenticated"),
    UniqueConstraint("digest"),
    **table_options(),
)

one_time_links = Table(
    "one_time_links",
    metadata,
    identity(),
    binary("digest"),
    owner("user_id", "users.id"),
    number("validuntil"),
    number("used"),
    UniqueConstraint("digest"),
    **table_options(),
)

# Codes that stand in for the second factor, each once.
recovery_codes = Table(
    "recovery_codes",
    metadata,
    identity(),
    owner("user_id", "users.id"),
    binary("digest"),
    number("used"),
    UniqueConstraint("user_id", "digest"),
    **table_options(),
)

second_factors = Table(
    "second_factors",
    metadata,
    owner("user_id", "users.id"),
    binary("sealed_secret"),
    number("last_step"),
    flag("confirmed"),
    UniqueConstraint("user_id"),
)
