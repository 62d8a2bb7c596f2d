"""`coursewire doctor --url …`: why a token works or not on a site that nobody can look into."""

import asyncio
from pathlib import Path
from typing import Annotated, NoReturn

import httpx
import msgspec
import typer
from rich.table import Table
from rich.text import Text

from coursewire.audit.redaction import visible
from coursewire.cli import asking, preset_files
from coursewire.cli.common import Failure, out
from coursewire.cli.connecting import Target, target
from coursewire.cli.showing import print_json
from coursewire.client._connection import certificates
from coursewire.doctor.outside import address, examination, wanted
from coursewire.doctor.outside.causes import WORKS
from coursewire.doctor.outside.findings import Finding, Report
from coursewire.doctor.outside.probes import TIMEOUT, Site
from coursewire.doctor.outside.wanted import Need, Wanted
from coursewire.presets import model
from coursewire.presets.model import Preset

UrlOption = Annotated[
    str | None,
    typer.Option(
        "--url",
        help="Examine a token of this site instead, any Moodle or Coursewire, from outside.",
    ),
]
PresetOption = Annotated[
    str | None,
    typer.Option("--preset", help="With --url: what the token is for, by name or by file."),
]
FunctionsOption = Annotated[
    Path | None,
    typer.Option(
        "--functions",
        help="With --url: a file with the functions wanted, one a line.",
        exists=True,
        dir_okay=False,
    ),
]
NoConsumeOption = Annotated[
    bool,
    typer.Option(
        "--no-consume",
        help="With --url: send no token, since Moodle deletes one out of date at its first use.",
    ),
]
_MARKS = {
    "ok": ("ok", "green"),
    "fail": ("FAIL", "bold red"),
    "maybe": ("one of", "bold red"),
    "missing": ("missing", "yellow"),
    "unknown": ("?", "dim"),
}


def from_outside(
    url: str | None,
    *,
    connection: str | None = None,
    data: str | None = None,
    preset: str | None,
    functions: Path | None,
    consume: bool,
    json: bool,
) -> NoReturn:
    """Examine a token of a site by harmless requests only, and print what was found.

    The token is in COURSEWIRE_TOKEN or asked for. Exit code 0: fine · 1: the token works, but lacks
    something · 4: the token is refused · 5: the site answers no calls.
    """
    site = _site(url, connection)
    asked = _wanted(preset_files.named(preset, data) if preset else None, functions)
    if consume and connection is None:
        # Without a probe that carries it, nobody is asked for a token.
        site = msgspec.structs.replace(site, token=asking.token())
    report = asyncio.run(_examine(site, asked, may_consume=consume))
    if json:
        print_json({"exit_code": report.exit_code, **msgspec.to_builtins(report)})
    else:
        _print(report)
    raise typer.Exit(report.exit_code)


def _site(url: str | None, connection: str | None) -> Target:
    """Return the site to examine; unlike a client, the doctor takes an address in clear text."""
    if connection is not None:
        return target(url, connection)
    if url is None:
        msg = "--preset, --functions and --no-consume are about a token of a site"
        raise Failure(msg, 2, remedy="name the site with --url or --connection")
    try:
        return Target(url=address.site_root(url), token="")
    except address.BadAddress as error:
        raise Failure(str(error), 2) from error


async def _examine(site: Target, asked: Wanted, *, may_consume: bool) -> Report:
    # Nothing of the environment (proxies, .netrc, certificates) has a say in where the token goes.
    trusted = certificates(site.ca_file)
    async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False, verify=trusted) as client:
        patient = Site(client, site.url, site.token)
        return await examination.examine(patient, asked, may_consume=may_consume)


def _wanted(preset: Preset | None, functions: Path | None) -> Wanted:
    if preset and functions:
        msg = "--preset and --functions both say what the token is for"
        raise Failure(msg, 2, remedy="give one of them")
    if preset:
        return _of_preset(preset)
    every = model.everything()
    if functions is None:
        others = dict.fromkeys(name for each in every for name in each.functions)
        return Wanted(others=tuple(others))
    names = _names(functions)
    known = [need for each in every for need in _of_preset(each).needs]
    practice = {
        need.capability: need
        for need in known
        if need.reason and (not need.functions or set(need.functions) & set(names))
    }
    needs = {need.capability: need for need in wanted.declared(names)} | practice
    return Wanted(functions=names, needs=tuple(needs.values()))


def _of_preset(preset: Preset) -> Wanted:
    needs = tuple(
        Need(capability=each.name, reason=each.reason, functions=each.functions)
        for each in preset.capabilities
    )
    return Wanted(functions=preset.functions, needs=needs)


def _names(path: Path) -> tuple[str, ...]:
    """Return the function names of a file: one a line, `#` begins a comment; or a JSON list."""
    try:
        # Editors on Windows begin a file with a mark of its encoding.
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{path} is not UTF-8"
        raise Failure(msg, 2, remedy="write one function name a line") from error
    listed = text.lstrip().startswith("[")
    found = _in_json(path, text) if listed else _in_lines(text)
    if not found:
        msg = f"{path} names no function"
        raise Failure(msg, 2, remedy="write one function name a line")
    return found


def _in_json(path: Path, text: str) -> tuple[str, ...]:
    try:
        return tuple(msgspec.json.decode(text, type=list[str]))
    except msgspec.DecodeError as error:
        msg = f"{path} is no JSON list of function names: {error}"
        raise Failure(msg, 2) from error


def _in_lines(text: str) -> tuple[str, ...]:
    names = (line.partition("#")[0].strip() for line in text.splitlines())
    return tuple(dict.fromkeys(name for name in names if name))


def _print(report: Report) -> None:
    table = Table("", "looked at", "found", box=None, header_style="dim", pad_edge=False)
    for finding in report.findings:
        mark, style = _MARKS[finding.state]
        table.add_row(Text(mark, style=style), visible(finding.name), _told(finding))
    out.print(table)
    out.print()
    out.print(Text(_sentence(report), style="bold"))


def _told(finding: Finding) -> Text:
    told = Text(visible(finding.fact), style="dim" if finding.state == "unknown" else "")
    if finding.state != "ok" and finding.fix:
        told.append(f"\nfix: {visible(finding.fix)}", style="yellow")
    if finding.state != "ok" and finding.link:
        told.append(f"\n     {visible(finding.link)}", style="cyan")
    return told


def _sentence(report: Report) -> str:
    if report.exit_code <= 1 and WORKS not in report.causes:
        return "The token works, without core_webservice_get_site_info."
    if report.causes == (WORKS,):
        lacking = sum(finding.state == "missing" for finding in report.findings)
        return f"The token works; {lacking} missing." if lacking else "The token works."
    if WORKS in report.causes:
        return "The site answers; the token was not tried."
    if len(report.causes) > 1:
        count = len(report.causes)
        return f"Calls are refused by one of {count} causes; harmless requests cannot tell which."
    if not report.causes:
        return "The site answers in a way that no documented check does."
    return f"Calls are refused: {report.causes[0]}."
