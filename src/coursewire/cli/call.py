"""`coursewire call`: one call or a batch, over HTTP with a token or here as the administrator."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.markup import escape

from coursewire.cli import call_batch, call_dry, call_here, call_there, served_address
from coursewire.cli.acting import Acting, acting
from coursewire.cli.call_asked import Asked
from coursewire.cli.call_parameters import fields_of
from coursewire.cli.call_shown import Format, show
from coursewire.cli.common import DatabaseOption, DataOption, Failure, load_settings
from coursewire.cli.connecting import ConnectionOption, Target, named, root_of, target
from coursewire.cli.showing import plain, print_json_text
from coursewire.client import Moodle
from coursewire.contracts.errors import Refusal
from coursewire.contracts.registry import is_published


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command("call")(call)


def call(
    function: Annotated[
        str, typer.Argument(help="Name of the function, such as core_course_get_courses.")
    ],
    parameters: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KEY=VALUE|JSON]...",
            help=escape('Its parameters, such as groups[0][name]=Red or {"id": 2}.'),
        ),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(help="A site to call with a token; without it, the site of --data."),
    ] = None,
    connection: ConnectionOption = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    json_params: Annotated[
        str | None,
        typer.Option(
            "--json-params", metavar="FILE", help="A file of parameters, JSON; - is standard input."
        ),
    ] = None,
    rows: Annotated[
        Path | None,
        typer.Option(
            help="A CSV, YAML or JSON file of rows, sent in parts.", exists=True, dir_okay=False
        ),
    ] = None,
    into: Annotated[
        str | None, typer.Option(metavar="KEY", help="With --rows: the parameter they go into.")
    ] = None,
    batch: Annotated[
        int, typer.Option(min=1, max=10_000, help="With --rows: how many rows in one call.")
    ] = call_batch.SIZE,
    answer: Annotated[Format, typer.Option("--format", help="Form of the answer.")] = Format.JSON,
    unchecked: Annotated[
        bool, typer.Option("--unchecked", help="Send the parameters as they are, unchecked.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be sent, and send nothing.")
    ] = False,
) -> None:
    """Call a function and print its answer.

    With --url or --connection over HTTP, by the token in COURSEWIRE_TOKEN, at the prompt, or of the
    connection. Otherwise here, in the site of --data or --database, as its administrator.

    With --rows the function is called as often as it takes; where a call is refused, the rows at
    fault are found and all others go through. Exit code 1: the call, or a row, was refused.
    """
    asked = Asked(
        function=function,
        fields=fields_of(parameters or (), json_params),
        rows_file=rows,
        into=into,
        size=batch,
        form=answer,
        checked=not unchecked,
    )
    is_there = url is not None or connection is not None
    if dry_run:
        here = served_address.known(load_settings(data, database))
        root = _root(url, connection) if is_there else here.site_url
        call_dry.show(asked, root)
    elif is_there:
        _there(asked, target(url, connection))
    else:
        with acting(load_settings(data, database)) as site:
            _here(asked, site)


def _root(url: str | None, connection: str | None) -> str:
    return named(connection).url if connection else root_of(url or "")


def _there(asked: Asked, site: Target) -> None:
    if asked.form is Format.XML:
        msg = "over HTTP answers are read as JSON"
        raise Failure(msg, 2, remedy="--format json, table or csv; XML is for --data")
    with call_there.calling(site) as moodle:
        if asked.rows_file is not None:
            _batch(asked, moodle)
            return
        found = call_there.ask(moodle, asked.function, asked.fields, checked=asked.checked)
    show(found, asked.form)


def _here(asked: Asked, site: Acting) -> None:
    bound = call_here.bound_function(site, asked.function)
    if asked.rows_file is not None:
        with call_here.MoodleHere(site, bound) as moodle:
            _batch(asked, moodle)
        return
    is_xml = asked.form is Format.XML
    try:
        written = call_here.answer(site, bound, asked.fields, "xml" if is_xml else "json")
    except Refusal as refusal:
        raise call_here.told(refusal) from refusal
    if is_xml:
        plain(written.decode("utf-8", "replace").rstrip("\n"))
    elif asked.form is Format.JSON:
        print_json_text(written)
    else:
        show(msgspec.json.decode(written), asked.form)


def _batch(asked: Asked, moodle: Moodle) -> None:
    if not is_published(asked.function):
        msg = f"{asked.function} is not a function of Moodle itself, so its rows are not known"
        raise Failure(msg, 2, remedy="call it without --rows")
    batch = call_batch.send(moodle, asked.function, asked.rows().items, asked.size)
    raise typer.Exit(call_batch.show(batch, asked.form))
