"""What the system lacks is installed when we may, and named otherwise: with a system of fakes."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/system-packages"


class System:
    """A PATH with only these programs on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls"
        for name in ("bash", "env", "ls", "touch", "chmod"):
            found = shutil.which(name)
            assert found is not None
            (folder / name).symlink_to(found)
        self.program("id", "echo 0")

    def program(self, name: str, body: str) -> None:
        path = self.folder / name
        path.write_text(f"#!{self.folder}/bash\n{body}\n")
        path.chmod(0o755)

    def apt_get_that_installs(self, program: str) -> None:
        self.program(
            "apt-get",
            f'echo "apt-get $*" >> {self.calls}\n'
            f'case "$*" in *install*) touch {self.folder}/{program};'
            f" chmod +x {self.folder}/{program} ;; esac",
        )

    def run(self, *programs: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.folder / "bash"), str(SCRIPT), *programs]
        environment = {"PATH": str(self.folder)}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def system(tmp_path: Path) -> System:
    return System(tmp_path)


def test_nothing_is_done_when_all_is_there(system: System) -> None:
    system.program("node", "")
    system.apt_get_that_installs("npm")
    done = system.run("node")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not system.calls.exists()


def test_root_installs_what_is_missing(system: System) -> None:
    system.apt_get_that_installs("node")
    done = system.run("node")
    assert done.returncode == 0, done.stderr
    assert "nodejs" in system.calls.read_text().splitlines()[-1]


def test_a_user_with_passwordless_sudo_installs(system: System) -> None:
    system.program("id", "echo 1000")
    system.program("true", "")
    system.program("sudo", '[ "$1" = -n ] || exit 1\nshift\nexec "$@"')
    system.apt_get_that_installs("node")
    assert system.run("node").returncode == 0


def test_a_user_without_sudo_is_told_what_is_missing(system: System) -> None:
    system.program("id", "echo 1000")
    system.apt_get_that_installs("node")
    done = system.run("node", "npm")
    assert done.returncode == 1
    assert "Missing on this machine: nodejs npm" in done.stderr
    assert "apt-get install --no-install-recommends nodejs npm" in done.stderr
    assert not system.calls.exists()


def test_a_package_that_did_not_help_is_named(system: System) -> None:
    system.apt_get_that_installs("node")
    done = system.run("node", "npm")
    assert done.returncode == 1
    assert "Missing on this machine: npm" in done.stderr


def test_an_unknown_name_is_refused(system: System) -> None:
    done = system.run("nonsense")
    assert done.returncode == 2
    assert "unknown program 'nonsense'" in done.stderr
