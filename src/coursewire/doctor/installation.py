"""Looks at this installation, as far as it can be looked at: one list of findings (OPS-3)."""

from collections.abc import Iterator

from sqlalchemy.exc import DatabaseError

from coursewire.audit import sealing
from coursewire.doctor import access, certificate, database, file_modes, listener
from coursewire.doctor.facts import Installation
from coursewire.doctor.finding import Finding, Severity, error, ok
from coursewire.domain import site as sites
from coursewire.store import keys as key_files
from coursewire.store.database import Database
from coursewire.store.keys import KeyFileError
from coursewire.store.problems import UnusableDatabase
from coursewire.store.session import Session

_WORST_FIRST: tuple[Severity, ...] = ("error", "warning", "note", "ok")


def examine(it: Installation) -> list[Finding]:
    """Return everything that was found, in the order in which a request meets it."""
    return [
        *listener.look(it),
        *certificate.look(it),
        *file_modes.look(it),
        _keys(it),
        *_database(it),
    ]


def worst(findings: list[Finding]) -> Severity:
    """Return the severity that decides the exit code."""
    found = {it.severity for it in findings}
    for severity in _WORST_FIRST:
        if severity in found:
            return severity
    return "ok"


def _keys(it: Installation) -> Finding:
    try:
        key_files.load(it.key_path)
    except KeyFileError as problem:
        return error("key file", str(problem), "without its keys no token of the site works")
    return ok("key file", f"{it.key_path} is whole")


def _database(it: Installation) -> Iterator[Finding]:
    try:
        opened = Database(it.database_url)
    except UnusableDatabase as problem:
        yield error("database", str(problem), "correct the setting database")
        return
    yield from database.libraries(opened.engine_name)
    try:
        yield from _opened(opened, it)
    except (UnusableDatabase, DatabaseError) as problem:
        yield error("database", _reason(problem), "nothing more can be told before it is mended")
    finally:
        opened.close()


def _opened(opened: Database, it: Installation) -> Iterator[Finding]:
    warnings = opened.check()
    with opened.session() as session:
        site = sites.load(session, it.public_url)
        yield ok("database", f"{opened.engine_name}, with the tables of this program")
        yield from _seal(session, it)
        yield from database.durability(opened, warnings)
        yield from database.role(session)
        yield from database.clock(session, it)
        yield from access.look(session, site, it)


def _seal(session: Session, it: Installation) -> Iterator[Finding]:
    """Look whether the keys are those of this database: a node may have been given others."""
    try:
        keys = key_files.load(it.key_path)
    except KeyFileError:
        return
    if not sealing.is_sealed_with(session, keys):
        yield error(
            "key file",
            "the end of the audit record was not sealed with its keys",
            "put the site's own key file here; if this is it, run coursewire audit verify",
        )


def _reason(problem: Exception) -> str:
    cause = problem.orig if isinstance(problem, DatabaseError) else problem
    return next(iter(str(cause).splitlines()), "it cannot be used")
