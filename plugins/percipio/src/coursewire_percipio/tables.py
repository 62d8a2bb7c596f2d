"""The plugin's own tables: what the partner imported, and how far people are with it."""

from coursewire.plugin import (
    MetaData,
    Migration,
    Table,
    UniqueConstraint,
    creating,
    flag,
    identity,
    number,
    optional_number,
    optional_real,
    refers,
    table_options,
    words,
)

_metadata = MetaData()

entries = Table(
    "mod_percipio_entries",
    _metadata,
    identity(),
    refers("course_id", "courses"),
    refers("course_module_id", "course_modules"),
    words("percipioid", None),
    words("percipiotype"),
    words("displaylabel"),
    words("link"),
    words("launch"),
    words("metadata", "{}"),
    words("imageurl"),
    flag("imageuploaded"),
    number("timecreated"),
    number("timemodified"),
    UniqueConstraint("percipioid"),
    **table_options(),
)

# Times of the partner in milliseconds, as it tells them; `document` is what it sent, whole.
attempts = Table(
    "mod_percipio_attempts",
    _metadata,
    identity(),
    number("entry_id"),
    refers("course_module_id", "course_modules"),
    refers("user_id", "users"),
    flag("state"),
    words("message"),
    optional_real("grade"),
    optional_real("passingscore"),
    optional_real("lastscore"),
    optional_real("percentcomplete"),
    words("totalduration"),
    number("timecreated"),
    number("timerevisited"),
    optional_number("timecompleted"),
    number("timemodified"),
    words("document", "{}"),
    UniqueConstraint("entry_id", "user_id"),
    **table_options(),
)

TABLES = (entries, attempts)
MIGRATIONS = (Migration("0001 entries and attempts", creating(entries, attempts)),)
