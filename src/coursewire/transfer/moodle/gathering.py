"""The whole import: every section of the site file that web services can fill."""

from typing import Any

from coursewire.transfer.moodle.courses import Places, course_entry, courses
from coursewire.transfer.moodle.participation import Participation
from coursewire.transfer.moodle.people import People, cohorts
from coursewire.transfer.moodle.source import Source, Tell

Section = list[dict[str, Any]]

# What no web service of Moodle tells.
_NEVER_SHOWN = (
    ("passwords", "people set new ones, or an operator does"),
    ("middle names and names by sound or choice", "no web service tells them"),
    (
        "who may see addresses and profile fields",
        "no web service tells it; here course mates see addresses, and fields only their owners",
    ),
    ("begin and end of enrolments", "no web service tells them"),
    ("how people were enrolled", "they come as manual enrolments"),
    ("contents of courses, grades and files", "they are not moved"),
    ("roles outside courses", "no web service tells who holds one in the site or a category"),
)


def gather(source: Source, tell: Tell) -> dict[str, Section]:
    """Return the sections of a site file, in plain values."""
    people = People(source)
    places = Places(source)
    found = courses(source, places)
    tell("Users", 0, 1)
    people.find_all()
    tell("Users", 1, 1)
    participation = Participation(source, people)
    for done, course in enumerate(found, start=1):
        participation.add(course)
        tell("Courses", done, len(found))
    gathered = cohorts(source, people)
    for what, why in _NEVER_SHOWN:
        source.hidden.add(what, why)
    return {
        "profile_fields": people.fields,
        "roles": participation.roles,
        "categories": places.entries,
        "users": people.users,
        "courses": [course_entry(course, places, source.hidden) for course in found],
        "role_assignments": participation.role_assignments,
        "enrolments": participation.enrolments,
        "cohorts": gathered,
        "groups": participation.groups,
        "groupings": participation.groupings,
    }
