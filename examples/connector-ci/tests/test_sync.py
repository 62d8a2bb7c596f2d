"""Bringing people and groups in, on a site that works."""

import pytest

from roster_connector.sync import Report, UnknownCourse

BOB = "bob,Bob,Birch,bob@school.example,MATH,Red"
CLEO = "cleo,Cleo,Cedar,cleo@school.example,MATH,Red"
ADA = "ada,Ada,Alder,ada@school.example,ART,"


def names(moodle_site, course: str) -> list[str]:
    client = moodle_site.client()
    courses = {each["shortname"]: each["id"] for each in client.core_course_get_courses()}
    groups = client.core_group_get_course_groups(courseid=courses[course])
    return [group["name"] for group in groups]


def test_a_new_person_is_created(sync, moodle_site) -> None:
    assert sync(BOB) == Report(users=1, groups=1, members=1)
    found = moodle_site.client().core_user_get_users(criteria=[{"key": "username", "value": "bob"}])
    assert found["users"][0]["email"] == "bob@school.example"


def test_a_known_person_is_not_created_again(sync, moodle_site) -> None:
    assert sync(ADA).users == 0
    assert moodle_site.calls("core_user_create_users") == []


def test_a_second_run_changes_nothing(sync) -> None:
    sync(BOB, CLEO)
    assert sync(BOB, CLEO) == Report()


def test_a_group_is_made_once(sync, moodle_site) -> None:
    assert sync(BOB, CLEO).groups == 1
    assert names(moodle_site, "MATH") == ["Red"]


def test_a_person_without_a_group_is_enrolled_only(sync, moodle_site) -> None:
    assert sync(ADA) == Report()
    assert names(moodle_site, "ART") == []
    [call] = moodle_site.calls("enrol_manual_enrol_users")
    assert call.outcome == "ok"


def test_one_person_in_two_courses_is_created_once(sync) -> None:
    assert sync(BOB, BOB.replace("MATH", "ART")) == Report(users=1, groups=2, members=2)


def test_all_enrolments_go_in_one_call(sync, moodle_site) -> None:
    sync(BOB, CLEO, ADA)
    [call] = moodle_site.calls("enrol_manual_enrol_users")
    assert len(call.params["enrolments"]) == 3


def test_an_unknown_course_stops_before_anything_is_written(sync, moodle_site) -> None:
    with pytest.raises(UnknownCourse, match="LATIN"):
        sync(BOB.replace("MATH", "LATIN"))
    assert {call.function for call in moodle_site.calls()} == {"core_course_get_courses"}


def test_an_empty_roster_writes_nothing(sync, moodle_site) -> None:
    assert sync() == Report()
    assert moodle_site.calls("enrol_manual_enrol_users") == []


def test_names_of_any_script_arrive(sync) -> None:
    assert sync("omar,عمر,خيام,omar@school.example,ART,Größe") == Report(1, 1, 1)


def test_every_test_begins_with_the_same_site(moodle_site) -> None:
    assert names(moodle_site, "MATH") == []
    assert moodle_site.calls("core_user_create_users") == []


def test_no_secret_is_on_the_list_of_calls(sync, moodle_site) -> None:
    sync(BOB)
    assert moodle_site.tokens["roster"] not in repr(moodle_site.calls())
