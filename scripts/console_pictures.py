"""Take the README's two pictures of the console: issuing a token, and why one is refused."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import ViewportSize

from tests.support.chromium import chromium
from tests.support.console_server import console_server
from tests.support.served import run

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
SIZE: ViewportSize = {"width": 1180, "height": 760}
# Without this capability no call of the account gets through the protocol.
MISSING = ("role", "grant", "health_check", "webservice/rest:use", "--permission", "inherit")


def main() -> int:
    with (
        tempfile.TemporaryDirectory() as place,
        console_server(Path(place)) as served,
        chromium() as browser,
    ):
        page = browser.new_context(viewport=SIZE, reduced_motion="reduce").new_page()
        served.enter(page)
        page.goto(f"{served.url}/console/tokens/new")
        page.get_by_text("Read-only reporting", exact=True).click()
        # The summary follows what is chosen after a moment.
        page.wait_for_timeout(2500)
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=FOLDER / "issue.png")
        run(*MISSING, "--data", str(served.folder / "coursewire-data"))
        page.goto(f"{served.url}/console/tokens/1")
        page.screenshot(path=FOLDER / "token.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
