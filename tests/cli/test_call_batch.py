"""Batches of rows out of files: on a site here and over HTTP, down to the row at fault."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coursewire.cli.call_shown import as_rows
from coursewire.client import connections
from tests.cli.conftest import Command
from tests.support import making
from tests.support.listening import listening
from tests.support.sites import TestSite
from tests.support.web import Web

CREATE = "core_group_create_groups"
TOKEN = "5ec2e7c0ffee5ec2e7c0ffee5ec2e7c0"


def written(path: Path, name: str, content: str) -> str:
    place = path / name
    place.write_text(content, "utf-8")
    return str(place)


def groups_csv(path: Path, course: int, names: list[str]) -> str:
    lines = [f'{course},"{name}",' for name in names]
    return written(path, "groups.csv", "\n".join(["courseid,name,description", *lines]) + "\n")


def test_the_rows_of_a_file_are_sent_and_the_one_at_fault_is_named(
    placed: Command, site: TestSite, tmp_path: Path
) -> None:
    course = making.course(site, "ALG")
    names = [f"Group {number}" for number in range(7)]
    names[4] = names[1]
    file = groups_csv(tmp_path, course, names)
    done = placed("call", CREATE, "--rows", file, "--into", "groups", "--batch", "3", code=1)
    assert done.json["done"] == [1, 2, 3, 4, 6, 7]
    assert [failed["row"] for failed in done.json["failed"]] == [5]
    assert "has a group named 'Group 1' already" in done.json["failed"][0]["error"]
    assert done.json["results"]["7"]["name"] == "Group 6"
    assert "row 5: " in done.err
    assert done.err.endswith("6 of 7 rows done, 1 failed.\n")
    listed = placed("call", "core_group_get_course_groups", f"courseid={course}").json
    assert len(listed) == 6


def test_a_row_that_does_not_fit_is_not_sent(
    placed: Command, site: TestSite, tmp_path: Path
) -> None:
    course = making.course(site, "ALG")
    rows = f"- {{courseid: {course}, name: Red, description: ''}}\n- {{courseid: x, name: Blue}}\n"
    file = written(tmp_path, "rows.yaml", rows)
    done = placed("call", CREATE, "--rows", file, code=1)
    assert done.json["done"] == [1]
    assert "groups[0].courseid" in done.json["failed"][0]["error"]


@pytest.fixture
def served(web: Web, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Web]:
    """A site over HTTP that has the connection `school`."""
    place = tmp_path / "connections.json"
    monkeypatch.setenv(connections.VARIABLE, str(place))
    with listening(web.server) as port:
        kept = {"url": f"http://127.0.0.1:{port}", "token": web.token()}
        place.touch(0o600)
        place.write_text(json.dumps({"format": 1, "connections": {"school": kept}}))
        yield web


def test_over_http_a_connection_says_where_and_by_whom(
    command: Command, served: Web, tmp_path: Path
) -> None:
    course = making.course(served.site, "ALG")
    there = ("--connection", "school")
    file = groups_csv(tmp_path, course, ["=1+1", "Blue", "Blue", "Green"])
    done = command("call", CREATE, *there, "--rows", file, "--format", "csv", code=1)
    # The server of this test logs to the same standard output.
    lines = done.out[done.out.index("row,id,courseid,name,") :].splitlines()
    # A spreadsheet gets a text in place of the formula (OUT-4).
    assert f",{course},'=1+1," in lines[1]
    assert [line[:2] for line in lines[1:]] == ["1,", "2,", "4,"]
    assert "row 3: " in done.err
    table = command("call", "core_group_get_course_groups", *there, f"courseid={course}",
                    "--format", "table").out  # fmt: skip
    assert table.splitlines()[0].split()[:3] == ["id", "courseid", "name"]
    assert "Green" in table


def test_a_site_that_is_away_stops_the_batch(command: Command, tmp_path: Path) -> None:
    file = groups_csv(tmp_path, 2, ["a", "b", "c"])
    done = command(
        "call", CREATE, "--url", "127.0.0.1:1", "--rows", file, "--batch", "2",
        stdin=TOKEN, code=1,
    )  # fmt: skip
    assert done.json["untried"] == [1, 2, 3]
    assert "stopped: " in done.err
    assert "not sent: rows 1-3" in done.err


def test_a_dry_run_shows_the_form_and_sends_nothing(
    command: Command, served: Web, tmp_path: Path
) -> None:
    there = ("--connection", "school", "--dry-run")
    shown = command("call", CREATE, *there, '{"groups": [{"courseid": 2, "name": "é & ü",'
                    ' "description": "x"}]}', "moodlewssettingraw=1")  # fmt: skip
    assert "/webservice/rest/server.php" in shown.out
    body = shown.out.splitlines()[-1]
    assert body == (
        "wstoken=[hidden]&wsfunction=core_group_create_groups&moodlewsrestformat=json"
        "&groups[0][courseid]=2&groups[0][name]=%C3%A9+%26+%C3%BC&groups[0][description]=x"
        "&moodlewssettingraw=1"
    )
    file = groups_csv(tmp_path, 2, ["a", "b", "c"])
    batch = command("call", CREATE, *there, "--rows", file, "--batch", "2")
    assert "3 rows in 2 calls; the first call:" in batch.err
    assert "groups[1][name]=b" in batch.out
    assert "groups[2]" not in batch.out
    wrong = written(tmp_path, "wrong.csv", "courseid,name,description\nx,Red,\n")
    assert "no row fits" in command("call", CREATE, *there, "--rows", wrong, code=1).err
    assert "courseid" in command.refused("call", CREATE, *there, "groups[0][name]=a", code=2)
    served.close()


def test_a_dry_run_without_an_address_asks_for_no_token(placed: Command) -> None:
    shown = placed("call", "core_group_get_groups", "groupids[0]=4", "--dry-run")
    assert shown.out.splitlines()[-1].endswith("groupids[0]=4")
    raw = placed("call", "local_thing_do", "a[x]=1", "--unchecked", "--dry-run")
    assert raw.out.splitlines()[-1].endswith("wsfunction=local_thing_do&moodlewsrestformat=json"
                                             "&a[x]=1")  # fmt: skip


def test_parameters_come_from_a_file_or_standard_input(
    placed: Command, site: TestSite, tmp_path: Path
) -> None:
    course = making.course(site, "ALG")
    params = json.dumps({"courseid": course})
    file = written(tmp_path, "p.json", params)
    read = ("call", "core_group_get_course_groups")
    assert placed(*read, "--json-params", file).json == []
    assert placed(*read, "--json-params", "-", stdin=params).json == []
    assert placed(*read, params, "moodlewssettingraw=1").json == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("courseid=1", '{"courseid": 2}'), "given twice"),
        (("{x}",), "no JSON object of parameters"),
        (('{"courseid": null}',), "a form cannot carry null"),
        (("--json-params", "-"), "no JSON object of parameters"),
        (("--into", "groups"), "--into is about the rows"),
        (("--rows", "good.csv", "a=1"), "a batch has its parameters in the rows"),
        (("--rows", "good.csv", "--unchecked"), "rows are always checked"),
        (("--rows", "good.csv", "--format", "xml"), "no single document"),
        (("--rows", "good.csv", "--into", "courses"), "--into groups"),
        (("--rows", "text.txt"), "its name ends in .csv"),
        (("--rows", "twice.csv"), "a heading is empty or there twice"),
        (("--rows", "short.csv"), "line 2: 1 cell under 2 headings"),
        (("--rows", "quote.csv"), "is no valid CSV"),
        (("--rows", "latin.csv"), "is not written in UTF-8"),
        (("--rows", "empty.csv"), "holds no rows"),
        (("--rows", "empty.csv"), "the first line holds headings"),
        (("--rows", "map.yaml"), "is not a list of rows"),
        (("--rows", "map.yaml"), "write a list"),
        (("--rows", "broken.json"), "is no valid JSON"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_sent(
    placed: Command, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    files = {
        "good.csv": "courseid,name\n2,a\n", "text.txt": "", "twice.csv": "a,a\n1,2\n",
        "short.csv": "a,b\n1\n", "quote.csv": 'a,b\n"x"y,2\n', "empty.csv": "courseid,name\n",
        "map.yaml": "a: 1", "broken.json": "[",
    }  # fmt: skip
    for name, content in files.items():
        written(tmp_path, name, content)
    (tmp_path / "latin.csv").write_bytes(b"a,b\n\xff,2\n")
    assert told in placed.refused("call", CREATE, *arguments, code=2)


def test_a_function_without_a_list_takes_no_rows(placed: Command, tmp_path: Path) -> None:
    file = written(tmp_path, "rows.csv", "a\n1\n")
    told = placed.refused("call", "core_group_get_course_groups", "--rows", file, code=2)
    assert "has no parameter that takes rows" in told
    assert "call it without --rows" in told


def test_an_unknown_function_is_told_the_one_that_may_be_meant(command: Command) -> None:
    there = ("--url", "127.0.0.1:1")
    told = command.refused("call", "core_group_get_group", *there, stdin=TOKEN, code=2)
    assert "did you mean core_group_get_groups" in told
    assert "--unchecked" in told


@pytest.mark.parametrize(
    ("answer", "table"),
    [
        ([], [[]]),
        ([{"a": 1}, {"b": "x"}], [["a", "b"], [1, ""], ["", "x"]]),
        ({"users": [{"id": 1}], "warnings": [{"item": 2}]}, [["id"], [1]]),
        ({"a": 1, "b": []}, [["field", "value"], ["a", 1], ["b", []]]),
        (None, [["field", "value"], ["value", None]]),
        ([1, 2], [["value"], [1], [2]]),
    ],
)
def test_any_answer_is_a_table(answer: Any, table: list[list[Any]]) -> None:
    assert as_rows(answer) == table
