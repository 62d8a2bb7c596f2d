"""Where a writer without the lock was faster, the database's own refusal is told (DUR-5)."""

from coursewire.contracts.core_group.groupings import GroupingChange, NewGrouping
from coursewire.contracts.core_group.groups import GroupChange, NewGroup
from coursewire.contracts.errors import MoodleError
from coursewire.domain import courses, group_changes, grouping_changes, groupings, groups
from coursewire.domain.courses import NewCourse
from coursewire.store import courses as course_rows
from coursewire.store import groupings as grouping_rows
from coursewire.store import groups as group_rows
from tests.support.refusals import refused, unchanged
from tests.support.school import Classroom


def test_a_group_made_after_the_check(classroom: Classroom) -> None:
    call, place = classroom.call(), classroom.course
    new = NewGroup(courseid=place, name="Red", description="", idnumber="R")
    row = {"course_id": place, "name": "Faster", "idnumber": "R"}
    with (
        unchanged(classroom.site.session),
        refused(MoodleError, "idnumbertaken"),
        call.transaction(),
    ):
        creation = groups.Creation(call, [new])
        creation.add(new)
        group_rows.add_many(call.session, [row])
        creation.store()


def test_a_group_changed_after_the_check(classroom: Classroom) -> None:
    call, place = classroom.call(), classroom.course
    red = classroom.school.group(place, "Red")
    change = GroupChange(id=red, name="Red", idnumber="R")
    row = {"course_id": place, "name": "Faster", "idnumber": "R"}
    with (
        unchanged(classroom.site.session),
        refused(MoodleError, "idnumbertaken"),
        call.transaction(),
    ):
        changes = group_changes.Changes(call, [change])
        changes.add(change)
        group_rows.add_many(call.session, [row])
        changes.store()


def test_a_grouping_made_after_the_check(classroom: Classroom) -> None:
    call, place = classroom.call(), classroom.course
    new = NewGrouping(courseid=place, name="All", description="", idnumber="A")
    row = {"course_id": place, "name": "Faster", "idnumber": "A"}
    with (
        unchanged(classroom.site.session),
        refused(MoodleError, "idnumbertaken"),
        call.transaction(),
    ):
        creation = groupings.Creation(call, [new])
        creation.add(new)
        grouping_rows.add_many(call.session, [row])
        creation.store()


def test_a_grouping_changed_after_the_check(classroom: Classroom) -> None:
    call, place = classroom.call(), classroom.course
    every = classroom.school.grouping(place, "All")
    change = GroupingChange(id=every, name="All", description="", idnumber="A")
    row = {"course_id": place, "name": "Faster", "idnumber": "A"}
    with (
        unchanged(classroom.site.session),
        refused(MoodleError, "idnumbertaken"),
        call.transaction(),
    ):
        changes = grouping_changes.Changes(call, [change])
        changes.add(change)
        grouping_rows.add_many(call.session, [row])
        changes.store()


def test_a_course_made_after_the_check(classroom: Classroom) -> None:
    call = classroom.call()
    new = NewCourse(category=1, fullname="B", shortname="BIO")
    with (
        unchanged(classroom.site.session),
        refused(MoodleError, "shortnametaken"),
        call.transaction(),
    ):
        creation = courses.Creation(call, [new])
        creation.add(new)
        course_rows.add_many(call.session, [{"shortname": "BIO", "fullname": "Faster"}])
        creation.store()
