"""How functions behave when a call is repeated or one of its rows is bad; Moodle does not say it.

Both lists hold what is known; of a function that is in neither the client assumes the worse.
"""

REPEATABLE = frozenset(
    (
        "core_cohort_delete_cohort_members",
        "core_cohort_update_cohorts",
        "core_course_update_categories",
        "core_course_update_courses",
        "core_grades_update_grades",
        "core_group_add_group_members",
        "core_group_assign_grouping",
        "core_group_delete_group_members",
        "core_group_delete_groupings",
        "core_group_delete_groups",
        "core_group_unassign_grouping",
        "core_group_update_groupings",
        "core_group_update_groups",
        "core_role_assign_roles",
        "core_role_unassign_roles",
        "core_user_set_user_preferences",
        "core_user_update_user_preferences",
        "core_user_update_users",
        "enrol_manual_enrol_users",
        "enrol_manual_unenrol_users",
    )
)
"""Writing functions that change nothing more, and answer the same, when called a second time."""

ALL_OR_NOTHING = frozenset(
    (
        "core_calendar_delete_calendar_events",
        "core_cohort_create_cohorts",
        "core_cohort_delete_cohort_members",
        "core_cohort_delete_cohorts",
        "core_cohort_update_cohorts",
        "core_course_create_categories",
        "core_course_create_courses",
        "core_course_delete_categories",
        "core_course_update_categories",
        "core_group_add_group_members",
        "core_group_assign_grouping",
        "core_group_create_groupings",
        "core_group_create_groups",
        "core_group_delete_group_members",
        "core_group_delete_groupings",
        "core_group_delete_groups",
        "core_group_unassign_grouping",
        "core_group_update_groupings",
        "core_group_update_groups",
        "core_role_assign_roles",
        "core_role_unassign_roles",
        "core_user_create_users",
        "core_user_delete_users",
        "enrol_manual_enrol_users",
        "enrol_manual_unenrol_users",
    )
)
"""Functions that undo every row of a call when they refuse one."""
