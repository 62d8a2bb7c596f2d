"""`coursewire keys`: the key under which tokens are stored, and how it is changed (TOK-4)."""

from typing import Annotated

import typer

from coursewire import app
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
from coursewire.cli.showing import print_json, print_table
from coursewire.domain import token_ends
from coursewire.store import facts, key_rotation
from coursewire.store import tokens as rows
from coursewire.store.keys import Keys
from coursewire.text.counted import counted

commands = typer.Typer(help="The key under which tokens are stored.", no_args_is_help=True)


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(commands, name="keys")


@commands.command("list")
def list_keys(
    data: DataOption = None, database: DatabaseOption = None, json: JsonOption = False
) -> None:
    """List the keys by number, with how many tokens are stored under each."""
    with acting(load_settings(data, database)) as site:
        keys = site.opened.keys
        counts = rows.count_by_key(site.call.session, site.call.now)
    found = [
        {
            "number": number,
            "state": _state(keys, number),
            "tokens": counts.get(number, 0),
        }
        for number in keys.numbers
    ]
    if json:
        print_json(found)
        return
    columns = ("key", "state", "tokens")
    print_table(columns, [tuple(str(value) for value in row.values()) for row in found])


def _state(keys: Keys, number: int) -> str:
    if number == keys.active:
        return "active"
    return "waiting" if number == keys.waiting else "accepted"


@commands.command()
def rotate(
    data: DataOption = None,
    database: DatabaseOption = None,
    prepare: Annotated[
        bool,
        typer.Option(
            "--prepare", help="Only add the new key, to be copied to other machines first."
        ),
    ] = False,
    finish: Annotated[
        bool,
        typer.Option("--finish", help="Remove the old key; tokens that are still under it end."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Make a new key for tokens; each moves to it when it is used, and none stops working.

    When `coursewire keys list` shows that the tokens have moved, --finish removes the old key.
    With servers on several machines begin with --prepare, and copy the key file to all of them
    after each of the three commands.
    """
    settings = load_settings(data, database)
    if prepare and finish:
        msg = "--prepare is the first step and --finish the last one"
        raise Failure(msg, 2, remedy="give one of them, or neither")
    with acting(settings) as site:
        if finish:
            _finish(site, yes=yes)
        elif prepare:
            _prepare(site)
        else:
            _begin(site)


def _prepare(site: Acting) -> None:
    path = app.key_path(site.opened.settings)
    number = key_rotation.prepare(path)
    _record(site, "keys.prepare", number)
    out.print(f"Key {number} waits: it is accepted, and nothing is stored under it.")
    out.print(f"Copy {path} to all machines, then use it: coursewire keys rotate", markup=False)


def _begin(site: Acting) -> None:
    path = app.key_path(site.opened.settings)
    number = key_rotation.begin(path)
    _record(site, "keys.rotate", number)
    out.print(f"Key {number} is active; tokens move to it when they are used.")
    out.print("Then remove the old one: coursewire keys rotate --finish")
    out.print(f"Copy {path} to where you keep it: the backup of it is old now.", markup=False)


def _record(site: Acting, action: str, number: int) -> None:
    # Written after the file: running servers look at it when the database has changed.
    with site.call.transaction():
        facts.changed(site.call.session)
        site.call.audit.record(action, f"key {number}")


def _finish(site: Acting, *, yes: bool) -> None:
    keys, call = site.opened.keys, site.call
    if keys.waiting is not None:
        msg = f"key {keys.waiting} waits to be used, so no token has moved to it"
        raise Failure(msg, 3, remedy="use it first: coursewire keys rotate")
    if len(keys.numbers) == 1:
        out.print(f"Key {keys.active} is the only one: there is nothing to finish.")
        return
    counts = rows.count_by_key(call.session, call.now)
    left = sum(count for number, count in counts.items() if number != keys.active)
    if left:
        question = f"{counted(left, 'token')} not used since the rotation will end. Go on?"
        asking.confirmed(question, yes=yes)
    token_ends.retire_keys(call, keys.active)
    removed = key_rotation.finish(app.key_path(site.opened.settings))
    with call.transaction():
        facts.changed(call.session)
        call.audit.record("keys.finish", f"key {keys.active}", removed=removed)
    out.print(f"Only key {keys.active} is left; {counted(left, 'token')} ended.")
