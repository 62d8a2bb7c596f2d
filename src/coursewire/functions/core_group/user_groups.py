"""Body of core_group for the groups of a user."""

from coursewire.contracts.core_group import members as c
from coursewire.domain import courses, enrolled_courses, users
from coursewire.domain.call import Call
from coursewire.domain.user_groups import UserGroupSearch
from coursewire.functions.binding import Bound
from coursewire.functions.core_group import shown


def get_course_user_groups(call: Call, params: c.GetCourseUserGroups) -> c.UserGroups:
    """List the groups of a user, in one course or in all."""
    user_id = params.userid or call.caller.id
    if params.userid:
        users.require_active(call, user_id)
    if params.courseid:
        course_ids = [courses.require(call.session, params.courseid).id]
    else:
        mine = enrolled_courses.of_user(call.session, user_id, call.site, active_at=call.now)
        course_ids = [course.id for course in mine]
    search = UserGroupSearch(call, user_id, grouping_id=params.groupingid)
    found: list[c.UserGroup] = []
    # Every course is entered before one is looked into: warnings come in that order.
    for course_id, place in search.enter(course_ids).items():
        if not search.may_look(course_id, place):
            continue
        if params.courseid:
            search.note_enrolment(course_id)
        there = search.groups(course_id, place)
        found += shown.user_groups(call, place, there)
    return c.UserGroups(groups=found, warnings=search.warnings)


FUNCTIONS = (Bound(c.get_course_user_groups, get_course_user_groups),)
