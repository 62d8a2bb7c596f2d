"""WEB-5: stored text is data, on every page, in every error, confirmation and export."""

import csv
import os
import re
from collections.abc import Iterator
from io import StringIO
from itertools import cycle, islice
from pathlib import Path

import pytest

from coursewire.console.listing import ACTIONS
from scripts.screenshots import paths
from tests.conftest import STATE
from tests.support import payloads
from tests.support.console import Browser, signed_in, text
from tests.support.payloads import LONG, MARK, PAYLOADS, Alive, check_inert
from tests.support.sites import fresh_address, opened
from tests.support.sizes import size
from tests.support.web import Answer, Web, web

# Pages of one thing are looked at for so many things, each with another payload.
EACH = size(2, len(PAYLOADS))
_FIELD = re.compile(r'<(?:input|textarea)[^>]*\bname="([^"]+)"')
_FORM = re.compile(r'<form[^>]*method="post"[^>]*action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
# What would end the session or change whose it is.
_NOT_SENT = ("/console/sign-out", "/console/account/sessions", "/console/account/password")
# Fields that say what is done, not what is stored.
_FIXED = frozenset({"csrf", "kind", "format", "area"})


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A site full of payloads; the tests of this module share it."""
    folder = tmp_path_factory.mktemp("payloads")
    with (
        fresh_address(folder, Path(os.environ[STATE]), None) as address,
        opened(address, folder) as site,
        web(site) as found,
    ):
        payloads.fill(site.call)
        yield found


@pytest.fixture
def browser(full: Web) -> Browser:
    """The administrator's."""
    return signed_in(full)


def pages() -> Iterator[str]:
    """Every page; those of one thing for several things."""
    for action in ACTIONS:
        if action.method == "GET" and action.path.count("{id:int}") == action.path.count("{"):
            numbers = range(2, 2 + EACH) if "{" in action.path else [1]
            for number in numbers:
                yield action.path.replace("{id:int}", str(number))
    yield from paths()
    yield from (f"/console/audit?page={number}&before={number * 40}" for number in range(1, 12))
    yield from ("/console/audit/calls?before=30", "/console/tokens?page=2")


def check(answer: Answer, where: str) -> None:
    """A page is inert; anything else is never shown as one."""
    if answer.header("content-type").startswith("text/html"):
        check_inert(text(answer), where)
    elif answer.body:
        assert answer.header("content-disposition").startswith("attachment"), where
        assert answer.header("x-content-type-options") == "nosniff", where


def test_the_inspector_finds_what_is_alive() -> None:
    found = 0
    for payload in PAYLOADS:
        alive = Alive()
        alive.feed(f'<p title="{payload}">{payload}</p>')
        alive.close()
        found += bool(alive.found)
    assert len(PAYLOADS) == 60
    assert found >= 38


def test_web_5_every_page_shows_stored_text_inert(browser: Browser) -> None:
    marked = 0
    for path in dict.fromkeys(pages()):
        answer = browser.get(path)
        marked += MARK in text(answer)
        check(answer, path)
    # The texts really are there to be seen.
    assert marked >= 10


def test_web_5_errors_and_confirmations_show_what_was_typed_inert(browser: Browser) -> None:
    """Each form is sent with payloads in all its fields, spread so that each one is used."""
    texts = cycle(PAYLOADS)
    sent = 0
    for path in dict.fromkeys(pages()):
        for action, inside in _FORM.findall(text(browser.get(path))):
            if action.startswith(_NOT_SENT):
                continue
            names = [name for name in _FIELD.findall(inside) if name not in _FIXED]
            for _ in range(size(1, 10)):
                fields = dict(zip(names, islice(texts, len(names)), strict=True))
                check(browser.post(action, fields), f"POST {action}")
                sent += 1
    assert sent >= 20


def test_web_5_filters_show_what_was_asked_inert(browser: Browser) -> None:
    names = ("q", "actor", "action", "target", "since", "flag", "error", "course", "area", "sort")
    texts = cycle(PAYLOADS)
    for path in dict.fromkeys(pages()):
        if "?" in path:
            continue
        for _ in range(size(1, 6)):
            query = "&".join(f"{name}={_quoted(next(texts))}" for name in names)
            check(browser.get(f"{path}?{query}"), path)


def test_web_5_a_text_of_a_mebibyte_is_inert(browser: Browser) -> None:
    answer = browser.post("/console/explain", {"error": LONG})
    check_inert(text(answer), "explain")
    assert len(answer.body) < 150_000
    answer = browser.post("/console/settings", {"area": "The site", "timezone": LONG})
    check_inert(text(answer), "settings")


def test_web_5_exports_start_no_formula_and_are_not_shown_as_pages(browser: Browser) -> None:
    for kind in ("changes", "calls"):
        for form in ("csv", "ndjson"):
            answer = browser.post("/console/audit/export", {"kind": kind, "format": form})
            assert MARK.encode() in answer.body
            assert "html" not in answer.header("content-type")
            assert answer.header("content-disposition").startswith("attachment")
            assert answer.header("x-content-type-options") == "nosniff"


def test_web_5_lists_that_are_taken_along_start_no_formula(browser: Browser) -> None:
    texts = cycle(PAYLOADS)
    files = [action.path for action in ACTIONS if action.path.endswith("/csv")]
    assert len(files) == 11
    for file in files:
        path = file.replace("{id:int}", "2").replace("{group:int}", "1")
        answer = browser.post(path)
        check(answer, path)
        started = {cell[:1] for row in csv.reader(StringIO(text(answer))) for cell in row}
        assert "plugins" in path or not started & set("=+-@\t"), path
        for _ in range(size(1, 6)):
            query = "&".join(f"{name}={_quoted(next(texts))}" for name in ("q", "state", "sort"))
            check(browser.post(f"{path}?{query}"), path)


def _quoted(value: str) -> str:
    return "".join(f"%{byte:02X}" for byte in value.encode())
