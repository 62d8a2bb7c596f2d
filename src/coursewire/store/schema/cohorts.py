"""Cohorts: people gathered for the whole site or a category."""

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

cohorts = Table(
    "cohorts",
    metadata,
    identity(),
    owner("context_id", "contexts.id"),
    text("name"),
    text("idnumber"),
    text("description"),
    flag("descriptionformat", 1),
    flag("visible", 1),
    text("component"),
    text("theme"),
    number("timecreated"),
    number("timemodified"),
    **table_options(),
)

cohort_members = Table(
    "cohort_members",
    metadata,
    identity(),
    owner("cohort_id", "cohorts.id"),
    owner("user_id", "users.id"),
    number("timeadded"),
    UniqueConstraint("cohort_id", "user_id"),
    **table_options(),
)
