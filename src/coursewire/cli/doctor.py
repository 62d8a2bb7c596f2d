"""`coursewire doctor`: what is wrong with this installation, and the smallest change for each."""

import os
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from coursewire import app
from coursewire import settings as settings_file
from coursewire.audit.redaction import visible
from coursewire.cli.common import DatabaseOption, DataOption, JsonOption, load_settings, out
from coursewire.cli.connecting import ConnectionOption
from coursewire.cli.doctor_url import (
    FunctionsOption,
    NoConsumeOption,
    PresetOption,
    UrlOption,
    from_outside,
)
from coursewire.cli.failures import UNUSABLE
from coursewire.cli.showing import print_facts, print_json
from coursewire.doctor.facts import Installation
from coursewire.doctor.finding import Finding, Severity
from coursewire.doctor.installation import examine, worst
from coursewire.domain.clock import Clock
from coursewire.settings import Settings
from coursewire.text.counted import counted
from coursewire.wire.hosts import is_loopback

EXIT: dict[Severity, int] = {"ok": 0, "note": 0, "warning": 1, "error": UNUSABLE}
_MARKS: dict[Severity, tuple[str, str]] = {
    "ok": ("ok", "green"),
    "note": ("note", "cyan"),
    "warning": ("WARN", "bold yellow"),
    "error": ("ERROR", "bold red"),
}


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(doctor)


def doctor(
    data: DataOption = None,
    database: DatabaseOption = None,
    show_config: Annotated[
        bool, typer.Option("--show-config", help="Show the settings, secrets masked, and stop.")
    ] = False,
    url: UrlOption = None,
    connection: ConnectionOption = None,
    preset: PresetOption = None,
    functions: FunctionsOption = None,
    no_consume: NoConsumeOption = False,
    json: JsonOption = False,
) -> None:
    """Look at this installation: listener, TLS, files, database, clock, tokens and services.

    Exit code 0: nothing to change; 1: warnings; 3: errors.

    With --url or --connection look at a token of another site, by harmless requests only. The token
    is in COURSEWIRE_TOKEN, asked for, or kept with the connection. Exit code 0: nothing wrong was
    found; 1: the token works, but lacks something; 4: the token is refused; 5: the site answers no
    calls.
    """
    if url is not None or connection is not None or preset or functions or no_consume:
        from_outside(
            url,
            connection=connection,
            data=data,
            preset=preset,
            functions=functions,
            consume=not no_consume,
            json=json,
        )
    settings = load_settings(data, database)
    if show_config:
        _show(settings, json=json)
        return
    findings = examine(_installation(settings))
    if json:
        print_json(findings)
    else:
        _print(findings)
    raise typer.Exit(EXIT[worst(findings)])


def _show(settings: Settings, *, json: bool) -> None:
    shown = settings_file.shown(settings)
    if json:
        print_json(shown)
    else:
        print_facts({name: str(value) or "-" for name, value in shown.items()})


def _installation(settings: Settings) -> Installation:
    return Installation(
        host=settings.host,
        port=settings.port,
        loopback=is_loopback(settings.host),
        public_url=settings.public_url,
        tls_cert=settings.tls_cert,
        tls_key=settings.tls_key,
        insecure_http=settings.insecure_http,
        trusted_proxies=tuple(settings.trusted_proxies),
        metrics_host=settings.metrics_host,
        metrics_port=settings.metrics_port,
        metrics_loopback=is_loopback(settings.metrics_host),
        data_folder=settings.data_folder,
        key_path=app.key_path(settings),
        settings_path=settings.data_folder / settings_file.FILE_NAME,
        database_url=settings.database_url,
        user_id=os.geteuid(),
        now=Clock().now(),
    )


def _print(findings: list[Finding]) -> None:
    table = Table("", "check", "found", box=None, header_style="dim", pad_edge=False)
    for finding in findings:
        mark, style = _MARKS[finding.severity]
        found = Text(visible(finding.fact))
        if finding.remedy:
            found.append(f"\nfix: {visible(finding.remedy)}", style="yellow")
        table.add_row(Text(mark, style=style), finding.check, found)
    out.print(table)
    out.print()
    counts = {kind: sum(it.severity == kind for it in findings) for kind in EXIT}
    if counts["error"] or counts["warning"]:
        errors, warnings = counted(counts["error"], "error"), counted(counts["warning"], "warning")
        out.print(f"[bold]{errors}, {warnings}.[/]")
    else:
        out.print("Nothing to change.")
