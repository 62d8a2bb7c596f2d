"""`coursewire token hygiene`: tokens that need care, for people and for monitoring."""

from typing import Annotated

import typer

from coursewire.cli.acting import Acting, acting
from coursewire.cli.common import DatabaseOption, DataOption, Failure, JsonOption, load_settings
from coursewire.cli.showing import print_json, print_table
from coursewire.contracts.function import AnyFunction
from coursewire.domain import token_hygiene, tokens
from coursewire.domain.token_hygiene import ACTIONS, Flagged
from coursewire.store.tokens import TokenRecord

_COLUMNS = ("handle", "name", "user", "service", "flag", "why", "what to do")


def hygiene(
    data: DataOption = None,
    database: DatabaseOption = None,
    flag: Annotated[
        list[str] | None,
        typer.Option(help=f"Only these flags: {', '.join(ACTIONS)}.", show_default=False),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Name the tokens that need care: ending, unused, open, too strong, broken, doubled.

    Nothing is called and nothing changes. Exit code 1: there are some.
    """
    wrong = [name for name in flag or () if name not in ACTIONS]
    if wrong:
        msg = f"there is no flag {wrong[0]!r}"
        raise Failure(msg, 2, remedy=f"use {', '.join(ACTIONS)}")
    with acting(load_settings(data, database)) as site:
        found = [
            (token, each)
            for token, flags in _all(site)
            for each in flags
            if not flag or each.flag in flag
        ]
    if json:
        print_json({"ok": not found, "flags": [_as_json(token, each) for token, each in found]})
    else:
        rows = (_row(token, each) for token, each in found)
        print_table(_COLUMNS, rows, empty="no token needs care")
    raise typer.Exit(1 if found else 0)


def _all(site: Acting) -> list[tuple[TokenRecord, list[Flagged]]]:
    def contract(name: str) -> AnyFunction | None:
        bound = site.opened.catalogue.get(name)
        return None if bound is None else bound.contract

    found = tokens.list_of(site.call, ended=True)
    return token_hygiene.everything(site.call, found, contract)


def _row(token: TokenRecord, each: Flagged) -> tuple[str, ...]:
    return (
        token.handle,
        token.name,
        token.username,
        token.service_name,
        each.flag,
        each.reason,
        each.action,
    )


def _as_json(token: TokenRecord, each: Flagged) -> dict[str, object]:
    return {
        "handle": token.handle,
        "name": token.name,
        "user": token.username,
        "service": token.service_name,
        "flag": each.flag,
        "reason": each.reason,
        "action": each.action,
    }
