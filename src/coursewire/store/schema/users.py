"""People: identity and state, preferences, profile fields, interests, private keys."""

from sqlalchemy import Column, Index, Table, UniqueConstraint

from coursewire.store.schema.columns import (
    TEXT,
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

# The *_folded columns hold the text in lower case by Unicode's rules, which SQLite's LIKE does not
# know; email_unique is the folded address, or null where the site lets accounts share one and
# once the user is deleted, so that uniqueness lives in the database (DUR-5).
users = Table(
    "users",
    metadata,
    identity(),
    text("auth", "manual"),
    flag("confirmed", 1),
    flag("policyagreed"),
    flag("deleted"),
    flag("suspended"),
    text("username", None, unique=True),
    text("password"),
    text("idnumber", index=True),
    text("firstname"),
    text("lastname"),
    text("email"),
    text("firstname_folded"),
    text("lastname_folded"),
    text("email_folded", index=True),
    Column("email_unique", TEXT, nullable=True, unique=True),
    text("phone1"),
    text("phone2"),
    text("institution"),
    optional_text("department"),
    text("address"),
    text("city"),
    text("country"),
    text("lang", "en"),
    text("calendartype", "gregorian"),
    text("theme"),
    text("timezone", "99"),
    optional_text("description"),
    flag("descriptionformat", 1),
    flag("mailformat", 1),
    flag("maildigest"),
    number("maildisplay", 2),
    flag("autosubscribe", 1),
    flag("trackforums"),
    flag("emailstop"),
    text("imagealt"),
    text("firstnamephonetic"),
    text("lastnamephonetic"),
    text("middlename"),
    text("alternatename"),
    text("moodlenetprofile"),
    number("picture"),
    number("firstaccess"),
    number("lastaccess"),
    number("lastlogin"),
    number("currentlogin"),
    text("console_role"),
    number("timecreated"),
    number("timemodified"),
    **table_options(),
)

user_preferences = Table(
    "user_preferences",
    metadata,
    identity(),
    owner("user_id", "users.id"),
    text("name", None),
    text("value"),
    UniqueConstraint("user_id", "name"),
    **table_options(),
)

profile_fields = Table(
    "profile_fields",
    metadata,
    identity(),
    text("shortname", None, unique=True),
    text("name"),
    text("datatype", "text"),
    flag("visible", 2),
    flag("required"),
    number("sortorder"),
    **table_options(),
)

profile_values = Table(
    "profile_values",
    metadata,
    owner("user_id", "users.id"),
    owner("field_id", "profile_fields.id"),
    text("value"),
    UniqueConstraint("user_id", "field_id"),
)

interests = Table(
    "interests",
    metadata,
    identity(),
    owner("user_id", "users.id"),
    text("name"),
    number("ordering"),
    **table_options(),
)

# Only the salt is stored: the key is derived with a secret outside the database.
private_keys = Table(
    "private_keys",
    metadata,
    identity(),
    owner("user_id", "users.id"),
    text("script"),
    binary("salt"),
    number("timecreated"),
    UniqueConstraint("user_id", "script"),
    **table_options(),
)

course_accesses = Table(
    "course_accesses",
    metadata,
    owner("user_id", "users.id"),
    owner("course_id", "courses.id"),
    number("timeaccess"),
    UniqueConstraint("user_id", "course_id"),
)

Index("ix_users_auth", users.c.auth)
