"""External services in the console: lists, functions, authorised users, settings, changes."""

import pytest

from coursewire.domain import builtin_services, service_copies, services
from coursewire.domain.services import Changes, NewService
from coursewire.store import audit
from coursewire.store import services as rows
from coursewire.store.services import ServiceRecord
from tests.support import making
from tests.support.console import UNSCRIPTED_SEARCH, Browser, signed_in, text
from tests.support.sites import TestSite
from tests.support.web import Web

LIST = "/console/services"
INFO = "core_webservice_get_site_info"
CYCLR = """core_course_get_courses, core_user_create_users;
"core_group_create_groups" | core_group_get_groups
"""


@pytest.fixture
def service(site: TestSite) -> ServiceRecord:
    return services.create(site.call(), NewService(name="Partner", shortname="partner"))


def last_action(site: TestSite) -> str:
    return str(audit.records(site.session, limit=1)[0].action)


def mobile(site: TestSite) -> ServiceRecord:
    builtin_services.ensure(site.call())
    found = rows.by_shortname(site.session, "moodle_mobile_app")
    assert found is not None
    return found


def test_the_list_has_both_kinds_and_their_counts(
    browser: Browser, site: TestSite, service: ServiceRecord
) -> None:
    services.add_functions(site.call(), service.id, [INFO], lambda _: True)
    built_in = mobile(site).name
    page = text(browser.get(LIST))
    assert "External services" in page
    assert built_in in page
    assert "Partner" in page
    assert '<td data-label="Functions">1</td><td data-label="Live tokens">0</td>' in page
    assert "Partner" not in text(browser.get(f"{LIST}?q=nothing"))


def test_a_service_is_made_with_everything_that_is_wrong_said_at_once(
    browser: Browser, site: TestSite, service: ServiceRecord
) -> None:
    browser.get(f"{LIST}/new")
    wrong = {"name": service.name, "shortname": "a b", "requiredcapability": "no/such:thing"}
    answer = browser.post(f"{LIST}/new", wrong)
    assert answer.status == 422
    page = text(answer)
    assert "3 things to mend" in page
    assert 'value="a b"' in page
    right = {"name": "Other", "shortname": "other", "enabled": "1", "users": "all"}
    page = text(browser.follow(browser.post(f"{LIST}/new", right)))
    made = rows.by_shortname(site.session, "other")
    assert made is not None
    assert (made.enabled, made.restrictedusers) == (1, 0)
    assert "No functions yet" in page
    assert last_action(site) == "service.create"


def test_a_pasted_list_is_added_with_any_separators(
    browser: Browser, site: TestSite, service: ServiceRecord
) -> None:
    browser.get(f"{LIST}/{service.id}")
    answer = browser.post(f"{LIST}/{service.id}/functions/add", {"functions": CYCLR})
    assert answer.status == 303
    assert len(rows.functions(site.session, service.id)) == 4
    assert last_action(site) == "service.add_functions"


def test_unknown_names_are_listed_with_the_nearest_and_can_be_left_out(
    browser: Browser, site: TestSite, service: ServiceRecord
) -> None:
    path = f"{LIST}/{service.id}/functions/add"
    browser.get(f"{LIST}/{service.id}")
    pasted = f"{INFO} core_group_get_group no_such_thing_at_all"
    answer = browser.post(path, {"functions": pasted})
    assert answer.status == 422
    assert 'name="pick" value="core_group_get_groups"' in text(answer)
    assert "no_such_thing_at_all" in text(answer)
    assert rows.functions(site.session, service.id) == []
    kept = {"functions": pasted, "drop": "1", "pick": "core_group_get_groups"}
    assert browser.post(path, kept).status == 303
    assert rows.functions(site.session, service.id) == [INFO, "core_group_get_groups"]


def test_functions_are_found_picked_and_removed(
    browser: Browser, site: TestSite, service: ServiceRecord
) -> None:
    page = text(browser.get(f"{LIST}/{service.id}?find=create+groups"))
    assert 'name="pick" value="core_group_create_groups"' in page
    add = [("pick", INFO), ("pick", "core_group_create_groups")]
    browser.post(f"{LIST}/{service.id}/functions/add", add)
    assert len(rows.functions(site.session, service.id)) == 2
    browser.post(f"{LIST}/{service.id}/functions/remove", {"name": INFO})
    assert rows.functions(site.session, service.id) == ["core_group_create_groups"]
    assert last_action(site) == "service.remove_functions"


def test_what_was_ticked_outlasts_another_search_and_an_error(
    browser: Browser, service: ServiceRecord
) -> None:
    path, ticked = f"{LIST}/{service.id}", f'name="pick" value="{INFO}" checked'
    page = text(browser.get(f"{path}?find=create+groups&pick={INFO}&pick=no_such"))
    assert 'hx-include="#found"' in page
    assert UNSCRIPTED_SEARCH in page
    assert ticked in page.partition('id="found"')[2]
    assert 'value="core_group_create_groups">' in page
    assert "no_such" not in page
    sent = [
        ("pick", INFO),
        ("functions", "core_group_get_group"),
        ("pick", "core_group_get_groups"),
    ]
    answer = browser.post(f"{path}/functions/add", sent)
    assert answer.status == 422
    assert ticked in text(answer)
    assert text(answer).count('value="core_group_get_groups" checked') == 1


def test_everything_wrong_with_its_settings_is_said_at_once(
    browser: Browser, site: TestSite, service: ServiceRecord
) -> None:
    services.create(site.call(), NewService(name="Our capability"))
    path = f"{LIST}/{service.id}/settings"
    browser.get(path)
    wrong = {"name": "Our capability", "requiredcapability": "no/such:thing"}
    page = text(browser.post(path, wrong))
    assert "2 things to mend" in page
    assert 'id="name-error"' in page
    assert 'id="requiredcapability-error"' in page
    assert services.require(site.call(), service.id).name == "Partner"
    page = text(browser.post(path, {"name": "Our capability"}))
    assert 'id="requiredcapability-error"' not in page
    assert browser.post(path, {"name": "Partner", "users": "all"}).status == 303
    assert not services.require(site.call(), service.id).restrictedusers


def test_a_name_that_is_taken_in_the_meantime_keeps_the_form(
    browser: Browser,
    site: TestSite,
    service: ServiceRecord,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    services.create(site.call(), NewService(name="Taken"))
    path = f"{LIST}/{service.id}/settings"
    browser.get(path)
    # As if the other service got its name after the form was checked.
    monkeypatch.setattr(services, "faults_of_change", lambda *_: {})
    answer = browser.post(path, {"name": "Taken", "requiredcapability": "moodle/course:view"})
    assert answer.status == 422
    assert 'id="name-error"' in text(answer)
    assert 'value="moodle/course:view"' in text(answer)
    assert services.require(site.call(), service.id).name == "Partner"


def test_a_name_that_nobody_has_points_to_what_is_there(browser: Browser, site: TestSite) -> None:
    making.user(site, "anna")
    page = f"/console/services/{making.service(site, 'partner')}/users"
    assert "see who is like it" in text(browser.post(f"{page}/add", {"user": "ann"}))
    told = text(browser.post(f"{page}/add", {"user": "nobody here"}))
    assert "search for people below" in told
    assert "see who is like it" not in told


def test_a_user_is_authorised_changed_and_removed(
    browser: Browser, site: TestSite, service: ServiceRecord
) -> None:
    user_id = making.user(site, "anna", email="anna@example.org")
    path = f"{LIST}/{service.id}/users"
    assert "anna@example.org" in text(browser.get(f"{path}?find=anna"))
    wrong = {"user": "nobody here", "iprestriction": "banana", "validuntil": "2027-02-31"}
    answer = browser.post(f"{path}/add", wrong)
    assert answer.status == 422
    for field in ("user", "iprestriction", "validuntil"):
        assert f'href="#{field}"' in text(answer)
    given = {"user": "anna@example.org", "iprestriction": "192.0.2.0/24", "validuntil": ""}
    assert browser.post(f"{path}/add", given).status == 303
    found = rows.authorised_user(site.session, service.id, user_id)
    assert found is not None
    assert (found.iprestriction, found.validuntil) == ("192.0.2.0/24", 0)
    bad = browser.post(f"{path}/{user_id}/change", {"iprestriction": "not-an-ip"})
    assert bad.status == 422
    assert "not-an-ip" in text(bad)
    later = {"iprestriction": "", "validuntil": "2099-12-31"}
    assert browser.post(f"{path}/{user_id}/change", later).status == 303
    changed = rows.authorised_user(site.session, service.id, user_id)
    assert changed is not None
    assert changed.iprestriction == ""
    assert changed.validuntil == 4102444799
    assert last_action(site) == "service.change_authorisation"
    browser.post(f"{path}/{user_id}/remove")
    assert rows.authorised_user(site.session, service.id, user_id) is None
    assert last_action(site) == "service.deauthorise"


def test_a_built_in_service_says_what_is_fixed_and_can_be_opened_to_all(
    browser: Browser, site: TestSite
) -> None:
    built_in = mobile(site)
    page = text(browser.get(f"{LIST}/{built_in.id}/settings"))
    assert "Built in" in page
    assert "Duplicate as custom" in page
    open_to = "authorised" if not built_in.restrictedusers else "all"
    path = f"{LIST}/{built_in.id}/settings"
    assert browser.post(path, {"users": open_to, "enabled": "1"}).status == 303
    changed = mobile(site)
    assert changed.restrictedusers == int(not built_in.restrictedusers)
    assert changed.name == built_in.name
    assert last_action(site) == "service.edit"


def test_a_built_in_service_is_duplicated_as_custom(browser: Browser, site: TestSite) -> None:
    original = mobile(site)
    browser.get(f"{LIST}/{original.id}/duplicate")
    taken = browser.post(f"{LIST}/{original.id}/duplicate", {"name": original.name})
    assert taken.status == 422
    answer = browser.post(f"{LIST}/{original.id}/duplicate", {"name": "Mine", "shortname": "mine"})
    assert answer.status == 303
    copy = rows.by_shortname(site.session, "mine")
    assert copy is not None
    assert copy.component == ""
    assert rows.functions(site.session, copy.id) == rows.functions(site.session, original.id)


def test_a_service_with_live_tokens_is_deleted_only_by_name(
    browser: Browser, site: TestSite, service: ServiceRecord
) -> None:
    services.edit(site.call(), service.id, Changes(restrictedusers=False))
    making.token(site, 2, service.id)
    path = f"{LIST}/{service.id}/delete"
    assert "1 live token" in text(browser.get(path))
    assert browser.post(path).status == 422
    assert rows.get(site.session, service.id) is not None
    assert browser.post(path, {"confirmed": "Partner"}).status == 303
    assert rows.get(site.session, service.id) is None
    assert last_action(site) == "service.delete"


def test_the_changes_are_those_of_this_service_alone(
    browser: Browser, site: TestSite, service: ServiceRecord
) -> None:
    browser.get(f"{LIST}/{service.id}")
    browser.post(f"{LIST}/{service.id}/switch", {"on": "1"})
    other = service_copies.duplicate(site.call(), service.id, "Copy", "")
    page = text(browser.get(f"{LIST}/{service.id}/changes"))
    assert "service.edit" in page
    assert "Copy" not in page
    assert "service.create" in text(browser.get(f"{LIST}/{other.id}/changes"))


def test_a_viewer_sees_services_and_changes_nothing(
    served: Web, site: TestSite, service: ServiceRecord
) -> None:
    viewer = signed_in(served, right="viewer")
    page = text(viewer.get(f"{LIST}/{service.id}"))
    assert "Add functions" not in page
    assert viewer.post(f"{LIST}/{service.id}/switch", {"on": "1"}).status == 403
    found = rows.get(site.session, service.id)
    assert found is not None
    assert not found.enabled


@pytest.mark.parametrize(
    ("key", "name"), [("web-services", "Enable web services"), ("rest", "REST")]
)
def test_a_switch_is_one_click_and_recorded(
    browser: Browser, site: TestSite, key: str, name: str
) -> None:
    page = text(browser.get("/console/web-services"))
    assert name in page
    for on in (0, 1):
        answer = browser.post(f"/console/web-services/{key}", {"on": str(on)})
        assert answer.status == 303
        seen = site.load()
        assert (seen.webservices_enabled if key == "web-services" else seen.rest_enabled) is bool(
            on
        )
        assert last_action(site) == "setting.change"
    assert "Last changed" in text(browser.get("/console/web-services"))
