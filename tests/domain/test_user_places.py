"""Places that are judged together are judged as each by itself (AUTHZ-6)."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coursewire.domain import contexts
from coursewire.domain.contexts import CATEGORY, COURSE
from coursewire.domain.user_places import Places
from tests.support import making
from tests.support.people_seen import IDENTITY, VIEW, VIEW_ALL
from tests.support.sites import TestSite
from tests.support.undoing import undone

RIGHTS = (VIEW, VIEW_ALL, IDENTITY, "moodle/course:useremail")
PERMISSIONS = {"allow": 1, "prevent": -1, "prohibit": -1000}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_authz_6_courses_judged_together_are_judged_as_each_alone(
    site: TestSite, data: st.DataObject
) -> None:
    """A tree of categories with courses; roles, overrides and locks anywhere, also in the site."""
    with undone(site):
        judge(site, data)


def judge(site: TestSite, data: st.DataObject) -> None:
    categories = [making.category(site, "Arts")]
    categories.append(making.category(site, "Dance", categories[0]))
    courses = [making.course(site, f"C{each}", category=categories[each % 2]) for each in range(4)]
    places = {
        "site": site.load().system,
        **{f"category {each}": making.context(site, CATEGORY, each) for each in categories},
        **{f"course {each}": making.context(site, COURSE, each) for each in courses},
    }
    making.role(site, "some", data.draw(st.lists(st.sampled_from(RIGHTS), unique=True)))
    viewer = making.user(site, "viewer")
    somewhere = st.sampled_from(sorted(places))
    for where in data.draw(st.lists(somewhere, max_size=2, unique=True)):
        making.assign(site, "some", viewer, places[where])
    overrides = st.tuples(somewhere, st.sampled_from(RIGHTS))
    for where, right in data.draw(st.lists(overrides, max_size=3, unique=True)):
        permission = data.draw(st.sampled_from(sorted(PERMISSIONS)))
        role = data.draw(st.sampled_from(["some", "user", "frontpage"]))
        making.override(site, role, right, PERMISSIONS[permission], places[where])
    for where in data.draw(st.lists(somewhere, max_size=2, unique=True)):
        making.locked(site, places[where])
    making.setting(site, "contextlocking", data.draw(st.booleans()))
    found = contexts.of_courses(site.session, [*courses, site.load().front_page.instanceid])
    together = Places(site.call(viewer))
    for context in found.values():
        assert together.course(context) == Places(site.call(viewer)).course(context)
