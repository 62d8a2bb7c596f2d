"""OUT-1: whichever statement fails, the answer is the document of an incident and no more."""

import itertools
import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from structlog.testing import capture_logs

from coursewire.domain.services import Changes
from coursewire.domain.services import edit as edit_service
from coursewire.server.asgi import DOWNLOAD_PATH, LOGIN_PATH, UPLOAD_PATH
from coursewire.store import groups, services
from tests.support import making
from tests.support.failing import failing
from tests.support.sites import TestSite
from tests.support.web import EVERYTHING, Answer, Web

CANARY = "canary-4f1c"
FAULT = f"{CANARY} in /src/secret.py: sqlite Traceback"
REST_KEYS = ["exception", "errorcode", "message"]
AJAX_KEYS = ["error", "errorcode", "stacktrace", "debuginfo", "reproductionlink"]
# What makes a database speak of itself.
LOOSE = ("select", "insert", "sqlite", "psycopg", "traceback", "/src/", ".py", CANARY)
# Faults in all, over all calls (section 8 of the specification).
FAULTS = 300
_SECONDS = itertools.count(1000)


class Scene(NamedTuple):
    """What the calls act upon."""

    web: Web
    token: str
    course: int
    place: int
    group: int
    member: int
    stranger: int

    def call(self, function: str, **params: Any) -> Answer:
        return self.web.call(function, self.token, **params)


def _groups(at: Scene, format_: str = "json", name: str = "Made") -> Answer:
    new = [{"courseid": at.course, "name": name, "description": ""}]
    return at.web.call("core_group_create_groups", at.token, format_=format_, groups=new)


def _enrolled(at: Scene) -> Answer:
    one = {"roleid": 5, "userid": at.stranger, "courseid": at.course}
    return at.call("enrol_manual_enrol_users", enrolments=[one])


def _user(at: Scene) -> Answer:
    new = {"username": "new", "password": "Hard-2-guess", "firstname": "N", "lastname": "M"}
    return at.call("core_user_create_users", users=[{**new, "email": "new@example.org"}])


def _member(at: Scene, verb: str) -> Answer:
    members = [{"groupid": at.group, "userid": at.member}]
    return at.call(f"core_group_{verb}_group_members", members=members)


def _cohort(at: Scene) -> Answer:
    new = {"categorytype": {"type": "system", "value": ""}, "name": "C", "idnumber": "c"}
    return at.call("core_cohort_create_cohorts", cohorts=[new])


def _grouping(at: Scene) -> Answer:
    new = {"courseid": at.course, "name": "Made", "description": "", "idnumber": "made"}
    return at.call("core_group_create_groupings", groupings=[new])


def _courses(at: Scene) -> Answer:
    new = {"fullname": "New", "shortname": "new", "categoryid": 1}
    return at.call("core_course_create_courses", courses=[new])


def _upload(at: Scene) -> Answer:
    return at.web.request(
        "POST",
        UPLOAD_PATH,
        query=f"token={at.token}".encode(),
        body=b'--b\r\nContent-Disposition: form-data; name="f"; filename="h.txt"\r\n\r\nx\r\n--b--',
        content_type="multipart/form-data; boundary=b",
    )


def _download(at: Scene) -> Answer:
    path = f"{DOWNLOAD_PATH}/{at.place}/course/summary/0/c"
    return at.web.request("GET", path, query=f"token={at.token}".encode())


def _log_in(at: Scene) -> Answer:
    body = b"username=admin&password=wrong&service=moodle_mobile_app"
    return at.web.request("POST", LOGIN_PATH, body=body)


# In an order in which each finds what it needs when those before it are done.
CALLS: dict[str, Callable[[Scene], Answer]] = {
    "site info": lambda at: at.call("core_webservice_get_site_info"),
    "users": lambda at: at.call("core_user_get_users", criteria=[{"key": "email", "value": "%"}]),
    "participants": lambda at: at.call("core_enrol_get_enrolled_users", courseid=at.course),
    "contents": lambda at: at.call("core_course_get_contents", courseid=at.course),
    "grades": lambda at: at.call("gradereport_user_get_grade_items", courseid=at.course),
    "download": _download,
    "log-in": _log_in,
    "groups": _groups,
    "groups in XML": lambda at: _groups(at, "xml", "Made in XML"),
    "grouping": _grouping,
    "enrolment": _enrolled,
    "new user": _user,
    "changed user": lambda at: at.call(
        "core_user_update_users", users=[{"id": at.member, "city": "Ulm"}]
    ),
    "role": lambda at: at.call(
        "core_role_assign_roles",
        assignments=[{"roleid": 1, "userid": at.member, "contextlevel": "system", "instanceid": 0}],
    ),
    "member": lambda at: _member(at, "add"),
    "member gone": lambda at: _member(at, "delete"),
    "deleted group": lambda at: at.call("core_group_delete_groups", groupids=[at.group]),
    "new course": _courses,
    "cohort": _cohort,
    "upload": _upload,
    "unenrolment": lambda at: at.call(
        "enrol_manual_unenrol_users", enrolments=[{"userid": at.member, "courseid": at.course}]
    ),
    "deleted user": lambda at: at.call("core_user_delete_users", userids=[at.member]),
    "deleted course": lambda at: at.call("core_course_delete_courses", courseids=[at.course]),
}


@pytest.fixture
def scene(web: Web, site: TestSite) -> Scene:
    course = making.course(site, "c")
    member, stranger = making.user(site, "member"), making.user(site, "stranger")
    making.enrol(site, member, course)
    group = making.group(site, course, "g")
    token = web.token()
    everything = services.by_shortname(site.session, EVERYTHING)
    assert everything is not None
    changes = Changes(uploadfiles=True, downloadfiles=True)
    edit_service(site.call(), everything.id, changes)
    place = making.course_context(site, course).id
    return Scene(web, token, course, place, group, member, stranger)


def test_out_1_each_failing_statement_becomes_an_incident(scene: Scene, site: TestSite) -> None:
    forced = {name: _forced(scene, site, ask) for name, ask in CALLS.items()}
    assert [name for name, count in forced.items() if not count] == []
    assert sum(forced.values()) >= FAULTS, forced


def _forced(scene: Scene, site: TestSite, ask: Callable[[Scene], Answer]) -> int:
    """Let each statement of a request fail in its turn; return how many became incidents."""
    at = incidents = 0
    while True:
        at += 1
        # Each request meets a site that it has not read yet.
        making.setting(site, "tokenduration", value=next(_SECONDS))
        with failing(site, at, FAULT) as seen, capture_logs() as logged:
            answer = ask(scene)
        if len(seen) < at:
            return incidents
        numbers = [line["incident"] for line in logged if line["event"] == "incident"]
        # Without an incident the statement belonged to what runs behind an answer.
        if numbers:
            incidents += 1
            _generic(answer, numbers[-1])


def _generic(answer: Answer, incident: str) -> None:
    text = answer.body.decode()
    assert incident in text
    assert [loose for loose in LOOSE if loose in text.lower()] == []
    if text.startswith("{"):
        assert list(json.loads(text)) in (REST_KEYS, AJAX_KEYS)


def test_out_1_a_failed_write_leaves_nothing(scene: Scene, site: TestSite) -> None:
    before = groups.of_course(site.session, scene.course)
    at = 0
    while True:
        at += 1
        making.setting(site, "tokenduration", value=next(_SECONDS))
        with failing(site, at, FAULT) as seen:
            answer = _groups(scene)
        if len(seen) < at or answer.body.startswith(b"["):
            break
        assert groups.of_course(site.session, scene.course) == before
    assert len(groups.of_course(site.session, scene.course)) == len(before) + 1


def test_the_documents_of_an_incident_have_their_shape(scene: Scene, site: TestSite) -> None:
    shapes = {}
    for name in ("site info", "log-in"):
        making.setting(site, "tokenduration", value=next(_SECONDS))
        with failing(site, 1, FAULT):
            shapes[name] = list(CALLS[name](scene).json)
    assert shapes == {"site info": REST_KEYS, "log-in": AJAX_KEYS}
