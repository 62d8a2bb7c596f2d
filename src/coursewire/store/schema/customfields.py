"""Custom fields of courses, groups and groupings, and their values."""

from sqlalchemy import Table, UniqueConstraint

from coursewire.store.schema.columns import (
    flag,
    identity,
    metadata,
    number,
    owner,
    table_options,
    text,
)

# area is 'course', 'group' or 'grouping'; instanceid the row of that table.
custom_fields = Table(
    "custom_fields",
    metadata,
    identity(),
    text("area"),
    text("shortname"),
    text("name"),
    text("type", "text"),
    flag("visibility", 2),
    flag("locked"),
    number("sortorder"),
    UniqueConstraint("area", "shortname"),
    **table_options(),
)

custom_values = Table(
    "custom_values",
    metadata,
    owner("field_id", "custom_fields.id"),
    number("instanceid"),
    text("value"),
    UniqueConstraint("field_id", "instanceid"),
)
