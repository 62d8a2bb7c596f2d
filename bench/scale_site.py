"""What is asked of sites of different sizes: one course of 200 people, the same on each of them."""

from pathlib import Path

from msgspec import Struct
from sqlalchemy import Table, func, select

from bench import loading, sites
from coursewire import app
from coursewire import settings as program_settings
from coursewire.app import Opened
from coursewire.contracts.core_group.groupings import NewGrouping
from coursewire.contracts.core_group.groups import NewGroup
from coursewire.domain import (
    activities,
    cohorts,
    course_furnishing,
    courses,
    group_members,
    grouping_groups,
    groupings,
    groups,
    settings,
)
from coursewire.domain.activities import NewActivity
from coursewire.domain.call import Call
from coursewire.domain.cohorts import NewCohort
from coursewire.domain.courses import NewCourse
from coursewire.functions.catalogue import BUILT_IN
from coursewire.store.activities import ActivityRecord
from coursewire.store.schema.courses import courses as course_table
from coursewire.store.schema.users import users
from coursewire.store.session import Session

PEOPLE = 200
GROUPS = 10
CATEGORY = 1
MODULES = (
    "assign",
    "book",
    "data",
    "folder",
    "forum",
    "label",
    "lesson",
    "page",
    "quiz",
    "resource",
    "url",
    "workshop",
)


class Place(Struct, frozen=True, kw_only=True):
    """A site with the course that is asked for, and with other ids to choose from."""

    token: str
    course: int
    course_context: int
    instance: int
    groups: list[int]
    groupings: list[int]
    activities: list[int]
    modules: list[tuple[str, int]]
    cohorts: list[int]
    students: list[int]
    # Those that were loaded.
    people: range
    courses: range


def prepare(data: Path) -> Place:
    """Add the course to a loaded site, and a token of its administrator for all functions."""
    given = program_settings.load({"data": str(data)})
    with app.open_site(given) as opened, opened.database.session() as session:
        call = app.administrator_call(opened, session)
        with call.transaction():
            settings.put(call, "enablewebservices", value=True)
            settings.put(call, "webserviceprotocols", ("rest",))
        people, there = _range(session, users, 3), _range(session, course_table, 2)
        return _place(opened, call, people, there)


def _place(opened: Opened, call: Call, people: range, there: range) -> Place:
    students = [
        people[number * len(people) // PEOPLE] for number in range(min(PEOPLE, len(people)))
    ]
    with call.transaction():
        new = NewCourse(category=CATEGORY, fullname="Measured", shortname=f"measured-{there.stop}")
        course = courses.create(call, new)
        course_furnishing.furnish(call, [course])
    (place,) = loading.places(call, [course.id])
    loading.enrol_in(call, place, students)
    made = _groups(call, course.id, students)
    gathered = _groupings(call, course.id, made)
    done = [_activity(call, course.id, module) for module in MODULES]
    names = [each.contract.name for each in BUILT_IN]
    service = sites.service(call, f"scale{there.stop}", names)
    (token,) = sites.issued(opened, call.session, [call.caller.id], service)
    return Place(
        token=token,
        course=course.id,
        course_context=place.context,
        instance=place.instance,
        groups=made,
        groupings=gathered,
        activities=[each.id for each in done],
        modules=[(each.module, each.instance) for each in done],
        cohorts=[_cohort(call, f"{there.stop}-{number}", students) for number in range(2)],
        students=students,
        people=people,
        courses=there,
    )


def _range(session: Session, table: Table, first: int) -> range:
    """Return the ids of a table from a first one on, of which none is missing."""
    return range(first, int(session.scalar(select(func.max(table.c.id)))) + 1)


def _groups(call: Call, course: int, students: list[int]) -> list[int]:
    made = groups.create_many(
        call,
        [NewGroup(courseid=course, name=f"Group {n}", description="") for n in range(GROUPS)],
    )
    ids = [group.id for group in made]
    group_members.add(call, [(ids[number % GROUPS], user) for number, user in enumerate(students)])
    return ids


def _groupings(call: Call, course: int, group_ids: list[int]) -> list[int]:
    made = [
        groupings.create(call, NewGrouping(courseid=course, name=f"Grouping {n}", description=""))
        for n in range(2)
    ]
    ids = [grouping.id for grouping in made]
    grouping_groups.assign(call, [(ids[n % 2], group) for n, group in enumerate(group_ids)])
    return ids


def _activity(call: Call, course: int, module: str) -> ActivityRecord:
    graded = 100 if module == "assign" else 0
    new = NewActivity(course_id=course, module=module, name=f"The {module}", grade=graded)
    return activities.create(call, new)


def _cohort(call: Call, idnumber: str, members: list[int]) -> int:
    made = cohorts.create(call, NewCohort(name="Measured", idnumber=idnumber))
    cohorts.add_members(call, made, members)
    return made
