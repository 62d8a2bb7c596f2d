"""`coursewire preset`: seen, put to work here, and explained for a site that runs Moodle."""

from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from coursewire.domain import roles, services, tokens
from coursewire.presets import model
from coursewire.presets.guide import steps
from coursewire.store import tokens as token_rows
from coursewire.store import users
from tests.cli.conftest import Command
from tests.support.sites import TestSite
from tests.support.web import web

MOODLE = "https://moodle.example.org/lms"


def test_presets_are_listed_and_shown_with_their_reasons(command: Command) -> None:
    assert set(model.NAMES) <= {
        line.split()[0] for line in command("preset", "list").out.splitlines()
    }
    assert [each["name"] for each in command("preset", "list", "--json").json] == list(model.NAMES)
    shown = command("preset", "show", "cyclr").out
    assert "23 functions" in shown
    assert "needed in practice" in shown
    assert "Enrolling gives a role" in shown
    assert command("preset", "show", "cyclr-2026", "--json").json["version"] == 1
    assert "there is no preset" in command.refused("preset", "show", "nothing")


def test_a_preset_is_put_to_work_once(placed: Command, site: TestSite) -> None:
    planned = placed("preset", "apply", "cyclr", "--plan")
    assert "+ role cyclr with" in planned.err
    assert "+ token for svc-cyclr" in planned.err
    assert users.by_username(site.session, "svc-cyclr") is None
    assert roles.find(site.session, "cyclr") is None

    made = placed("preset", "apply", "cyclr", "--yes", "--turn-on")
    assert "+ web services and REST on" in made.err
    token = next(line.strip() for line in made.out.splitlines() if line.startswith("  "))
    with web(site) as served:
        assert served.call("core_course_get_courses", token).json[0]["id"] == 1

    again = placed("preset", "apply", "cyclr", "--yes")
    assert "has a live token" in again.err
    assert "Everything else is there already." in again.err
    assert again.out == ""
    assert len(token_rows.listed(site.session)) == 1


def test_a_disabled_token_is_told_and_not_replaced(placed: Command, site: TestSite) -> None:
    placed("preset", "apply", "health-check", "--yes")
    (token,) = token_rows.listed(site.session)
    tokens.disable(site.call(), token.id)
    again = placed("preset", "apply", "health-check", "--yes")
    assert f"svc-health-check has a disabled token, {token.handle}" in again.err
    assert again.out == ""
    placed("preset", "apply", "health-check", "--yes", "--new-token")
    assert "has a live token" in placed("preset", "apply", "health-check", "--yes").err


def test_what_was_taken_away_comes_back(placed: Command, site: TestSite) -> None:
    placed("preset", "apply", "cyclr", "--yes")
    call = site.call()
    role = roles.find(call.session, "cyclr")
    assert role is not None
    with call.transaction():
        roles.grant(call, role.id, {"moodle/role:assign": 0}, call.site.system)
        services.remove_functions(call, services.named(call, "cyclr").id, ["core_user_get_users"])
    plan = placed("preset", "apply", "cyclr", "--plan", "--json").json
    wanted = [
        "role cyclr may now: moodle/role:assign",
        "service Cyclr now holds: core_user_get_users",
    ]
    assert plan == {"user": "svc-cyclr", "changes": wanted, "issues_token": False}
    done = placed("preset", "apply", "cyclr", "--json").json
    assert done == {"user": "svc-cyclr", "changes": wanted, "token": None}
    assert placed("preset", "apply", "cyclr", "--plan", "--json").json["changes"] == []


def test_an_existing_user_a_second_token_and_less_rights(placed: Command, site: TestSite) -> None:
    first = placed("preset", "apply", "health-check", "--user", "probe", "--json").json
    second = placed("preset", "apply", "health-check", "--user", "probe", "--new-token",
                    "--ip", "10.0.0.0/8", "--valid-until", "never", "--json").json  # fmt: skip
    assert first["token"] != second["token"]
    assert second["validuntil"] == 0
    user = users.by_username(site.session, "probe")
    assert user is not None
    assert len(token_rows.listed(site.session, user_id=user.id)) == 2
    less = ("preset", "apply", "cyclr", "--without", "moodle/role:assign")
    placed(*less, "--yes")
    role = roles.find(site.session, "cyclr")
    assert role is not None
    told = placed("preset", "apply", "cyclr", "--plan").err
    assert "+ role cyclr may now: moodle/role:assign" in told
    unknown = placed.refused("preset", "apply", "cyclr", "--without", "a/b:c", code=2)
    assert "does not ask for a/b:c" in unknown


def test_a_token_of_an_administrator_is_warned_of(placed: Command) -> None:
    made = placed("preset", "apply", "health-check", "--user", "admin", "--json").json
    assert [told for told in made["warnings"] if "admin is an administrator" in told]
    assert "administrator" not in placed("preset", "apply", "health-check", "--yes").err


def test_a_preset_of_a_plugin_that_is_not_here_is_refused(placed: Command) -> None:
    assert "install the plugin mod_percipio and enable it" in placed.refused(
        "preset", "apply", "percipio", "--yes"
    )


def test_nobody_is_asked_where_nobody_is(placed: Command) -> None:
    assert "say --yes" in placed("preset", "apply", "cyclr", code=2).err
    assert "svc-cyclr" not in placed("user", "list").out


@pytest.mark.parametrize("name", model.NAMES)
def test_the_guide_leads_to_the_pages_of_the_site(command: Command, name: str) -> None:
    preset = model.load(name)
    done = command("preset", "guide", name, "--url", f"{MOODLE}/webservice/rest/server.php")
    for each in (*preset.functions, *(it.name for it in preset.capabilities)):
        assert f"     {each}\n" in done.out
    found = command("preset", "guide", name, "--url", MOODLE, "--json").json
    assert all(step["link"].startswith(f"{MOODLE}/") for step in found)
    assert f"coursewire doctor --url {MOODLE} --preset {name}" in done.out
    titles = [step["title"] for step in found]
    assert any("Authorise" in title for title in titles) == preset.service.restricted
    assert any("plugin" in title for title in titles) == bool(preset.plugin)


@pytest.mark.parametrize("name", model.NAMES)
def test_the_role_is_written_as_moodle_exports_one(
    command: Command, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "role.xml"
    guide = ("preset", "guide", name, "--url", MOODLE, "--role-file", str(file))
    assert f"choose the file {file}" in command(*guide).out
    assert file.read_bytes().startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<role>\n")
    role, preset = Xml.fromstring(file.read_bytes()), model.load(name)  # noqa: S314 - our own
    assert [part.tag for part in role] == [
        "shortname", "name", "description", "archetype", "contextlevels", "allowassign",
        "allowoverride", "allowswitch", "permissions",
    ]  # fmt: skip
    assert role.findtext("shortname") == preset.role.shortname
    assert role.findtext("archetype") == ""
    assert [level.text for level in role.iterfind("contextlevels/level")] == ["system"]
    gives = [each.text for each in role.iterfind("allowassign/shortname")]
    assert tuple(gives) == preset.may_assign
    allowed = {each.text for each in role.iterfind("permissions/allow")}
    assert allowed == {each.name for each in preset.capabilities}
    assert "exists already" in command.refused(*guide)
    command(*guide, "--force")


def test_an_address_that_is_none_is_told(command: Command) -> None:
    told = command.refused("preset", "guide", "cyclr", "--url", "ftp://x", code=2)
    assert "is not the address of a site" in told


def test_without_a_file_the_role_is_explained_by_hand() -> None:
    role = next(it for it in steps(model.load("cyclr"), MOODLE, "svc") if "role" in it.title)
    assert any("choose student, teacher" in line for line in role.todo)
