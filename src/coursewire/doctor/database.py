"""The database: whether it can be used, keeps what was acknowledged, and what time it has."""

import platform
import sqlite3
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from coursewire.doctor.facts import Installation
from coursewire.doctor.finding import Finding, error, note, ok, warning
from coursewire.store import sqlite_settings, surveys
from coursewire.store.database import Database
from coursewire.store.session import Session

_LIBRARIES = ("sqlalchemy", "starlette", "uvicorn", "cryptography", "msgspec")
# A write-ahead log needs memory that all its users share; a network has none.
_NETWORKS = ("9p", "afs", "ceph", "cifs", "fuse.sshfs", "glusterfs", "nfs", "nfs4", "smb3")
_MEMORY = ("ramfs", "tmpfs")
_MOUNTS = Path("/proc/self/mounts")
# Seconds by which clocks may differ before end dates and lock-outs go wrong.
_OFF = 2
_FAR_OFF = 60
_BEFORE_THIS_PROGRAM = 1_735_689_600


def libraries(engine: str) -> Iterator[Finding]:
    """Tell the versions, and whether SQLite's has the flaw that corrupts (DUR-2)."""
    names = (*_LIBRARIES, "psycopg") if engine == "postgresql" else _LIBRARIES
    shown = [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    yield ok("library versions", ", ".join([*shown, *(f"{n} {version(n)}" for n in names)]))
    if engine == "sqlite" and sqlite_settings.may_corrupt(sqlite3.sqlite_version_info):
        yield note(
            "SQLite library",
            f"SQLite {sqlite3.sqlite_version} can corrupt a database that two processes check-point"
            " at once; here only the serving process does",
            "keep to one server process, or use a Python with SQLite 3.51.3 or later",
        )


def durability(database: Database, warnings: list[str]) -> Iterator[Finding]:
    """Tell whether acknowledged changes are kept; `warnings` come from the check of the start."""
    path = database.path
    if path is None:
        for fact in warnings:
            yield warning("durability", fact, "switch it on in the server's configuration")
        if not warnings:
            yield ok("durability", "the server syncs every commit and writes full pages")
        return
    for fact in warnings:
        remedy = "let the account that serves write to the site's folder and its files"
        yield warning("database", fact, remedy)
    yield ok("durability", "write-ahead log, synced at every commit, foreign keys on")
    kind = file_system(path, _MOUNTS.read_text() if _MOUNTS.exists() else "")
    if kind in _NETWORKS:
        yield error(
            "durability",
            f"{path} lies on a network file system ({kind}), where its log does not work",
            "put the site's folder on a local disk, or use PostgreSQL",
        )
    elif kind in _MEMORY:
        yield warning(
            "durability",
            f"{path} lies in memory ({kind}): it is gone when the machine restarts",
            "put the site's folder on a disk",
        )


def role(session: Session) -> Iterator[Finding]:
    """Tell what the role of the database may do beyond what a server needs (OPS-2)."""
    if session.engine_name != "postgresql":
        return
    rights = surveys.rights(session)
    beyond = [
        what
        for what, may in (
            ("is a superuser", rights.superuser),
            ("may make tables", rights.makes_tables),
            ("may change audit records", rights.changes_audit),
        )
        if may
    ]
    if not beyond:
        yield ok("database role", f"{rights.name} may neither alter tables nor audit records")
        return
    fact = f"the role {rights.name} {', '.join(beyond)}"
    remedy = "let the server run as a role without these rights: docs/deploying.md, two roles"
    yield note("database role", fact, remedy)


def file_system(path: Path, mounts: str) -> str:
    """Return the kind of file system that holds a file, from the list of mounts; '' unknown."""
    best, kind = "", ""
    place = str(path.absolute())
    for line in mounts.splitlines():
        parts = line.split()
        if len(parts) < 3:
            continue
        point = parts[1].replace("\\040", " ").rstrip("/")
        if (place.startswith(f"{point}/")) and len(point) >= len(best):
            best, kind = point, parts[2]
    return kind


def clock(session: Session, it: Installation) -> Iterator[Finding]:
    """Tell whether this machine's clock agrees with the database and with what was recorded."""
    remedy = "let a time service set the clock of this machine"
    if it.now < _BEFORE_THIS_PROGRAM:
        yield error("clock", "the clock is years behind: nothing would ever end", remedy)
        return
    ahead = surveys.newest_record(session) - it.now
    if ahead > _FAR_OFF:
        fact = f"the newest record is {ahead} seconds ahead of the clock"
        yield warning("clock", f"{fact}: it has been set back", remedy)
        return
    there = surveys.server_time(session)
    offset = 0.0 if there is None else abs(there - it.now)
    if offset > _FAR_OFF:
        yield error("clock", f"the database's clock differs by {offset:.0f} seconds", remedy)
    elif offset > _OFF:
        yield warning("clock", f"the database's clock differs by {offset:.0f} seconds", remedy)
    else:
        yield ok("clock", "agrees with the database and with what was recorded")
