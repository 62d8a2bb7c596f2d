"""Courses, sections and activities: what a new one is, and what is refused."""

from typing import Any

import pytest
from sqlalchemy import delete

from coursewire.contracts.errors import DatabaseWrite, MissingRecord, MoodleError
from coursewire.domain import activities, contexts, courses, sections
from coursewire.domain.activities import NewActivity
from coursewire.domain.courses import NewCourse
from coursewire.store import activities as activity_rows
from coursewire.store import audit as audit_rows
from coursewire.store import sections as section_rows
from coursewire.store.schema.courses import sections as section_table
from tests.support.refusals import refused, unchanged
from tests.support.school import UNKNOWN, School

DAY = 86_400


def new(shortname: str, **values: Any) -> NewCourse:
    return NewCourse(**{"category": 1, "fullname": "Full", "shortname": shortname, **values})


class TestCreation:
    def test_a_course_stands_in_its_category_with_its_sections(self, school: School) -> None:
        session = school.site.session
        made = courses.create(school.call(), new("ALG", numsections=2))
        place = contexts.get(session, contexts.COURSE, made.id)
        category = contexts.get(session, contexts.CATEGORY, 1)
        assert place.path == f"{category.path}/{place.id}"
        assert [section.section for section in section_rows.of_course(session, made.id)] == [
            0,
            1,
            2,
        ]
        record = audit_rows.records(session, limit=1)[0]
        assert (record.action, record.target) == ("course.create", f"course {made.id}")

    def test_several_at_once_stand_as_if_made_one_after_the_other(self, school: School) -> None:
        first = courses.create(school.call(), new("A"))
        made = courses.create_many(school.call(), [new("B"), new("C")])
        orders = [
            courses.require(school.site.session, key).sortorder
            for key in (first.id, made[0].id, made[1].id)
        ]
        assert orders == [10_003, 10_002, 10_001]

    @pytest.mark.parametrize("field", ["fullname", "shortname"])
    def test_blank_names_are_refused(self, school: School, field: str) -> None:
        with refused(MoodleError, "errorinvalidparam"):
            courses.create(
                school.call(), new("A", **{field: " "}) if field == "fullname" else new(" ")
            )

    def test_a_taken_short_name_is_refused(self, school: School) -> None:
        courses.create(school.call(), new("A"))
        with refused(MoodleError, "shortnametaken"):
            courses.create(school.call(), new("A"))
        with unchanged(school.site.session), refused(MoodleError, "shortnametaken"):
            courses.create_many(school.call(), [new("B"), new("B")])
        assert courses.create(school.call(), new("a")).shortname == "a"

    def test_a_taken_idnumber_is_refused(self, school: School) -> None:
        courses.create_many(school.call(), [new("A", idnumber="1"), new("B"), new("C")])
        with refused(MoodleError, "courseidnumbertaken"):
            courses.create(school.call(), new("D", idnumber="1"))

    def test_an_unknown_category_is_a_missing_record(self, school: School) -> None:
        with refused(MissingRecord):
            courses.create(school.call(), new("A", category=UNKNOWN))

    def test_an_unknown_format_of_the_summary_is_refused(self, school: School) -> None:
        with refused(MoodleError, "formatnotsupported"):
            courses.create(school.call(), new("A", summaryformat=3))

    def test_an_end_needs_a_start_before_it(self, school: School) -> None:
        with refused(MoodleError, "nostartdatenoenddate"):
            courses.create(school.call(), new("A", enddate=5))
        with refused(MoodleError, "enddatebeforestartdate"):
            courses.create(school.call(), new("A", startdate=6, enddate=5))
        assert courses.create(school.call(), new("A", startdate=5, enddate=5)).enddate == 5

    @pytest.mark.parametrize(
        ("field", "limit"), [("fullname", 1333), ("shortname", 255), ("idnumber", 100)]
    )
    def test_texts_have_limits(self, school: School, field: str, limit: int) -> None:
        values: dict[str, Any] = {"category": 1, "fullname": "F", "shortname": "S"}
        courses.create(school.call(), NewCourse(**{**values, field: "x" * limit}))
        values["shortname"] = "T"
        with refused(DatabaseWrite):
            courses.create(school.call(), NewCourse(**{**values, field: "y" * (limit + 1)}))

    def test_numbers_beyond_their_columns_cannot_be_stored(self, school: School) -> None:
        with refused(DatabaseWrite):
            courses.create(school.call(), new("A", visible=70_000))

    @pytest.mark.parametrize(("numsections", "weeks"), [(0, 1), (1, 1), (3, 3)])
    def test_a_course_in_weeks_ends_with_its_sections(
        self, school: School, numsections: int, weeks: int
    ) -> None:
        values = {
            "format": "weeks",
            "startdate": DAY,
            "enddate": 9 * DAY,
            "numsections": numsections,
        }
        made = courses.create(school.call(), new("A", **values))
        assert made.enddate == DAY + weeks * 7 * DAY

    def test_its_end_can_be_chosen(self, school: School) -> None:
        values = {"format": "weeks", "startdate": DAY, "enddate": 9 * DAY}
        made = courses.create(
            school.call(), new("A", **values, formatoptions={"automaticenddate": 0})
        )
        assert made.enddate == 9 * DAY

    def test_an_unknown_course_is_a_missing_record(self, school: School) -> None:
        assert courses.get(school.site.session, UNKNOWN) is None
        with refused(MissingRecord):
            courses.require(school.site.session, UNKNOWN)


class TestActivities:
    def test_activities_follow_one_another_in_their_section(self, school: School) -> None:
        course = school.course("A", numsections=1)
        made = [
            activities.create(
                school.call(),
                NewActivity(course_id=course, module="page", name=name, section=place),
            )
            for name, place in (("one", 1), ("general", 0), ("two", 1))
        ]
        listed = activity_rows.of_course(school.site.session, course)
        assert [activity.name for activity in listed] == ["general", "one", "two"]
        assert [activity.ordering for activity in made] == [1, 1, 2]
        place = contexts.get(school.site.session, contexts.MODULE, made[0].id)
        assert place.depth == contexts.get(school.site.session, contexts.COURSE, course).depth + 1

    def test_sections_before_the_one_asked_for_are_made_too(self, school: School) -> None:
        course = school.course("A")
        sections.at(school.call(), course, 2)
        numbers = [each.section for each in section_rows.of_course(school.site.session, course)]
        assert numbers == [0, 1, 2]

    def test_a_section_that_was_deleted_in_the_middle_is_made_again(self, school: School) -> None:
        course = school.course("A", numsections=2)
        session = school.site.session
        session.execute(delete(section_table).where(section_table.c.section == 1))
        assert sections.at(school.call(), course, 1).section == 1
        assert len(section_rows.of_course(session, course)) == 3

    def test_an_unknown_course_is_a_missing_record(self, school: School) -> None:
        with refused(MissingRecord):
            activities.create(
                school.call(), NewActivity(course_id=UNKNOWN, module="page", name="x")
            )

    @pytest.mark.parametrize(("field", "limit"), [("name", 1333), ("idnumber", 100)])
    def test_texts_have_limits(self, school: School, field: str, limit: int) -> None:
        values: dict[str, Any] = {"course_id": school.course("A"), "module": "page", "name": "x"}
        with refused(DatabaseWrite):
            activities.create(school.call(), NewActivity(**{**values, field: "y" * (limit + 1)}))
