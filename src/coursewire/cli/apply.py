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
from coursewire.cli.acting import acting
from coursewire.cli.asking import confirmed
from coursewire.cli.common import DatabaseOption, DataOption, Failure, err, load_settings, out
from coursewire.contracts.registry import entries
from coursewire.domain.password_hashes import Argon2
from coursewire.settings import Settings
from coursewire.sitefile import reading
from coursewire.sitefile.apply import Application, Applied
from coursewire.sitefile.plan import Plan

CHANGES = 2
# A longer plan is cut on the screen; `--plan` shows it whole.
SHOWN = 40
_COLOURS = {"create": "green", "change": "yellow", "remove": "red"}


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
        Path | None, typer.Option(help="Write the id map, JSON, to this file.", show_default=False)
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
) -> None:
    """Bring a site to what a site file says; what the file does not list is left alone."""
    settings = load_settings(data, database)
    read = reading.read_path(file)
    with _place(settings, made=not plan) as place, acting(place) as site:
        functions = entries().keys() | site.opened.catalogue.components.keys()
        application = Application(site.call, read, functions, prune or ())
        found = application.plan()
        _show(found, whole=plan)
        if plan:
            raise typer.Exit(CHANGES if found.changes else 0)
        if found.changes:
            confirmed("Apply?", yes=yes)
        if ids is not None:
            _write(ids, {})
        applied = application.apply(found, Argon2())
    _report(applied)
    if ids is not None:
        _write(ids, applied.ids)


def _write(path: Path, ids: Mapping[str, Mapping[str, int]]) -> None:
    """Write the id map; tried before anything is applied, so that it does not fail afterwards."""
    try:
        path.write_text(json.dumps(ids, ensure_ascii=False, indent=1) + "\n", "utf-8")
    except OSError as error:
        msg = f"{path}: cannot be written: {error.strerror}"
        raise Failure(msg) from error


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
            imagined = load_settings(str(Path(folder) / "site"), None)
            app.create_site(imagined)
            yield imagined


def _show(plan: Plan, *, whole: bool) -> None:
    """Print the changes, and how many there are."""
    if not plan.changes:
        out.print("Nothing to change: the site is as the file says.")
        return
    lines = plan.changes if whole else plan.changes[:SHOWN]
    for change in lines:
        out.print(f"[{_COLOURS[change.action]}]{escape(change.text)}[/]", soft_wrap=True)
    if len(lines) < len(plan.changes):
        out.print(f"… and {len(plan.changes) - len(lines)} more; --plan shows all")
    counts = (f"{plan.count(action)} to {action}" for action in ("create", "change", "remove"))
    out.print(f"Plan: {', '.join(counts)}.")


def _report(applied: Applied) -> None:
    """Say what was done; tokens with random values are shown now and never again."""
    if applied.plan.changes:
        out.print("Applied.")
    for text, number in applied.warnings.items():
        tokens = "one token" if number == 1 else f"{number} tokens"
        err.print(f"[yellow]warning:[/] {tokens}: {escape(text)}")
    for issued in applied.issued:
        out.print(f"token {escape(issued.token.label)}: [bold]{issued.value}[/]")
