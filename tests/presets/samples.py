"""One sensible call of each function of the presets, and how much of its answer came."""

from collections.abc import Callable
from typing import Any, NamedTuple

from coursewire.domain import completion_criteria, group_members, grouping_groups
from coursewire.domain.completion_criteria import Criteria
from tests.support import making
from tests.support.sites import TestSite


class School(NamedTuple):
    """A course with everything that the calls are about."""

    site: TestSite
    course: int
    activity: int
    ann: int
    student: int
    group: int
    closed_group: int
    grouping: int


class Sample(NamedTuple):
    """The parameters of a call, and what of its answer is compared with the full one."""

    params: dict[str, Any]
    seen: Callable[[Any], Any] = lambda _answer: None
    # The group whose members are counted after the call.
    counted: int = 0


def school(site: TestSite) -> School:
    """Make the course; Ann takes part in it and is in a group that nobody sees."""
    ann = making.user(site, "ann", idnumber="A1")
    course = making.course(site, "ALG", enablecompletion=1)
    making.enrol(site, ann, course)
    activity = making.activity(site, course, "page")
    making.activity(site, course, "page", visible=0)
    group = making.group(site, course, "Open")
    closed = making.group(site, course, "Closed", visibility=3)
    private = making.group(site, course, "Private", visibility=1)
    grouping = making.grouping(site, course, "Teams")
    call = site.call()
    with call.transaction():
        group_members.add(call, [(group, ann), (closed, ann), (private, ann)])
        completion_criteria.set_all(call, course, Criteria(by_oneself=True))
        grouping_groups.assign(call, [(grouping, closed)])
    return School(
        site, course, activity, ann, making.role_id(site, "student"), group, closed, grouping
    )


def _ids(answer: Any) -> list[int]:
    return sorted(item["id"] for item in answer)


def _fields(answer: Any) -> list[list[str]]:
    return [sorted(item) for item in answer]


def samples(of: School) -> dict[str, list[Sample]]:
    """The calls, by function; several where one would not show what is left out."""
    course, group, closed, grouping, ann = of.course, of.group, of.closed_group, of.grouping, of.ann
    new = {"courseid": course, "name": "New", "description": ""}
    by = [("username", "ann"), ("email", "ann@school.example"), ("id", ann)]
    return {
        "core_webservice_get_site_info": [Sample({}, lambda a: _ids_of(a["functions"], "name"))],
        "core_group_add_group_members": [Sample({"members": [{"groupid": group, "userid": ann}]})],
        "core_group_assign_grouping": [
            Sample({"assignments": [{"groupingid": grouping, "groupid": group}]})
        ],
        "core_group_create_groupings": [Sample({"groupings": [{**new, "idnumber": ""}]})],
        "core_group_create_groups": [Sample({"groups": [new]})],
        "core_group_delete_group_members": [
            Sample({"members": [{"groupid": closed, "userid": ann}]}, counted=closed)
        ],
        "core_group_delete_groupings": [Sample({"groupingids": [grouping]})],
        "core_group_delete_groups": [Sample({"groupids": [group]})],
        "core_group_get_activity_allowed_groups": [
            Sample({"cmid": of.activity, "userid": ann}, lambda a: _ids(a["groups"]))
        ],
        "core_group_get_activity_groupmode": [Sample({"cmid": of.activity})],
        "core_group_get_course_groupings": [Sample({"courseid": course}, _ids)],
        "core_group_get_course_groups": [Sample({"courseid": course}, _ids)],
        "core_group_get_course_user_groups": [
            Sample({"courseid": course, "userid": ann}, lambda a: _ids(a["groups"]))
        ],
        "core_group_get_group_members": [Sample({"groupids": [closed]}, lambda a: a)],
        "core_group_get_groupings": [Sample({"groupingids": [grouping]}, _ids)],
        "core_group_get_groups": [Sample({"groupids": [group, closed]}, _ids)],
        "core_group_unassign_grouping": [
            Sample({"unassignments": [{"groupingid": grouping, "groupid": closed}]})
        ],
        "core_group_update_groupings": [
            Sample({"groupings": [{"id": grouping, "name": "Other", "description": ""}]})
        ],
        "core_group_update_groups": [Sample({"groups": [{"id": group, "name": "Other"}]})],
        "enrol_manual_enrol_users": [
            Sample({"enrolments": [{"roleid": of.student, "userid": ann, "courseid": course}]})
        ],
        "core_course_get_courses": [Sample({"options": {"ids": [course]}}, _fields)],
        "core_user_create_users": [
            Sample(
                {
                    "users": [
                        {
                            "username": "new",
                            "firstname": "N",
                            "lastname": "N",
                            "email": "n@school.example",
                            "createpassword": 1,
                        }
                    ]
                }
            )
        ],
        "core_user_get_users": [
            Sample({"criteria": [{"key": key, "value": value}]}, lambda a: _ids(a["users"]))
            for key, value in by
        ],
        "core_user_get_users_by_field": [
            Sample({"field": key, "values": [value]}, _ids) for key, value in by
        ],
        "gradereport_overview_get_course_grades": [
            Sample({"userid": ann}, lambda a: _ids_of(a["grades"], "courseid"))
        ],
        "core_course_get_courses_by_field": [
            Sample({"field": "id", "value": course}, lambda a: _fields(a["courses"]))
        ],
        "core_course_search_courses": [
            Sample({"criterianame": "search", "criteriavalue": "ALG"}, lambda a: _ids(a["courses"]))
        ],
        "core_course_get_categories": [Sample({}, _fields)],
        "core_course_get_contents": [
            Sample({"courseid": course}, lambda a: [_ids(section["modules"]) for section in a])
        ],
        "core_course_get_course_module": [Sample({"cmid": of.activity}, lambda a: sorted(a["cm"]))],
        "core_enrol_get_enrolled_users": [Sample({"courseid": course}, _ids)],
        "core_enrol_get_users_courses": [Sample({"userid": ann}, _ids)],
        "core_user_get_course_user_profiles": [
            Sample({"userlist": [{"userid": ann, "courseid": course}]}, _ids)
        ],
        "gradereport_user_get_grade_items": [Sample({"courseid": course, "userid": ann})],
        "core_completion_get_course_completion_status": [
            Sample({"courseid": course, "userid": ann})
        ],
        "core_completion_get_activities_completion_status": [
            Sample({"courseid": course, "userid": ann}, lambda a: _ids_of(a["statuses"], "cmid"))
        ],
    }


def _ids_of(items: Any, key: str) -> list[Any]:
    return sorted(item[key] for item in items)
