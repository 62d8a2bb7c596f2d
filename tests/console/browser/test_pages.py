"""Every page in a real browser: accessible, inside the policy, small, and readable when narrow."""

import pytest
from playwright.sync_api import Browser, Response

from scripts.screenshots import paths
from tests.support.chromium import Watched, check_accessible, check_reflows
from tests.support.console_server import Served

PAGES = sorted(set(paths()))
OPEN = ("/console/sign-in", "/console/start?link=0")
HEAVIEST = 150_000
MOST_REQUESTS = 6


@pytest.mark.slow
def test_every_page_is_light_accessible_in_both_themes_and_narrow(
    owner: Watched, served: Served
) -> None:
    sizes: list[int] = []

    def weigh(answer: Response) -> None:
        sizes.append(len(answer.body()))

    owner.page.on("response", weigh)
    for path in PAGES:
        sizes.clear()
        owner.page.goto(served.url + path)
        # What a page fetches after it was shown comes in meanwhile.
        check_accessible(owner.page)
        check_reflows(owner.page)
        owner.page.wait_for_load_state("networkidle")
        owner.check()
        assert len(sizes) <= MOST_REQUESTS, path
        assert sum(sizes) <= HEAVIEST, path


@pytest.mark.slow
def test_pages_before_sign_in_are_accessible_too(stranger: Watched, served: Served) -> None:
    for path in (*OPEN, served.link().removeprefix(served.url)):
        stranger.page.goto(served.url + path)
        check_accessible(stranger.page)
        check_reflows(stranger.page)
        stranger.check()


@pytest.mark.slow
def test_the_palette_finds_pages_by_keyboard(owner: Watched, served: Served) -> None:
    page = owner.page
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Find a page").fill("second factor")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{served.url}/console/account")


@pytest.mark.slow
def test_the_menu_of_a_narrow_screen_opens_and_leads_on(owner: Watched, served: Served) -> None:
    page = owner.page
    page.set_viewport_size({"width": 375, "height": 812})
    page.goto(f"{served.url}/console/")
    assert not page.get_by_role("navigation", name="Main").is_visible()
    page.get_by_role("button", name="Menu").click()
    check_accessible(page)
    page.get_by_role("link", name="Account", exact=True).click()
    page.wait_for_url(f"{served.url}/console/account")
    assert page.get_by_role("heading", level=1).inner_text() == "Account"


@pytest.mark.slow
def test_everything_works_without_script(browser: Browser, served: Served) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    served.enter(page)
    page.get_by_role("link", name="Account", exact=True).click()
    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Use these colours").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{served.url}/console/sign-in")
    context.close()
