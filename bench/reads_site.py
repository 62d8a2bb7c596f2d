"""A site on which every list is long: people, courses, groups, activities, cohorts, grades."""

from pathlib import Path

from msgspec import Struct
from sqlalchemy import insert, update

from bench import loading, sites
from bench.loading import Place
from bench.scale_site import MODULES
from coursewire.app import Opened
from coursewire.contracts.core_group.groupings import NewGrouping
from coursewire.contracts.core_group.groups import NewGroup
from coursewire.domain import (
    activities,
    categories,
    cohorts,
    course_furnishing,
    courses,
    draft_files,
    grade_items,
    group_members,
    grouping_groups,
    groupings,
    groups,
    stored_files,
)
from coursewire.domain.activities import NewActivity
from coursewire.domain.call import Call
from coursewire.domain.categories import NewCategory
from coursewire.domain.cohorts import NewCohort
from coursewire.domain.courses import NewCourse
from coursewire.domain.grade_totals import VALUE
from coursewire.domain.stored_files import NewFile
from coursewire.functions.catalogue import BUILT_IN
from coursewire.store import activities as rows_of_activities
from coursewire.store import grades
from coursewire.store.schema.grades import grade_items as item_table
from coursewire.store.schema.users import users

# What people write about things: one paragraph, as editors make it.
ABOUT = "<p>What there is to know about it, in one sentence of a usual length.</p>"
# The number of a draft area.
DRAFT = 7


class ReadSite(Struct, frozen=True, kw_only=True):
    """What there is to ask for; every list is as long as the site was made."""

    token: str
    people: list[int]
    courses: list[int]
    categories: list[int]
    # A course of everybody, with all groups and groupings; in its activity everybody works.
    course: Place
    groups: list[int]
    # In all groups, and in all courses.
    busy: int
    everybody: int
    groupings: list[int]
    activity: int
    cohorts: list[int]
    all_cohort: int
    # A course for each kind of activity, with as many of it; one with some of each kind.
    of_kind: dict[str, int]
    mixed: int
    files: int


def make(data: Path, rows: int, database: str = "") -> ReadSite:
    """Make the site; people and enrolments are copied in, the rest is made by the rules."""
    with sites.made(data, database) as (opened, call):
        return _filled(opened, call, rows)


def _filled(opened: Opened, call: Call, rows: int) -> ReadSite:
    people = list(loading.add_users(call, rows, "not a hash"))
    with call.transaction():
        about = {"description": ABOUT, "descriptionformat": 1, "city": "Springfield"}
        call.session.execute(update(users).where(users.c.id.in_(people)).values(about))
    places = _courses(call, "course", rows)
    busy = people[-1]
    for place in places[1:]:
        loading.enrol_in(call, place, [busy])
    course = places[0]
    loading.enrol_in(call, course, people)
    made, everybody = _groups(call, course.course, people, busy, rows)
    gathered = _groupings(call, course.course, made)
    kinds = _courses(call, "kind", len(MODULES) + 1)
    of_kind = {kind: place.course for kind, place in zip(MODULES, kinds, strict=False)}
    with call.transaction():
        for kind, where in of_kind.items():
            _activities(call, where, [kind] * rows)
        _activities(call, kinds[-1].course, [MODULES[n % len(MODULES)] for n in range(rows)])
        separate = NewActivity(
            course_id=course.course, module="forum", name="For groups", groupmode=1
        )
        activity = activities.create(call, separate)
    _grade_items(call, of_kind["assign"])
    loading.enrol_in(call, kinds[0], people[-2:])
    loading.enrol_in(call, kinds[-1], people[-2:])
    service = sites.service(call, "reads", [each.contract.name for each in BUILT_IN])
    (token,) = sites.issued(opened, call.session, [call.caller.id], service)
    return ReadSite(
        token=token,
        people=people,
        courses=[place.course for place in places],
        categories=_categories(call, rows),
        course=course,
        groups=made,
        busy=busy,
        everybody=everybody,
        groupings=gathered,
        activity=activity.id,
        cohorts=[_cohort(call, f"c{number}", [people[number]]) for number in range(rows)],
        all_cohort=_cohort(call, "all", people),
        of_kind=of_kind,
        mixed=kinds[-1].course,
        files=_files(call, rows),
    )


def _courses(call: Call, name: str, count: int) -> list[Place]:
    new = [
        NewCourse(
            category=1,
            fullname=f"The {name} {number}",
            shortname=f"{name}-{number}",
            summary=ABOUT,
            enablecompletion=1,
        )
        for number in range(count)
    ]
    with call.transaction():
        made = courses.create_many(call, new)
        course_furnishing.furnish(call, made)
    return loading.places(call, [course.id for course in made])


def _categories(call: Call, count: int) -> list[int]:
    with call.transaction():
        return [
            categories.create(call, NewCategory(name=f"Category {number}", description=ABOUT)).id
            for number in range(count)
        ]


def _groups(
    call: Call, course: int, people: list[int], busy: int, count: int
) -> tuple[list[int], int]:
    new = [NewGroup(courseid=course, name=f"Group {n}", description=ABOUT) for n in range(count)]
    made = [group.id for group in groups.create_many(call, new)]
    everybody = groups.create(call, NewGroup(courseid=course, name="Everybody", description=ABOUT))
    group_members.add(call, [(group, busy) for group in made])
    group_members.add(call, [(everybody.id, user) for user in people])
    return made, everybody.id


def _groupings(call: Call, course: int, made: list[int]) -> list[int]:
    with call.transaction():
        ids = [
            groupings.create(
                call, NewGrouping(courseid=course, name=f"Grouping {number}", description=ABOUT)
            ).id
            for number in range(len(made))
        ]
        grouping_groups.assign(call, list(zip(ids, made, strict=True)))
    return ids


def _activities(call: Call, course: int, kinds: list[str]) -> None:
    for number, kind in enumerate(kinds):
        graded = 100 if kind == "assign" else 0
        new = NewActivity(
            course_id=course,
            module=kind,
            name=f"The {kind} {number}",
            intro=ABOUT,
            grade=graded,
            completion=1,
        )
        activities.create(call, new)


def _grade_items(call: Call, course: int) -> None:
    """Let all assignments of a course be graded; their shares are worked out once."""
    with call.transaction():
        grade_items.prepare_course(call, course)
        category = grades.root_category(call.session, course)
        rows = [
            {
                "type": grade_items.ACTIVITY,
                "module": found.module,
                "instance": found.instance,
                "name": found.name,
                "course_id": course,
                "category_id": category,
                "gradetype": VALUE,
                "grademax": 100.0,
                "sortorder": number + 2,
            }
            for number, found in enumerate(rows_of_activities.of_course(call.session, course))
        ]
        call.session.execute(insert(item_table), rows)
        grade_items.refresh(call, course)


def _cohort(call: Call, idnumber: str, members: list[int]) -> int:
    with call.transaction():
        new = NewCohort(name=f"Cohort {idnumber}", idnumber=idnumber, description=ABOUT)
        made = cohorts.create(call, new)
        cohorts.add_members(call, made, members)
    return made


def _files(call: Call, count: int) -> int:
    """Put files into a draft area of the caller; return its context."""
    with call.transaction():
        area = draft_files.area(call, DRAFT)
        for number in range(count):
            new = NewFile(filename=f"file{number}.txt", content=b"What is in it.")
            stored_files.add(call, area, new)
    return area.context_id
