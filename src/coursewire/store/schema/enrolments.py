"""Ways into a course, and the people who use them."""

from sqlalchemy import Index, Table, UniqueConstraint

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

# status 0 is enabled (instances) and active (user enrolments), 1 disabled and suspended.
enrolment_instances = Table(
    "enrolment_instances",
    metadata,
    identity(),
    text("enrol"),
    flag("status"),
    owner("course_id", "courses.id"),
    number("sortorder"),
    text("name"),
    number("roleid"),
    number("enrolstartdate"),
    number("enrolenddate"),
    number("enrolperiod"),
    optional_text("password"),
    flag("group_keys"),
    number("max_enrolled"),
    number("cohort_id"),
    flag("new_enrolments", 1),
    number("timecreated"),
    number("timemodified"),
    **table_options(),
)

user_enrolments = Table(
    "user_enrolments",
    metadata,
    identity(),
    owner("instance_id", "enrolment_instances.id"),
    owner("user_id", "users.id"),
    flag("status"),
    number("timestart"),
    number("timeend"),
    number("modifierid"),
    number("timecreated"),
    number("timemodified"),
    UniqueConstraint("instance_id", "user_id"),
    Index("ix_user_enrolments_instance_user", "user_id", "instance_id"),
    **table_options(),
)
