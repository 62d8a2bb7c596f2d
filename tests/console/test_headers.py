"""WEB-4, WEB-6, WEB-7: what every answer carries, where redirects lead, what files are served."""

from urllib.parse import quote

import pytest

from coursewire.console import paths
from coursewire.console.listing import ACTIONS
from coursewire.console.static_files import NAMES, StaticFiles
from tests.console.test_forms import filled
from tests.support.console import HOST, Browser, signed_in, text
from tests.support.web import Answer, Web

# Nothing here depends on the database.
pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)


def check_headers(answer: Answer, path: str) -> None:
    assert answer.header("content-security-policy") == POLICY, path
    assert answer.header("cross-origin-opener-policy") == "same-origin", path
    assert answer.header("cross-origin-resource-policy") == "same-origin", path
    assert (b"permissions-policy", b"") in answer.headers, path
    assert answer.header("x-content-type-options") == "nosniff", path
    assert answer.header("strict-transport-security") == "max-age=31536000", path
    assert answer.header("cache-control") == "no-store", path


def test_web_4_every_answer_carries_the_policy(web: Web) -> None:
    browser, nobody = signed_in(web), Browser(web)
    for action in ACTIONS:
        path = filled(action.path)
        check_headers(browser.get(path), path)
        check_headers(nobody.get(path), path)
        check_headers(browser.post(path, [("csrf", "")]), path)
    for path in ("/console", "/console/sign-in", "/console/sign-in/code", "/console/start"):
        check_headers(nobody.get(path), path)


def test_web_4_no_page_has_inline_script_or_style_or_other_hosts(web: Web) -> None:
    browser = signed_in(web)
    for action in ACTIONS:
        if action.method == "GET" and "{" not in action.path:
            page = text(browser.get(action.path))
            for bad in ("<style", " style=", " onclick=", "javascript:", "hx-on", 'src="http'):
                assert bad not in page, (action.path, bad)
            assert page.count("<script") == page.count("<script src=")


def test_web_6_files_have_names_of_their_content_and_may_be_kept(web: Web) -> None:
    nobody = Browser(web)
    files = StaticFiles()
    for name in NAMES:
        answer = nobody.get(files.path_of(name))
        assert answer.status == 200
        assert answer.header("cache-control") == "public, max-age=31536000, immutable"
        assert answer.header("content-security-policy") == POLICY
        assert nobody.get(f"/console/static/{name}").status == 404


def traversals() -> list[str]:
    """120 ways to ask for a file that is none of the pages' files."""
    steps = [
        "../",
        "..\\",
        "%2e%2e/",
        "..%2f",
        "%252e%252e%252f",
        "..%00/",
        "%c0%ae%c0%ae/",
        "..;/",
    ]
    targets = ["etc/passwd", "keys.json", "console.css", "site.sqlite3", "%00", "app.py"]
    bases = ["/console/static/", "/console/"]
    ways = [f"{base}{step * 3}{target}" for base in bases for step in steps for target in targets]
    more = [f"/console/static/{quote(target)}%00.css" for target in targets]
    absolute = [f"/console/static//{target}" for target in targets]
    encoded = [f"/console/static/%2fetc%2f{target}" for target in targets]
    doubled = [f"/console/static/console-000000000000.css/../../{target}" for target in targets]
    return [*ways, *more, *absolute, *encoded, *doubled]


def test_web_6_no_path_reaches_the_file_system(web: Web) -> None:
    assert len(traversals()) == 120
    nobody, browser = Browser(web), signed_in(web)
    for path in traversals():
        for visitor in (nobody, browser):
            answer = visitor.get(path)
            assert answer.status in (303, 404), path
            for marker in (b"root:", b"purpose", b"SQLite format", b"--accent"):
                assert marker not in answer.body, path


HOSTILE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/console/..//evil.example",
    "/console/../../evil",
    "/console/%2e%2e/evil",
    "/console/%2E%2E%2fevil",
    "/console/..%5cevil",
    "/console//evil.example",
    "/console\\evil.example",
    "/console/\\evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "/console/\nLocation: https://evil.example",
    "/console/\r\nSet-Cookie: a=b",
    "/console/\x00",
    "/console/\t",
    " /console/",
    "/console/ x",
    "/console/\u2028",
    "/console/é",
    "/evil",
    "/",
    "",
    "console/",
    "?next=x",
    "#x",
    "/console/#@evil.example",
    "http:/console/",
    "https:console/",
    "//console/",
    "/console/@evil.example:80//",
    "/console/?next=https://x\\y",
    "/console/./../x",
    "/consolex/",
    "/console/" + "a" * 3000,
]


def test_web_6_redirects_lead_to_pages_of_the_console_only(web: Web) -> None:
    assert len(HOSTILE) == 40
    browser = signed_in(web)
    for target in HOSTILE:
        assert not paths.is_ours(target) or target == "/console/", target
        answer = browser.post("/console/confirm", {"next": target})
        if "\0" in target:
            assert answer.status == 400, target
            continue
        assert answer.header("location") == "/console/", target
        shown = Browser(web).get(f"/console/sign-in?next={quote(target)}")
        assert 'name="next" value="/console/"' in text(shown), target
    assert paths.is_ours("/console/tokens?flag=unused&page=2")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        (HOST, 200),
        (HOST.upper(), 200),
        ("evil.example", 400),
        (f"{HOST}.evil.example", 400),
        (f"{HOST}:8443", 400),
        ("127.0.0.1", 400),
        ("", 400),
    ],
)
def test_web_7_only_the_configured_host_is_answered(web: Web, host: str, status: int) -> None:
    browser = Browser(web)
    browser.headers["host"] = host
    assert browser.get("/console/sign-in").status == status


def test_web_7_addresses_on_pages_come_from_the_configuration(web: Web) -> None:
    browser = signed_in(web)
    page = text(browser.get("/console/", x_forwarded_host="evil.example"))
    assert "evil.example" not in page
    assert f"https://{HOST}/webservice/rest/server.php" in page
