"""A call whose ground another change has just taken away is answered as one that comes later."""

import pytest

from coursewire.domain import activity_changes, course_deletion
from coursewire.store import roles
from tests.support import making
from tests.support.console import signed_in
from tests.support.meanwhile import meanwhile
from tests.support.sites import TestSite
from tests.support.web import Answer, Web


@pytest.mark.requirement("DUR-5")
def test_a_call_that_meets_a_deletion_is_refused_as_one_after_it(web: Web, site: TestSite) -> None:
    course, token = making.course(site, "C"), web.token()
    activity = making.activity(site, course, "page", completion=1)
    user = making.user(site, "ann")
    making.enrol(site, user, course)

    def tick() -> Answer:
        function = "core_completion_override_activity_completion_status"
        return web.call(function, token, userid=user, cmid=activity, newstate=1)

    met = meanwhile(
        site, lambda call: activity_changes.remove(call, activity), lambda _call: tick()
    )
    assert isinstance(met, Answer)
    assert met.error[1] != "internalerror"
    assert met.error == tick().error


@pytest.mark.requirement("DUR-5")
def test_a_form_that_meets_a_deletion_is_answered_as_one_after_it(web: Web, site: TestSite) -> None:
    course, user = making.course(site, "C"), making.user(site, "ann")
    student = making.role_id(site, "student")
    browser = signed_in(web)
    browser.get(f"/console/courses/{course}/enrol")

    def enrol() -> Answer:
        form = {"people": "ann", "role": str(student)}
        return browser.post(f"/console/courses/{course}/enrol", form)

    met = meanwhile(site, lambda call: course_deletion.delete(call, course), lambda _call: enrol())
    assert isinstance(met, Answer)
    assert met.status == enrol().status == 404
    assert roles.assignments_of_user(site.session, user) == []
