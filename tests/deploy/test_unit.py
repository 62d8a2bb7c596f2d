"""OPS-2: the service unit is well formed and leaves the service few rights; so does the image."""

import re
import shutil
import subprocess
from pathlib import Path

from tests.deploy.proxies import EXAMPLES

# Of 10: what systemd itself reckons the exposure of a service to be.
MOST_EXPOSURE = 2.0


def analysed(*arguments: str) -> str:
    found = shutil.which("systemd-analyze")
    assert found, "systemd-analyze is needed: apt-get install systemd"
    done = subprocess.run([found, *arguments], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def unit(folder: Path) -> Path:
    """The unit, with a program that is there."""
    content = (EXAMPLES / "coursewire.service").read_text("utf-8")
    path = folder / "coursewire.service"
    path.write_text(content.replace("/opt/coursewire/bin/coursewire", "/bin/true"))
    return path


def test_ops_2_the_unit_is_well_formed(tmp_path: Path) -> None:
    said = analysed("verify", "--man=no", str(unit(tmp_path)))
    about_us = [line for line in said.splitlines() if "coursewire" in line]
    assert about_us == []


def test_ops_2_the_unit_leaves_few_rights(tmp_path: Path) -> None:
    said = analysed("security", "--offline=yes", "--no-pager", str(unit(tmp_path)))
    exposure = re.search(r"exposure level for .*: ([0-9.]+)", said)
    assert exposure, said
    assert float(exposure[1]) <= MOST_EXPOSURE


def test_ops_2_of_several_processes_the_first_alone_is_told_to_stop() -> None:
    """It passes the signal on; those that were told by systemd as well would cut running calls."""
    content = (EXAMPLES / "coursewire.service").read_text("utf-8")
    assert "KillMode=mixed" in content.splitlines()


def test_the_unit_waits_for_its_database_for_as_long_as_that_is_away() -> None:
    """The server ends at once where there is no PostgreSQL yet: after five starts within ten
    seconds systemd would not try again.
    """
    lines = (EXAMPLES / "coursewire.service").read_text("utf-8").splitlines()
    head = lines[lines.index("[Unit]") : lines.index("[Service]")]
    assert "StartLimitIntervalSec=0" in head
    (after,) = (line for line in head if line.startswith("After="))
    assert "postgresql.service" in after.split()


def test_the_steps_make_the_folder_before_the_site() -> None:
    """The account may make no folder in /var/lib, and `adduser` makes none."""
    for steps in (EXAMPLES / "coursewire.service", EXAMPLES.parent / "docs" / "deploying.md"):
        found = steps.read_text("utf-8")
        made = found.index("install -d -m 700 -o coursewire -g coursewire /var/lib/coursewire")
        assert found.index("adduser ") < made < found.index("bin/coursewire init\n")
        assert found.index("bin/coursewire init\n") < found.index("systemctl enable")


def test_ops_2_the_image_runs_without_root_from_hashed_packages() -> None:
    """Without a container engine the file is read: which steps it takes, and in which order."""
    lines = (EXAMPLES / "Containerfile").read_text("utf-8").splitlines()
    steps = [line for line in lines if line and not line.startswith(("#", " "))]
    assert steps.index("USER coursewire") < steps.index('ENTRYPOINT ["coursewire"]')
    installs = re.findall(
        r"pip install (?:[^&]|\n)*?(?:\.lock|\.)$", "\n".join(lines), re.MULTILINE
    )
    assert len(installs) == 2
    assert "--require-hashes" in installs[0]
    assert "--no-deps" in installs[1]
    copied = {name for step in steps if step.startswith("COPY ") for name in step.split()[1:-1]}
    root = EXAMPLES.parent
    missing = [
        name for name in copied if not name.startswith(("--", "/")) and not (root / name).exists()
    ]
    assert missing == []
