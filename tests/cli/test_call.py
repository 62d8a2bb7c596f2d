"""One call from the command line: in the site itself, or over HTTP by a token (CLI-1)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from coursewire.client import _exchange
from tests.cli.conftest import Command
from tests.support import making
from tests.support.listening import listening
from tests.support.running import Up, up
from tests.support.sites import TestSite

SITE_INFO = "core_webservice_get_site_info"
JSON = (b"content-type", b"application/json")
TOKEN = "0123456789abcdef0123456789abcdef"


def test_a_call_without_an_address_is_made_by_the_administrator(
    placed: Command, site: TestSite
) -> None:
    course = making.course(site, "ALG")
    answer = placed(
        "call",
        "core_group_create_groups",
        f"groups[0][courseid]={course}",
        "groups[0][name]=Red & white = pink",
        "groups[0][description]=",
    ).json
    assert [group["name"] for group in answer] == ["Red & white = pink"]
    read = ("call", "core_group_get_course_groups", f"courseid={course}")
    assert placed(*read).json[0]["name"] == "Red &amp; white = pink"
    assert placed(*read, "moodlewssettingraw=1").json[0]["name"] == "Red & white = pink"
    assert placed("call", SITE_INFO).json["username"] == "admin"


def test_an_answer_can_be_xml(placed: Command) -> None:
    shown = placed("call", SITE_INFO, "--format", "xml").out
    assert shown.startswith('<?xml version="1.0" encoding="UTF-8" ?>\n<RESPONSE>\n')
    assert shown.endswith("</RESPONSE>\n")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ((SITE_INFO, "novalue"), 2, "'novalue' is no parameter"),
        ((SITE_INFO, "=1"), 2, "'=1' is no parameter"),
        (("core_webservice_get_site_inf",), 1, f"(but {SITE_INFO})"),
        (("core_message_send_instant_messages",), 1, "not implemented yet"),
        (("core_user_get_users", "criteria=1"), 1, "(invalidparameter)"),
        (("core_group_get_groups", "groupids[0]=4711"), 1, "(invalidrecord"),
        ((SITE_INFO, "a" + "[b]" * 40 + "=1"), 1, "32"),
    ],
)
def test_a_refused_call_says_why(
    placed: Command, arguments: tuple[str, ...], code: int, told: str
) -> None:
    assert told in placed.refused("call", *arguments, code=code)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with up(tmp_path_factory.mktemp("called")) as found:
        yield found


def url(running: Up) -> tuple[str, str]:
    return "--url", f"http://127.0.0.1:{running.port}"


def test_a_call_with_an_address_goes_over_http(
    command: Command, running: Up, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = command("call", SITE_INFO, *url(running), stdin=running.token)
    assert asked.json["username"] == "svc-health"
    monkeypatch.setenv("COURSEWIRE_TOKEN", running.token)
    table = command("call", SITE_INFO, *url(running), "--format", "table")
    assert "svc-health" in table.out
    assert running.token not in asked.out + asked.err + table.out
    xml = command.refused("call", SITE_INFO, *url(running), "--format", "xml", code=2)
    assert "read as JSON" in xml


def test_a_refusal_over_http_names_check_and_request(
    command: Command, running: Up, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSEWIRE_TOKEN", running.token)
    told = command.refused("call", "core_course_get_courses", *url(running))
    assert "(accessexception)" in told
    assert "Coursewire-Refusal: function in service" in told
    assert "Coursewire-Request: " in told
    assert running.token not in told


def test_a_closed_site_says_what_to_switch_on(command: Command) -> None:
    app = answering(403, b"")
    with listening(app) as port:
        told = command.refused("call", SITE_INFO, "--url", f"http://127.0.0.1:{port}", stdin=TOKEN)
    assert "enable web services and the REST protocol" in told


def answering(status: int, body: bytes, *headers: tuple[bytes, bytes]) -> Any:
    """An application that gives one answer to everything; `seen` collects what was asked."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        app.seen.append((scope["path"], scope["query_string"], message.get("body", b"")))  # type: ignore[attr-defined]
        await send({"type": "http.response.start", "status": status, "headers": list(headers)})
        await send({"type": "http.response.body", "body": body})

    app.seen = []  # type: ignore[attr-defined]  # for the test to look at
    return app


@pytest.mark.parametrize(
    ("status", "body", "headers", "told"),
    [
        (200, b"<html>", [], "the answer is a page, not JSON"),
        (200, b"", [], "the answer is empty"),
        (200, b"[]", [], "the answer is not marked as JSON"),
        (200, b'"\xff"', [JSON], "the answer is not JSON"),
        (502, b"<html>", [], "status 502"),
        (302, b"", [(b"location", b"https://evil.example/")], "redirects to https://evil.example;"),
        (307, b"", [(b"location", b"/elsewhere")], "the site redirects"),
        (200, b'{"exception":"x_exception","message":"\x1b"}', [JSON], "not JSON"),
        (
            200,
            b'{"exception":"x_exception","message":"\\u001b[31m"}',
            [],
            "[31m (x_exception)",
        ),
        (429, b'{"exception":"e","errorcode":"slow","message":"Wait"}', [], "Wait (slow)"),
    ],
)
def test_a_hostile_or_broken_server_is_told_in_a_sentence(
    command: Command, status: int, body: bytes, headers: list[tuple[bytes, bytes]], told: str
) -> None:
    app = answering(status, body, *headers)
    with listening(app) as port:
        error = command.refused(
            "call", SITE_INFO, "--url", f"http://127.0.0.1:{port}/", stdin=TOKEN
        )
    assert told in error
    assert TOKEN not in error
    assert "\x1b" not in error
    # A gateway that fails is asked again: the function only reads.
    assert len(app.seen) == (3 if status == 502 else 1)
    for path, query, sent in app.seen:
        assert (path, query) == ("/webservice/rest/server.php", b"")
        assert f"wstoken={TOKEN}".encode() in sent


@pytest.mark.parametrize("warnings", [b"null", b"5", b'{"a":1}'])
@pytest.mark.parametrize("form", ["table", "csv"])
def test_warnings_that_are_no_list_hinder_no_table(
    command: Command, form: str, warnings: bytes
) -> None:
    body = b'{"groups":[{"id":7}],"warnings":%b}' % warnings
    with listening(answering(200, body, JSON)) as port:
        address = f"http://127.0.0.1:{port}"
        asked = ("call", "--unchecked", "local_a_b", "--url", address, "--format", form)
        assert command(*asked, stdin=TOKEN).out.split() == ["id", "7"]


def test_a_huge_answer_is_not_taken(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_exchange.Request, "largest", 1000)
    with listening(answering(200, json.dumps(["x" * 2000]).encode())) as port:
        told = command.refused("call", SITE_INFO, "--url", f"http://127.0.0.1:{port}", stdin=TOKEN)
    assert "is longer than" in told


def test_an_endpoint_can_be_named_in_full(command: Command) -> None:
    app = answering(200, b'{"a":1}', JSON)
    with listening(app) as port:
        address = f"http://127.0.0.1:{port}/moodle/webservice/rest/server.php"
        assert command("call", SITE_INFO, "--url", address, stdin=TOKEN).json == {"a": 1}
    assert app.seen[0][0] == "/moodle/webservice/rest/server.php"


def test_proxies_of_the_environment_are_not_told_the_token(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    with listening(answering(200, b"[]", JSON)) as port:
        assert (
            command("call", SITE_INFO, "--url", f"http://127.0.0.1:{port}", stdin=TOKEN).json == []
        )


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://moodle.example", "clear text"),
        ("ftp://moodle.example", "is not the address of a site"),
        ("https://", "is not the address of a site"),
        ("https://user:secret@moodle.example", "holds no user, password, query"),
        ("https://moodle.example/?a=1", "holds no user, password, query"),
        ("http://[::1", "is not the address of a site"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused_before_the_token_is_asked(
    command: Command, address: str, told: str
) -> None:
    assert told in command.refused("call", SITE_INFO, "--url", address, code=2)


def test_nobody_there_is_told(command: Command) -> None:
    told = command.refused("call", SITE_INFO, "--url", "http://127.0.0.1:1", stdin=TOKEN)
    assert "127.0.0.1 cannot be reached" in told
