"""Groups, groupings, members, and which grouping gathers which group."""

from sqlalchemy import Index, Table, UniqueConstraint
from sqlalchemy import text as sql

from coursewire.store.schema.columns import (
    flag,
    identity,
    metadata,
    number,
    optional_text,
    owner,
    table_options,
    text,
)

_TAKEN = sql("idnumber NOT IN ('', '0')")

groups = Table(
    "groups",
    metadata,
    identity(),
    # The index on course and name serves it.
    owner("course_id", "courses.id", index=False),
    text("idnumber"),
    text("name"),
    text("description"),
    flag("descriptionformat", 1),
    optional_text("enrolmentkey"),
    flag("visibility"),
    flag("participation", 1),
    number("timecreated"),
    number("timemodified"),
    # Moodle never counts '' and '0' as taken; names are checked under a lock (D14).
    Index(
        "uq_groups_idnumber",
        "course_id",
        "idnumber",
        unique=True,
        sqlite_where=_TAKEN,
        postgresql_where=_TAKEN,
    ),
    Index("ix_groups_course_name", "course_id", "name"),
    **table_options(),
)

group_members = Table(
    "group_members",
    metadata,
    identity(),
    owner("group_id", "groups.id"),
    owner("user_id", "users.id"),
    text("component"),
    number("itemid"),
    number("timeadded"),
    UniqueConstraint("group_id", "user_id"),
    **table_options(),
)

groupings = Table(
    "groupings",
    metadata,
    identity(),
    owner("course_id", "courses.id"),
    text("idnumber"),
    text("name"),
    text("description"),
    flag("descriptionformat", 1),
    number("timecreated"),
    number("timemodified"),
    Index(
        "uq_groupings_idnumber",
        "course_id",
        "idnumber",
        unique=True,
        sqlite_where=_TAKEN,
        postgresql_where=_TAKEN,
    ),
    **table_options(),
)

grouping_groups = Table(
    "grouping_groups",
    metadata,
    identity(),
    owner("grouping_id", "groupings.id"),
    owner("group_id", "groups.id"),
    number("timeadded"),
    UniqueConstraint("grouping_id", "group_id"),
    **table_options(),
)
