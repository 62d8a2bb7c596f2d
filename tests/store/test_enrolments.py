"""Whose enrolment counts, when, and who shares a course."""

from typing import Any

import pytest

from coursewire.store import enrolments
from coursewire.store.enrolments import SUSPENDED
from tests.support import making
from tests.support.sites import MADE, TestSite

DAY = 86_400


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        ({}, True),
        ({"status": SUSPENDED}, False),
        ({"timestart": MADE}, True),
        ({"timestart": MADE + 1}, False),
        ({"timeend": MADE}, False),
        ({"timeend": MADE + 1}, True),
        ({"timestart": MADE - DAY, "timeend": MADE + DAY}, True),
        ({"timestart": 10, "timeend": 5}, False),
    ],
)
def test_an_enrolment_counts_while_active_and_within_its_times(
    site: TestSite, state: dict[str, Any], counts: bool
) -> None:
    course = making.course(site, "ALG")
    user = making.user(site, "ann")
    making.enrol(site, user, course, **state)
    session = site.session
    assert enrolments.is_enrolled(session, user, course)
    assert enrolments.enrolled(session, [user, 2], course) == {user}
    assert enrolments.is_active(session, user, course, MADE) is counts
    assert bool(enrolments.courses_of(session, [user], MADE)) is counts
    assert [mine.id for mine in enrolments.courses_of(session, [user])[user]] == [course]


def test_a_closed_way_counts_for_nobody(site: TestSite) -> None:
    course = making.course(site, "ALG")
    user = making.user(site, "ann")
    making.enrol(site, user, course)
    (way,) = enrolments.instances_of(site.session, course)
    enrolments.change_instance(site.session, way.id, {"status": 1})
    assert not enrolments.is_active(site.session, user, course, MADE)
    assert enrolments.is_enrolled(site.session, user, course)


def test_one_of_several_enrolments_is_enough(site: TestSite) -> None:
    course = making.course(site, "ALG")
    user = making.user(site, "ann")
    making.enrol(site, user, course, status=SUSPENDED)
    way = enrolments.add_instance(site.session, {"enrol": "self", "course_id": course})
    enrolments.put_many(
        site.session,
        [
            {
                "instance_id": way,
                "user_id": user,
                "status": 0,
                "timestart": 0,
                "timeend": 0,
                "modifierid": 2,
                "timecreated": MADE,
                "timemodified": MADE,
            }
        ],
    )
    assert enrolments.is_active(site.session, user, course, MADE)
    assert [mine.id for mine in enrolments.courses_of(site.session, [user], MADE)[user]] == [course]


def test_ways_stand_in_the_order_they_were_opened(site: TestSite) -> None:
    course = making.course(site, "ALG")
    second = enrolments.add_instance(site.session, {"enrol": "self", "course_id": course})
    ways = enrolments.instances_of(site.session, course)
    assert [way.enrol for way in ways] == ["manual", "self"]
    enrolments.remove_instance(site.session, second)
    assert enrolments.get_instance(site.session, second) is None


def test_people_share_visible_courses_in_which_neither_is_suspended(site: TestSite) -> None:
    shown, hidden = making.course(site, "ALG"), making.course(site, "HID", visible=0)
    me, mate, past, out, unseen = (
        making.user(site, name) for name in ("me", "mate", "past", "out", "unseen")
    )
    for course in (shown, hidden):
        making.enrol(site, me, course)
    making.enrol(site, mate, shown)
    making.enrol(site, past, shown, timeend=MADE - DAY)
    making.enrol(site, out, shown, status=SUSPENDED)
    making.enrol(site, unseen, hidden)
    others = [mate, past, out, unseen, 2]
    assert enrolments.sharing_a_course(site.session, me, others) == {mate, past}
    assert enrolments.sharing_a_course(site.session, out, others) == set()
