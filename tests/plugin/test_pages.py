"""Pages that plugins bring for people who hold a token, also when something goes wrong."""

from collections.abc import Callable, Mapping

import pytest
from msgspec.structs import replace
from sqlalchemy.exc import TimeoutError as PoolTimeout
from structlog.testing import capture_logs

from coursewire import plugin as p
from tests.plugin import examples
from tests.support.plugins import plugged
from tests.support.sites import TestSite
from tests.support.web import Answer

PATH = "/local/example/view.php"


def seen(
    site: TestSite, answer: Callable[[p.Call, Mapping[str, str]], p.PageAnswer], more: str = ""
) -> Answer:
    """What the holder of a token gets of a page."""
    plugin = replace(examples.PLUGIN, pages=(p.Page(path=PATH, answer=answer),))
    with plugged(site, plugin) as web:
        token = web.service_token("example")
        return web.request("GET", PATH, query=f"token={token}{more}".encode())


def test_a_page_gets_the_fields_and_bears_the_id_of_its_request(site: TestSite) -> None:
    def welcome(call: p.Call, fields: Mapping[str, str]) -> p.PageAnswer:
        return p.PageAnswer(text=f"{call.caller.username} {dict(fields)}")

    answer = seen(site, welcome, "&id=7")
    assert (answer.status, answer.body) == (200, b"admin {'id': '7'}")
    assert answer.header("coursewire-request")


@pytest.mark.parametrize("location", ["", "https://x.example/"])
def test_out_2_a_page_has_the_headers_of_every_answer(site: TestSite, location: str) -> None:
    answer = seen(site, lambda *_: p.PageAnswer(status=303, location=location))
    assert answer.header("location") == location
    assert answer.header("x-content-type-options") == "nosniff"
    assert answer.header("referrer-policy") == "no-referrer"
    assert answer.header("cache-control") == "no-store"
    assert answer.header("content-security-policy").startswith("default-src 'none'")


def test_a_refusal_is_a_sentence(site: TestSite) -> None:
    def refuse(_call: p.Call, _fields: Mapping[str, str]) -> p.PageAnswer:
        raise p.MissingRecord("word", 7)

    answer = seen(site, refuse)
    assert answer.status == 400
    assert answer.body
    assert answer.header("coursewire-request")


@pytest.mark.parametrize("location", ["https://x.example/ y", "https://ä.example/"])
def test_an_address_that_no_header_holds_is_an_incident(site: TestSite, location: str) -> None:
    with capture_logs() as logged:
        answer = seen(site, lambda *_: p.PageAnswer(status=303, location=location))
    assert answer.status == 500
    assert "incident" in {it["event"] for it in logged}


def test_an_error_of_a_page_is_an_incident_whose_trace_is_in_the_log(site: TestSite) -> None:
    def fail(_call: p.Call, _fields: Mapping[str, str]) -> p.PageAnswer:
        raise KeyError("canary")

    with capture_logs() as logged:
        answer = seen(site, fail)
    (line,) = [it for it in logged if it["event"] == "incident"]
    assert answer.status == 500
    assert line["incident"] in answer.body.decode()
    assert line["request"] == answer.header("coursewire-request")
    assert isinstance(line["exc_info"], KeyError)
    assert b"canary" not in answer.body


def test_trouble_of_the_database_is_told_as_such(site: TestSite) -> None:
    def fail(_call: p.Call, _fields: Mapping[str, str]) -> p.PageAnswer:
        raise PoolTimeout

    answer = seen(site, fail)
    assert (answer.status, answer.header("retry-after")) == (503, "1")
    assert b"database" in answer.body
