"""Groups of a course by keyboard alone and without script; its forms accessible when refused."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.browser.test_keyboard import reach
from tests.support.chromium import Watched, check_accessible, check_reflows
from tests.support.console_server import Served

COURSE = "/console/courses/2"


@pytest.mark.slow
def test_a_group_is_made_filled_and_emptied_by_keyboard_alone(
    owner: Watched, served: Served
) -> None:
    page = owner.page
    page.goto(f"{served.url}{COURSE}")
    reach(page, "Groups")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{served.url}{COURSE}/groups")
    reach(page, "", name="name")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("By keyboard")
    reach(page, "", name="find")
    page.keyboard.type("zo")
    expect(page.locator("#found")).to_contain_text("1 person found")
    reach(page, "", name="pick")
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#notices")).to_contain_text("Added to the group: 1.")
    reach(page, "Tick zoe")
    page.keyboard.press("Space")
    reach(page, "Take the ticked out")
    page.keyboard.press("Enter")
    expect(page.locator("#notices")).to_contain_text("Taken out of the group: 1.")


@pytest.mark.slow
def test_a_grouping_is_made_and_filled_without_script(browser: Browser, served: Served) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    served.enter(page)
    page.goto(f"{served.url}{COURSE}/groupings")
    page.get_by_label("Name").fill("Without script")
    page.get_by_role("button", name="Create the grouping").click()
    page.get_by_label("Red").check()
    page.get_by_role("button", name="Put the ticked in").click()
    assert page.get_by_role("link", name="Red").is_visible()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete the grouping").click()
    assert "its groups stay" in page.locator("#notices").inner_text()
    context.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "field", "value", "button"),
    [
        (f"{COURSE}/groups", "name", "Red", "Create the group"),
        (f"{COURSE}/groupings", "name", "Teams", "Create the grouping"),
        (f"{COURSE}/groups/1", "people", "nobody", "Add to the group"),
        (f"{COURSE}/groups/1/edit", "name", "Blue", "Save"),
        (f"{COURSE}/edit", "shortname", "BIO", "Save"),
        ("/console/courses/categories", "idnumber", "ART", "Create the category"),
        ("/console/courses/categories/2", "idnumber", "ART", "Save"),
        ("/console/courses/categories/2/delete", "confirm", "no", "Delete the category"),
    ],
)
def test_a_refused_form_is_accessible_and_keeps_what_was_typed(
    owner: Watched, served: Served, path: str, field: str, value: str, button: str
) -> None:
    page = owner.page
    page.goto(served.url + path)
    if field != "name" and page.locator("form[data-main] [name=name]").count():
        page.locator("form[data-main] [name=name]").fill("Another")
    page.locator(f"[name={field}]").fill(value)
    page.get_by_role("button", name=button).click()
    _is_told(page, field)
    assert page.locator(f"[name={field}]").input_value() == value
    check_accessible(page)
    check_reflows(page)


def _is_told(page: Page, field: str) -> None:
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    assert page.locator(f"[name={field}]").get_attribute("aria-invalid") == "true"
    assert page.locator(f"#{field}-error").is_visible()
