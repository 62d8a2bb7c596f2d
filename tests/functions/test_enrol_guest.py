"""What is told of a way for guests, and to whom."""

import pytest

from coursewire.contracts import enrol_guest as c
from coursewire.contracts.errors import MissingRecord, MoodleError
from coursewire.domain import enrolments
from coursewire.domain.known_preferences import FORCE_PASSWORD_CHANGE
from coursewire.domain.role_definitions import PROHIBIT
from coursewire.functions import enrol_guest as bodies
from coursewire.store import preferences
from tests.support import making
from tests.support.refusals import refused
from tests.support.school import UNKNOWN
from tests.support.sites import TestSite
from tests.support.web import Web

ADMIN = 2
FUNCTION = "enrol_guest_get_instance_info"


@pytest.fixture
def course(site: TestSite) -> int:
    return making.course(site, "OPEN")


@pytest.fixture
def ann(site: TestSite) -> int:
    return making.user(site, "ann")


def way(site: TestSite, course: int, kind: str = enrolments.GUEST, **values: object) -> int:
    call = site.call()
    with call.transaction():
        return enrolments.add_instance(call, course, kind, **values)


def info(site: TestSite, instance: int, user: int = ADMIN) -> c.GuestInstance:
    params = c.GetInstanceInfo(instanceid=instance)
    answer = bodies.get_instance_info(site.call(user), params)
    assert answer.warnings == []
    return answer.instanceinfo


def test_an_open_way_without_a_password(site: TestSite, course: int, ann: int) -> None:
    door = way(site, course)
    assert info(site, door, ann) == c.GuestInstance(
        id=door,
        courseid=course,
        type="guest",
        name="Guest access",
        status=True,
        passwordrequired=False,
    )


def test_a_password_is_asked_for_and_never_told(site: TestSite, course: int, ann: int) -> None:
    found = info(site, way(site, course, password="secret"), ann)
    assert found.passwordrequired
    assert "secret" not in repr(found)
    assert not info(site, way(site, course, password=""), ann).passwordrequired


def test_a_closed_way_says_so(site: TestSite, course: int, ann: int) -> None:
    assert not info(site, way(site, course, status=1), ann).status


def test_a_name_of_its_own_holds_no_markup(site: TestSite, course: int, ann: int) -> None:
    assert info(site, way(site, course, name="A <b>door</b> & more"), ann).name == (
        "A door &amp; more"
    )


@pytest.mark.parametrize("kind", [enrolments.SELF, enrolments.MANUAL])
def test_a_way_of_another_kind_is_a_missing_record(site: TestSite, course: int, kind: str) -> None:
    with refused(MissingRecord):
        info(site, way(site, course, kind))


def test_an_unknown_way_is_a_missing_record(site: TestSite) -> None:
    with refused(MissingRecord):
        info(site, UNKNOWN)


def test_where_guests_are_not_let_in_at_all_there_is_no_such_way(
    site: TestSite, course: int
) -> None:
    door = way(site, course)
    making.setting(site, "enrol_plugins_enabled", ("manual", "self"))
    with refused(MissingRecord):
        info(site, door)


def test_a_hidden_course_is_told_of_to_those_who_may_see_it(site: TestSite, ann: int) -> None:
    door = way(site, making.course(site, "HID", visible=0))
    with refused(MoodleError, "coursehidden"):
        info(site, door, ann)
    assert info(site, door).id == door


def test_a_course_of_a_closed_category_is_told_of_to_its_people(
    site: TestSite, course: int, ann: int
) -> None:
    door = way(site, course, password="secret")
    making.override(site, "user", "moodle/category:viewcourselist", PROHIBIT)
    with refused(MoodleError, "coursehidden"):
        info(site, door, ann)
    making.enrol(site, ann, course)
    assert info(site, door, ann).id == door


def test_the_site_is_entered_before_the_way_is_looked_for(site: TestSite, ann: int) -> None:
    with site.session.transaction():
        preferences.put(site.session, ann, {FORCE_PASSWORD_CHANGE: "1"})
    with refused(MoodleError, "forcepasswordchangenotice"):
        info(site, UNKNOWN, ann)


def test_the_answer_fits_its_contract(web: Web) -> None:
    door = way(web.site, making.course(web.site, "OPEN"))
    answer = web.call(FUNCTION, web.token(), instanceid=door)
    assert answer.json == {
        "instanceinfo": {
            "id": door,
            "courseid": answer.json["instanceinfo"]["courseid"],
            "type": "guest",
            "name": "Guest access",
            "status": True,
            "passwordrequired": False,
        },
        "warnings": [],
    }
