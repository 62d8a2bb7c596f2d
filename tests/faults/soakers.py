"""Clients of a soak: each goes round in a course of its own, so that every answer is foreseen."""

import json
import re
import threading
from collections.abc import Iterator
from typing import NamedTuple

import httpx

from coursewire.domain import console_rights, services
from coursewire.domain.services import NewService
from coursewire.plugin import lifecycle
from coursewire.server.asgi import LOGIN_PATH, REST_PATH
from coursewire.store import users
from tests.faults.soaking import DAY, PLUGIN, Pace
from tests.faults.traffic import Line, Want, call, request
from tests.support import making
from tests.support.sites import TestSite
from tests.support.sizes import size

# Of the site of tests/clients: one logs in for a token, the other enters the console.
LEARNER, OWNER, PASSWORD = "sam", "ann", "Sunny-Day-7!"
WRONG = "Rainy-Night-8!"
SERVICE = "soak"
INFO = "core_webservice_get_site_info"
FUNCTIONS = (
    INFO,
    "core_course_get_courses_by_field",
    "core_enrol_get_enrolled_users",
    "core_group_create_groups",
    "core_group_delete_groups",
    "core_group_get_groups",
    "core_group_get_course_groups",
    "core_group_add_group_members",
    "core_group_delete_group_members",
    "core_group_get_group_members",
    "core_user_get_users_by_field",
    "core_user_update_users",
    "enrol_manual_enrol_users",
    "enrol_manual_unenrol_users",
    "local_example_count",
)
AGAIN_EVERY = 20
ENROL_EVERY = 4
LOG_IN_EVERY = size(25, 250)
NETWORKS = 5000
STUDENT = 5
DONE = (b"null",)
_ONE_LOOKS = threading.Lock()


class Ground(NamedTuple):
    """What one client works with; `ending` is a token that ends in the middle of the day."""

    number: int
    token: str
    ending: str
    course: int
    members: list[int]
    guest: int


def prepare(site: TestSite, clients: int) -> list[Ground]:
    """Put the plugin to work, and give each client a course, people and tokens."""
    lifecycle.enable(site.call(), PLUGIN)
    making.setting(site, "auditkeptdays", 7)
    owner = users.by_username(site.session, OWNER)
    assert owner is not None
    console_rights.grant(site.call(), owner.id, "owner")
    admin = site.call()
    with admin.transaction():
        new = NewService(name=SERVICE, shortname=SERVICE, enabled=True, restrictedusers=False)
        service = services.create(admin, new).id
        services.add_functions(admin, service, FUNCTIONS, lambda _name: True)
    return [_ground(site, service, number) for number in range(clients)]


def _ground(site: TestSite, service: int, number: int) -> Ground:
    course = making.course(site, f"Soak {number}")
    members = [making.user(site, f"member{number}x{item}") for item in range(3)]
    for member in members:
        making.enrol(site, member, course)
    guest = making.user(site, f"guest{number}")
    admin = site.call().caller.id
    return Ground(
        number=number,
        token=making.token(site, admin, service),
        ending=making.token(site, admin, service, validuntil=site.now + DAY // 2),
        course=course,
        members=members,
        guest=guest,
    )


class Soaker:
    """One client at work; counts its requests, and keeps the secrets that it was told."""

    def __init__(self, port: int, ground: Ground, pace: Pace) -> None:
        self._port = port
        self._ground = ground
        self._pace = pace
        self._line = Line(port)
        self.rounds = 0
        self._always = list(self._unchanging())
        self.requests = 0
        # Those of them that the server counts as calls of functions.
        self.calls = 0
        self.secrets: dict[str, str] = {}
        self.failed: BaseException | None = None

    def work(self, requests: int) -> None:
        """Go round until so many requests were made; what goes wrong is kept for the test."""
        end = self.requests + requests
        try:
            while self.requests < end:
                self._round()
        except BaseException as problem:  # noqa: BLE001 - told in the test's thread
            self.failed = problem

    def close(self) -> None:
        self._line.close()

    def _round(self) -> None:
        ground, self.rounds = self._ground, self.rounds + 1
        name = f"{ground.number}.{self.rounds}"
        key = {"Idempotency-Key": f"round-{self.rounds}"}
        fields = {"groups[0][name]": f"{name} a", "groups[1][name]": f"{name} b"}
        for item in range(2):
            fields |= {f"groups[{item}][courseid]": str(ground.course)}
            fields |= {f"groups[{item}][description]": ""}
        create = call("core_group_create_groups", ground.token, fields, headers=key)
        (made,) = self._require(Want(create, (name.encode(),)))
        first, second = (group["id"] for group in json.loads(made))
        if not self.rounds % AGAIN_EVERY:
            assert self._require(Want(create, (made,))) == [made]
        self._require(*self._always, *self._with_group(first, name))
        if not self.rounds % ENROL_EVERY:
            self._require(*self._enrolment())
        gone = {"groupids[0]": first, "groupids[1]": second}
        self._require(Want(call("core_group_delete_groups", ground.token, gone), DONE))
        if self.rounds % LOG_IN_EVERY == 1:
            self._log_in()

    def _require(self, *wanted: Want) -> list[bytes]:
        self.requests += len(wanted)
        self.calls += sum(REST_PATH.encode() in want.request for want in wanted)
        return self._line.require(wanted)

    def _unchanging(self) -> Iterator[Want]:
        """What is asked in every round, and always answered alike."""
        token, course = self._ground.token, self._ground.course
        by_id = {"field": "id", "value": course}
        people = {"field": "id", "values[0]": self._ground.members[0]}
        fields = {"wstoken": token, "wsfunction": INFO, "moodlewsrestformat": "json"}
        query = "&".join(f"{name}={value}" for name, value in fields.items())
        for _ in range(3):
            yield Want(call(INFO, token), (b'"userid":',))
        yield Want(call(INFO, token, format_="xml"), (b'<KEY name="userid">',))
        yield Want(request("GET", f"{REST_PATH}?{query}"), (b'"userid":',))
        # Told once that it has ended, then unknown.
        ended = (b'"userid":', b'"accessexception"', b'"invalidtoken"')
        yield Want(call(INFO, self._ground.ending), ended)
        yield Want(call("core_course_get_courses_by_field", token, by_id), (b'"courses":[{',))
        yield Want(call("core_user_get_users_by_field", token, people), (b'"username":"member',))
        enrolled = {"courseid": course}
        yield Want(call("core_enrol_get_enrolled_users", token, enrolled), (b'"username":"member',))
        yield Want(call("local_example_count", token), (b'"count":',))
        nobody = {"groupids[0]": 999_999_999}
        yield Want(call("core_group_get_groups", token, nobody), (b'"errorcode":"invalidrecord',))
        yield Want(call("core_group_get_groups", token), (b'"errorcode":"invalidparameter"',))
        yield Want(call("no_such_function", token), (b'"exception"',))
        yield Want(request("GET", "/healthz"), (b"ok\n",))
        yield Want(request("GET", "/no/such/page"), (b"",), 404)

    def _with_group(self, group: int, name: str) -> Iterator[Want]:
        ground, token = self._ground, self._ground.token
        guess = f"{self.rounds * 64 + ground.number:032x}"
        network = self.rounds % NETWORKS
        forwarded = {"X-Forwarded-For": f"10.{network // 250}.{network % 250}.{ground.number}"}
        yield Want(call(INFO, guess, headers=forwarded), (b'"errorcode":"invalidtoken"',))
        members: dict[str, object] = {}
        for item, member in enumerate(ground.members[:2]):
            members |= {f"members[{item}][groupid]": group, f"members[{item}][userid]": member}
        yield Want(call("core_group_add_group_members", token, members), DONE)
        one = {"groupids[0]": group}
        second = str(ground.members[1]).encode()
        yield Want(call("core_group_get_group_members", token, one), (second,))
        all_ = {"courseid": ground.course}
        yield Want(call("core_group_get_course_groups", token, all_), (name.encode(),))
        yield Want(call("core_group_get_groups", token, one), (name.encode(),))

    def _enrolment(self) -> Iterator[Want]:
        ground, token = self._ground, self._ground.token
        guest = {"enrolments[0][userid]": ground.guest, "enrolments[0][courseid]": ground.course}
        enrol = {**guest, "enrolments[0][roleid]": STUDENT}
        yield Want(call("enrol_manual_enrol_users", token, enrol), DONE)
        yield Want(call("enrol_manual_unenrol_users", token, guest), DONE)
        named = {"users[0][id]": ground.guest, "users[0][lastname]": f"Of {self.rounds}"}
        yield Want(call("core_user_update_users", token, named), (b'"warnings":[]',))

    def _log_in(self) -> None:
        """A log-in for a token, one that fails from somewhere else, and a look at the console."""
        forwarded = {"X-Forwarded-For": f"172.16.{self.rounds % 250}.{self._ground.number}"}
        with httpx.Client(base_url=f"http://127.0.0.1:{self._port}", timeout=60) as client:
            asked = {"service": "moodle_mobile_app", "username": LEARNER, "password": PASSWORD}
            self.secrets["token of log-in"] = client.post(LOGIN_PATH, data=asked).json()["token"]
            wrong = {**asked, "username": f"nobody{self.rounds}", "password": WRONG}
            failed = client.post(LOGIN_PATH, data=wrong, headers=forwarded).json()
            assert failed["errorcode"] == "invalidlogin", failed
            client.headers["Sec-Fetch-Site"] = "same-origin"
            # An account has five sessions at most, so that the others could end this one.
            with _ONE_LOOKS:
                self._pace.is_standing.value = True
                self._look(client)
                self._pace.is_standing.value = False
            session = [value for name, value in client.cookies.items() if name.endswith("cw")]
            self.secrets["session"] = session[0]
        self.requests += 5

    def _look(self, client: httpx.Client) -> None:
        page = client.get("/console/sign-in").text
        fields = dict(re.findall(r'name="(csrf|next)" value="([^"]*)"', page))
        fields |= {"username": OWNER, "password": PASSWORD}
        entered = client.post("/console/sign-in", data=fields)
        assert entered.status_code == 303, entered.text
        home = client.get("/console/tokens")
        assert home.status_code == 200, (home.status_code, home.headers.get("location"))


def at_work(soakers: list[Soaker], requests: int) -> None:
    """Let all work side by side until they have made so many requests together."""
    threads = [
        threading.Thread(target=soaker.work, args=(requests // len(soakers),)) for soaker in soakers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for soaker in soakers:
        if soaker.failed is not None:
            raise soaker.failed
