"""The functions browser: search, facets, and what the page of a function says."""

import time

import pytest
from sqlalchemy import insert

from coursewire.contracts.registry import entries
from coursewire.domain import services
from coursewire.domain.services import NewService
from coursewire.functions.catalogue import built_in
from coursewire.store.schema.audit import calls
from tests.support import making
from tests.support.console import Browser, text
from tests.support.sites import TestSite

LIST = "/console/functions"
INFO = "core_webservice_get_site_info"


def link(name: str) -> str:
    return f'href="/console/functions/{name}"'


def test_all_functions_are_listed_in_pages(browser: Browser) -> None:
    page = text(browser.get(LIST))
    assert f"1\u201350 of {len(entries())} functions" in page
    assert page.count('<th scope="row"') == 50
    assert len(page.encode()) < 60_000


@pytest.mark.parametrize(
    "words",
    ["create_groups", "enrolmentkey", "moodle/course:managegroups groups", "Create groups"],
)
def test_name_parameter_capability_and_description_are_searched(
    browser: Browser, words: str
) -> None:
    page = text(browser.get(f"{LIST}?q={words.replace(' ', '+')}"))
    assert link("core_group_create_groups") in page
    assert link(INFO) not in page


def test_facets_narrow_the_list(browser: Browser, site: TestSite) -> None:
    service = making.service(site, "one", INFO)
    assert link(INFO) in text(browser.get(f"{LIST}?service={service}"))
    assert "1 function" in text(browser.get(f"{LIST}?service={service}"))
    writing = text(browser.get(f"{LIST}?kind=write&q=core_group"))
    assert link("core_group_create_groups") in writing
    assert link("core_group_get_groups") not in writing
    here = text(browser.get(f"{LIST}?here=1"))
    assert f"of {len(built_in().all())} functions" in here
    assert link("tool_mobile_get_config") in text(browser.get(f"{LIST}?component=tool_mobile"))
    deprecated = [entry.name for entry in entries().values() if entry.deprecated]
    assert link(min(deprecated)) in text(browser.get(f"{LIST}?deprecated=yes"))


@pytest.mark.alone
def test_the_first_look_is_quick(browser: Browser) -> None:
    begun = time.process_time()
    browser.get(f"{LIST}?q=group")
    assert time.process_time() - begun < 0.5


def test_the_page_of_a_function_says_what_it_takes_and_asks(
    browser: Browser, site: TestSite
) -> None:
    service = making.service(site, "one", INFO)
    page = text(browser.get(f"{LIST}/core_group_create_groups"))
    for told in (
        "groups[].courseid",
        "moodle/course:managegroups",
        "--data-urlencode",
        "moodle.core_group_create_groups(groups=[{",
        "Otherwise than Moodle",
        "No service holds it.",
    ):
        assert told.replace("'", "&#39;") in page, told
    assert f'href="/console/services/{service}"' in text(browser.get(f"{LIST}/{INFO}"))


def test_functions_that_are_not_here_have_a_page_too(browser: Browser) -> None:
    missing = next(name for name in entries() if built_in().get(name) is None)
    page = text(browser.get(f"{LIST}/{missing}"))
    assert "not implemented here" in page
    assert "Try it" not in page
    assert browser.get(f"{LIST}/no_such_function").status == 404


@pytest.mark.parametrize("name", ["core_course_get_contents", "core_user_create_users", INFO])
def test_pages_of_big_functions_stay_small(browser: Browser, name: str) -> None:
    page = text(browser.get(f"{LIST}/{name}"))
    assert len(page.encode()) < 65_000


def test_calls_and_errors_of_seven_days_are_counted(browser: Browser, site: TestSite) -> None:
    now_ms = site.clock.now() * 1000
    for age_ms, outcome in ((0, "ok"), (1000, "accessexception"), (8 * 86_400_000, "ok")):
        row = {
            "time_ms": now_ms - age_ms,
            "request_id": f"r{age_ms}",
            "function": INFO,
            "outcome": outcome,
            "failed_check": "" if outcome == "ok" else "function in service",
        }
        site.session.execute(insert(calls), row)
    page = text(browser.get(f"{LIST}/{INFO}"))
    assert "2 calls, 1 error" in page
    assert "accessexception: 1" in page
    assert "function in service" in page


def test_a_function_names_the_errors_that_it_answers_with(browser: Browser) -> None:
    page = text(browser.get("/console/functions/enrol_manual_enrol_users"))
    assert "wsusercannotassign" in page
    assert "may not give this role here" in page
    assert "accessexception" in page
    assert "None of its own" in text(
        browser.get("/console/functions/core_webservice_get_site_info")
    )


def test_functions_that_need_no_log_in_are_found(browser: Browser) -> None:
    page = text(browser.get("/console/functions?open=1"))
    assert "tool_mobile_get_public_config" in page
    assert "core_group_create_groups" not in page


def test_every_service_is_there_to_filter_by(site: TestSite, browser: Browser) -> None:
    call = site.call()
    with call.transaction():
        made = [
            services.create(call, NewService(name=f"S {number}", shortname=f"s{number}"))
            for number in range(210)
        ]
    page = text(browser.get(f"/console/functions?service={made[-1].id}"))
    assert f'<option value="{made[-1].id}" selected>S 209</option>' in page
