"""Courses: read by id or all, told in full only to those who may change them."""

from coursewire.contracts.core_course import courses as c
from coursewire.contracts.errors import MoodleError, NoPermission
from coursewire.contracts.fields import UNSET
from coursewire.contracts.parts import CustomFieldValue
from coursewire.domain import custom_fields
from coursewire.functions.core_course import courses as bodies
from coursewire.store import courses as rows
from tests.support import making
from tests.support.refusals import refused
from tests.support.school import UNKNOWN, Classroom, School

VIEW = "moodle/course:view"
UPDATE = "moodle/course:update"


def ask(school: School, *ids: int, user: int | None = None) -> list[c.Course]:
    selection = c.CourseSelection(ids=list(ids)) if ids else c.CourseSelection()
    return bodies.get_courses(school.call(user), c.GetCourses(options=selection))


def test_a_course_is_told_in_full_to_who_may_change_it(school: School) -> None:
    course_id = school.course(
        "ALG",
        summary="1 < 2",
        summaryformat=2,
        idnumber="C-1",
        startdate=1_735_689_600,
        numsections=4,
        newsitems=0,
        maxbytes=1024,
        groupmode=1,
        showactivitydates=0,
        lang="xx",
        theme="none",
    )
    now = school.site.now
    assert ask(school, course_id) == [
        c.Course(
            id=course_id,
            shortname="ALG",
            categoryid=1,
            categorysortorder=10_001,
            fullname="ALG",
            displayname="ALG",
            idnumber="C-1",
            summary="1 &lt; 2",
            summaryformat=1,
            format="topics",
            showgrades=1,
            newsitems=0,
            startdate=1_735_689_600,
            enddate=0,
            numsections=4,
            maxbytes=1024,
            showreports=0,
            visible=1,
            hiddensections=1,
            groupmode=1,
            groupmodeforce=0,
            defaultgroupingid=0,
            timecreated=now,
            timemodified=now,
            enablecompletion=1,
            completionnotify=0,
            lang="",
            forcetheme="",
            courseformatoptions=[
                c.CourseFormatOption(name="hiddensections", value=1),
                c.CourseFormatOption(name="coursedisplay", value=0),
            ],
            showactivitydates=False,
            showcompletionconditions=True,
        )
    ]


def test_others_are_told_less(school: School) -> None:
    course_id = school.course("ALG", numsections=4)
    viewer = school.holder("viewer", VIEW)
    (shown,) = ask(school, course_id, user=viewer)
    kept = {name for name in c.Course.__struct_fields__ if getattr(shown, name) is not UNSET}
    assert kept == {
        "id",
        "shortname",
        "categoryid",
        "fullname",
        "displayname",
        "summary",
        "summaryformat",
        "format",
        "startdate",
        "enddate",
        "showactivitydates",
        "showcompletionconditions",
    }


def test_the_site_course_has_a_format_of_its_own(school: School) -> None:
    stranger = school.user("stranger")
    (shown,) = ask(school, 1, user=stranger)
    assert (shown.categoryid, shown.format, shown.numsections) == (0, "site", 1)
    assert shown.showcompletionconditions is None
    assert shown.hiddensections is UNSET
    (full,) = ask(school, 1)
    assert full.courseformatoptions == [c.CourseFormatOption(name="numsections", value=1)]
    assert full.categorysortorder == 1
    assert full.hiddensections is UNSET


def test_new_courses_come_first_in_their_category(school: School) -> None:
    science = school.category("SCI")
    second = school.category("SCI2", science)
    arts = school.category("ART")
    made = [
        school.course(name, category)
        for name, category in (("A", science), ("B", science), ("C", second), ("D", arts))
    ]
    shown = {course.id: course.categorysortorder for course in ask(school, *made)}
    assert [shown[key] for key in made] == [20_002, 20_001, 30_001, 40_001]


def test_options_of_weeks_and_of_unknown_formats(school: School) -> None:
    weekly = school.course("W", format="weeks", startdate=1_735_689_600, numsections=10)
    unknown = school.course("X", format="nosuch")
    first, second = ask(school, weekly, unknown)
    assert first.enddate == 1_741_737_600
    assert first.courseformatoptions is not UNSET
    assert [option.name for option in first.courseformatoptions] == [
        "hiddensections",
        "coursedisplay",
        "automaticenddate",
    ]
    assert (second.courseformatoptions, second.hiddensections) == ([], UNSET)


def test_set_options_win_over_defaults(school: School) -> None:
    course_id = school.course("ALG", formatoptions={"coursedisplay": 1, "nosuch": 5})
    (shown,) = ask(school, course_id)
    assert shown.courseformatoptions is not UNSET
    values = {option.name: option.value for option in shown.courseformatoptions}
    assert values == {"hiddensections": 1, "coursedisplay": 1}


def test_all_courses_come_by_id_and_unknown_ids_are_passed_over(school: School) -> None:
    made = [school.course(name) for name in ("B", "A")]
    assert [course.id for course in ask(school)] == [1, *made]
    assert [course.id for course in ask(school, made[1], made[0], made[1], UNKNOWN)] == made
    assert ask(school, UNKNOWN) == []


def test_short_names_are_shown_before_full_ones_where_the_site_wants_it(school: School) -> None:
    course_id = school.course("A&B")
    making.setting(school.site, "courselistshortnames", value=True)
    (shown,) = ask(school, course_id)
    assert shown.displayname == "A&amp;B A&amp;B"


def test_custom_fields_are_shown_by_their_visibility(school: School) -> None:
    call = school.call()
    for name, visibility in (("all", 2), ("editors", 1), ("nobody", 0)):
        custom_fields.define(call, "course", name, name.title(), visibility=visibility)
    values = [
        CustomFieldValue(shortname=name, value="1 < 2") for name in ("all", "editors", "nobody")
    ]
    course_id = school.course("ALG", customfields=values)
    (shown,) = ask(school, course_id, user=school.holder("viewer", VIEW))
    assert shown.customfields == [
        c.CourseCustomField(
            name="All", shortname="all", type="text", valueraw="1 < 2", value="1 &lt; 2"
        )
    ]
    (full,) = ask(school, course_id)
    assert full.customfields is not UNSET
    assert [field.shortname for field in full.customfields] == ["all", "editors"]


def test_a_student_may_not_read_their_own_course(classroom: Classroom) -> None:
    with refused(NoPermission):
        ask(classroom.school, classroom.course, user=classroom.ann)


def test_one_course_that_cannot_be_entered_spoils_the_call(classroom: Classroom) -> None:
    """AUTHZ-3: each course is judged in its own context."""
    school = classroom.school
    viewer = school.user("viewer")
    making.role(school.site, "sees", (VIEW, UPDATE))
    place = making.course_context(school.site, classroom.course)
    making.assign(school.site, "sees", viewer, place)
    assert ask(school, classroom.course, user=viewer)[0].categorysortorder is not UNSET
    other = school.course("BIO")
    with refused(MoodleError, "errorcoursecontextnotvalid"):
        ask(school, classroom.course, other, user=viewer)
    with refused(MoodleError, "errorcoursecontextnotvalid"):
        ask(school, user=viewer)


def test_a_hidden_course_is_for_who_sees_hidden_courses(school: School) -> None:
    course_id = school.course("HID")
    rows.change(school.site.session, course_id, {"visible": 0})
    with refused(MoodleError, "errorcoursecontextnotvalid"):
        ask(school, course_id, user=school.holder("viewer", VIEW, UPDATE))
    seer = school.holder("seer", VIEW, "moodle/course:viewhiddencourses")
    assert [course.id for course in ask(school, course_id, user=seer)] == [course_id]
