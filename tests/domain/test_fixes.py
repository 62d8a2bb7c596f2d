"""Each failing check has one fix; made, the check passes, and taken back, it fails again."""

from collections.abc import Callable

import pytest

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import (
    authorised_users,
    fixing,
    outlook,
    services,
    token_ends,
    tokens,
    users,
)
from coursewire.domain.authorised_users import Limits
from coursewire.domain.fixes import Fixer
from coursewire.domain.foresight import ANYTHING, Circumstances, Reason
from coursewire.domain.outlook import Outlook
from coursewire.domain.tokens import NewToken
from coursewire.functions import catalogue
from coursewire.store import access as access_rows
from coursewire.store import preferences
from coursewire.store import users as user_rows
from tests.support import making
from tests.support.sites import TestSite

FUNCTIONS = (
    "core_group_get_groups",
    "core_user_get_users",
    "enrol_manual_enrol_users",
    "core_user_create_users",
)
HOME = "192.0.2.7"
RIGHTS = (
    "webservice/rest:use",
    "moodle/course:view",
    "moodle/course:viewhiddencourses",
    "moodle/course:managegroups",
    "enrol/manual:enrol",
    "moodle/role:assign",
    "moodle/user:create",
)
BUILT_IN = catalogue.built_in()


class Integration:
    """A token of an account with a role of its own."""

    def __init__(self, site: TestSite) -> None:
        self.site = site
        making.setting(site, "enablewebservices", value=True)
        making.setting(site, "webserviceprotocols", value=("rest",))
        self.user = making.user(site, "svc")
        making.role(site, "svc", RIGHTS)
        making.assign(site, "svc", self.user)
        self.service = making.service(site, "svc", *FUNCTIONS, users=[self.user])
        new = NewToken(user_id=self.user, service_id=self.service)
        self.issued = tokens.issue(site.call(), new)

    def look(self, picked: Circumstances = ANYTHING) -> Outlook:
        return outlook.of_token(
            self.site.call(),
            self.issued.handle,
            lambda name: BUILT_IN.require(name).contract,
            picked,
            HOME,
        )

    def fixer(self) -> Fixer:
        return Fixer(self.site.call(), self.issued.handle, HOME)


def _change(it: Integration, **values: object) -> None:
    with it.site.session.transaction():
        user_rows.change(it.site.session, it.user, values)


def _preference(it: Integration) -> None:
    with it.site.session.transaction():
        preferences.put(it.site.session, it.user, {"auth_forcepasswordchange": "1"})


def _limit(it: Integration, limits: Limits) -> None:
    authorised_users.change(it.site.call(), it.service, it.user, limits)


FAULTS: dict[str, Callable[[Integration], object]] = {
    "web services on": lambda it: making.setting(it.site, "enablewebservices", value=False),
    "REST on": lambda it: making.setting(it.site, "webserviceprotocols", value=()),
    "no maintenance": lambda it: making.setting(it.site, "maintenance_enabled", value=True),
    "token known": lambda it: tokens.disable(it.site.call(), it.issued.id),
    "token in date": lambda it: tokens.extend(it.site.call(), it.issued.id, it.site.now - 1),
    "token address": lambda it: tokens.edit(
        it.site.call(), it.issued.id, tokens.Changes(iprestriction="203.0.113.9")
    ),
    "user not suspended": lambda it: users.suspend(it.site.call(), it.user, suspended=True),
    "user confirmed": lambda it: users.confirm(it.site.call(), it.user, confirmed=False),
    "protocol capability": lambda it: making.override(it.site, "svc", "webservice/rest:use", 0),
    "service enabled": lambda it: services.edit(
        it.site.call(), it.service, services.Changes(enabled=False)
    ),
    "required capability": lambda it: services.edit(
        it.site.call(), it.service, services.Changes(requiredcapability="moodle/user:delete")
    ),
    "user authorised": lambda it: authorised_users.deauthorise(it.site.call(), it.service, it.user),
    "authorisation in date": lambda it: _limit(it, Limits(validuntil=it.site.now - 1)),
    "authorised address": lambda it: _limit(it, Limits(iprestriction="203.0.113.9")),
    "account ready": _preference,
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_failing_check_is_mended_by_one_fix(site: TestSite, name: str) -> None:
    it = Integration(site)
    assert not it.look().failing
    FAULTS[name](it)
    answer = next(each for each in it.look().failing if each.name == name)
    fix = it.fixer().for_check(answer)
    assert fix is not None
    assert fix.reach
    applied = fixing.apply(site.call(), fix.kind, fix.values)
    assert not it.look().failing
    assert applied.undo is not None
    fixing.apply(site.call(), applied.undo.kind, applied.undo.values)
    assert name in [each.name for each in it.look().failing]


def test_a_token_of_a_service_without_functions_is_told_as_refused(site: TestSite) -> None:
    it = Integration(site)
    services.remove_functions(site.call(), it.service, FUNCTIONS)
    (answer,) = it.look().failing
    assert (answer.name, answer.errorcode) == ("function in service", "accessexception")
    assert "'svc' has no functions" in answer.fact
    assert "add the functions" in answer.remedy
    assert it.fixer().for_check(answer) is None


def test_an_end_that_the_holder_was_told_of_is_not_put_off(site: TestSite) -> None:
    it = Integration(site)
    FAULTS["token in date"](it)
    access = access_rows.by_handle(site.session, it.issued.handle, "")
    assert access is not None
    with site.session.transaction():
        token_ends.mark_expired(site.session, access, site.now)
    failing = it.look().failing
    assert [each.name for each in failing] == ["token known", "token in date"]
    for answer in failing:
        assert it.fixer().for_check(answer) is None
        assert answer.remedy == "issue a new token"
    for change in (tokens.extend, tokens.rotate):
        with pytest.raises(InvalidParameter) as refused:
            change(site.call(), it.issued.id, site.now + 60)
        assert "has ended" in refused.value.reason


@pytest.mark.parametrize("name", ["token address", "authorised address"])
def test_no_address_is_offered_to_a_list_that_is_full(site: TestSite, name: str) -> None:
    it, full = Integration(site), ",".join(f"203.0.113.{number}" for number in range(10, 29))
    if name == "token address":
        tokens.edit(site.call(), it.issued.id, tokens.Changes(iprestriction=full))
    else:
        _limit(it, Limits(iprestriction=full))
    (answer,) = it.look().failing
    assert answer.name == name
    assert it.fixer().for_check(answer) is None
    assert "the list is full" in answer.remedy
    with pytest.raises(InvalidParameter) as refused:
        tokens.edit(site.call(), it.issued.id, tokens.Changes(iprestriction=f"{full},{HOME}"))
    assert refused.value.remedy == "write addresses that lie together as a range or a network"


def test_what_another_role_prohibits_is_not_offered_as_a_fix(site: TestSite) -> None:
    it = Integration(site)
    making.override(site, "svc", "webservice/rest:use", 0)
    making.override(site, "user", "webservice/rest:use", -1000)
    (answer,) = it.look().failing
    assert answer.fact.endswith(": prohibited by the role user")
    assert answer.remedy == "take the prohibition out of the role user: no other role lifts it"
    assert it.fixer().for_check(answer) is None
    making.override(site, "user", "webservice/rest:use", 0)
    making.override(site, "svc", "webservice/rest:use", -1000)
    (answer,) = it.look().failing
    fix = it.fixer().for_check(answer)
    assert fix is not None
    fixing.apply(site.call(), fix.kind, fix.values)
    assert not it.look().failing


def test_what_a_function_needs_is_not_granted_where_that_changes_nothing(site: TestSite) -> None:
    it, name = Integration(site), "core_group_get_groups"
    course = making.course(site, "ALG")
    place, right = making.course_context(site, course), "moodle/course:managegroups"
    making.override(site, "svc", right, -1, place)
    picked = Circumstances(course_id=course)
    (reason,) = _needed(it, name, picked)
    assert it.fixer().for_reason(reason) is None
    making.override(site, "svc", right, 0, place)
    making.override(site, "svc", right, 0)
    (reason,) = _needed(it, name, picked)
    assert it.fixer().for_reason(reason) is not None
    making.override(site, "user", right, -1000)
    (reason,) = _needed(it, name, picked)
    assert "prohibited by the role user" in reason.text
    assert it.fixer().for_reason(reason) is None


def _needed(it: Integration, name: str, picked: Circumstances) -> tuple[Reason, ...]:
    return next(each for each in it.look(picked).functions if each.name == name).reasons


def test_what_else_hinders_an_account_is_not_mended_by_its_password(site: TestSite) -> None:
    it = Integration(site)
    making.setting(site, "maintenance_enabled", value=True)
    answer = next(each for each in it.look().failing if each.name == "account ready")
    assert it.fixer().for_check(answer) is None
    assert answer.remedy == "end the maintenance (setting maintenance_enabled)"


@pytest.mark.parametrize("name", ["user not suspended", "user confirmed", "account ready"])
def test_no_fix_is_offered_for_an_account_that_the_caller_may_not_change(
    site: TestSite, name: str
) -> None:
    it = Integration(site)
    _change(it, console_role="viewer")
    FAULTS[name](it)
    answer = next(each for each in it.look().failing if each.name == name)
    helper = site.call(making.user(site, "helper"))
    assert Fixer(helper, it.issued.handle).for_check(answer) is None
    assert it.fixer().for_check(answer) is not None


def test_an_account_without_a_role_of_its_own_gets_one(site: TestSite) -> None:
    it = Integration(site)
    making.assign(site, "manager", it.user)
    call = site.call()
    with call.transaction():
        from coursewire.domain import role_assignments  # noqa: PLC0415

        role_assignments.unassign(call, making.role_id(site, "svc"), it.user, call.site.system)
    answer = next(each for each in it.look().failing if each.name == "protocol capability")
    fix = it.fixer().for_check(answer)
    assert fix is not None
    assert (fix.kind, fix.reach) == (
        "own_role",
        "gives webservice/rest:use on the whole site to 1 account",
    )
    applied = fixing.apply(site.call(), fix.kind, fix.values)
    assert not it.look().failing
    assert applied.undo is not None
    again = fixing.apply(site.call(), applied.undo.kind, applied.undo.values)
    assert it.look().failing
    assert again.undo is not None
    fixing.apply(site.call(), again.undo.kind, again.undo.values)
    assert not it.look().failing


def test_what_a_function_needs_is_granted_and_taken_back(site: TestSite) -> None:
    it = Integration(site)
    making.course(site, "ALG")
    found = {each.name: each for each in it.look().functions}
    assert found["core_user_get_users"].state == "limited"
    fix = it.fixer().for_reason(found["core_user_get_users"].reasons[0])
    assert fix is not None
    assert fix.reach == "gives moodle/user:viewdetails on the whole site to 1 account"
    other = making.user(site, "other")
    making.assign(site, "svc", other)
    wider = it.fixer().for_reason(found["core_user_get_users"].reasons[0])
    assert wider is not None
    assert wider.reach.endswith("to 2 accounts")
    applied = fixing.apply(site.call(), fix.kind, fix.values)
    now = {each.name: each for each in it.look().functions}
    assert "viewalldetails" in now["core_user_get_users"].reasons[0].text
    assert applied.undo is not None
    fixing.apply(site.call(), applied.undo.kind, applied.undo.values)
    assert {each.name: each for each in it.look().functions} == found


def test_a_role_that_may_not_be_given_is_allowed(site: TestSite) -> None:
    it = Integration(site)
    course, student = making.course(site, "ALG"), making.role_id(site, "student")
    picked = Circumstances(course_id=course, role_id=student)
    name = "enrol_manual_enrol_users"
    found = next(each for each in it.look(picked).functions if each.name == name)
    assert found.state == "refused"
    assert it.fixer().for_reason(found.reasons[0]) is None
    fix = it.fixer().for_reason(found.reasons[0], student)
    assert fix is not None
    applied = fixing.apply(site.call(), fix.kind, fix.values)
    assert next(each for each in it.look(picked).functions if each.name == name).state == "allowed"
    assert applied.undo is not None
    fixing.apply(site.call(), applied.undo.kind, applied.undo.values)
    assert next(each for each in it.look(picked).functions if each.name == name).state == "refused"


@pytest.mark.parametrize(
    ("kind", "values"), [("nothing", {}), ("service", {"service": "x"}), ("end", {"token": "1"})]
)
def test_what_makes_no_sense_is_refused(site: TestSite, kind: str, values: dict[str, str]) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the kind of refusal differs
        fixing.apply(site.call(), kind, values)
    assert not isinstance(caught.value, KeyError)
    assert kind != "nothing" or isinstance(caught.value, InvalidParameter)


@pytest.mark.parametrize("written", ["x", "--5", "9" * 40])
def test_what_is_no_number_is_refused_as_such(site: TestSite, written: str) -> None:
    with pytest.raises(InvalidParameter) as refused:
        fixing.apply(site.call(), "disabled", {"token": written})
    assert refused.value.reason == "token is no number"
