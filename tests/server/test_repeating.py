"""Requests sent again under their Idempotency-Key run once and are answered alike (DUR-11)."""

import json
import threading
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

import pytest

from coursewire.domain.hashing import Passwords
from coursewire.store.session import Session
from tests.support import making
from tests.support.sites import TestSite
from tests.support.sizes import size
from tests.support.web import Answer, Web, fields

ROUNDS = size(125, 2500)
AT_ONCE = 8
DAY = 86_400


class Sender:
    """Makes groups in a course, with a key."""

    def __init__(self, web: Web, site: TestSite) -> None:
        self.web = web
        self.site = site
        self.course = making.course(site, "Course")
        self.token = web.token()

    def make(self, name: str, key: str) -> Answer:
        groups = [{"courseid": self.course, "name": name, "description": ""}]
        return self.send("core_group_create_groups", {"groups": groups}, key)

    def send(self, function: str, params: dict[str, Any], key: str, *, token: str = "") -> Answer:
        control = {
            "wstoken": token or self.token,
            "wsfunction": function,
            "moodlewsrestformat": "json",
        }
        body = urlencode([*control.items(), *fields(params)]).encode()
        return self.web.request(body=body, headers={"idempotency-key": key})

    def names(self) -> list[str]:
        listed = self.web.call(
            "core_group_get_course_groups", self.token, courseid=self.course
        ).json
        return sorted(group["name"] for group in listed)


@pytest.fixture
def sender(web: Web, site: TestSite) -> Sender:
    return Sender(web, site)


def test_dur_11_the_same_request_gets_the_first_answer_again(sender: Sender) -> None:
    first = sender.make("A", "key-1")
    again = sender.make("A", "key-1")
    assert (again.status, again.body) == (first.status, first.body) == (200, first.body)
    assert sender.names() == ["A"]
    assert isinstance(sender.make("A", "key-2").json, dict)


def test_dur_11_another_request_under_the_key_is_a_conflict(sender: Sender) -> None:
    sender.make("A", "key-1")
    other = sender.make("B", "key-1")
    assert other.status == 409
    assert other.error == ("core\\exception\\moodle_exception", "idempotencykeyused")
    assert sender.names() == ["A"]


def test_dur_11_a_key_belongs_to_its_token(sender: Sender) -> None:
    sender.make("A", "key-1")
    other = sender.send(
        "core_group_create_groups",
        {"groups": [{"courseid": sender.course, "name": "B", "description": ""}]},
        "key-1",
        token=sender.web.token(),
    )
    assert other.status == 200
    assert sender.names() == ["A", "B"]


@pytest.mark.parametrize("key", ["x" * 65, "two words", "\u00e4", "tab\t"])
def test_dur_11_an_unfit_key_is_refused(sender: Sender, key: str) -> None:
    refused = sender.make("A", key)
    assert (refused.status, refused.error[1]) == (400, "invalididempotencykey")
    assert sender.names() == []


def test_dur_11_a_refused_request_may_be_sent_again(sender: Sender) -> None:
    sender.make("A", "key-1")
    refused = sender.make("A", "key-2")
    assert isinstance(refused.json, dict)
    listed = sender.web.call(
        "core_group_get_course_groups", sender.token, courseid=sender.course
    ).json
    sender.web.call(
        "core_group_delete_groups", sender.token, groupids=[group["id"] for group in listed]
    )
    assert isinstance(sender.make("A", "key-2").json, list)
    assert sender.names() == ["A"]


def test_dur_11_a_key_is_forgotten_after_a_day(sender: Sender, site: TestSite) -> None:
    sender.make("A", "key-1")
    site.clock.pass_seconds(DAY - 1)
    assert sender.make("B", "key-1").status == 409
    site.clock.pass_seconds(1)
    assert sender.make("B", "key-1").status == 200
    assert sender.names() == ["A", "B"]


def test_dur_11_a_key_harms_no_other_function(sender: Sender) -> None:
    made = sender.make("A", "key-1").json[0]["id"]
    read = {"courseid": sender.course}
    assert sender.send("core_group_get_course_groups", read, "key-1").json[0]["id"] == made
    for _ in range(2):
        deleted = sender.send("core_group_delete_groups", {"groupids": [made]}, "key-2")
        assert deleted.json is None
    assert sender.names() == []


def test_dur_11_an_item_that_fails_alone_is_undone_alone(sender: Sender) -> None:
    """Functions that go on after a bad item keep the good ones under a key as well."""
    people = [
        {"id": making.user(sender.site, "ann"), "lastname": "Good"},
        {"id": 1, "lastname": "Nobody changes the guest"},
        {"id": making.user(sender.site, "bob"), "lastname": "Good too"},
    ]
    first = sender.send("core_user_update_users", {"users": people}, "key-1")
    again = sender.send("core_user_update_users", {"users": people}, "key-1")
    assert first.body == again.body
    assert len(first.json["warnings"]) == 1
    found = sender.web.call(
        "core_user_get_users_by_field",
        sender.token,
        field="id",
        values=[person["id"] for person in people[::2]],
    ).json
    assert [person["lastname"] for person in found] == ["Good", "Good too"]


@pytest.mark.slow
def test_dur_11_of_duplicates_at_once_one_runs(sender: Sender) -> None:
    """On the two engines together 2,000 requests."""
    for number in range(ROUNDS):
        answers: list[Answer] = []

        def send(number: int = number, answers: list[Answer] = answers) -> None:
            answers.append(sender.make(f"group {number}", f"key-{number}"))

        threads = [threading.Thread(target=send) for _ in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len({answer.body for answer in answers}) == 1
        assert {answer.status for answer in answers} == {200}
    assert sender.names() == sorted(f"group {number}" for number in range(ROUNDS))


CLASH_ONCE = (
    "CREATE SEQUENCE clashes",
    "CREATE FUNCTION clash() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF NEW.name = 'Blue' AND nextval('clashes') = 1 THEN"
    " RAISE EXCEPTION 'again' USING ERRCODE = '40P01'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER clash BEFORE INSERT ON groups FOR EACH ROW EXECUTE FUNCTION clash()",
)


@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
@pytest.mark.parametrize("key", ["", "key"])
def test_dur_10_what_was_kept_is_not_made_again(sender: Sender, key: str) -> None:
    """Of calls in one, each is kept by itself, unless a key holds them together."""
    for statement in CLASH_ONCE:
        sender.site.session.connection.exec_driver_sql(statement)
    given = sender.send(
        "tool_mobile_call_external_functions",
        {"requests": [making_group(sender.course, name) for name in ("Red", "Blue")]},
        key,
    )
    if key:
        assert [one["error"] for one in given.json["responses"]] == [False, False]
        assert sender.names() == ["Blue", "Red"]
    else:
        assert (given.status, given.error[1]) == (503, "outcomeunknown")
        assert not given.header("retry-after")
        assert sender.names() == ["Red"]


def making_group(course: int, name: str) -> dict[str, Any]:
    arguments = json.dumps({"groups": [{"courseid": course, "name": name, "description": ""}]})
    return {"function": "core_group_create_groups", "arguments": arguments}


def test_auth_8_users_who_are_changed_as_one_have_their_passwords_hashed_before(
    sender: Sender, site: TestSite
) -> None:
    people = [making.user(site, name) for name in ("ann", "ben")]
    users = [{"id": user, "password": f"Aa-12345678-{user}"} for user in people]
    done: list[str] = []
    say, hash_one = Session._say, Passwords.hash

    def said(session: Session, statement: str) -> None:
        done.append(statement.split(maxsplit=1)[0])
        say(session, statement)

    def hashed(passwords: Passwords, password: str) -> str:
        done.append("hash")
        return hash_one(passwords, password)

    with patch.object(Session, "_say", said), patch.object(Passwords, "hash", hashed):
        answer = sender.send("core_user_update_users", {"users": users}, "key-1")
    assert answer.json == {"warnings": []}
    assert done == ["hash", "hash", "BEGIN", "COMMIT"]
