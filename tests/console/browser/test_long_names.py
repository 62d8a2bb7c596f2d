"""Lists of a site with long names: nothing runs out of sight, and no short word is broken."""

from collections.abc import Iterator

import pytest
import yaml
from playwright.sync_api import Browser, Page

from tests.support.console_server import Served, console_server

LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen"
LONG_NAME = "Nightly synchronisation of all enrolments with the information system of the faculty"
PEOPLE = [f"user{number:02}" for number in range(3)]
SITE = {
    "webservices": {"enabled": True, "protocols": ["rest"]},
    "categories": [{"name": LONG_WORD, "idnumber": "HUMANITIES"}],
    "users": [
        {
            "username": name,
            "firstname": "Ann",
            "lastname": LONG_WORD,
            "email": f"{name}.with.a.long.address@department.university.example.org",
        }
        for name in PEOPLE
    ],
    "courses": [{"shortname": "LAW", "fullname": LONG_NAME, "category": "HUMANITIES"}],
    "enrolments": [{"user": name, "course": "LAW", "role": "student"} for name in PEOPLE],
    "groups": [{"course": "LAW", "name": LONG_NAME, "members": PEOPLE}],
    # A service that is off: its tokens have three flags.
    "services": [
        {
            "shortname": "sync",
            "name": LONG_NAME,
            "enabled": False,
            "authorised_users_only": True,
            "authorised_users": [{"user": name} for name in PEOPLE],
            "functions": ["core_webservice_get_site_info"],
        }
    ],
    "tokens": [{"name": LONG_NAME, "user": name, "service": "sync"} for name in PEOPLE],
}
PATHS = (
    "tokens",
    "tokens/care",
    "tokens/1",
    "services/2/users",
    "services/2/tokens",
    "services/2/changes",
    "users/3",
    "courses/2",
    "courses/2/groups",
    "courses/2/groups/1",
    "courses/categories",
    "courses/categories/2/delete",
    "audit",
    "audit/calls",
)
NARROW, BETWEEN, WIDE = (320, 360), (800, 1024), (1280, 1366, 1600)

# What stands right of its own list, where the list itself cannot be scrolled.
_OUT_OF_SIGHT = """() => [...document.querySelectorAll(".scroll")].flatMap((list) =>
  [...list.querySelectorAll("tbody *:not(.unseen)")]
    .filter((one) => one.getBoundingClientRect().right > list.getBoundingClientRect().right + 1)
    .map((one) => one.textContent.trim()))"""
# Words of up to 12 letters, digits or dots in a cell whose letters stand on two lines.
_BROKEN = """() => [...document.querySelectorAll("tbody th, tbody td")].flatMap((cell) => {
  const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), broken = [];
  while (texts.nextNode()) {
    const node = texts.currentNode, range = document.createRange();
    if (node.parentElement.closest(".unseen, .hint, option")) continue;
    for (const word of node.data.matchAll(/(?<!\\S)[\\w…]{1,12}(?!\\S)/gu)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].map((one) => Math.round(one.top)));
      if (lines.size > 1) broken.push(word[0]);
    }
  }
  return broken;
})"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A site with long names, served by the real server."""
    folder = tmp_path_factory.mktemp("long")
    file = folder / "site.yaml"
    file.write_text(yaml.safe_dump(SITE, sort_keys=False), encoding="utf-8")
    with console_server(folder, "--site", str(file)) as found:
        yield found


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    context = browser.new_context()
    found = context.new_page()
    served.enter(found)
    found.goto(f"{served.url}/console/tokens/care/closer")
    yield found
    context.close()


def _resize(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 768})


@pytest.mark.slow
def test_long_names_push_nothing_out_of_sight(page: Page, served: Served) -> None:
    for path in PATHS:
        page.goto(f"{served.url}/console/{path}")
        for width in (*NARROW, *BETWEEN, *WIDE):
            _resize(page, width)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{path} is {wide} pixels wide on {width}"
            # Between them, a list is scrolled by itself.
            if width not in BETWEEN:
                assert page.evaluate(_OUT_OF_SIGHT) == [], f"{path} on {width}"


@pytest.mark.slow
def test_long_names_break_no_short_word_beside_them(page: Page, served: Served) -> None:
    for path in PATHS:
        page.goto(f"{served.url}/console/{path}")
        for width in (*NARROW, *WIDE):
            _resize(page, width)
            assert page.evaluate(_BROKEN) == [], f"{path} on {width}"
