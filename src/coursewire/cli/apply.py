"""`coursewire apply`: bring a site to what a site file says, after showing what that changes."""

import json
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

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
)
from coursewire.cli.showing import err
from coursewire.contracts.registry import entries
from coursewire.domain.password_hashes import Argon2
from coursewire.settings import Settings
from coursewire.sitefile import reading
from coursewire.sitefile.apply import Application, Applied
from coursewire.sitefile.plan import Plan

CHANGES = 2


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(apply)


def apply(
    file: Annotated[Path, typer.Argument(help="The site file, YAML.", show_default=False)],
    plan: Annotated[
        bool, typer.Option("--plan", help="Show the changes and stop; exit 2 if there are any.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    ids: Annotated[
        Path | None,
        typer.Option(help="Write to this file, JSON, which id each thing has.", show_default=False),
    ] = None,
    prune: Annotated[
        list[str] | None,
        typer.Option(
            help="Remove what stands on the site and not in the file, of this kind: "
            "a section such as users, or groups.members. May be repeated.",
            show_default=False,
        ),
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring a site to what a site file says; what the file does not list is left alone."""
    settings = load_settings(data, database)
    read = reading.read_path(file)
    with _place(settings, made=not plan) as place, acting(place) as site:
        functions = entries().keys() | site.opened.catalogue.components.keys()
        application = Application(site.call, read, functions, prune or ())
        found = application.plan()
        if plan or not yes:
            # What applying would refuse is said before somebody relies on the plan.
            application.rehearse(found)
        if not as_json:
            apply_shown.plan(found, whole=plan)
        if plan:
            if as_json:
                apply_shown.as_json(found)
            raise typer.Exit(CHANGES if found.changes else 0)
        if found.changes:
            confirmed("Apply?", yes=yes)
        if ids is not None:
            _require_writable(ids, file)
        with progress.shown() as tell:
            applied = application.apply(
                found, Argon2(), lambda done, of: tell("Hashing passwords", done, of)
            )
    _show(found, applied, as_json=as_json)
    if ids is not None:
        _write(ids, applied.ids)


def _show(found: Plan, applied: Applied, *, as_json: bool) -> None:
    """Print what was done; where nobody saw the tokens that were made, say how to have others."""
    try:
        if as_json:
            apply_shown.as_json(found, applied)
        else:
            apply_shown.applied(applied)
    except OSError as problem:
        if not applied.issued:
            raise
        msg = f"the file is applied, but its new tokens could not be shown: {problem.strerror}"
        remedy = "coursewire token list, then coursewire token rotate HANDLE"
        raise Failure(msg, remedy=remedy) from problem


def _write(path: Path, ids: Mapping[str, Mapping[str, int]]) -> None:
    """Write the id map."""
    whole_files.write(path, json.dumps(ids, ensure_ascii=False, indent=1) + "\n")


def _require_writable(path: Path, site_file: Path) -> None:
    """Try the id map before anything is applied, so that it does not fail afterwards.

    What is in the file stays until there is another map: applying may be refused still.
    """
    if path.exists() and path.samefile(site_file):
        msg = f"{path} is the site file"
        raise Failure(msg, 2, remedy="give --ids the name of another file")
    if path.is_file():
        whole_files.write(path, path.read_text("utf-8"))
    elif path.is_dir() or not path.exists():
        whole_files.write(path, "{}\n")


@contextmanager
def _place(settings: Settings, *, made: bool) -> Generator[Settings]:
    """Where the site is; a new one is made, or thought up for the length of a plan."""
    if app.exists(settings):
        yield settings
    elif made:
        app.create_site(settings)
        err.print(f"Made an empty site in {escape(str(settings.data_folder))}.")
        yield settings
    else:
        with tempfile.TemporaryDirectory(prefix="coursewire-plan-") as folder:
            # An empty address: not that of the environment.
            imagined = load_settings(str(Path(folder) / "site"), "")
            app.create_site(imagined)
            yield imagined
