"""Verification: a backup is restored into a scratch place and all of it is looked at (BAK-2)."""

import errno
import shutil
import tempfile
from pathlib import Path

from coursewire.audit import sealing
from coursewire.store import revisions, sqlite_copy
from coursewire.store.keys import Keys
from coursewire.store.problems import UnusableDatabase
from coursewire.transfer import manifest as manifests
from coursewire.transfer.backup import Progress, audit_head, checksum, quiet, row_counts
from coursewire.transfer.manifest import DATABASE, MANIFEST, Manifest
from coursewire.transfer.problems import BadBackup

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


def verify(folder: Path, keys: Keys | None = None, *, progress: Progress = quiet) -> Manifest:
    """Return the manifest of a backup that is whole, or say what is wrong with it.

    With the keys of its site the sealed audit record is verified as well.
    """
    found = manifests.read(folder)
    with tempfile.TemporaryDirectory(prefix="coursewire-verify-") as scratch:
        unpack(folder, found, Path(scratch) / DATABASE, progress=progress)
        if keys is not None:
            _require_unaltered(Path(scratch) / DATABASE, keys)
    return found


def _require_unaltered(target: Path, keys: Keys) -> None:
    with sqlite_copy.reading(target) as session:
        verdict = sealing.verify(session, keys)
    if verdict.wrong:
        msg = f"the audit record in the backup was altered: {verdict.wrong}"
        raise BadBackup(msg)


def unpack(folder: Path, manifest: Manifest, target: Path, *, progress: Progress = quiet) -> None:
    """Copy the database of a backup, checked from the first to the last byte."""
    _require_nothing_else(folder)
    source = folder / DATABASE
    try:
        shutil.copyfile(source, target)
        target.chmod(0o600)
    except OSError as problem:
        msg = f"the backup {folder} cannot be read: {problem.strerror}"
        if problem.errno in _NO_ROOM:
            msg = f"the backup {folder} was not looked at: no room for a copy of it in {target}"
        raise BadBackup(msg) from problem
    if target.stat().st_size != manifest.size or checksum(target, progress) != manifest.sha256:
        msg = f"{source} is damaged: it does not match the checksum in {MANIFEST}"
        raise BadBackup(msg)
    progress("looking into the database", 0, 1)
    _require_sound(source, target, manifest)
    progress("looking into the database", 1, 1)


def _require_nothing_else(folder: Path) -> None:
    there = {path.name for path in folder.iterdir()}
    if there != {DATABASE, MANIFEST}:
        odd = min(there ^ {DATABASE, MANIFEST})
        missing = "is missing from" if odd in (DATABASE, MANIFEST) else "does not belong to"
        msg = f"{odd} {missing} the backup {folder}"
        raise BadBackup(msg)


def _require_sound(source: Path, target: Path, manifest: Manifest) -> None:
    wrong = sqlite_copy.problems(target)
    if wrong:
        msg = f"{source} is damaged: {wrong[0]}"
        raise BadBackup(msg)
    with sqlite_copy.reading(target) as session:
        if row_counts(session) != manifest.rows:
            msg = f"{source} does not hold the rows that {MANIFEST} counts"
            raise BadBackup(msg)
        if audit_head(session) != manifest.audit:
            msg = f"the audit record in {source} does not end where {MANIFEST} says"
            raise BadBackup(msg)
        if revisions.current(session) != manifest.revision:
            msg = f"{source} does not have the revision that {MANIFEST} names"
            raise BadBackup(msg)


def require_known(manifest: Manifest) -> None:
    """Refuse a backup of a newer program."""
    if manifest.revision not in revisions.REVISIONS:
        msg = (
            f"the backup is newer than this program: it is at revision {manifest.revision}, the "
            f"program knows only up to {revisions.REVISIONS[-1]}; install the newer Coursewire"
        )
        raise UnusableDatabase(msg)
