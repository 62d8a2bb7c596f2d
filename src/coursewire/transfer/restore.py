"""Restoring a backup in the place of a site: checked first, then all at once or not at all (BAK-3).

backup → scratch file, checked → this program's schema → sessions end
       → nobody writes to the present site: its revoked tokens end, the record is sealed
       → the scratch file takes the database's name, or its rows fill PostgreSQL in one commit
"""

from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Literal, NamedTuple

from msgspec import Struct
from sqlalchemy.exc import DatabaseError

from coursewire.audit import head, records, sealing
from coursewire.audit.records import Record
from coursewire.audit.sealing import Anchor
from coursewire.plugin import copies
from coursewire.store import (
    alone,
    audit_segments,
    copying,
    grants,
    keys,
    revisions,
    sqlite_copy,
    token_history,
)
from coursewire.store import tokens as token_rows
from coursewire.store.database import Database
from coursewire.store.migrations import run
from coursewire.store.problems import UnusableDatabase
from coursewire.store.session import Session
from coursewire.store.token_history import Standing
from coursewire.transfer import manifest as manifests
from coursewire.transfer import restored_tokens, scratch_folders, verify
from coursewire.transfer.backup import Progress, quiet
from coursewire.transfer.manifest import DATABASE, Manifest
from coursewire.transfer.problems import RestoreRefused

# What becomes of tokens whose revocation since the backup cannot be known.
Tokens = Literal["revoke", "keep"]
_SCRATCH = ".restoring-"


class Place(Struct, frozen=True):
    """Where a backup is restored: a database, and the key file beside it."""

    database_url: str
    key_path: Path


class Wishes(Struct, frozen=True, kw_only=True):
    """What the operator said."""

    force: bool = False
    tokens: Tokens | None = None
    without_keys: bool = False


class Restored(Struct, frozen=True):
    """What was restored, how many tokens ended by it, and which tables of others did not come.

    Tokens that `lack_key` are stored under one that was removed since: they will not work.
    """

    manifest: Manifest
    ended: int
    lack_key: int
    left_out: list[str] = []


class _Finished(NamedTuple):
    """How many tokens ended, how many lack their key, and where the audit record ends."""

    ended: int
    lack_key: int
    anchor: Anchor | None


def restore(
    folder: Path, place: Place, wishes: Wishes, *, now: int, progress: Progress = quiet
) -> Restored:
    """Put a backup in the place of a site; killed at any moment, old or new is there as a whole."""
    manifest = manifests.read(folder)
    verify.require_known(manifest)
    _require_keys(manifest, place, wishes)
    work = _Restoration(folder, manifest, place, wishes, now, progress)
    database = Database(place.database_url)
    try:
        with alone.alone(database):
            if database.path is None:
                return work.into_server(database)
            return work.into_file(database, database.path)
    finally:
        database.close()


def _require_keys(manifest: Manifest, place: Place, wishes: Wishes) -> None:
    """Refuse a key file that does not belong to the backup: no token of it would work."""
    if wishes.without_keys:
        return
    remedy = (
        "put the key file of the backed-up site there, or say --without-keys: then every token "
        "is revoked and settings that are secret must be set anew"
    )
    if not place.key_path.exists():
        msg = f"there is no key file {place.key_path}"
        raise RestoreRefused(msg, remedy)
    if manifests.mark(keys.load(place.key_path)) != manifest.keys:
        msg = f"the key file {place.key_path} is not the one that this backup was made with"
        raise RestoreRefused(msg, remedy)


class _Restoration:
    """One restoration, with all that its steps need."""

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        place: Place,
        wishes: Wishes,
        now: int,
        progress: Progress,
    ) -> None:
        self._folder = folder
        self._manifest = manifest
        self._place = place
        self._wishes = wishes
        self._now = now
        self._progress = progress

    def into_file(self, database: Database, path: Path) -> Restored:
        """Restore a SQLite site: the checked copy takes its name."""
        there = path.exists()
        self._require_force(there=there, what=str(path))
        self._require_choice(old := _standings(database) if there else None)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        scratch = path.with_name(f".{path.name}.restoring")
        sqlite_copy.remove(scratch)
        try:
            self._prepare(scratch)
            self._place_keys()
            database.close()
            with (
                ExitStack() as behind,
                nullcontext() if old is None else _unchanging(path) as latest,
            ):
                done = self._finish(scratch, latest)
                behind.enter_context(self._kept(done.anchor))
                sqlite_copy.replace(scratch, path)
        finally:
            sqlite_copy.remove(scratch)
        return Restored(self._manifest, done.ended, done.lack_key)

    def into_server(self, database: Database) -> Restored:
        """Restore into PostgreSQL: tables go, come and are filled in one transaction."""
        with database.session() as session:
            there = revisions.current(session) is not None
        self._require_force(there=there, what="the database")
        self._require_choice(old := _standings(database) if there else None)
        with scratch_folders.locked(self._place.key_path.parent, _SCRATCH) as scratch:
            file = scratch / DATABASE
            self._prepare(file)
            with database.session() as session:
                # One may have been started while the backup was checked.
                alone.require_no_server(session)
            self._place_keys()
            with ExitStack() as behind, database.session() as session, session.transaction():
                copying.no_time_limit(session)
                latest = None if old is None else token_history.last_standings(session)
                done = self._finish(file, latest)
                behind.enter_context(self._kept(done.anchor))
                left_out = self._fill(session, file)
        return Restored(self._manifest, done.ended, done.lack_key, left_out)

    def _fill(self, session: Session, file: Path) -> list[str]:
        """Put the rows into new tables; return which ones of the backup are not ours."""
        grants.keep(session)
        copies.remove(session)
        run.downgrade_on(session, run.BASE)
        # What is there still is somebody else's, and keeps its rows.
        others = {table.name for table in copying.tables(session)}
        run.upgrade_on(session, revisions.REVISIONS[-1], anew=True)

        def told(done: int, of: int) -> None:
            self._progress("filling the database", done, of)

        with sqlite_copy.reading(file) as source:
            copies.prepare(source, session)
            grants.put_back(session)
            left_out = copying.copy_all(source, session, told, others)
        audit_segments.start_anew_after_copy(session)
        return left_out

    def _require_force(self, *, there: bool, what: str) -> None:
        if there and not self._wishes.force:
            msg = f"there is a site in {what} already, and restoring replaces all of it"
            raise RestoreRefused(msg, "make a backup of it, then say --force")

    def _require_choice(self, old: Mapping[str, Standing] | None) -> None:
        if old is None and self._wishes.tokens is None and not self._wishes.without_keys:
            msg = "no site can be read here, so tokens revoked since the backup would work again"
            raise RestoreRefused(msg, "say --revoke-all, or --keep if none was revoked since")

    def _prepare(self, scratch: Path) -> None:
        """Unpack the backup and give it the tables of this program."""
        verify.unpack(self._folder, self._manifest, scratch, progress=self._progress)
        database = Database(f"sqlite:///{scratch.absolute()}")
        try:
            run.upgrade(database, revisions.REVISIONS[-1])
            with database.session() as session, session.transaction():
                token_history.end_sessions(session)
        finally:
            database.close()
        sqlite_copy.make_single_file(scratch)

    def _finish(self, scratch: Path, old: Mapping[str, Standing] | None) -> _Finished:
        """Make of it what the site will be.

        All records are sealed, those too that came late on another engine.
        """
        site_keys = keys.load(self._place.key_path)
        database = Database(f"sqlite:///{scratch.absolute()}")
        try:
            with database.session() as session, session.transaction():
                ended = self._end_tokens(session, old)
                records.append(session, [self._record(ended)])
                if self._wishes.without_keys:
                    audit_segments.forget_all(session)
                anchor = sealing.seal_all(session, site_keys, self._now * 1000)
                live = token_rows.count_by_key(session, self._now)
        finally:
            database.close()
        sqlite_copy.make_single_file(scratch)
        lack_key = sum(live[number] for number in live.keys() - set(site_keys.numbers))
        return _Finished(ended, lack_key, anchor)

    def _kept(self, anchor: Anchor | None) -> AbstractContextManager[None]:
        """Keep the end of the record once the site was replaced: one that stays has its own."""
        beside = head.path_beside(self._place.key_path)
        return nullcontext() if anchor is None else head.replacing(beside, anchor)

    def _end_tokens(self, session: Session, old: Mapping[str, Standing] | None) -> int:
        if self._wishes.without_keys:
            token_history.forget_sealed(session)
        if self._wishes.without_keys or self._wishes.tokens == "revoke":
            return restored_tokens.revoke_all(session, self._now)
        if self._wishes.tokens == "keep" or old is None:
            return 0
        return restored_tokens.carry_over(session, old, self._now)

    def _record(self, ended: int) -> Record:
        about = {"made": self._manifest.made, "sha256": self._manifest.sha256, "ended": ended}
        return Record(
            time_ms=self._now * 1000,
            monotonic_ms=0,
            actor_id=0,
            actor="command line",
            action="site.restore",
            target="site",
            details=records.details(about),
        )

    def _place_keys(self) -> None:
        if self._wishes.without_keys and not self._place.key_path.exists():
            keys.create(self._place.key_path)


def _standings(database: Database) -> dict[str, Standing] | None:
    """Return how the tokens of the present site stand; None when it cannot be read."""
    try:
        with database.session() as session:
            return token_history.standings(session)
    except (UnusableDatabase, DatabaseError):
        return None


@contextmanager
def _unchanging(path: Path) -> Generator[dict[str, Standing]]:
    """Return how the tokens stand, and let nobody change that meanwhile; on SQLite."""
    with sqlite_copy.held(path) as session:
        yield token_history.standings(session)
