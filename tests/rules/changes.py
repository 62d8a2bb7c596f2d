"""A site on which each kind of change can be made, and what a change is expected to record."""

from collections.abc import Callable
from functools import partial
from typing import Any

from msgspec import Struct

from coursewire.domain import second_factor, totp
from coursewire.store import audit, console_sessions
from coursewire.store import tokens as token_rows
from tests.support import making
from tests.support.console import Browser, hidden, signed_in
from tests.support.web import Web

NEW_PASSWORD = "Quiet-river-7-boats"
INFO = "core_webservice_get_site_info"
GROUPS = "core_group_get_groups"


class World:
    """A site with something of everything, its administrator's token and browser."""

    def __init__(self, served: Web) -> None:
        self.web = served
        site = self.site = served.site
        self.people = [making.user(site, f"person{number}") for number in range(7)]
        self.course = making.course(site, "c1")
        self.other = making.course(site, "c2")
        self.category = making.category(site, "Here")
        self.group = making.group(site, self.course, "G")
        self.grouping = making.grouping(site, self.course, "GG")
        self.activity = making.activity(site, self.course)
        for person in self.people[:3]:
            making.enrol(site, person, self.course)
        self.service = making.service(site, "svc", INFO, users=[2])
        self.role = making.role(site, "mine", ["moodle/course:view"])
        making.token(site, 2, self.service)
        self.token = served.token()
        # What a change made, for those after it.
        self.made: dict[str, Any] = {}
        self.browser: Browser = signed_in(served)
        self.call(INFO)

    @property
    def handle(self) -> str:
        """The public handle of the token that works."""
        return token_rows.listed(self.site.session)[-1].handle

    @property
    def newest_token(self) -> int:
        return max(row.id for row in token_rows.listed(self.site.session, ended=True))

    @property
    def login_token(self) -> int:
        """A token of the administrator as log-in gives them."""
        making.token(self.site, 2, making.service(self.site, "login", INFO, users=[2]))
        newest = self.newest_token
        with self.site.session.transaction():
            token_rows.change(self.site.session, newest, {"origin": "login"})
        return newest

    @property
    def visitor(self) -> int:
        """Somebody who is signed in."""
        signed_in(self.web, self.people[1], "operator")
        return self.people[1]

    @property
    def other_session(self) -> int:
        """A session of the administrator in another browser."""
        signed_in(self.web)
        rows = console_sessions.of_user(self.site.session, 2)
        return max(row.id for row in rows)

    @property
    def code(self) -> str:
        """The code that the administrator's app shows now."""
        secret = second_factor.prepared(self.site.call())
        return totp.code(secret, self.site.now // totp.STEP)

    def call(self, function: str, **params: Any) -> Any:
        answer = self.web.call(function, self.token, **params).json
        assert not (isinstance(answer, dict) and "errorcode" in answer), (function, answer)
        return answer

    def post(self, path: str, fields: dict[str, str]) -> None:
        """Send a form of a page that was just seen."""
        answer = self.browser.post(path, fields)
        assert answer.status in (200, 303), (path, answer.status, answer.body[-1500:])

    def named(self, value: Any) -> Any:
        """A value in which `@course` is the id of the world's course, `@people.3` of a person."""
        if isinstance(value, dict):
            return {name: self.named(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.named(one) for one in value]
        if isinstance(value, str) and value.startswith("@"):
            name, _, number = value[1:].partition(".")
            found = getattr(self, name)
            return found[int(number)] if number else found
        return value

    def recorded(self, change: "Change") -> tuple[str, ...]:
        """What a change recorded, in its order."""
        act = change.prepare(self)
        session = self.site.session
        before = audit.records(session, limit=1)[0].id
        act()
        rows = audit.records(session, limit=50)
        return tuple(row.action for row in reversed(rows) if row.id > before)


class Change(Struct, frozen=True, kw_only=True):
    """Something that somebody does: `way` is a function, or the path of a form."""

    way: str
    records: tuple[str, ...]
    # Looks up what is named, so that making it is no part of the change.
    prepare: Callable[[World], Callable[[], object]]


def call(action: str, function: str, **params: Any) -> Change:
    """A call, and the one record that it makes."""

    def prepare(world: World) -> Callable[[], object]:
        return partial(world.call, function, **world.named(params))

    return Change(way=function, records=(action,), prepare=prepare)


def form(path: str, *records: str, at: str = "", **fields: str) -> Change:
    """A form of the console; `at` is what stands in its path, `/`-separated, in order."""

    def prepare(world: World) -> Callable[[], object]:
        parts = [str(world.named(part)) for part in at.split("/")] if at else []
        steps = [parts.pop(0) if step.startswith("{") else step for step in path.split("/")]
        filled = {name: str(value) for name, value in world.named(fields).items()}
        assert world.browser.get("/console/account").status == 200
        # Some forms carry the state that they were filled in from.
        page = world.browser.get("/".join(steps))
        if page.status == 200 and "seen" in (kept := hidden(page)):
            filled["seen"] = kept["seen"]
        return partial(world.post, "/".join(steps), filled)

    return Change(way=path, records=records, prepare=prepare)
