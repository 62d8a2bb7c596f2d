"""Calls on different courses do not wait for each other, whatever the other has not committed."""

import pytest
from sqlalchemy.exc import OperationalError

from coursewire.domain.call import Call
from tests.support import making
from tests.support.calling import run
from tests.support.sites import TestSite

MOST_WAIT = "5ms"


def change_everything(call: Call, course: int, people: list[int], role: int) -> None:
    """Call every function that writes to a course."""
    enrolments = [{"roleid": role, "userid": user, "courseid": course} for user in people]
    run(call, "enrol_manual_enrol_users", enrolments=enrolments)
    new = [
        {"courseid": course, "name": name, "description": "", "idnumber": name}
        for name in ("one", "two")
    ]
    groups = [made["id"] for made in run(call, "core_group_create_groups", groups=new)]
    made = run(call, "core_group_create_groupings", groupings=new[:1])
    grouping = made[0]["id"]
    pairs = [{"groupingid": grouping, "groupid": group} for group in groups]
    members = [{"groupid": group, "userid": user} for group in groups for user in people]
    run(call, "core_group_assign_grouping", assignments=pairs)
    run(call, "core_group_add_group_members", members=members)
    run(call, "core_group_update_groups", groups=[{"id": groups[0], "name": "other"}])
    changed = {"id": grouping, "name": "g", "description": ""}
    run(call, "core_group_update_groupings", groupings=[changed])
    run(call, "core_course_update_courses", courses=[{"id": course, "summary": "changed"}])
    run(call, "core_group_delete_group_members", members=members[:1])
    run(call, "core_group_unassign_grouping", unassignments=pairs[:1])
    run(call, "core_group_delete_groupings", groupingids=[grouping])
    run(call, "core_group_delete_groups", groupids=groups[:1])
    run(call, "enrol_manual_unenrol_users", enrolments=enrolments[:1])


@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
def test_calls_on_different_courses_wait_for_no_lock(site: TestSite) -> None:
    """What is done in one course is not committed while all of it is done in another."""
    first, second = (making.course(site, name) for name in ("A", "B"))
    people = [making.user(site, name) for name in ("ann", "ben", "cat")]
    role = making.role_id(site, "student")
    with site.database.session() as other:
        site.session.connection.exec_driver_sql(f"SET lock_timeout = '{MOST_WAIT}'")
        with other.transaction():
            change_everything(site.call(session=other), first, people, role)
            change_everything(site.call(), second, people, role)
            # In the same course they do wait: that is what this test would see.
            with pytest.raises(OperationalError, match="lock timeout"):
                change_everything(site.call(), first, people, role)
