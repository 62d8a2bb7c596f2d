"""OPS-2: as whom the server runs, what it needs to write to, and what others may read."""

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from coursewire import app
from coursewire.settings import Settings
from coursewire.store.keys import KeyFileError
from tests.support import served

NOBODY = 65_534
# Mounts of its own: everything read-only but one folder, then the server as an unprivileged user.
CONFINED = """
set -eu
folder=$1 python=$2 closed=$3 kept=$4
shift 4
# A Python below a folder that is closed to others is shown in a folder that is not.
if [ -n "$closed" ]; then
    mount --bind "$python" "$kept"
    mount -t tmpfs -o mode=755 tmpfs "$closed"
    mkdir -p "$python"
    mount --bind "$kept" "$python"
fi
mount --bind "$folder" "$folder"
for place in $(awk '{ print $2 }' /proc/self/mounts); do
    case "$place" in "$folder" | /proc* | /sys* | /dev*) ;; *)
        mount -o remount,bind,ro "$place" 2>/dev/null || true ;;
    esac
done
if touch /tmp/there-must-be-no-such-file 2>/dev/null; then exit 77; fi
exec setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs --inh-caps=-all \\
    --bounding-set=-all "$@"
"""


def test_ops_2_a_folder_that_others_may_enter_is_refused(tmp_path: Path) -> None:
    settings = Settings(data=str(tmp_path / "site"))
    app.create_site(settings)
    assert stat.S_IMODE(settings.data_folder.stat().st_mode) == 0o700
    for path in settings.data_folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    settings.data_folder.chmod(0o750)
    with pytest.raises(KeyFileError, match="run chmod 700"), app.open_site(settings):
        pass


def test_ops_2_a_folder_that_was_there_is_closed_unless_all_share_it(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir(mode=0o755)
    app.create_site(Settings(data=str(there)))
    assert stat.S_IMODE(there.stat().st_mode) == 0o700
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    with pytest.raises(KeyFileError, match="all users share"):
        app.create_site(Settings(data=str(shared)))


def test_ops_2_a_folder_that_holds_other_things_is_not_closed(tmp_path: Path) -> None:
    """A name that is short by a slip may be `/`, and nobody else could use that machine then."""
    home = tmp_path / "home"
    (home / "ann").mkdir(parents=True)
    home.chmod(0o755)
    settings = Settings(data=str(home))
    with pytest.raises(KeyFileError, match=r"holds other things \(ann\), .* chmod 700 .*home"):
        app.create_site(settings)
    assert stat.S_IMODE(home.stat().st_mode) == 0o755
    assert [each.name for each in home.iterdir()] == ["ann"]
    home.chmod(0o700)
    app.create_site(settings)
    assert app.exists(settings)


def test_ops_2_a_folder_that_was_prepared_for_a_site_is_closed(tmp_path: Path) -> None:
    there = tmp_path / "there"
    for found in ("backups", "lost+found"):
        (there / found).mkdir(parents=True)
    (there / "coursewire.toml").touch()
    app.create_site(Settings(data=str(there)))
    assert stat.S_IMODE(there.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can show what root is told")
def test_ops_2_root_is_warned_or_refused(tmp_path: Path) -> None:
    place = ("--data", str(tmp_path / "site"))
    served.run("init", *place)
    with served.serving(place, tmp_path / "log"):
        pass
    assert "runs as ROOT" in (tmp_path / "log").read_text()
    with (
        pytest.raises(served.NotServed, match="status 3"),
        served.serving(place, tmp_path / "log", environ={"COURSEWIRE_REFUSE_ROOT": "true"}),
    ):
        pass


def test_ops_2_what_commands_write_is_for_their_owner(tmp_path: Path) -> None:
    site = tmp_path / "site"
    before = os.umask(0)
    try:
        served.run("init", "--data", str(site))
        served.run("export", "--data", str(site), str(tmp_path / "export.yaml"))
    finally:
        os.umask(before)
    for path in (tmp_path / "export.yaml", *site.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act in the place of another user")
def test_ops_2_what_root_makes_is_given_to_whom_the_folder_belongs(tmp_path: Path) -> None:
    site, outside = tmp_path / "site", tmp_path / "outside"
    place = ("--data", str(site))
    served.run("init", *place)
    outside.touch()
    kept = site / "coursewire.toml"
    kept.touch(mode=0o600)
    for path in (site, *site.iterdir()):
        os.chown(path, NOBODY, NOBODY)
    # What root has put there itself stays root's, and so does what a link leads to.
    os.chown(kept, 0, 0)
    (site / "keys.json.lock").unlink()
    (site / "keys.json.lock").symlink_to(outside)
    with served.serving(place, tmp_path / "log"):
        pass
    served.run("keys", "rotate", *place)
    served.run("audit", "seal", *place)
    served.run("backup", *place)
    (backup,) = (site / "backups").iterdir()
    served.run("restore", str(backup), "--force", *place)
    others = {
        path.relative_to(site).as_posix()
        for path in site.rglob("*")
        if path.lstat().st_uid != NOBODY or path.lstat().st_gid != NOBODY
    }
    assert others == {"coursewire.toml", "keys.json.lock"}
    assert (kept.stat().st_uid, outside.stat().st_uid) == (0, 0)
    assert (site / "audit-head").exists()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may pass through; pytest's own are closed."""
    with tempfile.TemporaryDirectory(prefix="coursewire-") as folder:
        path = Path(folder)
        path.chmod(0o711)
        yield path


@pytest.mark.skipif(
    os.geteuid() != 0 or not (shutil.which("unshare") and shutil.which("setpriv")),
    reason="root, unshare and setpriv are needed to take rights away",
)
def test_ops_2_one_writable_folder_is_enough(open_folder: Path) -> None:
    folder = open_folder / "alone"
    folder.mkdir(mode=0o755)
    site = folder / "site"
    os.chown(folder, NOBODY, NOBODY)
    environ = {"COURSEWIRE_REFUSE_ROOT": "true", "COURSEWIRE_DATA": str(site), "HOME": str(folder)}
    done = _confined(folder, environ, "init")
    if done.returncode == 1 and "Operation not permitted" in done.stderr:
        pytest.skip("this machine lets nobody make mounts of its own")
    assert done.returncode == 0, done.stderr
    assert (site.stat().st_uid, stat.S_IMODE(site.stat().st_mode)) == (NOBODY, 0o700)
    with _served(folder, environ) as port:
        query = "wsfunction=core_webservice_get_site_info&wstoken=x&moodlewsrestformat=json"
        address = f"http://127.0.0.1:{port}/webservice/rest/server.php?{query}"
        with pytest.raises(urllib.request.HTTPError, match="403"):
            urllib.request.urlopen(address)
        assert _confined(folder, environ, "webservices", "on").returncode == 0
        assert _confined(folder, environ, "protocol", "rest", "on").returncode == 0
        with urllib.request.urlopen(address) as answer:
            assert json.load(answer)["errorcode"] == "invalidtoken"


def _command(folder: Path, *arguments: str) -> list[str]:
    python = Path(sys.base_prefix)
    closed = [str(above) for above in python.parents if not above.stat().st_mode & 0o001]
    kept = folder.parent / "python"
    kept.mkdir(exist_ok=True)
    run = "from coursewire.cli.entry import main; main()"
    return [
        *("unshare", "--mount", "--propagation", "private", "sh", "-c", CONFINED, "sh"),
        *(str(folder), str(python), "".join(closed[-1:]), str(kept)),
        *(sys.executable, "-P", "-c", run, *arguments),
    ]


def _confined(
    folder: Path, environ: dict[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        _command(folder, *arguments),
        env={**os.environ, **environ},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@contextmanager
def _served(folder: Path, environ: dict[str, str]) -> Generator[int]:
    port = served.free_port()
    log = folder.parent / "confined.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            _command(folder, "serve", "--port", str(port)),
            env={**os.environ, **environ},
            cwd=folder,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            served.wait_until_ready(server, port, log)
            yield port
        finally:
            served.stop(server)
