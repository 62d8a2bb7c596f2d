"""Every table of the first release, and the triggers on audit records and on facts."""

import sqlalchemy as sa
from alembic import op

from coursewire.store.migrations import append_only, facts_watched, search_indexes

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger()
FLAG = sa.SmallInteger()


def upgrade() -> None:
    """Create everything."""
    op.create_table(
        "audit_records",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("writer", NUMBER, server_default="0", nullable=False),
        sa.Column("time_ms", NUMBER, server_default="0", nullable=False),
        sa.Column("monotonic_ms", NUMBER, server_default="0", nullable=False),
        sa.Column("actor_id", NUMBER, server_default="0", nullable=False),
        sa.Column("actor", TEXT, server_default="", nullable=False),
        sa.Column("token_handle", TEXT, server_default="", nullable=False),
        sa.Column("address", TEXT, server_default="", nullable=False),
        sa.Column("request_id", TEXT, server_default="", nullable=False),
        sa.Column("action", TEXT, server_default="", nullable=False),
        sa.Column("target", TEXT, server_default="", nullable=False),
        sa.Column("outcome", TEXT, server_default="", nullable=False),
        sa.Column("reason", TEXT, server_default="", nullable=False),
        sa.Column("details", TEXT, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_records")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_audit_records_writer",
        "audit_records",
        ["writer"],
        unique=False,
        sqlite_where=sa.text("writer > 0"),
    )
    op.create_table(
        "audit_segments",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("first_sequence", NUMBER, server_default="0", nullable=False),
        sa.Column("record_count", NUMBER, server_default="0", nullable=False),
        sa.Column("first_id", NUMBER, server_default="0", nullable=False),
        sa.Column("last_id", NUMBER, server_default="0", nullable=False),
        sa.Column("record_ids", TEXT, server_default="", nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_ms", NUMBER, server_default="0", nullable=False),
        sa.Column("newest_ms", NUMBER, server_default="0", nullable=False),
        sa.Column("horizon", NUMBER, server_default="0", nullable=False),
        sa.Column("purged_ms", NUMBER, server_default="0", nullable=False),
        sa.Column("purge_mark", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_segments")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "calls",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("time_ms", NUMBER, server_default="0", nullable=False),
        sa.Column("request_id", TEXT, server_default="", nullable=False),
        sa.Column("function", TEXT, server_default="", nullable=False),
        sa.Column("token_handle", TEXT, server_default="", nullable=False),
        sa.Column("user_id", NUMBER, server_default="0", nullable=False),
        sa.Column("address", TEXT, server_default="", nullable=False),
        sa.Column("outcome", TEXT, server_default="", nullable=False),
        sa.Column("failed_check", TEXT, server_default="", nullable=False),
        sa.Column("reason", TEXT, server_default="", nullable=False),
        sa.Column("token_in_query", FLAG, server_default="0", nullable=False),
        sa.Column("microseconds", NUMBER, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_calls_refused",
        "calls",
        ["time_ms"],
        unique=False,
        sqlite_where=sa.text("outcome <> 'ok'"),
        postgresql_where=sa.text("outcome <> 'ok'"),
    )
    op.create_index("ix_calls_request", "calls", ["request_id"], unique=False)
    op.create_index("ix_calls_time", "calls", ["time_ms"], unique=False)
    op.create_index("ix_calls_token", "calls", ["token_handle", "time_ms"], unique=False)
    op.create_table(
        "categories",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", TEXT, server_default="", nullable=False),
        sa.Column("idnumber", TEXT, nullable=True),
        sa.Column("description", TEXT, server_default="", nullable=False),
        sa.Column("descriptionformat", FLAG, server_default="1", nullable=False),
        sa.Column("parent", NUMBER, server_default="0", nullable=False),
        sa.Column("sortorder", NUMBER, server_default="0", nullable=False),
        sa.Column("visible", FLAG, server_default="1", nullable=False),
        sa.Column("visibleold", FLAG, server_default="1", nullable=False),
        sa.Column("timemodified", NUMBER, server_default="0", nullable=False),
        sa.Column("depth", FLAG, server_default="1", nullable=False),
        sa.Column("path", TEXT, server_default="", nullable=False),
        sa.Column("theme", TEXT, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_categories_parent", "categories", ["parent"], unique=False)
    op.create_index(
        "uq_categories_idnumber",
        "categories",
        ["idnumber"],
        unique=True,
        sqlite_where=sa.text("idnumber <> ''"),
        postgresql_where=sa.text("idnumber <> ''"),
    )
    op.create_table(
        "contexts",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("level", NUMBER, server_default="0", nullable=False),
        sa.Column("instanceid", NUMBER, server_default="0", nullable=False),
        sa.Column("path", TEXT, server_default="", nullable=False),
        sa.Column("depth", FLAG, server_default="0", nullable=False),
        sa.Column("locked", FLAG, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contexts")),
        sa.UniqueConstraint("level", "instanceid", name=op.f("uq_contexts_level")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_contexts_path", "contexts", ["path"], unique=False)
    op.create_table(
        "courses",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("category", NUMBER, server_default="0", nullable=False),
        sa.Column("sortorder", NUMBER, server_default="0", nullable=False),
        sa.Column("fullname", TEXT, server_default="", nullable=False),
        sa.Column("shortname", TEXT, nullable=False),
        sa.Column("idnumber", TEXT, server_default="", nullable=False),
        sa.Column("summary", TEXT, server_default="", nullable=False),
        sa.Column("summaryformat", FLAG, server_default="1", nullable=False),
        sa.Column("format", TEXT, server_default="topics", nullable=False),
        sa.Column("showgrades", FLAG, server_default="1", nullable=False),
        sa.Column("newsitems", NUMBER, server_default="5", nullable=False),
        sa.Column("startdate", NUMBER, server_default="0", nullable=False),
        sa.Column("enddate", NUMBER, server_default="0", nullable=False),
        sa.Column("marker", NUMBER, server_default="0", nullable=False),
        sa.Column("maxbytes", NUMBER, server_default="0", nullable=False),
        sa.Column("legacyfiles", NUMBER, server_default="0", nullable=False),
        sa.Column("showreports", FLAG, server_default="0", nullable=False),
        sa.Column("visible", FLAG, server_default="1", nullable=False),
        sa.Column("visibleold", FLAG, server_default="1", nullable=False),
        sa.Column("groupmode", NUMBER, server_default="0", nullable=False),
        sa.Column("groupmodeforce", FLAG, server_default="0", nullable=False),
        sa.Column("defaultgroupingid", NUMBER, server_default="0", nullable=False),
        sa.Column("lang", TEXT, server_default="", nullable=False),
        sa.Column("calendartype", TEXT, server_default="", nullable=False),
        sa.Column("theme", TEXT, server_default="", nullable=False),
        sa.Column("requested", FLAG, server_default="0", nullable=False),
        sa.Column("enablecompletion", FLAG, server_default="0", nullable=False),
        sa.Column("completionnotify", FLAG, server_default="0", nullable=False),
        sa.Column("showactivitydates", FLAG, server_default="1", nullable=False),
        sa.Column("showcompletionconditions", NUMBER, nullable=True),
        sa.Column("cacherev", NUMBER, server_default="0", nullable=False),
        sa.Column("creatorid", NUMBER, server_default="0", nullable=False),
        sa.Column("timecreated", NUMBER, server_default="0", nullable=False),
        sa.Column("timemodified", NUMBER, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses")),
        sa.UniqueConstraint("shortname", name=op.f("uq_courses_shortname")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_courses_category", "courses", ["category"], unique=False)
    op.create_index("ix_courses_sortorder", "courses", ["sortorder"], unique=False)
    op.create_index(
        "uq_courses_idnumber",
        "courses",
        ["idnumber"],
        unique=True,
        sqlite_where=sa.text("idnumber <> ''"),
        postgresql_where=sa.text("idnumber <> ''"),
    )
    op.create_table(
        "custom_fields",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("area", TEXT, server_default="", nullable=False),
        sa.Column("shortname", TEXT, server_default="", nullable=False),
        sa.Column("name", TEXT, server_default="", nullable=False),
        sa.Column("type", TEXT, server_default="text", nullable=False),
        sa.Column("visibility", FLAG, server_default="2", nullable=False),
        sa.Column("locked", FLAG, server_default="0", nullable=False),
        sa.Column("sortorder", NUMBER, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_fields")),
        sa.UniqueConstraint("area", "shortname", name=op.f("uq_custom_fields_area")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "facts_version",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("version", NUMBER, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facts_version")),
    )
    op.create_table(
        "file_contents",
        sa.Column("contenthash", TEXT, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("contenthash", name=op.f("pk_file_contents")),
    )
    op.create_table(
        "kept_answers",
        sa.Column("token_id", NUMBER, server_default="0", nullable=False),
        sa.Column("key", TEXT, server_default="", nullable=False),
        sa.Column("digest_number", NUMBER, server_default="0", nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("made", NUMBER, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("token_id", "key", name=op.f("pk_kept_answers")),
    )
    op.create_index("ix_kept_answers_made", "kept_answers", ["made"], unique=False)
    op.create_table(
        "login_failures",
        sa.Column("rule", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("failures", NUMBER, server_default="0", nullable=False),
        sa.Column("window_start", NUMBER, server_default="0", nullable=False),
        sa.Column("refused_until", NUMBER, server_default="0", nullable=False),
        sa.UniqueConstraint("rule", "key", name=op.f("uq_login_failures_rule")),
    )
    op.create_index("ix_login_failures_window", "login_failures", ["window_start"], unique=False)
    op.create_table(
        "login_networks",
        sa.Column("account", TEXT, nullable=False),
        sa.Column("network", TEXT, nullable=False),
        sa.Column("last_success", NUMBER, server_default="0", nullable=False),
        sa.UniqueConstraint("account", "network", name=op.f("uq_login_networks_account")),
    )
    op.create_table(
        "plugin_settings",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("plugin", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_settings")),
        sa.UniqueConstraint("plugin", "name", name=op.f("uq_plugin_settings_plugin")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "plugins",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("version", TEXT, server_default="", nullable=False),
        sa.Column("enabled", FLAG, server_default="0", nullable=False),
        sa.Column("steps", NUMBER, server_default="0", nullable=False),
        sa.Column("brings", TEXT, server_default="{}", nullable=False),
        sa.Column("timecreated", NUMBER, server_default="0", nullable=False),
        sa.Column("timemodified", NUMBER, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugins")),
        sa.UniqueConstraint("name", name=op.f("uq_plugins_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "profile_fields",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("shortname", TEXT, nullable=False),
        sa.Column("name", TEXT, server_default="", nullable=False),
        sa.Column("datatype", TEXT, server_default="text", nullable=False),
        sa.Column("visible", FLAG, server_default="2", nullable=False),
        sa.Column("required", FLAG, server_default="0", nullable=False),
        sa.Column("sortorder", NUMBER, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_fields")),
        sa.UniqueConstraint("shortname", name=op.f("uq_profile_fields_shortname")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "roles",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("shortname", TEXT, nullable=False),
        sa.Column("name", TEXT, server_default="", nullable=False),
        sa.Column("description", TEXT, server_default="", nullable=False),
        sa.Column("archetype", TEXT, server_default="", nullable=False),
        sa.Column("sortorder", NUMBER, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
        sa.UniqueConstraint("shortname", name=op.f("uq_roles_shortname")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "services",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("shortname", TEXT, server_default="", nullable=False),
        sa.Column("enabled", FLAG, server_default="0", nullable=False),
        sa.Column("restrictedusers", FLAG, server_default="1", nullable=False),
        sa.Column("requiredcapability", TEXT, server_default="", nullable=False),
        sa.Column("component", TEXT, server_default="", nullable=False),
        sa.Column("downloadfiles", FLAG, server_default="0", nullable=False),
        sa.Column("uploadfiles", FLAG, server_default="0", nullable=False),
        sa.Column("forbid_query_tokens", FLAG, server_default="0", nullable=False),
        sa.Column("forbid_get_writes", FLAG, server_default="0", nullable=False),
        sa.Column("timecreated", NUMBER, server_default="0", nullable=False),
        sa.Column("timemodified", NUMBER, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
        sa.UniqueConstraint("name", name=op.f("uq_services_name")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_services_shortname",
        "services",
        ["shortname"],
        unique=True,
        sqlite_where=sa.text("shortname <> ''"),
        postgresql_where=sa.text("shortname <> ''"),
    )
    op.create_table(
        "settings",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settings")),
    )
    op.create_table(
        "users",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("auth", TEXT, server_default="manual", nullable=False),
        sa.Column("confirmed", FLAG, server_default="1", nullable=False),
        sa.Column("policyagreed", FLAG, server_default="0", nullable=False),
        sa.Column("deleted", FLAG, server_default="0", nullable=False),
        sa.Column("suspended", FLAG, server_default="0", nullable=False),
        sa.Column("username", TEXT, nullable=False),
        sa.Column("password", TEXT, server_default="", nullable=False),
        sa.Column("idnumber", TEXT, server_default="", nullable=False),
        sa.Column("firstname", TEXT, server_default="", nullable=False),
        sa.Column("lastname", TEXT, server_default="", nullable=False),
        sa.Column("email", TEXT, server_default="", nullable=False),
        sa.Column("firstname_folded", TEXT, server_default="", nullable=False),
        sa.Column("lastname_folded", TEXT, server_default="", nullable=False),
        sa.Column("email_folded", TEXT, server_default="", nullable=False),
        sa.Column("email_unique", TEXT, nullable=True),
        sa.Column("phone1", TEXT, server_default="", nullable=False),
        sa.Column("phone2", TEXT, server_default="", nullable=False),
        sa.Column("institution", TEXT, server_default="", nullable=False),
        sa.Column("department", TEXT, nullable=True),
        sa.Column("address", TEXT, server_default="", nullable=False),
        sa.Column("city", TEXT, server_default="", nullable=False),
        sa.Column("country", TEXT, server_default="", nullable=False),
        sa.Column("lang", TEXT, server_default="en", nullable=False),
        sa.Column("calendartype", TEXT, server_default="gregorian", nullable=False),
        sa.Column("theme", TEXT, server_default="", nullable=False),
        sa.Column("timezone", TEXT, server_default="99", nullable=False),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("descriptionformat", FLAG, server_default="1", nullable=False),
        sa.Column("mailformat", FLAG, server_default="1", nullable=False),
        sa.Column("maildigest", FLAG, server_default="0", nullable=False),
        sa.Column("maildisplay", NUMBER, server_default="2", nullable=False),
        sa.Column("autosubscribe", FLAG, server_default="1", nullable=False),
        sa.Column("trackforums", FLAG, server_default="0", nullable=False),
        sa.Column("emailstop", FLAG, server_default="0", nullable=False),
        sa.Column("imagealt", TEXT, server_default="", nullable=False),
        sa.Column("firstnamephonetic", TEXT, server_default="", nullable=False),
        sa.Column("lastnamephonetic", TEXT, server_default="", nullable=False),
        sa.Column("middlename", TEXT, server_default="", nullable=False),
        sa.Column("alternatename", TEXT, server_default="", nullable=False),
        sa.Column("moodlenetprofile", TEXT, server_default="", nullable=False),
        sa.Column("picture", NUMBER, server_default="0", nullable=False),
        sa.Column("firstaccess", NUMBER, server_default="0", nullable=False),
        sa.Column("lastaccess", NUMBER, server_default="0", nullable=False),
        sa.Column("lastlogin", NUMBER, server_default="0", nullable=False),
        sa.Column("currentlogin", NUMBER, server_default="0", nullable=False),
        sa.Column("console_role", TEXT, server_default="", nullable=False),
        sa.Column("timecreated", NUMBER, server_default="0", nullable=False),
        sa.Column("timemodified", NUMBER, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email_unique", name=op.f("uq_users_email_unique")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_users_auth", "users", ["auth"], unique=False)
    op.create_index(op.f("ix_users_email_folded"), "users", ["email_folded"], unique=False)
    op.create_index(op.f("ix_users_idnumber"), "users", ["idnumber"], unique=False)
    op.create_table(
        "activities",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("type", TEXT, server_default="", nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("name", TEXT, server_default="", nullable=False),
        sa.Column("intro", TEXT, server_default="", nullable=False),
        sa.Column("introformat", FLAG, server_default="1", nullable=False),
        sa.Column("content", TEXT, server_default="", nullable=False),
        sa.Column("contentformat", FLAG, server_default="1", nullable=False),
        sa.Column("externalurl", TEXT, server_default="", nullable=False),
        sa.Column("duedate", NUMBER, server_default="0", nullable=False),
        sa.Column("grade", NUMBER, server_default="0", nullable=False),
        sa.Column("timemodified", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_activities_course_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_activities_course_id"), "activities", ["course_id"], unique=False)
    op.create_table(
        "cohorts",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("context_id", ID, nullable=False),
        sa.Column("name", TEXT, server_default="", nullable=False),
        sa.Column("idnumber", TEXT, server_default="", nullable=False),
        sa.Column("description", TEXT, server_default="", nullable=False),
        sa.Column("descriptionformat", FLAG, server_default="1", nullable=False),
        sa.Column("visible", FLAG, server_default="1", nullable=False),
        sa.Column("component", TEXT, server_default="", nullable=False),
        sa.Column("theme", TEXT, server_default="", nullable=False),
        sa.Column("timecreated", NUMBER, server_default="0", nullable=False),
        sa.Column("timemodified", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"], ["contexts.id"], name=op.f("fk_cohorts_context_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_cohorts_context_id"), "cohorts", ["context_id"], unique=False)
    op.create_table(
        "completion_aggregations",
        sa.Column("course_id", ID, nullable=False),
        sa.Column("method", FLAG, server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_completion_aggregations_course_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("course_id", name=op.f("uq_completion_aggregations_course_id")),
    )
    op.create_index(
        op.f("ix_completion_aggregations_course_id"),
        "completion_aggregations",
        ["course_id"],
        unique=False,
    )
    op.create_table(
        "completion_criteria",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("type", FLAG, server_default="0", nullable=False),
        sa.Column("course_module_id", ID, nullable=True),
        sa.Column("gradepass", sa.Float(precision=53), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_completion_criteria_course_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_completion_criteria")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_completion_criteria_course_id"), "completion_criteria", ["course_id"], unique=False
    )
    op.create_table(
        "console_sessions",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("csrf", sa.LargeBinary(), nullable=False),
        sa.Column("address", TEXT, server_default="", nullable=False),
        sa.Column("timecreated", NUMBER, server_default="0", nullable=False),
        sa.Column("lastseen", NUMBER, server_default="0", nullable=False),
        sa.Column("authenticated", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_console_sessions_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_console_sessions")),
        sa.UniqueConstraint("digest", name=op.f("uq_console_sessions_digest")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_console_sessions_user_id"), "console_sessions", ["user_id"], unique=False
    )
    op.create_table(
        "course_accesses",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("timeaccess", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_course_accesses_course_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_course_accesses_user_id"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint("user_id", "course_id", name=op.f("uq_course_accesses_user_id")),
    )
    op.create_index(
        op.f("ix_course_accesses_course_id"), "course_accesses", ["course_id"], unique=False
    )
    op.create_index(
        op.f("ix_course_accesses_user_id"), "course_accesses", ["user_id"], unique=False
    )
    op.create_table(
        "course_completions",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("timecompleted", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_course_completions_course_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_course_completions_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_completions")),
        sa.UniqueConstraint("course_id", "user_id", name=op.f("uq_course_completions_course_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_course_completions_course_id"), "course_completions", ["course_id"], unique=False
    )
    op.create_index(
        op.f("ix_course_completions_user_id"), "course_completions", ["user_id"], unique=False
    )
    op.create_table(
        "course_format_options",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("format", TEXT, server_default="", nullable=False),
        sa.Column("name", TEXT, server_default="", nullable=False),
        sa.Column("value", TEXT, server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_course_format_options_course_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_format_options")),
        sa.UniqueConstraint(
            "course_id", "format", "name", name=op.f("uq_course_format_options_course_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_course_format_options_course_id"),
        "course_format_options",
        ["course_id"],
        unique=False,
    )
    op.create_table(
        "custom_values",
        sa.Column("field_id", ID, nullable=False),
        sa.Column("instanceid", NUMBER, server_default="0", nullable=False),
        sa.Column("value", TEXT, server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["field_id"],
            ["custom_fields.id"],
            name=op.f("fk_custom_values_field_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("field_id", "instanceid", name=op.f("uq_custom_values_field_id")),
    )
    op.create_index(op.f("ix_custom_values_field_id"), "custom_values", ["field_id"], unique=False)
    op.create_table(
        "enrolment_instances",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("enrol", TEXT, server_default="", nullable=False),
        sa.Column("status", FLAG, server_default="0", nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("sortorder", NUMBER, server_default="0", nullable=False),
        sa.Column("name", TEXT, server_default="", nullable=False),
        sa.Column("roleid", NUMBER, server_default="0", nullable=False),
        sa.Column("enrolstartdate", NUMBER, server_default="0", nullable=False),
        sa.Column("enrolenddate", NUMBER, server_default="0", nullable=False),
        sa.Column("enrolperiod", NUMBER, server_default="0", nullable=False),
        sa.Column("password", TEXT, nullable=True),
        sa.Column("group_keys", FLAG, server_default="0", nullable=False),
        sa.Column("max_enrolled", NUMBER, server_default="0", nullable=False),
        sa.Column("cohort_id", NUMBER, server_default="0", nullable=False),
        sa.Column("new_enrolments", FLAG, server_default="1", nullable=False),
        sa.Column("timecreated", NUMBER, server_default="0", nullable=False),
        sa.Column("timemodified", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_enrolment_instances_course_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_instances")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_enrolment_instances_course_id"), "enrolment_instances", ["course_id"], unique=False
    )
    op.create_table(
        "files",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("context_id", ID, nullable=False),
        sa.Column("component", TEXT, server_default="", nullable=False),
        sa.Column("filearea", TEXT, server_default="", nullable=False),
        sa.Column("itemid", NUMBER, server_default="0", nullable=False),
        sa.Column("filepath", TEXT, server_default="/", nullable=False),
        sa.Column("filename", TEXT, server_default="", nullable=False),
        sa.Column("contenthash", TEXT, server_default="", nullable=False),
        sa.Column("filesize", NUMBER, server_default="0", nullable=False),
        sa.Column("mimetype", TEXT, server_default="", nullable=False),
        sa.Column("userid", NUMBER, server_default="0", nullable=False),
        sa.Column("author", TEXT, server_default="", nullable=False),
        sa.Column("license", TEXT, server_default="", nullable=False),
        sa.Column("source", TEXT, server_default="", nullable=False),
        sa.Column("sortorder", NUMBER, server_default="0", nullable=False),
        sa.Column("timecreated", NUMBER, server_default="0", nullable=False),
        sa.Column("timemodified", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"], ["contexts.id"], name=op.f("fk_files_context_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint(
            "context_id",
            "component",
            "filearea",
            "itemid",
            "filepath",
            "filename",
            name=op.f("uq_files_context_id"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_files_contenthash", "files", ["contenthash"], unique=False)
    op.create_index(op.f("ix_files_context_id"), "files", ["context_id"], unique=False)
    op.create_table(
        "grade_categories",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("parent", ID, nullable=True),
        sa.Column("fullname", TEXT, server_default="?", nullable=False),
        sa.Column("aggregation", NUMBER, server_default="13", nullable=False),
        sa.Column("aggregateonlygraded", FLAG, server_default="1", nullable=False),
        sa.Column("hidden", FLAG, server_default="0", nullable=False),
        sa.Column("timecreated", NUMBER, server_default="0", nullable=False),
        sa.Column("timemodified", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_grade_categories_course_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_categories")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_grade_categories_course_id"), "grade_categories", ["course_id"], unique=False
    )
    op.create_table(
        "grade_items",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("category_id", ID, nullable=True),
        sa.Column("name", TEXT, nullable=True),
        sa.Column("type", TEXT, server_default="", nullable=False),
        sa.Column("module", TEXT, nullable=True),
        sa.Column("instance", ID, nullable=True),
        sa.Column("itemnumber", NUMBER, server_default="0", nullable=False),
        sa.Column("idnumber", TEXT, nullable=True),
        sa.Column("gradetype", FLAG, server_default="1", nullable=False),
        sa.Column("grademax", sa.Float(precision=53), server_default="100", nullable=False),
        sa.Column("grademin", sa.Float(precision=53), server_default="0", nullable=False),
        sa.Column("gradepass", sa.Float(precision=53), server_default="0", nullable=False),
        sa.Column("scaleid", NUMBER, server_default="0", nullable=False),
        sa.Column("multfactor", sa.Float(precision=53), server_default="1", nullable=False),
        sa.Column("plusfactor", sa.Float(precision=53), server_default="0", nullable=False),
        sa.Column("display", NUMBER, server_default="0", nullable=False),
        sa.Column("decimals", ID, nullable=True),
        sa.Column("weight", sa.Float(precision=53), server_default="0", nullable=False),
        sa.Column("weightoverride", FLAG, server_default="0", nullable=False),
        sa.Column("hidden", NUMBER, server_default="0", nullable=False),
        sa.Column("locked", NUMBER, server_default="0", nullable=False),
        sa.Column("needsupdate", FLAG, server_default="0", nullable=False),
        sa.Column("sortorder", NUMBER, server_default="0", nullable=False),
        sa.Column("timecreated", NUMBER, server_default="0", nullable=False),
        sa.Column("timemodified", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_grade_items_course_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_items")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_grade_items_course_id"), "grade_items", ["course_id"], unique=False)
    op.create_table(
        "groupings",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("idnumber", TEXT, server_default="", nullable=False),
        sa.Column("name", TEXT, server_default="", nullable=False),
        sa.Column("description", TEXT, server_default="", nullable=False),
        sa.Column("descriptionformat", FLAG, server_default="1", nullable=False),
        sa.Column("timecreated", NUMBER, server_default="0", nullable=False),
        sa.Column("timemodified", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_groupings_course_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groupings")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_groupings_course_id"), "groupings", ["course_id"], unique=False)
    op.create_index(
        "uq_groupings_idnumber",
        "groupings",
        ["course_id", "idnumber"],
        unique=True,
        sqlite_where=sa.text("idnumber NOT IN ('', '0')"),
        postgresql_where=sa.text("idnumber NOT IN ('', '0')"),
    )
    op.create_table(
        "groups",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("idnumber", TEXT, server_default="", nullable=False),
        sa.Column("name", TEXT, server_default="", nullable=False),
        sa.Column("description", TEXT, server_default="", nullable=False),
        sa.Column("descriptionformat", FLAG, server_default="1", nullable=False),
        sa.Column("enrolmentkey", TEXT, nullable=True),
        sa.Column("visibility", FLAG, server_default="0", nullable=False),
        sa.Column("participation", FLAG, server_default="1", nullable=False),
        sa.Column("timecreated", NUMBER, server_default="0", nullable=False),
        sa.Column("timemodified", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_groups_course_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_groups_course_name", "groups", ["course_id", "name"], unique=False)
    op.create_index(
        "uq_groups_idnumber",
        "groups",
        ["course_id", "idnumber"],
        unique=True,
        sqlite_where=sa.text("idnumber NOT IN ('', '0')"),
        postgresql_where=sa.text("idnumber NOT IN ('', '0')"),
    )
    op.create_table(
        "interests",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("name", TEXT, server_default="", nullable=False),
        sa.Column("ordering", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_interests_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interests")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_interests_user_id"), "interests", ["user_id"], unique=False)
    op.create_table(
        "one_time_links",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("validuntil", NUMBER, server_default="0", nullable=False),
        sa.Column("used", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_one_time_links_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_links")),
        sa.UniqueConstraint("digest", name=op.f("uq_one_time_links_digest")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_one_time_links_user_id"), "one_time_links", ["user_id"], unique=False)
    op.create_table(
        "private_keys",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("script", TEXT, server_default="", nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("timecreated", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_private_keys_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_private_keys")),
        sa.UniqueConstraint("user_id", "script", name=op.f("uq_private_keys_user_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_private_keys_user_id"), "private_keys", ["user_id"], unique=False)
    op.create_table(
        "profile_values",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("field_id", ID, nullable=False),
        sa.Column("value", TEXT, server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["field_id"],
            ["profile_fields.id"],
            name=op.f("fk_profile_values_field_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_profile_values_user_id"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint("user_id", "field_id", name=op.f("uq_profile_values_user_id")),
    )
    op.create_index(
        op.f("ix_profile_values_field_id"), "profile_values", ["field_id"], unique=False
    )
    op.create_index(op.f("ix_profile_values_user_id"), "profile_values", ["user_id"], unique=False)
    op.create_table(
        "recovery_codes",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("used", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("user_id", "digest", name=op.f("uq_recovery_codes_user_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_recovery_codes_user_id"), "recovery_codes", ["user_id"], unique=False)
    op.create_table(
        "role_assignments",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("role_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("context_id", ID, nullable=False),
        sa.Column("component", TEXT, server_default="", nullable=False),
        sa.Column("itemid", NUMBER, server_default="0", nullable=False),
        sa.Column("modifierid", NUMBER, server_default="0", nullable=False),
        sa.Column("timemodified", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"],
            ["contexts.id"],
            name=op.f("fk_role_assignments_context_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["roles.id"], name=op.f("fk_role_assignments_role_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_role_assignments_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_assignments")),
        sa.UniqueConstraint(
            "role_id", "user_id", "context_id", name=op.f("uq_role_assignments_role_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_role_assignments_context_id"), "role_assignments", ["context_id"], unique=False
    )
    op.create_index(
        op.f("ix_role_assignments_role_id"), "role_assignments", ["role_id"], unique=False
    )
    op.create_index(
        op.f("ix_role_assignments_user_id"), "role_assignments", ["user_id"], unique=False
    )
    op.create_table(
        "role_capabilities",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("role_id", ID, nullable=False),
        sa.Column("context_id", ID, nullable=False),
        sa.Column("capability", TEXT, nullable=False),
        sa.Column("permission", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"],
            ["contexts.id"],
            name=op.f("fk_role_capabilities_context_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["roles.id"], name=op.f("fk_role_capabilities_role_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_capabilities")),
        sa.UniqueConstraint(
            "role_id", "context_id", "capability", name=op.f("uq_role_capabilities_role_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_role_capabilities_capability", "role_capabilities", ["capability"], unique=False
    )
    op.create_index(
        op.f("ix_role_capabilities_context_id"), "role_capabilities", ["context_id"], unique=False
    )
    op.create_index(
        op.f("ix_role_capabilities_role_id"), "role_capabilities", ["role_id"], unique=False
    )
    op.create_table(
        "role_levels",
        sa.Column("role_id", ID, nullable=False),
        sa.Column("level", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["role_id"], ["roles.id"], name=op.f("fk_role_levels_role_id"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint("role_id", "level", name=op.f("uq_role_levels_role_id")),
    )
    op.create_index(op.f("ix_role_levels_role_id"), "role_levels", ["role_id"], unique=False)
    op.create_table(
        "role_may_assign",
        sa.Column("role_id", ID, nullable=False),
        sa.Column("target_role_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["role_id"], ["roles.id"], name=op.f("fk_role_may_assign_role_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["target_role_id"],
            ["roles.id"],
            name=op.f("fk_role_may_assign_target_role_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("role_id", "target_role_id", name=op.f("uq_role_may_assign_role_id")),
    )
    op.create_index(
        op.f("ix_role_may_assign_role_id"), "role_may_assign", ["role_id"], unique=False
    )
    op.create_index(
        op.f("ix_role_may_assign_target_role_id"),
        "role_may_assign",
        ["target_role_id"],
        unique=False,
    )
    op.create_table(
        "second_factors",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", NUMBER, server_default="0", nullable=False),
        sa.Column("confirmed", FLAG, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_second_factors_user_id"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint("user_id", name=op.f("uq_second_factors_user_id")),
    )
    op.create_index(op.f("ix_second_factors_user_id"), "second_factors", ["user_id"], unique=False)
    op.create_table(
        "sections",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("section", NUMBER, server_default="0", nullable=False),
        sa.Column("name", TEXT, nullable=True),
        sa.Column("summary", TEXT, server_default="", nullable=False),
        sa.Column("summaryformat", FLAG, server_default="1", nullable=False),
        sa.Column("visible", FLAG, server_default="1", nullable=False),
        sa.Column("timemodified", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_sections_course_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sections")),
        sa.UniqueConstraint("course_id", "section", name=op.f("uq_sections_course_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sections_course_id"), "sections", ["course_id"], unique=False)
    op.create_table(
        "service_functions",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("service_id", ID, nullable=False),
        sa.Column("function", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["services.id"],
            name=op.f("fk_service_functions_service_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_functions")),
        sa.UniqueConstraint("service_id", "function", name=op.f("uq_service_functions_service_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_service_functions_service_id"), "service_functions", ["service_id"], unique=False
    )
    op.create_table(
        "service_users",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("service_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("iprestriction", TEXT, server_default="", nullable=False),
        sa.Column("validuntil", NUMBER, server_default="0", nullable=False),
        sa.Column("timecreated", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["services.id"],
            name=op.f("fk_service_users_service_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_service_users_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_users")),
        sa.UniqueConstraint("service_id", "user_id", name=op.f("uq_service_users_service_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_service_users_service_id"), "service_users", ["service_id"], unique=False
    )
    op.create_index(op.f("ix_service_users_user_id"), "service_users", ["user_id"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("handle", TEXT, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("key_number", FLAG, server_default="1", nullable=False),
        sa.Column("last4", TEXT, server_default="", nullable=False),
        sa.Column("name", TEXT, server_default="", nullable=False),
        sa.Column("origin", TEXT, server_default="admin", nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("service_id", ID, nullable=False),
        sa.Column("context_id", ID, nullable=False),
        sa.Column("creatorid", NUMBER, server_default="0", nullable=False),
        sa.Column("iprestriction", TEXT, server_default="", nullable=False),
        sa.Column("validuntil", NUMBER, server_default="0", nullable=False),
        sa.Column("timecreated", NUMBER, server_default="0", nullable=False),
        sa.Column("lastaccess", NUMBER, server_default="0", nullable=False),
        sa.Column("revoked", NUMBER, server_default="0", nullable=False),
        sa.Column("revoked_reason", TEXT, nullable=True),
        sa.Column("expired_seen", NUMBER, server_default="0", nullable=False),
        sa.Column("disabled", NUMBER, server_default="0", nullable=False),
        sa.Column("note", TEXT, server_default="", nullable=False),
        sa.Column("rate", NUMBER, server_default="0", nullable=False),
        sa.Column("burst", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"], ["contexts.id"], name=op.f("fk_tokens_context_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_tokens_service_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_tokens_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_tokens_digest")),
        sa.UniqueConstraint("handle", name=op.f("uq_tokens_handle")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_tokens_context_id"), "tokens", ["context_id"], unique=False)
    op.create_index(op.f("ix_tokens_service_id"), "tokens", ["service_id"], unique=False)
    op.create_index(op.f("ix_tokens_user_id"), "tokens", ["user_id"], unique=False)
    op.create_index(
        "uq_tokens_login",
        "tokens",
        ["user_id", "service_id"],
        unique=True,
        sqlite_where=sa.text("origin = 'login' AND revoked = 0"),
        postgresql_where=sa.text("origin = 'login' AND revoked = 0"),
    )
    op.create_table(
        "user_preferences",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value", TEXT, server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_preferences_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_preferences")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_user_preferences_user_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_user_preferences_user_id"), "user_preferences", ["user_id"], unique=False
    )
    op.create_table(
        "cohort_members",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("cohort_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("timeadded", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["cohorts.id"],
            name=op.f("fk_cohort_members_cohort_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_cohort_members_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_members")),
        sa.UniqueConstraint("cohort_id", "user_id", name=op.f("uq_cohort_members_cohort_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_cohort_members_cohort_id"), "cohort_members", ["cohort_id"], unique=False
    )
    op.create_index(op.f("ix_cohort_members_user_id"), "cohort_members", ["user_id"], unique=False)
    op.create_table(
        "course_modules",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("section_id", ID, nullable=False),
        sa.Column("module", TEXT, server_default="", nullable=False),
        sa.Column("instance", ID, nullable=False),
        sa.Column("idnumber", TEXT, server_default="", nullable=False),
        sa.Column("ordering", NUMBER, server_default="0", nullable=False),
        sa.Column("added", NUMBER, server_default="0", nullable=False),
        sa.Column("visible", FLAG, server_default="1", nullable=False),
        sa.Column("visibleold", FLAG, server_default="1", nullable=False),
        sa.Column("visibleoncoursepage", FLAG, server_default="1", nullable=False),
        sa.Column("groupmode", NUMBER, server_default="0", nullable=False),
        sa.Column("groupingid", NUMBER, server_default="0", nullable=False),
        sa.Column("completion", FLAG, server_default="0", nullable=False),
        sa.Column("completionview", FLAG, server_default="0", nullable=False),
        sa.Column("completionusegrade", FLAG, server_default="0", nullable=False),
        sa.Column("completionpassgrade", FLAG, server_default="0", nullable=False),
        sa.Column("completionexpected", NUMBER, server_default="0", nullable=False),
        sa.Column("showdescription", FLAG, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_course_modules_course_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["section_id"],
            ["sections.id"],
            name=op.f("fk_course_modules_section_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_modules")),
        sa.UniqueConstraint("module", "instance", name=op.f("uq_course_modules_module")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_course_modules_course_id"), "course_modules", ["course_id"], unique=False
    )
    op.create_index(
        op.f("ix_course_modules_section_id"), "course_modules", ["section_id"], unique=False
    )
    op.create_table(
        "criterion_completions",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("criterion_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("timecompleted", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["criterion_id"],
            ["completion_criteria.id"],
            name=op.f("fk_criterion_completions_criterion_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_criterion_completions_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion_completions")),
        sa.UniqueConstraint(
            "criterion_id", "user_id", name=op.f("uq_criterion_completions_criterion_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_criterion_completions_criterion_id"),
        "criterion_completions",
        ["criterion_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_criterion_completions_user_id"), "criterion_completions", ["user_id"], unique=False
    )
    op.create_table(
        "grades",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("rawgrade", sa.Float(precision=53), nullable=True),
        sa.Column("finalgrade", sa.Float(precision=53), nullable=True),
        sa.Column("rawgrademax", sa.Float(precision=53), server_default="100", nullable=False),
        sa.Column("rawgrademin", sa.Float(precision=53), server_default="0", nullable=False),
        sa.Column("hidden", NUMBER, server_default="0", nullable=False),
        sa.Column("locked", NUMBER, server_default="0", nullable=False),
        sa.Column("overridden", NUMBER, server_default="0", nullable=False),
        sa.Column("excluded", NUMBER, server_default="0", nullable=False),
        sa.Column("feedback", TEXT, nullable=True),
        sa.Column("feedbackformat", FLAG, server_default="0", nullable=False),
        sa.Column("usermodified", NUMBER, server_default="0", nullable=False),
        sa.Column("timecreated", NUMBER, server_default="0", nullable=False),
        sa.Column("timemodified", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["grade_items.id"], name=op.f("fk_grades_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_grades_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grades")),
        sa.UniqueConstraint("item_id", "user_id", name=op.f("uq_grades_item_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_grades_item_id"), "grades", ["item_id"], unique=False)
    op.create_index(op.f("ix_grades_user_id"), "grades", ["user_id"], unique=False)
    op.create_table(
        "group_members",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("group_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("component", TEXT, server_default="", nullable=False),
        sa.Column("itemid", NUMBER, server_default="0", nullable=False),
        sa.Column("timeadded", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_group_members_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_group_members_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_members")),
        sa.UniqueConstraint("group_id", "user_id", name=op.f("uq_group_members_group_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_group_members_group_id"), "group_members", ["group_id"], unique=False)
    op.create_index(op.f("ix_group_members_user_id"), "group_members", ["user_id"], unique=False)
    op.create_table(
        "grouping_groups",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("grouping_id", ID, nullable=False),
        sa.Column("group_id", ID, nullable=False),
        sa.Column("timeadded", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["groups.id"],
            name=op.f("fk_grouping_groups_group_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["grouping_id"],
            ["groupings.id"],
            name=op.f("fk_grouping_groups_grouping_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grouping_groups")),
        sa.UniqueConstraint("grouping_id", "group_id", name=op.f("uq_grouping_groups_grouping_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_grouping_groups_group_id"), "grouping_groups", ["group_id"], unique=False
    )
    op.create_index(
        op.f("ix_grouping_groups_grouping_id"), "grouping_groups", ["grouping_id"], unique=False
    )
    op.create_table(
        "token_looks",
        sa.Column("token_id", ID, nullable=False),
        sa.Column("looked", NUMBER, server_default="0", nullable=False),
        sa.Column("flags", NUMBER, server_default="0", nullable=False),
        sa.Column("found", TEXT, server_default="[]", nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"], ["tokens.id"], name=op.f("fk_token_looks_token_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_token_looks")),
    )
    op.create_table(
        "user_enrolments",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("status", FLAG, server_default="0", nullable=False),
        sa.Column("timestart", NUMBER, server_default="0", nullable=False),
        sa.Column("timeend", NUMBER, server_default="0", nullable=False),
        sa.Column("modifierid", NUMBER, server_default="0", nullable=False),
        sa.Column("timecreated", NUMBER, server_default="0", nullable=False),
        sa.Column("timemodified", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"],
            ["enrolment_instances.id"],
            name=op.f("fk_user_enrolments_instance_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_enrolments_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_enrolments")),
        sa.UniqueConstraint("instance_id", "user_id", name=op.f("uq_user_enrolments_instance_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_user_enrolments_instance_id"), "user_enrolments", ["instance_id"], unique=False
    )
    op.create_index(
        "ix_user_enrolments_instance_user",
        "user_enrolments",
        ["user_id", "instance_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_user_enrolments_user_id"), "user_enrolments", ["user_id"], unique=False
    )
    op.create_table(
        "activity_completions",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("course_module_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("state", FLAG, server_default="0", nullable=False),
        sa.Column("viewed", FLAG, server_default="0", nullable=False),
        sa.Column("overrideby", ID, nullable=True),
        sa.Column("timemodified", NUMBER, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["course_module_id"],
            ["course_modules.id"],
            name=op.f("fk_activity_completions_course_module_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_activity_completions_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_completions")),
        sa.UniqueConstraint(
            "course_module_id", "user_id", name=op.f("uq_activity_completions_course_module_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_activity_completions_course_module_id"),
        "activity_completions",
        ["course_module_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_activity_completions_user_id"), "activity_completions", ["user_id"], unique=False
    )
    append_only.protect(op.get_bind())
    facts_watched.watch(op.get_bind())
    search_indexes.make(op.get_bind())


def downgrade() -> None:
    """Remove everything; indexes go with their tables."""
    facts_watched.release(op.get_bind())
    append_only.release(op.get_bind())
    for table in (
        "activity_completions",
        "user_enrolments",
        "token_looks",
        "grouping_groups",
        "group_members",
        "grades",
        "criterion_completions",
        "course_modules",
        "cohort_members",
        "user_preferences",
        "tokens",
        "service_users",
        "service_functions",
        "sections",
        "second_factors",
        "role_may_assign",
        "role_levels",
        "role_capabilities",
        "role_assignments",
        "recovery_codes",
        "profile_values",
        "private_keys",
        "one_time_links",
        "interests",
        "groups",
        "groupings",
        "grade_items",
        "grade_categories",
        "files",
        "enrolment_instances",
        "custom_values",
        "course_format_options",
        "course_completions",
        "course_accesses",
        "console_sessions",
        "completion_criteria",
        "completion_aggregations",
        "cohorts",
        "activities",
        "users",
        "settings",
        "services",
        "roles",
        "profile_fields",
        "plugins",
        "plugin_settings",
        "login_networks",
        "login_failures",
        "kept_answers",
        "file_contents",
        "facts_version",
        "custom_fields",
        "courses",
        "contexts",
        "categories",
        "calls",
        "audit_segments",
        "audit_records",
    ):
        op.drop_table(table)
