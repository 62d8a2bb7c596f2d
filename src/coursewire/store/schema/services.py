"""External services, their functions and authorised users, and tokens."""

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table, UniqueConstraint
from sqlalchemy import text as sql

from coursewire.store.schema.columns import (
    binary,
    flag,
    identity,
    metadata,
    number,
    optional_text,
    owner,
    table_options,
    text,
)

_NAMED = sql("shortname <> ''")
_LIVE_LOGIN = sql("origin = 'login' AND revoked = 0")

services = Table(
    "services",
    metadata,
    identity(),
    text("name", None, unique=True),
    text("shortname"),
    flag("enabled"),
    flag("restrictedusers", 1),
    text("requiredcapability"),
    text("component"),
    flag("downloadfiles"),
    flag("uploadfiles"),
    flag("forbid_query_tokens"),
    flag("forbid_get_writes"),
    number("timecreated"),
    number("timemodified"),
    Index(
        "uq_services_shortname",
        "shortname",
        unique=True,
        sqlite_where=_NAMED,
        postgresql_where=_NAMED,
    ),
    **table_options(),
)

service_functions = Table(
    "service_functions",
    metadata,
    identity(),
    owner("service_id", "services.id"),
    text("function", None),
    UniqueConstraint("service_id", "function"),
    **table_options(),
)

service_users = Table(
    "service_users",
    metadata,
    identity(),
    owner("service_id", "services.id"),
    owner("user_id", "users.id"),
    text("iprestriction"),
    number("validuntil"),
    number("timecreated"),
    UniqueConstraint("service_id", "user_id"),
    **table_options(),
)

# digest is HMAC-SHA-256 under the key `key_number` of the key file (TOK-2). origin is 'admin',
# 'sitefile' or 'login'; only login tokens have a salt, from which their value is derived again
# (TOK-7), and only tokens whose value a site file gives are kept sealed. An expired or revoked
# token stays marked for the audit trail (TOK-8): `revoked` is the time, 0 for a live one;
# `disabled` likewise, and that can be taken back.
tokens = Table(
    "tokens",
    metadata,
    identity(),
    text("handle", None, unique=True),
    Column("digest", binary("digest").type, nullable=False, unique=True),
    flag("key_number", 1),
    text("last4"),
    text("name"),
    text("origin", "admin"),
    binary("salt", nullable=True),
    binary("sealed", nullable=True),
    owner("user_id", "users.id"),
    owner("service_id", "services.id"),
    owner("context_id", "contexts.id"),
    number("creatorid"),
    text("iprestriction"),
    number("validuntil"),
    number("timecreated"),
    number("lastaccess"),
    number("revoked"),
    optional_text("revoked_reason"),
    number("expired_seen"),
    number("disabled"),
    text("note"),
    # Calls a minute, and how many at once; 0: no limit.
    number("rate"),
    number("burst"),
    Index(
        "uq_tokens_login",
        "user_id",
        "service_id",
        unique=True,
        sqlite_where=_LIVE_LOGIN,
        postgresql_where=_LIVE_LOGIN,
    ),
    **table_options(),
)

# What the server's hourly look at each token found: when, how many flags, and those of them that
# take a look at rights and calls, as JSON. Nothing else is decided by it.
token_looks = Table(
    "token_looks",
    metadata,
    owner("token_id", "tokens.id", index=False),
    number("looked"),
    number("flags"),
    text("found", "[]"),
    PrimaryKeyConstraint("token_id"),
)

# When a token with a rate may make all its calls at once again, in microseconds
# (`store/token_levels.py`). It refers to nothing: it is written at each call, and soon forgotten.
token_levels = Table(
    "token_levels",
    metadata,
    number("token_id"),
    number("full_at"),
    PrimaryKeyConstraint("token_id"),
)
