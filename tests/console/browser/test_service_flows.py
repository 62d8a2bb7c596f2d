"""Services and functions in a real browser: the guides' steps, counted and accessible."""

import re

import pytest

from coursewire.presets import model
from tests.support.chromium import Watched, check_accessible, check_reflows
from tests.support.console_server import Served

CYCLR = next(preset for preset in model.everything() if preset.name == "cyclr")


@pytest.mark.slow
def test_twenty_three_functions_take_one_paste_and_one_click(
    owner: Watched, served: Served
) -> None:
    page = owner.page
    page.goto(f"{served.url}/console/services/new")
    page.get_by_label("Name", exact=True).fill("Pasted")
    page.get_by_role("button", name="Add service").click()
    page.get_by_label("Or paste a list").fill("; ".join([*CYCLR.functions, "core_group_get_group"]))
    page.get_by_role("button", name="Add functions").click()
    check_accessible(page)
    check_reflows(page)
    assert page.get_by_label("core_group_get_groups", exact=True).is_visible()
    page.get_by_role("button", name="Add functions").click()
    page.get_by_text(f"{len(CYCLR.functions)} functions added.").wait_for()
    check_accessible(page)
    page.get_by_label("Search for functions").fill("site info")
    page.locator("#found").get_by_label(re.compile("core_webservice_get_site_info")).check()


@pytest.mark.slow
def test_an_authorised_user_is_added_and_limited_in_place(owner: Watched, served: Served) -> None:
    page = owner.page
    page.goto(f"{served.url}/console/services/1/users")
    page.get_by_label("User", exact=True).fill("admin")
    page.get_by_role("button", name="Authorise", exact=True).click()
    page.get_by_label("IP restriction of admin").fill("not-an-ip")
    page.get_by_role("button", name="Update admin").click()
    check_accessible(page)
    check_reflows(page)
    page.get_by_label("IP restriction of admin").fill("192.0.2.1")
    page.get_by_role("button", name="Update admin").click()
    page.get_by_text("The limits of admin are changed.").wait_for()
    page.get_by_role("button", name="Remove admin").click()
    page.get_by_text("no longer authorised").wait_for()


@pytest.mark.slow
def test_each_switch_is_one_click(owner: Watched, served: Served) -> None:
    page = owner.page
    page.goto(f"{served.url}/console/web-services")
    for name in ("Enable web services", "REST"):
        for is_on in ("false", "true"):
            page.get_by_role("switch", name=name).click()
            wanted = page.locator(f'[role=switch][aria-label="{name}"][aria-checked={is_on}]')
            wanted.wait_for()
    check_accessible(page)


@pytest.mark.slow
def test_a_function_that_was_searched_for_is_opened_by_a_slow_click(
    owner: Watched, served: Served
) -> None:
    page = owner.page
    page.goto(f"{served.url}/console/functions")
    page.get_by_label("Name, description, parameter or capability").fill("site_info")
    page.get_by_text("1 function", exact=True).wait_for()
    page.get_by_role("link", name="core_webservice_get_site_info").hover()
    page.mouse.down()
    # The field of the search has lost the focus by now: that must not bring the list anew.
    page.wait_for_timeout(500)
    page.mouse.up()
    page.get_by_role("link", name="Try it").wait_for()


@pytest.mark.slow
def test_functions_are_narrowed_by_a_choice_and_by_a_tick(owner: Watched, served: Served) -> None:
    page = owner.page
    page.goto(f"{served.url}/console/functions?q=core_webservice")
    page.get_by_label("Access").select_option("write")
    page.wait_for_url("**/console/functions?*kind=write*")
    page.get_by_label("Without log-in").check()
    page.wait_for_url("**/console/functions?*open=*")


@pytest.mark.slow
def test_a_function_is_found_and_tried(owner: Watched, served: Served) -> None:
    page = owner.page
    page.goto(f"{served.url}/console/functions")
    page.get_by_label("Name, description, parameter or capability").fill("site_info")
    page.get_by_text("1 function", exact=True).wait_for()
    page.get_by_role("link", name="core_webservice_get_site_info").click()
    page.get_by_role("link", name="Try it").click()
    page.get_by_label("Token", exact=True).select_option(index=1)
    page.get_by_role("button", name="Try it").click()
    page.get_by_role("heading", name="Result").wait_for()
    check_accessible(page)
    check_reflows(page)
