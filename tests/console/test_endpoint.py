"""What a page says where no rule foresaw what went wrong."""

import re
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.exc import TimeoutError as PoolTimeout
from structlog.testing import capture_logs

from coursewire.console.listing import ACTIONS
from coursewire.store.schema.users import users
from tests.support.console import Browser, text
from tests.support.sites import TestSite

PAGE = "/console/users"


@contextmanager
def failing(site: TestSite, error: Exception) -> Generator[None]:
    """Let every statement that reads the list of people fail."""

    def fail(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if f"FROM {users.name}" in statement:
            raise error

    engine = site.session.connection.engine
    event.listen(engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", fail)


def test_trouble_of_the_database_is_told_as_such(browser: Browser) -> None:
    with failing(browser.web.site, PoolTimeout()), capture_logs() as logged:
        answer = browser.get(PAGE)
    assert (answer.status, answer.header("retry-after")) == (503, "1")
    assert "The database cannot be used at the moment" in text(answer)
    assert "incident" not in {it["event"] for it in logged}


def test_any_other_error_is_an_incident_whose_number_leads_to_the_log(browser: Browser) -> None:
    with failing(browser.web.site, KeyError("canary")), capture_logs() as logged:
        answer = browser.get(PAGE)
    (line,) = [it for it in logged if it["event"] == "incident"]
    assert answer.status == 500
    assert line["incident"] in text(answer)
    assert "canary" not in text(answer)


def test_a_number_that_no_id_can_be_leads_nowhere(browser: Browser) -> None:
    numbered = [action for action in ACTIONS if ":int}" in action.path]
    assert len(numbered) > 50
    for number in (2**63 - 1, 2**63, 10**40, "9" * 4301):
        for action in numbered:
            path = re.sub(r"\{\w+:int\}", str(number), action.path)
            path = re.sub(r"\{\w+\}", "x", path)
            answer = browser.get(path) if action.method == "GET" else browser.post(path)
            # Some views say first what their form lacks, or that there was nothing to do.
            assert answer.status == 404 if action.method == "GET" else answer.status < 500, path
