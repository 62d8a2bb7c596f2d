"""`coursewire plugin`: installed, listed, enabled, told its settings, disabled, removed."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.support.served import COMMAND

ROOT = Path(__file__).resolve().parents[2]
HELLO = ROOT / "examples" / "plugin-hello"
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example plugin as a wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(HELLO, source)
    subprocess.run(
        [*PIP, "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(folder), str(source)],
        check=True,
        capture_output=True,
    )
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture
def hello(wheel: Path, tmp_path: Path) -> dict[str, str]:
    """An environment in which the example plugin is installed as a package."""
    folder = tmp_path / "packages"
    subprocess.run(
        [*PIP, "install", "-q", "--no-deps", "--target", str(folder), str(wheel)],
        check=True,
        capture_output=True,
    )
    return {**os.environ, "PYTHONPATH": str(folder)}


def run(environ: dict[str, str], *arguments: str, stdin: str = "") -> str:
    done = subprocess.run(
        [str(COMMAND), *arguments],
        env=environ,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_example_plugin_works_as_an_installed_package(
    hello: dict[str, str], tmp_path: Path
) -> None:
    place = ("--data", str(tmp_path / "site"))
    run(hello, "init", *place)
    listed = run(hello, "plugin", "list", *place)
    assert [line.split()[:3] for line in listed.splitlines() if "local_hello" in line] == [
        ["local_hello", "1.0", "disabled"]
    ]
    assert "Restart" in run(hello, "plugin", "enable", "local_hello", *place)
    run(hello, "plugin", "settings", "set", "local_hello", "word", "Moin", *place)
    called = run(hello, "call", "local_hello_greet", *place)
    assert "Moin, admin" in called
    run(hello, "plugin", "disable", "local_hello", *place)
    assert "disabled" in run(hello, "plugin", "list", *place)
    # The package is gone; the site remembers, and can be rid of it.
    hello["PYTHONPATH"] = ""
    assert "missing" in run(hello, "plugin", "list", *place)
    assert "word" in run(hello, "plugin", "uninstall", "local_hello", "--yes", *place)
    assert "local_hello" not in run(hello, "plugin", "list", *place)


def test_what_is_not_installed_cannot_be_enabled(placed: Command) -> None:
    told = placed.refused("plugin", "enable", "local_unknown")
    assert "no plugin 'local_unknown' is installed" in told


def test_settings_are_typed_and_secrets_never_shown(placed: Command, tmp_path: Path) -> None:
    placed("plugin", "enable", "mod_percipio")
    secret = "canary-" + "s" * 30
    placed("plugin", "settings", "set", "mod_percipio", "clientsecret", stdin=f"{secret}\n")
    file = tmp_path / "bearer"
    file.write_text(f"{secret}-two\n")
    placed("plugin", "settings", "set", "mod_percipio", "bearertoken", "--file", str(file))
    placed("plugin", "settings", "set", "mod_percipio", "piiinfo", "on")
    shown = placed("plugin", "settings", "get", "mod_percipio", "--json")
    assert shown.json["clientsecret"] == "(set, never shown)"
    assert shown.json["piiinfo"] is True
    assert secret not in shown.out + placed("plugin", "settings", "get", "mod_percipio").out
    told = placed.refused(
        "plugin", "settings", "set", "mod_percipio", "clientsecret", secret, code=2
    )
    assert "is a secret" in told
    assert secret not in told
    told = placed.refused("plugin", "settings", "set", "mod_percipio", "piiinfo", "maybe")
    assert "on or off" in told
    told = placed.refused("plugin", "settings", "set", "mod_percipio", "clientid", code=2)
    assert "no value" in told
    told = placed.refused("plugin", "settings", "set", "mod_percipio", "clientidd", "x")
    assert "clientid" in told


def test_uninstalling_asks_first(placed: Command) -> None:
    placed("plugin", "enable", "mod_percipio")
    told = placed("plugin", "uninstall", "mod_percipio", code=2)
    assert "service Percipio services" in told.out
    assert "mod_percipio" in placed("plugin", "list").out
    placed("plugin", "uninstall", "mod_percipio", "--yes")
    (row,) = [
        row for row in placed("plugin", "list", "--json").json if row["name"] == "mod_percipio"
    ]
    assert row["state"] == "disabled"


def test_a_wheel_with_other_bytes_is_not_installed(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "x-1.0-py3-none-any.whl"
    file.write_bytes(b"no wheel")
    right = hashlib.sha256(b"no wheel").hexdigest()
    assert right in command.refused("plugin", "install", str(file), code=2)
    told = command.refused("plugin", "install", str(file), "--hash", f"sha256:{'0' * 64}")
    assert "not what was expected" in told
    told = command.refused("plugin", "install", str(file), "--hash", "md5:1", code=2)
    assert "is no hash" in told
    told = command.refused("plugin", "install", str(file), "--hash", f"sha256:{right}")
    assert "pip could not install it" in told


def test_a_named_package_needs_a_version_and_a_hash(command: Command) -> None:
    assert "neither a wheel" in command.refused("plugin", "install", "some-plugin", code=2)
    assert "must be given" in command.refused("plugin", "install", "some-plugin==1.0", code=2)
    assert "no file" in command.refused("plugin", "install", "missing.whl")


def test_a_wheel_with_the_right_hash_is_handed_to_pip(
    command: Command, wheel: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Pip compares the hash once more; here it installs into a folder of its own."""
    monkeypatch.setenv("PIP_TARGET", str(tmp_path / "target"))
    told = f"sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}"
    done = command("plugin", "install", str(wheel), "--hash", told)
    assert "must be restarted" in done.out
    assert (tmp_path / "target" / "coursewire_hello").is_dir()
