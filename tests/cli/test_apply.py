"""Site files by commands: the plan first, its exit code, the id map, the way out again."""

import errno
import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

from coursewire.domain.password_hashes import Argon2
from coursewire.presets import model
from tests.cli.conftest import Command
from tests.support.served import COMMAND
from tests.support.sites import TestSite

ANN = "users: [{username: ann, firstname: A, lastname: A, email: ann@b.example}]\n"
SERVICE = "services: [{name: S, enabled: true, authorised_users_only: false}]\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "school.yaml"
    path.write_text(ANN)
    return path


def test_the_plan_is_shown_and_nothing_is_done(placed: Command, file: Path) -> None:
    shown = placed("apply", str(file), "--plan", code=2).out
    assert shown == "+ users ann\nPlan: 1 to create, 0 to change, 0 to remove.\n"
    assert placed("apply", str(file), "--plan", code=2).out == shown


def test_an_applied_file_leaves_nothing_to_plan(placed: Command, file: Path) -> None:
    assert placed("apply", str(file), "--yes").out.endswith("\nApplied.\n")
    nothing = "Nothing to change: the site is as the file says.\n"
    assert placed("apply", str(file), "--plan").out == nothing
    assert placed("apply", str(file)).out == nothing


def test_nobody_to_ask_means_saying_yes(placed: Command, file: Path) -> None:
    assert "say --yes" in placed.refused("apply", str(file), code=2)
    placed("apply", str(file), "--plan", code=2)


def test_the_id_map_is_written(placed: Command, file: Path, tmp_path: Path) -> None:
    ids = tmp_path / "ids.json"
    placed("apply", str(file), "--yes", "--ids", str(ids))
    found = json.loads(ids.read_text())
    assert found["user"] == {"guest": 1, "admin": 2, "ann": 3}
    assert found["course"] == {"SITE": 1}
    placed("apply", str(file), "--yes", "--ids", str(ids))
    assert json.loads(ids.read_text()) == found


def test_an_id_map_that_cannot_be_written_is_told_before_anything_is_done(
    placed: Command, file: Path, tmp_path: Path
) -> None:
    nowhere = str(tmp_path / "none" / "ids.json")
    assert "cannot be written" in placed.refused("apply", str(file), "--yes", "--ids", nowhere)
    placed("apply", str(file), "--plan", code=2)


def test_the_id_map_of_another_time_stays_where_nothing_is_applied(
    placed: Command, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = tmp_path / "ids.json"
    placed("apply", str(file), "--yes", "--ids", str(ids))
    before = ids.read_text()
    file.write_text(ANN + "users2: []\n")
    placed("apply", str(file), "--yes", "--ids", str(ids), code=1)
    file.write_text(ANN + "courses:\n- {shortname: A, fullname: A, startdate: 9, enddate: 3}\n")
    placed("apply", str(file), "--yes", "--ids", str(ids), code=1)
    assert ids.read_text() == before
    file.write_text(ANN + SERVICE)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert "ids.json: cannot be written" in placed.refused(
        "apply", str(file), "--yes", "--ids", str(ids)
    )
    assert ids.read_text() == before


def test_the_id_map_goes_into_a_pipe_once(placed: Command, file: Path) -> None:
    placed("apply", str(file), "--yes")
    done = subprocess.run(
        [str(COMMAND), "apply", str(file), "--yes", "--ids", "/dev/stdout"],
        capture_output=True,
        check=True,
    )
    said, _, written = done.stdout.decode().partition("\n")
    assert said == "Nothing to change: the site is as the file says."
    assert json.loads(written)["user"]["ann"] == 3


def test_the_id_map_does_not_take_the_place_of_the_site_file(placed: Command, file: Path) -> None:
    told = placed.refused("apply", str(file), "--yes", "--ids", str(file), code=2)
    assert "school.yaml is the site file" in told
    assert file.read_text() == ANN
    placed("apply", str(file), "--plan", code=2)


def test_a_broken_file_is_told_line_by_line(placed: Command, file: Path) -> None:
    file.write_text("users:\n- {username: 1}\n- {usename: ann}\n")
    told = placed.refused("apply", str(file))
    assert "school.yaml, line 2, users[0].username: must be a text" in told
    assert "school.yaml, line 3, users[1].usename: there is no field 'usename'" in told
    assert "cannot be read" in placed.refused("apply", "nowhere.yaml")


def test_a_refusal_of_the_domain_names_the_line(placed: Command, file: Path) -> None:
    file.write_text(ANN + "courses:\n- {shortname: A, fullname: A, startdate: 9, enddate: 3}\n")
    told = placed.refused("apply", str(file), "--yes")
    assert "school.yaml, line 3, courses[0].enddate: A: The course ends before it starts" in told
    assert placed.refused("apply", str(file), "--plan") == told
    assert placed.refused("apply", str(file), stdin="y\n") == told
    file.write_text(ANN)
    placed("apply", str(file), "--plan", code=2)


def test_tokens_with_random_values_are_shown(placed: Command, file: Path) -> None:
    file.write_text(ANN + SERVICE + "tokens: [{name: t, user: ann, service: S}]")
    done = placed("apply", str(file), "--yes")
    (line,) = [line for line in done.out.splitlines() if line.startswith("token ")]
    assert line.startswith("token t of ann for S: ")
    assert len(line.rsplit(" ", 1)[1]) == 32
    assert "warning: one token: its user lacks webservice/rest:use" in done.err
    assert "token " not in placed("apply", str(file), "--yes").out


def test_a_program_gets_json(placed: Command, file: Path) -> None:
    file.write_text(ANN + SERVICE + "tokens: [{name: t, user: ann, service: S}]")
    planned = placed("apply", str(file), "--plan", "--json", code=2).json
    assert planned["changes"][0] == {
        "action": "create",
        "section": "users",
        "name": "ann",
        "fields": [],
    }
    done = placed("apply", str(file), "--yes", "--json").json
    assert done["changes"] == planned["changes"]
    (token,) = done["tokens"]
    assert (token["name"], token["user"], len(token["token"])) == ("t", "ann", 32)
    assert {"warning": "it has no end date", "tokens": 1} in done["warnings"]
    file.write_text(ANN.replace("lastname: A", "lastname: B"))
    (change,) = placed("apply", str(file), "--plan", "--json", code=2).json["changes"]
    assert change["fields"] == ["lastname A → B"]


def test_a_plan_for_no_site_leaves_the_database_of_the_environment_alone(
    command: Command,
    file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database = tmp_path / "elsewhere.sqlite3"
    monkeypatch.setenv("COURSEWIRE_DATABASE", f"sqlite:///{database}")
    command("apply", str(file), "--data", str(tmp_path / "new"), "--plan", code=2)
    assert not database.exists()


def test_fixed_values_are_warned_of(placed: Command, file: Path) -> None:
    value = "0123456789abcdef0123456789abcdef"
    file.write_text(f"{ANN}{SERVICE}tokens: [{{name: t, user: ann, service: S, value: {value}}}]")
    done = placed("apply", str(file), "--yes")
    assert "warning: one token: its value stands in a file" in done.err
    assert value not in done.out + done.err


def test_what_several_tokens_have_in_common_is_told_once(placed: Command, file: Path) -> None:
    both = "{name: t, user: ann, service: S}, {name: u, user: ann, service: S}"
    file.write_text(f"{ANN}{SERVICE}tokens: [{both}]")
    assert "warning: each of 2 tokens: it has no end" in placed("apply", str(file), "--yes").err


def test_pruning_is_announced(placed: Command, file: Path) -> None:
    placed("apply", str(file), "--yes")
    file.write_text("")
    assert placed("apply", str(file), "--plan").out.startswith("Nothing to change")
    shown = placed("apply", str(file), "--plan", "--prune", "users", code=2).out
    assert shown == "- users ann\nPlan: 0 to create, 0 to change, 1 to remove.\n"
    assert "there is no kind 'user'" in placed.refused("apply", str(file), "--prune", "user")


def test_a_site_is_made_where_there_is_none(command: Command, file: Path, tmp_path: Path) -> None:
    data = tmp_path / "new"
    assert command("apply", str(file), "--data", str(data), "--plan", code=2).out
    assert not data.exists()
    done = command("apply", str(file), "--data", str(data), "--yes")
    assert f"Made an empty site in {data}" in done.err.replace("\n", "")
    assert command("apply", str(file), "--data", str(data), "--plan").out


def test_a_new_password_is_hashed_by_the_real_thing(
    placed: Command, site: TestSite, file: Path
) -> None:
    file.write_text(ANN.replace("firstname", "password: Sunny-Day-7!, firstname"))
    placed("apply", str(file), "--yes")
    stored = str(
        site.session.connection.exec_driver_sql("SELECT password FROM users WHERE id = 3").scalar()
    )
    assert Argon2().verify(b"Sunny-Day-7!", stored)


def test_an_export_can_be_applied_elsewhere(placed: Command, file: Path, tmp_path: Path) -> None:
    file.write_bytes(model.text_of("demo.yaml"))
    placed("apply", str(file), "--yes")
    out = tmp_path / "out.yaml"
    told = placed("export", str(out))
    assert told.out == ""
    assert out.stat().st_mode & 0o777 == 0o600
    text = out.read_text()
    assert placed("export").out == text
    assert "password_hash" not in text
    assert "$argon2id$v=19$" in placed("export", "--secrets").out
    other = ("--data", str(tmp_path / "other"), "--database", "")
    placed("apply", str(out), *other, "--yes")
    assert placed("export", *other).out == text[: text.index("\n# Tokens are not")]
    assert yaml.safe_load(text)["site"] == {"fullname": "Coursewire demo", "shortname": "demo"}


def test_what_no_file_holds_is_told(placed: Command, file: Path) -> None:
    file.write_text(ANN.replace("}]", ", deleted: true}]"))
    placed("apply", str(file), "--yes")
    assert "warning: not in the file: 1 deleted users" in placed("export").err


def test_an_export_is_for_its_owner_whatever_was_there_before(
    placed: Command, tmp_path: Path
) -> None:
    out = tmp_path / "out.yaml"
    out.write_text("old")
    out.chmod(0o644)
    placed("export", str(out), "--force")
    assert out.stat().st_mode & 0o777 == 0o600
    assert placed("export", "-").out == out.read_text()
    assert not Path("-").exists()


def test_an_export_writes_over_no_file_unasked(
    placed: Command, site: TestSite, tmp_path: Path
) -> None:
    out = tmp_path / "out.yaml"
    out.write_text("old")
    told = placed.refused("export", str(out))
    assert "exists already" in told
    assert "--force" in told
    assert out.read_text() == "old"
    recorded = "SELECT count(*) FROM audit_records WHERE action = 'site.export'"
    assert site.session.connection.exec_driver_sql(recorded).scalar() == 0
    placed("export", str(out), "--force")
    assert out.read_text() == placed("export").out


def test_an_export_is_written_whole_or_not_at_all(
    placed: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    out = tmp_path / "out.yaml"
    out.write_text("old")
    kept = sorted(tmp_path.iterdir())

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    told = placed.refused("export", str(out), "--force")
    assert "No space left" in told
    assert out.read_text() == "old"
    assert sorted(tmp_path.iterdir()) == kept


def test_an_export_goes_through_links_and_into_devices(placed: Command, tmp_path: Path) -> None:
    out, link = tmp_path / "out.yaml", tmp_path / "link.yaml"
    out.write_text("old")
    link.symlink_to(out)
    assert "exists already" in placed.refused("export", str(link))
    placed("export", str(link), "--force")
    assert link.is_symlink()
    assert out.read_text() == placed("export").out
    placed("export", "/dev/null")


def test_an_export_that_cannot_be_written_is_told(placed: Command, tmp_path: Path) -> None:
    assert "cannot be written" in placed.refused("export", str(tmp_path / "none" / "out.yaml"))
