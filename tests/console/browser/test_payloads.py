"""WEB-5 in a real browser: a site full of payloads breaks no policy and runs no script."""

from collections.abc import Iterator
from itertools import cycle
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from coursewire import app
from coursewire.console.listing import ACTIONS
from coursewire.settings import Settings
from scripts.screenshots import paths
from tests.support import payloads
from tests.support.chromium import WIDE, Watched
from tests.support.console_server import Served, console_server
from tests.support.payloads import PAYLOADS
from tests.support.sizes import NIGHT

# Runs in the page: what of a payload is alive in the document that the browser made of it.
_ALIVE = """
() => [...document.querySelectorAll("*")].flatMap((it) => [
  ...[...it.attributes].filter((a) => /^on|^style$|^srcdoc$/.test(a.name)).map((a) => a.name),
  ...(/^(IFRAME|OBJECT|EMBED|BASE|IMG|MARQUEE|VIDEO|STYLE|TEMPLATE|MATH)$/i.test(it.tagName)
    ? [it.tagName] : []),
  ...(it.tagName === "SCRIPT" && !it.src ? ["SCRIPT"] : []),
])
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A served site with a payload in every text."""
    with console_server(tmp_path_factory.mktemp("hostile")) as served:
        settings = Settings(data=str(served.folder / "coursewire-data"))
        with app.open_site(settings) as opened, opened.database.session() as session:
            payloads.fill(lambda: app.administrator_call(opened, session))
        yield served


def pages() -> Iterator[str]:
    """Every page; at night those of one thing for every payload, else for one after the other."""
    yield from sorted(set(paths()))
    numbers = cycle(range(3, 3 + len(PAYLOADS)))
    for action in ACTIONS:
        if action.method == "GET" and action.path.count("{") == 1 and "{id:int}" in action.path:
            chosen = range(3, 3 + len(PAYLOADS)) if NIGHT else [next(numbers)]
            yield from (action.path.replace("{id:int}", str(number)) for number in chosen)
    texts = PAYLOADS if NIGHT else PAYLOADS[::6]
    yield from (f"/console/audit/calls?action={quote(text, safe='')}" for text in texts)
    yield from (f"/console/tokens?q={quote(text, safe='')}" for text in texts)


@pytest.mark.slow
def test_web_5_no_payload_comes_alive_in_a_browser(browser: Browser, hostile: Served) -> None:
    context = browser.new_context(viewport=WIDE, reduced_motion="reduce")
    watched = Watched(context)
    hostile.enter(watched.page)
    for path in dict.fromkeys(pages()):
        watched.page.goto(hostile.url + path)
        assert watched.page.evaluate(_ALIVE) == [], path
        watched.check()
    context.close()
