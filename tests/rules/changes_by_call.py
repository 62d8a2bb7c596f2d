"""Calls that change something, each with the one record that it makes (AUD-1).

Every function that writes is called in `matrix.json` as well, where each outcome that writes
anything names the table of records among what it wrote.
"""

from tests.rules.changes import NEW_PASSWORD, Change, call

_USER = {"firstname": "A", "lastname": "B", "password": NEW_PASSWORD}
_G = "core_group_"
CALLS: tuple[Change, ...] = (
    call(
        "group.create",
        f"{_G}create_groups",
        groups=[{"courseid": "@course", "name": "N", "description": ""}],
    ),
    call("group.update", f"{_G}update_groups", groups=[{"id": "@group", "name": "G2"}]),
    call(
        "group.add_members",
        f"{_G}add_group_members",
        members=[{"groupid": "@group", "userid": "@people.0"}],
    ),
    call(
        "group.remove_members",
        f"{_G}delete_group_members",
        members=[{"groupid": "@group", "userid": "@people.0"}],
    ),
    call(
        "grouping.create",
        f"{_G}create_groupings",
        groupings=[{"courseid": "@course", "name": "N", "description": "", "idnumber": "n"}],
    ),
    call(
        "grouping.update",
        f"{_G}update_groupings",
        groupings=[{"id": "@grouping", "name": "H", "description": ""}],
    ),
    call(
        "grouping.assign",
        f"{_G}assign_grouping",
        assignments=[{"groupingid": "@grouping", "groupid": "@group"}],
    ),
    call(
        "grouping.unassign",
        f"{_G}unassign_grouping",
        unassignments=[{"groupingid": "@grouping", "groupid": "@group"}],
    ),
    call("grouping.delete", f"{_G}delete_groupings", groupingids=["@grouping"]),
    call("group.delete", f"{_G}delete_groups", groupids=["@group"]),
    call(
        "user.create",
        "core_user_create_users",
        users=[{**_USER, "username": "new1", "email": "n@x.example"}],
    ),
    call("user.update", "core_user_update_users", users=[{"id": "@people.4", "city": "Here"}]),
    call("user.delete", "core_user_delete_users", userids=["@people.5"]),
    call(
        "course.create",
        "core_course_create_courses",
        courses=[{"fullname": "N", "shortname": "n", "categoryid": 1}],
    ),
    call(
        "course.update", "core_course_update_courses", courses=[{"id": "@other", "fullname": "M"}]
    ),
    call("course.delete", "core_course_delete_courses", courseids=["@other"]),
    call("category.create", "core_course_create_categories", categories=[{"name": "New"}]),
    call(
        "category.update",
        "core_course_update_categories",
        categories=[{"id": "@category", "name": "There"}],
    ),
    call(
        "category.delete",
        "core_course_delete_categories",
        categories=[{"id": "@category", "recursive": 1}],
    ),
    call(
        "role.assign",
        "core_role_assign_roles",
        assignments=[{"roleid": 1, "userid": "@people.3", "contextid": 1}],
    ),
    call(
        "role.unassign",
        "core_role_unassign_roles",
        unassignments=[{"roleid": 1, "userid": "@people.3", "contextid": 1}],
    ),
    call(
        "enrolment.enrol",
        "enrol_manual_enrol_users",
        enrolments=[{"roleid": 5, "userid": "@people.3", "courseid": "@course"}],
    ),
    call(
        "enrolment.unenrol",
        "enrol_manual_unenrol_users",
        enrolments=[{"userid": "@people.3", "courseid": "@course"}],
    ),
)
