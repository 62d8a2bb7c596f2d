"""Many rows at once, against the real server: what went through, and which row did not."""

from typing import Any

import pytest

from coursewire import InvalidToken, MoodleError, Progress, Report, SiteUnavailable
from coursewire.client import _retries
from coursewire.contracts.core_group import groups
from tests.client.asking import Shell
from tests.client.hostile import Hostile, answer, hang_up
from tests.support import making
from tests.support.web import Web


def new(course: int, name: str) -> groups.NewGroup:
    return groups.NewGroup(courseid=course, name=name, description="")


def test_rows_go_in_parts_and_the_bad_ones_are_found(web: Web, served: str, shell: Shell) -> None:
    course = making.course(web.site, "ALG")
    rows = [new(course, f"Group {number}") for number in range(23)]
    rows[4] = new(course, " ")
    rows[17] = new(999, "Nowhere")
    rows[18] = new(course, "Group 0")
    seen: list[Progress] = []
    report: Report[Any] = shell.ask(
        served,
        lambda it: it.batch(groups.create_groups, rows, size=10, progress=seen.append),
        web.token(),
    )
    assert sorted(it.row for it in report.failed) == [4, 17, 18]
    assert all(it.alone for it in report.failed)
    made = report.results()
    assert sorted(made) == [row for row in range(23) if row not in (4, 17, 18)]
    assert all(made[row].name == rows[row].name for row in made)
    assert (seen[0].settled, seen[-1]) == (0, Progress(23, 23, 3))
    assert not report.ok
    with pytest.raises(MoodleError) as raised:
        report.require_all()
    assert raised.value.errorcode == "invalidparameter"


def test_rows_of_plain_values_go_by_name(web: Web, served: str, shell: Shell) -> None:
    course = making.course(web.site, "ALG")
    rows = [{"courseid": course, "name": f"G{n}", "description": ""} for n in range(3)]
    report = shell.ask(served, lambda it: it.batch("core_group_create_groups", rows), web.token())
    assert report.ok
    assert [report.results()[row]["name"] for row in range(3)] == ["G0", "G1", "G2"]
    report.require_all()


def test_a_call_has_no_more_fields_than_every_php_takes(shell: Shell, hostile: Hostile) -> None:
    """What is above that, PHP drops without a word, and the call is carried out without it."""
    hostile.plays(answer(b"null"))
    rows = [{"groupid": 1, "userid": number} for number in range(1, 1_201)]
    report = shell.ask(
        hostile.address, lambda it: it.batch("core_group_add_group_members", rows, size=5_000)
    )
    assert report.ok
    assert [row for done in report.done for row in done.rows] == list(range(1_200))
    assert len(hostile.received) == 3
    assert all(len(it.fields) <= 1_000 for it in hostile.received)


def test_a_row_of_many_fields_goes_alone(shell: Shell, hostile: Hostile) -> None:
    hostile.plays(answer(b"[]"))
    custom = [{"type": f"f{number}", "value": "x"} for number in range(600)]
    ann = {"username": "ann", "firstname": "A", "lastname": "B", "email": "ann@example.org"}
    rows = [ann | {"customfields": custom}, ann]
    report = shell.ask(hostile.address, lambda it: it.batch("core_user_create_users", rows))
    assert [done.rows for done in report.done] == [(0,), (1,)]


def test_a_row_that_does_not_fit_is_not_sent(web: Web, served: str, shell: Shell) -> None:
    course = making.course(web.site, "ALG")
    good = {"courseid": course, "name": "Red", "description": ""}
    report = shell.ask(
        served, lambda it: it.batch("core_group_create_groups", [{"name": "x"}, good]), web.token()
    )
    ((failed),) = report.failed
    assert failed.row == 0
    assert "groups[0].courseid: the key is missing" in str(failed.error)
    assert list(report.results()) == [1]


def test_a_function_that_may_do_half_is_not_repeated_in_parts(
    shell: Shell, hostile: Hostile
) -> None:
    hostile.plays(answer(b'{"exception":"x","errorcode":"odd","message":"No"}'))
    rows = [{"id": number} for number in range(4)]
    report = shell.ask(hostile.address, lambda it: it.batch("core_user_update_users", rows))
    assert [(it.row, it.alone) for it in report.failed] == [(n, False) for n in range(4)]
    assert len(hostile.received) == 1


def test_what_concerns_every_row_stops_the_batch(shell: Shell, hostile: Hostile) -> None:
    refusal = b'{"exception":"moodle_exception","errorcode":"invalidtoken","message":"No"}'
    hostile.plays(answer(b"[]"), answer(refusal))
    rows = [new(2, str(number)) for number in range(6)]
    report = shell.ask(hostile.address, lambda it: it.batch(groups.create_groups, rows, size=2))
    assert isinstance(report.stopped, InvalidToken)
    assert [it.rows for it in report.done] == [(0, 1)]
    assert report.untried == [2, 3, 4, 5]
    assert report.unknown == []
    with pytest.raises(InvalidToken):
        report.require_all()


def test_rows_whose_fate_is_unknown_are_told_apart(
    shell: Shell, hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_retries, "_FIRST_WAIT", 0.001)
    hostile.plays(hang_up)
    rows = [new(2, str(number)) for number in range(4)]
    report = shell.ask(hostile.address, lambda it: it.batch(groups.create_groups, rows, size=2))
    assert isinstance(report.stopped, SiteUnavailable)
    assert (report.unknown, report.untried) == ([0, 1], [2, 3])
    assert len(hostile.received) == 1


def test_a_function_without_rows_is_refused(shell: Shell, hostile: Hostile) -> None:
    with pytest.raises(ValueError, match="no single parameter"):
        shell.ask(hostile.address, lambda it: it.batch("core_group_get_course_groups", [1]))
    with pytest.raises(ValueError, match="size is 0"):
        shell.ask(hostile.address, lambda it: it.batch("core_group_get_groups", [1], size=0))
