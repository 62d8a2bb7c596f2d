"""Activity and course completion."""

from sqlalchemy import Column, Table, UniqueConstraint

from coursewire.store.schema.columns import (
    ID,
    flag,
    identity,
    metadata,
    number,
    optional_number,
    optional_real,
    owner,
    table_options,
)

activity_completions = Table(
    "activity_completions",
    metadata,
    identity(),
    owner("course_module_id", "course_modules.id"),
    owner("user_id", "users.id"),
    flag("state"),
    flag("viewed"),
    Column("overrideby", ID, nullable=True),
    number("timemodified"),
    UniqueConstraint("course_module_id", "user_id"),
    **table_options(),
)

# type 1 self, 4 activity, 6 course grade: Moodle's numbers.
completion_criteria = Table(
    "completion_criteria",
    metadata,
    identity(),
    owner("course_id", "courses.id"),
    flag("type"),
    Column("course_module_id", ID, nullable=True),
    optional_real("gradepass"),
    **table_options(),
)

# method 1 all, 2 any.
completion_aggregations = Table(
    "completion_aggregations",
    metadata,
    owner("course_id", "courses.id"),
    flag("method", 1),
    UniqueConstraint("course_id"),
)

criterion_completions = Table(
    "criterion_completions",
    metadata,
    identity(),
    owner("criterion_id", "completion_criteria.id"),
    owner("user_id", "users.id"),
    number("timecompleted"),
    UniqueConstraint("criterion_id", "user_id"),
    **table_options(),
)

course_completions = Table(
    "course_completions",
    metadata,
    identity(),
    owner("course_id", "courses.id"),
    owner("user_id", "users.id"),
    optional_number("timecompleted"),
    UniqueConstraint("course_id", "user_id"),
    **table_options(),
)
