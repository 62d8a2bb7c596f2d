"""What a user can mend ends in one clear sentence and an exit code, never in a trace."""

import json
import os
import resource
import socket
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from coursewire import settings
from coursewire.cli.acting import acting
from coursewire.cli.common import Failure, load_settings
from coursewire.cli.failures import tell
from coursewire.contracts.errors import InvalidParameter
from coursewire.store.problems import OutcomeUnknown
from tests.cli.conftest import Command
from tests.support.served import COMMAND, free_port


def newer(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "site.sqlite3")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()


def rubbish(folder: Path) -> None:
    (folder / "site.sqlite3").write_bytes(b"no database at all " * 500)


def missing(folder: Path) -> None:
    (folder / "site.sqlite3").unlink()


def of_another_program(folder: Path) -> None:
    missing(folder)
    with closing(sqlite3.connect(folder / "site.sqlite3")) as database:
        database.execute("CREATE TABLE wp_posts (id INTEGER)")
    (folder / "site.sqlite3").chmod(0o600)


def empty(folder: Path) -> None:
    (folder / "site.sqlite3").write_bytes(b"")


def lacking_a_key(folder: Path) -> None:
    path = folder / "keys.json"
    content = json.loads(path.read_bytes())
    content["keys"] = content["keys"][1:]
    path.write_text(json.dumps(content))


SETUPS: list[tuple[str, Callable[[Path], object], str]] = [
    ("a newer database", newer, "newer than this program"),
    ("no database at all", rubbish, "cannot be used as a database"),
    ("a missing database", missing, "there is no database at"),
    ("another program's database", of_another_program, "belongs to another program"),
    ("an empty database", empty, "the database is empty"),
    ("a readable database", lambda d: (d / "site.sqlite3").chmod(0o644), "chmod 600"),
    ("a readable key file", lambda d: (d / "keys.json").chmod(0o640), "chmod 600"),
    ("a damaged key file", lambda d: (d / "keys.json").write_text("{"), "is damaged"),
    ("a key file without a key", lacking_a_key, "lacks a key for digest"),
    (
        "a key file of the future",
        lambda d: (d / "keys.json").write_text('{"format":9,"keys":[]}'),
        "has format 9",
    ),
    ("no key file", lambda d: (d / "keys.json").unlink(), "is missing beside its database"),
    ("unknown settings", lambda d: (d / "coursewire.toml").write_text("prot = 1"), "'prot'"),
    ("broken settings", lambda d: (d / "coursewire.toml").write_text("port"), "as TOML"),
    ("wrong settings", lambda d: (d / "coursewire.toml").write_text("port = 'x'"), "port"),
    ("an impossible port", lambda d: (d / "coursewire.toml").write_text("port = 70000"), "65535"),
]


@pytest.mark.parametrize(
    ("spoil", "told"), [pytest.param(spoil, told, id=name) for name, spoil, told in SETUPS]
)
@pytest.mark.parametrize("asked", [("token", "list"), ("serve",)])
def test_a_broken_set_up_is_told_in_one_sentence(
    command: Command,
    tmp_path: Path,
    spoil: Callable[[Path], object],
    told: str,
    asked: tuple[str, ...],
) -> None:
    command("init", "--data", "data")
    spoil(tmp_path / "data")
    error = command.refused(*asked, "--data", "data", code=3)
    assert told in error
    assert len(error.rstrip("\n").splitlines()) == 1


def test_a_site_that_lost_its_keys_is_not_made_anew(command: Command, tmp_path: Path) -> None:
    command("init", "--data", "data")
    (tmp_path / "data" / "keys.json").unlink()
    error = command.refused("init", "--data", "data", code=3)
    assert "is missing beside its database" in error
    assert not (tmp_path / "data" / "keys.json").exists()


@pytest.mark.parametrize("asked", [("token", "list"), ("serve",), ("settings", "get")])
def test_no_site_says_how_to_make_one(command: Command, asked: tuple[str, ...]) -> None:
    error = command.refused(*asked, "--data", "nowhere", code=3)
    assert "coursewire init --data nowhere" in error


def test_a_port_in_use_is_told(command: Command) -> None:
    command("init", "--data", "data")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        error = command.refused("serve", "--data", "data", "--port", port)
    assert error == (
        f"error: cannot listen on 127.0.0.1:{port}: Address already in use;"
        " choose another with --port\n"
    )


def test_a_host_that_nobody_knows_is_told(command: Command) -> None:
    command("init", "--data", "data")
    host = "nowhere.invalid"
    error = command.refused(
        "serve", "--data", "data", "--host", host, "--port", "0", "--insecure-http"
    )
    assert error.endswith("choose another with --host\n")


def test_an_address_of_another_machine_is_told(command: Command) -> None:
    command("init", "--data", "data")
    error = command.refused(
        "serve", "--data", "data", "--host", "192.0.2.1", "--port", "0", "--insecure-http"
    )
    assert error.endswith("choose another with --host\n")


def test_a_database_server_that_is_not_there_is_told(command: Command) -> None:
    command("init", "--data", "data")
    address = f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/none"
    error = command.refused("token", "list", "--data", "data", "--database", address, code=3)
    assert "the database cannot be used" in error


@pytest.mark.parametrize("asked", [("token", "list"), ("up",), ("serve",), ("migrate",)])
def test_a_database_password_is_no_argument(command: Command, asked: tuple[str, ...]) -> None:
    address = "postgresql+psycopg://nobody:hidden@127.0.0.1/none"
    error = command.refused(*asked, "--database", address, code=2)
    assert "hidden" not in error
    assert "COURSEWIRE_DATABASE" in error


def test_an_address_of_no_database_is_told(command: Command) -> None:
    error = command.refused("token", "list", "--database", "mysql://localhost/x", code=3)
    assert "postgresql+psycopg://" in error


@pytest.mark.parametrize("place", ["x@127.0.0.1:abc/y", "[::1"])
def test_an_address_that_cannot_be_taken_apart_is_told(
    command: Command, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    address = f"postgresql+psycopg://{place}"
    command("init", "--data", "coursewire-data")
    error = command.refused("user", "list", "--database", address, code=3)
    assert "this is not the address of a database" in error
    monkeypatch.setenv("COURSEWIRE_DATABASE", address)
    assert command.refused("user", "list", code=3) == error


NOT_UTF_8 = "\udcff"
NAMES = ("--firstname", "A", "--lastname", "A")


@pytest.mark.parametrize(
    "asked",
    [
        ("user", "show", NOT_UTF_8),
        ("user", "list", "--search", NOT_UTF_8),
        ("user", "create", NOT_UTF_8, "--no-password", "--email", "a@b.example", *NAMES),
        ("role", "assign", "student", "admin", "--course", NOT_UTF_8),
        ("service", "create", NOT_UTF_8),
        ("call", "core_group_get_groups", f"groupids[0]={NOT_UTF_8}"),
    ],
    ids=lambda asked: " ".join(asked[:2]),
)
def test_in_7_an_argument_that_is_not_utf_8_is_told(
    placed: Command, asked: tuple[str, ...]
) -> None:
    done = placed(*asked, code=None)
    assert done.code in (1, 2, 3)
    assert done.err.startswith(("error: ", "Usage: "))


def test_a_backup_goes_into_a_folder_of_any_name(placed: Command) -> None:
    placed("backup", f"b{NOT_UTF_8}")
    placed("restore", f"b{NOT_UTF_8}", "--force", "--keep")


def test_a_folder_whose_name_looks_like_an_address_is_backed_up(command: Command) -> None:
    command("init", "--data", "file:data")
    command("backup", "--data", "file:data")
    command("backup", "file:backup", "--data", "file:data")
    command("restore", "file:backup", "--data", "file:data", "--force")


def test_a_backup_that_finds_no_room_is_told(placed: Command, tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        error = placed.refused("backup", "one", code=3)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "the database cannot do this: " in error
    assert not list(tmp_path.glob("*one*"))
    placed("backup", "one")


def test_in_7_a_folder_that_is_not_utf_8_is_told(command: Command) -> None:
    assert "is not UTF-8" in command.refused("init", "--data", f"i{NOT_UTF_8}", code=2)


def test_in_3_parameters_nested_too_deep_are_told(command: Command, tmp_path: Path) -> None:
    (tmp_path / "deep.json").write_text('{"a": ' + "[" * 3000 + "]" * 3000 + "}")
    told = command.refused("call", "f", "--url", "x.example", "--json-params", "deep.json", code=2)
    assert "nested too deep" in told


def test_in_7_input_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    asked = [str(COMMAND), "call", "f", "--url", "http://127.0.0.1:9", "--json-params", "-"]
    told = subprocess.run(asked, input=b"\xff", capture_output=True, cwd=tmp_path, check=False)
    assert told.returncode == 2
    assert told.stderr.startswith(b"error: standard input holds no JSON object of parameters")


def test_a_broken_site_file_is_told_by_line_and_field(command: Command, tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("users:\n- {username: x, firstname: 1}\n")
    error = command.refused("apply", "site.yaml", "--data", "data", "--yes")
    assert "site.yaml, line 2, users[0]" in error
    assert not (tmp_path / "data").exists()


def test_a_folder_that_cannot_be_made_is_told(command: Command, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    error = command.refused("init", "--data", "file/data", code=3)
    assert "the folder file/data cannot be made: Not a directory" in error


def test_a_site_that_is_being_written_is_told(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("init", "--data", "data")
    monkeypatch.setattr("coursewire.store.sqlite_settings.BUSY_TIMEOUT", 0.1)
    monkeypatch.setattr(
        "coursewire.store.sqlite_settings.connect.__kwdefaults__", {"busy_timeout": 0.1}
    )
    with closing(sqlite3.connect(tmp_path / "data/site.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        error = command.refused("webservices", "on", "--data", "data", code=3)
    assert error == (
        "error: the database cannot do this: database is locked\n"
        "try:   nothing was changed in it; run the command again\n"
    )


LOST = "DO $$ BEGIN RAISE EXCEPTION 'met another' USING ERRCODE = '{}'; END $$"


def lose(code: str, before: int) -> None:
    """Change something so many times, then lose against another change."""
    with acting(load_settings(None, None)) as site:
        for _ in range(before):
            with site.call.transaction():
                site.call.audit.record("test.note", "thing")
        with site.call.transaction():
            site.call.session.execute(text(LOST.format(code)))


@pytest.mark.requirement("DUR-10")
@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
@pytest.mark.parametrize("code", ["40P01", "40001", "23505", "57014"])
@pytest.mark.parametrize(
    ("before", "told"),
    [
        (0, "nothing was changed in it; run the command again"),
        (1, "a part was changed before; look at what is there, and run the command again"),
    ],
)
@pytest.mark.usefixtures("placed")
def test_a_command_that_met_another_change_can_be_run_again(
    code: str, before: int, told: str
) -> None:
    with pytest.raises(Failure, match="the database cannot do this: met another") as failed:
        lose(code, before)
    assert (failed.value.code, failed.value.remedy) == (3, told)


@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
@pytest.mark.usefixtures("placed")
def test_what_would_fail_again_is_not_to_be_run_again() -> None:
    with pytest.raises(DBAPIError, match="met another"):
        lose("22012", 0)


def test_an_error_of_the_database_does_not_tell_its_statement() -> None:
    error = OperationalError("SELECT secret", {"value": "private"}, Exception("disk full\nmore"))
    assert tell(error) == 3


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OutcomeUnknown("the outcome is not known"), 1),
        (InvalidParameter("the value is wrong", remedy="give another"), 1),
        (OSError(28, "No space left on device"), 1),
        (UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogates not allowed"), 2),
        (ValueError("a mistake of ours"), None),
        (BrokenPipeError(), None),
    ],
)
def test_what_is_known_is_told_and_the_rest_raised(
    error: Exception, code: int | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tell(error) == code
    assert bool(capsys.readouterr().err) == (code is not None)


def test_control_characters_in_an_error_are_visible(capsys: pytest.CaptureFixture[str]) -> None:
    tell(InvalidParameter("there is no \x1b[2Jthing", remedy="try \x9b1m"))
    shown = capsys.readouterr().err
    assert shown == "error: there is no \\u001b[2Jthing\ntry:   try \\u009b1m\n"


def test_the_real_command_tells_the_same(tmp_path: Path) -> None:
    done = subprocess.run(
        [str(COMMAND), "token", "list", "--data", str(tmp_path / "none")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TERM": "dumb"},
    )
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.startswith("error: there is no site in")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("asked", ["--help", "--version", "functions --help"])
def test_help_that_finds_no_room_is_no_trace(asked: str, tmp_path: Path) -> None:
    shell = f"{COMMAND} {asked} > /dev/full"
    done = subprocess.run(
        ["/bin/sh", "-c", shell], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, "error: No space left on device\n")


def test_output_that_nobody_reads_any_more_is_no_trace(tmp_path: Path) -> None:
    shell = f"{COMMAND} functions --json | head -c 1"
    done = subprocess.run(
        ["/bin/sh", "-c", shell], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout == "["
    assert "Traceback" not in done.stderr


def test_every_setting_can_be_read_from_the_environment(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{settings.PREFIX}PORT", "nonsense")
    assert "port" in command.refused("token", "list", code=3)


@pytest.mark.parametrize(
    ("asked", "closed", "told", "code"),
    [
        ("functions", ">&-", "error: Bad file descriptor\n", 1),
        ("--version", ">&-", "error: Bad file descriptor\n", 1),
        ("user password admin", "<&-", "error: no new password was given", 2),
        ("user show admin", "2>&-", "", 0),
        ("user show nobody", "2>&-", "", 1),
    ],
)
def test_a_stream_that_was_closed_is_no_trace(
    command: Command, asked: str, closed: str, told: str, code: int
) -> None:
    command("init", "--data", "coursewire-data")
    done = subprocess.run(
        ["/bin/sh", "-c", f"{COMMAND} {asked} {closed}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert done.stderr.startswith(told)
    assert "Traceback" not in done.stderr
    assert "ignored" not in done.stderr
