"""Who may read the site's folder and files, and as whom the program runs (OPS-2)."""

import stat
from collections.abc import Iterator
from pathlib import Path

from coursewire.doctor.facts import Installation
from coursewire.doctor.finding import Finding, error, ok, warning

CHECK = "file modes"
ROOT = 0


def look(it: Installation) -> Iterator[Finding]:
    """Look at the folder, the keys, the database with its side files, and the settings."""
    if it.user_id == ROOT:
        yield warning(
            "account",
            "this runs as root, who may do anything on the machine",
            "run it as a user of its own, who owns nothing but the site's folder",
        )
    else:
        yield ok("account", f"runs as user {it.user_id}, who is not root")
    found = list(_wrong(it))
    yield from found or [ok(CHECK, f"only their owner may read {it.data_folder} and its files")]


def _wrong(it: Installation) -> Iterator[Finding]:
    if not it.data_folder.is_dir():
        fact = f"there is no folder {it.data_folder}"
        remedy = f"coursewire init --data {it.data_folder}"
        yield error(CHECK, fact, remedy)
        return
    yield from _private(it, it.data_folder, 0o700)
    for path in sorted(_files(it)):
        yield from _private(it, path, 0o600)


def _files(it: Installation) -> Iterator[Path]:
    if it.key_path.exists():
        yield it.key_path
    yield from it.data_folder.glob("*.sqlite3*")
    if it.settings_path.exists() and _holds_password(it.settings_path):
        yield it.settings_path


def _holds_password(path: Path) -> bool:
    """Tell whether a settings file holds the address of a database with its password."""
    text = path.read_text(encoding="utf-8", errors="replace")
    return any(
        ":" in line.partition("://")[2].partition("@")[0] and "@" in line
        for line in text.splitlines()
        if "postgresql" in line
    )


def _private(it: Installation, path: Path, wanted: int) -> Iterator[Finding]:
    found = path.stat()
    mode = stat.S_IMODE(found.st_mode)
    if mode & 0o077:
        fact = f"others may enter or read {path} (mode {mode:04o})"
        yield error(CHECK, fact, f"chmod {wanted:o} {path}, and think about who has read it")
    if found.st_uid != it.user_id and it.user_id != ROOT:
        fact = f"{path} belongs to user {found.st_uid}, not to user {it.user_id}, who runs this"
        yield error(CHECK, fact, f"chown {it.user_id} {path}")
