"""What a hostile or broken server cannot do to the client (CLI-1), with both shells.

Whatever it does, the call ends in time with an error of the tree, and neither the error nor the
logs hold the token, the text that was sent or the body that came.
"""

import gzip
import logging
import time
import traceback
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from coursewire import MoodleError, SiteUnavailable, UnexpectedAnswer
from tests.client.asking import TOKEN, Shell
from tests.client.hostile import Act, Hostile, answer, drip, hang_up, raw, silence

SENT = "A description that is nobody's business"
BODY = b"what the server wrote"
WITHIN = 0.5
MIB = 1024 * 1024


def gzipped(data: bytes, encoding: str = "gzip") -> Act:
    return answer(data, headers=[f"Content-Encoding: {encoding}"])


def moved(status: str, location: str) -> Act:
    return answer(BODY, status, headers=[f"Location: {location}"])


class Case(NamedTuple):
    """What the server does, and what becomes of it."""

    act: Act
    error: type[MoodleError]
    says: str


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
LONG = b"[" + b"1," * (33 * MIB) + b"1]"

CASES = {
    "a redirect to https": Case(
        moved("301 Moved", "https://moodle.example.org/webservice/rest/server.php"),
        UnexpectedAnswer,
        "give https://moodle.example.org as its address",
    ),
    "a redirect to www": Case(
        moved("302 Found", "https://www.example.org/lms/webservice/rest/server.php?a=b"),
        UnexpectedAnswer,
        "give https://www.example.org/lms as its address",
    ),
    "a redirect that keeps the method": Case(
        moved("307 Temporary", "/login/index.php"), UnexpectedAnswer, "redirects to http://127.0.0"
    ),
    "a redirect to the token itself": Case(
        moved("308 Permanent", f"https://evil.example/{TOKEN}/"),
        UnexpectedAnswer,
        "redirects to https://evil.example/[hidden]",
    ),
    "a redirect to nowhere": Case(
        answer(BODY, "302 Found"), UnexpectedAnswer, "redirects (status 302)"
    ),
    "silence": Case(silence, SiteUnavailable, "in time"),
    "a header that drips": Case(drip(b"HTTP/1.1 200 O"), SiteUnavailable, "in time"),
    "a body that drips": Case(
        drip(HEAD + b"Content-Length: 999999\r\n\r\n["), SiteUnavailable, "in time"
    ),
    "endless interim answers": Case(
        drip(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"), SiteUnavailable, "in time"
    ),
    "an answer of 66 MiB": Case(answer(LONG), UnexpectedAnswer, "longer than 67108864 bytes"),
    "a chunked answer without end": Case(
        drip(
            HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"400000\r\n" + b"1" * 4 * MIB + b"\r\n"
        ),
        UnexpectedAnswer,
        "longer than 67108864 bytes",
    ),
    "a small answer that unpacks to 66 MiB": Case(
        gzipped(gzip.compress(LONG, 1)), UnexpectedAnswer, "longer than 67108864 bytes"
    ),
    "an answer packed twice": Case(
        gzipped(gzip.compress(gzip.compress(b"[]")), "gzip, gzip"),
        UnexpectedAnswer,
        "not asked for",
    ),
    "an answer packed otherwise": Case(gzipped(BODY, "br"), UnexpectedAnswer, "not asked for"),
    "an answer that is not packed as it says": Case(gzipped(BODY), UnexpectedAnswer, "proper HTTP"),
    "a page": Case(
        answer(b"<!DOCTYPE html><p>" + BODY, kind="text/html"), UnexpectedAnswer, "is a page"
    ),
    "a page that says it is JSON": Case(answer(b"\n<html>" + BODY), UnexpectedAnswer, "is a page"),
    "JSON that says it is text": Case(
        answer(b"[]", kind="text/plain"), UnexpectedAnswer, "not marked as JSON"
    ),
    "JSON of no type": Case(answer(b"[]", kind=""), UnexpectedAnswer, "not marked as JSON"),
    "half of the JSON": Case(answer(b'{"groups":[{"id":'), UnexpectedAnswer, "is not JSON"),
    "JSON and then some": Case(answer(b"[] []"), UnexpectedAnswer, "is not JSON"),
    "JSON that is not UTF-8": Case(answer(b'["\xff"]'), UnexpectedAnswer, "is not JSON"),
    "JSON nested without end": Case(answer(b"[" * MIB), UnexpectedAnswer, "is not JSON"),
    "nothing": Case(answer(b""), UnexpectedAnswer, "is empty"),
    "nothing of the type of a page": Case(
        answer(b"", kind="text/html; charset=UTF-8"),
        UnexpectedAnswer,
        "is empty (status 200); look into the error log of the site",
    ),
    "hanging up at once": Case(hang_up, SiteUnavailable, "broke the connection"),
    "hanging up in the middle": Case(
        raw(HEAD + b"Content-Length: 100\r\n\r\n[1, 2"), SiteUnavailable, "broke the connection"
    ),
    "many headers": Case(
        raw(HEAD + b"".join(b"X-%d: x\r\n" % n for n in range(20_000)) + b"\r\n[]"),
        UnexpectedAnswer,
        "proper HTTP",
    ),
    "a header without end": Case(raw(HEAD + b"X: " + b"x" * MIB), UnexpectedAnswer, "proper HTTP"),
    "no HTTP at all": Case(
        raw(b"SSH-2.0-OpenSSH_9.2 " + BODY + b"\r\n\r\n"), UnexpectedAnswer, "proper HTTP"
    ),
    "two lengths": Case(
        raw(HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n[]"),
        UnexpectedAnswer,
        "proper HTTP",
    ),
    "web services that are off": Case(
        answer(b"", "403 Forbidden", "text/html"), SiteUnavailable, "enable web services"
    ),
    "a firewall": Case(
        answer(b"<p>" + BODY, "403 Forbidden", "text/html"),
        UnexpectedAnswer,
        "let the path /webservice/rest/server.php through the proxy or firewall",
    ),
    "a firewall of few words": Case(
        answer(BODY, "403 Forbidden", "text/plain"), UnexpectedAnswer, "before Moodle refuses"
    ),
    "a proxy that wants a password": Case(
        answer(b"", "401 Unauthorized", "text/html", ['WWW-Authenticate: Basic realm="x"']),
        UnexpectedAnswer,
        "something before Moodle refuses the request (status 401)",
    ),
    "a server that takes no long requests": Case(
        answer(b"<p>" + BODY, "413 Too Large", "text/html"),
        UnexpectedAnswer,
        "longer than the site takes (status 413); send fewer rows",
    ),
    "no such address": Case(
        answer(BODY, "404 Not Found", "text/html"), UnexpectedAnswer, "the root of the site?"
    ),
    "a closed site": Case(
        answer(b"<p>", "503 Unavailable", "text/html", ["Retry-After: 300"]),
        SiteUnavailable,
        "status 503, and asks to wait 300 s",
    ),
    "a crash": Case(answer(b"", "500 Oops", "text/html"), SiteUnavailable, "status 500"),
    "success of an odd kind": Case(answer(b"[]", "418 Teapot"), UnexpectedAnswer, "status 418"),
    "a refusal that repeats the token": Case(
        answer(
            b'{"exception":"%b","errorcode":"%b","message":"no %b","debuginfo":"%b"}'
            % ((TOKEN.encode(),) * 4)
        ),
        MoodleError,
        "no [hidden]",
    ),
    "a refusal that would paint the terminal": Case(
        answer(b'{"exception":"x","message":"\\u001b[31mred\\u202e"}'), MoodleError, " [31mred"
    ),
}


def test_there_are_at_least_as_many_behaviours_as_demanded() -> None:
    assert len(CASES) >= 25


@pytest.mark.requirement("CLI-1")
@pytest.mark.parametrize("name", CASES)
def test_a_hostile_server_gets_nowhere(
    name: str, shell: Shell, hostile: Hostile, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    case = CASES[name]
    hostile.plays(case.act)
    begun = time.monotonic()
    with pytest.raises(case.error) as raised:
        shell.ask(hostile.address, write, answer_within=WITHIN if "time" in case.says else 30)
    assert time.monotonic() - begun < 15
    assert case.says in str(raised.value)
    assert [it.line for it in hostile.received] == ["POST /webservice/rest/server.php HTTP/1.1"]
    assert_keeps_secrets(raised.value, caplog.text)


def write(moodle: Any) -> Any:
    group = {"courseid": 2, "name": "Red", "description": SENT}
    return moodle.core_group_create_groups(groups=[group])


def assert_keeps_secrets(error: MoodleError, logs: str) -> None:
    told = "".join(traceback.format_exception(error)) + repr(vars(error)) + repr(error) + logs
    assert TOKEN not in told
    assert SENT not in told
    assert BODY.decode() not in told
    assert error.sent["groups[0][courseid]"] == "2"
    assert error.sent["groups[0][description]"] == f"({len(SENT)} characters)"
    seen: BaseException | None = error
    while seen is not None:
        assert seen is error or not hasattr(seen, "request"), seen
        seen = seen.__cause__ or seen.__context__


@pytest.mark.parametrize("status", ["403 Forbidden", "413 Too Large"])
def test_what_was_kept_from_moodle_has_not_run(status: str, shell: Shell, hostile: Hostile) -> None:
    hostile.plays(answer(b"<p>", status, "text/html"))
    with pytest.raises(UnexpectedAnswer) as raised:
        shell.ask(hostile.address, write)
    assert not raised.value.may_have_run


@pytest.mark.parametrize("status", ["200 OK", "404 Not Found"])
def test_a_page_in_place_of_a_file_leaves_open_whether_the_root_is_right(
    status: str, shell: Shell, hostile: Hostile, tmp_path: Path
) -> None:
    hostile.plays(answer(b"<p>", status, "text/html"))
    root = f"{hostile.address}/lms"
    with pytest.raises(UnexpectedAnswer) as raised:
        shell.ask(root, lambda it: it.download("pluginfile.php/9/a/b/0/notes.pdf", tmp_path))
    assert f"is {root} the root of the site" in str(raised.value)


def test_the_token_goes_into_the_body_and_nowhere_else(shell: Shell, hostile: Hostile) -> None:
    hostile.plays(answer(b"[]"))
    assert shell.ask(hostile.address, write) == []
    (received,) = hostile.received
    assert received.fields["wstoken"] == TOKEN
    assert TOKEN not in received.line + repr(received.headers)


def test_cookies_are_not_sent_back(shell: Shell, hostile: Hostile) -> None:
    hostile.plays(answer(b"[]", headers=["Set-Cookie: MoodleSession=1; Path=/"]))
    if shell.is_async:

        async def twice(moodle: Any) -> None:
            await write(moodle)
            await write(moodle)

        shell.ask(hostile.address, twice)
    else:
        shell.ask(hostile.address, lambda moodle: (write(moodle), write(moodle)))
    assert len(hostile.received) == 2
    assert all("cookie" not in it.headers for it in hostile.received)


def test_the_environment_does_not_lead_the_token_elsewhere(
    shell: Shell, hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    hostile.plays(answer(b"[]"))
    assert shell.ask(hostile.address, write) == []


def test_what_php_prints_before_the_answer_is_passed_over(shell: Shell, hostile: Hostile) -> None:
    warning = (
        b"<br />\n<b>Warning</b>:  Undefined variable $x in <b>/srv/lib.php</b> on line <b>7</b>"
        b"<br />\n<br />\n<b>Deprecated</b>:  Old thing in <b>/srv/a.php</b> on line <b>9</b>"
        b"<br />\n"
    )
    hostile.plays(answer(warning + b'[{"id":1}]', kind="text/html"))
    assert shell.ask(hostile.address, write) == [{"id": 1}]


def test_what_php_prints_before_a_refusal_is_passed_over(shell: Shell, hostile: Hostile) -> None:
    warning = b"\nNotice: Odd thing in /srv/lib.php on line 7\n"
    hostile.plays(answer(warning + b'{"exception":"x","message":"Refused","errorcode":"odd"}'))
    with pytest.raises(MoodleError, match="Refused") as raised:
        shell.ask(hostile.address, write)
    assert raised.value.errorcode == "odd"


@pytest.mark.parametrize("printed", [b"\xef\xbb\xbf", b"\xef\xbb\xbf\n\xef\xbb\xbf", b"\r\n\n"])
@pytest.mark.parametrize("kind", ["application/json", "text/html; charset=UTF-8"])
def test_what_files_of_plugins_begin_with_is_passed_over(
    printed: bytes, kind: str, shell: Shell, hostile: Hostile
) -> None:
    hostile.plays(answer(printed + b'[{"id":1}]', kind=kind))
    assert shell.ask(hostile.address, write) == [{"id": 1}]
    refusal = b'{"exception":"x","message":"Refused","errorcode":"odd"}'
    hostile.plays(answer(printed + refusal, kind=kind))
    with pytest.raises(MoodleError, match="Refused"):
        shell.ask(hostile.address, write)
