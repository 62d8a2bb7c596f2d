"""Trying functions: the form that grows, JSON, who calls, and what is recorded."""

import json
import re
import shlex
from html import unescape

import pytest

from coursewire.console import call_lines, numbered
from coursewire.console.views import function_trial
from coursewire.store import audit, groups
from coursewire.store import tokens as token_rows
from tests.support import making
from tests.support.console import Browser, signed_in, text
from tests.support.sites import TestSite
from tests.support.web import Web

INFO = "core_webservice_get_site_info"
CREATE = "core_group_create_groups"


@pytest.fixture
def handle(site: TestSite) -> str:
    service = making.service(site, "both", INFO, CREATE, users=[2])
    making.token(site, 2, service)
    return token_rows.listed(site.session)[-1].handle


def path(name: str) -> str:
    return f"/console/functions/{name}/try"


def body(page: str) -> str:
    found = re.search(r"<pre id=\"body\" tabindex=\"0\"><code>(.*?)</code>", page, re.DOTALL)
    assert found is not None, page
    return unescape(found[1])


def test_a_read_function_is_called_by_a_handle(
    browser: Browser, site: TestSite, handle: str
) -> None:
    assert handle in text(browser.get(path(INFO)))
    page = text(browser.post(path(INFO), {"who": "token", "token": handle}))
    assert json.loads(body(page))["username"] == "admin"
    assert "status 200" in page
    tried = audit.records(site.session, action="function.try")
    assert [row.target for row in tried] == [f"function {INFO}"]
    assert token_rows.listed(site.session)[-1].lastaccess == 0


def test_lists_grow_and_shrink_without_script(browser: Browser) -> None:
    browser.get(path(CREATE))
    typed = {"count:groups": "1", "arg:groups[0][name]": "first"}
    page = text(browser.post(path(CREATE), {**typed, "add": "groups"}))
    assert 'name="arg:groups[1][name]"' in page
    assert 'name="arg:groups[0][name]" value="first"' in page
    two = {**typed, "count:groups": "2", "arg:groups[1][name]": "second"}
    page = text(browser.post(path(CREATE), {**two, "remove": "groups[0]"}))
    assert 'name="arg:groups[0][name]" value="second"' in page
    assert "groups[1]" not in page


def test_a_write_function_needs_its_switch_and_really_writes(
    browser: Browser, site: TestSite, handle: str
) -> None:
    course = making.course(site, "c1")
    browser.get(path(CREATE))
    given = {
        "who": "token",
        "token": handle,
        "count:groups": "1",
        "arg:groups[0][courseid]": str(course),
        "arg:groups[0][name]": "made",
        "arg:groups[0][description]": "",
    }
    answer = browser.post(path(CREATE), given)
    assert answer.status == 422
    assert "say that it may" in text(answer)
    assert groups.of_course(site.session, course) == []
    page = text(browser.post(path(CREATE), {**given, "write": "1"}))
    assert json.loads(body(page))[0]["name"] == "made"
    shown = unescape(page)
    assert "--data-urlencode 'groups[0][name]=made'" in shown
    assert f"moodle.{CREATE}(groups=[{{'courseid': {course}, 'name': 'made'" in shown
    assert "-d wstoken=TOKEN" in shown
    assert [each.name for each in groups.of_course(site.session, course)] == ["made"]


def test_the_form_becomes_json_and_json_is_sent(
    browser: Browser, site: TestSite, handle: str
) -> None:
    course = making.course(site, "c1")
    browser.get(path(CREATE))
    typed = {"count:groups": "1", "arg:groups[0][courseid]": str(course)}
    page = text(browser.post(path(CREATE), {**typed, "as_json": "1"}))
    assert f"&#34;courseid&#34;: {course}" in page
    document = {"groups": [{"courseid": course, "name": "raw", "description": ""}]}
    given = {"who": "token", "token": handle, "mode": "raw", "write": "1"}
    page = text(browser.post(path(CREATE), {**given, "raw": json.dumps(document)}))
    assert json.loads(body(page))[0]["name"] == "raw"
    for broken in ("{", "[1]", "[" * 5000):
        assert browser.post(path(CREATE), {**given, "raw": broken}).status == 422


def test_what_is_typed_cannot_name_another_token_or_function(browser: Browser, handle: str) -> None:
    browser.get(path(INFO))
    raw = json.dumps({"wstoken": "0" * 32, "wsfunction": CREATE})
    given = {"who": "token", "token": handle, "mode": "raw", "raw": raw}
    page = text(browser.post(path(INFO), given))
    assert json.loads(body(page))["username"] == "admin"


def test_a_refusal_names_the_check_and_leads_to_it(browser: Browser, site: TestSite) -> None:
    service = making.service(site, "one", CREATE, users=[2])
    making.token(site, 2, service)
    token = token_rows.listed(site.session)[-1]
    browser.get(path(INFO))
    page = text(browser.post(path(INFO), {"who": "token", "token": token.handle}))
    assert "accessexception" in page
    assert "function in service" in page
    assert f'href="/console/tokens/{token.id}"' in page


def test_a_user_is_explained_and_nothing_is_called(browser: Browser, site: TestSite) -> None:
    making.user(site, "anna")
    browser.get(path(CREATE))
    page = text(browser.post(path(CREATE), {"who": "user", "user": "anna"}))
    assert "refused" in page
    assert "Nothing was called." in page
    assert browser.post(path(CREATE), {"who": "user", "user": "nobody"}).status == 422


def test_an_operator_never_acts_as_an_administrator(
    served: Web, site: TestSite, handle: str
) -> None:
    operator = making.user(site, "olga")
    making.assign(site, "manager", operator)
    browser = signed_in(served, operator, "operator")
    assert handle not in text(browser.get(path(INFO)))
    answer = browser.post(path(INFO), {"who": "token", "token": handle})
    assert answer.status == 422
    assert "status 200" not in text(answer)


def test_a_viewer_tries_nothing(served: Web) -> None:
    viewer = signed_in(served, right="viewer")
    assert viewer.get(path(INFO)).status == 403
    assert viewer.post(path(INFO), {}).status == 403


def test_numbers_are_chosen_by_name(browser: Browser, site: TestSite) -> None:
    course = making.course(site, "MATH", fullname="Applied mathematics")
    making.group(site, course, "Reds")
    page = text(browser.get(path("core_group_add_group_members")))
    assert 'list="choices-group"' in page
    assert 'list="choices-user"' in page
    assert "Reds · MATH</option>" in page
    for kind, typed, words in (
        ("course", "appl", "MATH · Applied mathematics"),
        ("course", str(course), "MATH · Applied mathematics"),
        ("user", "ADM", "admin · Admin User"),
        ("group", "red", "Reds · MATH"),
        ("role", "editing", "editingteacher"),
    ):
        found = text(browser.get(f"/console/choices/{kind}?arg:x[0][id]={typed}"))
        assert f"{words}</option>" in found, (kind, typed)
    assert text(browser.get("/console/choices/course?arg:x=%25")).strip() == ""
    assert browser.get("/console/choices/secret?arg:x=1").status == 404
    # Without script the number is typed, and the page says what it is the number of.
    given = {"count:members": "1", "arg:members[0][groupid]": "1", "add": "members"}
    answer = browser.post(path("core_group_add_group_members"), given)
    assert '<p class="hint" id="hint:members[0][groupid]">Reds · MATH</p>' in text(answer)


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("courseid", "course"), ("courseids[0]", "course"), ("groups[0][id]", "group"),
        ("users[0][id]", "user"), ("categories[0][id]", "category"), ("members[0][userid]", "user"),
        ("categories[0][parent]", "category"), ("cmid", "activity"), ("groupingids[0]", "grouping"),
        ("grades[0][studentid]", "user"), ("options[ids][0]", ""), ("itemid", ""), ("limitnum", ""),
        ("assignments[0][contextid]", ""), ("id", ""), ("groupmode", ""), ("options[0][id]", ""),
    ],
)  # fmt: skip
def test_what_a_number_is_of_is_told_by_its_name(place: str, kind: str) -> None:
    assert numbered.kind_of(place) == kind


def test_lines_to_take_along_are_quoted_for_the_shell() -> None:
    curl, python = call_lines.of("https://x.example", INFO, [("a", "it's; $(x)")], {"a": "it's"})
    assert shlex.split(curl.text.replace("\\\n", " "))[-1] == "a=it's; $(x)"
    assert 'moodle.core_webservice_get_site_info(a="it\'s")' in python.text


def test_a_token_beyond_the_list_is_named_by_its_handle(
    browser: Browser, site: TestSite, handle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = making.service(site, "more", INFO, users=[2])
    making.token(site, 2, service)
    assert '<select id="token"' in text(browser.get(path(INFO)))
    monkeypatch.setattr(function_trial, "_MOST_TOKENS", 1)
    page = text(browser.get(f"{path(INFO)}?token={handle}"))
    assert f'name="token" type="text" value="{handle}" list="tokens"' in " ".join(
        re.sub(r' (spellcheck|autocapitalize|autocomplete)="\w+"', "", page).split()
    )
    page = text(browser.post(path(INFO), {"who": "token", "token": handle}))
    assert json.loads(body(page))["username"] == "admin"
