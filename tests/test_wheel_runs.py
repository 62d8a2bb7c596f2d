"""The built wheel, installed outside the clone in an environment of its own, serves a site.

What the wheel needs is lent from this environment by a path file, so nothing is downloaded; the
package itself comes from the wheel alone.
"""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import venv
from pathlib import Path

import pytest

from tests.support.running import curl
from tests.support.served import ready

ROOT = Path(__file__).resolve().parent.parent
READY = "Ctrl-C stops it."
WITHIN = 120.0


def do(*command: str | Path, cwd: Path) -> str:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of an environment with the wheel."""
    folder = tmp_path_factory.mktemp("outside")
    build: list[str | Path] = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
    ]
    do(*build, folder, cwd=ROOT)
    (wheel,) = folder.glob("*.whl")
    environment = folder / "environment"
    venv.create(environment, with_pip=False, symlinks=True)
    commands = environment / "bin"
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        commands / "python",
        "install",
        "--quiet",
    ]
    do(*pip, "--no-index", "--no-deps", "--ignore-installed", wheel, cwd=folder)
    return commands


def test_the_package_is_that_of_the_wheel(installed: Path, tmp_path: Path) -> None:
    shown = do(
        installed / "python", "-c", "import coursewire; print(coursewire.__file__)", cwd=tmp_path
    )
    assert Path(shown.strip()).is_relative_to(installed.parent)


def test_every_command_says_what_it_does(installed: Path, tmp_path: Path) -> None:
    shown = do(installed / "coursewire", "--help", cwd=tmp_path)
    assert "up" in shown.split()
    assert "serve" in shown.split()


def test_a_production_site_is_made_with_the_migrations_of_the_wheel(
    installed: Path, tmp_path: Path
) -> None:
    do(installed / "coursewire", "init", cwd=tmp_path)
    listed = do(installed / "coursewire", "role", "list", cwd=tmp_path)
    assert "editingteacher" in listed


@pytest.mark.slow
def test_up_answers_with_what_the_wheel_brings(installed: Path, tmp_path: Path) -> None:
    log = tmp_path / "up.log"
    command = [str(installed / "coursewire"), "up", "--data", "demo", "--port", "0"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + WITHIN
        while READY not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        port = int(log.read_text().partition("http://127.0.0.1:")[2].split("/")[0].split()[0])
        while not ready(port):
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        lines = [line.strip() for line in log.read_text().splitlines()]
        health = next(line for line in lines if line.startswith("curl "))
        answer = curl(health)
        assert [function["name"] for function in answer["functions"]] == [
            "core_webservice_get_site_info"
        ]
        if shutil.which("curl"):
            verbatim = do("/bin/sh", "-c", f"{health} --silent", cwd=tmp_path)
            assert verbatim.count('"name":"core_webservice_get_site_info"') == 1
        page = shlex.split(health)[1].partition("/webservice")[0]
        assert "<html" in do(installed / "python", "-c", _READ, page, cwd=tmp_path)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


_READ = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1] + '/').read().decode())"
