"""Calls that came before with the same bytes are not read again, and nobody can tell."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from coursewire.domain import services, tokens, user_changes, users
from coursewire.domain.call import Call
from coursewire.domain.services import Changes
from coursewire.server import call as line
from coursewire.server.asgi import REST_PATH
from coursewire.server.call import Arrival
from coursewire.server.types import App, Message
from coursewire.server.understood import LONGEST, Forgotten, UnderstoodCalls
from coursewire.store import facts, key_rotation, keys
from coursewire.store.key_rotation import KeyWatch
from tests.support import making
from tests.support.sites import TestSite
from tests.support.web import FORM, Web

SITE_INFO = "core_webservice_get_site_info"
GROUPS = "core_group_get_course_groups"
PLAIN = {"content-type": FORM}


class Said(NamedTuple):
    """What came back at once, or in a task where it could not."""

    status: int
    body: bytes
    at_once: bool


def said(
    web: Web, body: bytes, *, query: bytes = b"", method: str = "POST", **headers: str
) -> Said:
    """One request on a connection that asks for answers as soon as a request is in."""
    given = {**PLAIN, **{name.replace("_", "-"): value for name, value in headers.items()}}
    lines = {**given, "content-length": str(len(body))}
    scope = {
        "type": "http",
        "method": method,
        "path": REST_PATH,
        "raw_path": REST_PATH.encode(),
        "query_string": query,
        "headers": [(name.encode(), value.encode()) for name, value in lines.items()],
        "client": ("127.0.0.1", 50_000),
    }
    sent: list[tuple[int, bytes]] = []

    def way(status: int, _head: bytes, content: bytes) -> bool:
        sent.append((status, content))
        return True

    prepared = web.server.prepare(scope)
    task = web.server if prepared is None else prepared(body, way)
    if task is None:
        return Said(*sent[0], at_once=True)
    messages: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        messages.append(message)

    async def serve(app: App) -> None:
        await app(scope, receive, send)

    asyncio.run(serve(task))
    content = b"".join(message.get("body", b"") for message in messages[1:])
    return Said(messages[0]["status"], content, at_once=False)


def form(token: str, function: str = SITE_INFO, **more: object) -> bytes:
    control = {"wstoken": token, "wsfunction": function, "moodlewsrestformat": "json"}
    return urlencode({**control, **more}).encode()


def kept(web: Web) -> int:
    return len(web.server.runtime.understood)


def on_loop(web: Web) -> bool:
    return web.site.database.engine_name == "sqlite"


def test_the_second_call_is_not_read(web: Web) -> None:
    body = form(web.token())
    first, second = said(web, body), said(web, body)
    assert first == second
    assert b'"username":"admin"' in first.body
    assert kept(web) == (1 if on_loop(web) else 0)


def test_no_token_stays_in_memory(web: Web) -> None:
    token = web.token()
    said(web, form(token))
    understood = web.server.runtime.understood
    assert token not in repr(vars(understood))


def _revoke(site: TestSite, token_id: int, _service_id: int) -> None:
    tokens.revoke(site.call(), token_id)


def _suspend(site: TestSite, _token_id: int, _service_id: int) -> None:
    call = site.call()
    with call.transaction():
        user_changes.change(call, users.by_username(call.session, "svc").id, {"suspended": 1})


def _disable(site: TestSite, _token_id: int, service_id: int) -> None:
    services.edit(site.call(), service_id, Changes(enabled=False))


def _confine(site: TestSite, token_id: int, _service_id: int) -> None:
    tokens.edit(site.call(), token_id, tokens.Changes(iprestriction="192.0.2.1"))


@pytest.mark.parametrize("change", [_revoke, _suspend, _disable, _confine])
def test_tok_9_whether_a_call_may_is_looked_at_each_time(
    web: Web, change: Callable[[TestSite, int, int], None]
) -> None:
    site = web.site
    user_id = making.user_with(site, "svc", "webservice/rest:use")
    service_id = making.service(site, "health", SITE_INFO, users=[user_id])
    issued = tokens.issue(site.call(), tokens.NewToken(user_id=user_id, service_id=service_id))
    body = form(issued.token)
    assert b'"username":"svc"' in said(web, body).body
    change(site, issued.id, service_id)
    refused = said(web, body)
    assert b'"exception"' in refused.body
    assert refused == said(web, body)
    # As a call is refused whose bytes never came.
    assert refused.body == web.request(body=body + b"&").body


def test_tok_4_what_other_keys_told_is_read_again(web: Web) -> None:
    if not on_loop(web):
        return
    token = web.token()
    runtime, session = web.server.runtime, web.site.session
    mark = runtime.understood.mark(form(token))
    said(web, form(token))
    found = runtime.understood.find(mark)
    assert found is not None
    arrival = Arrival(
        tree={},
        method="POST",
        address="127.0.0.1",
        request_id="r",
        token_in_query=False,
        understood=found,
    )
    assert line.answer(runtime, session, arrival).refusal is None
    others = keys.Keys({1: b"1" * keys.SIZE}, dict.fromkeys(keys.PURPOSES, b"2" * keys.SIZE))
    with pytest.raises(Forgotten):
        line.answer(runtime, session, replace(arrival, understood=replace(found, keys=others)))


def test_tok_4_nothing_keeps_the_keys_of_before(web: Web, tmp_path: Path) -> None:
    runtime, path = web.server.runtime, tmp_path / keys.FILE_NAME
    runtime._keys = KeyWatch(web.site.keys, path)
    # One asks again, the other one does not.
    asking = form(web.token())
    for body in (asking, form(web.token())):
        assert b'"username":"admin"' in said(web, body).body
    assert kept(web) == (2 if on_loop(web) else 0)
    key_rotation.begin(path)
    facts.changed(web.site.session)
    assert b'"username":"admin"' in said(web, asking).body
    assert runtime.keys is not web.site.keys
    assert kept(web) == (1 if on_loop(web) else 0)


def test_a_token_that_is_gone_is_an_unknown_one_again(web: Web) -> None:
    token = web.token()
    said(web, form(token))
    web.site.session.connection.exec_driver_sql("DELETE FROM tokens")
    refused = said(web, form(token))
    assert b'"errorcode":"invalidtoken"' in refused.body
    assert kept(web) == 0


def test_only_plain_short_reads_are_remembered(web: Web) -> None:
    token = web.token()
    groups = {"groups[0][courseid]": 1, "groups[0][name]": "A", "groups[0][description]": ""}
    said(web, form(token, "core_group_create_groups", **groups))
    said(web, form(token, "core_user_get_users", **{"criteria[0][key]": "id"}))
    said(web, form(token, moodlewssettingfilter=0))
    said(web, form(token, more="x" * LONGEST))
    said(web, form(token), idempotency_key="key-1")
    said(web, b"", query=form(token), method="GET")
    said(web, form("0" * 32))
    assert kept(web) == 0


def test_what_no_function_takes_is_not_remembered(web: Web) -> None:
    token = web.token()
    for more in ({"password": "secret"}, {"a" + 31 * "[]": ""}, {"serviceshortnames": "one"}):
        body = form(token, **more)
        for _ in range(2):
            assert b'"errorcode":"invalidparameter"' in said(web, body).body
    assert kept(web) == 0


def test_a_body_of_another_type_says_nothing(web: Web) -> None:
    body = form(web.token())
    said(web, body)
    assert b"invalidtoken" in said(web, body, content_type="text/plain").body
    assert b"invalidtoken" in said(web, body, method="GET").body


def test_a_call_that_turns_out_to_write_is_tried_no_more_often(web: Web) -> None:
    token, bound = web.token(), web.catalogue.require(SITE_INFO)
    tried: list[str] = []

    def writing(call: Call, params: Any) -> Any:
        tried.append(call.origin.request_id)
        with call.transaction():
            return bound.body(call, params)

    web.catalogue._bound[SITE_INFO] = replace(bound, body=writing)
    first, second = said(web, form(token)), said(web, form(token))
    assert first == second
    assert b'"username":"admin"' in second.body
    # On the loop, and by the worker.
    times = 2 if on_loop(web) else 1
    assert [tried.count(call) for call in dict.fromkeys(tried)] == [times, times]


def test_net_4_when_there_is_no_room_it_is_refused_by_the_name_it_shows(web: Web) -> None:
    # What it shows without being decoded is a write.
    body = b"wsfunction=core_group_create_groups&" + form(web.token()).replace(b"wsf", b"ws%66")
    assert b'"username":"admin"' in said(web, body).body
    web.server._placing._queue = 0
    refused = said(web, body)
    assert (refused.status, refused.body) == (503, web.request(body=body).body)


def test_when_there_are_too_many_all_are_forgotten(web: Web) -> None:
    calls = UnderstoodCalls(capacity=2)
    said(web, form(web.token()))
    if not on_loop(web):
        return
    remembered = web.server.runtime.understood
    assert remembered.find(remembered.mark(form("never"))) is None
    understood = next(iter(vars(remembered)["_found"].values()))
    for number in range(3):
        calls.keep(calls.mark(b"%d" % number), understood)
    assert len(calls) == 1
    assert calls.find(calls.mark(b"2")) is understood


NAMES = st.sampled_from(
    ["wstoken", "wsfunction", "moodlewsrestformat", "moodlewssettingraw", "courseid", "a[b]", "a"]
)
VALUES = st.sampled_from(
    ["TOKEN", SITE_INFO, GROUPS, "json", "xml", "1", "2", "", "0", "é", "a b", "%", "\0"]
)


@pytest.fixture
def token(web: Web) -> str:
    return web.token()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(fields=st.lists(st.tuples(NAMES, VALUES), max_size=4), data=st.data())
def test_nobody_can_tell(
    web: Web, token: str, fields: list[tuple[str, str]], data: st.DataObject
) -> None:
    usual = [("wstoken", token), ("wsfunction", SITE_INFO), ("moodlewsrestformat", "json")]
    pairs = data.draw(st.permutations([*usual, *fields]))
    body = urlencode([(name, value.replace("TOKEN", token)) for name, value in pairs]).encode()
    plain = web.request(body=body)
    for _ in range(2):
        answer = said(web, body)
        assert (answer.status, answer.body) == (plain.status, plain.body)
