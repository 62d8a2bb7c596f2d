"""Presets of a site's own: listed, shown, applied and explained, or refused with line and field."""

from pathlib import Path

import pytest

from coursewire.domain import roles
from coursewire.presets import model
from coursewire.store import users
from tests.cli.conftest import Command
from tests.support.sites import TestSite

OWN = """\
name: roster
title: Roster sync
service: {shortname: roster, name: Roster sync}
role: {shortname: roster, name: Roster sync}
functions:
- core_webservice_get_site_info
- core_course_get_courses
capabilities:
- webservice/rest:use
- name: moodle/course:view
  origin: needed
  reason: Courses in which the account is not enrolled are left out without it.
  functions: [core_course_get_courses]
"""
REASON = "  reason: Courses in which the account is not enrolled are left out without it.\n"
MORE = """\
name: cyclr-plus
base: cyclr
title: Cyclr with site information
service: {shortname: cyclr_plus, name: Cyclr plus}
role: {shortname: cyclr_plus, name: Cyclr plus}
functions: [core_webservice_get_site_info]
"""


@pytest.fixture
def presets(placed: Command, tmp_path: Path) -> Path:
    """The folder of the site's own presets, with one in it."""
    del placed
    folder = tmp_path / "place" / "presets"
    folder.mkdir()
    (folder / "roster.yaml").write_text(OWN)
    return folder


def test_own_presets_are_listed_and_shown(placed: Command, presets: Path) -> None:
    (presets / "cyclr-plus.yml").write_text(MORE)
    (presets / "notes.txt").write_text("no preset")
    listed = placed("preset", "list", "--json").json
    assert [each["name"] for each in listed] == [*model.NAMES, "cyclr-plus", "roster"]
    assert "Courses in which the account" in placed("preset", "show", "roster").out
    plus = placed("preset", "show", "cyclr-plus", "--json").json
    below = model.load("cyclr")
    assert plus["functions"] == [*below.functions, "core_webservice_get_site_info"]
    assert len(plus["capabilities"]) == len(below.capabilities)
    assert plus["service"]["name"] == "Cyclr plus"


def test_one_that_cannot_be_used_does_not_hide_the_others(placed: Command, presets: Path) -> None:
    (presets / "broken.yaml").write_text("name: broken\n")
    (presets / "renamed.yaml").write_text(OWN)
    (presets / "locked.yaml").mkdir()
    done = placed("preset", "list", code=1)
    assert "roster" in done.out
    assert "broken.yaml, line 1: title is missing" in " ".join(done.err.split())
    assert "the file must be named roster.yaml" in " ".join(done.err.split())
    assert "locked.yaml" in done.err


@pytest.mark.usefixtures("presets")
def test_an_own_preset_is_put_to_work_and_issued(placed: Command, site: TestSite) -> None:
    made = placed("preset", "apply", "roster", "--json", "--turn-on").json
    assert made["service"] == "Roster sync"
    assert users.by_username(site.session, "svc-roster") is not None
    assert roles.find(site.call().session, "roster") is not None
    issued = placed("token", "issue", "--preset", "roster", "--new-user", "second", "--json").json
    assert issued["service"] == "Roster sync"
    unasked = placed.refused("preset", "apply", "roster", "--without", "a/b:c", code=2)
    assert "it asks for webservice/rest:use, moodle/course:view" in " ".join(unasked.split())


def test_a_file_may_lie_anywhere(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "integration.yaml"
    path.write_text(OWN)
    assert command("preset", "show", str(path), "--json").json["name"] == "roster"
    assert command("preset", "show", "integration.yaml", "--json").json["name"] == "roster"
    guide = command("preset", "guide", str(path), "--url", "https://moodle.example.org").out
    assert "svc-roster" in guide
    assert f"--preset {path}" in guide


def test_the_doctor_takes_a_file(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "integration.yaml"
    path.write_text(OWN.replace("core_course_get_courses", "core_course_get_course"))
    told = command.refused("doctor", "--url", "https://127.0.0.1:9", "--preset", str(path))
    assert "did you mean 'core_course_get_course" in " ".join(told.split())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("title: Roster sync\n", ""), "line 1: title is missing"),
        (("title: Roster sync", "title: 3"), "line 2, title: must be a text, but is a whole"),
        (("title:", "tilte:"), "line 2, tilte: there is no field 'tilte'; did you mean 'title'?"),
        (("name: roster", "name: cyclr"), "line 1, name: cyclr comes with Coursewire"),
        (("name: roster", "name: My roster"), "line 1, name: must be of small letters"),
        (("{shortname: roster, name: Roster sync}", "{shortname: roster}"), "name is missing"),
        (
            ("- core_course_get_courses", "- core_course_get_coarses"),
            "line 7, functions[1]: there is no function 'core_course_get_coarses'; did you mean",
        ),
        (
            ("- core_course_get_courses", "- core_webservice_get_site_info"),
            "line 7, functions[1]: core_webservice_get_site_info is listed already",
        ),
        (
            ("moodle/course:view", "moodle/course:veiw"),
            "line 10, capabilities[1]: there is no capability 'moodle/course:veiw'; did you mean",
        ),
        (
            (REASON, ""),
            "line 10, capabilities[1]: a capability that is needed beyond the guide says why",
        ),
        (
            ("- webservice/rest:use\n", ""),
            "line 8, capabilities: webservice/rest:use is missing; every call asks for it",
        ),
        (("functions: [core_course_get_courses]", "functions: [x]"), "there is no function here"),
        (
            ("functions:\n", "base: moodle\nfunctions:\n"),
            "line 5, base: there is no preset 'moodle'",
        ),
        (("capabilities:\n", "notes: once\ncapabilities:\n"), "notes: must be a list"),
        (("name: roster\n", "name: roster\n\t- x\n"), "no valid YAML"),
    ],
    ids=[
        "missing",
        "kind",
        "misspelt",
        "taken",
        "name",
        "part",
        "function",
        "twice",
        "capability",
        "reason",
        "rest",
        "inner",
        "base",
        "list",
        "yaml",
    ],
)
def test_what_does_not_fit_is_told_with_line_and_field(
    command: Command, tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    path = tmp_path / "own.yaml"
    written = OWN.replace(*change, 1)
    assert written != OWN
    path.write_text(written)
    said = " ".join(command.refused("preset", "show", str(path)).split())
    assert f"{path}, " in said
    assert told in said


def test_lines_are_those_of_the_file_where_there_is_a_base(
    command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(MORE.replace("core_webservice_get_site_info", "core_user_get_users"))
    said = " ".join(command.refused("preset", "show", str(path)).split())
    assert "line 6, functions[0]: core_user_get_users is listed already" in said


def test_functions_of_a_plugin_are_checked_where_it_is_applied(
    placed: Command, presets: Path
) -> None:
    text = OWN.replace("core_course_get_courses", "local_roster_get", 2) + "plugin: local_roster\n"
    (presets / "roster.yaml").write_text(text)
    assert "local_roster_get" in placed("preset", "show", "roster").out
    assert "install the plugin local_roster" in placed.refused("preset", "apply", "roster", "--yes")


def test_what_is_no_file_of_a_preset_is_told(command: Command, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("name = 'x'")
    told = command.refused("preset", "show", "own.toml", code=2)
    assert "its name ends in .yaml or .yml" in told
    assert "No such file" in command.refused("preset", "show", "none.yaml")
    (tmp_path / "list.yaml").write_text("- 1\n")
    assert "must consist of keys" in command.refused("preset", "show", "list.yaml")
    absent = command.refused("preset", "show", "nothing")
    assert "there is no preset 'nothing'" in absent
    assert "coursewire-data/presets" in " ".join(absent.split())
