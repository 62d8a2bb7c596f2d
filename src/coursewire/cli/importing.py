"""`coursewire import moodle`: move in from a Moodle, through its web services."""

from collections.abc import Generator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
import typer
from rich.markup import escape

from coursewire import app
from coursewire.cli import apply_shown, progress, whole_files
from coursewire.cli.acting import acting
from coursewire.cli.asking import confirmed
from coursewire.cli.common import (
    DatabaseOption,
    DataOption,
    Failure,
    JsonOption,
    load_settings,
    out,
)
from coursewire.cli.connecting import ConnectionOption, Target, target
from coursewire.cli.import_untold import as_here
from coursewire.cli.showing import err, print_json, print_table
from coursewire.client import Moodle, MoodleError
from coursewire.contracts.registry import entries
from coursewire.domain.password_hashes import Argon2
from coursewire.settings import Settings
from coursewire.sitefile import reading
from coursewire.sitefile.apply import Application
from coursewire.sitefile.model.site_file import SiteFile
from coursewire.sitefile.present import site as present
from coursewire.sitefile.problems import BadSiteFile
from coursewire.sitefile.writing import text_of
from coursewire.store.keys import make_private
from coursewire.store.snapshots import snapshot
from coursewire.text.counted import counted
from coursewire.transfer.moodle.gathering import Section, gather
from coursewire.transfer.moodle.journal import Journal
from coursewire.transfer.moodle.problems import ImportRefused
from coursewire.transfer.moodle.source import Source, Untold

commands = typer.Typer(help="Move in from another system.", no_args_is_help=True)


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    commands.callback()(_import)
    cli.add_typer(commands, name="import")


def _import() -> None:
    """Move in from another system."""


@commands.command()
def moodle(
    url: Annotated[str | None, typer.Option(help="Address of the Moodle.")] = None,
    connection: ConnectionOption = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Write a site file in place of changing a site.", show_default=False
        ),
    ] = None,
    per_second: Annotated[
        float, typer.Option("--rate", min=0.1, max=1000, help="How many calls a second, at most.")
    ] = 10,
    journal: Annotated[
        Path | None,
        typer.Option(
            help="Where answers are kept until it is done.",
            show_default="beside the site or file",
        ),
    ] = None,
    force: whole_files.ForceOption = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    data: DataOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Copy users, categories, courses, enrolments, groups, groupings and cohorts of a Moodle.

    The token comes from a connection, from COURSEWIRE_TOKEN, or is asked for. Only reading
    functions are called. An import that was stopped goes on when the same command is run again. At
    the end it tells what the token could not see.
    """
    settings = load_settings(data, database)
    # Before an hour of calls, not behind it.
    whole_files.require_free([] if to is None else [to], force=force)
    with _folder(settings.data_folder) if to is None else nullcontext():
        place = target(url, connection)
        kept = _journal(journal or _beside(place, to, settings), place)
        try:
            sections, source = _gather(place, kept, per_second)
            site = _as_site_file(sections)
            text = text_of(site, f"{source.name}, imported from {place.url} ({source.release})")
            if to is None:
                untold = source.hidden.fields
                _apply_or_advise(settings, text, kept, untold, yes=yes, quiet=json)
            else:
                whole_files.write(to, text)
        finally:
            kept.close()
    kept.remove()
    _report(sections, source, json=json)


@contextmanager
def _folder(path: Path) -> Generator[None]:
    """Make the folder of a site; what failed before anything was put there leaves none behind."""
    made = [folder for folder in (path, *path.parents) if not folder.exists()]
    try:
        make_private(path)
        yield
    except BaseException:
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        raise


def _gather(place: Target, kept: Journal, per_second: float) -> tuple[dict[str, Section], Source]:
    if len(kept):
        err.print(f"Going on with {counted(len(kept), 'answer')} of {escape(str(kept.path))}.")
    try:
        with (
            Moodle(place.url, place.token, ca_file=place.ca_file) as client,
            progress.shown() as tell,
        ):
            source = Source(client, kept, per_second=per_second)
            return gather(source, tell), source
    except (ImportRefused, MoodleError) as problem:
        raise Failure(str(problem)) from problem
    except (LookupError, TypeError, ValueError, AttributeError) as problem:
        msg = f"{place.url} answers otherwise than a Moodle does ({type(problem).__name__})"
        raise Failure(msg, remedy=f"remove {kept.path} to ask everything anew") from problem


def _as_site_file(sections: dict[str, Section]) -> SiteFile:
    try:
        return msgspec.convert(sections, SiteFile)
    except msgspec.ValidationError as problem:
        msg = f"what the Moodle tells does not fit into a site file: {problem}"
        raise Failure(msg) from problem


def _beside(place: Target, to: Path | None, settings: Settings) -> Path:
    if to is not None:
        return to.with_name(f"{to.name}.journal")
    return settings.data_folder / f"import-{urlsplit(place.url).hostname}.journal"


def _journal(path: Path, place: Target) -> Journal:
    try:
        return Journal(path, place.url)
    except ImportRefused as problem:
        raise Failure(str(problem)) from problem
    except OSError as problem:
        msg = f"{path}: cannot be written: {problem.strerror}"
        raise Failure(msg) from problem


def _apply_or_advise(
    settings: Settings, text: str, kept: Journal, untold: Untold, *, yes: bool, quiet: bool
) -> None:
    try:
        _apply(settings, text, untold, yes=yes, quiet=quiet)
    except BadSiteFile as problem:
        remedy = (
            f"write a file with --out FILE --journal {kept.path}, mend that, and apply it with: "
            "coursewire apply FILE"
        )
        raise Failure(str(problem), remedy=remedy) from problem


def _apply(settings: Settings, text: str, untold: Untold, *, yes: bool, quiet: bool) -> None:
    if not app.exists(settings):
        app.create_site(settings)
        err.print(f"Made an empty site in {escape(str(settings.data_folder))}.")
    read = reading.read("import", text.encode())
    with acting(settings) as site:
        with snapshot(site.call.session):
            read.file = as_here(read.file, present.read(site.call.session).file, untold)
        functions = entries().keys() | site.opened.catalogue.components.keys()
        application = Application(site.call, read, functions, ())
        found = application.plan()
        if not yes:
            # What applying would refuse is said before somebody relies on the plan.
            application.rehearse(found)
        if not quiet:
            apply_shown.plan(found, whole=False)
        if found.changes:
            confirmed("Apply?", yes=yes)
        with progress.shown() as tell:
            application.apply(found, Argon2(), lambda done, of: tell("Hashing passwords", done, of))


def _report(sections: dict[str, Section], source: Source, *, json: bool) -> None:
    hidden = source.hidden.as_rows()
    if json:
        about: dict[str, Any] = {
            "from": source.release,
            "calls": source.calls,
            "imported": {name: len(section) for name, section in sections.items()},
            "not_seen": [{"what": what, "times": times, "why": why} for what, times, why in hidden],
        }
        print_json(about)
        return
    done = ", ".join(
        f"{len(section):,} {name.replace('_', ' ')}"
        for name, section in sections.items()
        if section
    )
    out.print(f"Imported {done or 'nothing'}, with {counted(source.calls, 'call')}.")
    out.print("Not seen, so not imported:")
    print_table(
        ("what", "times", "why"), [(what, f"{times:,}", why) for what, times, why in hidden]
    )
