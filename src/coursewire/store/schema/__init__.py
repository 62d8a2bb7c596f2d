"""Every table, one file a noun; importing this package completes the metadata."""

from coursewire.store.schema import (
    access,
    answers,
    audit,
    cohorts,
    completion,
    console,
    courses,
    customfields,
    enrolments,
    files,
    grades,
    groups,
    plugins,
    services,
    site,
    users,
)
from coursewire.store.schema.columns import metadata

__all__ = [
    "access",
    "answers",
    "audit",
    "cohorts",
    "completion",
    "console",
    "courses",
    "customfields",
    "enrolments",
    "files",
    "grades",
    "groups",
    "metadata",
    "plugins",
    "services",
    "site",
    "users",
]
