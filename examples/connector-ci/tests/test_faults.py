"""What the connector does when the site misbehaves."""

import pytest

from coursewire import AccessDenied, InvalidToken, SiteUnavailable, UnexpectedAnswer
from roster_connector.sync import Report

BOB = "bob,Bob,Birch,bob@school.example,MATH,Red"
COURSES = "core_course_get_courses"
CREATE = "core_user_create_users"


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_site_is_asked_again(sync, moodle_site, status: int) -> None:
    moodle_site.fail(COURSES, status=status, retry_after=1)
    assert sync(BOB).users == 1
    assert len(moodle_site.calls(COURSES)) == 2


def test_the_wish_of_the_site_is_respected(sync, moodle_site, waits) -> None:
    moodle_site.fail(COURSES, status=503, retry_after=7)
    sync(BOB)
    assert waits == [7]


def test_the_connector_gives_up_in_the_end(sync, moodle_site) -> None:
    moodle_site.fail(COURSES, status=503, times=None)
    with pytest.raises(SiteUnavailable):
        sync(BOB)
    assert len(moodle_site.calls(COURSES)) == 4


def test_a_cut_connection_is_tried_again(sync, moodle_site) -> None:
    moodle_site.fail(COURSES, kind="cut")
    assert sync(BOB).users == 1


def test_a_lost_answer_makes_nobody_twice(sync, moodle_site) -> None:
    moodle_site.fail(CREATE, kind="cut", after_call=True)
    assert sync(BOB) == Report(1, 1, 1)
    assert len(moodle_site.calls(CREATE)) == 1


def test_html_in_place_of_json_is_told(sync, moodle_site) -> None:
    moodle_site.fail(COURSES, kind="html")
    with pytest.raises(UnexpectedAnswer):
        sync(BOB)


def test_half_an_answer_is_told(sync, moodle_site) -> None:
    moodle_site.fail(COURSES, kind="truncated")
    with pytest.raises(UnexpectedAnswer):
        sync(BOB)


def test_a_token_that_ends_in_the_middle_stops_the_run(sync, moodle_site) -> None:
    moodle_site.fail(errorcode="invalidtoken", from_call=3)
    with pytest.raises(InvalidToken):
        sync(BOB)
    assert len(moodle_site.calls()) == 4


def test_a_function_that_is_missing_in_the_service_is_told(moodle_site) -> None:
    client = moodle_site.client(moodle_site.tokens["roster"])
    with pytest.raises(AccessDenied):
        client.core_webservice_get_site_info()
    [call] = moodle_site.calls(outcome="accessexception")
    assert call.failed_check


def test_the_token_ends_when_its_time_is_over(sync, moodle_site) -> None:
    moodle_site.clock.set(4_102_444_801)
    with pytest.raises((AccessDenied, InvalidToken)):
        sync(BOB)


def test_chance_is_the_same_in_every_run(sync, moodle_site, waits) -> None:
    moodle_site.fail(status=503, retry_after=1, probability=0.2, seed=4)
    sync(BOB)
    first = [call.outcome for call in moodle_site.calls()]
    moodle_site.reset()
    moodle_site.fail(status=503, retry_after=1, probability=0.2, seed=4)
    sync(BOB)
    assert [call.outcome for call in moodle_site.calls()] == first
