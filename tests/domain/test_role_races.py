"""Roles that are given or named while they, or where they are given, are deleted."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text

from coursewire.contracts.errors import NoPermission, Refusal
from coursewire.domain import (
    category_changes,
    contexts,
    course_care,
    course_deletion,
    enrolment_instances,
    enrolments,
    role_assignments,
    role_care,
    role_definitions,
    roles,
    settings,
    user_deletion,
)
from coursewire.domain.call import Call
from coursewire.domain.completion_criteria import Criteria, set_all
from coursewire.domain.contexts import Context
from coursewire.domain.enrolments import Enrolment
from coursewire.store import courses
from coursewire.store.schema.access import role_assignments as assignments
from tests.support import making
from tests.support.calling import run
from tests.support.meanwhile import MEANWHILE, meanwhile
from tests.support.sites import TestSite

Change = Callable[[Call], object]
ALLOWED = "moodle/course:view"


class Ground:
    """A role, somebody to have it, and places where it may be given."""

    def __init__(self, site: TestSite) -> None:
        self.site = site
        self.role = making.role(site, "helper")
        self.user = making.user(site, "ann")
        self.course = making.course(site, "C")
        self.category = making.category(site, "Science")
        (self.way,) = enrolments.instances(site.session, self.course)

    def in_course(self) -> Context:
        return making.course_context(self.site, self.course)

    def in_category(self) -> Context:
        return making.context(self.site, contexts.CATEGORY, self.category)

    def give(self, call: Call, place: Context) -> None:
        """As `coursewire role assign` and a site file do."""
        with call.transaction():
            role_assignments.assign(call, self.role, self.user, place)

    def remove(self, call: Call) -> None:
        with call.transaction():
            roles.remove(call, self.role)

    def give_anywhere(self, call: Call) -> None:
        self.give(call, call.site.system)

    def enrol(self, call: Call) -> None:
        wanted = Enrolment(user_id=self.user, role_id=self.role)
        course_care.enrol(call, self.course, [wanted])

    def name(self, call: Call) -> None:
        settings.put(call, "defaultuserroleid", self.role)

    def name_among_others(self, call: Call) -> None:
        settings.put(call, "gradebookroles", (5, self.role))

    def allow(self, call: Call) -> None:
        with call.transaction():
            roles.grant(call, self.role, {ALLOWED: 1}, self.in_course())

    def describe(self, call: Call) -> None:
        with call.transaction():
            roles.change(call, self.role, name="Helper")

    def reach(self, call: Call) -> None:
        with call.transaction():
            roles.set_levels(call, self.role, [contexts.COURSE])
            roles.set_may_assign(call, self.role, [5])

    def be_given(self, call: Call) -> None:
        with call.transaction():
            roles.set_may_assign(call, 5, [self.role])

    def held(self) -> list[object]:
        mine = select(assignments).where(assignments.c.user_id == self.user)
        return [*self.site.session.rows(mine)]


@pytest.fixture
def ground(site: TestSite) -> Ground:
    return Ground(site)


@pytest.fixture(params=["user", "course", "category"])
def giving(ground: Ground, request: pytest.FixtureRequest) -> tuple[Change, Change]:
    """Giving the role, and deleting what it is given to or in."""
    in_course, in_category = ground.in_course(), ground.in_category()
    found: dict[str, tuple[Change, Change]] = {
        "user": (
            lambda call: ground.give(call, call.site.system),
            lambda call: user_deletion.delete(call, ground.user),
        ),
        "course": (
            lambda call: ground.give(call, in_course),
            lambda call: course_deletion.delete(call, ground.course),
        ),
        "category": (
            lambda call: ground.give(call, in_category),
            lambda call: category_changes.remove(call, ground.category),
        ),
    }
    return found[request.param]


@pytest.mark.requirement("DUR-5")
class TestBesideADeletion:
    def test_what_is_just_deleted_is_given_no_role(
        self, ground: Ground, giving: tuple[Change, Change]
    ) -> None:
        give, delete = giving
        assert isinstance(meanwhile(ground.site, delete, give), Refusal)
        assert ground.held() == []

    def test_a_role_just_given_goes_with_the_deletion(
        self, ground: Ground, giving: tuple[Change, Change]
    ) -> None:
        give, delete = giving
        assert meanwhile(ground.site, give, delete) is None
        assert ground.held() == []


WAYS = ["give_anywhere", "enrol", "allow", "describe", "reach", "be_given"]
SETTINGS = ["name", "name_among_others"]


@pytest.mark.requirement("DUR-5")
class TestBesideTheRemovalOfTheRole:
    @pytest.mark.parametrize("way", WAYS + SETTINGS)
    def test_a_role_that_is_just_removed_is_refused(self, ground: Ground, way: str) -> None:
        refused = meanwhile(ground.site, ground.remove, getattr(ground, way))
        assert isinstance(refused, Refusal)
        assert ground.held() == []

    @pytest.mark.parametrize("way", WAYS)
    def test_what_was_just_done_with_a_role_goes_with_it(self, ground: Ground, way: str) -> None:
        assert meanwhile(ground.site, getattr(ground, way), ground.remove) is None
        assert ground.held() == []
        assert ground.role not in role_definitions.read(ground.site.session).roles

    @pytest.mark.parametrize("way", SETTINGS)
    def test_a_role_that_a_setting_just_named_stays(self, ground: Ground, way: str) -> None:
        refused = meanwhile(ground.site, getattr(ground, way), ground.remove)
        assert isinstance(refused, Refusal)
        assert "names the role 'helper'" in refused.reason
        assert ground.role in role_definitions.read(ground.site.session).roles

    def test_who_enrols_themselves_beside_it_gets_no_role(self, ground: Ground) -> None:
        call = ground.site.call()
        values = {"enrol": enrolments.SELF, "roleid": ground.role}
        enrolment_instances.change(call, ground.way.id, **values)

        def enter(call: Call) -> object:
            own = ground.site.call(ground.user, session=call.session)
            return run(own, "enrol_self_enrol_user", courseid=ground.course)

        answer = meanwhile(ground.site, ground.remove, enter)
        assert answer == {"status": True, "warnings": []}
        assert ground.held() == []


@pytest.mark.requirement("DUR-5")
@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
def test_roles_in_several_courses_lock_them_in_one_order(site: TestSite) -> None:
    first, second = (making.course(site, name) for name in ("A", "B"))
    for course in (first, second):
        set_all(site.call(), course, Criteria(grade=50))
    user, role = making.user(site, "ann"), making.role_id(site, "student")
    wanted = [
        {"roleid": role, "userid": user, "contextlevel": "course", "instanceid": course}
        for course in (second, first)
    ]

    def give() -> None:
        with site.database.session() as session:
            run(site.call(session=session), "core_role_assign_roles", assignments=wanted)

    call = site.call()
    with ThreadPoolExecutor(1) as pool, site.database.session() as other:
        with call.transaction():
            courses.lock(call.session, [first])
            coming = pool.submit(give)
            time.sleep(MEANWHILE)
            other.execute(text("SET lock_timeout = '50ms'"))
            # It waits for the first before it takes the second.
            courses.lock(other, [second])
        coming.result(timeout=30)


@pytest.mark.requirement("DUR-5")
@pytest.mark.parametrize("change", ["reach", "allow", "be_given", "describe"])
def test_two_who_change_a_role_at_once_do_so_in_turn(ground: Ground, change: str) -> None:
    do: Change = getattr(ground, change)
    assert meanwhile(ground.site, do, do) is None


@pytest.mark.requirement("DUR-5")
def test_what_somebody_forbids_meanwhile_is_not_lifted_without_the_right(ground: Ground) -> None:
    """Lifting a prohibition takes what it forbids, also where it has just been made."""
    ben = making.user(ground.site, "ben")

    def forbid(call: Call) -> None:
        role_care.set_permissions(call, ground.role, {ALLOWED: -1000})

    def lift(call: Call) -> None:
        own = ground.site.call(ben, session=call.session)
        role_care.set_permissions(own, ground.role, {ALLOWED: 0})

    refused = meanwhile(ground.site, forbid, lift)
    assert isinstance(refused, NoPermission)
