"""The three flows of the guides by keyboard alone: no click, and the focus always somewhere."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.chromium import Watched
from tests.support.console_server import Served

_TOKEN = re.compile(r"[0-9a-f]{32}")
_MOST_TABS = 120
_FOCUSED = """
() => {
  const it = document.activeElement;
  const words = [it.textContent, it.getAttribute("aria-label"),
    ...[...(it.labels || [])].map((label) => label.textContent)].join(" ");
  return {words: words.replace(/\\s+/g, " ").trim(), name: it.getAttribute("name") || "",
    value: it.getAttribute("value") || "", box: it.getBoundingClientRect().width};
}
"""


def reach(page: Page, words: str, *, name: str = "") -> None:
    """Press Tab until something of these words, or a field of that name, has the focus."""
    for _ in range(_MOST_TABS):
        page.keyboard.press("Tab")
        found = page.evaluate(_FOCUSED)
        if (name and found["name"] == name) or (words and words in found["words"]):
            return
    raise AssertionError(f"Tab does not reach {words or name!r} on {page.url}")


def choose(page: Page, name: str, value: str) -> None:
    """Come to a group of choices by Tab, and to one of them by the arrows."""
    reach(page, "", name=name)
    for _ in range(20):
        if page.evaluate(_FOCUSED)["value"] == value:
            page.keyboard.press("Space")
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrows do not reach {value} of {name}")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("preset", "username", "address"),
    [
        ("health-check", "key-monitor", ""),
        ("cyclr", "key-cyclr", ""),
        ("read-only", "key-report", "127.0.0.0/8"),
    ],
)
def test_a_token_is_issued_by_keyboard_alone(
    owner: Watched, served: Served, preset: str, username: str, address: str
) -> None:
    page = owner.page
    page.goto(f"{served.url}/console/")
    reach(page, "Issue a token")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{served.url}/console/tokens/new")
    choose(page, "what", preset)
    reach(page, "", name="new_user")
    page.keyboard.press("Control+A")
    page.keyboard.type(username)
    if address:
        reach(page, "", name="iprestriction")
        page.keyboard.type(address)
    choose(page, "end", "365")
    page.keyboard.press("Control+Enter")
    token = page.locator("#token")
    expect(token).to_be_visible()
    assert _TOKEN.fullmatch(token.input_value())


@pytest.mark.slow
def test_the_content_is_one_key_away(owner: Watched, served: Served) -> None:
    page = owner.page
    page.goto(f"{served.url}/console/audit")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.slow
def test_what_is_wrong_gets_the_focus_without_a_new_page(owner: Watched, served: Served) -> None:
    page = owner.page
    page.goto(f"{served.url}/console/tokens/new")
    reach(page, "", name="iprestriction")
    page.keyboard.type("nonsense")
    page.keyboard.press("Control+Enter")
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_be_in_viewport()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#iprestriction")).to_be_focused()


@pytest.mark.slow
def test_a_dialog_begins_with_the_way_out_and_gives_the_focus_back(
    owner: Watched, served: Served
) -> None:
    page = owner.page
    page.goto(f"{served.url}/console/tokens/1")
    reach(page, "Revoke")
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    cancel, revoke = (dialog.get_by_role("button", name=name) for name in ("Cancel", "Revoke"))
    expect(cancel).to_be_focused()
    left, right = cancel.bounding_box(), revoke.bounding_box()
    assert left
    assert right
    assert left["x"] < right["x"]
    page.keyboard.press("Tab")
    expect(revoke).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Revoke")).to_be_focused()
