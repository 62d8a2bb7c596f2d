"""What a course holds: sections and activities by viewer, options, completion, files."""

from typing import Any

import msgspec
import pytest

from coursewire.contracts.core_course import contents as c
from coursewire.contracts.errors import MissingRecord, MoodleError
from coursewire.contracts.fields import UNSET
from coursewire.domain import activity_completion, activity_files
from coursewire.functions.core_course import contents
from coursewire.store import activities, sections
from coursewire.store import courses as course_rows
from coursewire.store.schema.courses import sections as section_table
from tests.support import making
from tests.support.refusals import refused
from tests.support.school import UNKNOWN, Classroom
from tests.support.sites import URL
from tests.support.web import web

PREVENT = -1


def read(
    room: Classroom, user: int | None = None, course: int = 0, **options: object
) -> list[c.Section]:
    asked = [{"name": name, "value": str(value)} for name, value in options.items()]
    params = msgspec.convert({"courseid": course or room.course, "options": asked}, c.GetContents)
    return contents.get_contents(room.call(user), params)


def modules(found: list[c.Section]) -> list[str]:
    return [module.name for section in found for module in section.modules]


def hide_section(room: Classroom, number: int) -> None:
    session = room.site.session
    found = sections.at(session, room.course, number)
    assert found is not None
    where = section_table.c.id == found.id
    with session.transaction():
        session.execute(section_table.update().where(where).values(visible=0))


def test_sections_in_order_with_their_activities(classroom: Classroom) -> None:
    school, course = classroom.school, classroom.course
    talk = school.activity(course, "Talk & more", section=1)
    school.activity(course, "Read", module="page", intro="<p>i</p>", showdescription=1)
    general, first = read(classroom, classroom.ann)
    assert (general.name, first.name) == ("General", "New section")
    (page,), (forum,) = general.modules, first.modules
    assert forum.name == "Talk &amp; more"
    assert forum.url == f"{URL}/mod/forum/view.php?id={talk}"
    assert forum.description is UNSET
    assert page.description == '<div class="no-overflow"><p>i</p></div>'
    assert (forum.availability, forum.completiondata) == (UNSET, UNSET)
    assert read(classroom)[1].modules[0].availability is None


def test_weeks_are_named_by_their_days(classroom: Classroom) -> None:
    course = classroom.school.course("W", format="weeks", startdate=1_735_689_600, numsections=5)
    names = [section.name for section in read(classroom, course=course)]
    assert names[:2] == ["General", "1 January - 7 January"]
    assert names[5] == "29 January - 4 February"


@pytest.mark.parametrize(
    ("startdate", "week"),
    [
        (253_402_300_800, "1 January - 7 January"),  # the year 10,000
        (99_999_999_999_999, "7 November - 13 November"),
        (-99_999_999_999_999, "24 February - 1 March"),
    ],
)
def test_weeks_of_any_year_are_named(classroom: Classroom, startdate: int, week: str) -> None:
    course = classroom.school.course("W", format="weeks", startdate=startdate, numsections=1)
    assert read(classroom, course=course)[1].name == week


def test_a_label_is_its_description(classroom: Classroom) -> None:
    classroom.school.activity(classroom.course, "L", module="label", intro="Hello")
    (label,) = read(classroom, classroom.ann)[0].modules
    assert (label.url, label.noviewlink) == (UNSET, True)
    assert label.description == '<div class="no-overflow">Hello</div>'


def test_hidden_activities_are_for_those_who_may_see_them(classroom: Classroom) -> None:
    school, course = classroom.school, classroom.course
    school.activity(course, "Shown")
    school.activity(course, "Hidden", visible=0)
    assert modules(read(classroom, classroom.ann)) == ["Shown"]
    assert modules(read(classroom, classroom.teacher)) == ["Shown", "Hidden"]


def test_activities_off_the_page_are_for_managers_or_on_request(classroom: Classroom) -> None:
    classroom.school.activity(classroom.course, "Stealth", visibleoncoursepage=0)
    assert modules(read(classroom, classroom.ann)) == []
    assert modules(read(classroom, classroom.ann, includestealthmodules=1)) == ["Stealth"]
    assert modules(read(classroom, classroom.teacher)) == ["Stealth"]


@pytest.mark.parametrize(("announced", "seen"), [("1", [True]), ("0", [True, False])])
def test_hidden_sections(classroom: Classroom, announced: str, seen: list[bool]) -> None:
    school, course = classroom.school, classroom.course
    school.activity(course, "Inside", section=1)
    hide_section(classroom, 1)
    options = {"hiddensections": announced}
    course_rows.set_format_options(classroom.site.session, course, "topics", options)
    found = read(classroom, classroom.ann)
    assert [section.uservisible for section in found] == seen
    assert modules(found) == []
    for_teacher = read(classroom, classroom.teacher)
    assert [section.uservisible for section in for_teacher] == [True, True]
    assert modules(for_teacher) == ["Inside"]


def test_options_restrict_what_is_told(classroom: Classroom) -> None:
    school, course = classroom.school, classroom.course
    first = school.activity(course, "One", module="page")
    school.activity(course, "Two", section=1)
    instance = activities.get(classroom.site.session, first)
    assert instance is not None
    section = read(classroom)[1].id
    wanted: list[tuple[dict[str, Any], int, list[str]]] = [
        ({}, 2, ["One", "Two"]),
        ({"excludemodules": 1}, 2, []),
        ({"sectionnumber": 1}, 1, ["Two"]),
        ({"sectionnumber": "x"}, 1, ["One"]),
        ({"sectionnumber": 9}, 0, []),
        ({"sectionid": section}, 1, ["Two"]),
        ({"cmid": first}, 2, ["One"]),
        ({"modname": "page"}, 2, ["One"]),
        ({"modname": "nosuch"}, 2, []),
        ({"modname": "page", "modid": instance.instance}, 2, ["One"]),
        ({"modname": "page", "modid": UNKNOWN}, 2, []),
        ({"modid": UNKNOWN}, 2, ["One", "Two"]),
    ]
    for options, number, names in wanted:
        found = read(classroom, classroom.ann, **options)
        assert (len(found), modules(found)) == (number, names), options
    (bare, _) = read(classroom, excludecontents=1)
    assert bare.modules[0].contents == []


def test_the_first_of_an_option_counts(classroom: Classroom) -> None:
    classroom.school.activity(classroom.course, "Talk")
    options = [
        c.ContentsOption(name="modname", value="forum"),
        c.ContentsOption(name="modname", value="page"),
    ]
    params = c.GetContents(courseid=classroom.course, options=options)
    assert modules(contents.get_contents(classroom.call(), params)) == ["Talk"]


@pytest.mark.parametrize("options", [{"bogus": 1}, {"modname": ""}, {"modname": "A b"}])
def test_options_that_are_none_are_refused(classroom: Classroom, options: dict[str, Any]) -> None:
    with refused(MoodleError, "errorinvalidparam"):
        read(classroom, **options)


def test_unknown_and_closed_courses_are_refused(classroom: Classroom) -> None:
    with refused(MissingRecord):
        read(classroom, course=UNKNOWN)
    with refused(MoodleError, "errorcoursecontextnotvalid"):
        read(classroom, classroom.stranger)


def test_completion_is_that_of_the_caller(classroom: Classroom) -> None:
    school, course = classroom.school, classroom.course
    by_hand = school.activity(course, "Tick", completion=1)
    school.activity(course, "Look", completion=2, completionview=1)
    call = classroom.call(classroom.ann)
    activity = activities.get(call.session, by_hand)
    assert activity is not None
    activity_completion.tick(call, activity, done=True)
    ticked, looked = (module.completiondata for module in read(classroom, classroom.ann)[0].modules)
    assert isinstance(ticked, c.ModuleCompletion)
    assert isinstance(looked, c.ModuleCompletion)
    assert (ticked.state, ticked.isautomatic, ticked.istrackeduser) == (1, False, True)
    assert (looked.state, looked.isautomatic) == (0, True)
    assert [rule.rulename for rule in looked.details] == ["completionview"]
    mine = read(classroom, classroom.teacher)[0].modules[0].completiondata
    assert isinstance(mine, c.ModuleCompletion)
    assert (mine.state, mine.istrackeduser) == (0, False)


def test_where_completion_is_off_nothing_is_told_of_it(classroom: Classroom) -> None:
    course = classroom.school.course("OFF", enablecompletion=0)
    classroom.school.activity(course, "Tick", completion=1)
    (module,) = read(classroom, course=course)[0].modules
    assert (module.completion, module.completiondata) == (0, UNSET)


def test_pages_links_and_files_can_be_fetched(classroom: Classroom) -> None:
    school, course = classroom.school, classroom.course
    school.activity(course, "Page", module="page")
    school.activity(course, "Link", module="url", externalurl="https://example.org/x")
    folder = school.activity(course, "Files", module="folder", duedate=5)
    activity_files.put(classroom.call(), folder, "b c.txt", b"second")
    activity_files.put(classroom.call(), folder, "a.txt", b"first")
    page, link, files = read(classroom, classroom.ann)[0].modules
    assert isinstance(page.contents, list)
    assert isinstance(link.contents, list)
    assert isinstance(files.contents, list)
    assert [(each.type, each.filename) for each in page.contents] == [("file", "index.html")]
    assert [(each.type, each.fileurl) for each in link.contents] == [
        ("url", "https://example.org/x")
    ]
    assert [(each.filename, each.filesize) for each in files.contents] == [
        ("a.txt", 5),
        ("b c.txt", 6),
    ]
    pages = making.context(classroom.site, 70, page.id)
    # Clients append `&token=…` to every address of a file.
    assert page.contents[0].fileurl == (
        f"{URL}/webservice/pluginfile.php/{pages.id}/mod_page/content/index.html?forcedownload=1"
    )
    place = making.context(classroom.site, 70, folder)
    base = f"{URL}/webservice/pluginfile.php/{place.id}/mod_folder/content/0"
    assert files.contents[1].fileurl == f"{base}/b%20c.txt?forcedownload=1"
    assert isinstance(files.contentsinfo, c.ContentsInfo)
    assert (files.contentsinfo.filescount, files.contentsinfo.filessize) == (2, 11)
    assert files.contentsinfo.mimetypes == ["text/plain"]
    assert isinstance(files.dates, list)
    assert [(date.dataid, date.timestamp) for date in files.dates] == [("duedate", 5)]


def test_a_link_is_told_whatever_its_name(classroom: Classroom) -> None:
    course = classroom.course
    names = {
        "Q&A: the teacher's part 1/2": "QA the teachers part 12",
        'a < b | "c" \\ `d`\x7f': "a  b  c  d",
        '<span lang="en" class="multilang">Gears</span>': "Gears",
        "..": "",
        ":.:": "",
    }
    for name in names:
        classroom.school.activity(course, name, module="url", externalurl="https://example.org/x")
    with web(classroom.site) as server:
        told = server.call("core_course_get_contents", server.token(), courseid=course).json
    links = told[0]["modules"]
    assert [link["contents"][0]["filename"] for link in links] == list(names.values())


@pytest.mark.parametrize(
    ("value", "is_on"),
    [("1", True), ("on", True), ("2", True), ("x", True), (" ", True), ("False", False)]
    + [(value, False) for value in ("", "0", "no", "OFF")],
)
def test_a_switch_is_on_with_nearly_any_value(
    classroom: Classroom, value: str, is_on: bool
) -> None:
    classroom.school.activity(classroom.course, "Shown")
    assert modules(read(classroom, excludemodules=value)) == ([] if is_on else ["Shown"])
