"""Deletion of courses with everything in them."""

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import contexts, courses, custom_fields
from coursewire.domain.call import Call
from coursewire.domain.site import SITE_COURSE
from coursewire.store import course_deletion as store
from coursewire.store import courses as course_rows


def delete(call: Call, course_id: int) -> None:
    """Delete a course: what is in it goes too; who may do that is decided before."""
    require_deletable(course_id)
    with call.transaction():
        course_rows.lock_alone(call.session, [course_id])
        course = courses.require(call.session, course_id)
        contexts.delete(call.session, contexts.get(call.session, contexts.COURSE, course_id))
        group_ids, grouping_ids = store.groups_of(call.session, course_id)
        custom_fields.forget(call.session, "group", group_ids)
        custom_fields.forget(call.session, "grouping", grouping_ids)
        custom_fields.forget(call.session, courses.KIND, [course_id])
        store.remove(call.session, course_id)
        call.audit.record("course.delete", f"course {course_id}", shortname=course.shortname)


def require_deletable(course_id: int) -> None:
    """Refuse the course that is the site's own."""
    if course_id == SITE_COURSE:
        reason = "the site course cannot be deleted"
        raise InvalidParameter(reason)
