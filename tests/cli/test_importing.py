"""`coursewire import moodle`: what the token sees comes over, what it does not is told."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from coursewire.domain import group_members, grouping_groups
from coursewire.sitefile.export import export
from coursewire.store import audit as store
from coursewire.store import courses
from tests.cli.conftest import Command
from tests.support import making
from tests.support.listening import listening
from tests.support.served import free_port
from tests.support.sitefiles import apply
from tests.support.sites import TestSite
from tests.support.web import Web

COMPARED = ("categories", "users", "courses", "enrolments", "groups", "groupings", "cohorts")
# What no web service tells.
UNSEEN = {
    "default",
    "role",
    "password_hash",
    "timestart",
    "timeend",
    "maildisplay",
    "manual_enrolment",
    "auth",
}


@pytest.fixture
def moodle(web: Web, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a school to move in from; its token is in the environment."""
    school(web.site)
    monkeypatch.setenv("COURSEWIRE_TOKEN", web.token())
    # What is imported goes into a site of its own, not into the one that it comes from.
    monkeypatch.delenv("COURSEWIRE_DATA")
    monkeypatch.delenv("COURSEWIRE_DATABASE")
    with listening(web.server) as port:
        yield f"http://127.0.0.1:{port}"


def school(site: TestSite) -> None:
    """Some of everything that can be seen through web services."""
    science = making.category(site, "Science", idnumber="SCI")
    deep = making.category(site, "Chemistry", science)
    people = [
        making.user(site, name, city="Bern", idnumber=f"n-{name}") for name in ("ann", "ben", "cat")
    ]
    making.user(site, "idle", suspended=1)
    maths = making.course(site, "MATH", category=science, fullname="Maths & more")
    making.course(site, "CHEM", category=deep, visible=0, groupmode=1)
    making.role(site, "helper")
    for person in people:
        making.enrol(site, person, maths)
    making.assign(site, "helper", people[0], making.course_context(site, maths))
    red = making.group(site, maths, "red", idnumber="R")
    making.group(site, maths, "blue")
    group_members.add(site.call(), [(red, person) for person in people[:2]])
    colours = making.grouping(site, maths, "colours")
    grouping_groups.assign(site.call(), [(colours, red)])


def sections(text: str) -> dict[str, Any]:
    """The compared sections, without what cannot be seen and without what every site has."""
    found = yaml.safe_load(text)
    return {
        name: sorted(
            (
                {key: value for key, value in entry.items() if key not in UNSEEN}
                for entry in found.get(name, [])
                if entry.get("username") not in ("admin", "guest")
                and entry.get("name") != "Category 1"
            ),
            key=repr,
        )
        for name in COMPARED
    }


def test_the_site_file_says_what_the_source_says(
    command: Command, moodle: str, web: Web, tmp_path: Path
) -> None:
    done = command("import", "moodle", "--url", moodle, "--out", "site.yaml", "--rate", "1000")
    text = (tmp_path / "site.yaml").read_text("utf-8")
    expected = sections(export(web.site.session).text)
    assert sections(text) == expected
    found = yaml.safe_load(text)
    held = [*found["enrolments"], *found["role_assignments"]]
    assert {(one["user"], one["role"]) for one in held} == {
        ("ann", "student"),
        ("ann", "helper"),
        ("ben", "student"),
        ("cat", "student"),
    }
    assert "passwords" in done.out
    assert not (tmp_path / "site.yaml.journal").exists()


def test_a_site_is_filled_and_the_second_time_nothing_changes(
    command: Command, moodle: str
) -> None:
    arguments = ("import", "moodle", "--url", moodle, "--rate", "1000", "--yes", "--data", "new")
    first = command(*arguments, "--json").json
    assert first["imported"]["users"] == 5  # the administrator's account as well
    assert first["imported"]["groups"] == 2
    assert "Nothing to change" in command(*arguments).out


def test_what_no_web_service_tells_stays_as_it_was_made_here(
    command: Command, moodle: str, web: Web, tmp_path: Path
) -> None:
    apply(
        web.site,
        """
profile_fields: [{shortname: house, name: House}]
users:
- {username: ann, firstname: Ann, lastname: Person, email: ann@school.example, city: Bern,
   idnumber: n-ann, custom: {house: Red}}
cohorts: [{idnumber: ELM, name: Elms}]
""",
    )
    arguments = ("import", "moodle", "--url", moodle, "--rate", "1000", "--yes", "--data", "new")
    command(*arguments)
    (tmp_path / "more.yaml").write_text(
        """
profile_fields: [{shortname: house, name: House, visible: 0}]
categories: [{idnumber: SCI, name: Science}]
users:
- {username: ann, firstname: Ann, lastname: Person, email: ann@school.example, city: Bern,
   idnumber: n-ann, middlename: Maria, maildisplay: 0, phone1: "077", description: <p>A</p>}
enrolments: [{user: ann, course: MATH, role: student, timeend: 1900000000}]
cohorts: [{idnumber: ELM, name: Elms, category: SCI}]
"""
    )
    command("apply", "more.yaml", "--yes", "--data", "new")
    assert "Nothing to change" in command(*arguments).out


def test_an_address_that_was_made_up_takes_no_real_ones_place(
    command: Command, moodle: str, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("import", "moodle", "--url", moodle, "--rate", "1000", "--yes", "--data", "new")
    command(*arguments)
    allowed = (
        "core_webservice_get_site_info",
        "core_course_get_courses_by_field",
        "core_enrol_get_enrolled_users",
        "core_user_get_users_by_field",
    )
    rights = (
        "webservice/rest:use",
        "moodle/course:view",
        "moodle/course:viewparticipants",
        "moodle/user:viewdetails",
        "moodle/user:viewalldetails",
        "moodle/user:update",
    )
    bot = making.user_with(web.site, "bot", *rights)
    service = making.service(web.site, "few", *allowed, users=[bot])
    monkeypatch.setenv("COURSEWIRE_TOKEN", making.token(web.site, bot, service))
    again = command(*arguments).out
    assert "made-up ones stand in their place" in again
    assert "ann@school.example" in command("export", "--data", "new").out


FEW = (
    "core_webservice_get_site_info",
    "core_course_get_courses",
    "core_user_get_users",
    "core_user_get_users_by_field",
)
LOOKING = ("course:view", "course:viewhiddencourses", "user:viewdetails", "user:viewalldetails")


def test_what_a_token_that_sees_less_is_not_told_stays_as_it_is_here(
    command: Command, moodle: str, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = web.site
    making.course(
        site, "LAB", visible=0, groupmode=2, idnumber="L", showgrades=0, maxbytes=4096, lang="en"
    )
    making.user(site, "dora", country="CH", suspended=1)
    rights = (f"moodle/{right}" for right in (*LOOKING, "site:viewuseridentity"))
    bot = making.user_with(site, "bot", "webservice/rest:use", *rights)
    arguments = ("import", "moodle", "--url", moodle, "--rate", "1000", "--yes", "--data", "new")
    command(*arguments)
    making.setting(site, "hiddenuserfields", ("country", "suspended"))
    service = making.service(site, "few", *FEW, users=[bot])
    monkeypatch.setenv("COURSEWIRE_TOKEN", making.token(site, bot, service))
    told = " ".join(command(*arguments).out.split())
    assert "Nothing to change" in told
    assert "settings of courses" in told
    assert "which accounts are suspended" in told


def test_an_enrolment_whose_suspension_is_not_told_stays_suspended(
    command: Command, moodle: str, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = web.site
    maths = next(each for each in courses.every(site.session).values() if each.shortname == "MATH")
    making.enrol(site, making.user(site, "dora"), maths.id, status=1)
    arguments = ("import", "moodle", "--url", moodle, "--rate", "1000", "--yes", "--data", "new")
    command(*arguments)
    people = (*LOOKING, "course:update", "course:viewparticipants", "site:viewuseridentity")
    bot = making.user_with(
        site, "bot", "webservice/rest:use", *(f"moodle/{right}" for right in people)
    )
    service = making.service(site, "few", *FEW, "core_enrol_get_enrolled_users", users=[bot])
    monkeypatch.setenv("COURSEWIRE_TOKEN", making.token(site, bot, service))
    told = command(*arguments).out
    assert "which enrolments are suspended" in told
    assert "dora" not in told


def test_a_course_that_is_shown_again_is_shown_here_too(
    command: Command, moodle: str, web: Web
) -> None:
    arguments = ("import", "moodle", "--url", moodle, "--rate", "1000", "--yes", "--data", "new")
    command(*arguments)
    call = web.site.call()
    [chemistry] = [
        each for each in courses.every(call.session).values() if each.shortname == "CHEM"
    ]
    courses.change(call.session, chemistry.id, {"visible": 1, "groupmode": 0})
    assert "visible" in command(*arguments).out
    assert "Nothing to change" in command(*arguments).out


def test_aud_1_what_was_copied_is_recorded(command: Command, moodle: str) -> None:
    command("import", "moodle", "--url", moodle, "--rate", "1000", "--yes", "--data", "new")
    told = command("audit", "list", "--data", "new", "--json").json
    assert "site_file.apply" in [row["action"] for row in told]


def test_categories_of_one_name_are_told_apart(
    command: Command, moodle: str, web: Web, tmp_path: Path
) -> None:
    top = making.category(web.site, "Twice")
    second = making.category(web.site, "Twice")
    command("import", "moodle", "--url", moodle, "--out", "site.yaml")
    found = yaml.safe_load((tmp_path / "site.yaml").read_text("utf-8"))["categories"]
    twice = [entry for entry in found if entry["name"] == "Twice"]
    assert top < second
    assert twice == [{"name": "Twice"}, {"idnumber": f"category-{second}", "name": "Twice"}]


def test_no_file_is_written_over_unasked(
    command: Command, moodle: str, web: Web, tmp_path: Path
) -> None:
    (tmp_path / "site.yaml").write_text("mine")
    arguments = ("import", "moodle", "--url", moodle, "--out", "site.yaml", "--rate", "1000")
    said = command.refused(*arguments)
    assert "site.yaml exists already" in said
    assert "--force" in said
    assert (tmp_path / "site.yaml").read_text() == "mine"
    assert store.recorded_calls(web.site.session) == []
    command(*arguments, "--force")
    assert "users:" in (tmp_path / "site.yaml").read_text()


def test_where_from_and_where_to_are_asked_first(command: Command, tmp_path: Path) -> None:
    told = command.refused("import", "moodle", "--out", "site.yaml", code=2)
    assert "give --url or --connection" in told
    (tmp_path / "there").mkdir()
    asked = ("import", "moodle", "--url", "http://127.0.0.1:9", "--out", "there")
    assert "there is a folder" in command.refused(*asked)
    assert [*tmp_path.glob("*.journal")] == []


def imported_as(
    command: Command,
    moodle: str,
    site: TestSite,
    user: int,
    allowed: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> Any:
    """What an import tells whose token has a few functions; it writes `site.yaml`."""
    service = making.service(site, "few", *allowed, users=[user])
    monkeypatch.setenv("COURSEWIRE_TOKEN", making.token(site, user, service))
    shown = command("import", "moodle", "--url", moodle, "--out", "site.yaml", "--json").out
    # The server in this process logs its refusals.
    return json.loads(shown[shown.index("{\n") :])


def test_what_the_token_may_not_see_is_told(
    command: Command, moodle: str, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = web.site
    user = making.user_with(site, "bot", "webservice/rest:use", "moodle/course:view")
    allowed = (
        "core_webservice_get_site_info",
        "core_course_get_courses",
        "core_course_get_courses_by_field",
    )
    done = imported_as(command, moodle, site, user, allowed, monkeypatch)
    told = {one["what"]: one["why"] for one in done["not_seen"]}
    assert "no core_group_get_course_groups" in told["groups"]
    assert "errorcoursecontextnotvalid" in told["hidden courses"]
    assert "no core_enrol_get_enrolled_users" in told["participants of courses"]
    assert done["imported"]["courses"] == 1


def test_a_search_that_does_not_find_everybody_is_told(
    command: Command, moodle: str, web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = web.site
    people = ("course:view", "course:viewparticipants", "user:viewdetails", "user:viewalldetails")
    rights = ("webservice/rest:use", *(f"moodle/{right}" for right in people))
    user = making.user_with(site, "bot", *rights)
    course = making.course(site, "ALG")
    making.enrol(site, making.user(site, "there", maildisplay=0), course)
    making.user(site, "elsewhere", maildisplay=0)
    allowed = (
        "core_webservice_get_site_info",
        "core_course_get_courses",
        "core_course_get_courses_by_field",
        "core_enrol_get_enrolled_users",
        "core_user_get_users",
        "core_user_get_users_by_field",
    )
    done = imported_as(command, moodle, site, user, allowed, monkeypatch)
    users = yaml.safe_load((tmp_path / "site.yaml").read_text("utf-8"))["users"]
    names = {entry["username"] for entry in users}
    assert "there" in names
    assert "elsewhere" not in names
    (left_out,) = [one for one in done["not_seen"] if "search for all" in one["what"]]
    # All who came with a course, not the one who asks.
    assert left_out["times"] == len(names - {"bot"})
    assert "viewuseridentity" in left_out["why"]


def test_an_import_that_was_stopped_goes_on(
    command: Command, moodle: str, web: Web, tmp_path: Path
) -> None:
    """The site closes in the middle; the answers up to there are not asked for again."""
    arguments = ("import", "moodle", "--url", moodle, "--out", "site.yaml", "--json")
    whole = command(*arguments).json["calls"]
    (tmp_path / "site.yaml").unlink()
    answered = 0
    real = web.server.__call__

    async def closing(scope: Any, receive: Any, send: Any) -> None:
        nonlocal answered
        answered += 1
        if answered > 6:
            await send({"type": "http.response.start", "status": 503, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await real(scope, receive, send)

    with listening(closing) as port:
        site = f"http://127.0.0.1:{port}"
        again = ("import", "moodle", "--url", site, "--out", "site.yaml", "--json")
        said = command.refused(*again)
        assert "goes on from here" in said
        assert not (tmp_path / "site.yaml").exists()
        assert (tmp_path / "site.yaml.journal").stat().st_mode & 0o077 == 0
        answered = -1000
        rest = command(*again)
    assert rest.json["calls"] < whole - 3
    assert (tmp_path / "site.yaml").exists()


def test_what_another_account_was_told_is_not_mixed_in(
    command: Command, moodle: str, web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have seen less: its lists would stand for what this token sees."""
    user = making.user_with(web.site, "bot", "webservice/rest:use")
    service = making.service(web.site, "few", "core_webservice_get_site_info", users=[user])
    (tmp_path / "kept").write_text(f'\n{{"format":1,"site":"{moodle}"}}\n{{"caller":2}}')
    arguments = ("import", "moodle", "--url", moodle, "--out", "site.yaml", "--journal", "kept")
    with monkeypatch.context() as other:
        other.setenv("COURSEWIRE_TOKEN", making.token(web.site, user, service))
        said = command.refused(*arguments)
    assert f"the user with id 2 was told, and the token is that of user {user}" in said
    assert not (tmp_path / "site.yaml").exists()
    (tmp_path / "kept").write_text(f'\n{{"format":1,"site":"{moodle}"}}\n{{"caller":2}}')
    assert command(*arguments, "--json").json["calls"] > 3


def test_a_journal_of_another_site_is_not_mixed_in(
    command: Command, moodle: str, tmp_path: Path
) -> None:
    (tmp_path / "kept").write_text('\n{"format":1,"site":"https://other.example"}')
    arguments = ("import", "moodle", "--url", moodle, "--out", "site.yaml", "--journal", "kept")
    assert "belongs to another site" in command.refused(*arguments)


def test_a_place_that_can_hold_no_site_is_told_before_anything_is_asked(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSEWIRE_TOKEN", "x")
    (tmp_path / "file").touch()
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "open/letter.txt").touch()
    asked = ("import", "moodle", "--url", "http://127.0.0.1:9", "--journal", "journal", "--data")
    assert "file is a file" in command.refused(*asked, "file", code=3)
    assert "holds other things" in command.refused(*asked, "open", code=3)
    assert not (tmp_path / "journal").exists()


def test_an_import_that_failed_at_once_leaves_no_folder(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "there").mkdir()
    before = sorted(tmp_path.rglob("*"))
    gone = ("import", "moodle", "--url", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("COURSEWIRE_TOKEN", "x" * 32)
    for place in ("new", "new/below/it", "there", "there/in/it"):
        command.refused(*gone, "--data", place)
        assert sorted(tmp_path.rglob("*")) == before
