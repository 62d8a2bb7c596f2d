"""Text from the store cannot steer a terminal, on any of the ways it is written (OUT-4)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from coursewire.cli import showing
from coursewire.text.counted import counted
from tests.cli.conftest import Command

PAYLOADS = [
    *(chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))),
    "\x1b[2J",
    "\x1b]0;title\x07",
    "\x1b]8;;https://evil.example\x07link\x1b]8;;\x07",
    "\x9b31m",
    "\r\nforged line",
    "\u202eright to left",
    "\u2066isolated\u2069",
    "\u2028",
    "\u2029",
    "\x08\x08\x08",
    "[bold red]markup[/]",
    "\ud800",
]
STEERING = {*map(chr, (*range(0x20), *range(0x7F, 0xA0))), *"\u200e\u200f\u2028\u2029"} - {"\n"}


def written(capsys: pytest.CaptureFixture[str]) -> str:
    text = capsys.readouterr().out
    assert not STEERING & set(text)
    assert not any("\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069" for char in text)
    return text


def test_what_stands_between_colons_stays(capsys: pytest.CaptureFixture[str]) -> None:
    showing.out.print("Sealed up to 1:100:9c41")
    showing.err.print("[bold red]error:[/] no user a:key:b")
    shown = capsys.readouterr()
    assert shown.out == "Sealed up to 1:100:9c41\n"
    assert shown.err == "error: no user a:key:b\n"


@pytest.mark.requirement("OUT-4")
@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_steers_a_terminal(payload: str, capsys: pytest.CaptureFixture[str]) -> None:
    showing.print_table(("name", "value"), [("name", f"a{payload}b")])
    showing.print_facts({"name": f"a{payload}b"})
    showing.plain(f"a{payload}b")
    assert "a" in written(capsys)
    if payload != "\ud800":
        showing.print_json({"value": payload})
        assert json.loads(written(capsys)) == {"value": payload}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_in_a_rich_table_steers_a_real_terminal(
    payload: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = showing.VisibleConsole(
        highlight=False, force_terminal=True, color_system=None, width=80
    )
    monkeypatch.setattr(showing, "out", plain)
    showing.print_table(("name", "value"), [("name", f"a{payload}b")])
    showing.print_facts({"name": f"a{payload}b"})
    plain.print(f"a{payload}b", markup=False)
    text = capsys.readouterr().out.replace("\x1b[2m", "").replace("\x1b[0m", "")
    assert not STEERING & set(text)


def test_a_plain_console_would_have_let_it_through(capsys: pytest.CaptureFixture[str]) -> None:
    Console(highlight=False).print("\x1b[2J")
    assert "\x1b[2J" in capsys.readouterr().out


def test_markup_in_stored_text_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    showing.print_table(("name",), [("[bold]x[/]",)])
    assert "[bold]x[/]" in capsys.readouterr().out


@given(st.text())
def test_json_says_the_same_to_a_program(text: str) -> None:
    written = showing.as_json([text])
    assert json.loads(written) == [text]
    assert not STEERING & set(written)


def test_an_empty_table_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    showing.print_table(("name",), [], empty="no tokens")
    assert capsys.readouterr().out == "no tokens\n"


def test_columns_stand_under_their_headings(capsys: pytest.CaptureFixture[str]) -> None:
    showing.print_table(("a", "b"), [("wide one", "1"), ("日本", "2")])
    assert capsys.readouterr().out == "a         b\nwide one  1\n日本      2\n"


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0 tokens"), (1, "1 token"), (1234, "1,234 tokens")]
)
def test_numbers_stand_with_their_noun(number: int, shown: str) -> None:
    assert counted(number, "token") == shown


@pytest.mark.parametrize("name", ["Ours [/b]", "Ours [red]now[/red]"])
def test_signs_of_markup_in_a_name_are_told_as_they_are(placed: Command, name: str) -> None:
    assert f"Made the service {name!r} with 0" in placed("service", "create", name).out
    done = placed("service", "authorise", name, "admin").out
    assert f"admin may use {name}, from any address" in done
    added = placed("service", "functions", "add", name, "core_webservice_get_site_info").out
    assert added.startswith(f"{name}: 1 function added")
    assert f"not use {name} any more" in placed("service", "deauthorise", name, "admin").out
    assert f"the service {name!r}" in placed("service", "delete", name, "--yes").out
    assert placed("settings", "set", "sitepolicy", name).out == f"sitepolicy is {name}.\n"
    assert name in placed("settings", "get", "sitepolicy").out
    assert f"Backed up to {name}: " in placed("backup", name).out
