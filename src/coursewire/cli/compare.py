"""`coursewire compare` and `coursewire record`: is this site like that one."""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.markup import escape

from coursewire.cli import connecting, progress, whole_files
from coursewire.cli.common import Failure, JsonOption
from coursewire.cli.connecting import Target
from coursewire.cli.showing import err, out, print_json_text
from coursewire.cli.whole_files import ForceOption
from coursewire.client import InvalidParameter, Moodle, MoodleError
from coursewire.text.counted import counted
from coursewire.transfer import scenario as scenarios
from coursewire.transfer.captures import Captures
from coursewire.transfer.compare import Compared
from coursewire.transfer.compare import compare as compared
from coursewire.transfer.record import RecordingProxy
from coursewire.transfer.scenario import BadScenario

SITES = 2
UNREACHED = 5


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.command()(compare)
    cli.command()(record)


def compare(
    file: Annotated[Path, typer.Argument(help="The scenario, YAML.", show_default=False)],
    site: Annotated[
        list[str],
        typer.Option("--site", help="An address or a connection's name; give it twice."),
    ],
    as_json: JsonOption = False,
) -> None:
    """Make the calls of a scenario on two sites and show where the answers differ.

    Calls that write do so on both. Tokens come from connections, COURSEWIRE_TOKEN_A and
    COURSEWIRE_TOKEN_B, COURSEWIRE_TOKEN, or a prompt. Exit code 0: no difference; 1: some; 5: a
    site did not answer.
    """
    if len(site) != SITES:
        msg = f"compare takes two sites, not {len(site)}"
        raise Failure(msg, 2, remedy="--site A --site B")
    try:
        scenario = scenarios.read(file)
    except BadScenario as error:
        raise Failure(str(error), 2) from error
    first, second = (_client(written, letter) for written, letter in zip(site, "AB", strict=True))
    try:
        with first, second, progress.shown() as tell:
            found = compared(scenario, first, second, lambda n, of: tell("Calling", n, of))
    except InvalidParameter as error:
        # A site that refuses a parameter answers; this was found before anything was sent.
        raise Failure(f"{file}: {error}", 2) from error
    except MoodleError as error:
        raise Failure(str(error), UNREACHED) from error
    if as_json:
        print_json_text(msgspec.json.encode(found))
    else:
        _show(found)
    raise typer.Exit(1 if found.differences else 0)


def _client(written: str, letter: str) -> Moodle:
    variable = f"COURSEWIRE_TOKEN_{letter}"
    token = os.environ.get(variable, "").strip()
    if token:
        place = connecting.place_of(written)
        return Moodle(place.url, token, ca_file=place.ca_file, retries=0)
    try:
        target = connecting.target_of(written)
    except Failure as failure:
        remedy = f"{failure.remedy}; for site {letter} alone: {variable}"
        raise Failure(str(failure), failure.code, remedy=remedy) from failure
    return Moodle(target.url, target.token, ca_file=target.ca_file, retries=0)


def _show(found: Compared) -> None:
    for each in found.differences:
        out.print(f"[bold]call {each.call}[/] {escape(each.function)}  {escape(each.place)}")
        out.print(f"  A  {escape(repr(each.a))}")
        out.print(f"  B  {escape(repr(each.b))}")
    number = len(found.differences)
    out.print(f"{counted(found.calls, 'call')} on each site, {counted(number, 'difference')}")


def record(
    site: Annotated[
        str,
        typer.Option(
            "--site",
            help="The site that calls are forwarded to: an address or a connection's name.",
        ),
    ],
    out_file: Annotated[
        Path, typer.Option("--out", help="The scenario to write.", show_default=False)
    ],
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Port to listen on, on loopback; 0 for any.")
    ] = 0,
    force: ForceOption = False,
) -> None:
    """Write a scenario from the calls that a client makes through this proxy, until Ctrl-C.

    The client keeps its token; it passes through, and is not written down.
    """
    target = connecting.place_of(site)
    whole_files.require_free([out_file], force=force)

    def keep(captures: Captures) -> None:
        try:
            _write(out_file, captures)
        except Failure as failure:
            # The call was carried out and its client gets the answer; each writes all of them.
            err.print(f"[yellow]warning:[/] {escape(str(failure))}; the next call tries again")

    with _proxy(target, port, keep) as proxy:
        _write(out_file, proxy.captures)
        err.print(f"Point the client at {proxy.address}; Ctrl-C ends the recording.")
        with contextlib.suppress(KeyboardInterrupt):
            proxy.serve_forever()
        _write(out_file, proxy.captures)
        err.print(f"{escape(str(out_file))} holds {counted(len(proxy.captures), 'call')}.")
        if proxy.left_out:
            why = "only calls answered in JSON (moodlewsrestformat=json) are written down"
            err.print(f"{counted(proxy.left_out, 'call')} left out: {why}.")


def _write(file: Path, captures: Captures) -> None:
    whole_files.write(file, scenarios.written(captures.scenario()))


def _proxy(target: Target, port: int, keep: Callable[[Captures], None]) -> RecordingProxy:
    try:
        return RecordingProxy(target.url, port, keep, ca_file=target.ca_file)
    except OSError as error:
        msg = f"cannot listen on 127.0.0.1:{port}: {error.strerror}"
        raise Failure(msg, remedy="choose another port with --port") from error
