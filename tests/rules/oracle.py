"""Who should be let in, worked out from the specification alone, without Coursewire's rules.

A function needs its capabilities at a place; a course must also be entered. What a role allows is
read from the published table of archetypes, not asked of the server.
"""

from typing import NamedTuple

from coursewire.contracts import capabilities
from tests.rules.world import COURSES, GROUPS, IN_COURSE, TEN

EXISTING = (*COURSES, *GROUPS)
_TAKE_PART = frozenset(EXISTING) - {"other course"}
_ARCHETYPES = {
    "authenticated": "user",
    "student": "student",
    "teacher": "teacher",
    "editingteacher": "editingteacher",
    "manager": "manager",
}


class Needs(NamedTuple):
    """One of `any_of` and all of `all_of`, in a course, a category or the whole site.

    `shared_group`: in separate groups the person looked at must be in a group of the caller.
    """

    place: str
    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    shared_group: bool = False


_GROUPS = Needs("course", ("moodle/course:managegroups",))
_CATEGORIES = Needs("category", ("moodle/category:manage",))
_COHORTS = Needs("category", ("moodle/cohort:manage",))
_IN_COHORTS = Needs("category", any_of=("moodle/cohort:manage", "moodle/cohort:assign"))
_SEE_COHORTS = Needs("category", any_of=("moodle/cohort:manage", "moodle/cohort:view"))
_ROLES = Needs("course", ("moodle/role:assign",))

# Function: what it needs (functions.md sections 1 and 2, functions-2.md).
NEEDS: dict[str, Needs] = {
    **{
        f"core_group_{name}": _GROUPS
        for name in (
            "create_groups", "get_groups", "get_course_groups", "update_groups", "delete_groups",
            "add_group_members", "delete_group_members", "get_group_members", "create_groupings",
            "get_groupings", "get_course_groupings", "update_groupings", "delete_groupings",
            "assign_grouping", "unassign_grouping",
        )
    },
    "enrol_manual_enrol_users": Needs("course", ("enrol/manual:enrol", "moodle/role:assign")),
    "enrol_manual_unenrol_users": Needs("course", ("enrol/manual:unenrol",)),
    "core_enrol_get_enrolled_users": Needs(
        "course", any_of=("moodle/course:viewparticipants", "moodle/course:enrolreview")
    ),
    "core_enrol_get_enrolled_users_with_capability": Needs(
        "course",
        ("moodle/role:review",),
        any_of=("moodle/course:viewparticipants", "moodle/course:enrolreview"),
    ),
    "core_enrol_search_users": Needs(
        "course", any_of=("moodle/course:viewparticipants", "moodle/course:enrolreview")
    ),
    "core_enrol_get_potential_users": Needs("course", ("moodle/course:enrolreview",)),
    "core_role_assign_roles": _ROLES,
    "core_role_unassign_roles": _ROLES,
    "core_course_create_courses": Needs("category", ("moodle/course:create",)),
    "core_course_create_categories": _CATEGORIES,
    "core_course_update_categories": _CATEGORIES,
    "core_course_delete_categories": _CATEGORIES,
    "core_cohort_create_cohorts": _COHORTS,
    "core_cohort_update_cohorts": _COHORTS,
    "core_cohort_delete_cohorts": _COHORTS,
    "core_cohort_get_cohorts": _SEE_COHORTS,
    "core_cohort_get_cohort_members": _SEE_COHORTS,
    "core_cohort_add_cohort_members": _IN_COHORTS,
    "core_cohort_delete_cohort_members": _IN_COHORTS,
    "core_user_create_users": Needs("site", ("moodle/user:create",)),
    "core_user_update_users": Needs("site", ("moodle/user:update",)),
    "core_user_delete_users": Needs("site", ("moodle/user:delete",)),
    "core_user_get_user_preferences": Needs("site", ("moodle/site:config",)),
    "core_user_search_identity": Needs("site", ("moodle/user:viewalldetails",)),
    "gradereport_overview_get_course_grades": Needs("site", ("moodle/grade:viewall",)),
    "gradereport_user_get_grade_items": Needs(
        "course", ("gradereport/user:view", "moodle/grade:viewall"), shared_group=True
    ),
    "core_grades_update_grades": Needs("course", ("moodle/grade:edit",)),
    "core_grades_get_gradeitems": Needs("course"),
    "core_grades_get_gradable_users": Needs("course", ("moodle/course:viewparticipants",)),
    "core_completion_get_activities_completion_status": Needs(
        "course", ("report/progress:view",), shared_group=True
    ),
    "core_completion_override_activity_completion_status": Needs(
        "course", ("moodle/course:overridecompletion", "mod/assign:view")
    ),
    "core_completion_update_activity_completion_status_manually": Needs(
        "course", ("moodle/course:togglecompletion", "mod/assign:view")
    ),
    "core_group_get_activity_groupmode": Needs("course", ("mod/assign:view",)),
    "core_course_get_course_module": Needs("course", ("mod/assign:view",)),
    "core_course_get_course_module_by_instance": Needs("course", ("mod/assign:view",)),
    "core_course_get_contents": Needs("course"),
    "core_course_get_courses": Needs("course", ("moodle/course:view",)),
}  # fmt: skip


def lets_in(function: str, role: str, target: str) -> bool:
    """Tell whether a call of a function by a role about an existing target is to be answered."""
    if role == "administrator":
        return True
    needs = NEEDS[function]

    def may(capability: str) -> bool:
        return _may(role, capability, target, needs.place)

    if needs.place == "course" and not _enters(role, target):
        return False
    if needs.shared_group and not (may("moodle/site:accessallgroups") or target == "own group"):
        return False
    return all(map(may, needs.all_of)) and (not needs.any_of or any(map(may, needs.any_of)))


def _enters(role: str, target: str) -> bool:
    """Tell whether a role may enter the course of a target (functions.md 4.2)."""
    takes_part = role in IN_COURSE and target in _TAKE_PART
    if not takes_part and not _may(role, "moodle/course:view", target, "course"):
        return False
    is_hidden = target == "hidden course"
    return not is_hidden or _may(role, "moodle/course:viewhiddencourses", target, "course")


def _may(role: str, capability: str, target: str, place: str) -> bool:
    """Tell what a role allows at a place; everybody has the role of authenticated users."""
    if _allows("authenticated", capability):
        return True
    if role in IN_COURSE:
        return place == "course" and target in _TAKE_PART and _allows(role, capability)
    return _allows(role, capability)


def _allows(role: str, capability: str) -> bool:
    if role == "custom":
        return capability in TEN
    return _ARCHETYPES[role] in capabilities.known()[capability].roles
