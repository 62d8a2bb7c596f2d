"""Enrolling oneself: the ways in, what closes them, keys, groups, and each refusal once."""

from typing import Any

import pytest

from coursewire.contracts import core_enrol, enrol_self
from coursewire.contracts.errors import MissingRecord, MoodleError
from coursewire.contracts.fields import UNSET
from coursewire.contracts.parts import CourseId
from coursewire.domain import cohorts, enrolments, group_members, roles
from coursewire.domain.cohorts import NewCohort
from coursewire.domain.role_definitions import PROHIBIT
from coursewire.functions import enrol_self as bodies
from coursewire.functions.core_enrol import methods
from coursewire.store import audit as audit_rows
from coursewire.store import cohorts as cohort_rows
from coursewire.store import enrolments as rows
from coursewire.store.enrolments import UserEnrolment
from tests.support import making
from tests.support.refusals import refused, unchanged
from tests.support.sites import TestSite

ADMIN, GUEST, UNKNOWN, SITE = 2, 1, 987654, 1
STUDENT, TEACHER = 5, 4


def way(site: TestSite, course: int, kind: str = "self", **values: Any) -> int:
    call = site.call()
    with call.transaction():
        return enrolments.add_instance(call, course, kind, **{"roleid": STUDENT, **values})


def go(
    site: TestSite, user: int, course: int, key: str = "", instance: int = 0
) -> tuple[bool, list[tuple[object, str]]]:
    """Enrol oneself; whether it worked, and the warnings as (instance, code)."""
    params = enrol_self.EnrolUser(courseid=course, password=key, instanceid=instance)
    done = bodies.enrol_user(site.call(user), params)
    warnings = [] if done.warnings is UNSET else done.warnings
    return done.status, [(each.itemid, each.warningcode) for each in warnings]


def info(site: TestSite, instance: int, user: int) -> enrol_self.SelfEnrolmentInstance:
    params = enrol_self.GetInstanceInfo(instanceid=instance)
    return bodies.get_instance_info(site.call(user), params)


def listed(site: TestSite, course: int, user: int = ADMIN) -> list[core_enrol.EnrolmentMethod]:
    return methods.get_course_enrolment_methods(site.call(user), CourseId(courseid=course))


def state(site: TestSite, user: int, instance: int) -> UserEnrolment:
    return rows.in_instance(site.session, instance, [user])[user]


@pytest.fixture
def course(site: TestSite) -> int:
    return making.course(site, "ALG")


@pytest.fixture
def ann(site: TestSite) -> int:
    return making.user(site, "ann")


class TestGoingIn:
    def test_an_open_door_lets_everybody_in_once(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        door = way(site, course, enrolperiod=3600)
        assert go(site, ann, course, "ignored") == (True, [])
        mine = state(site, ann, door)
        assert (mine.status, mine.timestart, mine.timeend) == (0, site.now, site.now + 3600)
        assert site.call(ann).permissions.assigned_in(making.course_context(site, course)) == {
            STUDENT
        }
        assert go(site, ann, course) == (False, [(door, "1")])
        told = audit_rows.records(site.session)[0]
        assert (told.action, told.outcome) == ("enrolment.self_enrol", "refused")

    def test_a_key_must_be_right_to_the_letter(self, site: TestSite, course: int, ann: int) -> None:
        door = way(site, course, password="Sesame")
        for wrong in ("", "sesame", "Sesame ", "Sesam\xeb"):
            assert go(site, ann, course, wrong) == (False, [(door, "4")])
        making.setting(site, "enrol_self_showhint", True)
        assert go(site, ann, course, "x") == (False, [(door, "3")])
        assert go(site, ann, course, "Sesame") == (True, [])
        assert state(site, ann, door).timeend == 0

    def test_the_key_of_a_group_leads_into_the_oldest_group_that_has_it(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        door = way(site, course, password="Main", group_keys=1)
        ben = making.user(site, "ben")
        second = making.group(site, course, "Zed", enrolmentkey="Club")
        making.group(site, course, "Able", enrolmentkey="Club")
        making.group(site, course, "Open", enrolmentkey="")
        for wrong in ("", "club"):
            assert go(site, ann, course, wrong) == (False, [(door, "2")])
        assert go(site, ann, course, "Club") == (True, [])
        assert go(site, ben, course, "Main") == (True, [])
        assert group_members.of_groups(site.call(), [second]) == {second: [ann]}

    def test_the_first_way_that_fits_is_taken(self, site: TestSite, course: int, ann: int) -> None:
        first, second = way(site, course, password="One"), way(site, course, password="Two")
        assert go(site, ann, course, "x") == (False, [(first, "4"), (second, "4")])
        assert go(site, ann, course, "One", instance=second) == (False, [(second, "4")])
        assert go(site, ann, course, "Two") == (True, [(first, "4")])
        # Who is in by one way may come in by another as well.
        assert go(site, ann, course, "One", instance=first) == (True, [])

    def test_a_way_whose_role_was_removed_gives_none(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        helper = making.role(site, "helper")
        door = way(site, course, roleid=helper)
        assert info(site, door, ann).name == "Self enrolment (helper)"
        with (call := site.call()).transaction():
            roles.remove(call, helper)
        assert info(site, door, ann).name == "Self enrolment"
        assert go(site, ann, course) == (True, [])
        assert state(site, ann, door).status == 0
        assert not site.call(ann).permissions.assigned_in(making.course_context(site, course))

    def test_the_last_place_is_taken_once(self, site: TestSite, course: int, ann: int) -> None:
        door = way(site, course, max_enrolled=1)
        assert go(site, ann, course) == (True, [])
        assert go(site, making.user(site, "ben"), course) == (False, [(door, "1")])


class TestClosedWays:
    def test_each_reason_is_told(self, site: TestSite, course: int, ann: int) -> None:
        call = site.call()
        with call.transaction():
            cohort = cohorts.create(call, NewCohort(name="C", idnumber="C"))
        closed: dict[str, dict[str, Any]] = {
            "not begun": {"enrolstartdate": site.now + 1},
            "over": {"enrolenddate": site.now - 1},
            "nobody new": {"new_enrolments": 0},
            "cohort": {"cohort_id": cohort},
        }
        for word, values in closed.items():
            door = way(site, course, **values)
            reason = info(site, door, ann).status
            assert isinstance(reason, str)
            assert word in reason.lower()
            assert go(site, ann, course, instance=door) == (False, [(door, "1")])
        cohort_rows.add_members(site.session, cohort, [ann], site.now)
        assert info(site, door, ann).status is True
        off = way(site, course, status=1)
        assert "switched off" in str(info(site, off, ann).status)
        assert "guest" in str(info(site, door, GUEST).status).lower()

    def test_times_are_exact(self, site: TestSite, course: int, ann: int) -> None:
        door = way(site, course, enrolstartdate=site.now, enrolenddate=site.now)
        assert info(site, door, ann).status is True

    def test_the_right_to_enrol_oneself_is_needed(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        door = way(site, course)
        making.override(site, "user", "enrol/self:enrolself", PROHIBIT)
        assert go(site, ann, course) == (False, [(door, "1")])


class TestRefusals:
    def test_without_any_way_nobody_goes_in(self, site: TestSite, course: int, ann: int) -> None:
        other = making.course(site, "BIO")
        elsewhere = way(site, other)
        way(site, course, status=1)
        with unchanged(site.session):
            for course_id, instance in ((course, 0), (SITE, 0), (course, elsewhere)):
                with refused(MoodleError, "canntenrol"):
                    go(site, ann, course_id, instance=instance)
        way(site, course)
        making.setting(site, "enrol_plugins_enabled", ("manual",))
        with refused(MoodleError, "canntenrol"):
            go(site, ann, course)

    def test_an_unknown_course_or_way_is_a_missing_record(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        (manual,) = enrolments.instances(site.session, course)
        with refused(MissingRecord):
            go(site, ann, UNKNOWN)
        with refused(MissingRecord):
            listed(site, UNKNOWN)
        for instance in (UNKNOWN, manual.id):
            with refused(MissingRecord):
                info(site, instance, ann)

    def test_a_hidden_course_is_not_told_of(self, site: TestSite, ann: int) -> None:
        hidden = making.course(site, "HID", visible=0)
        door = way(site, hidden)
        with refused(MoodleError, "coursehidden"):
            go(site, ann, hidden)
        with refused(MoodleError, "coursehidden"):
            info(site, door, ann)
        with refused(MoodleError, "coursehidden"):
            listed(site, hidden, ann)
        assert [each.id for each in listed(site, hidden)] == [door]

    def test_a_course_of_a_closed_category_is_not_told_of_but_to_its_people(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        way(site, course)
        making.override(site, "user", "moodle/category:viewcourselist", PROHIBIT)
        with refused(MoodleError, "coursehidden"):
            listed(site, course, ann)
        making.enrol(site, ann, course)
        assert len(listed(site, course, ann)) == 1


class TestWays:
    def test_those_that_publish_themselves_are_listed(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        plain = way(site, course, name="A <b>door</b>")
        keyed = way(site, course, roleid=TEACHER, password="k")
        guest = way(site, course, "guest")
        way(site, course, status=1)
        found = {each.id: each for each in listed(site, course, ann)}
        assert list(found) == [plain, keyed, guest]
        assert (found[plain].name, found[plain].wsfunction) == ("A door", UNSET)
        assert found[keyed].name == "Self enrolment (Non-editing teacher)"
        assert found[keyed].wsfunction == "enrol_self_get_instance_info"
        assert (found[guest].type, found[guest].status) == ("guest", True)
        assert go(site, ann, course, "k", instance=keyed) == (True, [])
        again = {each.id: each for each in listed(site, course, ann)}[keyed]
        assert isinstance(again.status, str)
        assert again.wsfunction is UNSET

    def test_names_of_ways_hold_no_markup(self, site: TestSite, course: int, ann: int) -> None:
        call = site.call()
        new = roles.NewRole(shortname="guide", name="Guides & <b>helpers</b>")
        with call.transaction():
            role = roles.create(call, new)
        own = way(site, course, roleid=role)
        guest = way(site, course, "guest", name="<i>Look</i> & see")
        found = {each.id: each.name for each in listed(site, course, ann)}
        assert found == {
            own: "Self enrolment (Guides &amp; helpers)",
            guest: "Look &amp; see",
        }
        assert info(site, own, ann).name == found[own]

    def test_a_way_tells_that_it_takes_a_key(self, site: TestSite, course: int, ann: int) -> None:
        assert info(site, way(site, course), ann).enrolpassword is UNSET
        assert info(site, way(site, course, password="k"), ann).enrolpassword == "Enrolment key"
