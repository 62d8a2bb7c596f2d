"""What users see of each other, for tests: a person whose every field is filled, and viewers."""

from typing import Any

from coursewire.domain import user_details
from coursewire.domain.course_people import CourseView
from coursewire.domain.shown_fields import UserDetails
from coursewire.store import courses, interests, users
from tests.support import making
from tests.support.sites import TestSite

ADMIN = 2
VIEW = "moodle/user:viewdetails"
VIEW_ALL = "moodle/user:viewalldetails"
IDENTITY = "moodle/site:viewuseridentity"
# What is shown of everybody who is seen at all.
ALWAYS = {
    "id",
    "fullname",
    "profileimageurl",
    "profileimageurlsmall",
    "firstname",
    "lastname",
    "timezone",
    "suspended",
    "firstaccess",
    "lastaccess",
}
ACCOUNT = {"username", "auth", "confirmed", "lang", "theme", "mailformat", "trackforums"}
FILLED: dict[str, Any] = {
    "idnumber": "S-1",
    "institution": "North",
    "department": "Maths",
    "phone1": "111",
    "phone2": "222",
    "address": "1 Hill Road",
    "city": "Leeds",
    "country": "GB",
    "description": "<p>Hello <script>x</script></p>",
    "maildisplay": 0,
}


def fields(details: UserDetails) -> set[str]:
    return set(details)


def seen(site: TestSite, viewer: int, target: int) -> UserDetails | None:
    """What a user sees of another anywhere."""
    record = users.get(site.session, target)
    assert record is not None
    found = user_details.in_any_course(site.call(viewer), [record])
    return found[0] if found else None


def seen_in(site: TestSite, viewer: int, target: int, course: int) -> UserDetails | None:
    """What a user sees of another in a course."""
    record = users.get(site.session, target)
    assert record is not None
    call = site.call(viewer)
    found = courses.get(site.session, course)
    assert found is not None
    view = CourseView(call, found, making.course_context(site, course), frozenset())
    details = user_details.in_course(call, [record], view)
    return details[0] if details else None


def shown(details: UserDetails | None) -> set[str]:
    assert details is not None
    return fields(details) - ALWAYS


def filled_person(site: TestSite) -> int:
    """Somebody who has filled in every field."""
    ann = making.user(site, "ann", **FILLED)
    interests.replace(site.session, ann, ["chess", "tea"])
    return ann
