"""What each function needs of its caller, known from recorded calls; declarations lack much of it.

A function that is not listed here tells its needs itself, as those of plugins do, or is judged by
the capabilities that its contract declares.
"""

from collections.abc import Mapping

from coursewire.contracts.function import AnyFunction
from coursewire.contracts.needs import Need, enter, may, more

_MANAGE = may("course", "moodle/course:managegroups", why="groups are managed")
_HIDDEN_GROUPS = more(
    "course",
    "moodle/course:viewhiddengroups",
    why="groups with hidden membership are left out, or read as empty",
)
_IN_COURSE = (enter("course"), _MANAGE)
_UPDATE = more(
    "course", "moodle/course:update", why="fields for those who edit courses are left out"
)
_PERSON = Need(
    kind="see",
    place="user",
    effect="limited",
    capabilities=(
        "moodle/user:viewdetails",
        "moodle/user:viewalldetails",
        "moodle/site:viewuseridentity",
    ),
    why="people are found only by what the caller sees of them",
)
_IDENTITY = more(
    "course", "moodle/site:viewuseridentity", why="people are found and shown by name alone"
)
_HIDDEN_COURSES = Need(
    kind="hidden",
    place="course",
    effect="limited",
    capabilities=("moodle/course:viewhiddencourses",),
    why="hidden courses are left out",
)

NEEDS: Mapping[str, tuple[Need, ...]] = {
    "core_webservice_get_site_info": (),
    **dict.fromkeys(
        (
            "core_group_create_groups",
            "core_group_get_groups",
            "core_group_update_groups",
            "core_group_delete_groups",
            "core_group_add_group_members",
            "core_group_create_groupings",
            "core_group_get_groupings",
            "core_group_get_course_groupings",
            "core_group_update_groupings",
            "core_group_delete_groupings",
            "core_group_assign_grouping",
            "core_group_unassign_grouping",
        ),
        _IN_COURSE,
    ),
    "core_group_get_course_groups": (*_IN_COURSE, _HIDDEN_GROUPS),
    "core_group_get_group_members": (*_IN_COURSE, _HIDDEN_GROUPS),
    "core_group_delete_group_members": (
        *_IN_COURSE,
        more(
            "course",
            "moodle/course:viewhiddengroups",
            why="members of groups with hidden membership stay, without an error",
        ),
    ),
    "core_group_get_course_user_groups": (
        enter("course", "limited"),
        more(
            "course",
            "moodle/course:managegroups",
            why="groups of other people are left out, with a warning",
            other=True,
        ),
        _HIDDEN_GROUPS,
    ),
    "core_group_get_activity_groupmode": (enter("activity"),),
    "core_group_get_activity_allowed_groups": (
        enter("activity"),
        may(
            "activity",
            "moodle/course:managegroups",
            why="groups of other people are asked for",
            other=True,
        ),
        Need(
            kind="groups",
            place="course",
            effect="limited",
            capabilities=("moodle/course:viewhiddengroups",),
            why="groups with hidden membership are left out where all groups are listed",
        ),
    ),
    "enrol_manual_enrol_users": (
        enter("course"),
        may("course", "enrol/manual:enrol", why="people are enrolled"),
        may("course", "moodle/role:assign", why="enrolling gives a role"),
        Need(kind="give", place="course", why="enrolling gives a role"),
    ),
    "enrol_manual_unenrol_users": (
        enter("course"),
        may("course", "enrol/manual:unenrol", why="people are unenrolled"),
    ),
    "core_course_get_courses": (
        enter("course"),
        may("course", "moodle/course:view", why="courses are viewed without taking part"),
        _UPDATE,
    ),
    "core_user_create_users": (
        enter("site"),
        may("site", "moodle/user:create", why="accounts are created"),
    ),
    "core_user_update_users": (
        may("site", "moodle/user:update", why="accounts are changed"),
        enter("site"),
    ),
    "core_user_delete_users": (
        may("site", "moodle/user:delete", why="accounts are deleted"),
        enter("site"),
    ),
    "core_user_get_users": (_PERSON,),
    "core_user_search_identity": (
        enter("site"),
        may("site", "moodle/user:viewalldetails", why="everybody is searched"),
        more(
            "site",
            "moodle/site:viewuseridentity",
            why="people are found and shown by name alone",
        ),
    ),
    "core_user_get_users_by_field": (enter("site"), _PERSON),
    "gradereport_overview_get_course_grades": (
        enter("site"),
        may(
            "site",
            "moodle/grade:viewall",
            why="grades of other people are asked for in the whole site",
            other=True,
        ),
        more(
            "course",
            "moodle/grade:viewall",
            why="courses in which grades may not be read are left out",
            other=True,
        ),
        _HIDDEN_COURSES,
    ),
    "core_course_search_courses": (enter("site"), _HIDDEN_COURSES),
    "core_course_get_categories": (
        more(
            "course",
            "moodle/category:manage",
            why="fields for those who manage categories are left out",
        ),
        more(
            "course",
            "moodle/category:viewhiddencategories",
            why="hidden categories are left out",
        ),
    ),
    "core_enrol_get_users_courses": (
        enter("course", "limited"),
        more(
            "course",
            "moodle/course:viewparticipants",
            why="courses of other people are left out",
            other=True,
        ),
        more(
            "course",
            "moodle/user:viewdetails",
            "moodle/user:viewalldetails",
            why="courses of people whose profile is shut are left out",
            other=True,
        ),
    ),
    "core_course_get_courses_by_field": (enter("course", "limited"), _UPDATE),
    "core_course_get_contents": (
        enter("course"),
        more("course", "moodle/course:viewhiddenactivities", why="hidden activities are left out"),
    ),
    "core_course_get_course_module": (
        enter("activity"),
        more(
            "activity",
            "moodle/course:manageactivities",
            why="fields for those who manage activities are left out",
        ),
    ),
    "core_enrol_get_enrolled_users": (
        enter("course"),
        may(
            "course",
            "moodle/course:viewparticipants",
            "moodle/course:enrolreview",
            why="participants are read",
        ),
        more("course", "moodle/user:viewdetails", why="people whose profile is shut are left out"),
    ),
    "core_enrol_get_enrolled_users_with_capability": (
        enter("course"),
        may(
            "course",
            "moodle/course:viewparticipants",
            "moodle/course:enrolreview",
            why="participants are read",
        ),
        may("course", "moodle/role:review", why="what participants may do is read"),
        more("course", "moodle/user:viewdetails", why="people whose profile is shut are left out"),
    ),
    "core_enrol_search_users": (
        enter("course"),
        may(
            "course",
            "moodle/course:viewparticipants",
            "moodle/course:enrolreview",
            why="participants are read",
        ),
        _IDENTITY,
        more("course", "moodle/user:viewdetails", why="people whose profile is shut are left out"),
    ),
    "core_enrol_get_potential_users": (
        enter("course"),
        may("course", "moodle/course:enrolreview", why="enrolments are looked at"),
        _IDENTITY,
        more("course", "moodle/user:viewdetails", why="people whose profile is shut are left out"),
    ),
    "core_user_get_course_user_profiles": (
        enter("course"),
        more("course", "moodle/user:viewdetails", why="people whose profile is shut are left out"),
    ),
    "gradereport_user_get_grade_items": (
        enter("course"),
        may("course", "gradereport/user:view", why="the report is opened"),
        may("course", "moodle/grade:viewall", why="grades of other people are read", other=True),
    ),
    "core_grades_get_gradeitems": (enter("course"),),
    "enrol_guest_get_instance_info": (enter("site"),),
    "core_grades_get_gradable_users": (
        enter("course"),
        may("course", "moodle/course:viewparticipants", why="participants are read"),
        more(
            "course",
            "moodle/course:viewsuspendedusers",
            why="people whose enrolment does not count are left out",
        ),
        more("course", "moodle/user:viewdetails", why="people whose profile is shut are left out"),
    ),
    "core_completion_get_course_completion_status": (
        enter("course"),
        may(
            "course",
            "report/completion:view",
            why="the completion of other people is read",
            other=True,
        ),
    ),
    "core_completion_get_activities_completion_status": (
        enter("course"),
        may(
            "course", "report/progress:view", why="the progress of other people is read", other=True
        ),
    ),
}


def of(function: AnyFunction) -> tuple[Need, ...]:
    """Return the needs of a function: known ones, its own, or made of what it declares."""
    known = NEEDS.get(function.name, function.needs)
    return declared(function.capabilities) if known is None else known


def declared(capabilities: tuple[str, ...]) -> tuple[Need, ...]:
    """Return needs made of a contract's declared capabilities, wherever they are looked at."""
    return tuple(may("course", name, why="the function declares it") for name in capabilities)
