"""`coursewire user`: accounts; a password is typed or comes on standard input, nowhere else."""

from typing import Annotated

import msgspec
import typer

from coursewire.cli import asking, finding, moments
from coursewire.cli.acting import acting
from coursewire.cli.common import DatabaseOption, DataOption, JsonOption, load_settings, out
from coursewire.cli.showing import print_facts, print_json, print_table
from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import contexts, new_users, role_assignments, roles, user_care, users
from coursewire.domain.call import Call
from coursewire.domain.new_users import NewUser
from coursewire.domain.user_fields import NOT_CACHED
from coursewire.store import lookups
from coursewire.store.lookups import Person
from coursewire.store.users import UserRecord

commands = typer.Typer(help="Accounts.", no_args_is_help=True)
UserArgument = Annotated[str, typer.Argument(help="User name or e-mail address.")]
_SECRET = ("password", "firstname_folded", "lastname_folded", "email_folded", "email_unique")


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(commands, name="user")


@commands.command("list")
def list_users(
    data: DataOption = None,
    database: DatabaseOption = None,
    search: Annotated[str, typer.Option(help="A part of a name or an e-mail address.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 100,
    json: JsonOption = False,
) -> None:
    """List users by user name."""
    with acting(load_settings(data, database)) as site:
        found, count = lookups.people(site.call.session, search, limit)
    if json:
        print_json(found)
        return
    columns = ("user name", "first name", "last name", "e-mail", "auth", "state", "last seen")
    print_table(columns, map(_row, found), empty="no such users")
    if count > len(found):
        out.print(f"[dim]{len(found)} of {count}; narrow it with --search or raise --limit[/]")


def _row(person: Person) -> tuple[str, ...]:
    return (
        person.username,
        person.firstname,
        person.lastname,
        person.email,
        person.auth,
        _state(person),
        moments.day(person.lastaccess),
    )


def _state(person: Person | UserRecord) -> str:
    words = [] if person.confirmed else ["not confirmed"]
    words += ["suspended"] if person.suspended else []
    return ", ".join(words) or "active"


@commands.command()
def show(
    user: UserArgument,
    data: DataOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Show an account with its roles and tokens."""
    with acting(load_settings(data, database)) as site:
        found = finding.user(site.call, user)
        held = _roles(site.call, found.id)
        handles = [row[0] for row in lookups.tokens_of(site.call.session, found.id)]
        is_admin = found.id in site.call.site.admin_ids
    if json:
        public = {k: v for k, v in msgspec.structs.asdict(found).items() if k not in _SECRET}
        print_json({**public, "administrator": is_admin, "roles": held, "tokens": handles})
        return
    print_facts(
        {
            "user name": found.username,
            "id": str(found.id),
            "name": f"{found.firstname} {found.lastname}",
            "e-mail": found.email,
            "ID number": found.idnumber,
            "logs in by": found.auth,
            "state": _state(found),
            "administrator": "yes" if is_admin else "",
            "last seen": moments.minute(found.lastaccess),
            "roles": "; ".join(f"{one['role']} in {one['where']}" for one in held),
            "tokens": ", ".join(handles),
        }
    )


def _roles(call: Call, user_id: int) -> list[dict[str, str]]:
    held = role_assignments.of_user(call.session, user_id)
    names = {role.id: role.shortname for role in roles.everything(call.session)}
    places = contexts.many(call.session, {one.context_id for one in held})
    return [{"role": names[one.role_id], "where": places[one.context_id].where} for one in held]


@commands.command()
def create(
    username: Annotated[str, typer.Argument(help="User name, lower case.")],
    email: Annotated[str, typer.Option(help="E-mail address.")],
    firstname: Annotated[str, typer.Option(help="First name.")],
    lastname: Annotated[str, typer.Option(help="Last name.")],
    data: DataOption = None,
    database: DatabaseOption = None,
    auth: Annotated[
        str, typer.Option(help="Way of logging in, such as manual, ldap or oauth2.")
    ] = "manual",
    idnumber: Annotated[str, typer.Option(help="ID number.")] = "",
    no_password: Annotated[
        bool, typer.Option("--no-password", help="For a program: only tokens let it in.")
    ] = False,
) -> None:
    """Make an account; its password is asked for, or read from standard input."""
    new = NewUser(
        username=username,
        firstname=firstname,
        lastname=lastname,
        email=email,
        auth=auth,
        idnumber=idnumber,
        password=None if no_password else asking.password(),
        password_hash=NOT_CACHED if no_password else "",
    )
    with acting(load_settings(data, database)) as site:
        call = site.call
        new_users.check(call, [new])
        ready = new_users.hashed([new], call.passwords.hash)
        made = new_users.create_many(call, ready)[0]
    out.print(f"Made the user {made.username} (id {made.id}).", markup=False)


@commands.command()
def password(user: UserArgument, data: DataOption = None, database: DatabaseOption = None) -> None:
    """Set a password; tokens that the old one gave out at log-in end."""
    with acting(load_settings(data, database)) as site:
        call = site.call
        found = finding.user(call, user)
        users.require_changeable(call, found)
        given = asking.password()
        failures = user_care.password_failures(call, found, given)
        if failures:
            raise InvalidParameter(" ".join(failures), remedy="choose another password")
        users.set_password(call, found.id, call.passwords.hash(given))
    out.print(f"{found.username} has a new password.", markup=False)


@commands.command()
def suspend(
    user: UserArgument,
    data: DataOption = None,
    database: DatabaseOption = None,
    lift: Annotated[bool, typer.Option("--lift", help="Open the account again.")] = False,
) -> None:
    """Shut an account, its tokens included; or open it again."""
    with acting(load_settings(data, database)) as site:
        found = finding.user(site.call, user)
        users.suspend(site.call, found.id, suspended=not lift)
    out.print(f"{found.username} is {'open' if lift else 'suspended'}.", markup=False)
