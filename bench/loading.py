"""Sites of any size: courses made by the rules, people and enrolments copied in as they make them.

The rules cost about 100 µs for each person and enrolment; rows that are copied cost a tenth. A test
holds what is copied against what the rules make of the same people and enrolments.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from msgspec import Struct
from sqlalchemy import Table, func, select

from bench.copied import copy
from coursewire.domain import categories, contexts, course_furnishing, courses, enrolments
from coursewire.domain.call import Call
from coursewire.domain.categories import NewCategory
from coursewire.domain.courses import NewCourse
from coursewire.domain.new_users import NewUser
from coursewire.store.schema.access import contexts as context_table
from coursewire.store.schema.access import role_assignments
from coursewire.store.schema.enrolments import enrolment_instances, user_enrolments
from coursewire.store.schema.users import users
from coursewire.store.users import with_folded

STUDENT = 5
# So many people, wherever the site is larger than that, have an address at this host.
RARE = "rare.example"
# What no other address has in it.
RARE_PIECE = "@rare"
RARE_PEOPLE = 100
_COMMON = "school.example"
_COURSES_AT_ONCE = 500
_FIRST_NAMES = ("Ada", "Bo", "Chidi", "Dana", "Émile", "Fatima", "Grace", "Hiro", "Jonas")
_LAST_NAMES = ("Abel", "Bauer", "Chen", "Diaz", "Évrard", "Fox", "Garcia", "Haas", "Ito", "Jung")
# Written in full by the rules; all other columns have the table's defaults.
_USER = (
    "id",
    "username",
    "password",
    "firstname",
    "lastname",
    "email",
    "firstname_folded",
    "lastname_folded",
    "email_folded",
    "email_unique",
    "department",
    "country",
    "timecreated",
    "timemodified",
)
_CONTEXT = ("id", "level", "instanceid", "path", "depth")
_ENROLMENT = (
    "instance_id",
    "user_id",
    "modifierid",
    "timecreated",
    "timemodified",
)
_ROLE = ("role_id", "user_id", "context_id", "modifierid", "timemodified")

Report = Callable[[str], None]


class Sizes(Struct, frozen=True, kw_only=True):
    """How many of each are loaded."""

    users: int
    courses: int
    enrolments: int


class Place(NamedTuple):
    """A course as people are put into it."""

    course: int
    instance: int
    context: int


class Loaded(Struct, frozen=True, kw_only=True):
    """What was loaded."""

    users: range
    courses: list[int]
    enrolments: int


def load(call: Call, sizes: Sizes, password_hash: str, report: Report = lambda _: None) -> Loaded:
    """Load people, courses and enrolments into a site."""
    people = add_users(call, sizes.users, password_hash)
    report(f"{sizes.users:,} users")
    made = add_courses(call, sizes.courses)
    report(f"{sizes.courses:,} courses")
    enrolled = enrol(call, [place.course for place in made], people, sizes.enrolments)
    report(f"{enrolled:,} enrolments")
    return Loaded(users=people, courses=[place.course for place in made], enrolments=enrolled)


def person(number: int, count: int, password_hash: str) -> NewUser:
    """Return one of so many people."""
    rare = number % max(count // RARE_PEOPLE, 1) == 0
    return NewUser(
        username=f"person{number}",
        firstname=_FIRST_NAMES[number % len(_FIRST_NAMES)],
        lastname=f"{_LAST_NAMES[number // 10 % len(_LAST_NAMES)]} {number}",
        email=f"person{number}@{RARE if rare else _COMMON}",
        password_hash=password_hash,
    )


def add_users(call: Call, count: int, password_hash: str) -> range:
    """Copy people with their contexts into a site; return their ids."""
    first, place = _next_id(call, users), _next_id(call, context_table)
    ids = range(first, first + count)
    rows = (
        _user_row(call, person(user_id - first, count, password_hash), user_id) for user_id in ids
    )
    copy(call.session, users, _USER, rows)
    root = call.site.system
    around = (
        (place + number, contexts.USER, user_id, f"{root.path}/{place + number}", root.depth + 1)
        for number, user_id in enumerate(ids)
    )
    copy(call.session, context_table, _CONTEXT, around)
    return ids


def add_courses(call: Call, count: int) -> list[Place]:
    """Make courses by the rules, some hundred in a category; return how people get into them."""
    made: list[int] = []
    for start in range(0, count, _COURSES_AT_ONCE):
        numbers = range(start, min(start + _COURSES_AT_ONCE, count))
        with call.transaction():
            category = categories.create(call, NewCategory(name=f"Loaded {len(made)}"))
            found = courses.create_many(call, [_course(number, category.id) for number in numbers])
            course_furnishing.furnish(call, found)
        made += [course.id for course in found]
    return places(call, made)


def places(call: Call, course_ids: Sequence[int]) -> list[Place]:
    """Return the manual ways into courses and the courses' contexts."""
    columns = enrolment_instances.c
    wanted = select(columns.course_id, columns.id).where(columns.enrol == enrolments.MANUAL)
    instances = {row[0]: row[1] for row in call.session.rows(wanted)}
    around = contexts.of_courses(call.session, course_ids)
    return [Place(key, instances[key], around[key].id) for key in course_ids]


def enrol(call: Call, course_ids: Sequence[int], people: range, count: int) -> int:
    """Copy so many students into courses, as many into each, spread over the people."""
    most = len(course_ids) * len(people)
    count = min(count, most)
    chosen = list(_spread(places(call, course_ids), people, count))
    _put(call, chosen)
    return len(chosen)


def enrol_in(call: Call, place: Place, people: Sequence[int]) -> None:
    """Copy students into one course."""
    _put(call, [(place, user) for user in sorted(people)])


def _put(call: Call, chosen: Sequence[tuple[Place, int]]) -> None:
    now, actor = call.now, call.caller.id
    copy(
        call.session,
        user_enrolments,
        _ENROLMENT,
        ((place.instance, user, actor, now, now) for place, user in chosen),
    )
    copy(
        call.session,
        role_assignments,
        _ROLE,
        ((STUDENT, user, place.context, actor, now) for place, user in chosen),
    )


def _spread(there: Sequence[Place], people: range, count: int) -> Iterator[tuple[Place, int]]:
    """Return who is in which course: neighbours in a course are no neighbours elsewhere."""
    step = _stride(len(people))
    numbers = iter(range(count))
    for index, place in enumerate(there):
        size = count // len(there) + (index < count % len(there))
        inside = {people[number * step % len(people)] for number in islice(numbers, size)}
        for user in sorted(inside):
            yield place, user


def _stride(count: int) -> int:
    """Return a step that comes by everybody before it comes to anybody again."""
    step = int(count * 0.618) | 1
    while math.gcd(step, count) != 1:
        step += 2 if count % 2 == 0 else 1
    return step


def _user_row(call: Call, new: NewUser, user_id: int) -> tuple[Any, ...]:
    row = with_folded(
        {
            "id": user_id,
            "username": new.username,
            "password": new.password_hash,
            "firstname": new.firstname,
            "lastname": new.lastname,
            "email": new.email,
            "department": new.department,
            "country": call.site.country,
            "timecreated": call.now,
            "timemodified": call.now,
        }
    )
    row["email_unique"] = None if call.site.allowaccountssameemail else row["email_folded"]
    return tuple(row[name] for name in _USER)


def _course(number: int, category: int) -> NewCourse:
    return NewCourse(
        category=category,
        fullname=f"Course {number}",
        shortname=f"loaded-{number}",
        idnumber=f"L{number}",
    )


def _next_id(call: Call, table: Table) -> int:
    return int(call.session.scalar(select(func.max(table.c.id))) or 0) + 1
