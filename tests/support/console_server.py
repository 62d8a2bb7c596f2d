"""A demo site served by `coursewire up`, with the link into its console."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from tests.support.running import Up, up
from tests.support.served import run


class Served:
    """A running demo site."""

    def __init__(self, running: Up, folder: Path) -> None:
        self.running = running
        self.folder = folder
        self.url = f"http://127.0.0.1:{running.port}"

    def link(self) -> str:
        """A new link for its administrator, as an operator asks for one."""
        printed = run("console", "link", "--data", str(self.folder / "coursewire-data"))
        found = re.search(r"link=([0-9a-f]{32})", printed)
        assert found, printed
        return f"{self.url}/console/start?link={found[1]}"

    def enter(self, page: Page) -> None:
        """Sign in as the administrator."""
        page.goto(self.link())
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{self.url}/console/")


@contextmanager
def console_server(folder: Path, *options: str) -> Generator[Served]:
    """A demo site for the length of a with-block."""
    with up(folder, *options) as running:
        yield Served(running, folder)
