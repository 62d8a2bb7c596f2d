"""`coursewire backup`, `verify` and `restore`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from coursewire import __version__, app
from coursewire.app import Opened
from coursewire.cli import moments, progress
from coursewire.cli.acting import acting
from coursewire.cli.common import (
    DatabaseOption,
    DataOption,
    Failure,
    JsonOption,
    err,
    load_settings,
    out,
)
from coursewire.cli.showing import print_facts, print_json
from coursewire.domain.clock import Clock
from coursewire.store.keys import Keys, require_private
from coursewire.store.keys import load as load_keys
from coursewire.text import times
from coursewire.text.counted import counted
from coursewire.transfer import backup as backups
from coursewire.transfer import manifest as manifests
from coursewire.transfer import verify as verification
from coursewire.transfer.manifest import Manifest
from coursewire.transfer.restore import Place, Restored, Tokens, Wishes
from coursewire.transfer.restore import restore as restore_here

FOLDER = "backups"
BackupArgument = Annotated[Path, typer.Argument(help="Folder of the backup.")]


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.command()(backup)
    cli.command()(verify)
    cli.command()(restore)


def backup(
    target: Annotated[
        Path | None,
        typer.Argument(help="Folder to make.", show_default=f"{FOLDER}/TIME in the site's folder"),
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Copy the whole database, while the site is in use; the key file is not in the copy.

    Keep the key file elsewhere: without it no token of the backup works, neither for a thief nor
    for you.
    """
    settings = load_settings(data, database)
    with acting(settings) as site:
        folder = target or settings.data_folder / FOLDER / stamp(site.call.now)
        made = write(site.opened, folder, site.call.now)
        with site.call.transaction():
            site.call.audit.record("site.backup", str(folder), sha256=made.sha256)
    if json:
        print_json({"folder": str(folder), **_facts(made)})
        return
    out.print(f"Backed up to {folder}: {_contents(made)}.", markup=False)
    out.print(
        f"Its key file is not in it; keep a copy of {app.key_path(settings)} elsewhere.",
        markup=False,
    )


def write(opened: Opened, folder: Path, now: int) -> Manifest:
    """Make a backup of an open site."""
    with progress.shown() as tell:
        made = backups.create(
            opened.database, opened.keys, folder, now=now, program=__version__, progress=tell
        )
    _warn_of_others("not in the backup", backups.left_out(opened.database, made))
    return made


def _warn_of_others(what: str, tables: list[str]) -> None:
    if tables:
        err.print(
            f"[yellow]warning:[/] {what}, since Coursewire did not make them: tables "
            f"{escape(', '.join(tables))}"
        )


def stamp(now: int) -> str:
    """Return the name of a backup that is made now."""
    return times.written(now, "%Y%m%dT%H%M%SZ")


def verify(folder: BackupArgument, data: DataOption = None, json: JsonOption = False) -> None:
    """Restore a backup into a scratch place and check all of it; nothing else is touched.

    Where the key file of its site is found, the seals of its audit record are checked as well.
    """
    keys = _keys_of(manifests.read(folder), app.key_path(load_settings(data, None)))
    with progress.shown() as tell:
        found = verification.verify(folder, keys, progress=tell)
    if json:
        print_json({**_facts(found), "seals_checked": keys is not None})
        return
    print_facts(
        {
            "made": moments.minute(found.made),
            "by": f"Coursewire {found.program} on {found.engine}, revision {found.revision}",
            "holds": _contents(found),
            "audit record": f"{counted(found.audit.records, 'record')}, last {found.audit.last}",
            "its seals": "checked" if keys else "not checked: its key file is not here (--data)",
        }
    )
    out.print("The backup is whole.")


def _keys_of(manifest: Manifest, path: Path) -> Keys | None:
    """Return the keys at a path when they are those that the backup was made with."""
    if not path.exists():
        return None
    found = load_keys(path)
    return found if manifests.mark(found) == manifest.keys else None


def restore(
    folder: BackupArgument,
    data: DataOption = None,
    database: DatabaseOption = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the site that is there.")] = False,
    revoke_all: Annotated[
        bool, typer.Option("--revoke-all", help="Revoke every token of the backup.")
    ] = False,
    keep: Annotated[
        bool,
        typer.Option("--keep", help="Let all tokens work as they did when the backup was made."),
    ] = False,
    without_keys: Annotated[
        bool,
        typer.Option(
            "--without-keys", help="The key file of the backup is lost: revoke every token."
        ),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Put a backup in the place of a site, all of it or nothing; stop the server first.

    Tokens that were revoked since the backup stay revoked where the present site can be read.
    Everybody is logged out of the console.
    """
    if revoke_all and keep:
        msg = "say --revoke-all or --keep, not both"
        raise Failure(msg, 2)
    tokens: Tokens | None = "revoke" if revoke_all else "keep" if keep else None
    settings = load_settings(data, database)
    if settings.data_folder.exists():
        require_private(settings.data_folder)
    place = Place(settings.database_url, app.key_path(settings))
    wishes = Wishes(force=force, tokens=tokens, without_keys=without_keys)
    with progress.shown() as tell:
        done = restore_here(folder, place, wishes, now=Clock().now(), progress=tell)
    _warn_of_others("not restored", done.left_out)
    _warn_of_removed_key(done.lack_key)
    _report(done, json=json)


def _warn_of_removed_key(tokens: int) -> None:
    if tokens:
        err.print(
            f"[yellow]warning:[/] {counted(tokens, 'token')} of the backup will not work: their key"
            " was removed since (keys rotate --finish). Restore once more with the key file of the"
            " day of the backup, or issue them anew"
        )


def _report(done: Restored, *, json: bool) -> None:
    tokens = {"tokens_ended": done.ended, "tokens_without_key": done.lack_key}
    if json:
        print_json({**_facts(done.manifest), **tokens})
        return
    when = moments.minute(done.manifest.made)
    out.print(f"Restored the site as it was on {when}: {_contents(done.manifest)}.")
    if done.ended:
        out.print(f"{counted(done.ended, 'token')} ended or disabled that worked in the backup.")


def _contents(manifest: Manifest) -> str:
    shown = ("users", "courses", "tokens")
    counts = (counted(manifest.rows.get(name, 0), name[:-1]) for name in shown)
    return f"{', '.join(counts)}, {manifest.size / 1024 / 1024:.1f} MiB"


def _facts(manifest: Manifest) -> dict[str, object]:
    return {
        "made": manifest.made,
        "program": manifest.program,
        "engine": manifest.engine,
        "revision": manifest.revision,
        "size": manifest.size,
        "sha256": manifest.sha256,
        "rows": manifest.rows,
    }
