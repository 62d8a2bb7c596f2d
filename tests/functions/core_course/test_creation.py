"""Making courses: defaults, what a new course has, and every refusal."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from coursewire.contracts.core_course import courses as c
from coursewire.contracts.errors import DatabaseWrite, InvalidParameter, MoodleError, NoPermission
from coursewire.domain import contexts, custom_fields, enrolments, grade_items
from coursewire.functions.core_course import creation
from coursewire.store import activities, sections
from coursewire.store import courses as rows
from coursewire.store.courses import CourseRecord
from tests.support import making
from tests.support.refusals import refused, unchanged
from tests.support.school import UNKNOWN, School

CREATE = "moodle/course:create"
VISIBILITY = "moodle/course:visibility"
START = 1_735_689_600
YEAR = 365 * 86_400


def new(shortname: str = "NEW", **values: Any) -> dict[str, Any]:
    return {
        "fullname": f"Course {shortname}",
        "shortname": shortname,
        "categoryid": 1,
        "startdate": START,
        **values,
    }


def create(school: School, *news: dict[str, Any], user: int | None = None) -> list[CourseRecord]:
    params = msgspec.convert({"courses": news}, c.CreateCourses)
    made = creation.create_courses(school.call(user), params)
    found = rows.of_ids(school.site.session, [each.id for each in made])
    return [found[each.id] for each in made]


def test_a_course_of_no_wishes_has_defaults(school: School) -> None:
    (made,) = create(school, {"fullname": "F", "shortname": "S", "categoryid": 1})
    midnight = datetime.fromtimestamp(school.site.now, UTC).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    # The test site's clock stands in winter, when London has the time of UTC.
    assert made.startdate == int(midnight.timestamp())
    assert made.enddate == made.startdate + YEAR
    shown = (made.format, made.newsitems, made.visible, made.enablecompletion, made.lang)
    assert shown == ("topics", 5, 1, 1, "")


def test_a_new_course_has_ways_in_a_forum_and_a_total(school: School) -> None:
    made, quiet = create(school, new("A", numsections=2), new("B", newsitems=0))
    call = school.call()
    ways = enrolments.instances(call.session, made.id)
    assert [(way.enrol, way.status) for way in ways] == [("manual", 0), ("guest", 1), ("self", 1)]
    (forum,) = activities.of_course(call.session, made.id)
    assert (forum.module, forum.name, forum.section_number) == ("forum", "Announcements", 0)
    place = making.context(school.site, contexts.MODULE, forum.id)
    assert place.ids[:-1] == making.course_context(school.site, made.id).ids
    assert activities.of_course(call.session, quiet.id) == []
    assert [item.type for item in grade_items.of_course(call.session, made.id)] == ["course"]
    assert len(sections.of_course(call.session, made.id)) == 3


def test_the_creator_is_not_enrolled(school: School) -> None:
    maker = school.holder("maker", CREATE)
    (made,) = create(school, new(), user=maker)
    assert not enrolments.is_enrolled(school.site.session, maker, made.id)
    assert made.creatorid == maker


def test_weeks_end_with_their_last_section(school: School) -> None:
    (made,) = create(school, new(format="weeks", numsections=3))
    assert made.enddate == START + 3 * 7 * 86_400


@pytest.mark.parametrize("kind", ["topics", "weeks"])
def test_a_course_that_ends_after_all_time_is_refused(school: School, kind: str) -> None:
    with unchanged(school.site.session), refused(DatabaseWrite):
        wanted = new(format=kind, startdate=2**63 - 1)
        create(school, wanted)


def test_more_sections_than_a_course_has_are_refused(school: School) -> None:
    with unchanged(school.site.session), refused(InvalidParameter):
        create(school, new(format="weeks", numsections=2**63 - 1))


def test_options_of_the_format_are_kept_and_others_are_not(school: School) -> None:
    options = [{"name": "coursedisplay", "value": "1"}, {"name": "nosuch", "value": "1"}]
    (made,) = create(school, new(courseformatoptions=options, hiddensections=0))
    stored = rows.format_options(school.site.session, [made.id])[made.id, "topics"]
    assert stored == {"coursedisplay": "1", "hiddensections": "0"}


def test_an_option_that_is_no_number_is_none(school: School) -> None:
    (made,) = create(school, new(courseformatoptions=[{"name": "coursedisplay", "value": "x"}]))
    stored = rows.format_options(school.site.session, [made.id])[made.id, "topics"]
    assert stored == {"coursedisplay": "0"}


def test_custom_fields_that_are_unknown_are_passed_over(school: School) -> None:
    custom_fields.define(school.call(), "course", "level", "Level")
    fields = [{"shortname": "level", "value": "3"}, {"shortname": "nosuch", "value": "x"}]
    (made,) = create(school, new(customfields=fields))
    found = custom_fields.values(school.site.session, "course", [made.id], editor=True)
    assert [each.value for each in found[made.id]] == ["3"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"categoryid": UNKNOWN}, "errorcatcontextnotvalid"),
        ({"categoryid": 0}, "errorcatcontextnotvalid"),
        ({"fullname": " "}, "errorinvalidparam"),
        ({"shortname": ""}, "errorinvalidparam"),
        ({"lang": ""}, "errorinvalidparam"),
        ({"lang": "xx"}, "errorinvalidparam"),
        ({"summaryformat": 3}, "formatnotsupported"),
        ({"shortname": "OLD"}, "shortnametaken"),
        ({"shortname": "GOOD"}, "shortnametaken"),
        ({"idnumber": "C-OLD"}, "courseidnumbertaken"),
        ({"enddate": START - 1}, "enddatebeforestartdate"),
        ({"startdate": 0}, "nostartdatenoenddate"),
    ],
)
def test_a_bad_course_undoes_the_call(school: School, values: dict[str, Any], code: str) -> None:
    school.course("OLD", idnumber="C-OLD")
    with unchanged(school.site.session), refused(MoodleError, code):
        create(school, new("GOOD"), new(**{"shortname": "BAD", **values}))


def test_what_the_store_cannot_hold_is_refused(school: School) -> None:
    with unchanged(school.site.session):
        with refused(DatabaseWrite):
            create(school, new(fullname="f" * 1_334))
        with refused(InvalidParameter):
            create(school, new(numsections=1_001))


def test_making_needs_the_right_in_the_category(school: School) -> None:
    other = school.category("other")
    maker = school.user("maker")
    making.role(school.site, "creator", [CREATE])
    place = making.context(school.site, contexts.CATEGORY, 1)
    making.assign(school.site, "creator", maker, place)
    with unchanged(school.site.session), refused(NoPermission):
        create(school, new("GOOD"), new("BAD", categoryid=other), user=maker)


def test_wishes_without_a_right_are_passed_over(school: School) -> None:
    hidden = making.category(school.site, "H", visible=0)
    maker = school.holder("maker", CREATE)
    shown, unseen = create(
        school,
        new("A", visible=0, lang="en"),
        new("B", visible=1, categoryid=hidden),
        user=maker,
    )
    assert (shown.visible, shown.lang) == (1, "")
    assert unseen.visible == 0
    free = school.holder("free", CREATE, VISIBILITY, "moodle/course:setforcedlanguage")
    (wished,) = create(school, new("C", visible=0, lang="en"), user=free)
    assert (wished.visible, wished.lang) == (0, "en")


def test_no_courses_are_no_work(school: School) -> None:
    assert create(school) == []
