"""DUR-5: what must be unique is unique in the database itself, whoever writes."""

from typing import Any

import pytest
from sqlalchemy import Table, insert
from sqlalchemy.exc import IntegrityError

from coursewire.store.schema import access, enrolments, groups, services, users
from coursewire.store.session import Session
from tests.support.sites import TestSite

Row = dict[str, Any]

# Everything that rows may refer to, made before each case.
_GROUND: list[tuple[Table, Row]] = [
    (services.services, {"id": 71, "name": "ground"}),
    (groups.groups, {"id": 71, "course_id": 1, "name": "ground"}),
    (groups.groupings, {"id": 71, "course_id": 1, "name": "ground"}),
    (enrolments.enrolment_instances, {"id": 71, "course_id": 1, "enrol": "manual"}),
]
_TOKEN: Row = {"user_id": 2, "service_id": 71, "context_id": 1, "last4": "abcd"}

_TAKEN: dict[str, tuple[Table, Row, Row]] = {
    "user name": (users.users, {"username": "a"}, {}),
    "e-mail in lower case": (
        users.users,
        {"username": "a", "email_unique": "a@b.example"},
        {"username": "b"},
    ),
    "token digest": (
        services.tokens,
        {**_TOKEN, "handle": "a", "digest": b"1"},
        {"handle": "b"},
    ),
    "live log-in token of a user and service": (
        services.tokens,
        {**_TOKEN, "handle": "a", "digest": b"1", "origin": "login"},
        {"handle": "b", "digest": b"2"},
    ),
    "service name": (services.services, {"name": "a"}, {}),
    "service short name": (services.services, {"name": "a", "shortname": "x"}, {"name": "b"}),
    "authorised user": (services.service_users, {"service_id": 71, "user_id": 2}, {}),
    "service function": (services.service_functions, {"service_id": 71, "function": "f"}, {}),
    "group member": (groups.group_members, {"group_id": 71, "user_id": 2}, {}),
    "grouping's group": (groups.grouping_groups, {"grouping_id": 71, "group_id": 71}, {}),
    "group id number": (groups.groups, {"course_id": 1, "idnumber": "x"}, {}),
    "grouping id number": (groups.groupings, {"course_id": 1, "idnumber": "x"}, {}),
    "enrolment": (enrolments.user_enrolments, {"instance_id": 71, "user_id": 2}, {}),
    "role assignment": (
        access.role_assignments,
        {"role_id": 1, "user_id": 2, "context_id": 1},
        {},
    ),
    "context": (access.contexts, {"level": 50, "instanceid": 99, "path": "/1/9", "depth": 2}, {}),
}

_FREE: dict[str, tuple[Table, Row, Row]] = {
    "no shared address": (users.users, {"username": "a", "email_unique": None}, {"username": "b"}),
    "service without short name": (services.services, {"name": "a"}, {"name": "b"}),
    "group without id number": (groups.groups, {"course_id": 1, "idnumber": ""}, {}),
    "group with the id number 0": (groups.groups, {"course_id": 1, "idnumber": "0"}, {}),
    "grouping without id number": (groups.groupings, {"course_id": 1, "idnumber": ""}, {}),
    "grouping with the id number 0": (groups.groupings, {"course_id": 1, "idnumber": "0"}, {}),
    "group of the same name": (groups.groups, {"course_id": 1, "name": "ground"}, {}),
    "group id number in other case": (
        groups.groups,
        {"course_id": 1, "idnumber": "x"},
        {"idnumber": "X"},
    ),
    "two tokens made by administrators": (
        services.tokens,
        {**_TOKEN, "handle": "a", "digest": b"1"},
        {"handle": "b", "digest": b"2"},
    ),
    "a log-in token after a revoked one": (
        services.tokens,
        {**_TOKEN, "handle": "a", "digest": b"1", "origin": "login", "revoked": 1},
        {"handle": "b", "digest": b"2", "revoked": 0},
    ),
}


def insert_first(session: Session, table: Table, first: Row) -> None:
    for ground, row in _GROUND:
        session.execute(insert(ground), row)
    session.execute(insert(table), first)


@pytest.mark.parametrize("rule", _TAKEN)
def test_dur_5_the_second_is_refused(site: TestSite, rule: str) -> None:
    table, first, changes = _TAKEN[rule]
    insert_first(site.session, table, first)
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        site.session.execute(insert(table), first | changes)


@pytest.mark.parametrize("case", _FREE)
def test_dur_5_what_does_not_count_as_taken_is_free(site: TestSite, case: str) -> None:
    table, first, changes = _FREE[case]
    insert_first(site.session, table, first)
    site.session.execute(insert(table), first | changes)
