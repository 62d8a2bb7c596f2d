"""Enrolment by hand: the rules in their order, repeats, and all or none."""

from typing import Any

import msgspec
import pytest

from coursewire.contracts import enrol_manual as c
from coursewire.contracts.errors import (
    InvalidParameter,
    MissingRecord,
    MoodleError,
    NoPermission,
    RequireLogin,
)
from coursewire.domain import enrolments
from coursewire.functions import enrol_manual as bodies
from coursewire.store import audit as audit_rows
from coursewire.store import enrolments as rows
from coursewire.store import roles as role_rows
from coursewire.store import users
from coursewire.store.enrolments import UserEnrolment
from tests.support import making
from tests.support.refusals import refused, unchanged
from tests.support.school import UNKNOWN
from tests.support.sites import TestSite
from tests.support.web import Web

STUDENT, TEACHER, EDITING, CREATOR = 5, 4, 3, 2
ENROL = "enrol/manual:enrol"
ASSIGN = "moodle/role:assign"
VIEW = "moodle/course:view"


def enrol(site: TestSite, *items: c.NewEnrolment, user: int = 2) -> None:
    bodies.enrol_users(site.call(user), c.EnrolUsers(enrolments=list(items)))


def new(user: int, course: int, role: int = STUDENT, **values: Any) -> c.NewEnrolment:
    return c.NewEnrolment(userid=user, courseid=course, roleid=role, **values)


def state(site: TestSite, user: int, course: int) -> tuple[int, int, int]:
    found = enrolment(site, user, course)
    return found.status, found.timestart, found.timeend


def enrolment(site: TestSite, user: int, course: int) -> UserEnrolment:
    (way,) = enrolments.instances(site.session, course)
    return rows.in_instance(site.session, way.id, [user])[user]


def recorded(site: TestSite) -> dict[str, Any]:
    """What the last record tells."""
    return msgspec.json.decode(audit_rows.records(site.session)[0].details, type=dict[str, Any])


def roles(site: TestSite, user: int, course: int) -> list[int]:
    place = making.course_context(site, course)
    held = role_rows.assignments_in(site.session, [place.id])
    return [each.role_id for each in held if each.user_id == user]


@pytest.fixture
def course(site: TestSite) -> int:
    return making.course(site, "ALG")


@pytest.fixture
def ann(site: TestSite) -> int:
    return making.user(site, "ann")


class TestEnrolling:
    def test_an_enrolment_begins_at_once_and_never_ends(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        enrol(site, new(ann, course))
        assert state(site, ann, course) == (0, 0, 0)
        assert roles(site, ann, course) == [STUDENT]
        assert enrolments.is_active(site.session, ann, course, site.now)

    @pytest.mark.parametrize(("suspend", "status"), [(0, 0), (1, 1), (2, 1), (-1, 1)])
    def test_any_number_but_zero_suspends(
        self, site: TestSite, course: int, ann: int, suspend: int, status: int
    ) -> None:
        enrol(site, new(ann, course, suspend=suspend))
        assert state(site, ann, course) == (status, 0, 0)

    def test_an_end_before_the_beginning_is_taken(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        enrol(site, new(ann, course, timestart=10, timeend=5))
        assert state(site, ann, course) == (0, 10, 5)

    def test_a_repeat_resets_what_it_does_not_name(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        enrol(site, new(ann, course, timestart=10, timeend=20, suspend=1))
        before = enrolment(site, ann, course)
        site.clock.pass_seconds(60)
        enrol(site, new(ann, course))
        after = enrolment(site, ann, course)
        assert state(site, ann, course) == (0, 0, 0)
        assert (after.id, after.timecreated) == (before.id, before.timecreated)
        assert after.timemodified == site.now

    def test_a_repeat_that_changes_nothing_writes_nothing(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        enrol(site, new(ann, course))
        before = enrolment(site, ann, course)
        site.clock.pass_seconds(60)
        enrol(site, new(ann, course))
        assert enrolment(site, ann, course) == before

    def test_roles_are_added(self, site: TestSite, course: int, ann: int) -> None:
        enrol(site, new(ann, course), new(ann, course, TEACHER), new(ann, course))
        assert roles(site, ann, course) == [STUDENT, TEACHER] or roles(site, ann, course) == [
            TEACHER,
            STUDENT,
        ]

    def test_the_last_state_of_a_list_counts(self, site: TestSite, course: int, ann: int) -> None:
        enrol(site, new(ann, course, suspend=1), new(ann, course, TEACHER, timeend=9))
        assert state(site, ann, course) == (0, 0, 9)

    def test_several_courses_in_one_call(self, site: TestSite, course: int, ann: int) -> None:
        other, ben = making.course(site, "BIO"), making.user(site, "ben")
        enrol(site, new(ann, course), new(ben, other), new(ann, other, TEACHER))
        assert enrolments.enrolled_users(site.session, [ann, ben], course) == {ann}
        assert enrolments.enrolled_users(site.session, [ann, ben], other) == {ann, ben}
        assert roles(site, ann, other) == [TEACHER]

    def test_a_suspended_account_can_be_enrolled(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        users.change(site.session, ann, {"suspended": 1})
        enrol(site, new(ann, course))
        assert enrolments.is_enrolled(site.session, ann, course)

    def test_one_record_tells_of_all_who_came_into_a_course(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        ben = making.user(site, "ben")
        before = len(audit_rows.records(site.session))
        enrol(site, new(ann, course), new(ben, course))
        records = audit_rows.records(site.session)
        assert len(records) == before + 1
        assert (records[0].action, records[0].target) == ("enrolment.enrol", f"course {course}")
        assert recorded(site) == {"roles": {"5": f"{ann}-{ben}"}, "users": f"{ann}-{ben}"}

    def test_each_course_has_a_record_of_the_roles_given_there(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        other = making.course(site, "C2")
        before = len(audit_rows.records(site.session))
        enrol(site, new(ann, course), new(ann, other, TEACHER))
        records = audit_rows.records(site.session)
        assert len(records) == before + 2
        told = {
            record.target: msgspec.json.decode(record.details, type=dict[str, Any])
            for record in records[:2]
        }
        assert told == {
            f"course {course}": {"roles": {"5": str(ann)}, "users": str(ann)},
            f"course {other}": {"roles": {"4": str(ann)}, "users": str(ann)},
        }

    def test_the_record_names_no_role_of_those_who_got_none(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        ben = making.user(site, "ben")
        call = site.call()
        way = enrolments.enabled_instance(call, course)
        assert way is not None
        with_role = enrolments.Enrolment(user_id=ann, role_id=5)
        enrolments.enrol(call, {way: [with_role, enrolments.Enrolment(user_id=ben)]})
        assert recorded(site) == {"roles": {"5": str(ann)}, "users": f"{ann}-{ben}"}

    def test_the_record_names_each_role_and_who_is_suspended(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        ben = making.user(site, "ben")
        enrol(site, new(ann, course), new(ben, course, TEACHER, suspend=1))
        assert recorded(site) == {
            "roles": {"4": str(ben), "5": str(ann)},
            "suspended": str(ben),
            "users": f"{ann}-{ben}",
        }

    def test_an_empty_list_does_nothing(self, site: TestSite) -> None:
        with unchanged(site.session):
            enrol(site)


class TestWhoMayGiveWhat:
    def test_a_teacher_gives_what_the_matrix_says(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        teacher = making.user(site, "teacher")
        making.enrol(site, teacher, course, "editingteacher")
        enrol(site, new(ann, course), new(ann, course, TEACHER), user=teacher)
        with refused(MoodleError, "wsusercannotassign"):
            enrol(site, new(ann, course, EDITING), user=teacher)

    def test_an_administrator_gives_every_role_that_courses_have(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        enrol(site, new(ann, course, 1))
        with unchanged(site.session), refused(MoodleError, "wsusercannotassign"):
            enrol(site, new(ann, course, CREATOR))

    def test_the_right_to_enrol_alone_gives_no_role(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        service = making.user_with(site, "service", VIEW, ENROL)
        with unchanged(site.session), refused(MoodleError, "wsusercannotassign"):
            enrol(site, new(ann, course), user=service)

    def test_the_right_to_assign_needs_an_entry_in_the_matrix(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        making.role(site, "none", [VIEW, ENROL, ASSIGN])
        making.role(site, "some", [VIEW, ENROL, ASSIGN], may_assign=["student"])
        without, entitled = making.user(site, "without"), making.user(site, "entitled")
        making.assign(site, "none", without)
        making.assign(site, "some", entitled)
        with refused(MoodleError, "wsusercannotassign"):
            enrol(site, new(ann, course), user=without)
        enrol(site, new(ann, course), user=entitled)

    def test_an_unknown_role_is_like_one_that_may_not_be_given(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        with refused(MoodleError, "wsusercannotassign"):
            enrol(site, new(ann, course, UNKNOWN))


class TestRefusals:
    def test_an_unknown_course_is_refused_unwrapped(self, site: TestSite, ann: int) -> None:
        with unchanged(site.session), refused(InvalidParameter):
            enrol(site, new(ann, UNKNOWN))

    def test_who_cannot_enter_the_course_is_refused(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        stranger = making.user_with(site, "stranger", ENROL, ASSIGN)
        with refused(RequireLogin):
            enrol(site, new(ann, course), user=stranger)

    def test_a_hidden_course_is_closed(self, site: TestSite, ann: int) -> None:
        hidden = making.course(site, "HID", visible=0)
        service = making.user_with(site, "service", VIEW, ENROL, ASSIGN)
        with refused(RequireLogin):
            enrol(site, new(ann, hidden), user=service)

    @pytest.mark.parametrize("role", ["student", "teacher"])
    def test_who_may_not_enrol_is_refused(
        self, site: TestSite, course: int, ann: int, role: str
    ) -> None:
        member = making.user(site, "member")
        making.enrol(site, member, course, role)
        with unchanged(site.session), refused(NoPermission):
            enrol(site, new(ann, course), user=member)

    def test_an_unknown_user_is_a_missing_record(self, site: TestSite, course: int) -> None:
        with unchanged(site.session), refused(MissingRecord):
            enrol(site, new(UNKNOWN, course))

    @pytest.mark.parametrize(
        ("change", "code"),
        [({"deleted": 1, "confirmed": 0}, "userdeleted"), ({"confirmed": 0}, "usernotconfirmed")],
    )
    def test_an_account_that_cannot_take_part_is_refused(
        self, site: TestSite, course: int, ann: int, change: dict[str, int], code: str
    ) -> None:
        users.change(site.session, ann, change)
        with unchanged(site.session), refused(MoodleError, code):
            enrol(site, new(ann, course))

    def test_the_guest_is_refused(self, site: TestSite, course: int) -> None:
        with refused(MoodleError, "guestsarenotallowed"):
            enrol(site, new(1, course))

    def test_a_course_without_manual_enrolment_is_refused(self, site: TestSite, ann: int) -> None:
        course = making.course(site, "NOM", manual=False)
        with unchanged(site.session), refused(MoodleError, "wsnoinstance"):
            enrol(site, new(ann, course))

    def test_the_site_course_has_no_way_in(self, site: TestSite, ann: int) -> None:
        with refused(MoodleError, "wsnoinstance"):
            enrol(site, new(ann, 1))

    def test_a_closed_way_is_none(self, site: TestSite, course: int, ann: int) -> None:
        (way,) = enrolments.instances(site.session, course)
        rows.change_instance(site.session, way.id, {"status": 1})
        with refused(MoodleError, "wsnoinstance"):
            enrol(site, new(ann, course))

    def test_a_site_may_switch_manual_enrolment_off(
        self, site: TestSite, course: int, ann: int
    ) -> None:
        making.setting(site, "enrol_plugins_enabled", ("self",))
        with refused(MoodleError, "wsnoinstance"):
            enrol(site, new(ann, course))

    def test_the_first_open_way_is_taken(self, site: TestSite, course: int, ann: int) -> None:
        call = site.call()
        with call.transaction():
            second = enrolments.add_instance(call, course)
        (first, _) = enrolments.instances(site.session, course)
        rows.change_instance(site.session, first.id, {"status": 1})
        enrol(site, new(ann, course))
        assert set(rows.in_instance(site.session, second, [ann])) == {ann}

    @pytest.mark.parametrize("place", [0, 1, 2])
    def test_one_bad_item_keeps_all_from_being_enrolled(
        self, site: TestSite, course: int, ann: int, place: int
    ) -> None:
        items = [new(ann, course), new(ann, course, TEACHER), new(ann, course, 1)]
        items[place] = new(UNKNOWN, course)
        with unchanged(site.session), refused(MissingRecord):
            enrol(site, *items)

    def test_the_course_is_looked_at_before_the_user_and_the_user_before_the_role(
        self, site: TestSite, course: int
    ) -> None:
        with refused(InvalidParameter):
            enrol(site, new(UNKNOWN, UNKNOWN, UNKNOWN))
        with refused(MissingRecord):
            enrol(site, new(UNKNOWN, course, UNKNOWN))
        with refused(MoodleError, "wsusercannotassign"):
            enrol(site, new(2, 1, UNKNOWN))


class TestEnrollingOneself:
    """What the caller becomes by one item counts for the items after it, as if each came alone."""

    @pytest.fixture
    def teacher(self, site: TestSite, course: int) -> int:
        found = making.user_with(site, "terry", "webservice/rest:use")
        making.enrol(site, found, course, "editingteacher")
        return found

    def told(self, web: Web, user: int, *items: c.NewEnrolment) -> Any:
        sent = [{name: getattr(item, name) for name in item.__struct_fields__} for item in items]
        given = [{k: v for k, v in item.items() if v is not msgspec.UNSET} for item in sent]
        token = web.token(user)
        return web.call("enrol_manual_enrol_users", token, enrolments=given).json

    def test_a_role_given_to_oneself_lets_one_give_others(
        self, web: Web, site: TestSite, course: int, ann: int
    ) -> None:
        rights = (ENROL, ASSIGN, VIEW, "webservice/rest:use")
        making.role(site, "promoter", rights, may_assign=("editingteacher",))
        mona = making.user(site, "mona")
        making.assign(site, "promoter", mona)
        assert self.told(web, mona, new(ann, course))["errorcode"] == "wsusercannotassign"
        assert self.told(web, mona, new(mona, course, EDITING), new(ann, course)) is None
        assert roles(site, ann, course) == [STUDENT]

    def test_who_shuts_themselves_out_goes_no_further(
        self, web: Web, site: TestSite, course: int, ann: int, teacher: int
    ) -> None:
        other = making.course(site, "BIO")
        making.enrol(site, teacher, other, "editingteacher")
        out = new(teacher, course, suspend=1)
        answer = self.told(web, teacher, out, new(ann, course))
        assert answer["errorcode"] == "requireloginerror"
        assert state(site, teacher, course) == (0, 0, 0)
        assert self.told(web, teacher, new(ann, course), out, new(ann, other)) is None
        assert state(site, teacher, course) == (1, 0, 0)
        assert roles(site, ann, other) == [STUDENT]
