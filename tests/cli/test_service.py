"""Services by commands: what they hold, who may use them, and what is refused."""

import pytest

from tests.cli.conftest import Command
from tests.support import making
from tests.support.sites import TestSite

SITE_INFO = "core_webservice_get_site_info"
GROUPS = "core_group_get_groups"


def test_a_new_service_is_on_and_for_authorised_users(placed: Command) -> None:
    said = placed(
        "service", "create", "Reports", "--shortname", "reports", "--function", GROUPS
    ).out
    assert said == "Made the service 'Reports' with 1 function.\n"
    (service,) = [
        one for one in placed("service", "list", "--json").json if one["shortname"] == "reports"
    ]
    assert (service["enabled"], service["restrictedusers"], service["functions"]) == (1, 1, 1)
    assert (service["forbid_query_tokens"], service["forbid_get_writes"]) == (0, 0)
    assert "authorised users" in placed("service", "list").out


def test_a_list_counts_what_services_hold(placed: Command, site: TestSite) -> None:
    ann = making.user_with(site, "ann", "webservice/rest:use")
    service = making.service(site, "reports", SITE_INFO, GROUPS, users=[ann])
    making.token(site, ann, service, validuntil=0)
    # The command has the machine's clock, by which this one has ended.
    making.token(site, ann, service, validuntil=site.now + 60)
    (listed,) = [
        one for one in placed("service", "list", "--json").json if one["shortname"] == "reports"
    ]
    counts = {name: listed[name] for name in ("functions", "authorised_users", "tokens")}
    assert counts == {"functions": 2, "authorised_users": 1, "tokens": 1}


def test_only_what_is_named_is_edited(placed: Command) -> None:
    placed("service", "create", "Reports", "--open", "--no-query-tokens")
    placed("service", "edit", "Reports", "--required-capability", "moodle/site:config")
    shown = placed("service", "show", "Reports", "--json").json
    assert (shown["restrictedusers"], shown["forbid_query_tokens"]) == (0, 1)
    assert shown["requiredcapability"] == "moodle/site:config"
    said = placed("service", "edit", "Reports", "--authorised-only", "--name", "Reporting").out
    assert "authorised users" in said
    assert placed("service", "show", "Reporting", "--json").json["restrictedusers"] == 1


def test_functions_are_added_and_removed(placed: Command) -> None:
    placed("service", "create", "Reports")
    placed("service", "functions", "add", "Reports", GROUPS, SITE_INFO)
    said = placed(
        "service", "functions", "add", "Reports", GROUPS, "core_message_send_instant_messages"
    ).out
    assert "1 function added; 1 needed nothing" in said
    assert "core_message_send_instant_messages is not implemented yet" in said
    placed("service", "functions", "remove", "Reports", GROUPS)
    shown = placed("service", "show", "Reports", "--json").json
    assert shown["functions"] == [SITE_INFO, "core_message_send_instant_messages"]
    assert "not implemented" in placed("service", "show", "Reports").out


def test_all_unknown_functions_are_named_at_once(placed: Command) -> None:
    placed("service", "create", "Reports")
    told = placed.refused(
        "service", "functions", "add", "Reports", "core_group_get_group", "zzz", GROUPS
    )
    assert "'core_group_get_group' (but core_group_get_groups)" in told
    assert "there is no function 'zzz'" in told
    placed.refused("service", "create", "Other", "--function", "zzz")
    shown = {one["name"]: one["functions"] for one in placed("service", "list", "--json").json}
    assert "Other" not in shown
    assert shown["Reports"] == 0


def test_users_are_authorised_with_limits_and_taken_off(placed: Command, site: TestSite) -> None:
    making.user(site, "bot")
    placed("service", "create", "Reports")
    placed(
        "service",
        "authorise",
        "Reports",
        "bot",
        "--ip",
        "10.0.0.0/8",
        "--valid-until",
        "2099-01-01",
    )
    said = placed("service", "authorise", "Reports", "bot@school.example", "--ip", "").out
    assert said == "bot may use Reports, from any address, until 2099-01-01 23:59 UTC.\n"
    past = ("service", "authorise", "Reports", "bot", "--valid-until", "2020-01-01")
    assert "the end date 2020-01-01 23:59 UTC has passed" in placed.refused(*past)
    (listed,) = placed("service", "show", "Reports", "--json").json["authorised_users"]
    assert (listed["username"], listed["iprestriction"]) == ("bot", "")
    assert "2099-01-01 23:59 UTC" in placed("service", "show", "Reports").out
    placed("service", "deauthorise", "Reports", "bot")
    assert placed("service", "show", "Reports", "--json").json["authorised_users"] == []
    placed.refused("service", "deauthorise", "Reports", "bot")


def test_an_open_service_says_that_its_list_is_not_asked(placed: Command) -> None:
    placed("service", "create", "Open", "--open")
    assert "the list is not asked" in placed("service", "authorise", "Open", "admin").out
    assert "ALL USERS" in placed("service", "list").out


def test_deletion_asks_unless_told_not_to(placed: Command) -> None:
    placed("service", "create", "Reports")
    assert "--yes" in placed.refused("service", "delete", "Reports", code=2)
    placed("service", "delete", "Reports", "--yes")
    assert "Reports" not in placed("service", "list").out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show", "Report"), "there is no service 'Report'"),
        (("create", ""), "1 to 200 characters"),
        (("create", "A", "--shortname", "with space"), "cannot be asked for at log-in"),
        (("create", "A", "--required-capability", "moodle/none:such"), "no capability"),
        (("authorise", "Reports", "admin", "--ip", "banana"), "'banana'"),
    ],
)
def test_a_refusal_says_what_was_wrong(
    placed: Command, arguments: tuple[str, ...], told: str
) -> None:
    placed("service", "create", "Reports")
    assert told in placed.refused("service", *arguments)
