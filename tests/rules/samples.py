"""One good call of every function, about whatever an `Aim` names."""

from collections.abc import Callable
from typing import Any

from tests.rules.world import Aim

Parameters = dict[str, Any]
_NEW_USER = {
    "username": "newcomer",
    "password": "Rainy-Day-8!",
    "firstname": "New",
    "lastname": "Comer",
    "email": "newcomer@school.example",
}
_SEARCH = {"search": "", "searchanywhere": 1, "page": 0, "perpage": 20}
_TEXT = {"description": "words"}


def _group(aim: Aim) -> Parameters:
    return {"groupids": [aim.group]}


def _member(aim: Aim) -> Parameters:
    return {"members": [{"groupid": aim.group, "userid": aim.person}]}


def _course(aim: Aim) -> Parameters:
    return {"courseid": aim.course}


def _in_course(aim: Aim) -> Parameters:
    return {"courseid": aim.course, "userid": aim.person}


def _cohort(aim: Aim) -> Parameters:
    return {"cohortids": [aim.cohort]}


def _role(aim: Aim) -> Parameters:
    return {"roleid": aim.student_role, "userid": aim.person, "contextid": aim.place}


def _file(aim: Aim) -> Parameters:
    return {
        "contextid": 0, "component": "user", "filearea": "draft", "itemid": 7, "filepath": "/",
        "filename": "a.txt", "contextlevel": "user", "instanceid": aim.person,
    }  # fmt: skip


def _of_category(aim: Aim) -> Parameters:
    return {"type": "id", "value": aim.category}


def _courses(aim: Aim) -> Parameters:
    return {"courseids": [aim.course]}


SAMPLES: dict[str, Callable[[Aim], Parameters]] = {
    "core_webservice_get_site_info": lambda aim: {},
    "core_group_create_groups": lambda aim: {
        "groups": [{"courseid": aim.course, "name": "New", **_TEXT}]
    },
    "core_group_get_groups": _group,
    "core_group_get_course_groups": _course,
    "core_group_update_groups": lambda aim: {"groups": [{"id": aim.group, "name": "Renamed"}]},
    "core_group_delete_groups": _group,
    "core_group_add_group_members": lambda aim: {
        "members": [{"groupid": aim.loose_group, "userid": aim.person}]
    },
    "core_group_delete_group_members": _member,
    "core_group_get_group_members": _group,
    "core_group_create_groupings": lambda aim: {
        "groupings": [{"courseid": aim.course, "name": "New", "idnumber": "new", **_TEXT}]
    },
    "core_group_get_groupings": lambda aim: {"groupingids": [aim.grouping], "returngroups": 1},
    "core_group_get_course_groupings": _course,
    "core_group_update_groupings": lambda aim: {
        "groupings": [{"id": aim.grouping, "name": "Renamed", **_TEXT}]
    },
    "core_group_delete_groupings": lambda aim: {"groupingids": [aim.grouping]},
    "core_group_assign_grouping": lambda aim: {
        "assignments": [{"groupingid": aim.grouping, "groupid": aim.loose_group}]
    },
    "core_group_unassign_grouping": lambda aim: {
        "unassignments": [{"groupingid": aim.grouping, "groupid": aim.group}]
    },
    "core_group_get_course_user_groups": _in_course,
    "core_group_get_activity_allowed_groups": lambda aim: {"cmid": aim.activity},
    "core_group_get_activity_groupmode": lambda aim: {"cmid": aim.activity},
    "enrol_manual_enrol_users": lambda aim: {
        "enrolments": [
            {"roleid": aim.student_role, "userid": aim.outsider, "courseid": aim.course}
        ]
    },
    "enrol_manual_unenrol_users": lambda aim: {
        "enrolments": [{"userid": aim.person, "courseid": aim.course}]
    },
    "enrol_self_enrol_user": _course,
    "enrol_self_get_instance_info": lambda aim: {"instanceid": aim.way_in},
    "enrol_guest_get_instance_info": lambda aim: {"instanceid": aim.guest_way},
    "core_enrol_get_enrolled_users": _course,
    "core_enrol_get_enrolled_users_with_capability": lambda aim: {
        "coursecapabilities": [
            {"courseid": aim.course, "capabilities": ["moodle/course:viewparticipants"]}
        ]
    },
    "core_enrol_search_users": lambda aim: {"courseid": aim.course, **_SEARCH},
    "core_enrol_get_potential_users": lambda aim: {
        "courseid": aim.course, "enrolid": aim.way_in, **_SEARCH,
    },
    "core_enrol_get_users_courses": lambda aim: {"userid": aim.person},
    "core_enrol_get_course_enrolment_methods": _course,
    "core_course_get_courses": lambda aim: {"options": {"ids": [aim.course]}},
    "core_course_delete_courses": lambda aim: {"courseids": [aim.course]},
    "core_course_create_courses": lambda aim: {
        "courses": [{"fullname": "New", "shortname": "new", "categoryid": aim.category}]
    },
    "core_course_update_courses": lambda aim: {
        "courses": [{"id": aim.course, "fullname": "Renamed"}]
    },
    "core_course_get_courses_by_field": lambda aim: {"field": "id", "value": aim.course},
    "core_course_search_courses": lambda aim: {
        "criterianame": "search", "criteriavalue": aim.shortname,
    },
    "core_course_get_contents": _course,
    "core_course_get_course_module": lambda aim: {"cmid": aim.activity},
    "core_course_get_course_module_by_instance": lambda aim: {
        "module": "assign", "instance": aim.instance,
    },
    "core_course_get_categories": lambda aim: {"criteria": [{"key": "id", "value": aim.category}]},
    "core_course_create_categories": lambda aim: {
        "categories": [{"name": "New", "parent": aim.category}]
    },
    "core_course_update_categories": lambda aim: {
        "categories": [{"id": aim.category, "name": "Renamed"}]
    },
    "core_course_delete_categories": lambda aim: {
        "categories": [{"id": aim.category, "recursive": 1}]
    },
    "core_user_create_users": lambda aim: {"users": [_NEW_USER]},
    "core_user_update_users": lambda aim: {"users": [{"id": aim.person, "city": "Oslo"}]},
    "core_user_delete_users": lambda aim: {"userids": [aim.person]},
    "core_user_get_users": lambda aim: {"criteria": [{"key": "id", "value": aim.person}]},
    "core_user_get_users_by_field": lambda aim: {"field": "id", "values": [aim.person]},
    "core_user_get_course_user_profiles": lambda aim: {
        "userlist": [{"userid": aim.person, "courseid": aim.course}]
    },
    "core_user_get_user_preferences": lambda aim: {"userid": aim.person},
    "core_user_set_user_preferences": lambda aim: {
        "preferences": [{"name": "htmleditor", "value": "textarea", "userid": aim.person}]
    },
    "core_user_update_user_preferences": lambda aim: {
        "userid": aim.person, "preferences": [{"type": "htmleditor", "value": "textarea"}],
    },
    "core_user_search_identity": lambda aim: {"query": aim.username},
    "gradereport_overview_get_course_grades": lambda aim: {"userid": aim.person},
    "core_role_assign_roles": lambda aim: {
        "assignments": [{**_role(aim), "userid": aim.outsider}]
    },
    "core_role_unassign_roles": lambda aim: {"unassignments": [_role(aim)]},
    "core_cohort_create_cohorts": lambda aim: {
        "cohorts": [{"categorytype": _of_category(aim), "name": "New", "idnumber": "new"}]
    },
    "core_cohort_get_cohorts": _cohort,
    "core_cohort_search_cohorts": lambda aim: {
        "query": "Cohort", "context": {"contextid": aim.place},
    },
    "core_cohort_update_cohorts": lambda aim: {
        "cohorts": [
            {
                "id": aim.cohort,
                "categorytype": _of_category(aim),
                "name": "Renamed",
                "idnumber": "renamed",
            }
        ]
    },
    "core_cohort_delete_cohorts": _cohort,
    "core_cohort_add_cohort_members": lambda aim: {
        "members": [
            {
                "cohorttype": {"type": "id", "value": aim.cohort},
                "usertype": {"type": "id", "value": aim.outsider},
            }
        ]
    },
    "core_cohort_delete_cohort_members": lambda aim: {
        "members": [{"cohortid": aim.cohort, "userid": aim.person}]
    },
    "core_cohort_get_cohort_members": _cohort,
    "tool_mobile_get_public_config": lambda aim: {},
    "tool_mobile_get_config": lambda aim: {},
    "tool_mobile_call_external_functions": lambda aim: {
        "requests": [
            {
                "function": "core_group_get_course_groups",
                "arguments": f'{{"courseid": {aim.course}}}',
            }
        ]
    },
    "core_files_upload": lambda aim: {**_file(aim), "filecontent": "aGk="},
    "core_files_get_files": _file,
    "gradereport_user_get_grade_items": _in_course,
    "core_grades_update_grades": lambda aim: {
        "source": "test", "courseid": aim.course, "component": "mod_assign",
        "activityid": aim.activity, "itemnumber": 0,
        "grades": [{"studentid": aim.person, "grade": 50}],
    },
    "core_grades_get_gradeitems": _course,
    "core_grades_get_gradable_users": lambda aim: {"courseid": aim.course, "groupid": aim.group},
    "core_completion_get_course_completion_status": _in_course,
    "core_completion_get_activities_completion_status": _in_course,
    "core_completion_update_activity_completion_status_manually": lambda aim: {
        "cmid": aim.activity, "completed": 1,
    },
    "core_completion_override_activity_completion_status": lambda aim: {
        "userid": aim.person, "cmid": aim.activity, "newstate": 1,
    },
    "mod_assign_get_assignments": _courses,
    **{
        f"mod_{module}_get_{things}_by_courses": _courses
        for module, things in (
            ("book", "books"), ("data", "databases"), ("folder", "folders"), ("forum", "forums"),
            ("label", "labels"), ("lesson", "lessons"), ("page", "pages"), ("quiz", "quizzes"),
            ("resource", "resources"), ("url", "urls"), ("workshop", "workshops"),
        )
    },
}  # fmt: skip
