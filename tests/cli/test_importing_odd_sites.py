"""`coursewire import moodle` from sites whose answers do not fit, or that close in the middle."""

import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import yaml

from coursewire.transfer.moodle import participation
from coursewire.transfer.moodle.journal import Journal
from tests.cli.conftest import Command
from tests.support.listening import listening

Answers = dict[str, Any]
FUNCTIONS = (
    "core_user_get_users",
    "core_user_get_users_by_field",
    "core_course_get_categories",
    "core_course_get_courses",
    "core_course_get_courses_by_field",
    "core_enrol_get_enrolled_users",
    "core_group_get_course_groups",
    "core_group_get_group_members",
    "core_group_get_course_groupings",
    "core_group_get_groupings",
    "core_cohort_get_cohorts",
    "core_cohort_get_cohort_members",
)
INFO = "core_webservice_get_site_info"
REFUSED = {
    "exception": "webservice_access_exception",
    "errorcode": "accessexception",
    "message": "Access control exception",
}


def site_info(_: dict[str, str]) -> dict[str, Any]:
    offered = [{"name": name, "version": "1"} for name in FUNCTIONS]
    return {"sitename": "Odd", "release": "4.5", "functions": offered}


# PHP that ran out of memory or time.
CRASH = b"\n"


class OddMoodle:
    """Answers what it was told to, and an empty list otherwise; `CRASH` has status 500."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.asked: list[dict[str, str]] = []

    async def __call__(self, _: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            event = await receive()
            body, more = body + event["body"], event.get("more_body", False)
        fields = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        self.asked.append(fields)
        headers = [(b"content-type", b"application/json")]
        found = self._answer(fields)
        status = 500 if found is CRASH else 200
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": found})

    def _answer(self, fields: dict[str, str]) -> bytes:
        function = fields["wsfunction"]
        standing = {
            INFO: site_info(fields),
            "core_user_get_users": {"users": []},
            "core_course_get_courses_by_field": {"courses": []},
        }
        found = self.answers.get(function, standing.get(function, []))
        if callable(found):
            found = found(fields)
        return found if isinstance(found, bytes) else json.dumps(found).encode()


@contextmanager
def served(answers: Answers) -> Iterator[tuple[str, OddMoodle]]:
    odd = OddMoodle(answers)
    with listening(odd) as port:
        yield f"http://127.0.0.1:{port}", odd


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSEWIRE_TOKEN", "0" * 32)


def user(number: int, username: str, **more: Any) -> dict[str, Any]:
    names = {"firstname": "F", "lastname": "L", "email": f"user{number}@example.com"}
    return {"id": number, "username": username, **names, **more}


def course(number: int, shortname: str, **more: Any) -> dict[str, Any]:
    names = {"shortname": shortname, "fullname": shortname, "categoryid": 1, "format": "topics"}
    return {"id": number, **names, **more}


def group(number: int, name: str, **more: Any) -> dict[str, Any]:
    return {"id": number, "name": name, "description": "", **more}


def everybody(*users: dict[str, Any]) -> dict[str, Any]:
    return {"core_user_get_users": {"users": list(users), "warnings": []}}


def imported(
    command: Command, place: Path, answers: Answers
) -> tuple[dict[str, Any], dict[str, str]]:
    """Import into a site; give it as sections, and what was told as not seen."""
    with served(answers) as (url, _):
        arguments = ("--url", url, "--rate", "1000", "--yes", "--data", "new", "--json")
        told = command("import", "moodle", *arguments).json["not_seen"]
    command("export", "--data", "new", "site.yaml")
    sections = yaml.safe_load((place / "site.yaml").read_text("utf-8"))
    return sections, {one["what"]: one["why"] for one in told}


def test_a_language_that_is_not_installed_stops_nothing(command: Command, tmp_path: Path) -> None:
    answers = everybody(user(3, "ann", lang="de"), user(4, "ben", lang="en"))
    answers["core_course_get_courses"] = [course(2, "C", lang="fr")]
    found, told = imported(command, tmp_path, answers)
    assert [one["username"] for one in found["users"]] == ["ann", "ben"]
    assert told["languages of users"] == "'de' is not installed here"
    assert told["languages of courses"] == "'fr' is not installed here"


def test_addresses_that_cannot_be_used_are_made_up(command: Command, tmp_path: Path) -> None:
    answers = everybody(
        user(3, "ann", email="same@example.com"),
        user(4, "ben", email="SAME@example.com"),
        user(5, "cat", email="root@localhost"),
        user(6, "dan@school.example", email=""),
    )
    found, told = imported(command, tmp_path, answers)
    assert {one["username"]: one["email"] for one in found["users"]} == {
        "ann": "same@example.com",
        "ben": "ben@import.invalid",
        "cat": "cat@import.invalid",
        "dan@school.example": "user-6@import.invalid",
    }
    assert "made-up ones stand in their place" in told["e-mail addresses"]


def test_names_that_are_shown_alike_or_empty_are_told_apart(
    command: Command, tmp_path: Path
) -> None:
    """Moodle takes tags out of names: `Team <1>` and `Team <2>` are both shown as `Team `."""
    cohorts = [
        {"id": number, "name": "", "idnumber": "K", "description": None, "visible": True}
        for number in (1, 2)
    ]
    answers: Answers = {
        "core_course_get_categories": [
            {"id": 1, "name": "", "parent": 0, "depth": 1, "sortorder": 1}
        ],
        "core_course_get_courses": [course(2, "C", idnumber="1"), course(3, "C", idnumber="1")],
        "core_group_get_course_groups": lambda fields: (
            [group(1, "Team ", idnumber="G"), group(2, "Team", idnumber="G"), group(3, "")]
            if fields["courseid"] == "2"
            else []
        ),
        "core_group_get_course_groupings": lambda fields: (
            [group(1, "All"), group(2, "All")] if fields["courseid"] == "2" else []
        ),
        "core_group_get_groupings": [{"id": 2, "groups": [{"id": 2}]}],
        "core_cohort_get_cohorts": cohorts,
    }
    found, told = imported(command, tmp_path, answers)
    assert {one["shortname"]: one.get("idnumber") for one in found["courses"]} == {
        "C": "1",
        "C (3)": None,
    }
    assert {one["name"]: one.get("idnumber") for one in found["groups"]} == {
        "Team": "G",
        "Team (2)": None,
        "group-3": None,
    }
    assert [one.get("groups") for one in found["groupings"]] == [None, ["Team (2)"]]
    assert [one["idnumber"] for one in found["cohorts"]] == ["K", "cohort-2"]
    assert "category-1" in {one["name"] for one in found["categories"]}
    assert {"names of groups", "names of courses", "id numbers of groups"} <= told.keys()


def test_members_who_are_no_participants_are_left_out(command: Command, tmp_path: Path) -> None:
    answers = everybody(user(3, "ann"), user(4, "ben"))
    answers |= {
        "core_course_get_courses": [course(2, "C")],
        "core_enrol_get_enrolled_users": lambda fields: (
            [] if fields["options[0][name]"] == "onlysuspended" else [user(3, "ann", roles=[])]
        ),
        "core_group_get_course_groups": [group(1, "red")],
        "core_group_get_group_members": [{"groupid": 1, "userids": [3, 4, 99]}],
    }
    found, told = imported(command, tmp_path, answers)
    assert found["groups"][0]["members"] == ["ann"]
    assert told["members of groups"] == "not among the participants that the token sees"


def test_what_no_service_tells_is_told(command: Command, tmp_path: Path) -> None:
    cohort = {"id": 1, "name": "K", "idnumber": "", "description": "", "visible": True}
    _, told = imported(command, tmp_path, {"core_cohort_get_cohorts": [cohort]})
    assert {"roles outside courses", "categories of cohorts"} <= told.keys()


def test_a_page_that_lacks_people_is_not_the_last_one(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Moodle counts first, and leaves those out then whom the token may not see."""
    monkeypatch.setattr(participation, "PAGE", 4)
    all_of_them = [user(number, f"user{number}", roles=[]) for number in range(3, 13)]

    def page(fields: dict[str, str]) -> list[dict[str, Any]]:
        if fields["options[0][name]"] == "onlysuspended":
            return []
        start = int(fields["options[0][value]"])
        return [one for one in all_of_them[start : start + 4] if one["id"] != 4]

    answers = everybody(*all_of_them)
    answers |= {
        "core_course_get_courses": [course(2, "C")],
        "core_enrol_get_enrolled_users": page,
    }
    found, _ = imported(command, tmp_path, answers)
    assert len(found["enrolments"]) == 9


def test_a_token_that_ends_in_the_middle_stops_it(command: Command, tmp_path: Path) -> None:
    """What would come after that would be half a school."""
    left = 1

    def ending(fields: dict[str, str]) -> Any:
        nonlocal left
        left -= 1
        return REFUSED if left < 0 else site_info(fields)

    answers: Answers = {
        INFO: ending,
        "core_course_get_courses": [course(2, "C")],
        "core_enrol_get_enrolled_users": REFUSED,
    }
    with served(answers) as (url, _):
        said = command.refused("import", "moodle", "--url", url, "--out", "site.yaml")
    assert "accessexception" in said
    assert "goes on from here" in said
    assert not (tmp_path / "site.yaml").exists()
    assert (tmp_path / "site.yaml.journal").exists()


def test_a_refused_function_of_an_open_site_is_left_out(command: Command, tmp_path: Path) -> None:
    answers = {"core_course_get_categories": REFUSED, "core_cohort_get_cohorts": b"<html>"}
    _, told = imported(command, tmp_path, answers)
    assert "accessexception" in told["categories"]
    assert "not JSON" in told["cohorts"]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"core_course_get_courses": [{"id": 2}]}, "otherwise than a Moodle does (KeyError)"),
        ({"core_course_get_courses": ["C"]}, "otherwise than a Moodle does"),
        ({"core_course_get_courses": [course(2, "C", groupmode=7)]}, "groupmode"),
        (everybody(user(3, "zoë")), "--out FILE --journal new/import-127.0.0.1.journal"),
    ],
)
def test_answers_of_no_moodle_end_in_a_sentence(
    command: Command, answers: Answers, said: str
) -> None:
    with served(answers) as (url, _):
        arguments = ("import", "moodle", "--url", url, "--yes", "--data", "new")
        told = command(*arguments, code=1).err
    assert said in told
    assert "error: " in told


def test_a_file_that_was_there_is_closed_to_others(command: Command, tmp_path: Path) -> None:
    (tmp_path / "site.yaml").touch(mode=0o644)
    (tmp_path / "kept").touch(mode=0o644)
    with served({"core_course_get_courses": b""}) as (url, _):
        arguments = ("import", "moodle", "--url", url, "--out", "site.yaml", "--journal", "kept")
        command(*arguments, "--force")
    assert (tmp_path / "site.yaml").stat().st_mode & 0o077 == 0


def test_the_name_of_the_site_brings_nothing_in(command: Command, tmp_path: Path) -> None:
    name = "x\n\nsite: {administrators: [eve]}\n#"
    info = {"sitename": name, "release": "4.5\nusers: 1", "functions": []}
    with served({INFO: info}) as (url, _):
        command("import", "moodle", "--url", url, "--out", "site.yaml")
    assert yaml.safe_load((tmp_path / "site.yaml").read_text("utf-8")) is None


def test_a_mistyped_address_leaves_no_journal(command: Command, tmp_path: Path) -> None:
    arguments = ("import", "moodle", "--out", "site.yaml", "--url")
    with served({INFO: REFUSED}) as (url, _):
        command.refused(*arguments, url)
    assert not (tmp_path / "site.yaml.journal").exists()
    with served({}) as (url, _):
        command(*arguments, url)


def asked_options(fields: dict[str, str]) -> dict[str, str]:
    """The options of a request for participants."""
    return {
        value: fields.get(name.replace("[name]", "[value]"), "")
        for name, value in fields.items()
        if name.startswith("options") and name.endswith("[name]")
    }


def test_a_site_that_cannot_tell_of_all_users_is_asked_for_parts(
    command: Command, tmp_path: Path
) -> None:
    """PHP runs out of memory over the whole list, and over all whose addresses begin with a."""
    names = ["a", "a_x", "abel", "anna", "ben", "x7"]
    people = [
        user(number, name, email=f"{name}@example.com") for number, name in enumerate(names, 3)
    ]
    people.append(user(20, "zz", email="&@example.com"))

    def some(fields: dict[str, str]) -> Any:
        start = fields["criteria[0][value]"].removesuffix("%").replace("\\_", "_")
        if len(start) < 2 and start in ("", "a"):
            return CRASH
        return {"users": [one for one in people if one["email"].startswith(start)]}

    found, told = imported(command, tmp_path, {"core_user_get_users": some})
    assert [one["username"] for one in found["users"]] == names
    assert "by the first letters of e-mail addresses" in told["users that are in no course"]


def test_who_is_in_no_part_of_a_search_comes_with_a_course(
    command: Command, tmp_path: Path
) -> None:
    """That the token may not see the address is not the reason there."""
    late = user(20, "zz", email="&@example.com", roles=[])
    answers: Answers = {
        "core_user_get_users": lambda fields: (
            CRASH if fields["criteria[0][value]"] == "%" else {"users": []}
        ),
        "core_course_get_courses": [course(2, "C")],
        "core_enrol_get_enrolled_users": lambda fields: (
            [] if "onlysuspended" in asked_options(fields) else [late]
        ),
    }
    found, told = imported(command, tmp_path, answers)
    assert [one["username"] for one in found["users"]] == ["zz"]
    assert "users that are in no course" in told
    assert "users whom the search for all left out" not in told


def test_an_underscore_is_one_letter_of_a_part(command: Command, tmp_path: Path) -> None:
    """Too many begin with `a_`, but not with `a_x`."""

    def some(fields: dict[str, str]) -> Any:
        start = fields["criteria[0][value]"].removesuffix("%").replace("\\_", "_")
        found = [user(3, "ann", email="a_x@example.com")] if "a_x".startswith(start) else []
        return CRASH if found and len(start) < 3 else {"users": found}

    found, _ = imported(command, tmp_path, {"core_user_get_users": some})
    assert [one["username"] for one in found["users"]] == ["ann"]


def test_a_site_that_can_tell_of_no_users_is_not_asked_for_ever(command: Command) -> None:
    answers: Answers = {"core_user_get_users": CRASH}
    with served(answers) as (url, odd):
        told = command("import", "moodle", "--url", url, "--rate", "1000", "--out", "site.yaml")
    assert "users that are in no course" in told.out
    assert len(odd.asked) < 70


def test_a_site_that_breaks_on_every_person_is_not_asked_for_ever(command: Command) -> None:
    """It answers where nobody is found: no address of its people has a digit in it."""

    def some(fields: dict[str, str]) -> Any:
        start = fields["criteria[0][value]"].removesuffix("%")
        return CRASH if not start or start.isalpha() else {"users": []}

    with served({"core_user_get_users": some}) as (url, odd):
        told = command("import", "moodle", "--url", url, "--rate", "1000", "--out", "site.yaml")
    assert "users that are in no course" in told.out
    assert len(odd.asked) < 300


def test_a_course_with_an_odd_person_comes_without_those_around(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One stored value that does not fit makes Moodle refuse the whole list."""
    monkeypatch.setattr(participation, "PAGE", 100)
    there = [user(number, f"user{number}", roles=[]) for number in range(3, 43)]
    broken = REFUSED | {"errorcode": "invalidresponse"}

    def page(fields: dict[str, str]) -> Any:
        options = asked_options(fields)
        if "onlysuspended" in options:
            return []
        start, size = int(options["limitfrom"]), int(options["limitnumber"])
        shown = there[start : start + size]
        return broken if there[14] in shown else shown

    answers = everybody(*there)
    answers |= {
        "core_course_get_courses": [course(2, "C")],
        "core_enrol_get_enrolled_users": page,
    }
    found, told = imported(command, tmp_path, answers)
    assert len(found["enrolments"]) == 30
    assert "invalidresponse, of 10 of them at once" in told["participants of courses"]


def test_people_behind_a_page_of_hidden_ones_come(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten whom the token may not see are no end of a course that is told by tens."""
    monkeypatch.setattr(participation, "PAGE", 100)
    there = [user(number, f"user{number}", roles=[]) for number in range(3, 43)]

    def page(fields: dict[str, str]) -> Any:
        options = asked_options(fields)
        if "onlysuspended" in options:
            return []
        start, size = int(options["limitfrom"]), int(options["limitnumber"])
        shown = there[start : start + size]
        return CRASH if len(shown) > 10 else [one for one in shown if not 12 < one["id"] < 23]

    answers = everybody(*there)
    answers |= {
        "core_course_get_courses": [course(2, "C")],
        "core_enrol_get_enrolled_users": page,
    }
    found, told = imported(command, tmp_path, answers)
    assert len(found["enrolments"]) == 30
    assert "participants of courses" not in told


def test_a_site_that_begins_anew_on_every_page_is_not_asked_for_ever(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(participation, "PAGE", 2)
    turns = iter([[user(3, "ann", roles=[]), user(4, "ben", roles=[])]] * 20)

    def page(fields: dict[str, str]) -> Any:
        return [] if "onlysuspended" in asked_options(fields) else next(turns, CRASH)

    answers: Answers = {
        "core_course_get_courses": [course(2, "C")],
        "core_enrol_get_enrolled_users": page,
    }
    found, _ = imported(command, tmp_path, answers)
    assert len(found["enrolments"]) == 2
    assert len(list(turns)) == 18


def test_courses_behind_many_that_fail_are_not_asked_for(command: Command) -> None:
    """Those in which there is nobody are answered, and say nothing of the others."""
    answers: Answers = {
        "core_course_get_courses": [course(number, f"C{number}") for number in range(2, 42)],
        "core_enrol_get_enrolled_users": lambda fields: (
            CRASH if int(fields["courseid"]) % 2 else []
        ),
    }
    with served(answers) as (url, odd):
        told = command("import", "moodle", "--url", url, "--rate", "1000", "--out", "site.yaml")
    assert "participants of courses" in told.out
    asked = {
        fields["courseid"]
        for fields in odd.asked
        if fields["wsfunction"] == "core_enrol_get_enrolled_users"
    }
    assert max(map(int, asked)) == 21


def test_a_call_that_breaks_stops_nothing_else(command: Command, tmp_path: Path) -> None:
    """A damaged course made Moodle end with status 500 in every run of the import."""
    answers = everybody(user(3, "ann"))
    answers |= {
        "core_course_get_courses": [course(2, "C"), course(3, "D")],
        "core_group_get_course_groups": lambda fields: (
            CRASH if fields["courseid"] == "2" else [group(1, "red")]
        ),
    }
    found, told = imported(command, tmp_path, answers)
    assert [one["name"] for one in found["groups"]] == ["red"]
    assert "status 500" in told["groups"]


def test_a_site_that_was_away_for_a_moment_is_asked_again(command: Command, tmp_path: Path) -> None:
    turns = iter((CRASH,))
    answers = everybody(user(3, "ann"))
    answers |= {
        "core_course_get_courses": [course(2, "C")],
        "core_group_get_course_groups": lambda _: next(turns, [group(1, "red")]),
    }
    found, told = imported(command, tmp_path, answers)
    assert [one["name"] for one in found["groups"]] == ["red"]
    assert "groups" not in told


def test_people_of_other_times_and_other_systems_come(command: Command, tmp_path: Path) -> None:
    """Moodle keeps a country that is gone, and a name of nothing but a blank."""
    answers = everybody(
        user(3, "ann", country="AN", auth="oauth2"),
        user(4, "ben", country="CH", auth="nologin"),
        user(5, "cat", lastname=" "),
    )
    found, told = imported(command, tmp_path, answers)
    ann, ben, cat = found["users"]
    assert ("country" in ann, "auth" in ann) == (False, False)
    assert (ben["country"], ben["auth"]) == ("CH", "nologin")
    assert cat["lastname"] == "-"
    assert told["countries of users"] == "there is no country 'AN' any more"
    assert "still to be set" in told["other ways of logging in"]


def test_numbers_that_are_written_as_texts_are_numbers(command: Command, tmp_path: Path) -> None:
    answers = everybody(
        user(3, "ann", suspended="0", confirmed="0"), user(4, "ben", suspended="1", confirmed="1")
    )
    answers["core_course_get_categories"] = [
        {"id": "1", "name": "Old", "parent": "0", "depth": "1", "sortorder": "1", "visible": "0"}
    ]
    answers["core_course_get_courses"] = [
        course(2, "007", visible="0", showgrades="0", enablecompletion="0", groupmodeforce="0")
    ]
    answers["core_group_get_course_groups"] = [group(5, "G", participation="0")]
    found, _ = imported(command, tmp_path, answers)
    ann, ben = found["users"]
    assert (ann.get("suspended", False), ann["confirmed"]) == (False, False)
    assert (ben["suspended"], ben.get("confirmed", True)) == (True, True)
    (category,) = [one for one in found["categories"] if one["name"] == "Old"]
    assert category["visible"] is False
    (made,) = found["courses"]
    assert (made["shortname"], made["visible"], made["showgrades"]) == ("007", False, False)
    assert not made.get("completion")
    assert not made.get("groupmodeforce")
    (gathered,) = found["groups"]
    assert gathered["participation"] is False


WEEKS: Answers = {"format": "weeks", "startdate": 1_700_000_000, "enddate": 1_705_000_000}


@pytest.mark.parametrize(
    ("told", "end"),
    [
        # Chosen by somebody; worked out from the weeks; not told how it came about.
        ({"numsections": 4, "courseformatoptions": [{"name": "automaticenddate", "value": 0}]},
         1_705_000_000),
        ({"numsections": 4, "courseformatoptions": [{"name": "automaticenddate", "value": "1"}]},
         1_702_419_200),
        ({}, 1_705_000_000),
    ],
)  # fmt: skip
def test_a_course_in_weeks_keeps_its_end(
    command: Command, tmp_path: Path, told: dict[str, Any], end: int
) -> None:
    answers: Answers = {"core_course_get_courses": [course(2, "C", **WEEKS, **told)]}
    found, _ = imported(command, tmp_path, answers)
    assert found["courses"][0]["enddate"] == end


def test_options_of_the_format_come(command: Command, tmp_path: Path) -> None:
    options = [{"name": "hiddensections", "value": "1"}, {"name": "coursedisplay", "value": "1"},
               {"name": "of_a_plugin", "value": "x"}]  # fmt: skip
    answers: Answers = {"core_course_get_courses": [course(2, "C", courseformatoptions=options)]}
    found, _ = imported(command, tmp_path, answers)
    assert found["courses"][0]["format_options"] == {"coursedisplay": 1}


def test_names_of_groupings_come_as_they_were_typed(command: Command, tmp_path: Path) -> None:
    """Moodle writes `&amp;` in the names of groups, and not in those of groupings."""
    answers: Answers = {
        "core_course_get_courses": [course(2, "C")],
        "core_group_get_course_groups": [group(1, "Sales&amp;notes")],
        "core_group_get_course_groupings": [group(1, "Sales&notes")],
    }
    found, _ = imported(command, tmp_path, answers)
    assert found["groups"][0]["name"] == found["groupings"][0]["name"] == "Sales&notes"


def test_courses_of_the_other_list_keep_their_order(command: Command, tmp_path: Path) -> None:
    courses = [course(2, "last", sortorder=3), course(3, "first", sortorder=1),
               course(4, "middle", sortorder=2, customfields=[{"shortname": "x"}])]  # fmt: skip
    answers: Answers = {
        "core_course_get_courses": REFUSED | {"errorcode": "errorcoursecontextnotvalid"},
        "core_course_get_courses_by_field": {"courses": courses},
    }
    found, told = imported(command, tmp_path, answers)
    # Later ones of a category stand before earlier ones.
    assert [one["shortname"] for one in found["courses"]] == ["last", "middle", "first"]
    assert told["custom fields of courses"] == "a site file holds none"


def test_courses_that_are_too_many_at_once_are_asked_for_by_category(
    command: Command, tmp_path: Path
) -> None:
    """Without courses there are no participants and no groups either."""
    categories = [
        {"id": number, "name": f"Y{number}", "parent": 0, "depth": 1, "sortorder": number}
        for number in (1, 2, 3)
    ]
    there = [course(4, "A"), course(5, "B", categoryid=2), course(6, "C", categoryid=3)]

    def by_field(fields: dict[str, str]) -> Any:
        if fields.get("field") != "category" or fields["value"] == "3":
            return CRASH
        return {"courses": [one for one in there if str(one["categoryid"]) == fields["value"]]}

    answers: Answers = {
        "core_course_get_categories": categories,
        "core_course_get_courses": CRASH,
        "core_course_get_courses_by_field": by_field,
    }
    found, told = imported(command, tmp_path, answers)
    assert {one["shortname"] for one in found["courses"]} == {"A", "B"}
    assert "status 500" in told["courses"]


def test_a_site_that_tells_of_no_courses_is_not_asked_for_ever(command: Command) -> None:
    answers: Answers = {
        "core_course_get_categories": [
            {"id": number, "name": f"Y{number}", "parent": 0, "depth": 1, "sortorder": number}
            for number in range(1, 101)
        ],
        "core_course_get_courses": CRASH,
        "core_course_get_courses_by_field": CRASH,
    }
    with served(answers) as (url, odd):
        told = command("import", "moodle", "--url", url, "--rate", "1000", "--out", "site.yaml")
    assert "courses" in told.out
    assert len(odd.asked) < 60


def test_a_name_with_an_id_is_not_that_of_another(command: Command, tmp_path: Path) -> None:
    """Whether the other is told before or behind."""
    taken = "category-3"
    answers: Answers = {
        "core_course_get_categories": [
            {"id": 1, "name": "X", "parent": 0, "depth": 1, "sortorder": 1},
            {"id": 2, "name": "Y", "parent": 0, "depth": 1, "sortorder": 2, "idnumber": taken},
            {"id": 3, "name": "X", "parent": 0, "depth": 1, "sortorder": 3},
        ],
        "core_course_get_courses": [course(2, "C (4)"), course(3, "C"), course(4, "C")],
        "core_cohort_get_cohorts": [
            {"id": number, "name": "K", "idnumber": idnumber, "description": "", "visible": True}
            for number, idnumber in ((1, ""), (2, "cohort-1"), (3, "cohort-4"), (4, ""))
        ],
    }  # fmt: skip
    found, _ = imported(command, tmp_path, answers)
    assert len(found["courses"]) == len(found["categories"]) == 3
    assert {"C (4)", "C"} < {one["shortname"] for one in found["courses"]}
    assert len({one["idnumber"] for one in found["cohorts"]}) == 4


def test_dates_that_no_course_has_here_are_left_out(command: Command, tmp_path: Path) -> None:
    """Moodle looks at them in its form alone; a restored course may end before it starts."""
    answers: Answers = {
        "core_course_get_courses": [
            course(2, "A", startdate=1_700_000_000, enddate=1_600_000_000),
            course(3, "B", startdate=0, enddate=1_700_000_000),
            course(4, "C", startdate=-86_400, enddate=1_700_000_000),
            course(5, "D", startdate=1_600_000_000, enddate=1_700_000_000),
        ]
    }
    found, told = imported(command, tmp_path, answers)
    dates = {one["shortname"]: (one.get("startdate", 0), one.get("enddate", 0))
             for one in found["courses"]}  # fmt: skip
    assert dates == {
        "A": (1_700_000_000, 0),
        "B": (0, 0),
        "C": (0, 0),
        "D": (1_600_000_000, 1_700_000_000),
    }
    assert told["dates of courses"] == "before 1970, or an end without a start before it"


def test_a_journal_that_finds_no_room_is_named(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file may grow beyond a few letters here, as on a full disk."""
    monkeypatch.setattr(Journal, "belong_to", limit_files)
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        with served(everybody(user(3, "ann"))) as (url, _):
            said = command.refused("import", "moodle", "--url", url, "--out", "site.yaml")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    assert "site.yaml.journal: cannot be written: File too large" in said


def limit_files(*_: object) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))


def test_a_second_import_leaves_roles_as_they_are(command: Command) -> None:
    """What they allow is not told, so somebody gave it to them here, as the guide says."""
    helper = {"roleid": 9, "shortname": "helper", "name": "Helper"}
    answers = everybody(user(3, "ann"))
    answers |= {
        "core_course_get_courses": [course(2, "C")],
        "core_enrol_get_enrolled_users": lambda fields: (
            [] if "onlysuspended" in asked_options(fields) else [user(3, "ann", roles=[helper])]
        ),
    }
    with served(answers) as (url, _):
        arguments = ("import", "moodle", "--url", url, "--rate", "1000", "--yes", "--data", "new")
        command(*arguments)
        command("role", "grant", "helper", "moodle/course:view", "--data", "new")
        assert "Nothing to change" in command(*arguments).out


def test_what_cannot_be_applied_is_told_before_anybody_is_asked(command: Command) -> None:
    """Both people, and not one after the other behind a plan that looks fine."""
    with served(everybody(user(3, "zoë"), user(4, "noël"))) as (url, _):
        said = command("import", "moodle", "--url", url, "--data", "new", code=1)
    assert "zoë" in said.err
    assert "noël" in said.err
    assert "Plan:" not in said.out
