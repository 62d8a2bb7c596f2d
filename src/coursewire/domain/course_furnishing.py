"""What a course made by a call has from the start: its ways in, and its announcements."""

from collections.abc import Collection, Sequence

from coursewire.domain import contexts, enrolments, roles
from coursewire.domain.call import Call
from coursewire.store import activities, sections
from coursewire.store import enrolments as enrolment_rows
from coursewire.store.courses import CourseRecord

ANNOUNCEMENTS = "Announcements"
_FORUM = "forum"
_DISABLED = 1
# The ways into every new course that a site offers, and whether each is open from the start.
_WAYS_IN = ((enrolments.MANUAL, enrolments.ENABLED), ("guest", _DISABLED), ("self", _DISABLED))


def furnish(call: Call, courses: Sequence[CourseRecord]) -> None:
    """Open the ways into new courses, and make a forum for the news of those that show any."""
    with call.transaction():
        _open_ways_in(call, [course.id for course in courses])
        _add_announcements(call, [course.id for course in courses if course.newsitems > 0])


def _open_ways_in(call: Call, course_ids: Collection[int]) -> None:
    student = roles.find(call.session, "student")
    common = {
        "roleid": student.id if student else 0,
        "timecreated": call.now,
        "timemodified": call.now,
    }
    offered = [way for way in _WAYS_IN if way[0] in call.site.enrol_plugins]
    enrolment_rows.add_instances(
        call.session,
        [
            {
                **common,
                "course_id": course_id,
                "enrol": kind,
                "status": status,
                "sortorder": place,
                "roleid": 0 if kind == "guest" else common["roleid"],
            }
            for course_id in course_ids
            for place, (kind, status) in enumerate(offered)
        ],
    )


def _add_announcements(call: Call, course_ids: Collection[int]) -> None:
    session = call.session
    firsts = sections.firsts(session, course_ids)
    around = contexts.of_courses(session, course_ids)
    made = activities.add_many(
        session,
        [
            (
                {
                    "type": _FORUM,
                    "course_id": course_id,
                    "name": ANNOUNCEMENTS,
                    "intro": "News and announcements of the course",
                    "timemodified": call.now,
                },
                {
                    "course_id": course_id,
                    "module": _FORUM,
                    "section_id": firsts[course_id],
                    "ordering": 1,
                    "added": call.now,
                },
            )
            for course_id in course_ids
        ],
    )
    places = dict(zip(made, (around[course_id] for course_id in course_ids), strict=True))
    contexts.create_in(session, contexts.MODULE, places)
