"""The participants of a course: found, enrolled by paste, suspended, unenrolled."""

import re
from typing import cast, get_args

from coursewire.console import course_tabs, days, exports, refused, tables
from coursewire.console.answers import Answer
from coursewire.console.course_tabs import MOST_CHOICES, MOST_IN_FILE, course_of
from coursewire.console.routes import acts, shows
from coursewire.console.visit import Visit
from coursewire.console.wording import day
from coursewire.contracts.errors import MissingRecord, Refusal
from coursewire.domain import course_care, grade_items, group_care, role_assignments, roles, users
from coursewire.domain.enrolments import MANUAL, Enrolment
from coursewire.store import grades, participant_list, people_in_course, people_list
from coursewire.store.courses import CourseRecord
from coursewire.store.participant_list import Participant, State, Wanted

_MOST = 500
# Codes of what is wrong with an account, and not with the role.
_OF_PEOPLE = ("guestsarenotallowed", "usernotconfirmed", "userdeleted")
_COLUMNS = (
    *("id", "username", "first name", "last name", "e-mail", "id number"),
    *("roles", "way", "from", "until", "state"),
)


def show(visit: Visit) -> Answer:
    """Show the participants."""
    return _page(visit, course_of(visit))


def as_csv(visit: Visit) -> Answer:
    """Give out those who match as a file."""
    course = course_of(visit)
    wanted = _wanted(visit, course)
    rows = participant_list.page(visit.session, wanted, MOST_IN_FILE)
    held = participant_list.roles_in(
        visit.session, wanted.context_id, {row.user_id for row in rows}
    )
    lines = (_line(row, held.get(row.user_id, []), visit.now) for row in rows)
    filters = {
        "q": wanted.words,
        "role": wanted.role_id,
        "group": wanted.group_id,
        "state": wanted.state,
    }
    return exports.as_file(f"course-{course.id}-participants", _COLUMNS, lines, filters)


def enrol(visit: Visit) -> Answer:
    """Enrol those who were pasted; unknown ones are named first."""
    course, form = course_of(visit), visit.form
    names = pasted(form.text("people"))
    found = people_list.named(visit.session, names)
    unknown = [name for name in names if len(found[name]) != 1]
    start, end = days.instant(visit, "start"), days.instant(visit, "end", ends=True)
    if not names or len(names) > _MOST:
        visit.errors.add("people", f"Paste user names or addresses, at most {_MOST} at a time.")
    if unknown and not form.is_on("skip"):
        known = len(names) - len(unknown)
        told = ", ".join(unknown[:20])
        visit.errors.add("people", f"{known} found. Not known, or not one person: {told}.")
    if end and end <= max(start, visit.now):
        visit.errors.add("end", "The end lies before the start or in the past.")
    if visit.errors:
        return _page(visit, course, unknown)
    wanted = [
        Enrolment(
            user_id=found[name][0].id, role_id=form.number("role"), timestart=start, timeend=end
        )
        for name in names
        if len(found[name]) == 1
    ]
    try:
        course_care.enrol(visit.call, course.id, wanted)
    except Refusal as refusal:
        field = "people" if refusal.errorcode in _OF_PEOPLE else "role"
        visit.errors.add(field, refused.told(refusal))
        return _page(visit, course)
    return _back(visit, f"Enrolled: {len(wanted)}.")


def pasted(text: str) -> list[str]:
    """Return the names that were pasted, each once."""
    return list(dict.fromkeys(filter(None, re.split(r"[\s,;]+", text))))


def ask_to_unenrol(visit: Visit) -> Answer:
    """Say what goes with an enrolment."""
    course = course_of(visit)
    closed = refused.closed(
        visit,
        f"unenrol people from the course {course.shortname}",
        lambda: course_care.require_may_unenrol(visit.call, course.id),
    )
    if closed is not None:
        return closed
    user = users.get(visit.session, visit.query.number("user"))
    ways = [
        one.way
        for one in people_list.enrolments(visit.session, user.id)
        if one.course_id == course.id
    ]
    if MANUAL not in ways:
        raise MissingRecord("enrolment by hand of user", user.id)
    items = [item.id for item in grade_items.of_course(visit.session, course.id)]
    held = grades.of_users(visit.session, items, [user.id]).get(user.id, [])
    place = course_care.place(visit.call, course.id)
    return visit.page(
        "courses/unenrol.html",
        course=course,
        user=user,
        stays_by=[way for way in ways if way != MANUAL],
        held=participant_list.roles_in(visit.session, place.id, [user.id]).get(user.id, []),
        group_count=len(
            people_in_course.groups_of(visit.session, [user.id], course.id).get(user.id, ())
        ),
        grade_count=sum(grade.finalgrade is not None for grade in held),
    )


def unenrol(visit: Visit) -> Answer:
    """End an enrolment by hand."""
    done = course_care.unenrol(visit.call, visit.number("id"), visit.form.number("user"))
    return _back(visit, "Unenrolled." if done else "Nobody was enrolled by hand.")


def suspend(visit: Visit) -> Answer:
    """Suspend an enrolment, or let it count again."""
    wanted = visit.form.is_on("on")
    user_id = visit.form.number("user")
    course_care.suspend(visit.call, visit.number("id"), user_id, suspended=wanted)
    return _back(visit, "The enrolment is suspended." if wanted else "The enrolment counts again.")


def state(row: Participant, now: int) -> str:
    """Return in what state an enrolment is, in a word or two."""
    if row.status:
        return "suspended"
    if row.timestart > now:
        return "not yet"
    return "ended" if 0 < row.timeend <= now else "active"


def _wanted(visit: Visit, course: CourseRecord) -> Wanted:
    query = visit.query
    asked, sort, group_id = query.text("state"), query.text("sort"), query.number("group")
    if group_id:
        # A group of another course, or one whose members are not to be known, is none here.
        group_care.with_members_seen(visit.call, course.id, group_id)
    return Wanted(
        course_id=course.id,
        context_id=course_care.place(visit.call, course.id).id,
        now=visit.now,
        words=query.text("q")[:200],
        role_id=query.number("role"),
        group_id=group_id,
        state=cast("State", asked) if asked in get_args(State) else "",
        sort=sort if sort.removeprefix("-") in participant_list.SORTS else "name",
    )


def _back(visit: Visit, notice: str) -> Answer:
    return visit.redirect(course_tabs.path(visit.number("id")), notice)


def _page(visit: Visit, course: CourseRecord, unknown: list[str] | None = None) -> Answer:
    wanted = _wanted(visit, course)
    pages = tables.pages(visit.query, participant_list.count(visit.session, wanted))
    rows = participant_list.page(visit.session, wanted, pages.size, pages.offset)
    place = course_care.place(visit.call, course.id)
    may = visit.call.permissions.may
    giveable = set(role_assignments.assignable(visit.call.permissions, place))
    every = roles.everything(visit.session)
    return course_tabs.page(
        visit,
        course,
        "",
        pages=pages,
        rows=[(row, state(row, visit.now)) for row in rows],
        held=participant_list.roles_in(visit.session, place.id, {row.user_id for row in rows}),
        every_role=every,
        roles=[role for role in every if role.id in giveable],
        choices=group_care.choices(visit.call, course.id, MOST_CHOICES),
        chosen_group=(
            group_care.find(visit.call, course.id, wanted.group_id) if wanted.group_id else None
        ),
        is_filtered=bool(wanted.words or wanted.role_id or wanted.group_id or wanted.state),
        unknown=unknown or [],
        can_enrol=visit.may("operator") and may(course_care.ENROL, place),
        can_unenrol=visit.may("operator") and may(course_care.UNENROL, place),
        can_suspend=visit.may("operator") and may(course_care.MANAGE, place),
    )


def _line(row: Participant, held: list[str], now: int) -> tuple[object, ...]:
    person = (row.user_id, row.username, row.firstname, row.lastname, row.email, row.idnumber)
    times = (day(row.timestart) if row.timestart else "", day(row.timeend) if row.timeend else "")
    return (*person, " ".join(held), row.way, *times, state(row, now))


_COURSE = "/console/courses/{id:int}"
ACTIONS = (
    shows(_COURSE, show, right="viewer"),
    exports.gives(f"{_COURSE}/csv", as_csv),
    acts(f"{_COURSE}/enrol", enrol, right="operator"),
    shows(f"{_COURSE}/unenrol", ask_to_unenrol, right="operator"),
    acts(f"{_COURSE}/unenrol", unenrol, right="operator"),
    acts(f"{_COURSE}/suspend", suspend, right="operator"),
)
