"""The lists of activities by course: who is told of which, in which courses, and what."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec
import pytest

from coursewire.contracts.fields import UNSET
from coursewire.contracts.mod_assign import AssignmentCourses, GetAssignments
from coursewire.domain import activity_files, contexts
from coursewire.domain.call import Call
from coursewire.domain.listed_activities import INTRO
from coursewire.domain.stored_files import Area, NewFile, add
from coursewire.functions import (
    mod_assign,
    mod_book,
    mod_data,
    mod_folder,
    mod_forum,
    mod_label,
    mod_lesson,
    mod_page,
    mod_quiz,
    mod_resource,
    mod_url,
    mod_workshop,
)
from coursewire.store import activities
from tests.support import making
from tests.support.school import UNKNOWN, Classroom
from tests.support.sites import URL, TestSite
from tests.support.statements import noted

PREVENT = -1


class Lister(NamedTuple):
    """The function of one kind, and where its answer has the list; a forum's is bare."""

    function: Any
    key: str


LISTERS: Mapping[str, Lister] = {
    "book": Lister(mod_book.FUNCTIONS[0], "books"),
    "data": Lister(mod_data.FUNCTIONS[0], "databases"),
    "folder": Lister(mod_folder.FUNCTIONS[0], "folders"),
    "forum": Lister(mod_forum.FUNCTIONS[0], ""),
    "label": Lister(mod_label.FUNCTIONS[0], "labels"),
    "lesson": Lister(mod_lesson.FUNCTIONS[0], "lessons"),
    "page": Lister(mod_page.FUNCTIONS[0], "pages"),
    "quiz": Lister(mod_quiz.FUNCTIONS[0], "quizzes"),
    "resource": Lister(mod_resource.FUNCTIONS[0], "resources"),
    "url": Lister(mod_url.FUNCTIONS[0], "urls"),
    "workshop": Lister(mod_workshop.FUNCTIONS[0], "workshops"),
}
# Kinds whose contracts leave no place for what only managers are told.
UNPLACED = {"data", "forum", "lesson", "workshop"}
kinds = pytest.mark.parametrize("kind", sorted(LISTERS))


@pytest.fixture
def room(site: TestSite) -> Classroom:
    return Classroom(site)


def ask(call: Call, kind: str, *courses: int) -> tuple[list[Any], list[tuple[int, str]]]:
    """The activities of a kind, and for each warning its course and code."""
    lister = LISTERS[kind]
    params = msgspec.convert({"courseids": courses}, lister.function.contract.params)
    answer = lister.function.body(call, params)
    if not lister.key:
        return answer, []
    warnings = [(each.itemid, each.warningcode) for each in answer.warnings]
    return getattr(answer, lister.key), warnings


def names(call: Call, kind: str, *courses: int) -> list[str]:
    return [each.name for each in ask(call, kind, *courses)[0]]


def make(room: Classroom, kind: str, name: str, course: int = 0, **values: Any) -> int:
    return room.school.activity(course or room.course, name, module=kind, **values)


@kinds
def test_a_kind_lists_its_own_in_the_order_asked_for(room: Classroom, kind: str) -> None:
    other = room.school.course("OTH")
    room.school.enrol(room.ann, other)
    make(room, kind, "Second", section=1)
    make(room, kind, "A < B", intro="*Hello*", introformat=4)
    make(room, kind, "Elsewhere", other)
    make(room, "glossary", "Words")
    assert names(room.call(room.ann), kind, other, room.course, other) == [
        "Elsewhere",
        "A &lt; B",
        "Second",
    ]
    first, _ = ask(room.call(room.ann), kind, room.course)
    assert "<em>Hello</em>" in first[0].intro
    assert (first[0].introformat, first[0].course) == (1, room.course)
    assert getattr(first[0], "section", UNSET) is UNSET


@kinds
def test_no_courses_mean_those_the_caller_takes_part_in(room: Classroom, kind: str) -> None:
    other = room.school.course("OTH")
    make(room, kind, "Mine")
    make(room, kind, "Not mine", other)
    assert names(room.call(room.ann), kind) == ["Mine"]
    assert names(room.call(), kind) == []
    assert names(room.call(room.stranger), kind) == []


@kinds
def test_a_course_that_cannot_be_entered_is_a_warning(room: Classroom, kind: str) -> None:
    make(room, kind, "Here")
    closed = room.school.course("CLO")
    make(room, kind, "Closed", closed)
    found, warnings = ask(room.call(room.ann), kind, UNKNOWN, closed, room.course)
    assert [each.name for each in found] == ["Here"]
    if LISTERS[kind].key:
        assert warnings == [(UNKNOWN, "1"), (closed, "1")]


@kinds
def test_hidden_ones_are_for_those_who_see_hidden_ones(room: Classroom, kind: str) -> None:
    make(room, kind, "Hidden", visible=0)
    assert names(room.call(room.ann), kind, room.course) == []
    (seen,), _ = ask(room.call(room.teacher), kind, room.course)
    if kind not in UNPLACED:
        assert (seen.visible, seen.section, seen.groupmode) == (False, 0, 0)


@pytest.mark.parametrize(
    ("kind", "capability"),
    [("data", "mod/data:viewentry"), ("forum", "mod/forum:viewdiscussion")],
)
def test_without_the_right_to_look_inside_it_is_not_listed(
    room: Classroom, kind: str, capability: str
) -> None:
    make(room, kind, "Open")
    place = contexts.course(room.site.session, room.course)
    making.override(room.site, "student", capability, PREVENT, place)
    assert names(room.call(room.ann), kind, room.course) == []
    assert names(room.call(room.teacher), kind, room.course) == ["Open"]


@kinds
def test_files_of_the_introduction_are_told_with_their_address(room: Classroom, kind: str) -> None:
    cmid = make(room, kind, "With a picture", intro='<img src="@@PLUGINFILE@@/a b.png">')
    place = contexts.get(room.site.session, contexts.MODULE, cmid)
    area = Area(context_id=place.id, component=f"mod_{kind}", filearea=INTRO)
    add(room.call(), area, NewFile(filename="a b.png", content=b"png"))
    (seen,), _ = ask(room.call(room.ann), kind, room.course)
    base = f"{URL}/webservice/pluginfile.php/{place.id}/mod_{kind}/intro"
    (file,) = seen.introfiles
    assert (file.fileurl, file.filesize) == (f"{base}/a%20b.png", 3)
    assert f'src="{base}/a b.png"' in seen.intro.replace("%20", " ")


@kinds
def test_many_courses_are_read_like_one(room: Classroom, kind: str) -> None:
    def statements() -> int:
        call = room.call(room.ann)
        with noted(room.site.session) as found:
            ask(call, kind)
        return len(found)

    make(room, kind, "First")
    few = statements()
    for number in range(4):
        course = room.school.course(f"C{number}")
        room.school.enrol(room.ann, course)
        make(room, kind, "One", course)
        make(room, kind, "Two", course)
    assert statements() <= few


def test_a_page_tells_its_text_and_a_link_its_target(room: Classroom) -> None:
    make(room, "page", "Read", content="<p>Hi</p><script>x</script>")
    make(room, "url", "Go", externalurl="https://school.example/x")
    (page,), _ = ask(room.call(room.ann), "page", room.course)
    assert (page.content, page.contentformat) == ("<p>Hi</p>", 1)
    (link,), _ = ask(room.call(room.ann), "url", room.course)
    assert link.externalurl == "https://school.example/x"


def test_a_file_activity_tells_its_files(room: Classroom) -> None:
    cmid = make(room, "resource", "Handout")
    activity_files.put(room.call(), cmid, "one.txt", b"words")
    place = contexts.get(room.site.session, contexts.MODULE, cmid)
    (seen,), _ = ask(room.call(room.ann), "resource", room.course)
    (file,) = seen.contentfiles
    address = f"{URL}/webservice/pluginfile.php/{place.id}/mod_resource/content/0/one.txt"
    assert (file.filename, file.fileurl, file.filesize) == ("one.txt", address, 5)


@pytest.fixture
def assignments(room: Classroom) -> Callable[..., AssignmentCourses]:
    def asked(user: int | None = None, *courses: int, **more: Any) -> AssignmentCourses:
        params = msgspec.convert({"courseids": courses, **more}, GetAssignments)
        return mod_assign.get_assignments(room.call(user), params)

    return asked


def told(answer: AssignmentCourses) -> tuple[dict[int, list[str]], list[tuple[Any, str]]]:
    assert answer.warnings is not UNSET
    return (
        {course.id: [each.name for each in course.assignments] for course in answer.courses},
        [(each.itemid, each.warningcode) for each in answer.warnings],
    )


def test_assignments_stand_in_their_courses(
    room: Classroom, assignments: Callable[..., AssignmentCourses]
) -> None:
    cmid = make(room, "assign", "Sums", duedate=1_800_000_000, grade=20, intro="Add")
    empty = room.school.course("EMP")
    room.school.enrol(room.ann, empty)
    answer = assignments(room.ann)
    assert told(answer) == ({room.course: ["Sums"], empty: []}, [])
    course = next(each for each in answer.courses if each.id == room.course)
    assert (course.fullname, course.shortname) == ("ALG", "ALG")
    (sums,) = course.assignments
    record = activities.get(room.site.session, cmid)
    assert record is not None
    assert (sums.cmid, sums.id) == (cmid, record.instance)
    assert (sums.duedate, sums.grade, sums.intro) == (1_800_000_000, 20, "Add")
    assert (sums.nosubmissions, sums.configs) == (1, [])


def test_assignments_of_courses_of_others_are_told_on_request(
    room: Classroom, assignments: Callable[..., AssignmentCourses]
) -> None:
    make(room, "assign", "Sums")
    room.school.enrol(room.teacher, room.school.course("MINE"))
    assert told(assignments(None, room.course)) == ({}, [(room.course, "2")])
    found = told(assignments(None, room.course, includenotenrolledcourses=True))
    assert found == ({room.course: ["Sums"]}, [])


def test_assignments_where_the_caller_has_capabilities(
    room: Classroom, assignments: Callable[..., AssignmentCourses]
) -> None:
    make(room, "assign", "Sums")
    wanted = ["moodle/course:managegroups"]
    assert told(assignments(room.ann, capabilities=wanted)) == ({}, [(room.course, "2")])
    found = told(assignments(room.teacher, capabilities=wanted))
    assert found == ({room.course: ["Sums"]}, [])


def test_an_unknown_or_closed_course_has_no_assignments(
    assignments: Callable[..., AssignmentCourses], room: Classroom
) -> None:
    closed = room.school.course("CLO")
    found = told(assignments(room.ann, UNKNOWN, closed))
    assert found == ({}, [(UNKNOWN, "1"), (closed, "1")])


def test_a_hidden_assignment_is_for_those_who_see_hidden_ones(
    room: Classroom, assignments: Callable[..., AssignmentCourses]
) -> None:
    make(room, "assign", "Later", visible=0)
    assert told(assignments(room.ann))[0] == {room.course: []}
    assert told(assignments(room.teacher))[0] == {room.course: ["Later"]}
