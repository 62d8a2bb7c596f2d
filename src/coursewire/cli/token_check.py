"""`coursewire token check`: why a token works or does not, by the checks the server itself runs."""

import re
from typing import Annotated

import typer
from msgspec.structs import replace
from rich.table import Table
from rich.text import Text

from coursewire.audit.redaction import visible
from coursewire.cli import asking
from coursewire.cli.acting import Acting, acting
from coursewire.cli.common import (
    DatabaseOption,
    DataOption,
    Failure,
    JsonOption,
    load_settings,
    out,
)
from coursewire.cli.showing import print_json
from coursewire.domain import addresses, explain, outlook
from coursewire.domain.explain import Answer
from coursewire.domain.gate_facts import Facts
from coursewire.domain.token_values import HANDLE_LENGTH
from coursewire.store import access, services
from coursewire.text.counted import counted

HandleArgument = Annotated[
    str, typer.Argument(help=f"The token's handle: {HANDLE_LENGTH} letters and digits.")
]
_HANDLE = re.compile(rf"[a-z0-9]{{{HANDLE_LENGTH}}}")
_MARKS = {"pass": ("pass", "green"), "fail": ("FAIL", "bold red"), "unknown": ("?", "yellow")}


def check(
    handle: Annotated[
        str | None,
        typer.Argument(help="The token's handle; without one, the token itself is asked for."),
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    function: Annotated[
        str | None, typer.Option(help="The function that the token is to call.")
    ] = None,
    address: Annotated[
        str | None, typer.Option("--from", help="The address that the call comes from.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Run every check between a token and a function, and name the smallest fix of each.

    The token is named by its handle; its value can be given in COURSEWIRE_TOKEN or at the prompt.
    Nothing is called and nothing changes. Exit code 1: a check fails.
    """
    client = None if address is None else _address(address)
    value = None if handle else asking.token()
    with acting(load_settings(data, database)) as site:
        facts = _facts(site, handle and require_handle(handle), value, function, client)
        answers = [*explain.doors(facts.site), *explain.explain(facts)]
    failed = [answer for answer in answers if answer.state == "fail"]
    if json:
        print_json({"ok": not failed, "checks": answers})
    else:
        _print(answers, failed)
    raise typer.Exit(1 if failed else 0)


def require_handle(handle: str) -> str:
    """Refuse what is no handle, above all a token's value, which belongs in no argument."""
    if _HANDLE.fullmatch(handle):
        return handle
    length = counted(len(handle), "character")
    msg = f"a handle has {HANDLE_LENGTH} letters and digits; this has {length}"
    remedy = (
        "coursewire token list shows the handles; "
        f"give a token's value in {asking.TOKEN_VARIABLE} or at the prompt, never as an argument"
    )
    raise Failure(msg, 2, remedy=remedy)


def _address(written: str) -> str:
    found = addresses.canonical(written)
    if not found:
        msg = f"{written!r} is not an address"
        raise Failure(msg, 2, remedy="write one like 192.0.2.7 or 2001:db8::7")
    return found


def _facts(
    site: Acting, handle: str | None, value: str | None, function: str | None, client: str | None
) -> Facts:
    call, catalogue = site.call, site.opened.catalogue
    if handle:
        found = access.by_handle(call.session, handle, function or "")
        if found is None:
            raise Failure(f"there is no token with the handle {handle}")
    else:
        found = access.read(call.session, call.keys.digests(value or ""), function or "")
    bound = catalogue.get(function or "")
    return replace(
        Facts(now=call.now, site=call.site, access=None, may=_nobody)
        if found is None
        else outlook.facts_of_access(call.session, found, call.site, call.now),
        token=value,
        function=function,
        without_functions=found is not None
        and not services.functions(call.session, found.service_id),
        known=catalogue.is_known(function or ""),
        kind=None if bound is None else bound.contract.kind,
        address=client,
    )


def _nobody(_capability: str) -> bool:
    return False


def _print(answers: list[Answer], failed: list[Answer]) -> None:
    table = Table("", "check", "found", box=None, header_style="dim", pad_edge=False)
    for answer in answers:
        mark, style = _MARKS[answer.state]
        found = Text(visible(answer.fact), style="dim" if answer.state == "unknown" else "")
        if answer.state == "fail" and answer.remedy:
            found.append(f"\nfix: {visible(answer.remedy)}", style="yellow")
        table.add_row(Text(mark, style=style), answer.name, found)
    out.print(table)
    out.print()
    if failed:
        code = f" ({failed[0].errorcode})" if failed[0].errorcode else ""
        out.print(Text(f"A call is refused at: {failed[0].name}{code}", style="bold"))
    elif any(answer.state == "unknown" for answer in answers):
        out.print("Nothing stands in the way, as far as could be told.")
    else:
        out.print("Nothing stands in the way.")
