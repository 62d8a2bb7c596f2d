"""NET-4: what a client is told when too many calls wait for the database."""

from collections.abc import Generator

import pytest

from coursewire.store import audit
from tests.support.sites import TestSite
from tests.support.web import Web, web

READ = "core_webservice_get_site_info"
WRITE = "core_group_create_groups"


@pytest.fixture
def full(site: TestSite) -> Generator[Web]:
    """A server whose queue has no room."""
    with web(site, write_queue=0) as found:
        yield found


@pytest.mark.parametrize("function", [WRITE, "core%5fgroup_create_groups"])
def test_net_4_a_write_is_refused_and_may_be_sent_again(full: Web, function: str) -> None:
    answer = full.request(
        body=f"moodlewsrestformat=json&wsfunction={function}&wstoken={full.token()}".encode()
    )
    assert answer.status == 503
    assert answer.header("retry-after") == "1"
    assert answer.error[1] == "serverbusy"


def test_net_4_a_refusal_has_the_asked_format(full: Web) -> None:
    answer = full.request(body=f"wsfunction={WRITE}&wstoken={full.token()}".encode())
    assert answer.status == 503
    assert b"<ERRORCODE>serverbusy</ERRORCODE>" in answer.body


def test_net_4_the_call_log_names_the_function(full: Web) -> None:
    full.request(body=f"wsfunction={WRITE}".encode())
    full.server.runtime.calls.flush(full.site.session)
    (row,) = audit.recorded_calls(full.site.session)
    assert (row.function, row.outcome) == (WRITE, "serverbusy")


def test_net_4_sqlite_answers_short_reads_all_the_same(full: Web, engine_name: str) -> None:
    body = f"wsfunction={READ}&moodlewsrestformat=json&wstoken={full.token()}".encode()
    assert full.request(body=body).status == (200 if engine_name == "sqlite" else 503)
