"""One activity by its id or its instance, told in full only to those who manage it."""

from coursewire.contracts.core_course import modules as c
from coursewire.contracts.errors import CodingError, MissingRecord, RequireLogin
from coursewire.contracts.fields import UNSET
from coursewire.contracts.parts import ActivityId
from coursewire.domain import grade_items
from coursewire.functions.core_course import modules
from coursewire.store import activities
from tests.support.refusals import refused
from tests.support.school import UNKNOWN, Classroom


def read(room: Classroom, cmid: int, user: int | None = None) -> c.CourseModule:
    return modules.get_course_module(room.call(user), ActivityId(cmid=cmid)).cm


def by_instance(
    room: Classroom, module: str, instance: int, user: int | None = None
) -> c.CourseModule:
    params = c.GetCourseModuleByInstance(module=module, instance=instance)
    return modules.get_course_module_by_instance(room.call(user), params).cm


def test_both_ways_lead_to_the_same(classroom: Classroom) -> None:
    cmid = classroom.school.activity(classroom.course, "A & B", section=1)
    found = activities.get(classroom.site.session, cmid)
    assert found is not None
    shown = read(classroom, cmid, classroom.ann)
    assert shown == by_instance(classroom, "forum", found.instance, classroom.ann)
    assert (shown.name, shown.modname, shown.sectionnum) == ("A &amp; B", "forum", 1)
    assert (shown.idnumber, shown.visible, shown.availability) == (UNSET, UNSET, UNSET)


def test_managers_are_told_the_settings(classroom: Classroom) -> None:
    school, course = classroom.school, classroom.course
    cmid = school.activity(course, "Task", module="assign", completion=2, completionusegrade=1)
    found = activities.get(classroom.site.session, cmid)
    assert found is not None
    ungraded = read(classroom, cmid, classroom.teacher)
    assert (ungraded.idnumber, ungraded.availability, ungraded.grade) == ("", None, UNSET)
    assert ungraded.completiongradeitemnumber == 0
    grade_items.add_activity(
        classroom.call(), course, "assign", found.instance, "Task", grademax=20
    )
    graded = read(classroom, cmid, classroom.teacher)
    assert (graded.grade, graded.gradepass) == (20, "0.00")
    assert isinstance(graded.gradecat, int)
    assert isinstance(graded.advancedgrading, list)
    assert [(each.area, each.method) for each in graded.advancedgrading] == [("submissions", None)]


def test_a_label_always_shows_its_description(classroom: Classroom) -> None:
    cmid = classroom.school.activity(classroom.course, "L", module="label")
    assert read(classroom, cmid).showdescription == 1


def test_what_is_not_there_is_missing(classroom: Classroom) -> None:
    with refused(MissingRecord):
        read(classroom, UNKNOWN)
    with refused(MissingRecord):
        by_instance(classroom, "page", UNKNOWN)
    with refused(MissingRecord):
        by_instance(classroom, "nosuch", 1)
    with refused(CodingError):
        by_instance(classroom, "", 1)


def test_what_may_not_be_entered_is_refused(classroom: Classroom) -> None:
    hidden = classroom.school.activity(classroom.course, "H", visible=0)
    found = activities.get(classroom.site.session, hidden)
    assert found is not None
    for user in (classroom.ann, classroom.stranger):
        with refused(RequireLogin):
            read(classroom, hidden, user)
        with refused(RequireLogin):
            by_instance(classroom, "forum", found.instance, user)
    assert read(classroom, hidden, classroom.teacher).visible == 0
