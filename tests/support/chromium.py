"""The system's Chromium, driven by Playwright, watching for what a page must never do."""

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / ".venv/npm/node_modules/axe-core/axe.min.js"
WIDE: ViewportSize = {"width": 1366, "height": 768}
NARROW: ViewportSize = {"width": 375, "height": 812}
NARROWEST: ViewportSize = {"width": 320, "height": 640}
Scheme = Literal["light", "dark"]
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_LISTEN = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.__violations.push(`${event.violatedDirective}: ${event.blockedURI || event.sample}`));
"""


@contextmanager
def chromium() -> Generator[Browser]:
    """A running browser."""
    found = next((path for path in map(shutil.which, _NAMES) if path), None)
    if found is None:
        msg = "there is no Chromium; install it with: scripts/system-packages chromium"
        raise FileNotFoundError(msg)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


class Watched:
    """A page, and everything that went wrong on it."""

    def __init__(self, context: BrowserContext) -> None:
        context.add_init_script(_LISTEN)
        self.page: Page = context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        self.page.on("console", self._heard)
        self.page.on("dialog", self._asked)

    def _heard(self, message: Any) -> None:
        # A refusal that a test provokes is said by the browser too; it is no fault of the page.
        if message.type == "error" and "status of 4" not in message.text:
            self.problems.append(f"console: {message.text}")

    def _asked(self, dialog: Any) -> None:
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def check(self) -> None:
        """Fail when the page broke the policy, a script failed or a dialog opened (WEB-4, 5)."""
        self.problems += self.page.evaluate("window.__violations")
        assert self.problems == [], f"{self.page.url}: {self.problems}"


def check_accessible(page: Page, *schemes: Scheme) -> None:
    """Fail on serious and critical findings of axe-core, in both themes unless one is named."""
    if not AXE.exists():
        msg = f"{AXE} is missing; run: make .venv/.installed-npm"
        raise FileNotFoundError(msg)
    for scheme in schemes or ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.evaluate(AXE.read_text())
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        bad = [
            f"{one['id']} ({one['impact']}): {node['html'][:160]} {node['failureSummary'][:200]}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]
        assert bad == [], f"{page.url} in {scheme}:\n" + "\n".join(bad)


def check_reflows(page: Page) -> None:
    """Fail when a page 320 pixels wide must be scrolled sideways (WCAG 1.4.10)."""
    before = page.viewport_size or WIDE
    page.set_viewport_size(NARROWEST)
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(before)
    assert wide <= NARROWEST["width"], f"{page.url} is {wide} pixels wide"
