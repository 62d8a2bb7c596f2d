"""Calls about many things: groups, members, people, courses; CPU of one call over HTTP."""

from pathlib import Path
from statistics import median

from msgspec import Struct
from sqlalchemy import update

from bench import driving, measuring, serving, sites
from bench.measuring import Figure, show
from bench.serving import Served
from coursewire import app
from coursewire.contracts.core_group.groups import NewGroup
from coursewire.domain import courses, enrolments, groups
from coursewire.domain.call import Call
from coursewire.domain.courses import NewCourse
from coursewire.settings import Settings
from coursewire.store.schema.access import role_assignments
from coursewire.store.schema.enrolments import user_enrolments
from coursewire.store.schema.groups import group_members
from coursewire.store.schema.users import users

ROUNDS = 5
HITS = 100
STUDENT = 5
_FUNCTIONS = (
    "core_group_create_groups",
    "core_group_get_group_members",
    "core_user_get_users",
    "core_enrol_get_enrolled_users",
    "core_enrol_get_users_courses",
    "core_course_create_courses",
    "enrol_manual_enrol_users",
    "core_group_add_group_members",
)


class Sizes(Struct, frozen=True, kw_only=True):
    """How many of each."""

    users: int = 100_000
    members: int = 10_000
    courses: int = 500
    new_groups: int = 1_000
    new_courses: int = 200
    # So many enrolled by one call, and added to a group by one call.
    people_at_once: int = 5_000


class Place(Struct, frozen=True, kw_only=True):
    """The site that is measured."""

    token: str
    course: int
    # Where groups are created: the course of many people keeps its one group.
    empty_course: int
    group: int
    empty_group: int
    busy_user: int


def main() -> int:
    """Measure at full size."""
    return show(measure(Sizes()))


def measure(sizes: Sizes, *, rounds: int = ROUNDS) -> list[Figure]:
    """Return the seconds of CPU of each call."""
    with sites.folder() as folder:
        place = _site(folder / "site", sizes)
        with serving.coursewire(folder / "site") as served:
            figures = _figures(served, place, sizes, rounds)
            _describe(folder / "site")
            return [*figures, _of_described(served, place, sizes, rounds)]


def _figures(served: Served, place: Place, sizes: Sizes, rounds: int) -> list[Figure]:
    enrolled = ("core_enrol_get_enrolled_users", {"courseid": place.course})
    memory = _memory(served, place, *enrolled)
    return [
        _figure(
            served,
            f"create {sizes.new_groups:,} groups in one call",
            [_groups(place, number, sizes.new_groups) for number in range(rounds)],
            0.4,
        ),
        _figure(
            served,
            f"enrol {sizes.people_at_once:,} users in one call",
            [_enrolments(place, number, sizes.people_at_once) for number in range(rounds)],
            0.75,
        ),
        _figure(
            served,
            f"add {sizes.people_at_once:,} group members in one call",
            [_members(place, number, sizes.people_at_once) for number in range(rounds)],
            0.5,
        ),
        _figure(
            served,
            f"read {sizes.members:,} group members",
            [_form(place, _FUNCTIONS[1], **{"groupids[0]": place.group})] * rounds,
            0.25,
        ),
        _figure(
            served,
            f"find {HITS} of {sizes.users:,} users by an e-mail pattern",
            [_form(place, _FUNCTIONS[2], **_PATTERN)] * rounds,
            0.3,
        ),
        _figure(
            served,
            f"get_enrolled_users of {sizes.members:,}",
            [_form(place, enrolled[0], **enrolled[1])] * rounds,
            1.2,
        ),
        memory,
        _figure(
            served,
            f"get_users_courses of {sizes.courses}",
            [_form(place, _FUNCTIONS[4], userid=place.busy_user)] * rounds,
            0.06,
        ),
        _figure(
            served,
            f"create {sizes.new_courses} courses in one call",
            [_courses(place, number, sizes.new_courses) for number in range(rounds)],
            0.8,
        ),
    ]


def _of_described(served: Served, place: Place, sizes: Sizes, rounds: int) -> Figure:
    return _figure(
        served,
        f"get_enrolled_users of {sizes.members:,}, a description in HTML for each",
        [_form(place, "core_enrol_get_enrolled_users", courseid=place.course)] * rounds,
        1.2,
    )


def _describe(data: Path) -> None:
    """Give everybody a description of their own, with a link in it."""
    begin, end = '<p>Teaches maps, see <a href="https://school.example/', '">the page</a>.</p>'
    text = begin + users.c.username + end
    with (
        app.open_site(Settings(data=str(data))) as opened,
        opened.database.session() as session,
        session.transaction(),
    ):
        session.execute(update(users).values(description=text, descriptionformat=1))


_PATTERN = {"criteria[0][key]": "email", "criteria[0][value]": "%@rare.example"}


def _figure(served: Served, name: str, requests: list[bytes], most: float) -> Figure:
    taken: list[float] = []
    for request in requests:
        before = served.cpu()
        answer = driving.ask(served.port, request)
        taken.append(served.cpu() - before)
        if answer.startswith(b'{"exception"'):
            raise ConnectionError(answer[:300])
    return Figure(name=name, value=median(taken), unit="s CPU", most=most)


def _memory(served: Served, place: Place, function: str, values: dict[str, int]) -> Figure:
    """Return by how many of its answers' sizes the server grows on the first such call."""
    driving.ask(served.port, _form(place, function, courseid=place.empty_course))
    measuring.forget_peak_of(served.process.pid)
    before = measuring.peak_memory_of(served.process.pid)
    answer = driving.ask(served.port, _form(place, function, **values))
    grown = measuring.peak_memory_of(served.process.pid) - before
    name = f"… memory, answer of {len(answer) / 1e6:.1f} MB"
    return Figure(name=name, value=grown / (len(answer) / 1e6), unit="x the answer", most=2.0)


def _form(place: Place, function: str, **values: object) -> bytes:
    return driving.form(place.token, function, **values)


def _groups(place: Place, number: int, count: int) -> bytes:
    fields: dict[str, object] = {}
    for index in range(count):
        fields[f"groups[{index}][courseid]"] = place.empty_course
        fields[f"groups[{index}][name]"] = f"Group {number} {index}"
        fields[f"groups[{index}][description]"] = ""
    return _form(place, _FUNCTIONS[0], **fields)


def _people(number: int, count: int) -> range:
    return range(100 + number * count, 100 + (number + 1) * count)


def _enrolments(place: Place, number: int, count: int) -> bytes:
    fields: dict[str, object] = {}
    for index, user in enumerate(_people(number, count)):
        fields[f"enrolments[{index}][roleid]"] = STUDENT
        fields[f"enrolments[{index}][userid]"] = user
        fields[f"enrolments[{index}][courseid]"] = place.empty_course
    return _form(place, _FUNCTIONS[6], **fields)


def _members(place: Place, number: int, count: int) -> bytes:
    fields: dict[str, object] = {}
    for index, user in enumerate(_people(number, count)):
        fields[f"members[{index}][groupid]"] = place.empty_group
        fields[f"members[{index}][userid]"] = user
    return _form(place, _FUNCTIONS[7], **fields)


def _courses(place: Place, number: int, count: int) -> bytes:
    fields: dict[str, object] = {}
    for index in range(count):
        fields[f"courses[{index}][fullname]"] = f"New course {number} {index}"
        fields[f"courses[{index}][shortname]"] = f"new-{number}-{index}"
        fields[f"courses[{index}][categoryid]"] = 1
    return _form(place, _FUNCTIONS[5], **fields)


def _site(data: Path, sizes: Sizes) -> Place:
    with sites.made(data) as (opened, call):
        sites.people(call.session, sizes.users - HITS)
        sites.people(call.session, HITS, host="rare.example")
        new = [
            NewCourse(category=1, fullname=f"Course {number}", shortname=f"course-{number}")
            for number in range(sizes.courses)
        ]
        with call.transaction():
            made = courses.create_many(call, new)
        instances = [_instance(call, course.id) for course in made]
        group = groups.create(call, NewGroup(courseid=made[0].id, name="All", description=""))
        other = groups.create(call, NewGroup(courseid=made[-1].id, name="Late", description=""))
        members = range(100, 100 + sizes.members)
        _enrol(call, instances[:1], members)
        _enrol(call, instances, [50])
        rows = ({"group_id": group.id, "user_id": user, "timeadded": 1} for user in members)
        sites.load(call.session, group_members, rows)
        service = sites.service(call, "all", _FUNCTIONS)
        (token,) = sites.issued(opened, call.session, [call.caller.id], service)
    return Place(
        token=token,
        course=made[0].id,
        empty_course=made[-1].id,
        group=group.id,
        empty_group=other.id,
        busy_user=50,
    )


def _instance(call: Call, course_id: int) -> tuple[int, int]:
    """Return the manual way into a course, made if need be, and the course."""
    found = enrolments.enabled_instance(call, course_id)
    if found is not None:
        return found.id, course_id
    with call.transaction():
        return enrolments.add_instance(call, course_id), course_id


def _enrol(call: Call, instances: list[tuple[int, int]], users: "range | list[int]") -> None:
    enrolled = (
        {"instance_id": instance, "user_id": user, "timestart": 1}
        for instance, _ in instances
        for user in users
    )
    sites.load(call.session, user_enrolments, enrolled)
    places = sites.course_contexts(call.session, [course for _, course in instances])
    held = (
        {"role_id": STUDENT, "user_id": user, "context_id": place}
        for place in places
        for user in users
    )
    sites.load(call.session, role_assignments, held)
