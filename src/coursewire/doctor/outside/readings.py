"""Capabilities that a read can show: what is asked for, and what the answer tells."""

from collections.abc import Callable, Mapping
from typing import Literal

from msgspec import Struct

from coursewire.doctor.outside import documents
from coursewire.doctor.outside.probes import Answer

Verdict = Literal["there", "missing", "untold"]

# The accounts that a site is installed with.
GUEST, FIRST_ADMINISTRATOR = 1, 2
FRONT_PAGE = 1
NO_PERMISSION = "nopermissions"


class Learned(Struct, frozen=True):
    """What a read told of one capability, and how."""

    verdict: Verdict
    fact: str


class Reading(Struct, frozen=True, kw_only=True):
    """One harmless call, and what its answer says about capabilities.

    Where `others` is set it is about the first administrator, and tells that one nothing.
    """

    function: str
    fields: Mapping[str, str]
    learn: Callable[[Answer], dict[str, Learned]]
    others: bool = False


def _search(answer: Answer) -> dict[str, Learned]:
    people = documents.rows(documents.fields(answer.content).get("users"))
    if not people:
        return {}
    person = people[0]
    everything, email = "username" in person, "email" in person
    return {
        "moodle/user:viewalldetails": Learned(
            "there" if everything else "missing",
            "the user name of another person is "
            + (
                "shown" if everything else "hidden: a search by user name or id number finds nobody"
            ),
        ),
        # An address that is shown may be public.
        "moodle/site:viewuseridentity": Learned(
            "untold" if email else "missing",
            "the e-mail address of another person is "
            + ("shown, but may be public" if email else "hidden: a search by e-mail misses people"),
        ),
        "moodle/user:viewdetails": Learned("there", "the profile of another person is shown"),
    }


def _grades(answer: Answer) -> dict[str, Learned]:
    if answer.code == "ok":
        found = Learned("there", "the grades of another person are answered")
    elif answer.code == NO_PERMISSION:
        found = Learned("missing", "the grades of another person are refused")
    else:
        return {}
    return {"moodle/grade:viewall": found}


def _groups(answer: Answer) -> dict[str, Learned]:
    if answer.code == "ok":
        found = Learned("there", "the groups of the front page are answered")
    elif answer.code == NO_PERMISSION:
        found = Learned("missing", "the groups of the front page are refused")
    else:
        return {}
    return {"moodle/course:managegroups": found}


def _courses(answer: Answer) -> dict[str, Learned]:
    if answer.code == NO_PERMISSION:
        fact = "the list of all courses is refused for a course without it"
        return {"moodle/course:view": Learned("missing", fact)}
    if answer.code == "errorcoursecontextnotvalid":
        fact = "some course cannot be entered: it is hidden, or nobody of that name takes part"
        names = ("moodle/course:view", "moodle/course:viewhiddencourses")
        return dict.fromkeys(names, Learned("untold", fact))
    courses = [
        course for course in documents.rows(answer.content) if course.get("id") != FRONT_PAGE
    ]
    if not courses:
        return {}
    found = {"moodle/course:view": Learned("there", "every course can be read")}
    changeable = all("visible" in course for course in courses)
    fact = "the settings of every course are shown" if changeable else "settings are not shown"
    found["moodle/course:update"] = Learned("there" if changeable else "missing", fact)
    hidden = any(course.get("visible") == 0 for course in courses)
    if hidden:
        fact = "a hidden course is among those answered"
        found["moodle/course:viewhiddencourses"] = Learned("there", fact)
    return found


READINGS = (
    Reading(
        function="core_user_get_users",
        fields={"criteria[0][key]": "id", "criteria[0][value]": str(GUEST)},
        learn=_search,
    ),
    Reading(
        function="gradereport_overview_get_course_grades",
        fields={"userid": str(FIRST_ADMINISTRATOR)},
        learn=_grades,
        others=True,
    ),
    Reading(
        function="core_group_get_course_groups",
        fields={"courseid": str(FRONT_PAGE)},
        learn=_groups,
    ),
    Reading(function="core_course_get_courses", fields={}, learn=_courses),
)
