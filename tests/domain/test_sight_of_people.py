"""AUTHZ-6: no combination of rights shows more of a person than the rules allow."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from coursewire.domain import profile_fields, user_details
from coursewire.domain.course_people import CourseView
from coursewire.domain.shown_fields import UserDetails
from coursewire.store import courses, interests, users
from coursewire.store.users import UserRecord
from tests.support import making
from tests.support.people_seen import (
    IDENTITY,
    VIEW,
    VIEW_ALL,
    filled_person,
    seen,
)
from tests.support.sites import TestSite
from tests.support.undoing import undone


@pytest.fixture
def ann(site: TestSite) -> int:
    return filled_person(site)


RIGHTS = (
    VIEW,
    VIEW_ALL,
    IDENTITY,
    "moodle/user:viewhiddendetails",
    "moodle/course:viewhiddenuserfields",
    "moodle/course:useremail",
)
MARKED = {
    "email": "mark@mail.example",
    "idnumber": "mark-idnumber",
    "institution": "mark-institution",
    "department": "mark-department",
    "phone1": "mark-phone1",
    "phone2": "mark-phone2",
    "address": "mark-address",
    "city": "mark-city",
    "description": "mark-description",
}


class Sight(Struct, frozen=True, kw_only=True):
    """A viewer's rights, in the whole site or in the course, and what owner and site chose."""

    rights: set[str]
    only_in_course: bool
    enrolled: bool
    hidden: set[str]
    identity: set[str]
    choice: int

    def marks(self) -> set[str]:
        """Return what may be seen, worked out without regard to how the program does it."""
        everywhere = VIEW in self.rights and not self.only_in_course
        if not everywhere and VIEW not in self.rights and not self.enrolled:
            return set()
        reveals = "user:viewhiddendetails" if everywhere else "course:viewhiddenuserfields"
        hidden = set() if f"moodle/{reveals}" in self.rights else self.hidden
        identity = self.identity - hidden if IDENTITY in self.rights else set()
        seen = {"address"} | identity
        if VIEW_ALL in self.rights:
            seen |= {"idnumber", "institution", "department"}
        if "email" not in hidden and (
            self.choice == 1
            or (self.choice == 2 and self.enrolled)
            or (not everywhere and "moodle/course:useremail" in self.rights)
        ):
            seen.add("email")
        return seen | ({"city", "description"} - hidden)


class TestAuthz6:
    """AUTHZ-6: no field that the viewer may not see leaves a trace in what is shown."""

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        st.builds(
            Sight,
            rights=st.sets(st.sampled_from(RIGHTS)),
            only_in_course=st.booleans(),
            enrolled=st.booleans(),
            hidden=st.sets(st.sampled_from(("email", "city", "description"))),
            identity=st.sets(st.sampled_from(("email", "idnumber", "phone1", "institution"))),
            choice=st.integers(0, 2),
        )
    )
    def test_authz_6_exactly_what_the_rules_allow_is_shown(
        self, site: TestSite, sight: Sight
    ) -> None:
        with undone(site):
            course = making.course(site, "ALG")
            target = making.user(site, "target", maildisplay=sight.choice, **MARKED)
            viewer = making.user(site, "viewer")
            making.enrol(site, target, course)
            if sight.enrolled:
                making.enrol(site, viewer, course)
            making.role(site, "rights", sorted(sight.rights))
            place = making.course_context(site, course) if sight.only_in_course else None
            making.assign(site, "rights", viewer, place)
            making.setting(site, "hiddenuserfields", tuple(sorted(sight.hidden)))
            making.setting(site, "showuseridentity", tuple(sorted(sight.identity)))
            told = repr(seen(site, viewer, target))
            assert {name for name, mark in MARKED.items() if mark in told} == sight.marks()


class Person(Struct, frozen=True, kw_only=True):
    """Somebody in a list: what they filled in, and whether they take part in the course."""

    columns: dict[str, int | str | None]
    interests: list[str]
    custom: bool
    enrolled: bool


PEOPLE = st.builds(
    Person,
    columns=st.fixed_dictionaries(
        {
            "maildisplay": st.integers(0, 2),
            "description": st.sampled_from((None, "", "Hello", "<b>Hi</b><script>x</script>")),
            "picture": st.sampled_from((0, 7)),
            "suspended": st.integers(0, 1),
            "department": st.sampled_from((None, "", "Maths")),
            "city": st.sampled_from(("", "0", "Leeds")),
            "phone1": st.sampled_from(("", "111")),
        }
    ),
    interests=st.sampled_from(([], ["chess", "tea"])),
    custom=st.booleans(),
    enrolled=st.booleans(),
)


class TestAList:
    """What is told of somebody does not depend on who else is in the list."""

    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        people=st.lists(PEOPLE, min_size=2, max_size=5),
        rights=st.sets(st.sampled_from((*RIGHTS, "moodle/site:accessallgroups"))),
        place=st.integers(0, 5),
        only_in_course=st.booleans(),
        hidden=st.sets(st.sampled_from(("email", "city", "mycourses", "lastaccess"))),
        wanted=st.sets(st.sampled_from(sorted(UserDetails.__annotations__))),
    )
    def test_authz_6_each_is_shown_as_if_they_were_alone(
        self,
        site: TestSite,
        people: list[Person],
        rights: set[str],
        place: int,
        only_in_course: bool,
        hidden: set[str],
        wanted: set[str],
    ) -> None:
        with undone(site):
            course = making.course(site, "ALG")
            where = making.course_context(site, course)
            viewer = making.user(site, "viewer", description="<i>Me</i>")
            making.role(site, "rights", sorted(rights))
            making.assign(site, "rights", viewer, where if only_in_course else None)
            making.enrol(site, viewer, course)
            making.setting(site, "hiddenuserfields", tuple(sorted(hidden)))
            profile_fields.create(site.call(), "badge", "Badge")
            records = [_made(site, number, each, course) for number, each in enumerate(people)]
            records.insert(place, _record(site, viewer))
            found = courses.get(site.session, course)
            assert found is not None
            call = site.call(viewer)
            view = CourseView(call, found, where)
            assert user_details.in_any_course(call, records) == [
                alone for record in records for alone in user_details.in_any_course(call, [record])
            ]
            together = user_details.in_course(call, records, view)
            assert together == [
                alone
                for record in records
                for alone in user_details.in_course(call, [record], view)
            ]
            assert user_details.in_course(call, records, view, frozenset(wanted)) == [
                {name: value for name, value in each.items() if name in wanted | {"id"}}
                for each in together
            ]


def _made(site: TestSite, number: int, person: Person, course: int) -> UserRecord:
    custom = {"badge": "gold"} if person.custom else {}
    user = making.user(site, f"person{number}", custom=custom)
    interests.replace(site.session, user, person.interests)
    if person.enrolled:
        making.enrol(site, user, course)
    return replace(_record(site, user), **person.columns)


def _record(site: TestSite, user: int) -> UserRecord:
    record = users.get(site.session, user)
    assert record is not None
    return record
