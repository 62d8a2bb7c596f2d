"""Random work of many clients at once; afterwards the site's invariants are checked (DUR-6)."""

import random
import threading
from typing import Any

import pytest

from tests.faults.soundness import require_consistent
from tests.support import making, seeds
from tests.support.sites import TestSite
from tests.support.sizes import size
from tests.support.web import Web

CLIENTS = 8
CALLS_EACH = size(150, 20_000)
COURSES = 3
# How often somebody leaves and somebody else comes.
LEAVING = 0.005
PASSWORD = "Sunny-Day-7!"
PEOPLE = 12
# What a call may be refused with when another has just changed what it names.
SERIOUS = {"internalerror", "dmlwriteexception", "databaseunavailable", "outcomeunknown"}


class Client:
    """Does one random thing after another, with ids that it and others have used."""

    def __init__(self, web: Web, token: str, courses: list[int], people: list[int]) -> None:
        self._web = web
        self._token = token
        self._courses = courses
        self._people = people
        self.serious: list[tuple[str, Any]] = []
        self.done = 0

    def work(self, chance: random.Random, groups: list[int], groupings: list[int]) -> None:
        for _ in range(CALLS_EACH):
            course = chance.choice(self._courses)
            name = f"name {chance.randrange(30)}"
            kind = chance.randrange(9)
            if kind <= 1:
                new = [{"courseid": course, "name": name, "description": "", "idnumber": name}]
                noun = ("groups", groups) if kind else ("groupings", groupings)
                answer = self._call(f"core_group_create_{noun[0]}", **{noun[0]: new})
                noun[1].extend(made["id"] for made in answer or ())
            elif kind == 2:
                self._call("core_group_delete_groups", groupids=[self._one(chance, groups)])
            elif kind == 3:
                self._call(
                    "core_group_delete_groupings", groupingids=[self._one(chance, groupings)]
                )
            elif kind <= 5:
                member = {"groupid": self._one(chance, groups), "userid": self._who(chance)}
                verb = "add" if kind == 4 else "delete"
                self._call(f"core_group_{verb}_group_members", members=[member])
            elif kind == 6:
                pair = {
                    "groupingid": self._one(chance, groupings),
                    "groupid": self._one(chance, groups),
                }
                verb = chance.choice(("assign", "unassign"))
                name = "assignments" if verb == "assign" else "unassignments"
                self._call(f"core_group_{verb}_grouping", **{name: [pair]})
            else:
                entry = {"userid": self._who(chance), "courseid": course}
                if kind == 7:
                    entry["roleid"] = 5
                verb = "enrol" if kind == 7 else "unenrol"
                self._call(f"enrol_manual_{verb}_users", enrolments=[entry])
            if chance.random() < LEAVING:
                self._replace(chance)

    def _replace(self, chance: random.Random) -> None:
        """Delete somebody, and put somebody new in their place; another client may be first."""
        place = chance.randrange(len(self._people))
        gone = self._people[place]
        self._call("core_user_delete_users", userids=[gone])
        person = {"firstname": "A", "lastname": "B", "auth": "nologin", "password": PASSWORD}
        name = f"again{gone}"
        person |= {"username": name, "email": f"{name}@school.example"}
        for made in self._call("core_user_create_users", users=[person]) or ():
            self._people[place] = made["id"]

    def _one(self, chance: random.Random, ids: list[int]) -> int:
        return chance.choice(ids[-20:]) if ids else 1

    def _who(self, chance: random.Random) -> int:
        return chance.choice(self._people)

    def _call(self, function: str, **params: Any) -> Any:
        answer = self._web.call(function, self._token, **params)
        found = answer.json
        if isinstance(found, dict) and "errorcode" in found:
            if answer.status != 200 or found["errorcode"] in SERIOUS:
                self.serious.append((function, found))
            return None
        self.done += 1
        return found


@pytest.mark.slow
def test_dur_6_invariants_hold_after_random_work(web: Web, site: TestSite) -> None:
    seed = seeds.chosen("workload")
    courses = [making.course(site, f"C{number}") for number in range(COURSES)]
    people = [making.user(site, f"person{number}") for number in range(PEOPLE)]
    for person in people:
        making.enrol(site, person, courses[0])
    token = web.token()
    clients = [Client(web, token, courses, people) for _ in range(CLIENTS)]
    groups: list[int] = []
    groupings: list[int] = []
    threads = [
        threading.Thread(target=client.work, args=(random.Random(seed + n), groups, groupings))
        for n, client in enumerate(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [client.serious[:3] for client in clients if client.serious] == []
    done = sum(client.done for client in clients)
    assert done > CLIENTS * CALLS_EACH / 10
    require_consistent(site.session)
    if site.engine_name == "sqlite":
        assert site.session.connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
    seeds.told(f"{done} calls of {CLIENTS * CALLS_EACH} changed something")
