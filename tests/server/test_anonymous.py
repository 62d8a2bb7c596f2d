"""The AJAX entry for nobody: a batch in JSON, each answer in its place (protocol.md 9.1)."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from coursewire.domain.call import Call
from coursewire.functions.binding import AnyBound
from coursewire.server import inner
from coursewire.server.runtime import Runtime
from coursewire.server.sites import SiteView
from tests.support.web import Answer, Web

PATH = "/lib/ajax/service-nologin.php"
FOR_PAGES = "/lib/ajax/service.php"
OPEN = "tool_mobile_get_public_config"


def send(web: Web, calls: Any, path: str = PATH, **options: Any) -> Answer:
    body = calls if isinstance(calls, bytes) else json.dumps(calls).encode()
    return web.request(path=path, body=body, content_type="application/json", **options)


def one(method: str = OPEN, index: int = 0, **args: Any) -> dict[str, Any]:
    return {"index": index, "methodname": method, "args": args}


def test_an_open_function_answers(web: Web) -> None:
    answer = send(web, [one()])
    assert answer.header("content-type") == "application/json; charset=utf-8"
    (first,) = answer.json
    assert (first["error"], first["data"]["sitename"]) == (False, "My Learning Site")


def test_indexes_out_of_order_make_an_object(web: Web) -> None:
    assert list(send(web, [one(index=3), one(index=1)]).json) == ["3", "1"]


def test_the_later_of_two_answers_with_one_index_counts(web: Web) -> None:
    refused = one("core_webservice_get_site_info")
    (only,) = send(web, [refused, one()]).json
    assert only["error"] is False
    assert list(send(web, [one(index=2), refused, one(index=2)]).json) == ["2", "0"]


def test_pages_of_other_sites_are_not_asked_in(web: Web) -> None:
    answers = [send(web, [one()]), send(web, b"x"), send(web, [], method="OPTIONS")]
    for answer in answers:
        assert not [name for name, _ in answer.headers if name.startswith(b"access-control-")]


def test_no_calls_are_an_empty_list(web: Web) -> None:
    assert send(web, []).json == []


DEEP = b'[{"index": 0, "methodname": "x", "args": ' + b"[" * 5000


BYTES = b'[{"index": 0, "methodname": "\xff"}]'
SURROGATE = b'[{"index": 0, "methodname": "\\ud800"}]'


@pytest.mark.parametrize(
    "body",
    [b"", b"x", b"{}", b'[{"index": "a"}]', b"[1]", DEEP, BYTES, SURROGATE],
    ids=["empty", "word", "object", "index", "number", "deep", "bytes", "surrogate"],
)
def test_what_is_no_batch_is_refused_as_a_whole(web: Web, body: bytes) -> None:
    assert send(web, body).json["errorcode"] == "codingerror"


def test_an_unknown_function_refuses_the_whole_request(web: Web) -> None:
    answer = send(web, [one(), one("core_no_such_function", 1)])
    assert answer.json["errorcode"] == "invalidrecordunknown"


@pytest.mark.parametrize(
    ("call", "errorcode"),
    [
        (one("core_webservice_get_site_info"), "servicenotavailable"),
        (one("core_group_get_activity_groupmode", cmid=1), "servicenotavailable"),
        (one("core_cohort_delete_cohorts", cohortids=[1]), "servicerequireslogin"),
        (one("mod_quiz_get_quizzes_by_courses"), "servicenotavailable"),
        (one("core_fetch_notifications", contextid=1), "functionnotimplemented"),
        (one(bogus=1), "invalidparameter"),
    ],
)
def test_a_refused_call_says_so_in_its_place_and_the_rest_goes_on(
    web: Web, call: dict[str, Any], errorcode: str
) -> None:
    refused, answered = send(web, [call, one(index=1)]).json
    assert refused["error"] is True
    assert refused["exception"]["errorcode"] == errorcode
    assert answered["error"] is False


def test_authz_3_nobody_sets_preferences_nor_learns_which_accounts_there_are(web: Web) -> None:
    wanted = [{"name": "htmleditor", "value": "x", "userid": n} for n in (0, 1, 2, 98765)]
    (answer,) = send(web, [one("core_user_set_user_preferences", preferences=wanted)]).json
    assert answer["data"]["saved"] == []
    told = [(each["itemid"], each["warningcode"]) for each in answer["data"]["warnings"]]
    assert told == [(n, "invaliduser") for n in (0, 1, 2, 98765)]


def test_a_get_may_be_cached_if_it_asks_and_nothing_failed(web: Web) -> None:
    def get(calls: list[dict[str, Any]], key: int) -> Answer:
        query = urlencode({"args": json.dumps(calls), "cachekey": key}).encode()
        return web.request("GET", PATH, query=query, content_type="")

    cacheable = "public, max-age=7776000, immutable"
    kept = get([one()], 5)
    assert kept.header("cache-control") == cacheable
    assert (kept.header("expires"), kept.header("pragma")) == ("", "")
    assert "no-store" in get([one()], 0).header("cache-control")
    assert "no-store" in get([one()], web.site.now + 10).header("cache-control")
    assert "no-store" in get([one(bogus=1)], 5).header("cache-control")


@pytest.mark.parametrize(
    "key", ["", "-1", "x", "\N{SUPERSCRIPT TWO}", "\N{ARABIC-INDIC DIGIT TWO}"]
)
def test_what_is_no_number_asks_for_nothing(web: Web, key: str) -> None:
    query = urlencode({"args": json.dumps([one()]), "cachekey": key}).encode()
    answer = web.request("GET", PATH, query=query, content_type="")
    assert answer.json[0]["error"] is False
    assert "no-store" in answer.header("cache-control")


@pytest.mark.parametrize(
    ("query", "errorcode"),
    [
        (b"args=x&args=[]", None),
        (b"args=[]&args=x", "codingerror"),
        (b"args[]=[]", "codingerror"),
        (b"args=[]&cachekey[]=1", "codingerror"),
        (b"args=[%22%ff%22]", "codingerror"),
        (b"", "codingerror"),
    ],
)
def test_the_fields_of_a_get_are_read_as_those_of_forms(
    web: Web, query: bytes, errorcode: str | None
) -> None:
    answer = web.request("GET", PATH, query=query, content_type="").json
    assert (answer["errorcode"] if answer else None) == errorcode


@pytest.mark.parametrize("path", [PATH, FOR_PAGES])
@pytest.mark.parametrize("args", [[1], "x", 5, True, None], ids=repr)
def test_arguments_that_are_no_object_are_no_parameters(web: Web, path: str, args: Any) -> None:
    (answer,) = send(web, [{**one(), "args": args}], path).json
    assert answer["exception"]["errorcode"] == "invalidparameter"


@pytest.mark.parametrize("call", [{**one(), "args": []}, {"index": 0, "methodname": OPEN}])
def test_no_arguments_are_an_empty_list_or_none_at_all(web: Web, call: dict[str, Any]) -> None:
    (answer,) = send(web, [call]).json
    assert answer["error"] is False


def test_in_1_more_calls_than_the_limit_are_refused(web: Web) -> None:
    calls = [one("core_webservice_get_site_info", n) for n in range(101)]
    assert send(web, calls).status == 400
    assert send(web, calls[:100]).status == 200


def test_head_answers_without_a_body(web: Web) -> None:
    query = urlencode({"args": json.dumps([one()])}).encode()
    answer = web.request("HEAD", PATH, query=query, content_type="")
    assert (answer.status, answer.body) == (200, b"")


def test_d_17_head_runs_nothing_of_the_script_for_pages(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    run: list[str] = []
    real = inner.result_of

    def result_of(runtime: Runtime, view: SiteView, bound: AnyBound, call: Call, given: Any) -> Any:
        run.append(call.function)
        return real(runtime, view, bound, call, given)

    monkeypatch.setattr(inner, "result_of", result_of)
    answer = send(web, [one()], FOR_PAGES, method="HEAD")
    assert (answer.status, answer.body, run) == (200, b"", [])
    page = send(web, [one()], FOR_PAGES)
    assert run == [OPEN]
    assert answer.header("content-type") == page.header("content-type")


def test_the_script_for_pages_answers_nobody_what_is_open(web: Web) -> None:
    answer = send(web, [one(), one(index=1)], FOR_PAGES, query=b"info=" + OPEN.encode())
    assert answer.json == send(web, [one(), one(index=1)]).json
    assert answer.header("content-type") == "application/json; charset=utf-8"
    for calls in (b"", [], [one("core_no_such_function")]):
        assert send(web, calls, FOR_PAGES).body == send(web, calls).body


@pytest.mark.parametrize(
    ("call", "errorcode"),
    [
        (one("core_webservice_get_site_info"), "servicenotavailable"),
        (one("core_cohort_delete_cohorts", cohortids=[1]), "servicerequireslogin"),
        (one(bogus=1), "invalidparameter"),
    ],
)
def test_the_script_for_pages_stops_at_the_first_call_that_fails(
    web: Web, call: dict[str, Any], errorcode: str
) -> None:
    first, last = send(web, [one(), {**call, "index": 1}, one(index=2)], FOR_PAGES).json
    assert first["error"] is False
    assert last["exception"]["errorcode"] == errorcode


def test_the_script_for_pages_reads_no_calls_from_the_query(web: Web) -> None:
    query = urlencode({"args": json.dumps([one()]), "cachekey": 5}).encode()
    answer = web.request("GET", FOR_PAGES, query=query, content_type="")
    assert answer.json["errorcode"] == "codingerror"
