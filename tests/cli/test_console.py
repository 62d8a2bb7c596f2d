"""Who may use the console, by commands; and the links that let people in."""

import re
import shlex
from pathlib import Path

from coursewire.domain import console_links, second_factor
from coursewire.domain.site import ADMIN_ID
from coursewire.store import audit, second_factors, users
from tests.cli.conftest import Command
from tests.support import making
from tests.support.sites import TestSite

LINK = re.compile(r"^(\S+)/console/start\?link=([0-9a-f]{32})$")


def test_rights_are_granted_listed_and_taken_away(placed: Command, site: TestSite) -> None:
    making.user(site, "anna")
    assert "nobody may use the console" in placed("console", "list").out
    placed("console", "grant", "admin", "owner")
    placed("console", "grant", "anna", "viewer")
    placed("console", "grant", "anna", "operator")
    listed = placed("console", "list", "--json").json
    rights = {row["username"]: row["right"] for row in listed}
    assert rights == {"admin": "owner", "anna": "operator"}
    placed("console", "revoke", "anna")
    anna = users.by_username(site.session, "anna")
    assert anna is not None
    assert anna.console_role == ""
    recorded = [row.action for row in audit.records(site.session, limit=10)]
    assert recorded.count("console.grant") == 3
    assert recorded.count("console.revoke") == 1


def test_the_last_owner_stays(placed: Command, site: TestSite) -> None:
    making.user(site, "anna")
    placed("console", "grant", "admin", "owner")
    assert "only owner" in placed.refused("console", "revoke", "admin")
    assert "only owner" in placed.refused("console", "grant", "admin", "viewer")
    placed("console", "grant", "anna", "owner")
    placed("console", "revoke", "admin")


def test_a_link_is_printed_and_nothing_else(placed: Command, site: TestSite) -> None:
    placed("console", "grant", "admin", "owner")
    found = LINK.match(placed("console", "link").out.strip())
    assert found
    whose = console_links.whose(site.session, found[2], site.clock.now_ms() // 1000)
    assert whose is None or whose.id == ADMIN_ID


def test_an_empty_name_is_nobody_and_not_the_administrator(placed: Command, site: TestSite) -> None:
    placed("console", "grant", "admin", "owner")
    second_factors.put(site.session, ADMIN_ID, b"sealed")
    second_factors.confirm(site.session, ADMIN_ID)
    sentence = placed.refused("console", "link", "", "--no-second-factor")
    assert "there is no user ''" in sentence
    assert second_factor.is_on(site.session, ADMIN_ID)


def test_who_may_not_use_the_console_gets_no_link(placed: Command, site: TestSite) -> None:
    making.user(site, "anna")
    sentence = placed.refused("console", "link", "anna")
    assert "may not use the console" in sentence
    assert "console grant anna" in sentence


def test_a_suspended_owner_is_told_to_be_opened_again(placed: Command) -> None:
    placed("console", "grant", "admin", "owner")
    placed("user", "suspend", "admin")
    sentence = placed.refused("console", "link", "admin")
    assert "user suspend admin --lift" in sentence


def test_a_lost_device_is_forgotten_with_the_link(placed: Command, site: TestSite) -> None:
    placed("console", "grant", "admin", "owner")
    second_factors.put(site.session, ADMIN_ID, b"sealed")
    second_factors.confirm(site.session, ADMIN_ID)
    assert second_factor.is_on(site.session, ADMIN_ID)
    placed("console", "link", "admin", "--no-second-factor")
    assert not second_factor.is_on(site.session, ADMIN_ID)


def test_lines_to_copy_name_the_database_as_well(command: Command, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'elsewhere' / 'site.sqlite3'}"
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    printed = command("init", "--data", "my site", "--database", address).out
    (line,) = [line.strip() for line in printed.splitlines() if "coursewire serve" in line]
    assert line == f"coursewire serve --data 'my site' --database {address}"
    (again,) = [line for line in printed.splitlines() if line.startswith("Another one: ")]
    command(*shlex.split(again.removeprefix("Another one: coursewire ")))


def test_ops_1_a_new_site_comes_with_a_link_into_its_console(command: Command) -> None:
    """OPS-1: no known password; a secret for one use on the terminal."""
    printed = command("init", "--data", "place").out
    found = [LINK.match(line.strip()) for line in printed.splitlines()]
    assert len([one for one in found if one]) == 1
    assert "admin" in command("console", "list", "--data", "place").out
