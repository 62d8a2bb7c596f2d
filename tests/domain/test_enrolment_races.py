"""Whoever is enrolled while the way, or its course, goes: no half of an enrolment is left."""

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import select

from coursewire.contracts.errors import InvalidParameter, Refusal
from coursewire.domain import course_care, course_deletion, enrolment_instances, enrolments
from coursewire.domain.call import Call
from coursewire.domain.enrolments import Enrolment
from coursewire.store import enrolments as store
from coursewire.store.schema.access import role_assignments
from coursewire.store.schema.enrolments import user_enrolments
from tests.support import making
from tests.support.calling import run
from tests.support.meanwhile import meanwhile
from tests.support.sites import TestSite

Change = Callable[[Call], object]


class Ground:
    """A course with one way in, somebody who uses it, and somebody to be enrolled."""

    def __init__(self, site: TestSite) -> None:
        self.site = site
        self.course = making.course(site, "C")
        self.there, self.new = (making.user(site, name) for name in ("there", "new"))
        making.enrol(site, self.there, self.course)
        (self.way,) = enrolments.instances(site.session, self.course)
        self.role = making.role_id(site, "student")

    def enrol(self, call: Call) -> None:
        wanted = {"userid": self.new, "roleid": self.role, "courseid": self.course}
        run(call, "enrol_manual_enrol_users", enrolments=[wanted])

    def enrol_in_console(self, call: Call) -> None:
        course_care.enrol(call, self.course, [Enrolment(user_id=self.new, role_id=self.role)])

    def enrol_again(self, call: Call) -> None:
        wanted = {"userid": self.there, "roleid": self.role, "courseid": self.course}
        run(call, "enrol_manual_enrol_users", enrolments=[wanted])

    def enrol_otherwise(self, call: Call) -> None:
        wanted = [Enrolment(user_id=self.there, role_id=self.role)]
        enrolments.enrol(call, {self.other_way(): wanted})

    def other_way(self) -> store.Instance:
        return enrolments.instances(self.site.session, self.course)[1]

    def take_out(self, call: Call) -> None:
        gone = {"userid": self.there, "courseid": self.course}
        run(call, "enrol_manual_unenrol_users", enrolments=[gone])

    def take_out_in_console(self, call: Call) -> None:
        course_care.unenrol(call, self.course, self.there)

    def suspend(self, call: Call) -> None:
        course_care.suspend(call, self.course, self.there, suspended=True)

    def close(self, call: Call) -> None:
        enrolment_instances.remove(call, self.way.id)

    def rename(self, call: Call) -> None:
        enrolment_instances.change(call, self.way.id, name="New")

    def delete(self, call: Call) -> None:
        course_deletion.delete(call, self.course)

    def left_over(self) -> list[object]:
        return [row for rows in self.of_each_table() for row in rows]

    def of_each_table(self) -> list[Sequence[object]]:
        tables = (user_enrolments, role_assignments)
        return [self.site.session.rows(select(table)) for table in tables]


@pytest.fixture
def ground(site: TestSite) -> Ground:
    return Ground(site)


@pytest.fixture(params=["close", "delete"])
def end(ground: Ground, request: pytest.FixtureRequest) -> Change:
    """What ends the way."""
    found: Change = getattr(ground, request.param)
    return found


@pytest.mark.requirement("DUR-5")
@pytest.mark.parametrize("use", ["enrol", "enrol_in_console", "suspend", "rename"])
def test_a_way_that_is_just_closed_is_used_no_more(ground: Ground, end: Change, use: str) -> None:
    if ground.site.engine_name == "sqlite" and use == "enrol_in_console":
        pytest.skip("closed before anybody looks, the way is opened anew")
    refused = meanwhile(ground.site, end, getattr(ground, use))
    assert isinstance(refused, Refusal)
    assert ground.left_over() == []


@pytest.mark.requirement("DUR-5")
@pytest.mark.parametrize("use", ["enrol", "enrol_in_console", "suspend", "rename"])
def test_who_just_came_by_a_way_goes_with_it(ground: Ground, end: Change, use: str) -> None:
    assert meanwhile(ground.site, getattr(ground, use), end) is None
    assert ground.left_over() == []
    assert store.get_instance(ground.site.session, ground.way.id) is None


@pytest.mark.requirement("DUR-6")
@pytest.mark.parametrize("again", ["enrol_again", "enrol_otherwise"])
@pytest.mark.parametrize("take_out", ["take_out", "take_out_in_console"])
def test_who_is_enrolled_while_being_taken_out_has_enrolment_and_role(
    ground: Ground, take_out: str, again: str
) -> None:
    enrolments.add_instance(ground.site.call(), ground.course, status=enrolments.ENABLED)
    assert meanwhile(ground.site, getattr(ground, take_out), getattr(ground, again)) is None
    assert [len(rows) for rows in ground.of_each_table()] == [1, 1]


@pytest.mark.requirement("DUR-6")
@pytest.mark.parametrize("take_out", ["take_out", "take_out_in_console"])
def test_who_is_taken_out_while_being_enrolled_has_neither(ground: Ground, take_out: str) -> None:
    meanwhile(ground.site, ground.enrol_again, getattr(ground, take_out))
    assert ground.left_over() == []


@pytest.mark.requirement("DUR-6")
@pytest.mark.parametrize("take_out", ["take_out", "take_out_in_console"])
def test_who_is_suspended_while_being_taken_out_is_not_enrolled_again(
    ground: Ground, take_out: str
) -> None:
    refused = meanwhile(ground.site, getattr(ground, take_out), ground.suspend)
    assert isinstance(refused, InvalidParameter)
    assert ground.left_over() == []


@pytest.mark.requirement("DUR-6")
@pytest.mark.parametrize("take_out", ["take_out", "take_out_in_console"])
def test_who_is_taken_out_while_being_enrolled_otherwise_stays(
    ground: Ground, take_out: str
) -> None:
    enrolments.add_instance(ground.site.call(), ground.course, status=enrolments.ENABLED)
    meanwhile(ground.site, ground.enrol_otherwise, getattr(ground, take_out))
    assert [len(rows) for rows in ground.of_each_table()] == [1, 1]


@pytest.mark.requirement("DUR-5")
def test_a_way_is_closed_once(ground: Ground) -> None:
    refused = meanwhile(ground.site, ground.close, ground.close)
    assert isinstance(refused, Refusal)
    assert refused.errorcode == "invalidrecordunknown"
