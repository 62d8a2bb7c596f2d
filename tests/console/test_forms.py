"""WEB-3: nothing changes unless one of our own forms was sent by POST."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from coursewire.console.listing import ACTIONS
from coursewire.console.routes import Action, acts, shows
from coursewire.domain.console_rights import RIGHTS
from coursewire.store.schema.columns import metadata
from tests.support import making
from tests.support.console import Browser, signed_in, text
from tests.support.web import Answer, Web

POSTS = [action.path for action in ACTIONS if action.method == "POST"]
OPEN = ["/console/sign-in", "/console/start", "/console/sign-in/code"]
# What a visit itself writes: that the session is in use.
_SEEN = "console_sessions"


def filled(path: str) -> str:
    """A path of a pattern, whose parts mean nothing that exists."""
    return "/".join("999999" if part.startswith("{") else part for part in path.split("/"))


def content(web: Web) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but what a look leaves behind."""
    return {
        table.name: sorted((tuple(row) for row in web.site.session.rows(select(table))), key=repr)
        for table in metadata.sorted_tables
        if table.name != _SEEN
    }


def bad_requests(browser: Browser, other: Browser, path: str) -> Iterator[tuple[str, Answer]]:
    yield "no token", browser.post(path, [("csrf", "")])
    yield "wrong token", browser.post(path, [("csrf", "x" * 32)])
    yield "token of another session", browser.post(path, [("csrf", other.csrf)])
    yield "another site", browser.post(path, sec_fetch_site="cross-site")
    yield "a neighbour site", browser.post(path, sec_fetch_site="same-site")
    yield "typed address", browser.post(path, sec_fetch_site="none")
    yield (
        "another origin",
        browser.post(path, sec_fetch_site="", origin="https://evil.example"),
    )
    yield "neither", browser.post(path, sec_fetch_site="")
    yield "plain text", browser.post(path, content_type="text/plain")
    yield "JSON", browser.post(path, content_type="application/json")


def test_web_3_every_form_is_refused_in_every_forged_way(web: Web) -> None:
    browser, other = signed_in(web), signed_in(web)
    before = content(web)
    for path in map(filled, POSTS):
        for way, answer in bad_requests(browser, other, path):
            assert answer.status in (400, 403), (path, way, answer.status)
            assert not answer.header("location"), (path, way)
    assert content(web) == before


@pytest.mark.parametrize("path", OPEN)
def test_web_3_forms_before_sign_in_come_from_here_too(web: Web, path: str) -> None:
    browser = Browser(web)
    browser.get("/console/sign-in")
    assert browser.post(path, sec_fetch_site="cross-site").status == 403
    assert browser.post(path, sec_fetch_site="", origin="https://evil.example").status == 403
    assert browser.post(path, content_type="text/plain").status == 400


def test_web_3_a_browser_that_sends_no_metadata_names_its_origin(web: Web) -> None:
    browser = signed_in(web)
    answer = browser.post(
        "/console/theme", {"theme": "dark"}, sec_fetch_site="", origin="https://moodle.example.com"
    )
    assert answer.status == 303


def test_web_3_forms_are_not_taken_from_the_address(web: Web) -> None:
    """A path that only acts answers a look with 405, and a look never changes anything."""
    browser = signed_in(web)
    before = content(web)
    looked = {action.path for action in ACTIONS if action.method == "GET"}
    for path in [*map(filled, POSTS), *map(filled, looked)]:
        status = browser.get(f"{path}?csrf={browser.csrf}&theme=dark&name=x").status
        assert status in ((200, 204, 303, 404) if path in map(filled, looked) else (404, 405)), path
    assert content(web) == before


def test_web_3_a_header_does_for_the_field(web: Web) -> None:
    browser = signed_in(web)
    refused = browser.post("/console/theme", [("csrf", ""), ("theme", "dark")])
    assert refused.status == 403
    taken = browser.post(
        "/console/theme", [("csrf", ""), ("theme", "dark")], x_csrf_token=browser.csrf
    )
    assert taken.status == 303


def test_web_3_the_token_stands_in_no_address(web: Web) -> None:
    browser = signed_in(web)
    for path in ("/console/", "/console/account"):
        page = text(browser.get(path))
        for part in page.split('href="')[1:]:
            assert browser.csrf not in part.partition('"')[0]


def test_every_page_wants_somebody_signed_in_with_its_right(web: Web) -> None:
    anna = making.user(web.site, "anna")
    viewer, nobody = signed_in(web, anna, "viewer"), Browser(web)
    for action in ACTIONS:
        path = filled(action.path)
        if action.method == "GET":
            assert nobody.get(path).header("location").startswith("/console/sign-in"), path
            allowed = viewer.get(path).status != 403
        else:
            assert nobody.post(path).header("location").startswith("/console/sign-in"), path
            if action.right == "viewer":
                continue
            allowed = viewer.post(path).status != 403
        assert allowed == (action.right == "viewer"), (action.method, path)


def test_a_route_without_a_right_does_not_start() -> None:
    view = ACTIONS[0].view
    with pytest.raises(TypeError):
        shows("/console/x", view)  # type: ignore[call-arg] # that is the point
    with pytest.raises(ValueError, match="is no right"):
        acts("/console/x", view, right="anybody")  # type: ignore[arg-type] # that is the point
    with pytest.raises(ValueError, match="begin with /console/"):
        Action(path="/webservice/x", method="GET", view=view, right="viewer")
    assert {action.right for action in ACTIONS} <= set(RIGHTS)


def test_a_body_that_is_too_large_is_refused(web: Web) -> None:
    browser = signed_in(web)
    answer = browser.post("/console/theme", {"theme": "x" * (3 * 1024 * 1024)})
    assert answer.status == 413


SEARCHED = {
    "/console/audit": "target",
    "/console/audit/calls": "request",
    "/console/courses": "q",
    "/console/explain": "token",
    "/console/tokens/new/people": "user",
    "/console/users": "q",
}


@pytest.mark.parametrize("path", SEARCHED)
def test_a_search_for_the_character_nul_is_refused(browser: Browser, path: str) -> None:
    assert browser.get(f"{path}?{SEARCHED[path]}=a").status in (200, 422)
    assert browser.get(f"{path}?{SEARCHED[path]}=a%00b").status == 400


def test_a_form_with_the_character_nul_changes_nothing(browser: Browser, served: Web) -> None:
    course = making.course(served.site, "C1")
    path = f"/console/courses/{course}/groupings"
    browser.get(path)
    before = content(served)
    for fields in ({"name": "a\0b"}, {"name": "a", "idnumber": "\0"}, {"name": "a", "\0": ""}):
        assert browser.post(path, fields).status == 400
    assert content(served) == before
    assert browser.post(path, {"name": "a"}).status == 303
