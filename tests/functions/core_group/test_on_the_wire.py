"""The functions of groups over the protocol: bytes in, bytes out."""

from typing import Any

import pytest

from tests.support import making
from tests.support.school import Classroom
from tests.support.web import Web


@pytest.fixture
def token(web: Web, classroom: Classroom) -> str:
    making.role(classroom.site, "protocol", ("webservice/rest:use",))
    making.assign(classroom.site, "protocol", classroom.teacher)
    return web.token(classroom.teacher)


def test_a_day_with_groups(web: Web, classroom: Classroom, token: str) -> None:
    """Every function once, each answer byte by byte in the order of its contract."""
    course, ann = classroom.course, classroom.ann
    talk = classroom.school.activity(course, groupmode=1)

    def told(function: str, **params: Any) -> str:
        answer = web.call(f"core_group_{function}", token, **params)
        assert answer.status == 200
        return answer.body.decode()

    new = {"courseid": course, "name": "A & B", "description": "<p>d</p>", "idnumber": "AB"}
    group = f'"id":1,"courseid":{course},"name":"A &amp; B","description":"<p>d<\\/p>"'
    rest = '"descriptionformat":1,"enrolmentkey":null,"idnumber":"AB"'
    kind = '"visibility":0,"participation":true'
    assert told("create_groups", groups=[new]) == (
        f'[{{"id":1,"courseid":{course},"name":"A & B","description":"<p>d<\\/p>",'
        f'"descriptionformat":1,"enrolmentkey":"","idnumber":"AB",{kind}}}]'
    )
    assert told("get_groups", groupids=[1]) == f'[{{{group},{rest},{kind},"customfields":[]}}]'
    assert told("get_course_groups", courseid=course) == f"[{{{group},{rest},{kind}}}]"
    assert told("update_groups", groups=[{"id": 1, "name": "Red", "visibility": "0 "}]) == "null"
    assert told("add_group_members", members=[{"groupid": 1, "userid": ann}]) == "null"
    assert told("get_group_members", groupids=[1]) == f'[{{"groupid":1,"userids":[{ann}]}}]'
    grouping = {"courseid": course, "name": "All", "description": "", "idnumber": ""}
    shown = (
        f'"id":1,"courseid":{course},"name":"All","description":"","descriptionformat":1,'
        '"idnumber":""'
    )
    assert told("create_groupings", groupings=[grouping]) == f"[{{{shown}}}]"
    assert told("assign_grouping", assignments=[{"groupingid": 1, "groupid": 1}]) == "null"
    red = f'"id":1,"courseid":{course},"name":"Red","description":"<p>d<\\/p>",{rest}'
    assert told("get_groupings", groupingids=[1], returngroups=True) == (
        f'[{{{shown},"customfields":[],"groups":[{{{red},"customfields":[]}}]}}]'
    )
    assert told("get_course_groupings", courseid=course) == f"[{{{shown}}}]"
    user_group = (
        '{"id":1,"name":"Red","description":"<p>d<\\/p>","descriptionformat":1,'
        f'"idnumber":"AB","courseid":{course}}}'
    )
    assert told("get_course_user_groups", courseid=course, userid=ann, groupingid=1) == (
        f'{{"groups":[{user_group}],"warnings":[]}}'
    )
    assert told("get_activity_allowed_groups", cmid=talk, userid=ann) == (
        f'{{"groups":[{user_group}],"canaccessallgroups":false,"warnings":[]}}'
    )
    assert told("get_activity_groupmode", cmid=talk) == '{"groupmode":1,"warnings":[]}'
    changed = {"id": 1, "name": "Every", "description": "x"}
    assert told("update_groupings", groupings=[changed]) == "null"
    assert told("unassign_grouping", unassignments=[{"groupingid": 1, "groupid": 1}]) == "null"
    assert told("delete_groupings", groupingids=[1]) == "null"
    assert told("delete_group_members", members=[{"groupid": 1, "userid": ann}]) == "null"
    assert told("delete_groups", groupids=[1]) == "null"
    assert told("get_course_groups", courseid=course) == "[]"


def test_a_group_in_xml(web: Web, classroom: Classroom, token: str) -> None:
    classroom.school.group(classroom.course, "A & B")
    answer = web.call(
        "core_group_get_course_groups", token, format_="xml", courseid=classroom.course
    )
    assert answer.body.decode() == (
        '<?xml version="1.0" encoding="UTF-8" ?>\n<RESPONSE>\n<MULTIPLE>\n<SINGLE>\n'
        '<KEY name="id"><VALUE>1</VALUE>\n</KEY>\n'
        f'<KEY name="courseid"><VALUE>{classroom.course}</VALUE>\n</KEY>\n'
        '<KEY name="name"><VALUE>A &amp;amp; B</VALUE>\n</KEY>\n'
        '<KEY name="description"><VALUE></VALUE>\n</KEY>\n'
        '<KEY name="descriptionformat"><VALUE>1</VALUE>\n</KEY>\n'
        '<KEY name="enrolmentkey"><VALUE null="null"/>\n</KEY>\n'
        '<KEY name="idnumber"><VALUE></VALUE>\n</KEY>\n'
        '<KEY name="visibility"><VALUE>0</VALUE>\n</KEY>\n'
        '<KEY name="participation"><VALUE>1</VALUE>\n</KEY>\n'
        "</SINGLE>\n</MULTIPLE>\n</RESPONSE>\n"
    )


@pytest.mark.parametrize(
    ("function", "params"),
    [
        ("create_groups", {"groups": [{"courseid": 1, "name": "<b>x</b>", "description": ""}]}),
        ("create_groups", {"groups": [{"courseid": 1, "name": "x"}]}),
        ("create_groups", {"groups": [{"courseid": 1, "name": "x", "description": "", "id": 5}]}),
        ("get_groups", {}),
        ("get_groupings", {"groupingids": [1], "returngroups": "2"}),
        ("update_groups", {"groups": [{"id": 1, "name": "x", "participation": "2"}]}),
    ],
)
def test_parameters_that_do_not_fit_are_refused_before_anything_else(
    web: Web, token: str, function: str, params: dict[str, Any]
) -> None:
    answer = web.call(f"core_group_{function}", token, **params)
    assert answer.error == ("core\\exception\\invalid_parameter_exception", "invalidparameter")


def test_a_refusal_is_told_with_its_code(web: Web, classroom: Classroom, token: str) -> None:
    classroom.school.group(classroom.course, "Red", idnumber="R")
    new = {"courseid": classroom.course, "name": "Blue", "description": "", "idnumber": "R"}
    answer = web.call("core_group_create_groups", token, groups=[new])
    assert answer.error == ("core\\exception\\moodle_exception", "idnumbertaken")
