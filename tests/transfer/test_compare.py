"""The same calls on two real sites, one of them changed on purpose."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coursewire.client import InvalidParameter, Moodle, MoodleError
from coursewire.testkit.running import RunningSite
from coursewire.transfer import scenario as scenarios
from coursewire.transfer.captures import Captures
from coursewire.transfer.compare import compare
from coursewire.transfer.differences import Comparison
from coursewire.transfer.record import RecordingProxy
from coursewire.transfer.scenario import BadScenario

SCENARIO = """
calls:
- call: core_course_create_courses
  params: {courses: [{fullname: C, shortname: "c-${run}", categoryid: 1}]}
  save: {course: $.0.id}
- call: core_group_create_groups
  params: {groups: [{courseid: "${course}", name: G, description: ""}]}
  save: {group: $.0.id}
- call: core_group_get_course_groups
  params: {courseid: "${course}"}
- call: core_group_get_groups
  params: {groupids: [999999]}
"""


@pytest.fixture(scope="module")
def two() -> Iterator[tuple[RunningSite, RunningSite]]:
    sites = RunningSite("a"), RunningSite("b")
    yield sites
    for site in sites:
        site.close()


@pytest.fixture
def clients(two: tuple[RunningSite, RunningSite]) -> Iterator[tuple[Moodle, Moodle]]:
    a, b = (Moodle(site.url, site.state(None).token, retries=0) for site in two)
    # The ids of both sites are not the same.
    b.call_unchecked(
        "core_course_create_courses",
        {"courses": [{"fullname": "X", "shortname": "x", "categoryid": 1}]},
    )
    with a, b:
        yield a, b


def read(folder: Path, text: str) -> scenarios.Scenario:
    path = folder / "scenario.yaml"
    path.write_text(text)
    return scenarios.read(path)


def quiet(_done: int, _of: int) -> None:
    pass


def test_the_same_sites_do_not_differ(tmp_path: Path, clients: tuple[Moodle, Moodle]) -> None:
    found = compare(read(tmp_path, SCENARIO), *clients, quiet)
    assert (found.calls, found.differences) == (4, ())


def test_a_site_that_was_changed_differs(
    tmp_path: Path, two: tuple[RunningSite, RunningSite], clients: tuple[Moodle, Moodle]
) -> None:
    two[1].kit.apply(b"site: {fullname: Another, shortname: demo}")
    scenario = read(tmp_path, "calls: [{call: core_webservice_get_site_info}]")
    [difference] = compare(scenario, *clients, quiet).differences
    assert (difference.place, difference.a, difference.b) == (
        "$.sitename",
        "Coursewire demo",
        "Another",
    )
    ignoring = read(tmp_path, "calls: [{call: core_webservice_get_site_info, ignore: [$.site*]}]")
    assert compare(ignoring, *clients, quiet).differences == ()


def test_a_refusal_on_one_site_differs(
    tmp_path: Path, two: tuple[RunningSite, RunningSite], clients: tuple[Moodle, Moodle]
) -> None:
    two[1].kit.apply(b"courses: [{shortname: taken, fullname: T}]")
    new = "[{fullname: C, shortname: taken, categoryid: 1}]"
    scenario = read(
        tmp_path, f"calls: [{{call: core_course_create_courses, params: {{courses: {new}}}}}]"
    )
    [difference] = compare(scenario, *clients, quiet).differences
    assert difference.b["errorcode"] == "shortnametaken"


def test_calls_behind_one_that_a_site_refuses_are_made_all_the_same(
    tmp_path: Path, clients: tuple[Moodle, Moodle]
) -> None:
    """One site has the course already, so nothing of that call can be saved there."""
    course = {"fullname": "Y", "shortname": "y", "categoryid": 1}
    clients[1].call_unchecked("core_course_create_courses", {"courses": [course]})
    scenario = read(tmp_path, SCENARIO.replace("c-${run}", "y"))
    found = compare(scenario, *clients, quiet)
    assert found.calls == 4
    assert sorted({each.call for each in found.differences}) == [1, 2, 3]
    assert "(not sent)" in str([each.b for each in found.differences if each.call == 3])


@pytest.mark.parametrize("value", ["null", "2026-09-01"])
def test_a_value_that_cannot_be_sent_ends_it(
    tmp_path: Path, clients: tuple[Moodle, Moodle], value: str
) -> None:
    """It is sent to neither site: two answers that were never given are not the same."""
    scenario = read(
        tmp_path,
        f"calls: [{{call: core_group_get_course_groups, params: {{courseid: {value}}}}}]",
    )
    with pytest.raises(InvalidParameter):
        compare(scenario, *clients, quiet)


def test_a_site_that_is_not_there_is_told(tmp_path: Path, clients: tuple[Moodle, Moodle]) -> None:
    with Moodle("http://127.0.0.1:9", "t", retries=0) as gone, pytest.raises(MoodleError):
        compare(read(tmp_path, SCENARIO), clients[0], gone, quiet)


def test_what_was_recorded_can_be_compared(
    tmp_path: Path, two: tuple[RunningSite, RunningSite], clients: tuple[Moodle, Moodle]
) -> None:
    file = tmp_path / "recorded.yaml"

    def keep(captures: Captures) -> None:
        file.write_text(scenarios.written(captures.scenario()))

    token = two[0].kit.issue_for_everything()
    with RecordingProxy(two[0].url, 0, keep) as proxy:
        thread = threading.Thread(target=proxy.serve_forever)
        thread.start()
        with Moodle(proxy.address, token) as moodle:
            course = moodle.core_course_create_courses(
                courses=[{"fullname": "R", "shortname": "rec", "categoryid": 1}]
            )[0]["id"]
            user = moodle.core_user_create_users(
                users=[
                    {
                        "username": "rec",
                        "firstname": "R",
                        "lastname": "E",
                        "email": "rec@x.example",
                        "createpassword": True,
                    }
                ]
            )[0]["id"]
            moodle.enrol_manual_enrol_users(
                enrolments=[{"roleid": 5, "userid": user, "courseid": course}]
            )
            moodle.core_group_get_course_groups(courseid=course)
        proxy.shutdown()
        thread.join()
    text = file.read_text()
    assert token not in text
    scenario = scenarios.read(file)
    assert [step.save for step in scenario.calls] == [
        {"course": "$.0.id"},
        {"user": "$.0.id"},
        {},
        {},
    ]
    assert scenario.calls[2].params["enrolments"] == [
        {"roleid": "5", "userid": "${user}", "courseid": "${course}"}
    ]
    # It can be played again where it was recorded: names that must be new are new.
    assert compare(scenario, *clients, quiet).differences == ()


@pytest.mark.parametrize(
    ("a", "b", "differ"),
    [
        ({"courseid": 5}, {"courseid": 9}, 0),
        ({"courseid": 5}, {"courseid": 0}, 1),
        ([{"courseid": 5}, {"courseid": 5}], [{"courseid": 9}, {"courseid": 8}], 1),
        ({"timecreated": 1_700_000_000}, {"timecreated": 1_800_000_000}, 0),
        ({"timecreated": 1_700_000_000}, {"timecreated": 0}, 1),
        ({"url": "http://a/c?id=5"}, {"url": "http://b/c?id=9"}, 0),
        ({"url": "http://a/c?id=5"}, {"url": "http://b/d?id=5"}, 1),
        ({"visible": 1}, {"visible": 2}, 1),
        ({"visible": 1}, {"visible": "1"}, 1),
        ({"visible": 1}, {"visible": True}, 1),
        ([1, 2], [1], 1),
        ({"x": 1}, {}, 1),
        ({"token": "a"}, {"token": "b"}, 0),
        ({"token": "a"}, {"token": ""}, 1),
    ],
)
def test_ids_times_and_addresses_do_not_count(a: Any, b: Any, differ: int) -> None:
    found = Comparison("http://a", "http://b").answers(1, "f", a, b)
    assert len(found) == differ


def test_a_scenario_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadScenario, match=r"cannot be read: No such file or directory$"):
        scenarios.read(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("calls: [{call: f, params: {a: '${no}'}}]", "call 1"),
        ("calls: [{call: f, save: {a: id}}]", "NAME"),
        ("calls: [{cal: f}]", "cal"),
        ("calls: [", "scenario.yaml, line 1: no valid YAML"),
        ("", "a scenario is `calls:` and a list of them"),
        ("calls:\n- call: f\n  params: [", "scenario.yaml, line 3: no valid YAML: "),
        ("calls:\n- call: 2024-13-45", "line 2: no valid YAML: month must be in 1..12"),
        ("calls:\n- call: !!bool maybe", "line 2: no valid YAML: 'maybe' does not fit its tag"),
        ("calls: " + "[" * 5000, "line 1: no valid YAML: nested too deeply"),
        ("calls: [{call: f, params: &p {a: [*p]}}]", "an alias stands for something that it is"),
    ],
)
def test_a_bad_scenario_is_told(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(BadScenario, match=told):
        read(tmp_path, text)
