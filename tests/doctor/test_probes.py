"""Addresses, and what strange sites answer: none of them is taken for a Moodle that answers."""

import asyncio
import json
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import cycle

import httpx
import pytest

from coursewire.contracts.registry import entries
from coursewire.doctor.outside import probes
from coursewire.doctor.outside.address import BadAddress, may_carry_a_token, site_root
from coursewire.doctor.outside.examination import examine
from coursewire.doctor.outside.findings import Report
from coursewire.doctor.outside.probes import LARGEST, SITE_INFO, Site
from coursewire.doctor.outside.wanted import Wanted, only_reads
from tests.client.hostile import Hostile, drip

SECRET = "5e" * 16
UNKNOWN = {"exception": "core\\exception\\moodle_exception", "errorcode": "invalidtoken",
           "message": "no such token"}  # fmt: skip
DENIED = {"exception": "webservice_access_exception", "errorcode": "accessexception",
          "message": "denied"}  # fmt: skip
NOTHING = Wanted()
PASSED = {"exception": "core\\exception\\invalid_parameter_exception",
          "errorcode": "invalidparameter", "message": "wrong"}  # fmt: skip


READS = tuple(name for name in sorted(entries()) if only_reads(name))[:20]


def working(request: httpx.Request) -> httpx.Response:
    """Answer as a site whose token may call every reading function."""
    if SITE_INFO.encode() in request.content:
        info = {"userid": 5, "functions": [{"name": name} for name in READS], "release": "5.1"}
        return httpx.Response(200, json=info)
    return httpx.Response(200, json=PASSED if SECRET.encode() in request.content else UNKNOWN)


def report_on(
    answer: Callable[[httpx.Request], httpx.Response],
    url: str = "https://moodle.example.org",
    wanted: Wanted = NOTHING,
    waits: list[float] | None = None,
) -> tuple[Report, list[httpx.Request]]:
    """Examine a site that answers so, and return what it was sent as well."""
    sent: list[httpx.Request] = []

    async def waiting(seconds: float) -> None:
        if waits is not None:
            waits.append(seconds)

    def noting(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return answer(request)

    async def work() -> Report:
        async with httpx.AsyncClient(transport=httpx.MockTransport(noting)) as client:
            return await examine(Site(client, url, SECRET, sleep=waiting), wanted)

    return asyncio.run(work()), sent


def refusing(token: dict[str, str]) -> Callable[[httpx.Request], httpx.Response]:
    """A Moodle that asks for a token and refuses every one so."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=token if SECRET.encode() in request.content else UNKNOWN)

    return answer


def failing(error: Exception, cause: Exception | None = None) -> Callable[[object], httpx.Response]:
    def answer(_request: object) -> httpx.Response:
        raise error from cause

    return answer


STRANGE: list[tuple[str, Callable[[httpx.Request], httpx.Response], set[str]]] = [
    ("redirect", lambda _: httpx.Response(301, headers={"location": "https://www.example.org/"}),
     {"redirect"}),
    ("page", lambda _: httpx.Response(200, html="<!DOCTYPE html><p>Welcome"),
     {"no-moodle", "site-address-list"}),
    ("words", lambda _: httpx.Response(200, text="This site may not be used from your address."),
     {"no-moodle", "site-address-list"}),
    ("not found", lambda _: httpx.Response(404, html="<p>Not found"), {"no-moodle"}),
    ("forbidden page", lambda _: httpx.Response(403, html="<p>Forbidden"), {"proxy-refuses"}),
    ("asks for a password", lambda _: httpx.Response(401, html="<p>No"), {"proxy-refuses"}),
    ("too many", lambda _: httpx.Response(429, headers={"retry-after": "3600"}),
     {"too-many-requests"}),
    ("maintenance", lambda _: httpx.Response(503, html="<p>Back soon",
                                             headers={"retry-after": "300"}), {"maintenance-file"}),
    ("busy", lambda _: httpx.Response(503, html="<p>Busy"), {"maintenance-file", "server-fault"}),
    ("crash", lambda _: httpx.Response(500), {"server-fault"}),
    ("bad gateway", lambda _: httpx.Response(502, html="<p>Bad"), {"server-fault"}),
    ("nothing", lambda _: httpx.Response(200), {"connection-cut", "server-fault"}),
    ("nested without end", lambda _: httpx.Response(200, content=b"[" * 100_000),
     {"no-moodle", "site-address-list"}),
    ("upgrade", lambda _: httpx.Response(200, json=UNKNOWN | {"errorcode": "upgraderunning"}),
     {"upgrade-running"}),
    ("refused", failing(httpx.ConnectError("x"), ConnectionRefusedError()), {"connection-refused"}),
    ("no name", failing(httpx.ConnectError("x"), socket.gaierror()),
     {"name-unknown"}),
    ("certificate", failing(httpx.ConnectError("x"), ssl.SSLCertVerificationError()),
     {"certificate"}),
    ("clear text at an https address", failing(httpx.ConnectError("x"), ssl.SSLError()),
     {"no-tls"}),
    ("cut while TLS begins", failing(httpx.ConnectError("x"), ssl.SSLEOFError()),
     {"connection-cut"}),
    ("slow", failing(httpx.ReadTimeout("x")), {"timed-out"}),
    ("cut", failing(httpx.RemoteProtocolError("x")), {"connection-cut"}),
    ("endless", lambda _: httpx.Response(200, content=b"<" * (LARGEST + 2)), set()),
]  # fmt: skip


@pytest.mark.parametrize(("name", "answer", "causes"), STRANGE, ids=[row[0] for row in STRANGE])
def test_what_is_no_answer_of_a_moodle_gets_no_token(
    name: str, answer: Callable[[httpx.Request], httpx.Response], causes: set[str]
) -> None:
    report, sent = report_on(answer)
    assert set(report.causes) == causes, name
    assert report.exit_code >= 4
    assert len(sent) == 1
    assert SECRET.encode() not in sent[0].content


def test_a_site_that_counts_requests_is_waited_for() -> None:
    """A token with a rate of its own has a burst that is smaller than an examination."""
    turns = iter((429, 429, 200))
    waits: list[float] = []

    def answer(_request: httpx.Request) -> httpx.Response:
        status = next(turns, 200)
        return httpx.Response(status, json=UNKNOWN, headers={"retry-after": "7"})

    report, sent = report_on(answer, waits=waits)
    assert report.causes == ("token-unknown", "token-ended", "token-of-a-session")
    assert waits == [7, 7]
    assert len(sent) == 4


def test_waiting_that_does_not_help_is_not_repeated() -> None:
    """A site that refuses whatever is waited for would hold the doctor up at every function."""
    waits: list[float] = []
    functions = tuple(name for name in READS if name != SITE_INFO)

    def answer(request: httpx.Request) -> httpx.Response:
        if any(name.encode() in request.content for name in functions):
            return httpx.Response(429, headers={"retry-after": "60"})
        return working(request)

    report, _ = report_on(answer, wanted=Wanted(functions=functions), waits=waits)
    assert waits == [60, 60, 60]
    assert {row.state for row in report.findings if row.name in functions} == {"unknown"}


def test_all_waiting_together_has_an_end() -> None:
    waits: list[float] = []
    busy = cycle((True, False))

    def answer(request: httpx.Request) -> httpx.Response:
        if next(busy):
            return httpx.Response(429, headers={"retry-after": "50"})
        return working(request)

    report_on(answer, wanted=Wanted(functions=READS), waits=waits)
    assert sum(waits) <= 300
    assert len(waits) > 3


def test_a_site_may_name_a_moment_to_be_asked_again() -> None:
    turns = iter((429, 200))
    waits: list[float] = []
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)

    def answer(_request: httpx.Request) -> httpx.Response:
        headers = {"retry-after": moment}
        return httpx.Response(next(turns, 200), json=UNKNOWN, headers=headers)

    report_on(answer, waits=waits)
    (wait,) = waits
    assert 20 < wait <= 40


@pytest.mark.parametrize(
    ("written", "expected"), [(None, 1), ("0", 0), ("3600", None), ("x", None)]
)
def test_how_long_is_waited(written: str | None, expected: float | None) -> None:
    turns = iter((429, 200))
    waits: list[float] = []

    def answer(_request: httpx.Request) -> httpx.Response:
        headers = {} if written is None else {"retry-after": written}
        return httpx.Response(next(turns, 200), json=UNKNOWN, headers=headers)

    report_on(answer, waits=waits)
    assert waits == ([] if expected is None else [expected])


def test_while_looking_for_a_function_that_works_a_busy_site_is_asked_once() -> None:
    """What the other functions would answer says no more of the token."""

    def answer(request: httpx.Request) -> httpx.Response:
        if SITE_INFO.encode() in request.content:
            return httpx.Response(200, json=DENIED)
        if b"wsfunction" in request.content:
            raise httpx.ReadTimeout("x")
        return working(request)

    report, sent = report_on(answer, wanted=Wanted(functions=READS))
    tried = [request for request in sent if any(name.encode() in request.content for name in READS)]
    assert (len(tried), report.causes) == (1, ("timed-out",))


def with_token(answer: httpx.Response) -> Callable[[httpx.Request], httpx.Response]:
    """A site that answers so as soon as a token comes along."""

    def answers(request: httpx.Request) -> httpx.Response:
        return answer if SECRET.encode() in request.content else httpx.Response(200, json=UNKNOWN)

    return answers


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (httpx.Response(403, html="<p>Blocked by the firewall"), "proxy-refuses"),
        (httpx.Response(502, html="<p>Bad"), "server-fault"),
        (httpx.Response(429, headers={"retry-after": "3600"}), "too-many-requests"),
    ],
)
def test_what_stops_the_token_on_its_way_is_no_refusal_of_it(
    answer: httpx.Response, cause: str
) -> None:
    report, _ = report_on(with_token(answer))
    assert report.causes == (cause,)
    assert report.exit_code == 5


@pytest.mark.parametrize(
    "start",
    [b"HTTP/1.1 200 O", b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n["],
    ids=["head", "body"],
)
def test_an_answer_that_drips_is_not_waited_for_without_end(
    start: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probes, "WITHIN", 0.3)
    server = Hostile()
    server.plays(drip(start, b" "))

    async def work() -> Report:
        async with httpx.AsyncClient(timeout=probes.TIMEOUT) as client:
            site = Site(client, server.address, SECRET)
            return await asyncio.wait_for(examine(site, NOTHING), 10)

    try:
        report = asyncio.run(work())
    finally:
        server.close()
    assert report.causes == ("timed-out",)
    assert report.exit_code == 5


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, html="<p>Fatal error: out of memory"),
        httpx.Response(200, text="Out of memory"),
        httpx.Response(403),
        httpx.Response(404, html="<p>Gone"),
    ],
    ids=["page", "words", "closed", "gone"],
)
def test_a_fault_in_site_info_says_nothing_of_the_address(answer: httpx.Response) -> None:
    """The same address has answered as a Moodle a moment before, and taken the token."""

    def answers(request: httpx.Request) -> httpx.Response:
        return answer if SITE_INFO.encode() in request.content else working(request)

    report, _ = report_on(answers)
    assert report.causes == ()
    assert report.exit_code == 4
    assert "as no documented check does" in report.findings[-1].fact


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (httpx.Response(500), "server-fault"),
        (httpx.Response(504, html="<p>Slow"), "server-fault"),
        (httpx.Response(200, json=UNKNOWN | {"errorcode": "sitemaintenance"}), "maintenance"),
    ],
    ids=["crash", "gateway", "maintenance"],
)
def test_what_begins_in_the_middle_is_named(answer: httpx.Response, cause: str) -> None:
    def answers(request: httpx.Request) -> httpx.Response:
        return answer if SITE_INFO.encode() in request.content else working(request)

    assert report_on(answers)[0].causes == (cause,)


BUSY = [
    (httpx.Response(503, html="<p>Busy"), "unavailable"),
    (httpx.Response(502, html="<p>Bad"), "gateway"),
    (httpx.Response(504, html="<p>Slow"), "gateway"),
    (httpx.Response(200, json=UNKNOWN | {"errorcode": "sitemaintenance"}), "sitemaintenance"),
]


@pytest.mark.parametrize(("busy", "code"), BUSY)
def test_a_function_that_was_not_reached_is_not_called_missing(
    busy: httpx.Response, code: str
) -> None:
    read = "core_group_get_groups"
    info = {"userid": 5, "functions": [{"name": read}], "release": "5.1"}

    def answer(request: httpx.Request) -> httpx.Response:
        if read.encode() in request.content:
            return busy
        if b"wsfunction" in request.content:
            return httpx.Response(200, json=info)
        return httpx.Response(200, json=PASSED if SECRET.encode() in request.content else UNKNOWN)

    report, _ = report_on(answer, wanted=Wanted(functions=(read,)))
    (row,) = [row for row in report.findings if row.name == read]
    assert (row.state, report.exit_code) == ("unknown", 0)
    assert row.fact == f"not known: the site did not answer this call ({code})"


def test_a_function_at_which_the_server_fails_is_missing() -> None:
    read = READS[0]

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(500) if read.encode() in request.content else working(request)

    report, _ = report_on(answer, wanted=Wanted(functions=(read,)))
    (row,) = [row for row in report.findings if row.name == read]
    assert (row.state, row.fact) == ("missing", "it answers server-fault")


@pytest.mark.parametrize("info", [{"userid": 5}, {"userid": 5, "functions": None}, None, []])
def test_a_service_that_is_not_listed_lacks_nothing_for_that(info: object) -> None:
    def answers(request: httpx.Request) -> httpx.Response:
        return (
            httpx.Response(200, content=json.dumps(info))
            if SITE_INFO.encode() in request.content
            else working(request)
        )

    wanted = Wanted(functions=(READS[0], "core_group_create_groups"))
    report, _ = report_on(answers, wanted=wanted)
    states = {row.name: row.state for row in report.findings}
    assert states[READS[0]] == "ok"
    assert states["core_group_create_groups"] == "unknown"
    (service,) = [row for row in report.findings if row.name == "service"]
    assert service.fact.startswith("the user may call what the site does not list; Moodle a vers")
    assert report.exit_code == 0


def test_the_redirect_is_told_and_not_followed() -> None:
    report, _ = report_on(STRANGE[0][1])
    assert "https://www.example.org/" in report.findings[0].fact


def test_a_token_goes_to_no_address_in_clear_text() -> None:
    report, sent = report_on(refusing(DENIED), "http://moodle.example.org")
    assert report.causes == ("unencrypted",)
    assert not any(SECRET.encode() in request.content for request in sent)


def test_a_token_stands_in_no_address() -> None:
    _, sent = report_on(refusing(DENIED))
    assert any(SECRET.encode() in request.content for request in sent)
    assert not any(SECRET in str(request.url) for request in sent)


@pytest.mark.parametrize(
    "errorcode",
    ["wsaccessuserexpired", "wsaccessusersuspended", "sitemaintenance", "wsaccessusernologin"],
)
def test_a_code_of_its_own_is_one_cause(errorcode: str) -> None:
    report, _ = report_on(refusing(UNKNOWN | {"errorcode": errorcode}))
    assert len(report.causes) == 1
    assert report.findings[-1].state == "fail"


def test_warnings_of_php_before_the_document_are_looked_past() -> None:
    body = (
        b"<br />\n<b>Warning</b>: something in x.php\n" + httpx.Response(200, json=UNKNOWN).content
    )
    report, _ = report_on(lambda _: httpx.Response(200, content=body))
    assert report.causes == ("token-unknown", "token-ended", "token-of-a-session")


def test_a_mark_of_the_encoding_before_the_document_is_looked_past() -> None:
    body = b"\xef\xbb\xbf\n\xef\xbb\xbf" + httpx.Response(200, json=UNKNOWN).content
    report, _ = report_on(lambda _: httpx.Response(200, content=body))
    assert report.causes == ("token-unknown", "token-ended", "token-of-a-session")


def test_debugging_shows_the_reason_that_the_site_gives() -> None:
    told = UNKNOWN | {"errorcode": "wsaccessusersuspended", "debuginfo": "svc was suspended"}
    report, _ = report_on(refusing(told))
    assert "svc was suspended" in report.findings[-1].fact


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json=UNKNOWN | {"errorcode": "x", "debuginfo": f"token = {SECRET}"}),
        httpx.Response(200, text=f"No entry for {SECRET}"),
        httpx.Response(200, text="x" * 190 + SECRET),
        httpx.Response(302, headers={"location": f"https://x.example/?wstoken={SECRET}"}),
    ],
    ids=["debugging", "words", "words that are cut", "redirect"],
)
def test_a_site_that_repeats_the_token_does_not_have_it_shown(answer: httpx.Response) -> None:
    report, _ = report_on(with_token(answer))
    # Nor the beginning of it.
    assert SECRET[:6] not in repr(report)
    assert report.exit_code >= 4


def test_an_answer_that_no_check_gives_is_shown_as_it_is() -> None:
    report, _ = report_on(refusing(UNKNOWN | {"errorcode": "quotaofplugin"}))
    assert report.causes == ()
    assert "quotaofplugin" in report.findings[-1].fact
    assert report.exit_code == 4


@pytest.mark.parametrize(
    ("written", "root"),
    [
        ("moodle.example.org", "https://moodle.example.org"),
        ("https://Moodle.example.org/", "https://moodle.example.org"),
        ("https://example.org/moodle/webservice/rest/server.php", "https://example.org/moodle"),
        ("https://example.org/login/token.php", "https://example.org"),
        ("localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
    ],
)
def test_an_address_is_taken_as_people_write_it(written: str, root: str) -> None:
    assert site_root(written) == root


@pytest.mark.parametrize(
    "written",
    ["", "ftp://x.example", "https://u:p@x.example", "https://x.example/?wstoken=1", "https://x:0",
     "https://a b.example", "http://[::1", "[::1", "https://moodle..example.org",
     f"{'m' * 64}.example.org", "https://xn--a.example.org"],
)  # fmt: skip
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(BadAddress):
        site_root(written)


def test_a_token_may_go_to_https_and_to_this_machine() -> None:
    assert may_carry_a_token("https://x.example")
    assert may_carry_a_token("http://[::1]:80")
    assert not may_carry_a_token("http://x.example")
