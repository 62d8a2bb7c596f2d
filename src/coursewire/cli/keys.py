"""`coursewire keys`: the key under which tokens are stored, and how it is changed (TOK-4)."""

from typing import Annotated

import typer

from coursewire import app
from coursewire.cli import asking
from coursewire.cli.acting import Acting, acting
from coursewire.cli.common import DatabaseOption, DataOption, JsonOption, load_settings, out
from coursewire.cli.showing import print_json, print_table
from coursewire.domain import token_ends
from coursewire.store import facts, key_rotation
from coursewire.store import tokens as rows
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
        numbers = site.opened.keys.numbers
        counts = rows.count_by_key(site.call.session, site.call.now)
    found = [
        {
            "number": number,
            "state": "active" if number == numbers[0] else "accepted",
            "tokens": counts.get(number, 0),
        }
        for number in numbers
    ]
    if json:
        print_json(found)
        return
    columns = ("key", "state", "tokens")
    print_table(columns, [tuple(str(value) for value in row.values()) for row in found])


@commands.command()
def rotate(
    data: DataOption = None,
    database: DatabaseOption = None,
    finish: Annotated[
        bool, typer.Option("--finish", help="Remove the old key: what is under it ends.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Make a new key for tokens; each moves to it when it is used, and none stops working.

    When `coursewire keys list` shows that the tokens have moved, --finish removes the old key.
    """
    settings = load_settings(data, database)
    with acting(settings) as site:
        if finish:
            _finish(site, yes=yes)
            return
        number = key_rotation.begin(app.key_path(settings))
        # Written after the file: running servers look at it when the database has changed.
        with site.call.transaction():
            facts.changed(site.call.session)
            site.call.audit.record("keys.rotate", f"key {number}")
    out.print(f"Key {number} is active; tokens move to it when they are used.")
    out.print("Then remove the old one: coursewire keys rotate --finish")
    out.print(f"Copy {app.key_path(settings)} to where you keep it: the backup of it is old now.")


def _finish(site: Acting, *, yes: bool) -> None:
    keys, call = site.opened.keys, site.call
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
