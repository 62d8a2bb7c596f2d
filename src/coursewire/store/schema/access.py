"""Contexts, roles, what roles allow, and who holds them."""

from sqlalchemy import Index, Table, UniqueConstraint

from coursewire.store.schema.columns import (
    flag,
    identity,
    metadata,
    number,
    owner,
    table_options,
    text,
)

contexts = Table(
    "contexts",
    metadata,
    identity(),
    number("level"),
    number("instanceid"),
    text("path"),
    flag("depth"),
    flag("locked"),
    UniqueConstraint("level", "instanceid"),
    Index("ix_contexts_path", "path"),
    **table_options(),
)

roles = Table(
    "roles",
    metadata,
    identity(),
    text("shortname", None, unique=True),
    text("name"),
    text("description"),
    text("archetype"),
    number("sortorder"),
    **table_options(),
)

role_levels = Table(
    "role_levels",
    metadata,
    owner("role_id", "roles.id"),
    number("level"),
    UniqueConstraint("role_id", "level"),
)

role_capabilities = Table(
    "role_capabilities",
    metadata,
    identity(),
    owner("role_id", "roles.id"),
    owner("context_id", "contexts.id"),
    text("capability", None),
    number("permission"),
    UniqueConstraint("role_id", "context_id", "capability"),
    Index("ix_role_capabilities_capability", "capability"),
    **table_options(),
)

role_assignments = Table(
    "role_assignments",
    metadata,
    identity(),
    owner("role_id", "roles.id"),
    owner("user_id", "users.id"),
    owner("context_id", "contexts.id"),
    text("component"),
    number("itemid"),
    number("modifierid"),
    number("timemodified"),
    UniqueConstraint("role_id", "user_id", "context_id"),
    **table_options(),
)

role_may_assign = Table(
    "role_may_assign",
    metadata,
    owner("role_id", "roles.id"),
    owner("target_role_id", "roles.id"),
    UniqueConstraint("role_id", "target_role_id"),
)
