"""AUD-1: things that somebody can do, and exactly one record of each."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from coursewire.store import audit
from tests.support import making
from tests.support.console import Browser, signed_in
from tests.support.web import Web, web

Do = Callable[["World"], object]


class World:
    """A site with something of everything, its administrator's token and browser."""

    def __init__(self, served: Web) -> None:
        self.web = served
        site = served.site
        self.people = [making.user(site, f"person{number}") for number in range(6)]
        self.course = making.course(site, "c1")
        self.other = making.course(site, "c2")
        self.category = making.category(site, "Here")
        self.group = making.group(site, self.course, "G")
        self.grouping = making.grouping(site, self.course, "GG")
        for person in self.people[:3]:
            making.enrol(site, person, self.course)
        self.service = making.service(site, "svc", "core_webservice_get_site_info", users=[2])
        making.token(site, 2, self.service)
        self.token = served.token()
        self.browser: Browser = signed_in(served)
        self.call("core_webservice_get_site_info")

    def call(self, function: str, **params: Any) -> Any:
        answer = self.web.call(function, self.token, **params).json
        assert not (isinstance(answer, dict) and "errorcode" in answer), (function, answer)
        return answer

    def post(self, path: str, **fields: str) -> None:
        answer = self.browser.post(path, fields)
        assert answer.status in (200, 303), (path, answer.status, answer.body[-1500:])


def _api(function: str, **params: Any) -> Do:
    """A call whose parameters name things of the world: `@course` is its course."""
    return lambda world: world.call(function, **_named(world, params))


def _form(path: str, **fields: str) -> Do:
    return lambda world: world.post(path.format(world=world), **_named(world, fields))


def _named(world: World, value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _named(world, one) for name, one in value.items()}
    if isinstance(value, list):
        return [_named(world, one) for one in value]
    if isinstance(value, str) and value.startswith("@"):
        name, _, number = value[1:].partition(".")
        found = getattr(world, name)
        return found[int(number)] if number else found
    return value


_USER = {"firstname": "A", "lastname": "B", "password": "Qz7!aaaaaa"}
_G = "core_group_"
ACTIONS: tuple[tuple[str, Do], ...] = (
    (
        "group.create",
        _api(
            f"{_G}create_groups", groups=[{"courseid": "@course", "name": "N", "description": ""}]
        ),
    ),
    ("group.update", _api(f"{_G}update_groups", groups=[{"id": "@group", "name": "G2"}])),
    (
        "group.add_members",
        _api(f"{_G}add_group_members", members=[{"groupid": "@group", "userid": "@people.0"}]),
    ),
    (
        "group.remove_members",
        _api(f"{_G}delete_group_members", members=[{"groupid": "@group", "userid": "@people.0"}]),
    ),
    (
        "grouping.create",
        _api(
            f"{_G}create_groupings",
            groupings=[{"courseid": "@course", "name": "N", "description": "", "idnumber": "n"}],
        ),
    ),
    (
        "grouping.update",
        _api(
            f"{_G}update_groupings", groupings=[{"id": "@grouping", "name": "H", "description": ""}]
        ),
    ),
    (
        "grouping.assign",
        _api(
            f"{_G}assign_grouping", assignments=[{"groupingid": "@grouping", "groupid": "@group"}]
        ),
    ),
    (
        "grouping.unassign",
        _api(
            f"{_G}unassign_grouping",
            unassignments=[{"groupingid": "@grouping", "groupid": "@group"}],
        ),
    ),
    ("grouping.delete", _api(f"{_G}delete_groupings", groupingids=["@grouping"])),
    ("group.delete", _api(f"{_G}delete_groups", groupids=["@group"])),
    (
        "user.create",
        _api(
            "core_user_create_users", users=[{**_USER, "username": "new1", "email": "n@x.example"}]
        ),
    ),
    ("user.update", _api("core_user_update_users", users=[{"id": "@people.4", "city": "Here"}])),
    ("user.delete", _api("core_user_delete_users", userids=["@people.5"])),
    (
        "course.create",
        _api(
            "core_course_create_courses",
            courses=[{"fullname": "N", "shortname": "n", "categoryid": 1}],
        ),
    ),
    (
        "course.update",
        _api("core_course_update_courses", courses=[{"id": "@other", "fullname": "M"}]),
    ),
    ("course.delete", _api("core_course_delete_courses", courseids=["@other"])),
    ("category.create", _api("core_course_create_categories", categories=[{"name": "New"}])),
    (
        "category.update",
        _api("core_course_update_categories", categories=[{"id": "@category", "name": "There"}]),
    ),
    (
        "category.delete",
        _api("core_course_delete_categories", categories=[{"id": "@category", "recursive": 1}]),
    ),
    (
        "role.assign",
        _api(
            "core_role_assign_roles",
            assignments=[{"roleid": 1, "userid": "@people.3", "contextid": 1}],
        ),
    ),
    (
        "role.unassign",
        _api(
            "core_role_unassign_roles",
            unassignments=[{"roleid": 1, "userid": "@people.3", "contextid": 1}],
        ),
    ),
    (
        "enrolment.enrol",
        _api(
            "enrol_manual_enrol_users",
            enrolments=[{"roleid": 5, "userid": "@people.3", "courseid": "@course"}],
        ),
    ),
    (
        "enrolment.unenrol",
        _api(
            "enrol_manual_unenrol_users",
            enrolments=[{"userid": "@people.3", "courseid": "@course"}],
        ),
    ),
    ("token.disable", _form("/console/tokens/1/disable")),
    ("token.enable", _form("/console/tokens/1/enable")),
    ("token.edit", _form("/console/tokens/1/edit", name="renamed", date="30")),
    ("token.edit", _form("/console/tokens/1/shorten")),
    ("token.rotate", _form("/console/tokens/1/rotate", overlap="3600")),
    ("token.revoke", _form("/console/tokens/1/revoke")),
    ("setting.change", _form("/console/settings", area="What is kept", callskept="5000")),
    ("setting.change", _form("/console/settings", area="Web services", tokenduration="86400")),
    ("console.grant", _form("/console/settings/people", user="person1", right="viewer")),
    ("console.grant", _form("/console/settings/people", user="person1", right="operator")),
    (
        "console.revoke",
        lambda world: world.post(f"/console/settings/people/{world.people[1]}/revoke"),
    ),
    ("audit.export", _form("/console/audit/export", kind="calls", format="csv")),
    ("audit.export", _form("/console/audit/export", kind="changes", format="ndjson")),
    ("console.signout", _form("/console/sign-out")),
)


@pytest.fixture
def world(site: Any) -> Iterator[World]:
    with web(site) as served:
        yield World(served)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_aud_1_each_action_leaves_exactly_one_record(world: World) -> None:
    session = world.web.site.session
    for action, do in ACTIONS:
        before = audit.records(session, limit=1)[0].id
        do(world)
        made = [row.action for row in audit.records(session, limit=20) if row.id > before]
        assert made == [action], (action, made)
