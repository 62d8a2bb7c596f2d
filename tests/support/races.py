"""Rules that many threads of several processes try to break at the same moment (DUR-5)."""

import threading
from collections.abc import Callable
from multiprocessing.context import SpawnContext
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, NamedTuple

from coursewire.contracts.core_group.groupings import NewGrouping
from coursewire.contracts.core_group.groups import NewGroup
from coursewire.contracts.enrol_manual import EnrolUsers, NewEnrolment
from coursewire.contracts.errors import Refusal
from coursewire.domain import (
    authorised_users,
    categories,
    courses,
    group_members,
    grouping_groups,
    groupings,
    groups,
    new_users,
    role_assignments,
    roles,
    services,
    tokens,
)
from coursewire.domain.call import Call
from coursewire.domain.categories import NewCategory
from coursewire.domain.contexts import Context
from coursewire.domain.courses import NewCourse
from coursewire.domain.new_users import NewUser
from coursewire.domain.roles import NewRole
from coursewire.domain.services import NewService
from coursewire.domain.tokens import NewToken
from coursewire.functions.enrol_manual import enrol_users
from coursewire.store import keys
from coursewire.store.database import Database
from tests.support.making import NO_PASSWORD
from tests.support.sites import TestSite

WON, NOTHING_TO_DO = "won", "nothing to do"
TOKEN = "{:032x}"


class Ground(NamedTuple):
    """What stands ready before the races: plain ids, so that processes can be told."""

    course: int
    service: int
    role: int
    users: list[int]
    groups: list[int]
    grouping: int


class Try(NamedTuple):
    """One attempt: `round` says for what, `who` differs between all that try it."""

    call: Call
    ground: Ground
    round: int
    who: int


def _user(at: Try, username: str, email: str) -> object:
    new = NewUser(
        username=username, email=email, firstname="F", lastname="L", password_hash=NO_PASSWORD
    )
    return new_users.create(at.call, new)


def _group(at: Try, name: str, idnumber: str) -> object:
    new = NewGroup(courseid=at.ground.course, name=name, description="", idnumber=idnumber)
    return groups.create(at.call, new)


def _grouping(at: Try, name: str, idnumber: str) -> object:
    new = NewGrouping(courseid=at.ground.course, name=name, description="", idnumber=idnumber)
    return groupings.create(at.call, new)


def _service(at: Try, name: str, shortname: str) -> object:
    return services.create(at.call, NewService(name=name, shortname=shortname))


def _function(at: Try) -> object:
    name = f"function_{at.round}"
    return services.add_functions(at.call, at.ground.service, [name], lambda _name: True)


def _enrol(at: Try) -> object:
    wanted = NewEnrolment(
        roleid=at.ground.role, userid=at.ground.users[at.round], courseid=at.ground.course
    )
    enrol_users(at.call, EnrolUsers(enrolments=[wanted]))
    return None


def _assign(at: Try) -> object:
    site: Context = at.call.site.front_page
    with at.call.transaction():
        user = at.ground.users[at.round]
        return role_assignments.assign(at.call, at.ground.role, user, site)


def _role(at: Try) -> object:
    with at.call.transaction():
        return roles.create(at.call, NewRole(shortname=f"r{at.round}"))


def _token(at: Try) -> object:
    new = NewToken(user_id=2, service_id=at.ground.service)
    return tokens.place(at.call, new, TOKEN.format(at.round + 1))


def _course(at: Try, shortname: str, idnumber: str) -> object:
    new = NewCourse(category=1, fullname="C", shortname=shortname, idnumber=idnumber)
    return courses.create(at.call, new)


def _category(at: Try) -> object:
    return categories.create(at.call, NewCategory(name="C", idnumber=f"id {at.round}"))


RULES: dict[str, Callable[[Try], object]] = {
    "user name": lambda at: _user(at, f"u{at.round}", f"u{at.round}.{at.who}@a.example"),
    "e-mail": lambda at: _user(at, f"m{at.round}.{at.who}", f"M{at.round}@a.example"),
    "service name": lambda at: _service(at, f"s{at.round}", f"s{at.round}_{at.who}"),
    "service short name": lambda at: _service(at, f"t{at.round}.{at.who}", f"t{at.round}"),
    "service function": _function,
    "authorised user": lambda at: authorised_users.authorise(
        at.call, at.ground.service, at.ground.users[at.round]
    ),
    "token": _token,
    "group name": lambda at: _group(at, f"n{at.round}", ""),
    "group id number": lambda at: _group(at, f"i{at.round}.{at.who}", f"i{at.round}"),
    "grouping name": lambda at: _grouping(at, f"n{at.round}", ""),
    "grouping id number": lambda at: _grouping(at, f"i{at.round}.{at.who}", f"i{at.round}"),
    "enrolment": _enrol,
    "group member": lambda at: group_members.add(
        at.call, [(at.ground.groups[0], at.ground.users[at.round])]
    ),
    "grouping's group": lambda at: grouping_groups.assign(
        at.call, [(at.ground.grouping, at.ground.groups[at.round])]
    ),
    "role assignment": _assign,
    "role": _role,
    "course short name": lambda at: _course(at, f"c{at.round}", ""),
    "course id number": lambda at: _course(at, f"d{at.round}.{at.who}", f"d{at.round}"),
    "category id number": _category,
}


def outcome(site: TestSite, ground: Ground, rule: str, number: int, who: int) -> str:
    """Try once, as a request does, and tell what came of it."""

    def attempt() -> object:
        with site.database.session() as session:
            return RULES[rule](Try(site.call(session=session), ground, number, who))

    try:
        result = site.database.retrying(attempt)
    except Refusal as refusal:
        return f"{refusal.exception} / {refusal.errorcode}"
    except Exception as problem:  # noqa: BLE001 - told to the test, which fails
        return f"broken: {problem!r}"
    return WON if result else NOTHING_TO_DO


class Racer(NamedTuple):
    """One process: where it works, and whom it waits for."""

    address: str
    folder: Path
    ground: Ground
    rounds: int
    threads: int
    start: Barrier
    told: "SimpleQueue[list[tuple[str, int, str]]]"

    def run(self, number: int) -> None:
        """Take part in every race with all threads of this process."""
        found: list[tuple[str, int, str]] = []
        database = Database(self.address, pool_size=self.threads + 2)
        with database.session() as session:
            site = TestSite(database, session, keys.load(self.folder / "keys.json"))
            racing = [
                threading.Thread(target=self._race, args=(site, number * self.threads + who, found))
                for who in range(self.threads)
            ]
            for thread in racing:
                thread.start()
            for thread in racing:
                thread.join()
        database.close()
        self.told.put(found)

    def _race(self, site: TestSite, who: int, found: list[tuple[str, int, str]]) -> None:
        for rule in RULES:
            for number in range(self.rounds):
                self.start.wait()
                found.append((rule, number, outcome(site, self.ground, rule, number, who)))


def race(context: SpawnContext, racers: int, make: Callable[[], Racer]) -> dict[Any, list[str]]:
    """Run every race in several processes; return the outcomes by rule and round."""
    racer = make()
    processes = [context.Process(target=racer.run, args=(number,)) for number in range(racers)]
    for process in processes:
        process.start()
    found: dict[Any, list[str]] = {}
    for _ in processes:
        for rule, number, came in racer.told.get():
            found.setdefault((rule, number), []).append(came)
    for process in processes:
        process.join()
    return found
