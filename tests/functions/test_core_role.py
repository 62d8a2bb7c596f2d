"""core_role, bytes in and bytes out, one test per refusal."""

from typing import Any

import pytest

from coursewire.domain import role_assignments
from tests.support import making
from tests.support.sites import TestSite
from tests.support.web import Web

INVALID = ("core\\exception\\invalid_parameter_exception", "invalidparameter")
CODING = ("core\\exception\\coding_exception", "codingerror")
STUDENT, MANAGER, USER = 5, 1, 7


class Roles:
    """A course, a user, and calls that give and take roles in it."""

    def __init__(self, web: Web) -> None:
        self.web, self.site, self.admin = web, web.site, web.token()
        self.course = making.course(self.site, "ALG")
        self.ann = making.user(self.site, "ann")

    def one(self, **other: Any) -> dict[str, Any]:
        named = {"roleid": STUDENT, "userid": self.ann, "contextlevel": "course"}
        return {**named, "instanceid": self.course, **other}

    def assign(self, *wanted: dict[str, Any], token: str = "") -> Any:
        function = "core_role_assign_roles"
        return self.web.call(function, token or self.admin, assignments=list(wanted))

    def unassign(self, *wanted: dict[str, Any], token: str = "") -> Any:
        function = "core_role_unassign_roles"
        return self.web.call(function, token or self.admin, unassignments=list(wanted))

    def held(self) -> list[int]:
        return [one.role_id for one in role_assignments.of_user(self.site.session, self.ann)]


@pytest.fixture
def roles(web: Web) -> Roles:
    return Roles(web)


def test_a_role_is_given_once_and_taken(roles: Roles) -> None:
    assert roles.assign(roles.one(), roles.one()).json is None
    assert roles.held() == [STUDENT]
    assert roles.unassign(roles.one(), roles.one()).json is None
    assert roles.held() == []


def test_a_place_may_be_named_by_its_context(roles: Roles) -> None:
    place = making.course_context(roles.site, roles.course)
    wanted = {"roleid": STUDENT, "userid": roles.ann, "contextid": place.id}
    assert roles.assign(wanted).json is None
    assert roles.held() == [STUDENT]


def test_authz_3_what_the_caller_loses_in_a_batch_is_lost_for_the_rest_of_it(
    roles: Roles,
) -> None:
    site = roles.site
    mona = making.user_with(site, "mona", "webservice/rest:use")
    making.assign(site, "manager", mona)
    making.assign(site, "student", roles.ann, making.course_context(site, roles.course))
    token = roles.web.token(mona)
    own = {"roleid": MANAGER, "userid": mona, "contextlevel": "system", "instanceid": 0}
    exception = "core\\exception\\required_capability_exception"
    lost = roles.unassign(own, roles.one(roleid=MANAGER, contextid=1), token=token)
    assert lost.error == (exception, "nopermissions")
    assert roles.unassign(roles.one(), own, token=token).json is None
    assert roles.held() == []
    assert roles.assign(roles.one(roleid=MANAGER, contextid=1), token=token).error[1] == (
        "nopermissions"
    )


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"contextlevel": "planet"}, INVALID),
        ({"contextlevel": ""}, INVALID),
        ({"instanceid": 98765}, INVALID),
        ({"contextid": 98765}, INVALID),
        ({"roleid": 98765}, INVALID),
        ({"roleid": USER}, INVALID),
        ({"contextlevel": "system", "instanceid": 0}, INVALID),
        ({"userid": 98765}, CODING),
        ({"userid": 0}, CODING),
    ],
)
def test_authz_4_one_bad_assignment_undoes_all(
    roles: Roles, other: dict[str, Any], error: tuple[str, str]
) -> None:
    for wanted in ([roles.one(), roles.one(**other)], [roles.one(**other), roles.one()]):
        assert roles.assign(*wanted).error == error
    assert roles.held() == []


def test_a_deleted_user_gets_no_role(roles: Roles) -> None:
    roles.web.call("core_user_delete_users", roles.admin, userids=[roles.ann])
    assert roles.assign(roles.one()).error == CODING


def test_nobody_has_no_role_to_take(roles: Roles) -> None:
    assert roles.unassign(roles.one(userid=0)).error == CODING
    assert roles.unassign(roles.one(userid=98765)).json is None


def test_authz_8_who_may_not_give_a_role_may_not_take_it(roles: Roles) -> None:
    capabilities = ("webservice/rest:use", "moodle/course:view", "moodle/role:assign")
    helper = roles.web.token(making.user_with(roles.site, "helper", *capabilities))
    assert roles.assign(roles.one(), token=helper).error == INVALID
    roles.assign(roles.one())
    assert roles.unassign(roles.one(), token=helper).error == INVALID
    assert roles.held() == [STUDENT]


def test_without_the_capability_it_is_forbidden(roles: Roles) -> None:
    capabilities = ("webservice/rest:use", "moodle/course:view")
    other = roles.web.token(making.user_with(roles.site, "other", *capabilities))
    roles.assign(roles.one())
    for refused in (
        roles.assign(roles.one(), token=other),
        roles.unassign(roles.one(), token=other),
    ):
        assert refused.error == ("core\\exception\\required_capability_exception", "nopermissions")
    assert roles.held() == [STUDENT]


def test_a_place_that_cannot_be_entered_is_refused(roles: Roles) -> None:
    outsider = roles.web.token(making.user_with(roles.site, "outsider", "webservice/rest:use"))
    for give in (roles.assign, roles.unassign):
        refused = give(roles.one(), token=outsider)
        assert refused.error == ("core\\exception\\require_login_exception", "requireloginerror")


@pytest.mark.parametrize("other", [{"contextlevel": "planet"}, {"instanceid": 98765}])
def test_a_role_is_taken_in_a_place_that_exists(roles: Roles, other: dict[str, Any]) -> None:
    roles.assign(roles.one())
    assert roles.unassign(roles.one(), roles.one(**other)).error == INVALID
    assert roles.held() == [STUDENT]


def test_roles_given_by_a_component_are_not_taken(roles: Roles, site: TestSite) -> None:
    place = making.course_context(site, roles.course)
    call = site.call()
    with call.transaction():
        role_assignments.assign(call, STUDENT, roles.ann, place, component="enrol_self")
    assert roles.unassign(roles.one()).json is None
    assert roles.held() == [STUDENT]
